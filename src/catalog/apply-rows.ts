import type { Node, RangeVar } from '../sql/tree.js';
import { visit } from '../sql/walk.js';
import type { Applies } from './applies.js';
import type { Catalog, Table } from './catalog.js';
import { changeTable } from './change.js';
import { ancestors, descendants, findTable, referencingTables } from './lookup.js';

/** Rows go into a table: it may be a partition of others, or hand them on to its own. */
function fill(catalog: Catalog, range: RangeVar | undefined): Catalog {
  const table = findTable(catalog, range);
  if (table === undefined || (table.filled && table.kind !== 'partitioned')) return catalog;
  const reached = [
    table,
    ...ancestors(catalog, table),
    ...(table.kind === 'partitioned' ? descendants(catalog, table) : []),
  ];
  return reached.reduce((now, one) => (one.filled ? now : setFilled(now, one, true)), catalog);
}

function setFilled(catalog: Catalog, { oid }: Table, filled: boolean): Catalog {
  return changeTable(catalog, oid, (table) => ({ ...table, filled }));
}

/** A statement that writes rows into a table, and perhaps into others in WITH. */
function written(catalog: Catalog, node: object, relation?: RangeVar): Catalog {
  return targets(node).reduce(fill, fill(catalog, relation));
}

function targets(node: object): readonly RangeVar[] {
  const found: RangeVar[] = [];
  visit(node, (kind, inner) => {
    if ((kind === 'InsertStmt' || kind === 'UpdateStmt' || kind === 'MergeStmt') && inner.relation !== undefined)
      found.push(inner.relation);
  });
  return found;
}

function truncated(catalog: Catalog, nodes: readonly Node[], cascade: boolean): ReadonlyMap<number, Table> {
  const reached = new Map<number, Table>();
  const waiting = nodes.flatMap((node): Table[] => {
    const table = 'RangeVar' in node ? findTable(catalog, node.RangeVar) : undefined;
    const deep = 'RangeVar' in node && node.RangeVar.inh;
    return table === undefined ? [] : [table, ...(deep ? descendants(catalog, table) : [])];
  });
  for (let table = waiting.pop(); table !== undefined; table = waiting.pop()) {
    if (reached.has(table.oid)) continue;
    reached.set(table.oid, table);
    if (!cascade) continue;
    for (const other of referencingTables(catalog, table)) waiting.push(other, ...descendants(catalog, other));
  }
  return reached;
}

/** Whether a table holds rows that the history put there. */
export const rowApplies: Applies = {
  InsertStmt: (node, _statement, catalog) => written(catalog, node, node.relation),
  UpdateStmt: (node, _statement, catalog) => written(catalog, node, node.relation),
  MergeStmt: (node, _statement, catalog) => written(catalog, node, node.relation),
  DeleteStmt: (node, _statement, catalog) => written(catalog, node),
  SelectStmt: (node, _statement, catalog) => (node.withClause === undefined ? catalog : written(catalog, node)),
  CopyStmt: (node, _statement, catalog) => (node.is_from ? fill(catalog, node.relation) : catalog),
  TruncateStmt: (node, _statement, catalog) => {
    const emptied = truncated(catalog, node.relations ?? [], node.behavior === 'DROP_CASCADE');
    return [...emptied.values()].reduce((now, table) => setFilled(now, table, false), catalog);
  },
};
