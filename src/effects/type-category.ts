import type { TypeRef } from '../catalog/catalog.js';
import { typeFact } from './facts.js';
import { baseType, convert, isKnownType, isRecorded, isSameType, type TypeContext } from './types.js';

/** Why two types have none in common (select_common_type): they are of different categories, or of one category without a cast to the other. */
export function apart(a: TypeRef, b: TypeRef, context: TypeContext): 'category' | 'cast' | undefined {
  const [left, right] = [baseType(context.catalog, a), baseType(context.catalog, b)];
  if (isSameType(left, right) || !isKnownType(context, left) || !isKnownType(context, right)) return undefined;
  const [one, two] = [left, right].map((type) => categoryOf(type, context));
  if (one !== two) return 'category';
  const uncast = one !== 'A' && !isCast(left, right, context) && !isCast(right, left, context);
  return uncast ? 'cast' : undefined;
}

function isCast(from: TypeRef, to: TypeRef, context: TypeContext): boolean {
  return !('noCast' in convert({ type: from, fate: 'kept' }, to, context, 'implicit'));
}

function categoryOf(type: TypeRef, context: TypeContext): string {
  if (type.dimensions > 0) return 'A';
  return (isRecorded(context, type) && typeFact(type.name, context.pg)?.category) || `${type.schema}.${type.name}`;
}
