import type { Catalog, Column, Relation, Table } from '../catalog/catalog.js';
import { columnOf, findRelation, indexesOf, tables } from '../catalog/lookup.js';
import type { InsertStmt, Node, OnConflictClause } from '../sql/tree.js';
import { isNullConstant } from '../sql/values.js';
import { brokenRow } from './broken-row.js';
import {
  asConditions,
  askBound,
  assignments,
  changedTable,
  columnsBehind,
  notChanged,
  realAssignments,
  refusedColumns,
  routed,
  shownAs,
} from './change.js';
import { changedView } from './changed-view.js';
import type { PredictContext } from './context.js';
import { rowDomainRefusal } from './domain-value.js';
import { all, type Draft, fail, lock, nothing, rows, unsure } from './draft.js';
import { insertedTwice } from './duplicate.js';
import { fire } from './fire.js';
import { followRules } from './follow-rules.js';
import { checkReferences } from './foreign-key-checks.js';
import { literalRefusal, sizeRefusal } from './literal-refusal.js';
import { isForeseen } from './moment.js';
import { unidentifiedRefusal } from './publication.js';
import { planQuery } from './query.js';
import { planGraph } from './query-draft.js';
import { emptyGraph, neverStops, type Planned, type QueryPlace } from './query-plan.js';
import { readSubqueries } from './query-select.js';
import type { Item } from './query-terms.js';
import { withTables } from './query-with.js';
import { isComplete } from './relations.js';
import { betweenEnds, type Row, type Selected, selectedRows, sharedRow } from './selected-rows.js';
import type { TypeContext } from './types.js';

/** INSERT … VALUES puts a few rows in; INSERT … SELECT as many as the query gives. */
export function planInsert(node: InsertStmt, place: QueryPlace, context: PredictContext): Planned {
  const { catalog } = context;
  const { tables, draft: common } = withTables(node.withClause, node, place, planQuery);
  const inner: QueryPlace = { ...place, tables };
  const source = node.selectStmt === undefined ? undefined : planQuery(node.selectStmt, inner);
  const crowded = tooManyValues(node, catalog);
  if (crowded !== undefined) return { draft: crowded, few: true, columns: [], open: true };
  const table = changedTable(catalog, node.relation);
  const many = source !== undefined && !source.few;
  const instead = changedView(
    node.relation,
    { event: 'insert', columns: shownNames(node, catalog), read: () => nothing },
    context,
  );
  if (instead !== undefined) return { draft: all(common, source?.draft, instead), few: !many, columns: [], open: true };
  const own =
    table === undefined ? notChanged(catalog, node.relation ?? {}, 'INSERT') : insertInto(table, node, many, context);
  const target = shownAs(node.relation);
  const returned = subqueriesOf(
    [...(node.returningClause?.exprs ?? []), ...(node.onConflictClause?.targetList ?? [])],
    inner,
    [target, 'excluded', 'old', 'new'].map((name) => ({ name, columns: new Map(), open: true })),
  );
  return { draft: all(common, source?.draft, own, returned), few: !many, columns: [], open: true };
}

/** Subqueries of lists that are worked out once for each row that is changed; `items` are what they may name beside their own FROM. */
export function subqueriesOf(nodes: readonly Node[], place: QueryPlace, items: readonly Item[]): Draft {
  const graph = emptyGraph();
  for (const node of nodes) readSubqueries(node, { items, outer: place.outer }, graph, place);
  return planGraph(graph, place, neverStops, planQuery).draft;
}

function insertInto(table: Table, node: InsertStmt, many: boolean, context: PredictContext): Draft {
  const { catalog } = context;
  const names = columnNames(table, node, catalog);
  const given = rowsOf(node, names);
  const some: Selected =
    given !== undefined ? { rows: given, sure: true } : (selectedRows(node.selectStmt, names) ?? none);
  const first = given?.[0] ?? sharedRow(some, names);
  const refused = refusedInsert(table, node, names, some, context);
  // what a rule or an INSTEAD OF trigger of a view does is not known
  const through = findRelation(catalog, node.relation);
  const direct = through === table;
  if (refused.failure?.sure && direct) {
    // a row is sent to its partition before its columns are looked at
    const place = refused.failure.code === '23502' ? route(table, given, some, many, context) : nothing;
    return place.failure?.sure ? place : refused;
  }
  const rules = followRules(table, 'CMD_INSERT', context);
  if (rules.replaced)
    return all(lock(table, 'RowExclusiveLock', 'a rule has something else done instead'), rules.draft);
  const event = { values: withDefaults(table, first), many, perhapsSame: false };
  const update =
    node.onConflictClause?.action === 'ONCONFLICT_UPDATE' ? assignments(node.onConflictClause.targetList) : undefined;
  const twice = { rows: some.rows.map((row) => withDefaults(table, row)), sure: some.sure && !mayBeChanged(table) };
  const why = many ? 'rows are inserted for all that the query gives' : 'a row is inserted';
  return all(
    direct ? refused : unsure(refused, 'the view may have a trigger'),
    brokenRows(table, through, some, context),
    many && table.kind === 'table' ? rows(table, 'RowExclusiveLock', why) : lock(table, 'RowExclusiveLock', why),
    rules.draft,
    askBound(catalog, table),
    route(table, given, some, many, context),
    node.onConflictClause === undefined
      ? checkReferences(catalog, table, event)
      : unsure(checkReferences(catalog, table, event), 'where no row is in conflict'),
    update &&
      checkReferences(catalog, table, {
        values: realAssignments(update, shownAs(node.relation)),
        many,
        perhapsSame: true,
      }),
    fire(table, { event: 'insert' }, context),
    update && unidentifiedRefusal(catalog, table, 'update'),
    update && fire(table, { event: 'update', columns: [...update.keys()] }, context),
    insertedTwice(table, names, twice, node.onConflictClause, catalog),
    // the columns of a view may have other names there
    direct ? refusedConflict(table, node.onConflictClause, context) : nothing,
  );
}

const none: Selected = { rows: [], sure: false };

/** The columns that get values: those named, or all but generated ones, as many as there are values. */
function columnNames(table: Table, node: InsertStmt, catalog: Catalog): readonly string[] {
  const relation = findRelation(catalog, node.relation);
  const shown = relation !== undefined && 'columns' in relation ? relation.columns : table.columns;
  const behind = columnsBehind(catalog, node.relation) ?? [];
  const named = (name: string) => behind[shown.findIndex((column) => column.name === name)] ?? name;
  if (node.cols !== undefined)
    return node.cols.flatMap((column) => ('ResTarget' in column ? [named(column.ResTarget.name ?? '')] : []));
  const lists = valuesOf(node);
  if (node.selectStmt === undefined) return [];
  const width = lists === undefined ? undefined : (lists[0]?.length ?? 0);
  return shown.slice(0, width).map(({ name }) => named(name));
}

/** The same by the names that the statement, or the view, has for them. */
function shownNames(node: InsertStmt, catalog: Catalog): readonly string[] {
  if (node.cols !== undefined)
    return node.cols.flatMap((column) => ('ResTarget' in column ? [column.ResTarget.name ?? ''] : []));
  const relation = findRelation(catalog, node.relation);
  const width = valuesOf(node)?.[0]?.length;
  return relation !== undefined && 'columns' in relation
    ? relation.columns.slice(0, width).map(({ name }) => name)
    : [];
}

function valuesOf(node: InsertStmt): readonly (readonly Node[])[] | undefined {
  const query =
    node.selectStmt !== undefined && 'SelectStmt' in node.selectStmt ? node.selectStmt.SelectStmt : undefined;
  return query?.valuesLists?.flatMap((list) => ('List' in list ? [list.List.items ?? []] : []));
}

function rowsOf(node: InsertStmt, names: readonly string[]): readonly Row[] | undefined {
  const lists = valuesOf(node);
  if (lists !== undefined)
    return lists.map(
      (values) => new Map(names.map((name, at): [string, Node | undefined] => [name, constantOf(values[at])])),
    );
  return node.selectStmt === undefined ? [new Map()] : undefined;
}

function constantOf(node: Node | undefined): Node | undefined {
  if (node === undefined) return undefined;
  return 'SetToDefault' in node || isForeseen(node) ? node : undefined;
}

/** A column that is not named gets its default, or NULL. */
function withDefaults(table: Table, row: Row): Row {
  const known = new Map(row);
  for (const column of table.columns) {
    const value = known.get(column.name);
    const isDefault = value !== undefined && 'SetToDefault' in value;
    if (known.has(column.name) && !isDefault) continue;
    if (column.default === undefined && column.identity === undefined && column.sequence === undefined)
      known.delete(column.name);
    else known.set(column.name, isForeseen(column.default) ? column.default : undefined);
  }
  return known;
}

/** The partitions that the rows go to. */
function route(
  table: Table,
  given: readonly Row[] | undefined,
  some: Selected,
  many: boolean,
  { catalog }: PredictContext,
): Draft {
  if (table.kind !== 'partitioned') return nothing;
  const why = 'rows go to this partition';
  const sampled = some.rows.map((row) => routed(catalog, table, asConditions(nulls(table, row))));
  const isLost = (places: readonly { readonly relation: Table }[]) =>
    !places.some(({ relation }) => relation.kind !== 'partitioned');
  const lost = table.complete && sampled.some(isLost);
  const refusal = lost ? fail(`no partition of relation "${table.name}" found for row`, '23514', some.sure) : nothing;
  if (lost && some.sure) return refusal;
  const range = some.ends && betweenEnds(some.rows.map((row) => nulls(table, row)));
  const unseen = given === undefined && some.rows.length === 0 && mayLose(table, catalog);
  const each = given === undefined ? [routed(catalog, table, range)] : sampled;
  return all(
    unseen ? fail(`no partition of relation "${table.name}" found for row`, '23514', false) : refusal,
    ...each
      .flat()
      .map(({ relation, sure }) =>
        many && relation.kind === 'table'
          ? rows(relation, 'RowExclusiveLock', why, sure)
          : lock(relation, 'RowExclusiveLock', why, sure),
      ),
  );
}

/** Without a DEFAULT partition there may be rows that go nowhere. */
function mayLose(table: Table, catalog: Catalog): boolean {
  const children = tables(catalog, table.children);
  const rest = children.find(({ bound }) => bound?.kind === 'default');
  if (table.partitionBy?.strategy === 'hash') return false;
  return rest === undefined || (rest.kind === 'partitioned' && mayLose(rest, catalog));
}

/** The refusal of the first row that is kept out. */
function brokenRows(
  table: Table,
  through: Relation | undefined,
  { rows: given, sure }: Selected,
  { catalog }: PredictContext,
): Draft {
  const surely = sure && !mayBeChanged(table);
  return given.map((row) => brokenRow(table, through, nulls(table, row), catalog, surely)).find(Boolean) ?? nothing;
}

/** A trigger or a rule may yet change the row. */
function mayBeChanged({ triggers, rules }: Table): boolean {
  return rules.length > 0 || triggers.some(({ timing, events }) => timing === 'before' && events.includes('insert'));
}

/** A row with NULL for what it does not name. */
function nulls(table: Table, row: Row): Row {
  const known = withDefaults(table, row);
  return new Map(
    table.columns.map(({ name }): [string, Node | undefined] => [
      name,
      known.has(name) ? known.get(name) : { A_Const: { isnull: true } },
    ]),
  );
}

function tooManyValues(node: InsertStmt, catalog: Catalog): Draft | undefined {
  const relation = findRelation(catalog, node.relation);
  const shown =
    relation !== undefined && 'columns' in relation && isComplete(relation) ? relation.columns.length : undefined;
  const limit = node.cols?.length ?? shown;
  const width = valuesOf(node)?.[0]?.length ?? 0;
  return limit !== undefined && width > limit
    ? fail('INSERT has more expressions than target columns', '42601')
    : undefined;
}

/** What the server refuses before or at the first row. */
function refusedInsert(
  table: Table,
  node: InsertStmt,
  names: readonly string[],
  { rows: given, sure }: Selected,
  { catalog, pg }: PredictContext,
): Draft {
  const lists = valuesOf(node);
  const values = new Map(
    names.map((name, at): [string, Node | undefined] => [name, lists?.[0]?.[at] ?? given[0]?.get(name)]),
  );
  const columns = refusedColumns(table, node.override === 'OVERRIDING_USER_VALUE' ? new Map() : values, 'insert', {
    catalog,
    pg,
  });
  if (columns.failure !== undefined) return columns;
  for (const list of lists ?? []) {
    const unread = unreadable(table, names, list, { catalog, pg });
    if (unread !== undefined) return unread;
  }
  const always = [...values].find(([name, value]) => isAlways(columnOf(table, name), value));
  if (always !== undefined && (node.override === undefined || node.override === 'OVERRIDING_NOT_SET')) {
    const message = pg < 14 ? 'cannot insert into column' : 'cannot insert a non-DEFAULT value into column';
    return fail(`${message} "${always[0]}"`, '428C9');
  }
  const known = withDefaults(table, new Map([...values].map(([name, value]) => [name, constantOf(value)])));
  const outside = given
    .map((row) => rowDomainRefusal(table, withDefaults(table, row), { catalog, pg }, { whole: true, sure }))
    .find(Boolean);
  if (outside !== undefined) return outside;
  const missing = table.columns.find((column) => isMissing(column, known));
  if (missing === undefined || given.length === 0) return nothing;
  const message = `null value in column "${missing.name}" of relation "${table.name}" violates not-null constraint`;
  return fail(message, '23502', sure && !mayBeChanged(table));
}

/** Bare strings that their columns cannot read. */
function unreadable(
  table: Table,
  names: readonly string[],
  list: readonly Node[],
  context: TypeContext,
): Draft | undefined {
  for (const [at, value] of list.entries()) {
    const type = columnOf(table, names[at])?.type;
    const refusal = type && (literalRefusal(value, type, context) ?? sizeRefusal(value, type, context));
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

function isAlways(column: Column | undefined, value: Node | undefined): boolean {
  return column?.identity === 'always' && !(value !== undefined && 'SetToDefault' in value);
}

/** Neither a value nor a default for a column that takes no NULL; a domain may have a default of its own. */
function isMissing(column: Column, known: Row): boolean {
  if (!column.notNull || column.generated !== undefined) return false;
  const value = known.get(column.name);
  if (value !== undefined) return isNullConstant(value);
  return !known.has(column.name) && column.type?.oid === undefined && column.type?.schema === 'pg_catalog';
}

/** ON CONFLICT (a, b) needs a unique index on just these columns. */
function refusedConflict(table: Table, clause: OnConflictClause | undefined, { catalog }: PredictContext): Draft {
  const elements = (clause?.infer?.indexElems ?? []).flatMap((element) =>
    'IndexElem' in element ? [element.IndexElem] : [],
  );
  const columns = [...new Set(elements.flatMap(({ name }) => name ?? []))];
  const named = clause?.infer?.conname;
  if (table.complete && named !== undefined && !table.constraints.some(({ name }) => name === named))
    return fail(`constraint "${named}" for table "${table.name}" does not exist`, '42704');
  if (!table.complete || columns.length === 0 || elements.some(({ name }) => name === undefined)) return nothing;
  const found = indexesOf(catalog, table).some(
    ({ unique, keys }) =>
      unique && keys.length === columns.length && keys.every(({ column }) => columns.includes(column ?? '')),
  );
  if (found || columns.some((name) => columnOf(table, name) === undefined)) return nothing;
  return fail('there is no unique or exclusion constraint matching the ON CONFLICT specification', '42P10');
}
