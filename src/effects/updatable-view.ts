import type { Catalog, Relation, View } from '../catalog/catalog.js';
import { findRelation, findRoutines, isTable } from '../catalog/lookup.js';
import { type Node, type SelectStmt, strings } from '../sql/tree.js';
import { visit } from '../sql/walk.js';
import { returnsSet } from './facts.js';
import { isAggregated } from './query-select.js';
import { systemColumns } from './relations.js';

/** A view that stands for the one relation that it reads: view_query_is_auto_updatable. */
export interface Updatable {
  readonly base: Relation;
  /** By position: the column of the base behind each; undefined for what is computed. */
  readonly columns: readonly (string | undefined)[];
  /** Which of the rows the view shows. */
  readonly condition: Node | undefined;
}

/** What a view stands for when it is changed: 'never' when it cannot be, undefined when the history does not show enough. */
export function updatableView(catalog: Catalog, view: View): Updatable | 'never' | undefined {
  if (view.query === undefined || !('SelectStmt' in view.query)) return undefined;
  return updatableQuery(catalog, view.query.SelectStmt);
}

/** The same of a query that a view is to be made of. */
export function updatableQuery(catalog: Catalog, query: SelectStmt): Updatable | 'never' | undefined {
  const [from, ...more] = query.fromClause ?? [];
  if (isShaped(query) || from === undefined || more.length > 0 || !('RangeVar' in from)) return 'never';
  const base = findRelation(catalog, from.RangeVar);
  if (base === undefined) return undefined;
  if (!(isTable(base) || base.kind === 'view')) return 'never';
  if ((query.targetList ?? []).some((target) => givesSet(target, catalog))) return 'never';
  return { base, columns: columnsOf(query, base), condition: query.whereClause };
}

/** Its rows are not rows of what it reads. */
function isShaped(query: SelectStmt): boolean {
  return (
    (query.op !== undefined && query.op !== 'SETOP_NONE') ||
    query.valuesLists !== undefined ||
    query.distinctClause !== undefined ||
    query.withClause !== undefined ||
    query.limitCount !== undefined ||
    query.limitOffset !== undefined ||
    isAggregated(query)
  );
}

function givesSet(target: Node, catalog: Catalog): boolean {
  let found = false;
  visit(target, (kind, node) => {
    if (kind === 'SubLink') return false;
    if (kind !== 'FuncCall') return true;
    const name = strings(node.funcname);
    const own = findRoutines(catalog, name);
    const sets = own.some(({ definition }) => definition?.node.returnType?.setof === true);
    if (own.length === 0 ? returnsSet(name.at(-1) ?? '') : sets) found = true;
    return true;
  });
  return found;
}

function columnsOf({ targetList = [] }: SelectStmt, base: Relation): readonly (string | undefined)[] {
  const own = 'columns' in base ? base.columns.map(({ name }) => name) : [];
  return targetList.flatMap((target) => {
    const value = 'ResTarget' in target ? target.ResTarget.val : undefined;
    const fields = value !== undefined && 'ColumnRef' in value ? (value.ColumnRef.fields ?? []) : [];
    const last = fields.at(-1);
    if (last !== undefined && 'A_Star' in last) return own;
    const name = last !== undefined && 'String' in last ? last.String.sval : undefined;
    return [name !== undefined && own.includes(name) && !systemColumns.has(name) ? name : undefined];
  });
}
