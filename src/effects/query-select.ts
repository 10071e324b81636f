import { nameOfExpression } from '../catalog/expression-name.js';
import { type Node, type ResTarget, type SelectStmt, type SubLink, strings } from '../sql/tree.js';
import { subqueryKinds, visit } from '../sql/walk.js';
import { isAggregate } from './aggregates.js';
import { conditionsOf, conjuncts } from './query-conditions.js';
import { type ModeOf, readFrom } from './query-from.js';
import { emptyGraph, type From, type Graph, type OutputColumn, type QueryPlace } from './query-plan.js';
import { type Condition, type Qual, type Scope, type Source, sourcesOf, type Term, termOf } from './query-terms.js';

/** Whether one row comes of many: an aggregate or window function in what a query gives. */
export function isAggregated(query: SelectStmt): boolean {
  let found = query.groupClause !== undefined || query.havingClause !== undefined;
  for (const target of [...(query.targetList ?? []), ...(query.sortClause ?? [])]) {
    visit(target, (kind, node) => {
      if (subqueryKinds.has(kind)) return false;
      if (kind === 'FuncCall' && (node.over !== undefined || isAggregate(strings(node.funcname)))) found = true;
      return true;
    });
  }
  return found;
}

/** A query that can take the place of its name in FROM: is_simple_subquery. */
export function isSimple(query: SelectStmt): boolean {
  return (
    (query.op === undefined || query.op === 'SETOP_NONE') &&
    query.valuesLists === undefined &&
    query.distinctClause === undefined &&
    query.limitCount === undefined &&
    query.limitOffset === undefined &&
    query.lockingClause === undefined &&
    query.withClause === undefined &&
    query.windowClause === undefined &&
    !isAggregated(query)
  );
}

/** What a query without set operations amounts to, put into a graph; its output columns in their order. */
export function flatten(
  query: SelectStmt,
  graph: Graph,
  place: QueryPlace,
  modeOf: ModeOf = () => place.mode,
): { readonly outputs: readonly OutputColumn[]; readonly open: boolean; readonly scope: Scope } {
  const from = readFrom(query.fromClause ?? [], graph, place, modeOf);
  const scope: Scope = { items: from.items, outer: place.outer };
  readWhere(query.whereClause, scope, graph, place);
  const targets = (query.targetList ?? []).map((node) =>
    'ResTarget' in node ? outputOf(node.ResTarget, from, scope, graph, place) : undefined,
  );
  for (const part of [query.havingClause, ...(query.groupClause ?? []), ...(query.sortClause ?? []), query.limitCount])
    readSubqueries(part, scope, graph, place);
  const open = targets.some((target) => target === undefined);
  return { outputs: targets.flatMap((target) => target ?? []), open, scope };
}

/** The columns of one item of a SELECT list; undefined when they are not known. */
function outputOf(
  { name, val }: ResTarget,
  from: From,
  scope: Scope,
  graph: Graph,
  place: QueryPlace,
): readonly OutputColumn[] | undefined {
  if (val === undefined) return undefined;
  if ('ColumnRef' in val && val.ColumnRef.fields?.some((field) => 'A_Star' in field)) {
    const item = strings(val.ColumnRef.fields).at(-1);
    const items = item === undefined ? from.items : from.items.filter((one) => one.name === item);
    if (items.length === 0 || items.some(({ open }) => open)) return undefined;
    return items.flatMap(({ columns }) => [...columns].map(([column, term]) => ({ name: column, term })));
  }
  readSubqueries(val, scope, graph, place);
  return [{ name: name ?? nameOfExpression(val) ?? '?column?', term: termOf(val, scope, place.terms) }];
}

/** Reads a WHERE. EXISTS and IN become joins, as pull_up_sublinks has it. */
export function readWhere(where: Node | undefined, scope: Scope, graph: Graph, place: QueryPlace): void {
  for (const part of conjuncts(where)) {
    if (joined(part, scope, graph, place)) continue;
    readSubqueries(part, scope, graph, place);
    const conditions = conditionsOf(part, scope, place.terms, undefined);
    graph.conditions.push(...conditions.filter(({ qual }) => !asksForNull(qual, graph)));
  }
}

function asksForNull(qual: Qual, { nullable }: Graph): boolean {
  return qual.kind === 'null' && sourcesOf(qual.term).some((source) => nullable.has(source));
}

function joined(part: Node, scope: Scope, graph: Graph, place: QueryPlace): boolean {
  if ('SubLink' in part)
    return joinedExists(part.SubLink, scope, graph, place, false) || joinedIn(part.SubLink, scope, graph, place);
  if (!('BoolExpr' in part) || part.BoolExpr.boolop !== 'NOT_EXPR') return false;
  const [negated] = part.BoolExpr.args ?? [];
  return negated !== undefined && 'SubLink' in negated && joinedExists(negated.SubLink, scope, graph, place, true);
}

/** A correlated EXISTS; one that is not correlated is run once, by itself. */
function joinedExists(link: SubLink, scope: Scope, graph: Graph, place: QueryPlace, negated: boolean): boolean {
  const { subselect } = link;
  if (link.subLinkType !== 'EXISTS_SUBLINK' || subselect === undefined || !('SelectStmt' in subselect)) return false;
  const { limitCount, targetList, sortClause, distinctClause, ...rest } = subselect.SelectStmt;
  if (!isSimple(rest)) return false;
  const inner = emptyGraph();
  flatten(rest, inner, inside(place, scope));
  const own = new Set(inner.sources);
  if (!inner.conditions.some((condition) => mentions(condition).some((source) => !own.has(source)))) return false;
  // an anti-join takes no row away from the tables inside by what it finds outside, and none from those outside
  take(graph, inner, negated ? own : undefined);
  return true;
}

/** IN (SELECT …) and = ANY (SELECT …). */
function joinedIn(link: SubLink, scope: Scope, graph: Graph, place: QueryPlace): boolean {
  const { subselect, testexpr } = link;
  const operator = strings(link.operName).at(-1) ?? '=';
  if (link.subLinkType !== 'ANY_SUBLINK' || operator !== '=' || testexpr === undefined) return false;
  if (subselect === undefined || !('SelectStmt' in subselect)) return false;
  const query = subselect.SelectStmt;
  const tested = 'RowExpr' in testexpr ? (testexpr.RowExpr.args ?? []) : [testexpr];
  const terms = tested.map((node) => termOf(node, scope, place.terms));
  if (isSimple(query)) {
    const inner = emptyGraph();
    const { outputs } = flatten(query, inner, inside(place, scope));
    take(graph, inner, undefined);
    equate(
      terms,
      outputs.map(({ term }) => term),
      testexpr,
      graph,
    );
    return true;
  }
  const source: Source = { kind: 'made', few: false };
  const names = tested.map((_, at) => `column${at}`);
  graph.delayed.push({ source, query, place: inside(place, scope), names });
  equate(
    terms,
    names.map((name) => ({ kind: 'column', source, name })),
    testexpr,
    graph,
  );
  return true;
}

function equate(left: readonly Term[], right: readonly Term[], node: Node, graph: Graph): void {
  for (const [at, term] of left.entries()) {
    const other = right[at];
    const qual: Qual | undefined = other && { kind: 'equal', left: term, right: other };
    if (qual !== undefined) graph.conditions.push({ qual, node, about: undefined, restricts: undefined });
  }
}

function inside(place: QueryPlace, scope: Scope): QueryPlace {
  return { ...place, outer: scope, mode: 'AccessShareLock', depth: place.depth + 1 };
}

function take(graph: Graph, inner: Graph, restricts: ReadonlySet<Source> | undefined): void {
  graph.sources.push(...inner.sources);
  graph.delayed.push(...inner.delayed);
  graph.drafts.push(...inner.drafts);
  graph.subplans.push(...inner.subplans);
  for (const source of inner.nullable) graph.nullable.add(source);
  graph.conditions.push(
    ...inner.conditions.map((condition) => (restricts === undefined ? condition : { ...condition, restricts })),
  );
}

function mentions({ qual }: Condition): readonly Source[] {
  switch (qual.kind) {
    case 'equal':
      return [...sourcesOf(qual.left), ...sourcesOf(qual.right)];
    case 'compare':
      return [...sourcesOf(qual.term), ...sourcesOf(qual.bound)];
    case 'operator':
      return [...sourcesOf(qual.term), ...sourcesOf(qual.operand)];
    case 'member':
    case 'null':
      return sourcesOf(qual.term);
    case 'or':
      return qual.arms.flatMap((arm) =>
        arm.flatMap((one) => mentions({ qual: one, node: { A_Star: {} }, about: undefined, restricts: undefined })),
      );
    default:
      return [];
  }
}

/** The subqueries of an expression: they are planned when it is known how often they run. */
export function readSubqueries(node: Node | undefined, scope: Scope, graph: Graph, place: QueryPlace): void {
  visit(node === undefined ? undefined : { List: { items: [node] } }, (kind, inner) => {
    if (kind === 'JsonArrayQueryConstructor' && inner.query !== undefined) {
      graph.subplans.push({ query: inner.query, place: inside(place, scope), exists: false });
      return false;
    }
    if (kind !== 'SubLink') return true;
    const { subselect, testexpr } = inner;
    if (subselect !== undefined)
      graph.subplans.push({
        query: subselect,
        place: inside(place, scope),
        exists: inner.subLinkType === 'EXISTS_SUBLINK',
      });
    readSubqueries(testexpr, scope, graph, place);
    return false;
  });
}
