import type { Node } from '../sql/tree.js';
import type { Catalog, Constraint, PartitionBound, Relation, Table, TypeRef } from './catalog.js';
import { type Clause, clauseOf, not } from './clause.js';
import { decided, knownTexts } from './decided.js';
import { proves } from './implication.js';
import { type KnownType, knownType } from './known-type.js';
import { columnOf, tables } from './lookup.js';
import { operandOf, type Scope } from './operand.js';
import { partitionConstraint } from './partition-constraint.js';
import { partitionHash } from './partition-hash.js';
import type { Value } from './value.js';

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
  const known = knownBy(conditions, scope);
  const siblings = tables(catalog, parent.children).flatMap((sibling): readonly PartitionBound[] =>
    sibling.oid === partition.oid || sibling.bound === undefined ? [] : [sibling.bound],
  );
  const constraint = partitionConstraint(parent.partitionBy, partition.bound, siblings, scope);
  if (constraint === undefined) {
    if (!hasAllKeys(parent, known)) return 'yes';
    return holdsHash(parent, partition.bound, known, scope) ?? 'perhaps';
  }
  return proves(known, not(constraint)) ? 'no' : 'yes';
}

/** Whether every row that meets the conditions meets another one, as the planner proves it of the predicate of an index (predtest.c). */
export function provesCondition(catalog: Catalog, table: Table, conditions: readonly Node[], goal: Node): boolean {
  const scope = scopeOf(catalog, table);
  return proves(knownBy(conditions, scope), clauseOf(goal, scope));
}

/**
 * Whether no row of a table can meet the conditions, for its CHECKs: the planner asks that of what is below a parent, and of the parent with
 * it (constraint_exclusion = partition, the default).
 */
export function excludedByChecks(catalog: Catalog, table: Table, conditions: readonly Node[]): boolean {
  const checks = table.constraints.filter(({ kind, enforced, validated }) => kind === 'check' && enforced && validated);
  if (checks.length === 0 || conditions.length === 0) return false;
  const scope = scopeOf(catalog, table);
  const known = knownBy(conditions, scope);
  return checks.some(({ expression }) => expression !== undefined && proves(known, not(clauseOf(expression, scope))));
}

/** What the conditions say, and that what they compare is not NULL. */
function knownBy(conditions: readonly Node[], scope: Scope): readonly Clause[] {
  const met = conditions.map((condition) => clauseOf(condition, scope));
  return [...met, ...met.flatMap(withoutNull)];
}

/** Whether what meets the conditions surely does not meet another one. */
function refutes(conditions: readonly Node[], scope: Scope): (condition: Node) => boolean {
  const known = knownBy(conditions, scope);
  const texts = knownTexts(conditions, scope);
  return (condition) => proves(known, not(clauseOf(decided(condition, texts), scope)));
}

/** The CHECK that a row which meets all the conditions breaks; one that is NULL for it is not broken. */
export function brokenCheck(catalog: Catalog, table: Table, conditions: readonly Node[]): Constraint | undefined {
  const isBroken = refutes(conditions, scopeOf(catalog, table));
  return table.constraints.find(
    ({ kind, enforced, expression }) =>
      kind === 'check' && enforced && expression !== undefined && isBroken(expression),
  );
}

/** Whether a row that meets all the conditions surely does not meet another one; one that is NULL for it counts as not known. */
export function brokenCondition(
  catalog: Catalog,
  relation: Relation,
  conditions: readonly Node[],
  condition: Node,
): boolean {
  return refutes(conditions, scopeOf(catalog, relation))(condition);
}

/** Whether a value of a type, which the conditions tell of the name `value`, surely does not meet the CHECK of a domain over the type. */
export function brokenValue(catalog: Catalog, type: TypeRef, conditions: readonly Node[], check: Node): boolean {
  const scope: Scope = { typeOf: () => knownType(catalog, type), collationOf: () => undefined };
  return refutes(conditions, scope)(check);
}

function scopeOf(catalog: Catalog, table: Relation): Scope {
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

/** Whether a hash partition is the one of the constants that the key equals; undefined where their hash is not known. */
function holdsHash(
  { partitionBy }: Table,
  bound: PartitionBound,
  known: readonly Clause[],
  scope: Scope,
): 'yes' | 'no' | undefined {
  if (bound.kind !== 'hash' || partitionBy?.strategy !== 'hash') return undefined;
  let keys: readonly (readonly KeyPart[])[] = [[]];
  for (const { column, operatorClass } of partitionBy.keys) {
    if (column === undefined || operatorClass !== undefined) return undefined;
    const type = scope.typeOf(column);
    const values = constantsOf(column, known);
    if (values === undefined || values.length * keys.length > mostKeys) return undefined;
    keys = keys.flatMap((parts) => values.map((value) => [...parts, { value, type }]));
  }
  const hashes = keys.map((parts) => partitionHash(parts));
  if (hashes.includes(undefined)) return undefined;
  const held = hashes.filter((hash) => hash !== undefined && hash % BigInt(bound.modulus) === BigInt(bound.remainder));
  return held.length === 0 ? 'no' : held.length === hashes.length ? 'yes' : undefined;
}

interface KeyPart {
  readonly value: Value;
  readonly type: KnownType | undefined;
}

/** Of longer lists nothing is said. */
const mostKeys = 100;

/** The constants that a column may have, by `=` or IN. */
function constantsOf(column: string, known: readonly Clause[]): readonly Value[] | undefined {
  const key = operandOf(
    { ColumnRef: { fields: [{ String: { sval: column } }] } },
    { typeOf: noType, collationOf: noType },
  );
  for (const clause of known) {
    if (clause.kind === 'comparison' && clause.operator === '=' && clause.operand.key === key.key)
      return [clause.value];
    if (clause.kind === 'any' && clause.operator === '=' && clause.operand.key === key.key) return clause.values;
    if (clause.kind === 'null test' && clause.isNull && clause.operand === key.key) return [{ kind: 'null' }];
  }
  return undefined;
}

const noType = () => undefined;

/** A hash partition is found when every column of the key equals a constant. */
function hasAllKeys(parent: Table, known: readonly Clause[]): boolean {
  const equal = new Set(
    known.flatMap((clause) =>
      (clause.kind === 'comparison' || clause.kind === 'any') && clause.operator === '=' ? [clause.operand.key] : [],
    ),
  );
  return (parent.partitionBy?.keys ?? []).length <= equal.size;
}
