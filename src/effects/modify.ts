import type { Catalog, Oid, Relation, Table } from '../catalog/catalog.js';
import { findRelation, isTable } from '../catalog/lookup.js';
import { qualifiedName } from '../sql/names.js';
import type { DeleteStmt, Node, RangeVar, ReturningClause, UpdateStmt } from '../sql/tree.js';
import { columnRefs, subqueryKinds, visit } from '../sql/walk.js';
import { brokenRow, nullRefusal } from './broken-row.js';
import {
  askBound,
  assignments,
  changed,
  changedTable,
  columnsBehind,
  notChanged,
  realAssignments,
  refusedColumns,
  shownAs,
} from './change.js';
import { changedView, type ViewChange } from './changed-view.js';
import { comparisonRefusal } from './comparison-refusal.js';
import type { PredictContext } from './context.js';
import { rowDomainRefusal } from './domain-value.js';
import { all, type Draft, lock, nothing } from './draft.js';
import { updatedTwice } from './duplicate.js';
import { fire } from './fire.js';
import { followRules } from './follow-rules.js';
import { checkReferences, checkReferrers, onItsOwn } from './foreign-key-checks.js';
import { isForeseen } from './moment.js';
import { equalities, move, withKnown } from './moved-rows.js';
import { unidentifiedRefusal } from './publication.js';
import { planQuery } from './query.js';
import { conjuncts } from './query-conditions.js';
import { type PlannedGraph, planGraph } from './query-draft.js';
import { readFrom } from './query-from.js';
import { emptyGraph, type Graph, neverStops, type Planned, type QueryPlace } from './query-plan.js';
import { readSubqueries, readWhere } from './query-select.js';
import type { Scope, StoredSource } from './query-terms.js';
import { withTables } from './query-with.js';

/** What an UPDATE, DELETE or MERGE changes and how it finds the rows. */
export interface Found {
  readonly table: Table;
  /** What the statement names: the table, or a view of it. */
  readonly through: Relation | undefined;
  /** The name by which expressions speak of it. */
  readonly name: string;
  /** What expressions may name. */
  readonly items: Scope['items'];
  readonly graph: Graph;
  readonly planned: PlannedGraph;
  readonly source: StoredSource;
  /** In proportion to the table, not a few rows found by index. */
  readonly many: boolean;
  /** As the planner sees it, a condition leaves few rows, though they are searched for. */
  readonly selective: boolean;
  /** No row can be meant. */
  readonly none: boolean;
  /** What WHERE says of the rows, in conditions that must all hold and name the target alone. */
  readonly where: readonly Node[];
}

/** Plans FROM and WHERE with the target among the sources; undefined when the target is no table that the history shows. */
export function find(
  range: RangeVar | undefined,
  from: readonly Node[],
  read: (scope: Scope, graph: Graph) => void,
  place: QueryPlace,
  whereClause?: Node,
): { readonly found: Found | undefined; readonly planned: PlannedGraph } {
  const graph = emptyGraph();
  const target = readFrom([{ RangeVar: range ?? {} }], graph, place, () => 'RowExclusiveLock');
  const source = graph.sources.find((one) => one.kind === 'stored');
  const others = readFrom(from, graph, place, () => 'AccessShareLock');
  const items = [...target.items, ...others.items];
  read({ items, outer: place.outer }, graph);
  const planned = planGraph(graph, place, neverStops, planQuery);
  const table = source?.relation;
  if (source === undefined || table === undefined || !isTable(table)) return { found: undefined, planned };
  const leaves = planned.access.leaves.get(source) ?? [];
  const none = planned.access.empty || (source.only && table.kind === 'partitioned');
  const many = !none && leaves.some(({ served }) => served !== 'yes');
  const through = findRelation(place.catalog, range);
  const name = shownAs(range);
  const where = conjuncts(whereClause).filter((part) => isAbout(part, name, from.length === 0));
  const selective = planned.access.few.has(source);
  return { found: { table, through, name, items, graph, planned, source, many, selective, none, where }, planned };
}

/** Whether all columns of a condition are those of the target; alone in its statement it needs no name before them. */
function isAbout(condition: Node, target: string, alone: boolean): boolean {
  let about = true;
  visit(condition, (...[kind]) => {
    if (subqueryKinds.has(kind)) about = false;
  });
  return about && columnRefs({ condition }).every(({ parts }) => (parts.length === 1 ? alone : parts[0] === target));
}

/** The rows of a view that a statement means are read where something else is done with them. */
function readView(
  range: RangeVar | undefined,
  from: readonly Node[],
  read: (scope: Scope, graph: Graph) => void,
  place: QueryPlace,
): Draft {
  const graph = emptyGraph();
  const { items } = readFrom([{ RangeVar: range ?? {} }, ...from], graph, place, () => 'AccessShareLock');
  read({ items, outer: place.outer }, graph);
  return planGraph(graph, place, neverStops, planQuery).draft;
}

/** A table whose rule INSTEAD has something else done: it was locked when the statement was read. */
function replaced({ table }: Found): Draft {
  return lock(table, 'RowExclusiveLock', 'a rule has something else done instead');
}

/** The refusal of the first table with rows that cannot be published. */
function unidentified(
  { source, planned, none }: Found,
  event: 'update' | 'delete',
  catalog: Catalog,
): Draft | undefined {
  const leaves = none ? [] : (planned.access.leaves.get(source) ?? []);
  return leaves
    .map(({ relation, sure }) => (isTable(relation) ? unidentifiedRefusal(catalog, relation, event, sure) : undefined))
    .find(Boolean);
}

/** The tables with rows of their own that the rows are found in. */
function storedLeaves({ source, planned }: Found): readonly Oid[] {
  const leaves = planned.access.leaves.get(source) ?? [];
  return leaves.flatMap(({ relation }) => (relation.kind === 'table' ? [relation.oid] : []));
}

/** Partitions and children with the foreign keys and triggers that are their own, for rows of theirs. */
function belowOnTheirOwn({ table, source, planned }: Found): readonly Table[] {
  const leaves = planned.access.leaves.get(source) ?? [];
  return leaves.flatMap(({ relation }) =>
    isTable(relation) && relation.oid !== table.oid ? [onItsOwn(relation)] : [],
  );
}

/** The effects of finding and changing the rows of the target and its partitions. */
export function touch({ source, planned, many }: Found, why: string): Draft {
  const leaves = planned.access.leaves.get(source) ?? [];
  // a few rows found by index are no work worth telling
  return all(planned.draft, many ? changed(leaves, why) : nothing);
}

export function planUpdate(node: UpdateStmt, place: QueryPlace, context: PredictContext): Planned {
  const { catalog, pg } = context;
  const { tables, draft: common } = withTables(node.withClause, node, place, planQuery);
  const inner: QueryPlace = { ...place, tables };
  const read = (scope: Scope, graph: Graph) => {
    readWhere(node.whereClause, scope, graph, inner);
    for (const target of node.targetList ?? []) readSubqueries(target, scope, graph, inner);
    readReturning(node.returningClause, scope, graph, inner);
  };
  const set = assignments(node.targetList);
  const change: ViewChange = {
    event: 'update',
    columns: [...set.keys()],
    read: () => readView(node.relation, node.fromClause ?? [], read, inner),
  };
  const instead = changedView(node.relation, change, context);
  if (instead !== undefined) return outcome(all(common, instead), true);
  const { found, planned } = find(node.relation, node.fromClause ?? [], read, inner, node.whereClause);
  const view = changedTable(catalog, node.relation);
  if (found === undefined || view === undefined)
    return outcome(all(common, planned.draft, notChanged(catalog, node.relation ?? {}, 'UPDATE')), planned.few);
  const refused =
    findRelation(catalog, node.relation) === found.table
      ? refusedColumns(found.table, set, 'update', { catalog, pg })
      : nothing;
  if (refused.failure !== undefined) return outcome(refused, true);
  const wrong = node.fromClause === undefined ? conditionRefusal(node.whereClause, found.table, context) : undefined;
  if (wrong !== undefined) return outcome(wrong, true);
  const rules = followRules(found.table, 'CMD_UPDATE', context);
  if (rules.replaced) return outcome(all(common, replaced(found), rules.draft), true);
  const bound = found.none ? nothing : askBound(catalog, found.table);
  const behind = behindView(node.relation, set, catalog);
  const own = all(touch(found, 'its rows are updated'), updated(found, behind, context), bound, rules.draft);
  return outcome(all(common, own), !found.many);
}

/** What columns of a view get, by their names in the table behind. */
function behindView(
  range: RangeVar | undefined,
  set: ReadonlyMap<string, Node | undefined>,
  catalog: Catalog,
): ReadonlyMap<string, Node | undefined> {
  const view = findRelation(catalog, range);
  if (view?.kind !== 'view') return set;
  const names = columnsBehind(catalog, range) ?? [];
  return new Map(
    [...set].map(([name, value]) => [names[view.columns.findIndex((one) => one.name === name)] ?? name, value]),
  );
}

/** What cannot be compared in a condition on the table alone; in a subquery the names may be those of others. */
function conditionRefusal(condition: Node | undefined, table: Table, context: PredictContext): Draft | undefined {
  let nested = false;
  visit({ condition }, (...[kind]) => {
    if (kind === 'SubLink') nested = true;
  });
  return nested ? undefined : comparisonRefusal(condition, table, context);
}

/** RETURNING may name the row as it was and as it is (18), by these names or others. */
function readReturning(clause: ReturningClause | undefined, scope: Scope, graph: Graph, place: QueryPlace): void {
  const given = (clause?.options ?? []).flatMap((option) =>
    'ReturningOption' in option ? (option.ReturningOption.value ?? []) : [],
  );
  const rows = ['old', 'new', ...given].map((name) => ({ name, columns: new Map(), open: true }));
  for (const target of clause?.exprs ?? [])
    readSubqueries(target, { ...scope, items: [...scope.items, ...rows] }, graph, place);
}

export function outcome(draft: Draft, few: boolean): Planned {
  return { draft, few, columns: [], open: true };
}

/** What follows from new values: foreign keys on both sides, a move to another partition, triggers. */
export function updated(found: Found, assigned: ReadonlyMap<string, Node | undefined>, context: PredictContext): Draft {
  const { table, none, through } = found;
  if (none) return nothing;
  const { catalog } = context;
  const many = found.many && !found.selective;
  const set = realAssignments(assigned, found.name);
  const known = equalities(found.where);
  const values = new Map(
    [...set].map(([column, value]): [string, Node | undefined] => {
      const worked = value && withKnown(value, known);
      return [column, isForeseen(worked) ? worked : undefined];
    }),
  );
  const isOwn = context.ownRows(qualifiedName(table.schema, table.name));
  const unset = isOwn ? table.columns.filter(({ name }) => !values.has(name)) : [];
  const checked = new Map([...values, ...unset.map(({ name }): [string, undefined] => [name, undefined])]);
  return all(
    unidentified(found, 'update', catalog),
    brokenRow(table, through, values, catalog, false),
    rowDomainRefusal(table, values, context, { whole: false, sure: false }),
    nullRefusal(table, values),
    updatedTwice(table, set, catalog),
    checkReferences(catalog, table, { values: checked, many, perhapsSame: true }),
    checkReferrers(table, { event: 'update', columns: [...set.keys()], many }, context),
    move({ ...found, many, from: storedLeaves(found) }, values, context),
    fire(table, { event: 'update', columns: [...assigned.keys()] }, context),
    ...belowOnTheirOwn(found).map((one) =>
      all(
        checkReferences(catalog, one, { values, many, perhapsSame: true }),
        fire(one, { event: 'update', columns: [...assigned.keys()] }, context),
      ),
    ),
  );
}

export function planDelete(node: DeleteStmt, place: QueryPlace, context: PredictContext): Planned {
  const { catalog } = context;
  const { tables, draft: common } = withTables(node.withClause, node, place, planQuery);
  const inner: QueryPlace = { ...place, tables };
  const read = (scope: Scope, graph: Graph) => {
    readWhere(node.whereClause, scope, graph, inner);
    readReturning(node.returningClause, scope, graph, inner);
  };
  const change: ViewChange = {
    event: 'delete',
    columns: [],
    read: () => readView(node.relation, node.usingClause ?? [], read, inner),
  };
  const instead = changedView(node.relation, change, context);
  if (instead !== undefined) return outcome(all(common, instead), true);
  const { found, planned } = find(node.relation, node.usingClause ?? [], read, inner);
  if (found === undefined)
    return outcome(all(common, planned.draft, notChanged(catalog, node.relation ?? {}, 'DELETE')), planned.few);
  const wrong = node.usingClause === undefined ? conditionRefusal(node.whereClause, found.table, context) : undefined;
  if (wrong !== undefined) return outcome(wrong, true);
  const rules = followRules(found.table, 'CMD_DELETE', context);
  if (rules.replaced) return outcome(all(common, replaced(found), rules.draft), true);
  const bound = context.pg < 14 && !found.none ? askBound(catalog, found.table) : nothing;
  const own = all(touch(found, 'its rows are deleted'), deleted(found, context), bound, rules.draft);
  return outcome(all(common, own), !found.many);
}

/** The table, and the children by inheritance, whose keys others may refer to; those of partitions are their parent's. */
function owners(table: Table, source: StoredSource, { access }: PlannedGraph): readonly Table[] {
  const below = (access.leaves.get(source) ?? []).flatMap(({ relation }) => (isTable(relation) ? [relation] : []));
  return [table, ...below.filter(({ oid, bound }) => oid !== table.oid && bound === undefined)];
}

export function deleted(found: Found, context: PredictContext): Draft {
  const { table, many, none, source, planned } = found;
  if (none) return nothing;
  return all(
    unidentified(found, 'delete', context.catalog),
    ...owners(table, source, planned).map((owner) =>
      checkReferrers(owner, { event: 'delete', columns: [], many }, context),
    ),
    fire(table, { event: 'delete' }, context),
    ...belowOnTheirOwn(found).map((one) => fire(one, { event: 'delete' }, context)),
  );
}
