import {
  type FunctionParameter,
  type Node,
  type ObjectWithArgs,
  strings,
  type TypeName,
  type VariableSetStmt,
} from '../sql/tree.js';
import type { Applies, Apply } from './applies.js';
import type { Move, Moves, Rename, Renames } from './apply-by-object.js';
import type { DropKinds, DropOne } from './apply-drop.js';
import { createdName, option, optionText } from './apply-type.js';
import type { Catalog, Read, Routine, TypeRef, Volatility } from './catalog.js';
import { putRoutine } from './change.js';
import { expressionKey } from './expression.js';
import { findRoutines } from './lookup.js';
import { describeQuery } from './query.js';
import { dropObject } from './removal.js';
import { retrigger } from './retrigger.js';
import { saidOf } from './said.js';
import { typeRef } from './type-ref.js';

type Argument = Routine['arguments'][number];

export const routineApplies: Applies = {
  CreateFunctionStmt: (node, statement, catalog, { born }) => {
    const returns = typeRef(catalog, node.returnType);
    const body = option(node.options, 'as');
    const [source = ''] = body !== undefined && 'List' in body ? strings(body.List.items) : [];
    return replaced(catalog, {
      ...createdName(catalog, strings(node.funcname)),
      kind: kindOf(node.is_procedure, option(node.options, 'window')),
      oid: catalog.nextOid,
      born,
      // a body in SQL's own syntax needs no LANGUAGE
      language: optionText(option(node.options, 'language'))?.toLowerCase() ?? 'sql',
      volatility: volatilityOf(option(node.options, 'volatility')) ?? 'volatile',
      arguments: argumentsOf(catalog, node.parameters),
      ...(returns !== undefined && { returns }),
      options: optionsOf(node.options),
      source: node.sql_body === undefined ? source : statement.text,
      definition: statement,
      reads: readsOfBody(catalog, node.sql_body),
    });
  },
  AlterFunctionStmt: (node, _statement, catalog) => {
    const routine = node.func && findRoutine(catalog, node.func);
    if (routine === undefined) return catalog;
    const volatility = volatilityOf(option(node.actions, 'volatility')) ?? routine.volatility;
    const options = withOptions(routine.options, node.actions);
    return putRoutine(catalog, { ...routine, volatility, options });
  },
};

export const createAggregate: Apply<'DefineStmt'> = (node, _statement, catalog, { born }) => {
  return replaced(catalog, {
    ...createdName(catalog, strings(node.defnames)),
    kind: 'aggregate',
    oid: catalog.nextOid,
    born,
    language: 'internal',
    volatility: 'immutable',
    arguments: node.oldstyle
      ? baseType(catalog, option(node.definition, 'basetype'))
      : aggregateArguments(catalog, node.args),
    options: {},
    source: '',
    reads: [],
  });
};

const notKept: ReadonlySet<string> = new Set(['as', 'language', 'volatility', 'window', 'transform']);
/** What goes without saying. */
const usual: Readonly<Record<string, string>> = {
  strict: 'false',
  security: 'false',
  leakproof: 'false',
  parallel: 'unsafe',
};

function optionsOf(nodes: readonly Node[] | undefined): Routine['options'] {
  return withOptions({}, nodes);
}

/** The options of a routine with those that a statement names; each SET is one by itself. */
function withOptions(old: Routine['options'], nodes: readonly Node[] | undefined): Routine['options'] {
  const options: Record<string, string> = { ...old };
  for (const node of nodes ?? []) {
    if (!('DefElem' in node)) continue;
    const { defname = '', arg } = node.DefElem;
    if (notKept.has(defname) || arg === undefined) continue;
    if ('VariableSetStmt' in arg) set(options, arg.VariableSetStmt);
    else {
      const text = 'Boolean' in arg ? String(arg.Boolean.boolval ?? false) : (optionText(arg) ?? expressionKey(arg));
      if (usual[defname] === text) delete options[defname];
      else options[defname] = text;
    }
  }
  return options;
}

function set(options: Record<string, string>, { kind, name = '', args }: VariableSetStmt): void {
  if (kind === 'VAR_RESET_ALL') for (const key of Object.keys(options)) if (key.startsWith('set ')) delete options[key];
  const key = `set ${name.toLowerCase()}`;
  if (kind === 'VAR_SET_VALUE') options[key] = expressionKey(args ?? []);
  else delete options[key];
}

function aggregateArguments(catalog: Catalog, args: readonly Node[] | undefined): readonly Argument[] {
  const [list] = args ?? [];
  return argumentsOf(catalog, list !== undefined && 'List' in list ? list.List.items : []);
}

/** The one argument of `CREATE AGGREGATE name (BASETYPE = …)`, the syntax before 8.2; "ANY" is none. */
function baseType(catalog: Catalog, given: Node | undefined): readonly Argument[] {
  if (given === undefined || !('TypeName' in given)) return [];
  const type = typeRef(catalog, given.TypeName);
  return type?.name.toLowerCase() === 'any' ? [] : [{ name: '', type, hasDefault: false, output: false }];
}

function kindOf(procedure: boolean | undefined, window: Node | undefined): Routine['kind'] {
  if (procedure) return 'procedure';
  return window === undefined ? 'function' : 'window';
}

const volatilities: readonly Volatility[] = ['immutable', 'stable', 'volatile'];

function volatilityOf(arg: Node | undefined): Volatility | undefined {
  const word = optionText(arg);
  return volatilities.find((volatility) => volatility === word);
}

function argumentsOf(catalog: Catalog, nodes: readonly Node[] | undefined): readonly Argument[] {
  return (nodes ?? []).flatMap((node) =>
    'FunctionParameter' in node ? [argumentOf(catalog, node.FunctionParameter)] : [],
  );
}

function argumentOf(catalog: Catalog, { name = '', argType, mode, defexpr }: FunctionParameter): Argument {
  const output = mode === 'FUNC_PARAM_OUT' || mode === 'FUNC_PARAM_TABLE';
  return { name, type: typeRef(catalog, argType), hasDefault: defexpr !== undefined, output };
}

/** Puts a routine in the place of the one with the same name and arguments, or beside it. */
function replaced(catalog: Catalog, routine: Routine): Catalog {
  const overloads = findRoutines(catalog, [routine.schema, routine.name]);
  const old = overloads.find((other) => sameTypes(inputTypes(other), inputTypes(routine)));
  return putRoutine(
    catalog,
    old === undefined ? routine : { ...routine, ...saidOf(old), oid: old.oid, born: old.born },
  );
}

function inputTypes(routine: Routine): readonly (TypeRef | undefined)[] {
  return routine.arguments.filter(({ output }) => !output).map(({ type }) => type);
}

function sameTypes(a: readonly (TypeRef | undefined)[], b: readonly (TypeRef | undefined)[]): boolean {
  return a.length === b.length && a.every((type, at) => sameArgument(type, b[at]));
}

/** A routine is told from its overloads by its types without their modifiers. */
export function sameArgument(a: TypeRef | undefined, b: TypeRef | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  if (a.dimensions > 0 !== b.dimensions > 0) return false;
  return a.oid === undefined ? a.name === b.name && a.schema === b.schema : a.oid === b.oid;
}

/** The routine that ALTER, DROP or COMMENT means: by its arguments, or by its name where there is but one. */
export function findRoutine(
  catalog: Catalog,
  { objname, objargs, args_unspecified }: ObjectWithArgs,
): Routine | undefined {
  const overloads = findRoutines(catalog, strings(objname));
  if (args_unspecified) return overloads.length === 1 ? overloads[0] : undefined;
  const types = (objargs ?? []).map((node) => typeRef(catalog, typeName(node)));
  return overloads.find((routine) => sameTypes(inputTypes(routine), types) || sameTypes(allTypes(routine), types));
}

/** A procedure is named with its OUT arguments too. */
function allTypes(routine: Routine): readonly (TypeRef | undefined)[] {
  return routine.kind === 'procedure' ? routine.arguments.map(({ type }) => type) : inputTypes(routine);
}

function typeName(node: Node): TypeName | undefined {
  return 'TypeName' in node ? node.TypeName : undefined;
}

/** What BEGIN ATOMIC … END and RETURN read: their statements are parsed when the function is made, and kept as dependencies. */
function readsOfBody(catalog: Catalog, body: Node | undefined): readonly Read[] {
  if (body === undefined) return [];
  if ('List' in body) return mergedReads((body.List.items ?? []).map((part) => readsOfBody(catalog, part)));
  if (!('ReturnStmt' in body)) return describeQuery(catalog, body).reads;
  const { returnval } = body.ReturnStmt;
  if (returnval === undefined) return [];
  return describeQuery(catalog, { SelectStmt: { targetList: [{ ResTarget: { val: returnval } }] } }).reads;
}

/** Several lists of reads as one: each relation once, with all the columns. */
export function mergedReads(lists: readonly (readonly Read[])[]): readonly Read[] {
  const merged = new Map<number, Read>();
  for (const read of lists.flat()) {
    const known = merged.get(read.relation);
    const whole = read.columns === '*' || known?.columns === '*';
    const columns = whole ? '*' : [...new Set([...(known?.columns ?? []), ...read.columns])].sort();
    merged.set(read.relation, { relation: read.relation, columns });
  }
  return [...merged.values()].sort((a, b) => a.relation - b.relation);
}

const dropRoutine: DropOne = (catalog, object) => {
  const routine = 'ObjectWithArgs' in object ? findRoutine(catalog, object.ObjectWithArgs) : undefined;
  return routine === undefined ? catalog : dropObject(catalog, routine.oid);
};

export const routineDrops: DropKinds = {
  OBJECT_FUNCTION: dropRoutine,
  OBJECT_PROCEDURE: dropRoutine,
  OBJECT_ROUTINE: dropRoutine,
  OBJECT_AGGREGATE: dropRoutine,
};

function changed(
  catalog: Catalog,
  object: Node | undefined,
  change: { readonly name?: string; readonly schema?: string },
): Catalog {
  const routine =
    object !== undefined && 'ObjectWithArgs' in object ? findRoutine(catalog, object.ObjectWithArgs) : undefined;
  return routine === undefined ? catalog : retrigger(catalog, routine, { ...routine, ...change });
}

const renameRoutine: Rename = (catalog, { object, newname }) =>
  newname === undefined ? catalog : changed(catalog, object, { name: newname });

export const routineRenames: Renames = {
  OBJECT_FUNCTION: renameRoutine,
  OBJECT_PROCEDURE: renameRoutine,
  OBJECT_ROUTINE: renameRoutine,
  OBJECT_AGGREGATE: renameRoutine,
};

const moveRoutine: Move = (catalog, { object }, schema) => changed(catalog, object, { schema });

export const routineMoves: Moves = {
  OBJECT_FUNCTION: moveRoutine,
  OBJECT_PROCEDURE: moveRoutine,
  OBJECT_ROUTINE: moveRoutine,
  OBJECT_AGGREGATE: moveRoutine,
};
