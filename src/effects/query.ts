import { nameOfExpression } from '../catalog/expression-name.js';
import { literalOf } from '../catalog/literal.js';
import { type Node, type SelectStmt, strings } from '../sql/tree.js';
import { functionCalls, rangeVars } from '../sql/walk.js';
import { leavesMany } from './access.js';
import { isAggregate } from './aggregates.js';
import { all, nothing } from './draft.js';
import type { LockMode } from './effect.js';
import { leadsIndex, planGraph } from './query-draft.js';
import type { ModeOf } from './query-from.js';
import {
  emptyGraph,
  type Graph,
  neverStops,
  type OutputColumn,
  type Planned,
  type Pushed,
  type QueryPlace,
  type Stop,
} from './query-plan.js';
import { flatten, isAggregated, readSubqueries } from './query-select.js';
import type { Scope, StoredSource } from './query-terms.js';
import { withTables } from './query-with.js';

/** Queries nested deeper than this are not followed; people do not write them. */
const deepest = 60;

/** A LIMIT up to this many rows is a batch, not a table. */
const fewRows = 1000;

/** Plans a query of any kind that stands in a statement. */
export function planQuery(query: Node, place: QueryPlace, pushed: readonly Pushed[] = [], exists = false): Planned {
  return 'SelectStmt' in query ? planSelect(query.SelectStmt, place, pushed, exists) : place.change(query, place);
}

/** What reading a SELECT, VALUES or TABLE takes, with the conditions that the query around puts on its columns. */
export function planSelect(
  query: SelectStmt,
  place: QueryPlace,
  pushed: readonly Pushed[] = [],
  exists = false,
): Planned {
  if (place.depth > deepest) return { draft: nothing, few: false, columns: [], open: true };
  const { tables, draft } = withTables(query.withClause, query, place, planQuery);
  const planned = planBody(query, { ...place, tables, depth: place.depth + 1 }, pushed, exists);
  return { ...planned, draft: all(draft, planned.draft) };
}

function planBody(query: SelectStmt, place: QueryPlace, pushed: readonly Pushed[], exists: boolean): Planned {
  if (query.op !== undefined && query.op !== 'SETOP_NONE') return planUnion(query, place, pushed);
  if (query.valuesLists !== undefined) return planValues(query, place);
  const graph = emptyGraph();
  const { outputs, open } = flatten(query, graph, place, modesOf(query, place.mode));
  push(query, outputs, pushed, graph);
  const stop = stopOf(query, graph, place, exists);
  const { draft, few } = planGraph(graph, place, stop, planQuery);
  const one = isAggregated(query) && query.groupClause === undefined && !hasWindow(query);
  return { draft, few: few || one || limitOf(query) !== undefined, columns: outputs.map(({ name }) => name), open };
}

/** FOR UPDATE and its kin lock the items they name, or all. */
function modesOf(query: SelectStmt, mode: LockMode): ModeOf {
  const clauses = (query.lockingClause ?? []).flatMap((node) => ('LockingClause' in node ? [node.LockingClause] : []));
  if (clauses.length === 0) return () => mode;
  const whole = clauses.some(({ lockedRels }) => lockedRels === undefined);
  const named = new Set(clauses.flatMap(({ lockedRels }) => rangeVars({ lockedRels }).map(({ relname }) => relname)));
  return (name) => (whole || named.has(name) ? 'RowShareLock' : mode);
}

function planUnion(query: SelectStmt, place: QueryPlace, pushed: readonly Pushed[]): Planned {
  const arms = armsOf(query);
  const [first] = arms;
  const names = first === undefined ? [] : outputNames(first);
  const plans = arms.map((arm) => {
    // the same condition on the column that stands at the same place in the other arm
    const own = pushed.flatMap((one) => {
      const column = outputNames(arm)[names.indexOf(one.column)];
      return column === undefined || query.limitCount !== undefined ? [] : [{ ...one, column }];
    });
    return planSelect(arm, place, own);
  });
  return {
    draft: all(...plans.map(({ draft }) => draft)),
    few: plans.every(({ few }) => few) || limitOf(query) !== undefined,
    columns: plans[0]?.columns ?? [],
    open: plans[0]?.open ?? true,
  };
}

/** The arms of UNION after UNION, which the grammar nests to the left, however many. */
function armsOf(query: SelectStmt): readonly SelectStmt[] {
  const arms: SelectStmt[] = [];
  const waiting = [query.rarg, query.larg];
  for (let arm = waiting.pop(); arm !== undefined || waiting.length > 0; arm = waiting.pop()) {
    if (arm === undefined) continue;
    const plain = arm.limitCount === undefined && arm.withClause === undefined && arm.sortClause === undefined;
    if (arm.larg !== undefined && plain) waiting.push(arm.rarg, arm.larg);
    else arms.push(arm);
  }
  return arms;
}

function outputNames(query: SelectStmt): readonly string[] {
  let leaf = query;
  while (leaf.larg !== undefined) leaf = leaf.larg;
  return (leaf.targetList ?? []).flatMap((target) =>
    'ResTarget' in target ? [target.ResTarget.name ?? nameOfExpression(target.ResTarget.val) ?? '?column?'] : [],
  );
}

function planValues(query: SelectStmt, place: QueryPlace): Planned {
  const lists = (query.valuesLists ?? []).flatMap((list) => ('List' in list ? [list.List.items ?? []] : []));
  const graph = emptyGraph();
  const scope: Scope = { items: [], outer: place.outer };
  for (const value of lists.flat()) readSubqueries(value, scope, graph, place);
  const { draft } = planGraph(graph, place, neverStops, planQuery);
  const columns = (lists[0] ?? []).map((_, at) => `column${at + 1}`);
  return { draft, few: lists.length <= 100, columns, open: false };
}

/** Conditions from outside hold inside too, unless they would change which rows are counted. */
function push(query: SelectStmt, outputs: readonly OutputColumn[], pushed: readonly Pushed[], graph: Graph): void {
  const first = query.distinctClause?.some((node) => Object.keys(node).length > 0) === true;
  if (query.limitCount !== undefined || query.limitOffset !== undefined || hasWindow(query) || first) return;
  const grouped = isAggregated(query);
  const keys = new Set((query.groupClause ?? []).map((node) => nameOfExpression(node)));
  for (const { column, qual } of pushed) {
    const output = outputs.find(({ name }) => name === column);
    if (output === undefined || (grouped && !keys.has(column))) continue;
    graph.conditions.push({ qual: qual(output.term), node: { A_Star: {} }, about: undefined, restricts: undefined });
  }
}

function hasWindow(query: SelectStmt): boolean {
  return (query.targetList ?? []).some(
    (target) =>
      'ResTarget' in target &&
      target.ResTarget.val !== undefined &&
      'FuncCall' in target.ResTarget.val &&
      target.ResTarget.val.FuncCall.over !== undefined,
  );
}

/** The number of a LIMIT that is small, or unknown as that of a batch is; undefined without one. */
function limitOf({ limitCount }: SelectStmt): number | undefined {
  if (limitCount === undefined) return undefined;
  if ('A_Const' in limitCount && limitCount.A_Const.isnull) return undefined;
  const literal = literalOf(limitCount);
  const count = literal === undefined ? 1 : Number(literal.text);
  return count <= fewRows ? count : undefined;
}

function stopOf(query: SelectStmt, graph: Graph, place: QueryPlace, exists: boolean): Stop {
  const limit = exists ? 1 : limitOf(query);
  if (limit === 0) return { when: 'at once' };
  const [only, ...more] = graph.sources;
  const whole = graph.delayed.length > 0 || query.distinctClause !== undefined;
  if (whole) return neverStops;
  if (only !== undefined && only.kind !== 'stored') return { when: limit === undefined ? 'no' : 'perhaps' };
  if (isAggregated(query)) return more.length === 0 ? stopOfExtreme(query, only, graph, place) : neverStops;
  if (limit === undefined) return neverStops;
  const choosing = graph.conditions.some(({ qual }) => !leavesMany(qual, place.catalog));
  const when = more.length > 0 || choosing ? 'perhaps' : 'at once';
  const [sorted] = exists ? [] : (query.sortClause ?? []);
  if (sorted === undefined) return { when };
  const column = more.length > 0 || only === undefined ? undefined : columnOfSort(sorted);
  return column === undefined ? neverStops : { when, column };
}

function columnOfSort(node: Node): string | undefined {
  const sorted = 'SortBy' in node ? node.SortBy.node : undefined;
  return sorted !== undefined && 'ColumnRef' in sorted ? strings(sorted.ColumnRef.fields).at(-1) : undefined;
}

const extremes: ReadonlySet<string> = new Set(['min', 'max']);

/** min and max of a column are at an end of its index. */
function stopOfExtreme(query: SelectStmt, only: StoredSource | undefined, graph: Graph, place: QueryPlace): Stop {
  if (query.groupClause !== undefined || graph.conditions.length > 0 || graph.subplans.length > 0) return neverStops;
  const calls = functionCalls({ targetList: query.targetList }).filter(({ name }) => isAggregate(name));
  const columns = calls.map(({ name, node }) => {
    const [argument] = node.args ?? [];
    const isColumn = argument !== undefined && 'ColumnRef' in argument && extremes.has(name.at(-1) ?? '');
    return isColumn ? strings(argument.ColumnRef.fields).at(-1) : undefined;
  });
  const [column] = columns;
  const all = columns.every(
    (one) => one !== undefined && only !== undefined && leadsIndex(place.catalog, only.relation, one),
  );
  return column !== undefined && all ? { when: 'at once', column } : neverStops;
}
