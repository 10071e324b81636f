import type { Catalog, Table } from '../catalog/catalog.js';
import { findRoutines } from '../catalog/lookup.js';
import { type Place, resolve } from '../catalog/query-scope.js';
import { type FuncCall, type Node, strings } from '../sql/tree.js';
import { columnRefs, visit } from '../sql/walk.js';
import { isAggregate } from './aggregates.js';
import { type Draft, fail } from './draft.js';
import { returnsSet } from './facts.js';
import { systemColumns } from './relations.js';

/** Where an expression stands, in the server's words for one of it and for several (ParseExprKindName). */
export interface ExpressionKind {
  readonly one: string;
  readonly many: string;
  /** Queries may stand in it. */
  readonly subqueries?: true;
}

const kind = (one: string): ExpressionKind => ({ one, many: `${one}s` });

/** A place that has one word, where queries may stand. */
export const clause = (name: string): ExpressionKind => ({ one: name, many: name, subqueries: true });

export const expressionKinds = {
  check: kind('check constraint'),
  default: kind('DEFAULT expression'),
  generated: kind('column generation expression'),
  indexKey: kind('index expression'),
  indexPredicate: kind('index predicate'),
  partitionKey: kind('partition key expression'),
  partitionBound: { one: 'partition bound', many: 'partition bound' },
  transform: kind('transform expression'),
  triggerWhen: kind('trigger WHEN condition'),
  statistics: kind('statistics expression'),
  publication: kind('publication WHERE expression'),
  policy: { ...kind('policy expression'), subqueries: true },
  mergeWhen: { ...kind('MERGE WHEN condition'), subqueries: true },
} as const satisfies Readonly<Record<string, ExpressionKind>>;

/**
 * What an expression of the schema may not hold, for it is computed of one row alone: subqueries, aggregates, window functions and functions
 * that return sets.
 */
export function expressionRefusal(
  expression: Node | undefined,
  { one, many, subqueries }: ExpressionKind,
  catalog: Catalog,
  place?: Place,
): Draft | undefined {
  let refusal: Draft | undefined;
  visit({ expression }, (visited, node) => {
    if (refusal !== undefined) return false;
    if (visited === 'SubLink') {
      if (subqueries) return false;
      refusal = fail(`cannot use subquery in ${one}`, '0A000');
    } else if (visited === 'FuncCall')
      refusal = place !== undefined && isOfOuter(node, place) ? undefined : refusedCall(node, many, catalog);
    return refusal === undefined;
  });
  return refusal;
}

/** An aggregate of nothing but columns of a query around this one is computed there: parse_agg.c, check_agg_arguments. */
function isOfOuter({ args = [], agg_filter, agg_order = [], over }: FuncCall, place: Place): boolean {
  const [own = [], ...outer] = place.levels;
  const refs = columnRefs({ List: { items: [...args, ...agg_order, ...(agg_filter ? [agg_filter] : [])] } });
  const among = (levels: Place['levels']) => refs.filter(({ parts }) => resolve(parts, { ...place, levels }));
  return over === undefined && among([own]).length === 0 && among(outer).length > 0;
}

function refusedCall(call: FuncCall, many: string, catalog: Catalog): Draft | undefined {
  const name = strings(call.funcname);
  const own = findRoutines(catalog, name);
  const last = name.at(-1) ?? '';
  const builtIn = own.length === 0 && (name.length === 1 || name[0] === 'pg_catalog');
  if (call.over !== undefined) return fail(`window functions are not allowed in ${many}`, '42P20');
  if (own.some((one) => one.kind === 'aggregate') || (builtIn && isAggregate(name)))
    return fail(`aggregate functions are not allowed in ${many}`, '42803');
  const set = builtIn ? returnsSet(last) : own.length > 0 && own.every(({ definition }) => isSet(definition?.node));
  return set ? fail(`set-returning functions are not allowed in ${many}`, '0A000') : undefined;
}

function isSet(node: { readonly returnType?: { readonly setof?: boolean } } | undefined): boolean {
  return node?.returnType?.setof === true;
}

/** A CHECK may look at the row's own columns and tableoid alone, a generation expression not even at other generated columns. */
export function systemColumnIn(expression: Node | undefined, table: Table): string | undefined {
  const names = columnRefs(expression).flatMap(({ parts }) => parts.at(-1) ?? []);
  const own = new Set(table.columns.map(({ name }) => name));
  return names.find((name) => systemColumns.has(name) && name !== 'tableoid' && !own.has(name));
}
