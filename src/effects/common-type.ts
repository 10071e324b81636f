import type { TypeRef } from '../catalog/catalog.js';
import type { Place } from '../catalog/query-scope.js';
import type { Node } from '../sql/tree.js';
import { type Draft, fail } from './draft.js';
import { literalRefusal } from './literal-refusal.js';
import type { Given } from './overload.js';
import { apart } from './type-category.js';
import { typeName } from './type-name.js';
import { typeOfValue } from './typed-expression.js';
import { baseType, convert, isKnownType, isSameType, type TypeContext } from './types.js';

/** The refusal of values that make one column or result and have no type in common, or of a bare string that is none of it (select_common_type). */
export function commonRefusal(
  nodes: readonly Node[],
  what: string,
  place: Place,
  context: TypeContext,
): Draft | undefined {
  const given = nodes.map((node) => typeOfValue(node, place, context));
  const clash = commonTypeRefusal(given, what, context);
  const common = clash === undefined ? commonType(given, context) : undefined;
  if (common === undefined) return clash;
  for (const [at, node] of nodes.entries()) {
    const refusal = given[at] === 'string' ? literalRefusal(node, common, context) : undefined;
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** The same of types alone. */
export function commonTypeRefusal(given: readonly Given[], what: string, context: TypeContext): Draft | undefined {
  const known = given.filter((type): type is TypeRef => typeof type === 'object');
  const [first] = known;
  if (first === undefined) return undefined;
  const other = known.find((type) => apart(first, type, context));
  if (other === undefined) return undefined;
  const [from, to] = [typeName(context.catalog, first), typeName(context.catalog, other)];
  return apart(first, other, context) === 'cast'
    ? fail(`${what} could not convert type ${to} to ${from}`, '42846')
    : fail(`${what} types ${from} and ${to} cannot be matched`, '42804');
}

function commonType(given: readonly Given[], context: TypeContext): TypeRef | undefined {
  if (given.includes(undefined)) return undefined;
  const known = given.filter((type): type is TypeRef => typeof type === 'object');
  const [first, ...more] = known;
  return first !== undefined && more.every((type) => isSameType(first, type))
    ? baseType(context.catalog, first)
    : undefined;
}

/** A value of a type that its column, of a given name, does not take. */
export function misfit(name: string, from: TypeRef, to: TypeRef, context: TypeContext): Draft | undefined {
  if (!isKnownType(context, from) || !isKnownType(context, to)) return undefined;
  if (!('noCast' in convert({ type: from, fate: 'kept' }, to, context, 'assignment'))) return undefined;
  const [given, wanted] = [typeName(context.catalog, from), typeName(context.catalog, to)];
  return fail(`column "${name}" is of type ${wanted} but expression is of type ${given}`, '42804');
}
