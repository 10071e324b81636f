import type { Catalog, Routine } from '../catalog/catalog.js';
import { typeRef } from '../catalog/type-ref.js';
import { type CreateFunctionStmt, strings, type TypeName } from '../sql/tree.js';
import { type Draft, fail } from './draft.js';
import { optionsOf } from './options.js';
import { inputsOf, type Result, resultOf } from './routine-signature.js';
import { routinesWithArguments } from './routines.js';
import { isSameType } from './types.js';

/**
 * What CREATE OR REPLACE may not change of the routine that is there: its kind, its result, the names of what it is given and that there are
 * defaults (ProcedureCreate).
 */
export function replacementRefusal(node: CreateFunctionStmt, catalog: Catalog): Draft | undefined {
  const objargs = inputsOf(node).flatMap(({ argType }) => (argType === undefined ? [] : [{ TypeName: argType }]));
  const [old, ...more] = routinesWithArguments(catalog, { objname: node.funcname ?? [], objargs });
  if (old === undefined || more.length > 0) return undefined;
  const name = strings(node.funcname).at(-1);
  if (!node.replace) return fail(`function "${name}" already exists with same argument types`, '42723');
  if (old.kind !== kindOf(node)) return fail('cannot change routine kind', '42809');
  const before = old.definition?.node;
  if (before === undefined) return undefined;
  if (!isSameResult(resultOf(before), resultOf(node), catalog))
    return fail('cannot change return type of existing function', '42P13');
  return renamedInput(before, node) ?? removedDefault(before, node);
}

function kindOf({ is_procedure, options }: CreateFunctionStmt): Routine['kind'] {
  if (is_procedure) return 'procedure';
  return optionsOf(options).has('window') ? 'window' : 'function';
}

function isSameResult(old: Result, now: Result, catalog: Catalog): boolean {
  if (old.set !== now.set) return false;
  if (old.columns === undefined || now.columns === undefined)
    return old.columns === now.columns && isSame(old.type, now.type, catalog);
  const { columns } = now;
  const fits = ({ name, argType }: (typeof columns)[number], at: number) =>
    name === columns[at]?.name && isSame(argType, columns[at]?.argType, catalog);
  return old.columns.length === columns.length && old.columns.every(fits);
}

function isSame(a: TypeName | undefined, b: TypeName | undefined, catalog: Catalog): boolean {
  const [old, now] = [typeRef(catalog, a), typeRef(catalog, b)];
  return old === undefined || now === undefined || isSameType(old, now);
}

function renamedInput(before: CreateFunctionStmt, node: CreateFunctionStmt): Draft | undefined {
  const now = inputsOf(node);
  const lost = inputsOf(before).find(({ name = '' }, at) => name !== '' && name !== now[at]?.name);
  return lost && fail(`cannot change name of input parameter "${lost.name}"`, '42P13');
}

function removedDefault(before: CreateFunctionStmt, node: CreateFunctionStmt): Draft | undefined {
  const [old = 0, now = 0] = [before, node].map(
    (one) => inputsOf(one).filter(({ defexpr }) => defexpr !== undefined).length,
  );
  return old > now ? fail('cannot remove parameter defaults from existing function', '42P13') : undefined;
}
