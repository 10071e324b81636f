import type { Node } from '../sql/tree.js';
import type { Catalog, PartitionBound, Table } from './catalog.js';
import { type Clause, clauseOf, not } from './clause.js';
import { proves } from './implication.js';
import { knownType } from './known-type.js';
import { columnOf, tables } from './lookup.js';
import type { Scope } from './operand.js';
import { partitionConstraint } from './partition-constraint.js';

/**
 * Whether rows that meet all the conditions may be in a partition: `no` when the bound rules them out, as partition pruning does
 * before a query runs (partprune.c); `perhaps` where only the server can tell, as with hash partitions.
 */
export function mayHold(
  catalog: Catalog,
  parent: Table,
  partition: Table,
  conditions: readonly Node[],
): 'yes' | 'perhaps' | 'no' {
  if (conditions.length === 0 || parent.partitionBy === undefined || partition.bound === undefined) return 'yes';
  const scope = scopeOf(catalog, parent);
  const met = conditions.map((condition) => clauseOf(condition, scope));
  const known = [...met, ...met.flatMap(withoutNull)];
  const siblings = tables(catalog, parent.children).flatMap((sibling): readonly PartitionBound[] =>
    sibling.oid === partition.oid || sibling.bound === undefined ? [] : [sibling.bound],
  );
  const constraint = partitionConstraint(parent.partitionBy, partition.bound, siblings, scope);
  if (constraint === undefined) return hasAllKeys(parent, known) ? 'perhaps' : 'yes';
  return proves(known, not(constraint)) ? 'no' : 'yes';
}

/**
 * The partition whose bound takes in some of the rows of a new bound, which the server refuses. Keys of several columns are not
 * judged: that two of their bounds do not overlap cannot always be proved.
 */
export function overlappedBy(catalog: Catalog, parent: Table, bound: PartitionBound): Table | undefined {
  const { partitionBy } = parent;
  if (bound.kind === 'hash') return tables(catalog, parent.children).find((child) => sharesHash(child.bound, bound));
  if (partitionBy === undefined || partitionBy.keys.length !== 1 || bound.kind === 'default') return undefined;
  const scope = scopeOf(catalog, parent);
  const added = partitionConstraint(partitionBy, bound, [], scope);
  if (added === undefined) return undefined;
  return tables(catalog, parent.children).find((child) => {
    if (child.bound === undefined || child.bound.kind === 'default') return false;
    const held = partitionConstraint(partitionBy, child.bound, [], scope);
    return held !== undefined && !proves([added], not(held));
  });
}

/** Two remainders meet when they are the same for the greatest common divisor of their moduli. */
function sharesHash(a: PartitionBound | undefined, b: Extract<PartitionBound, { kind: 'hash' }>): boolean {
  if (a?.kind !== 'hash') return false;
  let [divisor, rest] = [a.modulus, b.modulus];
  while (rest > 0) [divisor, rest] = [rest, divisor % rest];
  return divisor > 0 && (a.remainder - b.remainder) % divisor === 0;
}

function scopeOf(catalog: Catalog, table: Table): Scope {
  return {
    typeOf: (column) => knownType(catalog, columnOf(table, column)?.type),
    collationOf: (column) => columnOf(table, column)?.collation,
  };
}

/** A comparison that is true is of no NULL. */
function withoutNull(clause: Clause): readonly Clause[] {
  if (clause.kind === 'and') return clause.clauses.flatMap(withoutNull);
  if (clause.kind !== 'comparison' && clause.kind !== 'any') return [];
  return [{ kind: 'null test', operand: clause.operand.key, isNull: false }];
}

/** A hash partition is found when every column of the key equals a constant. */
function hasAllKeys(parent: Table, known: readonly Clause[]): boolean {
  const equal = new Set(
    known.flatMap((clause) => (clause.kind === 'comparison' && clause.operator === '=' ? [clause.operand.key] : [])),
  );
  return (parent.partitionBy?.keys ?? []).length <= equal.size;
}
