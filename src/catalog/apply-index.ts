import type { Applies } from './applies.js';
import type { Catalog } from './catalog.js';
import { changeTable } from './change.js';
import { createIndex, definitionOf } from './index-definition.js';
import { findRelation, findRelationNamed } from './lookup.js';
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
};

/** The columns of an index are proven to be there. */
function learnedAll(catalog: Catalog, oid: number, columns: readonly string[]): Catalog {
  return changeTable(catalog, oid, (table) => columns.reduce(learned, table));
}
