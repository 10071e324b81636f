import type { Routine, TypeRef } from '../catalog/catalog.js';
import { typeOfExpression } from '../catalog/expression-type.js';
import { findRoutines } from '../catalog/lookup.js';
import type { Place } from '../catalog/query-scope.js';
import { type FuncCall, type Node, strings } from '../sql/tree.js';
import { type Draft, fail, unsure } from './draft.js';
import { overloadsOf } from './facts.js';
import { literalRefusal } from './literal-refusal.js';
import { typeName } from './type-name.js';
import { baseType, convert, isKnownType, isRecorded, type TypeContext } from './types.js';

/**
 * The refusal of a call of one of the history's functions with arguments that none of that name takes (func_get_detail). It is not sure:
 * the history need not show every function of the name.
 */
export function callRefusal(call: FuncCall, place: Place, context: TypeContext): Draft | undefined {
  const name = strings(call.funcname);
  const routines = findRoutines(context.catalog, name);
  if (routines.length > 0 && routines.every(({ kind }) => kind === 'procedure'))
    return fail(`${name.join('.')}() is a procedure`, '42809');
  return mismatch(call, routines, place, context);
}

/** The refusal of CALL: of a function, of a procedure with other arguments, of what the history does not show. */
export function procedureRefusal(call: FuncCall, place: Place, context: TypeContext): Draft | undefined {
  const name = strings(call.funcname);
  const routines = findRoutines(context.catalog, name);
  if (routines.length === 0) return fail(`procedure ${name.join('.')}() does not exist`, '42883', false);
  if (routines.every(({ kind }) => kind !== 'procedure'))
    return fail(`${name.join('.')}() is not a procedure`, '42809');
  return mismatch(call, routines, place, context);
}

function mismatch(call: FuncCall, routines: readonly Routine[], place: Place, context: TypeContext): Draft | undefined {
  const name = strings(call.funcname);
  const given = call.args ?? [];
  if (routines.length === 0 || overloadsOf(name.at(-1) ?? '', context.pg) !== undefined) return undefined;
  if (call.func_variadic || call.agg_star || given.some((argument) => 'NamedArgExpr' in argument)) return undefined;
  const types = given.map((argument) => knownType(argument, place));
  const taking = routines.filter((routine) => mayTake(routine, types, context));
  if (taking.length > 0) return unreadArgument(given, taking, context);
  const shown = types.map((type) => (type === undefined ? 'unknown' : typeName(context.catalog, type)));
  return fail(`function ${name.join('.')}(${shown.join(', ')}) does not exist`, '42883', false);
}

/** A bare string that the only routine which takes the call cannot read as its argument. */
function unreadArgument(
  given: readonly Node[],
  [only, ...more]: readonly Routine[],
  context: TypeContext,
): Draft | undefined {
  if (only === undefined || more.length > 0) return undefined;
  const inputs = only.arguments.filter((argument) => !argument.output);
  const refusal = given
    .map((argument, at) => {
      const type = inputs[at]?.type;
      return type === undefined || !isDecided(type, context) ? undefined : literalRefusal(argument, type, context);
    })
    .find(Boolean);
  return refusal && unsure(refusal, 'there may be others of the name');
}

/** Undefined for a bare string, which becomes whatever is asked for, and where nothing tells the type. */
function knownType(node: Node, place: Place): TypeRef | undefined {
  if ('A_Const' in node && (node.A_Const.sval !== undefined || node.A_Const.isnull)) return undefined;
  return typeOfExpression(node, place);
}

function mayTake(routine: Routine, types: readonly (TypeRef | undefined)[], context: TypeContext): boolean {
  const inputs = routine.arguments.filter((argument) => !argument.output);
  if (types.length > inputs.length) return inputs.some(({ type }) => (type?.dimensions ?? 0) > 0);
  return inputs.every(({ type, hasDefault }, at) => {
    if (at >= types.length) return hasDefault;
    const from = types[at];
    if (from === undefined || type === undefined || !isDecided(type, context)) return true;
    return !('noCast' in convert({ type: from, fate: 'kept' }, type, context, 'implicit'));
  });
}

/** Whether it is known what the type takes: not of a polymorphic one, nor of one that the history does not show. */
function isDecided(type: TypeRef, context: TypeContext): boolean {
  const base = baseType(context.catalog, type);
  return isKnownType(context, base) && !(isRecorded(context, base) && base.name.startsWith('any'));
}
