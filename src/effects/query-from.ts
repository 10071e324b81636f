import type { Relation, View } from '../catalog/catalog.js';
import { literalOf } from '../catalog/literal.js';
import { findRelation } from '../catalog/lookup.js';
import { shapeOfRelation } from '../catalog/query-from.js';
import {
  type Alias,
  type JoinExpr,
  type Node,
  type RangeFunction,
  type RangeVar,
  type SelectStmt,
  strings,
} from '../sql/tree.js';
import { lock } from './draft.js';
import type { LockMode } from './effect.js';
import { conditionsOf, conjuncts } from './query-conditions.js';
import type { From, Graph, QueryPlace } from './query-plan.js';
import { flatten, isSimple } from './query-select.js';
import {
  type Condition,
  constantTerm,
  type Item,
  type Scope,
  type Source,
  type StoredSource,
  type Term,
} from './query-terms.js';
import { isComplete, isStored } from './relations.js';

/** Views on views are followed this far. */
const deepest = 40;

/** The lock that an item of FROM gets, by its name: FOR UPDATE may name some of them. */
export type ModeOf = (name: string) => LockMode;

/** Reads FROM into the graph. Later items may refer to earlier ones, as LATERAL and functions do. */
export function readFrom(nodes: readonly Node[], graph: Graph, place: QueryPlace, modeOf: ModeOf): From {
  return nodes.reduce<From>((before, node) => beside(before, fromNode(node, before.items, graph, place, modeOf)), none);
}

const none: From = { items: [], sources: [] };

function beside(left: From, right: From): From {
  return { items: [...left.items, ...right.items], sources: [...left.sources, ...right.sources] };
}

function fromNode(node: Node, before: readonly Item[], graph: Graph, place: QueryPlace, modeOf: ModeOf): From {
  if ('RangeVar' in node) return fromRange(node.RangeVar, graph, place, modeOf);
  if ('JoinExpr' in node) return fromJoin(node.JoinExpr, before, graph, place, modeOf);
  if ('RangeSubselect' in node) {
    const { subquery, alias } = node.RangeSubselect;
    const mode = modeOf(alias?.aliasname ?? '');
    const lateral: QueryPlace = { ...place, mode, outer: { items: before, outer: place.outer } };
    if (subquery === undefined || !('SelectStmt' in subquery)) return made(alias, '', [], true, false, graph);
    return fromQuery(subquery.SelectStmt, alias?.aliasname ?? '', strings(alias?.colnames), graph, lateral);
  }
  if ('RangeFunction' in node) return fromFunction(node.RangeFunction, graph);
  if ('RangeTableSample' in node && node.RangeTableSample.relation !== undefined) {
    const from = fromNode(node.RangeTableSample.relation, before, graph, place, modeOf);
    // BERNOULLI chooses rows of every page
    return strings(node.RangeTableSample.method).at(-1) === 'bernoulli' ? from : sampled(from, graph);
  }
  const alias =
    'RangeTableFunc' in node ? node.RangeTableFunc.alias : 'JsonTable' in node ? node.JsonTable.alias : undefined;
  return made(alias, '', [], true, true, graph);
}

/** TABLESAMPLE SYSTEM reads a part of the pages. */
function sampled(from: From, graph: Graph): From {
  for (const source of from.sources) graph.conditions.push(sampleOf(source));
  return from;
}

function sampleOf(source: Source): Condition {
  const ctid: Term = { kind: 'column', source, name: 'ctid' };
  return { qual: { kind: 'member', term: ctid }, node: { A_Star: {} }, about: undefined, restricts: new Set([source]) };
}

/** An item whose rows are made on the way. */
function made(
  alias: Alias | undefined,
  name: string,
  columns: readonly string[],
  open: boolean,
  few: boolean,
  graph: Graph,
): From {
  const source: Source = { kind: 'made', few };
  graph.sources.push(source);
  const own = alias?.aliasname ?? name;
  const given = strings(alias?.colnames);
  const names = [...given, ...columns.slice(given.length)];
  // a function of one column has it under its own name
  const all = names.length === 0 ? [own] : names;
  const item = itemOf(
    own,
    all.map((column) => [column, { kind: 'column', source, name: column }]),
    open,
  );
  return { items: [item], sources: [source] };
}

function itemOf(name: string, columns: readonly (readonly [string, Term])[], open: boolean, schema?: string): Item {
  return { name, open, columns: new Map(columns), ...(schema !== undefined && { schema }) };
}

function fromRange(range: RangeVar, graph: Graph, place: QueryPlace, modeOf: ModeOf): From {
  const { relname = '', schemaname, alias } = range;
  const name = alias?.aliasname ?? relname;
  const common = schemaname === undefined ? place.tables.get(relname) : undefined;
  if (common !== undefined) {
    const { query, planned, names } = common;
    if (planned !== undefined) return made(alias, relname, planned.columns, planned.open, planned.few, graph);
    const given = strings(alias?.colnames);
    if (!('SelectStmt' in query)) return none;
    return fromQuery(query.SelectStmt, name, given.length > 0 ? given : names, graph, {
      ...common.place,
      mode: modeOf(name),
    });
  }
  const relation = findRelation(place.catalog, range);
  if (relation === undefined) return fromUnknown(range, name, graph, modeOf(name));
  return fromRelation(relation, name, range, graph, place, modeOf(name));
}

const systemSchemas: ReadonlySet<string> = new Set(['pg_catalog', 'information_schema']);

/** Relations of the system are not told of; a name that begins with pg_ is theirs. */
export function isSystem({ schemaname, relname = '' }: RangeVar): boolean {
  return schemaname === undefined ? relname.startsWith('pg_') : systemSchemas.has(schemaname);
}

function fromUnknown(range: RangeVar, name: string, graph: Graph, mode: LockMode): From {
  const source: Source = isSystem(range) ? { kind: 'made', few: false } : { kind: 'unknown', range, mode };
  graph.sources.push(source);
  return { items: [itemOf(name, [], true)], sources: [source] };
}

function fromRelation(
  relation: Relation,
  name: string,
  range: RangeVar,
  graph: Graph,
  place: QueryPlace,
  mode: LockMode,
): From {
  const names = strings(range.alias?.colnames);
  const schema = range.alias === undefined ? relation.schema : undefined;
  if (relation.kind === 'view') return fromView(relation, name, names, graph, { ...place, mode });
  if (!isStored(relation)) return made(range.alias, name, [], true, true, graph);
  const source: StoredSource = { kind: 'stored', relation, only: range.inh !== true, mode };
  graph.sources.push(source);
  const columns = shapeOfRelation(relation).outputs.map((column, at): readonly [string, Term] => [
    names[at] ?? column.name,
    { kind: 'column', source, name: column.name },
  ]);
  return { items: [itemOf(name, columns, !isComplete(relation), schema)], sources: [source] };
}

/** A view is its query. Of one whose query is not known, all that it reads is read, who knows how. */
function fromView(view: View, name: string, names: readonly string[], graph: Graph, place: QueryPlace): From {
  const columns = view.columns.map((column, at) => names[at] ?? column.name);
  if (view.query !== undefined && 'SelectStmt' in view.query && place.depth < deepest) {
    // its names were looked up when it was made: what it misses now is no fault of this query
    const inside: QueryPlace = {
      ...place,
      outer: undefined,
      tables: new Map(),
      depth: place.depth + 1,
      terms: { ...place.terms, missing: () => undefined },
    };
    return fromQuery(view.query.SelectStmt, name, columns, graph, inside);
  }
  for (const { relation: oid } of view.reads) {
    const read = place.catalog.relations.get(oid);
    if (read !== undefined) graph.drafts.push(lock(read, place.mode, `the view ${view.name} reads it`));
  }
  return made({ aliasname: name }, name, columns, true, false, graph);
}

/** A simple query becomes a part of the one around it, as pull_up_subqueries has it; any other is planned by itself. */
function fromQuery(query: SelectStmt, name: string, names: readonly string[], graph: Graph, place: QueryPlace): From {
  if (isSimple(query)) {
    const first = graph.sources.length;
    const { outputs, open } = flatten(query, graph, place);
    const columns = outputs.map((output, at): readonly [string, Term] => [names[at] ?? output.name, output.term]);
    return { items: [itemOf(name, columns, open)], sources: graph.sources.slice(first) };
  }
  const source: Source = { kind: 'made', few: false };
  graph.delayed.push({ source, query, place, names });
  const columns = names.map((column): readonly [string, Term] => [column, { kind: 'column', source, name: column }]);
  return { items: [{ ...itemOf(name, columns, true), rest: source }], sources: [source] };
}

function fromFunction({ functions, alias }: RangeFunction, graph: Graph): From {
  const calls = (functions ?? []).flatMap((list) => ('List' in list ? (list.List.items?.[0] ?? []) : []));
  const [call] = calls;
  const name = call !== undefined && 'FuncCall' in call ? (strings(call.FuncCall.funcname).at(-1) ?? '') : '';
  return made(alias, name, [], true, !calls.some(isLong), graph);
}

/** generate_series over more than a hundred numbers is a table of its own. */
function isLong(call: Node): boolean {
  if (!('FuncCall' in call) || strings(call.FuncCall.funcname).at(-1) !== 'generate_series') return false;
  const [from, to] = (call.FuncCall.args ?? []).map((argument) => Number(literalOf(argument)?.text ?? Number.NaN));
  return !(from !== undefined && to !== undefined && to - from < 100);
}

function fromJoin(join: JoinExpr, before: readonly Item[], graph: Graph, place: QueryPlace, modeOf: ModeOf): From {
  const left = join.larg === undefined ? none : fromNode(join.larg, before, graph, place, modeOf);
  const right = join.rarg === undefined ? none : fromNode(join.rarg, [...before, ...left.items], graph, place, modeOf);
  const both = beside(left, right);
  const restricts = restricted(join, left, right);
  for (const source of nullableOf(join, left, right)) graph.nullable.add(source);
  const scope: Scope = { items: both.items, outer: place.outer };
  for (const part of conjuncts(join.quals)) graph.conditions.push(...conditionsOf(part, scope, place.terms, restricts));
  const shared = join.isNatural ? commonNames(left, right) : strings(join.usingClause);
  for (const name of shared) graph.conditions.push(...merged(name, left, right, place, restricts));
  const open = both.items.some((item) => item.open);
  const merging = shared.map((name): readonly [string, Term] => [name, termNamed(name, both) ?? constantTerm]);
  // USING (…) AS name has the merged columns beside the items
  const using = join.join_using_alias?.aliasname;
  const items = using === undefined ? both.items : [...both.items, itemOf(using, merging, open)];
  if (join.alias?.aliasname === undefined) return { ...both, items };
  const columns = [
    ...merging,
    ...both.items.flatMap((item) => [...item.columns]).filter(([name]) => !shared.includes(name)),
  ];
  const given = strings(join.alias.colnames);
  const renamed = columns.map(([name, term], at): readonly [string, Term] => [given[at] ?? name, term]);
  return { items: [itemOf(join.alias.aliasname, renamed, open)], sources: both.sources };
}

/** The ON of an outer join leaves out rows of the side that may be missing only. */
function restricted(join: JoinExpr, left: From, right: From): ReadonlySet<Source> | undefined {
  if (join.jointype === 'JOIN_LEFT') return new Set(right.sources);
  if (join.jointype === 'JOIN_RIGHT') return new Set(left.sources);
  return join.jointype === 'JOIN_FULL' ? new Set() : undefined;
}

function nullableOf(join: JoinExpr, left: From, right: From): readonly Source[] {
  if (join.jointype === 'JOIN_LEFT') return right.sources;
  if (join.jointype === 'JOIN_RIGHT') return left.sources;
  return join.jointype === 'JOIN_FULL' ? [...left.sources, ...right.sources] : [];
}

function commonNames(left: From, right: From): readonly string[] {
  const names = new Set(right.items.flatMap((item) => [...item.columns.keys()]));
  return left.items.flatMap((item) => [...item.columns.keys()].filter((name) => names.has(name)));
}

function merged(
  name: string,
  left: From,
  right: From,
  place: QueryPlace,
  restricts: ReadonlySet<Source> | undefined,
): readonly Condition[] {
  const [a, b] = [left, right].map((side) => termNamed(name, side));
  if (a === undefined || b === undefined) {
    place.terms.missing([name]);
    return [];
  }
  return [{ qual: { kind: 'equal', left: a, right: b }, node: { A_Star: {} }, about: undefined, restricts }];
}

function termNamed(name: string, { items }: From): Term | undefined {
  for (const item of items) {
    const term = item.columns.get(name);
    if (term !== undefined) return term;
  }
  return items.some(({ open }) => open) ? constantTerm : undefined;
}
