import type { Node } from '../sql/tree.js';
import { isNullConstant } from '../sql/values.js';
import type { ApplyOptions } from './applies.js';
import type { Catalog, Constraint, IndexKey, PartitionBound, Table } from './catalog.js';
import { changeTable } from './change.js';
import { freeConstraintName } from './generated-name.js';
import { provesPartition } from './implication.js';
import { columnsOfKeys } from './mentions.js';

/**
 * DETACH PARTITION CONCURRENTLY leaves the bound behind as a CHECK, unless other constraints say the same: DetachAddConstraintIfNeeded of
 * tablecmds.c. Of a hash partition nothing is left.
 */
export function withBoundAsCheck(catalog: Catalog, parent: Table, partition: Table, { born }: ApplyOptions): Catalog {
  const { bound } = partition;
  const keys = parent.partitionBy?.keys;
  if (keys === undefined || bound === undefined || bound.kind === 'hash') return catalog;
  if (provesPartition(catalog, partition, parent, bound)) return catalog;
  const columns = [...columnsOfKeys(keys)];
  const only = columns.length === 1 ? columns[0] : undefined;
  const expression = boundExpression(keys, bound);
  const check: Constraint = {
    name: freeConstraintName(catalog, partition.schema, partition.name, only, 'check'),
    kind: 'check',
    validated: true,
    enforced: true,
    columns,
    ...(expression && { expression }),
    deferrable: false,
    noInherit: false,
    inherited: false,
    born,
  };
  return changeTable(catalog, partition.oid, (table) => ({ ...table, constraints: [...table.constraints, check] }));
}

/** The condition of a bound on one column; those on several are not spelt out. */
function boundExpression(keys: readonly IndexKey[], bound: PartitionBound): Node | undefined {
  const [key, ...more] = keys;
  const operand = key && operandOf(key);
  if (operand === undefined || more.length > 0) return undefined;
  const present: Node = { NullTest: { arg: operand, nulltesttype: 'IS_NOT_NULL' } };
  if (bound.kind === 'list') {
    // a list with NULL in it lets NULL in
    if (bound.values.some(isNullConstant)) return undefined;
    const list: Node = { List: { items: [...bound.values] } };
    return all([present, { A_Expr: { kind: 'AEXPR_IN', name: operator('='), lexpr: operand, rexpr: list } }]);
  }
  if (bound.kind !== 'range') return undefined;
  return all([present, ...compared(operand, '>=', bound.from[0]), ...compared(operand, '<', bound.to[0])]);
}

function operandOf({ column, expression }: IndexKey): Node | undefined {
  return column === undefined ? expression : { ColumnRef: { fields: [{ String: { sval: column } }] } };
}

function operator(name: string): Node[] {
  return [{ String: { sval: name } }];
}

/** MINVALUE and MAXVALUE come as references to columns of these names, and set no limit. */
function compared(operand: Node, name: string, value: Node | undefined): Node[] {
  if (value === undefined || 'ColumnRef' in value) return [];
  return [{ A_Expr: { kind: 'AEXPR_OP', name: operator(name), lexpr: operand, rexpr: value } }];
}

function all(args: Node[]): Node {
  return { BoolExpr: { boolop: 'AND_EXPR', args } };
}
