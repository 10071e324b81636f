import type { Catalog } from '../catalog/catalog.js';
import { literalOf } from '../catalog/literal.js';
import { findRelation, findRoutines } from '../catalog/lookup.js';
import { describeQuery } from '../catalog/query.js';
import { type Place, resolve } from '../catalog/query-scope.js';
import { builtInType } from '../catalog/type-ref.js';
import { type JoinExpr, type Node, type SelectStmt, strings } from '../sql/tree.js';
import { columnRefs, rangeVars, subqueryKinds, visit } from '../sql/walk.js';
import { misfit } from './common-type.js';
import { notBoolean, refusalIn } from './comparison-refusal.js';
import type { PredictContext } from './context.js';
import { type Draft, fail } from './draft.js';
import { evaluationRefusal } from './evaluated.js';
import { clause, expressionRefusal } from './expression-refusal.js';
import { groupingRefusal, hasAggregate, nestedRefusal } from './grouping.js';
import { literalRefusal } from './literal-refusal.js';
import { typeName } from './type-name.js';
import { typeOfValue } from './typed-expression.js';
import { unionRefusal } from './union-refusal.js';

// What the server refuses of a query when it reads it: names, types and what goes with what (parse_clause.c, parse_agg.c, parse_target.c).

/** An expression, a SELECT or a join, and what it may name where it stands. */
export type Part = readonly [node: Node, place: Place];

/** Every part of a query, the inner ones first. */
export function partsOf(query: SelectStmt, catalog: Catalog): readonly Part[] {
  const parts: Part[] = [];
  describeQuery(catalog, { SelectStmt: query }, (part, place) => parts.push([part, place]));
  return parts;
}

/** The first refusal of a part of a query. */
export function selectRefusal(query: SelectStmt, parts: readonly Part[], context: PredictContext): Draft | undefined {
  if (query.valuesLists !== undefined) {
    const unequal = valuesRefusal(query.valuesLists);
    if (unequal !== undefined) return unequal;
  }
  for (const [part, place] of parts) {
    const refusal = partRefusal(part, place, context);
    if (refusal !== undefined) return refusal;
  }
  for (const [part] of parts) {
    const refusal = 'SelectStmt' in part || 'JoinExpr' in part ? undefined : evaluationRefusal(part);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

function partRefusal(part: Node, place: Place, context: PredictContext): Draft | undefined {
  if ('SelectStmt' in part) return clauseRefusal(part.SelectStmt, place, context);
  if ('JoinExpr' in part) return joinRefusal(part.JoinExpr, place, context);
  return missingEntry(part, place, context) ?? refusalIn(part, place, context);
}

function joinRefusal({ quals }: JoinExpr, place: Place, context: PredictContext): Draft | undefined {
  return (
    notBoolean(quals, 'JOIN/ON', place, context) ?? expressionRefusal(quals, clause('JOIN conditions'), context.catalog)
  );
}

function clauseRefusal(query: SelectStmt, place: Place, context: PredictContext): Draft | undefined {
  if (query.larg !== undefined && query.rarg !== undefined) return unionRefusal(query, place, context);
  const { whereClause, havingClause } = query;
  return (
    withRefusal(query) ??
    expressionRefusal(whereClause, clause('WHERE'), context.catalog, place) ??
    ambiguous(query, place) ??
    notBoolean(whereClause, 'WHERE', place, context) ??
    notBoolean(havingClause, 'HAVING', place, context) ??
    limitRefusal(query, place, context) ??
    positionRefusal(query, place) ??
    nestedRefusal(
      { List: { items: [...(query.targetList ?? []), ...(havingClause ? [havingClause] : [])] } },
      context.catalog,
    ) ??
    groupingRefusal(query, place) ??
    lockingRefusal(query, context.catalog)
  );
}

/** A query of WITH by a name that another has, or with more names than columns. */
function withRefusal({ withClause }: SelectStmt): Draft | undefined {
  const names = (withClause?.ctes ?? []).flatMap((one) =>
    'CommonTableExpr' in one ? [one.CommonTableExpr.ctename ?? ''] : [],
  );
  const again = names.find((name, at) => names.indexOf(name) !== at);
  return again === undefined ? undefined : fail(`WITH query name "${again}" specified more than once`, '42712');
}

export function valuesRefusal(lists: readonly Node[]): Draft | undefined {
  const widths = new Set(lists.map((list) => ('List' in list ? (list.List.items ?? []).length : 0)));
  return widths.size > 1 ? fail('VALUES lists must all be the same length', '42601') : undefined;
}

/** A name without its table that two items of FROM have; what USING and NATURAL join is one column. */
function ambiguous(query: SelectStmt, place: Place): Draft | undefined {
  const [level = []] = place.levels;
  if (level.length < 2) return undefined;
  const merged = new Set<string>();
  let natural = false;
  visit({ fromClause: query.fromClause }, (kind, node) => {
    if (kind === 'RangeSubselect' || kind === 'SubLink') return false;
    if (kind === 'JoinExpr') {
      natural ||= node.isNatural === true || node.alias !== undefined;
      for (const name of strings(node.usingClause)) merged.add(name);
    }
    return true;
  });
  if (natural) return undefined;
  const asked = [...(query.targetList ?? []), ...(query.whereClause ? [query.whereClause] : [])];
  for (const { parts, star } of ownRefs(asked)) {
    const [name = '', ...more] = parts;
    if (star || more.length > 0 || merged.has(name)) continue;
    const holders = level.filter(({ outputs }) => outputs.some((output) => output.name === name));
    if (holders.length > 1) return fail(`column reference "${name}" is ambiguous`, '42702');
  }
  return undefined;
}

/** References that are not those of a subquery. */
export function ownRefs(nodes: readonly Node[]): ReturnType<typeof columnRefs> {
  const found: ReturnType<typeof columnRefs> = [];
  visit({ List: { items: nodes } }, (kind, node) => {
    if (subqueryKinds.has(kind)) return false;
    if (kind === 'ColumnRef') found.push(...columnRefs({ List: { items: [{ ColumnRef: node }] } }));
    return true;
  });
  return found;
}

/** The rows of a rule's or trigger's event, and of ON CONFLICT. */
export const rowNames: ReadonlySet<string> = new Set(['old', 'new', 'excluded']);

/** A name before the point that nothing in FROM has; in a body it may be a variable's. */
export function missingEntry(part: Node, place: Place, { statement, catalog }: PredictContext): Draft | undefined {
  if (statement.parent !== undefined) return undefined;
  for (const { parts } of ownRefs([part])) {
    const [item = ''] = parts.toReversed().slice(1);
    if (parts.length < 2 || parts.length > 3 || rowNames.has(item)) continue;
    if (place.levels.flat().some(({ name }) => name === item)) continue;
    // row.name may also be name(row), and a composite column's field is written (row).name
    if (findRoutines(catalog, parts.slice(-1)).length > 0 || !statement.text.includes(item)) continue;
    return fail(`missing FROM-clause entry for table "${item}"`, '42P01');
  }
  return undefined;
}

/** LIMIT and OFFSET are numbers that no row decides. */
function limitRefusal(
  { limitCount, limitOffset }: SelectStmt,
  place: Place,
  context: PredictContext,
): Draft | undefined {
  for (const [node, word] of [
    [limitCount, 'LIMIT'],
    [limitOffset, 'OFFSET'],
  ] as const) {
    const unread = literalRefusal(node, builtInType('int8'), context);
    const value = literalOf(node)?.text;
    if (unread !== undefined) return unread;
    if (value?.startsWith('-')) return fail(`${word} must not be negative`, word === 'LIMIT' ? '2201W' : '2201X');
    const type = node && typeOfValue(node, place, context);
    if (typeof type === 'object' && misfit('', type, builtInType('int8'), context) !== undefined)
      return fail(`argument of ${word} must be type bigint, not type ${typeName(context.catalog, type)}`, '42804');
  }
  return undefined;
}

/** Numbers in GROUP BY and ORDER BY count the list; DISTINCT can be sorted by what is in it only. */
function positionRefusal(query: SelectStmt, place: Place): Draft | undefined {
  const { targetList = [], sortClause = [], groupClause = [], distinctClause } = query;
  const stars = targetList.some((target) => columnRefs({ target }).some(({ star }) => star));
  const sorts = sortClause.flatMap((sort) => ('SortBy' in sort ? (sort.SortBy.node ?? []) : []));
  for (const [clause, nodes] of [
    ['ORDER BY', sorts],
    ['GROUP BY', groupClause],
  ] as const)
    for (const node of nodes) {
      const number = 'A_Const' in node ? node.A_Const.ival?.ival : undefined;
      if (number !== undefined && !stars && (number < 1 || number > targetList.length))
        return fail(`${clause} position ${number} is not in select list`, '42P10');
    }
  const shown = targetList.flatMap((target) =>
    'ResTarget' in target
      ? [target.ResTarget.name ?? '', ...columnRefs(target).map(({ parts }) => parts.at(-1) ?? '')]
      : [],
  );
  // DISTINCT ON has rules of its own
  const plain = distinctClause?.every((one) => Object.keys(one).length === 0) === true;
  if (!plain || stars) return undefined;
  const strange = sorts.flatMap((node) => ('ColumnRef' in node ? [strings(node.ColumnRef.fields)] : []));
  const unsorted = strange.find((parts) => !shown.includes(parts.at(-1) ?? '') && resolve(parts, place) !== undefined);
  return unsorted && fail('for SELECT DISTINCT, ORDER BY expressions must appear in select list', '42P10');
}

/** Rows that are made of others cannot be locked. */
function lockingRefusal(query: SelectStmt, catalog: Catalog): Draft | undefined {
  const { lockingClause, fromClause = [] } = query;
  const [first] = lockingClause ?? [];
  if (first === undefined || !('LockingClause' in first)) return undefined;
  const what = strengths[first.LockingClause.strength ?? ''] ?? 'FOR UPDATE';
  const made =
    (query.distinctClause && 'DISTINCT clause') ??
    (query.groupClause && 'GROUP BY clause') ??
    (query.havingClause && 'HAVING clause') ??
    (hasAggregate({ List: { items: query.targetList ?? [] } }, catalog) ? 'aggregate functions' : undefined);
  if (made !== undefined) return fail(`${what} is not allowed with ${made}`, '0A000');
  const names = new Set<string>();
  visit({ fromClause }, (kind, node) => {
    if (kind === 'RangeVar') names.add(node.alias?.aliasname ?? node.relname ?? '');
    if (kind === 'RangeSubselect' || kind === 'RangeFunction') names.add(node.alias?.aliasname ?? '');
    if (kind === 'JoinExpr' && node.alias?.aliasname) names.add(node.alias.aliasname);
    return kind !== 'RangeSubselect';
  });
  const lost = (first.LockingClause.lockedRels ?? [])
    .flatMap((rel) => ('RangeVar' in rel ? [rel.RangeVar.relname ?? ''] : []))
    .find((name) => !names.has(name));
  if (lost !== undefined) return fail(`relation "${lost}" in ${what} clause not found in FROM clause`, '42P01');
  const common = new Set(
    (query.withClause?.ctes ?? []).map((one) => ('CommonTableExpr' in one ? one.CommonTableExpr.ctename : undefined)),
  );
  const named = new Set(rangeVars({ lockedRels: first.LockingClause.lockedRels }).map(({ relname }) => relname));
  const view = fromClause
    .flatMap((item) => ('RangeVar' in item && !common.has(item.RangeVar.relname) ? [item.RangeVar] : []))
    .filter(({ alias, relname }) => named.size === 0 || named.has(alias?.aliasname ?? relname))
    .find((range) => findRelation(catalog, range)?.kind === 'materialized view');
  return view && fail(`cannot lock rows in materialized view "${view.relname}"`, '42809');
}

const strengths: Readonly<Record<string, string>> = {
  LCS_FORUPDATE: 'FOR UPDATE',
  LCS_FORNOKEYUPDATE: 'FOR NO KEY UPDATE',
  LCS_FORSHARE: 'FOR SHARE',
  LCS_FORKEYSHARE: 'FOR KEY SHARE',
};
