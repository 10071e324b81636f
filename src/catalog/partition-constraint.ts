import type { Node } from '../sql/tree.js';
import type { PartitionBound, PartitionKey } from './catalog.js';
import { and, type Clause, type Comparator, comparison, not, or } from './clause.js';
import { literalOf } from './literal.js';
import { collationName, exactKey, type Operand, operandOf, type Scope } from './operand.js';
import { type Value, valueFor } from './value.js';

/**
 * The condition that every row of a partition meets, as get_qual_from_partbound makes it (partbounds.c). `siblings` are the bounds of
 * the other partitions, which say what is left for a default one. Undefined when it is none that CHECK constraints could
 * prove: that of a hash partition, or one with a bound that is not understood.
 */
export function partitionConstraint(
  key: PartitionKey,
  bound: PartitionBound,
  siblings: readonly PartitionBound[],
  scope: Scope,
): Clause | undefined {
  const columns = keyColumns(key, scope);
  switch (bound.kind) {
    case 'hash':
      return undefined;
    case 'list':
      return ofList(columns[0], bound.values);
    case 'range':
      return withNotNull(columns, ofRange(columns, bound));
    case 'default':
      return ofDefault(columns, siblings);
  }
}

interface KeyColumn {
  /** As it stands in a null test. */
  readonly exact: string;
  readonly operand: Operand;
}

function keyColumns(key: PartitionKey, scope: Scope): readonly KeyColumn[] {
  return key.keys.map(({ column, expression, collation }) => {
    const node: Node = expression ?? { ColumnRef: { fields: [{ String: { sval: column ?? '' } }] } };
    const operand = operandOf(node, scope);
    return {
      exact: exactKey(node, scope),
      operand: collation === undefined ? operand : { ...operand, collation: collationName(collation.split('.')) },
    };
  });
}

function ofDefault(columns: readonly KeyColumn[], siblings: readonly PartitionBound[]): Clause | undefined {
  const lists = siblings.flatMap((bound) => (bound.kind === 'list' ? [bound] : []));
  if (lists.length > 0) {
    const all = ofList(
      columns[0],
      lists.flatMap(({ values }) => values),
    );
    return all && not(all);
  }
  const ranges = siblings.flatMap((bound) => (bound.kind === 'range' ? [bound] : []));
  // the only partition takes every row
  if (ranges.length === 0) return and([]);
  const arms = ranges.flatMap((bound) => ofRange(columns, bound) ?? []);
  return arms.length === ranges.length ? negatedRange(columns, arms) : undefined;
}

function negatedRange(columns: readonly KeyColumn[], arms: readonly Clause[]): Clause | undefined {
  const all = withNotNull(columns, or(arms));
  return all && not(all);
}

function withNotNull(columns: readonly KeyColumn[], clause: Clause | undefined): Clause | undefined {
  return clause && and([...columns.map(notNull), clause]);
}

function notNull({ exact }: KeyColumn): Clause {
  return { kind: 'null test', operand: exact, isNull: false };
}

function ofList(column: KeyColumn | undefined, nodes: readonly Node[]): Clause | undefined {
  if (column === undefined) return undefined;
  const values = nodes.map((node) => boundValue(node, column));
  const given = values.flatMap((value) => (value === undefined || value.kind === 'null' ? [] : [value]));
  if (values.includes(undefined)) return undefined;
  const withNull = given.length < values.length;
  const [only, ...more] = given;
  if (only === undefined) return not(notNull(column));
  const member: Clause =
    more.length === 0
      ? comparison(column.operand, '=', only)
      : { kind: 'any', operand: column.operand, operator: '=', values: given };
  return withNull ? or([not(notNull(column)), member]) : and([notNull(column), member]);
}

type Datum = Value | 'minvalue' | 'maxvalue';

function boundValue(node: Node, column: KeyColumn): Value | undefined {
  const literal = literalOf(node);
  return literal && valueFor({ ...literal, type: undefined }, column.operand.type ?? guessed(literal.type));
}

/** A bound is cast to the type of the key; where that is unknown it is taken for what it looks like. */
function guessed(type: string | undefined): Parameters<typeof valueFor>[1] {
  if (type === undefined) return undefined;
  return { name: type, modifiers: [], dimensions: 0, composite: false, aliases: [type] };
}

function datumOf(node: Node, column: KeyColumn): Datum | undefined {
  if ('PartitionRangeDatum' in node) {
    const { kind, value } = node.PartitionRangeDatum;
    if (kind === 'PARTITION_RANGE_DATUM_MINVALUE') return 'minvalue';
    if (kind === 'PARTITION_RANGE_DATUM_MAXVALUE') return 'maxvalue';
    return value && boundValue(value, column);
  }
  if ('ColumnRef' in node) {
    const [field] = node.ColumnRef.fields ?? [];
    const word = field !== undefined && 'String' in field ? field.String.sval : undefined;
    return word === 'minvalue' || word === 'maxvalue' ? word : undefined;
  }
  return boundValue(node, column);
}

/** Without the null tests. Columns whose bounds are equal are compared by `=`; the rest makes one OR for each side. */
function ofRange(
  columns: readonly KeyColumn[],
  bound: { readonly from: readonly Node[]; readonly to: readonly Node[] },
): Clause | undefined {
  const sides: { readonly operand: Operand; readonly from: Datum; readonly to: Datum }[] = [];
  for (const [at, column] of columns.entries()) {
    const [low, high] = [bound.from[at], bound.to[at]];
    const from = low && datumOf(low, column);
    const to = high && datumOf(high, column);
    if (from === undefined || to === undefined) return undefined;
    sides.push({ operand: column.operand, from, to });
  }
  const shared = sides.findIndex(({ from, to }) => !sameDatum(from, to));
  const first = shared === -1 ? sides.length : shared;
  const prefix = sides.slice(0, first).flatMap(({ operand, from }) => compare(operand, '=', from));
  const rest = sides.slice(first);
  const lower = rest.map(({ operand, from }) => ({ operand, datum: from }));
  const upper = rest.map(({ operand, to }) => ({ operand, datum: to }));
  return and([...prefix, ...side(lower, lowerSide), ...side(upper, upperSide)]);
}

function sameDatum(a: Datum, b: Datum): boolean {
  if (typeof a === 'string' || typeof b === 'string') return false;
  return JSON.stringify(a, withBigInt) === JSON.stringify(b, withBigInt);
}

function withBigInt(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

interface Side {
  /** The operator of the last column of an arm, and the one where all that follows is included as well. */
  readonly operator: Comparator;
  readonly inclusive: Comparator;
  readonly open: Datum;
  /** The bound itself belongs to the partition. */
  readonly closed: boolean;
}

const lowerSide: Side = { operator: '>', inclusive: '>=', open: 'minvalue', closed: true };
const upperSide: Side = { operator: '<', inclusive: '<=', open: 'maxvalue', closed: false };

/** `a > 1 OR (a = 1 AND b >= 2)`: one arm a column, until one is unbounded. */
function side(columns: readonly { readonly operand: Operand; readonly datum: Datum }[], how: Side): readonly Clause[] {
  const arms: Clause[] = [];
  for (const [at, { operand, datum }] of columns.entries()) {
    if (typeof datum === 'string') break;
    const next = columns[at + 1]?.datum;
    const included = (next === undefined && how.closed) || next === how.open;
    const equal = columns.slice(0, at).flatMap((column) => compare(column.operand, '=', column.datum));
    arms.push(and([...equal, ...compare(operand, included ? how.inclusive : how.operator, datum)]));
    if (typeof next === 'string') break;
  }
  return arms.length === 0 ? [] : [or(arms)];
}

function compare(operand: Operand, operator: Comparator, datum: Datum): readonly Clause[] {
  return typeof datum === 'string' ? [] : [comparison(operand, operator, datum)];
}
