import type { Catalog, TypeRef } from '../catalog/catalog.js';
import { shownName } from './relations.js';

/** The names by which PostgreSQL shows types whose SQL name is not their internal one. */
const shown: Readonly<Record<string, string>> = {
  bool: 'boolean',
  bpchar: 'character',
  char: '"char"',
  float4: 'real',
  float8: 'double precision',
  int2: 'smallint',
  int4: 'integer',
  int8: 'bigint',
  time: 'time without time zone',
  timestamp: 'timestamp without time zone',
  timestamptz: 'timestamp with time zone',
  timetz: 'time with time zone',
  varbit: 'bit varying',
  varchar: 'character varying',
};

/** A type as the server's messages name it, without modifiers: format_type_be. */
export function typeName(catalog: Catalog, type: TypeRef): string {
  const array = type.dimensions > 0 ? '[]' : '';
  if (type.schema === 'pg_catalog' && Object.hasOwn(shown, type.name)) return `${shown[type.name]}${array}`;
  if (type.schema === 'pg_catalog' || type.schema === '') return `${type.name}${array}`;
  return `${shownName(catalog, type)}${array}`;
}
