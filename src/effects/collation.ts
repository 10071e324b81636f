import type { Catalog, TypeRef } from '../catalog/catalog.js';
import { searchPath } from '../catalog/lookup.js';
import { findOther } from '../catalog/others.js';
import { qualifiedName } from '../sql/names.js';
import { type CollateClause, strings } from '../sql/tree.js';
import { type Draft, fail } from './draft.js';
import { typeFact } from './facts.js';
import { typeName } from './type-name.js';
import { baseType, declaredType, isRecorded, type TypeContext } from './types.js';

/** Collations that every server has, whatever the machine's locales. */
const everywhere: ReadonlySet<string> = new Set(['default', 'C', 'POSIX', 'ucs_basic']);

/** The refusal of COLLATE on a type that has no collations. */
export function uncollatable(clause: CollateClause | undefined, type: TypeRef | undefined, context: TypeContext) {
  if (clause === undefined || type === undefined) return undefined;
  const base = baseType(context.catalog, type);
  const own = declaredType(context.catalog, base);
  const fact = own === undefined && isRecorded(context, base) ? typeFact(base.name, context.pg) : undefined;
  const lacks = fact === undefined ? own?.kind === 'enum' || own?.kind === 'range' : !fact.collatable;
  return lacks ? fail(`collations are not supported by type ${typeName(context.catalog, type)}`, '42804') : undefined;
}

/** A collation that the history does not make is one of the machine's, or there is none of the name. */
export function unknownCollation(clause: CollateClause | undefined, catalog: Catalog): Draft | undefined {
  const parts = strings(clause?.collname);
  const name = parts.at(-1);
  if (name === undefined || everywhere.has(name)) return undefined;
  const schemas = parts.length > 1 ? parts.slice(-2, -1) : searchPath(catalog);
  const known = schemas.some((schema) => findOther(catalog, 'collation', qualifiedName(schema, name)) !== undefined);
  return known ? undefined : fail(`collation "${name}" for encoding "UTF8" does not exist`, '42704', false);
}
