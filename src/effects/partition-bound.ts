import type { PartitionBound, Table, TypeRef } from '../catalog/catalog.js';
import { typeInTable } from '../catalog/expression-type.js';
import { literalOf } from '../catalog/literal.js';
import { columnOf } from '../catalog/lookup.js';
import type { Node } from '../sql/tree.js';
import { columnRefs } from '../sql/walk.js';
import { type Draft, fail } from './draft.js';
import { expressionKinds, expressionRefusal } from './expression-refusal.js';
import { literalRefusal } from './literal-refusal.js';
import { infinity } from './partition-overlap.js';
import { typeName } from './type-name.js';
import { convert, type TypeContext } from './types.js';

/** A bound of another kind than the parent's partitions have, or of values that are none of its key (transformPartitionBound). */
export function boundRefusal(bound: PartitionBound, parent: Table, context: TypeContext): Draft | undefined {
  if (parent.partitionBy === undefined) return undefined;
  const { strategy, keys } = parent.partitionBy;
  if (bound.kind === 'default')
    return strategy === 'hash' ? fail('a hash-partitioned table may not have a default partition', '42P16') : undefined;
  if (bound.kind !== strategy) return fail(`invalid bound specification for a ${strategy} partition`, '42P16');
  if (bound.kind === 'hash') return hashRefusal(bound.modulus, bound.remainder);
  const lists = bound.kind === 'list' ? bound.values.map((value) => [value]) : [bound.from, bound.to];
  const odd = lists.findIndex((values) => values.length !== keys.length);
  if (odd !== -1)
    return fail(`${odd === 0 ? 'FROM' : 'TO'} must specify exactly one value per partitioning column`, '42P16');
  for (const values of lists)
    for (const [at, value] of values.entries()) {
      const refusal = valueRefusal(value, parent, keys[at]?.column, context);
      if (refusal !== undefined) return refusal;
      if (bound.kind === 'range' && isNull(value)) return fail('cannot specify NULL in range bound', '42P17');
    }
  return undefined;
}

function hashRefusal(modulus: number, remainder: number): Draft | undefined {
  if (modulus <= 0) return fail('modulus for hash partition must be an integer value greater than zero', '42P16');
  return remainder >= modulus ? fail('remainder for hash partition must be less than modulus', '42P16') : undefined;
}

function isNull(value: Node): boolean {
  const literal = literalOf(value);
  return literal !== undefined && literal.text === undefined;
}

/** A value of a bound stands on its own, and becomes the type of its column by assignment. */
function valueRefusal(value: Node, parent: Table, column: string | undefined, context: TypeContext): Draft | undefined {
  if (infinity(value) !== undefined) return undefined;
  if (columnRefs({ value }).length > 0)
    return fail('cannot use column reference in partition bound expression', '0A000');
  const type = columnOf(parent, column)?.type;
  return (
    expressionRefusal(value, expressionKinds.partitionBound, context.catalog) ??
    (type && (literalRefusal(value, type, context) ?? castRefusal(value, type, column ?? '', context)))
  );
}

function castRefusal(value: Node, type: TypeRef, column: string, context: TypeContext): Draft | undefined {
  const from = literalOf(value)?.type === undefined ? undefined : typeInTable(value, undefined, context.catalog);
  return from !== undefined && 'noCast' in convert({ type: from, fate: 'kept' }, type, context, 'assignment')
    ? fail(`specified value cannot be cast to type ${typeName(context.catalog, type)} for column "${column}"`, '42804')
    : undefined;
}
