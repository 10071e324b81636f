import type { Node, PartitionBoundSpec, PartitionSpec } from '../sql/tree.js';
import type { PartitionBound, PartitionKey } from './catalog.js';
import { indexKey } from './index-definition.js';

const strategies: Readonly<Record<string, PartitionKey['strategy']>> = {
  PARTITION_STRATEGY_LIST: 'list',
  PARTITION_STRATEGY_RANGE: 'range',
  PARTITION_STRATEGY_HASH: 'hash',
};

/** The key of PARTITION BY. */
export function partitionKey({ strategy, partParams }: PartitionSpec): PartitionKey {
  const keys = (partParams ?? []).flatMap((node: Node) =>
    'PartitionElem' in node ? [indexKey(node.PartitionElem)] : [],
  );
  return { strategy: strategies[strategy ?? ''] ?? 'range', keys };
}

/** The bound of FOR VALUES, or DEFAULT. */
export function partitionBound(spec: PartitionBoundSpec): PartitionBound {
  if (spec.is_default) return { kind: 'default' };
  if (spec.strategy === 'l') return { kind: 'list', values: spec.listdatums ?? [] };
  if (spec.strategy === 'h') return { kind: 'hash', modulus: spec.modulus ?? 0, remainder: spec.remainder ?? 0 };
  return { kind: 'range', from: spec.lowerdatums ?? [], to: spec.upperdatums ?? [] };
}
