import type { Catalog, PartitionBound, Table } from '../catalog/catalog.js';
import { knownType } from '../catalog/known-type.js';
import { literalOf } from '../catalog/literal.js';
import { columnOf, tables } from '../catalog/lookup.js';
import { compareValues, sameValue, type Value, valueFor } from '../catalog/value.js';
import { type Node, strings } from '../sql/tree.js';
import { isNullConstant } from '../sql/values.js';
import { type Draft, fail } from './draft.js';

/**
 * The refusal of a bound that another partition of `parent` takes part of already (check_new_partition_bound). Nothing where the
 * bounds cannot be compared.
 */
export function overlapRefusal(
  catalog: Catalog,
  parent: Table,
  name: string,
  bound: PartitionBound,
): Draft | undefined {
  const siblings = tables(catalog, parent.children).filter((sibling) => sibling.bound !== undefined);
  if (bound.kind === 'default') {
    const other = siblings.find((sibling) => sibling.bound?.kind === 'default');
    return other && fail(`partition "${name}" conflicts with existing default partition "${other.name}"`, '42P17');
  }
  if (bound.kind === 'range' && (compareBounds(parent, catalog, bound.from, bound.to) ?? -1) >= 0)
    return fail(`empty range bound specified for partition "${name}"`, '42P17');
  const other = siblings.find((sibling) => sibling.bound && overlap(parent, catalog, bound, sibling.bound));
  return other && fail(`partition "${name}" would overlap partition "${other.name}"`, '42P17');
}

function overlap(parent: Table, catalog: Catalog, a: PartitionBound, b: PartitionBound): boolean {
  if (a.kind === 'hash' && b.kind === 'hash') {
    const modulus = Math.min(a.modulus, b.modulus);
    return modulus > 0 && a.remainder % modulus === b.remainder % modulus;
  }
  if (a.kind === 'list' && b.kind === 'list')
    return a.values.some((value) => b.values.some((other) => isSame(parent, catalog, value, other)));
  if (a.kind !== 'range' || b.kind !== 'range') return false;
  const before = compareBounds(parent, catalog, a.from, b.to);
  const after = compareBounds(parent, catalog, b.from, a.to);
  return before !== undefined && after !== undefined && before < 0 && after < 0;
}

function isSame(parent: Table, catalog: Catalog, a: Node, b: Node): boolean {
  if (isNullConstant(a) || isNullConstant(b)) return isNullConstant(a) && isNullConstant(b);
  const [left, right] = [boundValue(parent, catalog, a, 0), boundValue(parent, catalog, b, 0)];
  return left !== undefined && right !== undefined && sameValue(left, right) === true;
}

/** Compares tuples of bounds column by column; undefined when two values that decide cannot be compared. */
function compareBounds(parent: Table, catalog: Catalog, a: readonly Node[], b: readonly Node[]): number | undefined {
  for (const [at, left] of a.entries()) {
    const right = b[at];
    if (right === undefined) return undefined;
    const order = compareAt(parent, catalog, left, right, at);
    if (order !== 0) return order;
    // after MINVALUE or MAXVALUE nothing counts
    if (infinity(left) !== undefined) return 0;
  }
  return 0;
}

function compareAt(parent: Table, catalog: Catalog, a: Node, b: Node, at: number): number | undefined {
  const [left, right] = [infinity(a) ?? 0, infinity(b) ?? 0];
  if (left !== 0 || right !== 0) return left - right;
  const [value, other] = [boundValue(parent, catalog, a, at), boundValue(parent, catalog, b, at)];
  return value === undefined || other === undefined ? undefined : compareValues(value, other, false);
}

/** MINVALUE and MAXVALUE stand as names of columns in the grammar's tree. */
export function infinity(node: Node): number | undefined {
  const name = 'ColumnRef' in node ? strings(node.ColumnRef.fields).at(-1)?.toLowerCase() : undefined;
  return name === 'minvalue' ? -1 : name === 'maxvalue' ? 1 : undefined;
}

function boundValue(parent: Table, catalog: Catalog, node: Node, at: number): Value | undefined {
  const literal = literalOf(node);
  const key = parent.partitionBy?.keys[at]?.column;
  return literal && valueFor(literal, knownType(catalog, columnOf(parent, key)?.type));
}
