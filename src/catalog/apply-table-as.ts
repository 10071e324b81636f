import { qualifiedName } from '../sql/names.js';
import { type IntoClause, type Node, strings } from '../sql/tree.js';
import type { Applies, ApplyOptions } from './applies.js';
import { makeRoom, persistenceOf } from './apply-table.js';
import { columnsOfView, createMaterializedView } from './apply-view.js';
import type { Catalog, Table } from './catalog.js';
import { putRelation } from './change.js';
import { relationByName, schemaFor, temporarySchema } from './lookup.js';
import { describeQuery } from './query.js';
import { storageOptions, tablespaceOf } from './storage-options.js';
import { newTable } from './stub.js';

/** CREATE TABLE AS and SELECT INTO: a table with the columns of a query, as far as they can be told. */
function createTableAs(catalog: Catalog, into: IntoClause, query: Node, { born }: ApplyOptions): Catalog {
  const { rel } = into;
  if (rel?.relname === undefined) return catalog;
  const described = describeQuery(catalog, query);
  const [room, oid] = makeRoom(catalog, rel);
  const schema = schemaFor(catalog, rel);
  const table: Table = {
    ...newTable(catalog, schema, rel.relname, born),
    oid,
    complete: !described.open,
    persistence: schema === temporarySchema ? 'temporary' : persistenceOf(rel),
    columns: columnsOfView(described.outputs, strings(into.colNames), born),
    options: storageOptions(into.options),
    filled: !into.skipData,
    ...(into.accessMethod !== undefined && { accessMethod: into.accessMethod }),
    ...tablespaceOf(into.tableSpaceName),
  };
  const made = putRelation(room, table);
  if (into.onCommit !== 'ONCOMMIT_DROP') return made;
  return { ...made, transient: { ...made.transient, onCommitDrop: [...made.transient.onCommitDrop, oid] } };
}

export const tableAsApplies: Applies = {
  CreateTableAsStmt: (node, _statement, catalog, options) => {
    const { into, query } = node;
    if (into?.rel?.relname === undefined || query === undefined) return catalog;
    const name = qualifiedName(schemaFor(catalog, into.rel), into.rel.relname);
    if (node.if_not_exists && relationByName(catalog, name) !== undefined) return catalog;
    if (node.objtype === 'OBJECT_MATVIEW') return createMaterializedView(node, catalog, options.born);
    return createTableAs(catalog, into, query, options);
  },
  SelectStmt: (node, _statement, catalog, options) => {
    const { intoClause, ...query } = node;
    return intoClause === undefined ? catalog : createTableAs(catalog, intoClause, { SelectStmt: query }, options);
  },
};
