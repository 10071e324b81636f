import type { InsertStmt, Node, RangeVar, SelectStmt } from '../sql/tree.js';
import { functionCalls, visit } from '../sql/walk.js';
import type { Applies } from './applies.js';
import type { Catalog, Table } from './catalog.js';
import { changeTable } from './change.js';
import { ancestors, descendants, findTable, referencingTables } from './lookup.js';

type Holds = Pick<Table, 'filled' | 'inhabited'>;

/** Rows go into a table: it may be a partition of others, or hand them on to its own; `sure`: one at least. */
function fill(catalog: Catalog, range: RangeVar | undefined, sure = false): Catalog {
  const table = findTable(catalog, range);
  if (table === undefined || (table.filled && (table.inhabited || !sure) && table.kind !== 'partitioned'))
    return catalog;
  const above = [table, ...ancestors(catalog, table)];
  // which partition gets them is not known
  const below = table.kind === 'partitioned' ? descendants(catalog, table) : [];
  const filled = below.reduce((now, one) => hold(now, one, { filled: true, inhabited: one.inhabited }), catalog);
  return above.reduce((now, one) => hold(now, one, { filled: true, inhabited: sure || one.inhabited }), filled);
}

function hold(catalog: Catalog, table: Table, { filled, inhabited }: Holds): Catalog {
  if (table.filled === filled && table.inhabited === inhabited) return catalog;
  return changeTable(catalog, table.oid, (now) => ({ ...now, filled, inhabited }));
}

/** Rows are deleted, perhaps all: of the table, of those above and below it, and of those that refer to them. */
function thin(catalog: Catalog, range: RangeVar): Catalog {
  const table = findTable(catalog, range);
  if (table === undefined) return catalog;
  const near = [...ancestors(catalog, table), ...descendants(catalog, table)];
  const reached = reach(catalog, [table, ...near], (one) => referencingTables(catalog, one));
  return [...reached.values()].reduce((now, one) => hold(now, one, { filled: one.filled, inhabited: false }), catalog);
}

/** A statement that writes rows into a table, and perhaps into others in WITH. */
function written(catalog: Catalog, node: object, relation?: RangeVar, sure = false): Catalog {
  const filled = writes(node).reduce((now, range) => fill(now, range), fill(catalog, relation, sure));
  return deletes(node).reduce(thin, filled);
}

/** The tables that a statement, or one in its WITH, writes rows into. */
function writes(node: object): readonly RangeVar[] {
  const found: RangeVar[] = [];
  visit(node, (kind, inner) => {
    if ((kind === 'InsertStmt' || kind === 'UpdateStmt' || kind === 'MergeStmt') && inner.relation !== undefined)
      found.push(inner.relation);
  });
  return found;
}

/** The tables that it may delete rows of. */
function deletes(node: object, relation?: RangeVar): readonly RangeVar[] {
  const found = relation === undefined ? [] : [relation];
  visit(node, (kind, inner) => {
    if ((kind === 'DeleteStmt' || kind === 'MergeStmt') && inner.relation !== undefined) found.push(inner.relation);
  });
  return found;
}

/** INSERT … VALUES puts a row in, unless a trigger or a rule keeps it out. */
function insertsSurely(catalog: Catalog, { relation, selectStmt }: InsertStmt): boolean {
  const table = findTable(catalog, relation);
  const given = selectStmt === undefined || ('SelectStmt' in selectStmt && hasRow(selectStmt.SelectStmt));
  return given && table?.triggers.length === 0 && table.rules.length === 0;
}

/** Whether a query gives a row whatever the tables hold: VALUES, or nothing but generate_series() in FROM and no condition. */
function hasRow(query: SelectStmt): boolean {
  if (query.valuesLists !== undefined) return true;
  const { op, whereClause, havingClause, groupClause, limitCount, limitOffset, fromClause = [] } = query;
  const conditions = [whereClause, havingClause, groupClause, limitCount, limitOffset];
  return op === 'SETOP_NONE' && conditions.every((one) => one === undefined) && fromClause.every(isSeries);
}

function isSeries(item: Node): boolean {
  if (!('RangeFunction' in item)) return false;
  return functionCalls(item).some(({ name }) => name.at(-1) === 'generate_series');
}

/** The tables that a chain of others leads to. */
function reach(
  catalog: Catalog,
  first: readonly Table[],
  next: (table: Table) => readonly Table[],
): ReadonlyMap<number, Table> {
  const reached = new Map<number, Table>();
  const waiting = [...first];
  for (let table = waiting.pop(); table !== undefined; table = waiting.pop()) {
    if (reached.has(table.oid)) continue;
    reached.set(table.oid, table);
    for (const other of next(table)) waiting.push(other, ...descendants(catalog, other));
  }
  return reached;
}

function truncated(catalog: Catalog, nodes: readonly Node[], cascade: boolean): ReadonlyMap<number, Table> {
  const named = nodes.flatMap((node): Table[] => {
    const table = 'RangeVar' in node ? findTable(catalog, node.RangeVar) : undefined;
    const deep = 'RangeVar' in node && node.RangeVar.inh;
    return table === undefined ? [] : [table, ...(deep ? descendants(catalog, table) : [])];
  });
  return reach(catalog, named, (table) => (cascade ? referencingTables(catalog, table) : []));
}

/** Whether a table holds rows that the history put there. */
export const rowApplies: Applies = {
  InsertStmt: (node, _statement, catalog) => written(catalog, node, node.relation, insertsSurely(catalog, node)),
  UpdateStmt: (node, _statement, catalog) => written(catalog, node, node.relation),
  MergeStmt: (node, _statement, catalog) =>
    deletes(node, node.relation).reduce(thin, written(catalog, node, node.relation)),
  DeleteStmt: (node, _statement, catalog) => deletes(node, node.relation).reduce(thin, written(catalog, node)),
  SelectStmt: (node, _statement, catalog) => (node.withClause === undefined ? catalog : written(catalog, node)),
  CopyStmt: (node, _statement, catalog) => (node.is_from ? fill(catalog, node.relation) : catalog),
  TruncateStmt: (node, _statement, catalog) => {
    const emptied = truncated(catalog, node.relations ?? [], node.behavior === 'DROP_CASCADE');
    return [...emptied.values()].reduce((now, one) => hold(now, one, { filled: false, inhabited: false }), catalog);
  },
};
