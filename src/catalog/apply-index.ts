import type { Applies } from './applies.js';
import type { Catalog, Index } from './catalog.js';
import { changeTable } from './change.js';
import { createIndex, definitionOf } from './index-definition.js';
import { findRelation, findRelationNamed, findTable, isIndex } from './lookup.js';
import { tableOrStub } from './stub.js';
import { learned } from './table-command.js';

export const indexApplies: Applies = {
  IndexStmt: (node, _statement, catalog, options) => {
    if (node.relation === undefined) return catalog;
    const known = findRelation(catalog, node.relation);
    const [after, stub] = known === undefined ? tableOrStub(catalog, node.relation) : [catalog, undefined];
    const owner = known ?? stub;
    if (owner === undefined) return after;
    const definition = definitionOf(node);
    const there = findRelationNamed(after, [owner.schema, definition.name ?? '']);
    if (node.if_not_exists && there !== undefined) return after;
    const columns = definition.keys.flatMap(({ column }) => column ?? []);
    return createIndex(learnedAll(after, owner.oid, columns), owner.oid, definition, {
      ...options,
      only: !node.relation.inh,
    });
  },
  ClusterStmt: (node, _statement, catalog) => {
    const table = findTable(catalog, node.relation);
    const index = table && findRelationNamed(catalog, [table.schema, node.indexname ?? '']);
    if (table === undefined || index === undefined || !isIndex(index)) return catalog;
    // of a partitioned table its partitions are clustered: cluster_rel of cluster.c
    return partsOf(catalog, index).reduce(
      (now, part) => changeTable(now, part.table, (one) => ({ ...one, clusteredOn: part.oid })),
      catalog,
    );
  },
};

function partsOf(catalog: Catalog, index: Index): readonly Index[] {
  if (index.kind === 'index') return [index];
  return index.children.flatMap((oid) => {
    const part = catalog.relations.get(oid);
    return part !== undefined && isIndex(part) ? partsOf(catalog, part) : [];
  });
}

/** The columns of an index are proven to be there. */
function learnedAll(catalog: Catalog, oid: number, columns: readonly string[]): Catalog {
  return changeTable(catalog, oid, (table) => columns.reduce(learned, table));
}
