import type { Catalog, Index, Table } from '../catalog/catalog.js';
import { sameExpression } from '../catalog/expression.js';
import { literalOf } from '../catalog/literal.js';
import { columnOf, indexesOf, isTable, tables } from '../catalog/lookup.js';
import { excludedByChecks, mayHold, provesCondition } from '../catalog/pruning.js';
import type { Node } from '../sql/tree.js';
import { keptColumn } from './kept-column.js';
import { isInOrderOfBytes, prefixOf } from './pattern.js';
import { type Condition, type Qual, type Source, type StoredSource, sourcesOf, type Term } from './query-terms.js';
import type { Stored } from './relations.js';
import { declaredType } from './types.js';

// A small model of the planner: a relation is read by index when that finds few of its rows, and in full otherwise. An equality on the leading
// column of an index finds few rows; so does a join on such a column with something of which few rows are taken.

/** Whether an index serves; `perhaps` where it depends on how many rows a condition leaves. */
export type Served = 'yes' | 'perhaps' | 'no';

/** A relation with a file of its own, and how a query reads it. */
export interface Leaf {
  readonly relation: Stored;
  readonly served: Served;
  /** False: whether the statement comes here at all shows only when it runs. */
  readonly sure: boolean;
  /** It is locked, but whether it is read shows only when the query runs: the key is compared with a value not known before. */
  readonly passed: boolean;
}

export interface Access {
  /** The relations that are locked and read; partitions that the conditions rule out are not among them. */
  readonly leaves: ReadonlyMap<StoredSource, readonly Leaf[]>;
  readonly few: ReadonlySet<Source>;
  /** A condition is always false: nothing is read. */
  readonly empty: boolean;
}

interface Place {
  readonly catalog: Catalog;
  readonly conditions: readonly Condition[];
  readonly few: ReadonlySet<Source>;
  /** Whether a source of the queries around counts as few. */
  readonly outside: (source: Source) => boolean;
}

/** What access depends on besides the sources and the conditions on them. */
export interface Around {
  /** Sources that are known to give few rows. */
  readonly few: readonly Source[];
  /** The query around takes few rows, so what it refers to there is as good as constant. */
  readonly outerFew: boolean;
}

/** Decides for all sources of one query how they are read. */
export function accessOf(
  catalog: Catalog,
  sources: readonly Source[],
  conditions: readonly Condition[],
  around: Around,
): Access {
  const own = new Set(sources);
  const outside = (source: Source) => around.outerFew && !own.has(source);
  const few = new Set<Source>([...around.few, ...sources.filter((source) => source.kind === 'made' && source.few)]);
  const empty = conditions.some(({ qual, restricts }) => qual.kind === 'never' && restricts === undefined);
  const stored = sources.filter((source) => source.kind === 'stored');
  const place: Place = { catalog, conditions, few, outside };
  const leaves = new Map<StoredSource, readonly Leaf[]>();
  const take = (source: StoredSource, how: readonly Leaf[]) => {
    leaves.set(source, how);
    few.add(source);
  };
  // how a source is read hangs on those that were read before it; one that an index finds comes before one that is searched
  for (let left = stored; left.length > 0; left = stored.filter((source) => !leaves.has(source))) {
    const each = left.map((source) => ({ source, how: leavesOf(source, place) }));
    const next =
      each.find(({ how }) => how.some(isFoundByIndex)) ?? each.find(({ source }) => isSelective(source, place));
    if (next === undefined) {
      for (const { source, how } of each) leaves.set(source, how);
    } else take(next.source, next.how);
  }
  return { leaves, few, empty };
}

function isFoundByIndex({ relation, served }: Leaf): boolean {
  return served === 'yes' && relation.kind !== 'partitioned' && relation.kind !== 'foreign';
}

/** An equality with a constant leaves few rows, as the planner sees it, unless the column has few values. */
function isSelective(source: StoredSource, place: Place): boolean {
  return place.conditions.some(({ qual, restricts }) => {
    if (restricts !== undefined && !restricts.has(source)) return false;
    if (qual.kind === 'equal')
      return [[qual.left, qual.right] as const, [qual.right, qual.left] as const].some(
        ([term, other]) => hasManyValues(term, source) && sourcesOf(other).length === 0 && isFixed(other, place),
      );
    return false;
  });
}

const fewValues: ReadonlySet<string> = new Set(['bool']);

function hasManyValues(term: Term, source: StoredSource): boolean {
  if (term.kind !== 'column' || term.source !== source) return false;
  const { relation } = source;
  // one partition may hold all rows of a value
  const { strategy, keys = [] } = (isTable(relation) && relation.partitionBy) || {};
  if (strategy === 'list' && keys.some(({ column }) => column === term.name)) return false;
  const type = columnOf(relation, term.name)?.type;
  // a type of the user's own is an enum more often than not
  return type !== undefined && type.oid === undefined && !fewValues.has(type.name);
}

function leavesOf(source: StoredSource, place: Place): readonly Leaf[] {
  const { relation } = source;
  const all =
    source.only || !isTable(relation)
      ? [{ relation, sure: true, passed: false }]
      : below(relation, source, place, true);
  const known = all.length > 1 ? constantsFor(source, place.conditions) : [];
  const isEmpty = (one: Stored) => isTable(one) && excludedByChecks(place.catalog, one, known);
  return all.map((one) => ({ ...one, served: isEmpty(one.relation) ? 'yes' : servedBy(one.relation, source, place) }));
}

/** The table with what is below it and not ruled out. A partition that may be meant, or another, is not sure. */
function below(
  table: Table,
  source: StoredSource,
  place: Place,
  sure: boolean,
  passed = false,
): readonly (Omit<Leaf, 'served'> & { readonly relation: Table })[] {
  const known = constantsFor(source, place.conditions);
  const candidates = tables(place.catalog, table.children).flatMap((child) => {
    const held = table.kind === 'partitioned' ? mayHold(place.catalog, table, child, known) : 'yes';
    return held === 'no' ? [] : [{ child, held }];
  });
  const later = passed || (candidates.length > 1 && isFoundLater(table, source, place));
  const children = candidates.flatMap(({ child, held }) => below(child, source, place, sure && held === 'yes', later));
  return [{ relation: table, sure, passed }, ...children];
}

/** The partition is found while the query runs: every column of the key equals a parameter or what another relation gives. */
function isFoundLater(table: Table, source: StoredSource, place: Place): boolean {
  const compared = place.conditions.flatMap(({ qual }) => {
    if (qual.kind !== 'equal') return [];
    const sides: readonly (readonly [Term, Term])[] = [
      [qual.left, qual.right],
      [qual.right, qual.left],
    ];
    return sides.flatMap(([term, other]) =>
      term.kind === 'column' && term.source === source && isFixed(other, place) && !isKnown(other) ? [term.name] : [],
    );
  });
  const keys = table.partitionBy?.keys ?? [];
  return keys.length > 0 && keys.every(({ column }) => column !== undefined && compared.includes(column));
}

function isKnown(term: Term): boolean {
  return term.kind === 'constant' && term.node !== undefined;
}

/** The conditions on a source that hold constants only, those among them that follow from `a = b AND b = 1`. */
function constantsFor(source: StoredSource, conditions: readonly Condition[]): readonly Node[] {
  const own = conditions
    .filter(({ about, restricts }) => about === source && (restricts === undefined || restricts.has(source)))
    .map(({ node }) => node);
  const values = new Map<string, Node>();
  const equalities = conditions.flatMap(({ qual, restricts }) =>
    qual.kind === 'equal' && restricts === undefined ? [qual] : [],
  );
  const keys = new Map<Source, number>();
  const keyOf = (term: Term): string | undefined => {
    if (term.kind !== 'column') return undefined;
    const key = keys.get(term.source) ?? keys.size;
    keys.set(term.source, key);
    return `${key}.${term.name}`;
  };
  const learn = (term: Term, other: Term): boolean => {
    const key = keyOf(term);
    const otherKey = keyOf(other);
    const value = other.kind === 'constant' ? other.node : otherKey === undefined ? undefined : values.get(otherKey);
    if (key === undefined || value === undefined || values.has(key)) return false;
    values.set(key, value);
    return true;
  };
  // each round learns of a column or is the last
  while (equalities.filter(({ left, right }) => learn(left, right) || learn(right, left)).length > 0);
  const prefix = `${keys.get(source)}.`;
  const implied = [...values].flatMap(([key, value]) =>
    key.startsWith(prefix) ? [equality(key.slice(prefix.length), value)] : [],
  );
  return [...own, ...implied];
}

function equality(column: string, value: Node): Node {
  const lexpr: Node = { ColumnRef: { fields: [{ String: { sval: column } }] } };
  return { A_Expr: { kind: 'AEXPR_OP', name: [{ String: { sval: '=' } }], lexpr, rexpr: value } };
}

function servedBy(relation: Stored, source: StoredSource, place: Place): Served {
  // a parent has no rows of its own, and a foreign table's are elsewhere
  if (relation.kind === 'partitioned' || relation.kind === 'foreign') return 'yes';
  const quals = place.conditions
    .filter(({ restricts }) => restricts === undefined || restricts.has(source))
    .map(({ qual }) => qual);
  return best([
    ...quals.filter(isTupleIdentifier).map((): Served => 'yes'),
    ...indexesOf(place.catalog, relation).map((index) => byIndex(index, quals, source, place)),
    ...quals.flatMap((qual) => (qual.kind === 'or' ? [byArms(qual.arms, relation, source, place)] : [])),
    // an index that the history does not show may serve
    ...(relation.complete || quals.length === 0 ? [] : (['perhaps'] as const)),
  ]);
}

function isTupleIdentifier(qual: Qual): boolean {
  const isCtid = (term: Term) => term.kind === 'column' && term.name === 'ctid';
  if (qual.kind === 'equal') return isCtid(qual.left) || isCtid(qual.right);
  return qual.kind === 'member' && isCtid(qual.term);
}

function best(all: readonly Served[]): Served {
  return all.includes('yes') ? 'yes' : all.includes('perhaps') ? 'perhaps' : 'no';
}

/** Every arm of an OR needs an index of its own. */
function byArms(arms: readonly (readonly Qual[])[], relation: Stored, source: StoredSource, place: Place): Served {
  const each = arms.map((quals) =>
    best(indexesOf(place.catalog, relation).map((index) => byIndex(index, quals, source, place))),
  );
  return each.includes('no') ? 'no' : each.includes('perhaps') ? 'perhaps' : 'yes';
}

function byIndex(index: Index, quals: readonly Qual[], source: StoredSource, place: Place): Served {
  const [key] = index.keys;
  if (key === undefined || !index.valid || !coversQuery(index, source, place)) return 'no';
  const column = key.column ?? keptColumn(place.catalog, source.relation, key.expression);
  const isKey = (term: Term): boolean =>
    column === undefined
      ? term.kind === 'expression' &&
        term.sources.length === 1 &&
        term.sources[0] === source &&
        sameExpression(term.node, key.expression)
      : term.kind === 'column' && term.source === source && term.name === column;
  const matches = quals.map((qual) => byQual(qual, index, isKey, source, place));
  const range = matches.includes('low') && matches.includes('high');
  return best(matches.map((match) => (match === 'low' || match === 'high' ? (range ? 'yes' : 'perhaps') : match)));
}

/** The predicate of a partial index must be among the conditions. */
function coversQuery(index: Index, source: StoredSource, place: Place): boolean {
  const { predicate } = index;
  if (predicate === undefined) return true;
  const own = place.conditions.flatMap(({ about, node }) => (about === source ? [node] : []));
  if (own.some((node) => sameExpression(node, predicate))) return true;
  return isTable(source.relation) && provesCondition(place.catalog, source.relation, own, predicate);
}

/** As a rule many rows meet what is open at one end, and what asks for one of few values. */
export function leavesMany(qual: Qual, catalog: Catalog): boolean {
  if (qual.kind === 'compare' || (qual.kind === 'null' && qual.not)) return true;
  return qual.kind === 'equal' && [qual.left, qual.right].some((term) => isOfFewValues(term, catalog));
}

function isOfFewValues(term: Term, catalog: Catalog): boolean {
  if (term.kind !== 'column' || term.source.kind !== 'stored') return false;
  const type = columnOf(term.source.relation, term.name)?.type;
  return type !== undefined && (fewValues.has(type.name) || declaredType(catalog, type)?.kind === 'enum');
}

/** Of the labels of an enum each is likely to stand in many rows; a unique index says otherwise, and a column behind it in the key may. */
function hasFewValues({ unique, keys }: Index, { relation }: StoredSource, { catalog }: Place): boolean {
  const [key, ...more] = keys;
  const type = columnOf(relation, key?.column)?.type;
  if (type === undefined || unique || more.length > 0) return false;
  return fewValues.has(type.name) || declaredType(catalog, type)?.kind === 'enum';
}

type Match = Served | 'low' | 'high';

function byQual(qual: Qual, index: Index, isKey: (term: Term) => boolean, source: StoredSource, place: Place): Match {
  const ordered = index.method === 'btree';
  switch (qual.kind) {
    case 'equal': {
      const other = isKey(qual.left) ? qual.right : isKey(qual.right) ? qual.left : undefined;
      if (other === undefined || !(ordered || index.method === 'hash')) return 'no';
      if (!isFixed(other, place) || !fits(other, index, source)) return 'no';
      return hasFewValues(index, source, place) ? 'perhaps' : 'yes';
    }
    case 'member':
      return isKey(qual.term) && (ordered || index.method === 'hash') ? 'yes' : 'no';
    case 'null':
      // how many rows have no NULL there is not known
      return isKey(qual.term) && ordered ? (qual.not ? 'perhaps' : 'yes') : 'no';
    case 'compare':
      return isKey(qual.term) && isFixed(qual.bound, place) && index.method !== 'hash' ? qual.end : 'no';
    case 'operator':
      if (!isKey(qual.term) || !isFixed(qual.operand, place)) return 'no';
      return ordered ? byPattern(qual, index, place) : index.method === 'hash' ? 'no' : 'yes';
    default:
      return 'no';
  }
}

/** A btree index finds what begins with the start of a pattern, if it is in the order of bytes. */
function byPattern({ name, operand }: Extract<Qual, { kind: 'operator' }>, index: Index, { catalog }: Place): Served {
  const text = operand.kind === 'constant' ? literalOf(operand.node)?.text : undefined;
  if (text === undefined) return name === '~~' ? 'perhaps' : 'no';
  const prefix = prefixOf(name, text);
  if (prefix === undefined || prefix.text === '') return 'no';
  if (prefix.exact) return 'yes';
  const inOrder = isInOrderOfBytes(catalog, index);
  // of one character alone the matches may be many
  return inOrder === true && prefix.text.length > 1 ? 'yes' : inOrder === false ? 'no' : 'perhaps';
}

/** Few values at most: a constant, or columns of what few rows are taken from. */
function isFixed(term: Term, { few, outside }: Place): boolean {
  if (term.kind === 'expression' && term.volatile) return false;
  return sourcesOf(term).every((source) => few.has(source) || outside(source));
}

const fractions: ReadonlySet<string> = new Set(['numeric', 'float4', 'float8']);

/** Types that turn a comparison with a column into one of their own, which an index on the column does not serve. */
const wider: Readonly<Record<string, ReadonlySet<string>>> = {
  int2: fractions,
  int4: fractions,
  int8: fractions,
  bpchar: new Set(['text', 'varchar']),
};

function fits(term: Term, index: Index, source: StoredSource): boolean {
  const type = columnOf(source.relation, index.keys[0]?.column)?.type?.name ?? '';
  return wider[type]?.has(typeOf(term) ?? '') !== true;
}

function typeOf(term: Term): string | undefined {
  if (term.kind === 'constant') return literalOf(term.node)?.type;
  if (term.kind !== 'column' || term.source.kind !== 'stored') return undefined;
  return columnOf(term.source.relation, term.name)?.type?.name;
}
