import type { Catalog, Oid, Relation, Type } from '../catalog/catalog.js';
import { dependentsOf, findType, isTable } from '../catalog/lookup.js';
import { type Draft, fail } from './draft.js';

/**
 * The first column, as table.column, in which rows of a relation or values of a composite type are stored: such a type cannot be
 * changed where stored values would have to change (find_composite_type_dependencies).
 */
export function rowTypeUser(catalog: Catalog, { oid }: { readonly oid: Oid }): string | undefined {
  for (const dependent of dependentsOf(catalog, oid)) {
    const relation = catalog.relations.get(dependent);
    const column =
      relation === undefined || !storesRows(relation)
        ? undefined
        : relation.columns.find(({ type }) => type?.oid === oid);
    if (relation !== undefined && column !== undefined) return `${relation.name}.${column.name}`;
  }
  return undefined;
}

function storesRows(relation: Relation): relation is Extract<Relation, { kind: 'table' | 'materialized view' }> {
  return isTable(relation) || relation.kind === 'materialized view';
}

/** The type that comes with a table or view, and goes with it only. */
export function isRowType(type: Type): boolean {
  return type.kind === 'composite' && type.relation === type.oid;
}

/** ALTER TYPE of the row type of a table, which changes with its table only. */
export function rowTypeRefusal(catalog: Catalog, parts: readonly string[]): Draft | undefined {
  const type = findType(catalog, parts);
  return type !== undefined && isRowType(type) ? fail(`${type.name} is a table's row type`, '42809') : undefined;
}
