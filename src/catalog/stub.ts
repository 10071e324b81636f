import type { RangeVar } from '../sql/tree.js';
import type { Catalog, Table } from './catalog.js';
import { putRelation } from './change.js';
import { findRelation, isTable, schemaFor } from './lookup.js';

/**
 * The table that a statement changes or refers to. One that the history does not show, but the statement proves, comes into the
 * catalog with `complete: false`: what is learned of it from then on is known.
 * Undefined when the name belongs to something that is no table.
 */
export function tableOrStub(catalog: Catalog, range: RangeVar): readonly [Catalog, Table | undefined] {
  const known = findRelation(catalog, range);
  // a view, sequence or index of the name is known: the statement is not about a table
  if (known !== undefined) return [catalog, isTable(known) ? known : undefined];
  if (range.relname === undefined) return [catalog, undefined];
  const stub = stubTable(catalog, schemaFor(catalog, range), range.relname);
  return [putRelation(catalog, stub), stub];
}

/** A table of which only the name is known; it may hold rows. */
export function stubTable(catalog: Catalog, schema: string, name: string): Table {
  return { ...newTable(catalog, schema, name, -1), complete: false, filled: true };
}

/** A table without columns. */
export function newTable(catalog: Catalog, schema: string, name: string, born: number): Table {
  return {
    kind: 'table',
    oid: catalog.nextOid,
    schema,
    name,
    born,
    complete: true,
    persistence: 'permanent',
    columns: [],
    constraints: [],
    indexes: [],
    triggers: [],
    policies: [],
    rules: [],
    parents: [],
    children: [],
    rowSecurity: false,
    options: {},
    replicaIdentity: 'default',
    filled: false,
    inhabited: false,
  };
}
