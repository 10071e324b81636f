import type { Catalog, Relation, Table } from '../catalog/catalog.js';
import { literalOf } from '../catalog/literal.js';
import { ancestors, columnOf, findRelation, isTable } from '../catalog/lookup.js';
import { mayHold } from '../catalog/pruning.js';
import { type A_Expr, type Node, type RangeVar, strings, type UpdateStmt } from '../sql/tree.js';
import { all, type Draft, fail, lock, nothing, rows } from './draft.js';
import { literalRefusal, sizeRefusal } from './literal-refusal.js';
import { earliest, isNow } from './moment.js';
import { spread } from './multi-assign.js';
import type { StoredSource } from './query-terms.js';
import { lockUnknown, written } from './relations.js';
import type { TypeContext } from './types.js';

// What INSERT, UPDATE, DELETE and MERGE have in common.

/** The table that a statement changes: a simple view stands for the one table that it reads. */
export function changedTable(catalog: Catalog, range: RangeVar | undefined): Table | undefined {
  return tableBehind(catalog, findRelation(catalog, range), 0);
}

function tableBehind(catalog: Catalog, relation: Relation | undefined, depth: number): Table | undefined {
  if (relation === undefined || isTable(relation)) return relation;
  if (relation.kind !== 'view' || depth > 20) return undefined;
  const { query } = relation;
  const [from, ...more] = query !== undefined && 'SelectStmt' in query ? (query.SelectStmt.fromClause ?? []) : [];
  if (from === undefined || more.length > 0 || !('RangeVar' in from)) return undefined;
  return tableBehind(catalog, findRelation(catalog, from.RangeVar), depth + 1);
}

/** The columns of a simple view by the names that they have in the table behind it; undefined for those that are computed. */
export function columnsBehind(
  catalog: Catalog,
  range: RangeVar | undefined,
): readonly (string | undefined)[] | undefined {
  return namesBehind(catalog, findRelation(catalog, range), 0);
}

function namesBehind(
  catalog: Catalog,
  relation: Relation | undefined,
  depth: number,
): readonly (string | undefined)[] | undefined {
  if (relation === undefined || depth > 20) return undefined;
  if (isTable(relation)) return relation.columns.map(({ name }) => name);
  if (relation.kind !== 'view' || relation.query === undefined || !('SelectStmt' in relation.query)) return undefined;
  const { fromClause = [], targetList = [] } = relation.query.SelectStmt;
  const [from] = fromClause;
  const source = from !== undefined && 'RangeVar' in from ? findRelation(catalog, from.RangeVar) : undefined;
  const behind = namesBehind(catalog, source, depth + 1);
  if (source === undefined || behind === undefined || !('columns' in source)) return undefined;
  return targetList.flatMap((target) => {
    const value = 'ResTarget' in target ? target.ResTarget.val : undefined;
    const fields = value !== undefined && 'ColumnRef' in value ? (value.ColumnRef.fields ?? []) : [];
    const last = fields.at(-1);
    if (last !== undefined && 'A_Star' in last) return behind;
    const name = last !== undefined && 'String' in last ? last.String.sval : undefined;
    return [behind[source.columns.findIndex((column) => column.name === name)]];
  });
}

/** A relation that cannot be changed, or is not known. */
export function notChanged(catalog: Catalog, range: RangeVar, verb: string): Draft {
  const relation = findRelation(catalog, range);
  if (relation === undefined) return lockUnknown(catalog, range, 'RowExclusiveLock', `${verb} changes it`);
  if (relation.kind === 'materialized view')
    return fail(`cannot change materialized view "${written(range)}"`, '42809');
  // a view with a rule or an INSTEAD OF trigger, which do what they do
  return nothing;
}

/** The work on the rows of what is changed. */
export function changed(
  leaves: readonly { readonly relation: StoredSource['relation']; readonly sure: boolean }[],
  why: string,
): Draft {
  return all(
    ...leaves.map(({ relation, sure }) =>
      relation.kind === 'table'
        ? rows(relation, 'RowExclusiveLock', why, sure)
        : lock(relation, 'RowExclusiveLock', why, sure),
    ),
  );
}

/** A partition asks its parents for its bound before it takes a row. */
export function askBound(catalog: Catalog, table: Table): Draft {
  if (table.bound === undefined) return nothing;
  return all(
    ...ancestors(catalog, table).map((parent) => lock(parent, 'AccessShareLock', 'its partition checks its bound')),
  );
}

/** Columns of UPDATE … SET, MERGE and ON CONFLICT with their new values; what a part of one gets is not the value of the column. */
export function assignments(targets: UpdateStmt['targetList']): ReadonlyMap<string, Node | undefined> {
  return new Map(
    spread(targets).flatMap((target): [string, Node | undefined][] =>
      'ResTarget' in target
        ? [[target.ResTarget.name ?? '', target.ResTarget.indirection === undefined ? target.ResTarget.val : undefined]]
        : [],
    ),
  );
}

/** The name by which the expressions of a change speak of its target. */
export function shownAs(target: RangeVar | undefined): string {
  return target?.alias?.aliasname ?? target?.relname ?? '';
}

/** Those of the assignments that are not `a = a`, with or without the name of the target. */
export function realAssignments(
  set: ReadonlyMap<string, Node | undefined>,
  target: string,
): ReadonlyMap<string, Node | undefined> {
  return new Map([...set].filter(([column, value]) => !isColumn(value, column, target)));
}

function isColumn(value: Node | undefined, column: string, target: string): boolean {
  if (value === undefined || !('ColumnRef' in value)) return false;
  const [name, of = target] = strings(value.ColumnRef.fields).reverse();
  return name === column && of === target;
}

/** What the server refuses in a list of columns that get values. */
export function refusedColumns(
  table: Table,
  given: ReadonlyMap<string, Node | undefined>,
  event: 'insert' | 'update',
  { catalog, pg }: TypeContext,
): Draft {
  for (const [name, value] of given) {
    const column = columnOf(table, name);
    if (column === undefined && table.complete)
      return fail(`column "${name}" of relation "${table.name}" does not exist`, '42703');
    const type = event === 'update' ? column?.type : undefined;
    const unread = type && (literalRefusal(value, type, { catalog, pg }) ?? sizeRefusal(value, type, { catalog, pg }));
    if (unread !== undefined) return unread;
    const isDefault = value !== undefined && 'SetToDefault' in value;
    if (column?.generated !== undefined && !isDefault) {
      const message =
        event === 'update'
          ? `column "${name}" can only be updated to DEFAULT`
          : `cannot insert a non-DEFAULT value into column "${name}"`;
      return fail(message, pg < 14 ? '42601' : '428C9');
    }
    if (column?.identity === 'always' && !isDefault) {
      if (event === 'update') return fail(`column "${name}" can only be updated to DEFAULT`, '428C9');
    }
  }
  return nothing;
}

/** The partitions that rows of an INSERT, or moved by an UPDATE, may go to. */
export function routed(
  catalog: Catalog,
  table: Table,
  values: readonly Node[] | undefined,
): readonly { relation: Table; sure: boolean }[] {
  if (table.kind !== 'partitioned') return [];
  return table.children.flatMap((oid) => {
    const child = catalog.relations.get(oid);
    if (child === undefined || !isTable(child)) return [];
    const held = values === undefined ? 'perhaps' : mayHold(catalog, table, child, values);
    if (held === 'no') return [];
    // a row goes to one partition: sure only where its place in the key is known
    const sure = held === 'yes' && values !== undefined && hasKey(table, values);
    return [
      { relation: child, sure },
      ...routed(catalog, child, values).map((one) => ({ ...one, sure: one.sure && sure })),
    ];
  });
}

function hasKey(table: Table, values: readonly Node[]): boolean {
  const known = new Set(values.flatMap(columnOfEquality));
  return (table.partitionBy?.keys ?? []).every(({ column }) => column !== undefined && known.has(column));
}

function columnOfEquality(node: Node): readonly string[] {
  const left =
    'A_Expr' in node && isEquality(node.A_Expr)
      ? node.A_Expr.lexpr
      : 'NullTest' in node && node.NullTest.nulltesttype === 'IS_NULL'
        ? node.NullTest.arg
        : undefined;
  const field = left !== undefined && 'ColumnRef' in left ? left.ColumnRef.fields?.at(-1) : undefined;
  return field !== undefined && 'String' in field ? [field.String.sval ?? ''] : [];
}

function isEquality({ kind, name, rexpr }: A_Expr): boolean {
  return kind === 'AEXPR_OP' && strings(name).at(-1) === '=' && literalOf(rexpr) !== undefined;
}

const laterThan: Node = { A_Const: { sval: { sval: earliest } } };

/** A row as the conditions that it meets, for partition bounds: `a = 1`, `b IS NULL`. */
export function asConditions(row: ReadonlyMap<string, Node | undefined>): readonly Node[] {
  return [...row].flatMap(([column, value]): Node[] => {
    const lexpr: Node = { ColumnRef: { fields: [{ String: { sval: column } }] } };
    if (value === undefined) return [];
    if ('A_Const' in value && value.A_Const.isnull) return [{ NullTest: { arg: lexpr, nulltesttype: 'IS_NULL' } }];
    const [operator, rexpr] = isNow(value) ? ['>=', laterThan] : ['=', value];
    return [{ A_Expr: { kind: 'AEXPR_OP', name: [{ String: { sval: operator } }], lexpr, rexpr } }];
  });
}
