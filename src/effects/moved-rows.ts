import type { Catalog, Oid, Table } from '../catalog/catalog.js';
import { literalOf } from '../catalog/literal.js';
import { descendants } from '../catalog/lookup.js';
import { type Node, strings } from '../sql/tree.js';
import { columnRefs } from '../sql/walk.js';
import { asConditions, routed } from './change.js';
import type { PredictContext } from './context.js';
import { all, type Draft, fail, lock, nothing } from './draft.js';
import { checkReferences } from './foreign-key-checks.js';

/** Rows that get new values. */
interface Moved {
  readonly table: Table;
  /** What is said of them. */
  readonly where: readonly Node[];
  /** The tables that they are found in. */
  readonly from: readonly Oid[];
  /** In proportion to the table. */
  readonly many: boolean;
}

/**
 * A new value in a key, of the partitioned table or of a partition that is partitioned itself, may move the row: it is inserted where it
 * goes, and its foreign keys are checked again. What WHERE says of the columns that keep their values tells where that is.
 */
export function move(
  { table, where, from, many }: Moved,
  values: ReadonlyMap<string, Node | undefined>,
  { catalog }: PredictContext,
): Draft {
  if (table.kind !== 'partitioned' || ![...keysOf(catalog, table)].some((column) => values.has(column))) return nothing;
  const kept = where.filter((part) => columnRefs({ part }).every(({ parts }) => !values.has(parts.at(-1) ?? '')));
  const places = routed(catalog, table, [...asConditions(values), ...kept]);
  if (places.length === 0 && table.complete)
    return fail(`no partition of relation "${table.name}" found for row`, '23514', false);
  const there = places.flatMap(({ relation }) => (relation.kind === 'partitioned' ? [] : [relation.oid]));
  const stays = from.length === 1 && there.length === 1 && there[0] === from[0];
  if (stays) return nothing;
  const row = new Map(table.columns.map(({ name }): [string, Node | undefined] => [name, values.get(name)]));
  return all(
    checkReferences(catalog, table, { values: row, many, perhapsSame: true }),
    ...places.map(({ relation, sure }) => lock(relation, 'RowExclusiveLock', 'rows may move to this partition', sure)),
  );
}

/** The constants that the columns of the rows equal. */
export function equalities(where: readonly Node[]): ReadonlyMap<string, Node> {
  return new Map(
    where.flatMap((part): (readonly [string, Node])[] => {
      const { kind, name, lexpr, rexpr } = 'A_Expr' in part ? part.A_Expr : {};
      const isEqual = kind === 'AEXPR_OP' && strings(name).at(-1) === '=';
      if (!isEqual || lexpr === undefined || !('ColumnRef' in lexpr) || rexpr === undefined) return [];
      const column = strings(lexpr.ColumnRef.fields).at(-1);
      return column === undefined || literalOf(rexpr) === undefined ? [] : [[column, rexpr]];
    }),
  );
}

/** An operation on a column that equals a constant, as one on the constant. */
export function withKnown(value: Node, known: ReadonlyMap<string, Node>): Node {
  if ('ColumnRef' in value) return known.get(strings(value.ColumnRef.fields).at(-1) ?? '') ?? value;
  if (!('A_Expr' in value)) return value;
  const { lexpr, rexpr } = value.A_Expr;
  return {
    A_Expr: {
      ...value.A_Expr,
      ...(lexpr && { lexpr: withKnown(lexpr, known) }),
      ...(rexpr && { rexpr: withKnown(rexpr, known) }),
    },
  };
}

/** The columns in the keys of a partitioned table and of those below it. */
function keysOf(catalog: Catalog, table: Table): ReadonlySet<string> {
  const partitioned = [table, ...descendants(catalog, table)].flatMap(({ partitionBy }) => partitionBy?.keys ?? []);
  return new Set(partitioned.flatMap(({ column }) => column ?? []));
}
