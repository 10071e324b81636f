import type { Catalog } from '../catalog/catalog.js';
import { expressionKey } from '../catalog/expression.js';
import { findRoutines, isTable } from '../catalog/lookup.js';
import { type Item, type Place, resolve } from '../catalog/query-scope.js';
import { type FuncCall, type Node, type SelectStmt, strings } from '../sql/tree.js';
import { visit } from '../sql/walk.js';
import { isAggregate } from './aggregates.js';
import { type Draft, fail } from './draft.js';

/** Whether a call makes one value of many rows; a call with OVER makes one of each. */
export function isAggregateCall({ funcname, over }: FuncCall, catalog: Catalog): boolean {
  if (over !== undefined) return false;
  const own = findRoutines(catalog, strings(funcname));
  return own.length > 0 ? own.some(({ kind }) => kind === 'aggregate') : isAggregate(strings(funcname));
}

/** A call over many rows within another: an aggregate within a window function's arguments alone is as it should be. */
export function nestedRefusal(node: Node, catalog: Catalog): Draft | undefined {
  let refusal: Draft | undefined;
  visit({ node }, (kind, call) => {
    if (kind === 'SubLink' || refusal !== undefined) return false;
    if (kind !== 'FuncCall') return true;
    const aggregate = isAggregateCall(call, catalog);
    if (!aggregate && call.over === undefined) return true;
    visit({ List: { items: [...(call.args ?? []), ...(call.agg_filter ? [call.agg_filter] : [])] } }, (kind, inner) => {
      if (kind === 'SubLink') return false;
      if (kind !== 'FuncCall') return true;
      if (inner.over !== undefined)
        refusal ??= aggregate
          ? fail('aggregate function calls cannot contain window function calls', '42803')
          : fail('window function calls cannot be nested', '42P20');
      else if (aggregate && isAggregateCall(inner, catalog))
        refusal ??= fail('aggregate function calls cannot be nested', '42803');
      return refusal === undefined;
    });
    return refusal === undefined;
  });
  return refusal;
}

/** A column beside aggregates that is neither grouped by nor told by what is (check_ungrouped_columns). */
export function groupingRefusal(query: SelectStmt, place: Place): Draft | undefined {
  const { catalog } = place;
  const parts = [...(query.targetList ?? []), ...(query.havingClause ? [query.havingClause] : [])];
  const grouped = query.groupClause !== undefined || query.havingClause !== undefined;
  if (!grouped && !parts.some((part) => hasAggregate(part, catalog))) return undefined;
  const keys = keysOf(query);
  if (keys === undefined) return undefined;
  for (const part of parts) {
    const refusal = ungrouped(part, keys, place);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

export function hasAggregate(node: Node, catalog: Catalog): boolean {
  let found = false;
  visit({ node }, (kind, inner) => {
    if (kind === 'SubLink') return false;
    if (kind === 'FuncCall' && isAggregateCall(inner, catalog)) found = true;
    return !found;
  });
  return found;
}

/** The expressions of GROUP BY; names and numbers of the list stand for what is there. Undefined for grouping sets. */
function keysOf({ groupClause = [], targetList = [] }: SelectStmt): readonly Node[] | undefined {
  const keys: Node[] = [];
  const targets = targetList.map((target) => ('ResTarget' in target ? target.ResTarget : {}));
  // GROUP BY (a, b) is GROUP BY a, b
  for (const node of groupClause.flatMap((one) => ('RowExpr' in one ? (one.RowExpr.args ?? []) : [one]))) {
    if ('GroupingSet' in node) return undefined;
    const number = 'A_Const' in node ? node.A_Const.ival?.ival : undefined;
    const [name, ...more] = 'ColumnRef' in node ? strings(node.ColumnRef.fields) : [];
    const alias = more.length === 0 && name !== undefined ? targets.find((one) => one.name === name)?.val : undefined;
    const meant = number === undefined ? alias : targets[number - 1]?.val;
    keys.push(node, ...(meant === undefined ? [] : [meant]));
  }
  return keys;
}

function ungrouped(part: Node, keys: readonly Node[], place: Place): Draft | undefined {
  const [level = []] = place.levels;
  const own: Place = { ...place, levels: [level] };
  const outputs = new Set(
    keys.map((key) => ('ColumnRef' in key ? resolve(strings(key.ColumnRef.fields), own) : undefined)),
  );
  const keyed = new Set(keys.map((key) => expressionKey(key)));
  let refusal: Draft | undefined;
  const look = (node: Node): void => {
    visit({ List: { items: [node] } }, (kind, inner) => {
      if (refusal !== undefined || kind === 'SubLink') return false;
      if (kind === 'FuncCall' && isAggregateCall(inner, place.catalog)) return false;
      if (keyed.has(expressionKey({ [kind]: inner }))) return false;
      if (kind !== 'ColumnRef') return true;
      const parts = strings(inner.fields);
      if (inner.fields?.some((field) => 'A_Star' in field)) return false;
      const output = resolve(parts, own);
      if (output === undefined || output.sources.length === 0 || outputs.has(output)) return false;
      if (isToldByKey(output.sources[0]?.relation, outputs, level, place.catalog)) return false;
      const shown = parts.join('.');
      refusal = fail(
        `column "${shown}" must appear in the GROUP BY clause or be used in an aggregate function`,
        '42803',
      );
      return false;
    });
  };
  look(part);
  return refusal;
}

/** The primary key of its table is among what is grouped by. */
function isToldByKey(
  oid: number | undefined,
  outputs: ReadonlySet<ReturnType<typeof resolve>>,
  level: readonly Item[],
  catalog: Catalog,
): boolean {
  const table = oid === undefined ? undefined : catalog.relations.get(oid);
  if (table === undefined || !isTable(table) || !table.complete) return true;
  const key = table.constraints.find(({ kind }) => kind === 'primary key');
  const items = level.filter(({ relation }) => relation === oid);
  return (
    key !== undefined &&
    items.some(({ outputs: columns }) =>
      key.columns.every((name) => columns.some((column) => column.name === name && outputs.has(column))),
    )
  );
}
