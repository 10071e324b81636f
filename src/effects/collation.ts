import type { Catalog } from '../catalog/catalog.js';
import { searchPath } from '../catalog/lookup.js';
import { findOther } from '../catalog/others.js';
import { qualifiedName } from '../sql/names.js';
import { type CollateClause, strings } from '../sql/tree.js';
import { type Draft, fail } from './draft.js';

/** Collations that every server has, whatever the machine's locales. */
const everywhere: ReadonlySet<string> = new Set(['default', 'C', 'POSIX', 'ucs_basic']);

/** A collation that the history does not make is one of the machine's, or there is none of the name. */
export function unknownCollation(clause: CollateClause | undefined, catalog: Catalog): Draft | undefined {
  const parts = strings(clause?.collname);
  const name = parts.at(-1);
  if (name === undefined || everywhere.has(name)) return undefined;
  const schemas = parts.length > 1 ? parts.slice(-2, -1) : searchPath(catalog);
  const known = schemas.some((schema) => findOther(catalog, 'collation', qualifiedName(schema, name)) !== undefined);
  return known ? undefined : fail(`collation "${name}" for encoding "UTF8" does not exist`, '42704', false);
}
