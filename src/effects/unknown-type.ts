import type { TypeRef } from '../catalog/catalog.js';
import { extensionTypes } from '../catalog/extension-types.js';
import { strings, type TypeName } from '../sql/tree.js';
import { type Draft, fail, nothing } from './draft.js';
import { baseType, declaredType, isKnownType, type TypeContext } from './types.js';

/** Types that come with an extension which the history need not show; of these only earth is a domain. */
const extensionNames: ReadonlySet<string> = new Set(
  Object.values(extensionTypes)
    .flat()
    .filter((name) => name !== 'earth'),
);

/** Whether nothing shows where a type comes from. */
export function isUnknownType(type: TypeRef, context: TypeContext): boolean {
  const element = { ...type, dimensions: 0 };
  if (isKnownType(context, baseType(context.catalog, element)) || extensionNames.has(type.name)) return false;
  return declaredType(context.catalog, element) === undefined;
}

/** A type that nothing shows may come from elsewhere, or not exist. */
export function unknownTypeName(written: TypeName | undefined, type: TypeRef, context: TypeContext): Draft {
  const lacking = type.oid === undefined && extensionNames.has(type.name);
  if (written?.pct_type || !(lacking || isUnknownType(type, context))) return nothing;
  const array = (written?.arrayBounds ?? []).map(() => '[]').join('');
  return fail(`type "${strings(written?.names).join('.')}${array}" does not exist`, '42704', false);
}
