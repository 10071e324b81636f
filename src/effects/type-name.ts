import { builtInName } from '../catalog/built-in-name.js';
import type { Catalog, TypeRef } from '../catalog/catalog.js';
import { shownName } from './relations.js';

/** A type as the server's messages name it, without modifiers: format_type_be. */
export function typeName(catalog: Catalog, type: TypeRef): string {
  const array = type.dimensions > 0 ? '[]' : '';
  if (type.schema === 'pg_catalog') return `${builtInName(type.name)}${array}`;
  if (type.schema === '') return `${type.name}${array}`;
  return `${shownName(catalog, type)}${array}`;
}
