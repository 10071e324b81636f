import { qualifiedName } from '../sql/names.js';
import { type IndexElem, type IndexStmt, type Node, strings } from '../sql/tree.js';
import { sameTree } from '../sql/walk.js';
import type { ApplyOptions } from './applies.js';
import type { Catalog, Constraint, ConstraintKind, Index, IndexKey, Oid, Table } from './catalog.js';
import { changeTable, putRelation } from './change.js';
import { nameOfExpression } from './expression-name.js';
import { columnsAddition, distinctNames, freeRelationName } from './generated-name.js';
import { indexesOf, isIndex, isTable, tables } from './lookup.js';
import { setNotNull } from './not-null.js';
import { dropObject } from './removal.js';
import { storageOptions, tablespaceOf } from './storage-options.js';

/** An index as a statement or a constraint asks for it. */
export interface IndexDefinition {
  /** Undefined when PostgreSQL chooses. */
  readonly name?: string | undefined;
  readonly method: string;
  readonly keys: readonly IndexKey[];
  readonly include: readonly string[];
  readonly predicate?: Node | undefined;
  readonly unique: boolean;
  readonly nullsNotDistinct: boolean;
  readonly tablespace?: string | undefined;
  readonly options: Index['options'];
  readonly constraint?: { readonly kind: IndexConstraintKind; readonly deferrable: boolean };
  /** A copy of one that compares by operators, WITHOUT OVERLAPS too: a name is chosen for it as for EXCLUDE. */
  readonly copiedByOperators?: boolean;
}

export type IndexConstraintKind = Extract<ConstraintKind, 'primary key' | 'unique' | 'exclude'>;

/** How an index comes to be. */
interface How extends ApplyOptions {
  /** CREATE INDEX … ON ONLY: partitions get none. */
  readonly only?: boolean;
  /** The partitioned index that this one is made for. */
  readonly parent?: Oid;
}

/** The definition of a CREATE INDEX. */
export function definitionOf(node: IndexStmt): IndexDefinition {
  return {
    name: node.idxname,
    // the old name of gist for a while: DefineIndex of indexcmds.c
    method: node.accessMethod === 'rtree' ? 'gist' : (node.accessMethod ?? 'btree'),
    keys: indexElems(node.indexParams),
    include: indexElems(node.indexIncludingParams).flatMap(({ column }) => column ?? []),
    predicate: node.whereClause,
    unique: node.unique ?? false,
    nullsNotDistinct: node.nulls_not_distinct ?? false,
    tablespace: node.tableSpace,
    options: storageOptions(node.options),
  };
}

function indexElems(nodes: readonly Node[] | undefined): readonly IndexKey[] {
  return (nodes ?? []).flatMap((node) => ('IndexElem' in node ? [indexKey(node.IndexElem)] : []));
}

/** One key of an index, exclusion constraint or partition key. */
export function indexKey({
  name,
  expr,
  collation,
  opclass,
  ordering,
  nulls_ordering,
}: Pick<IndexElem, 'name' | 'expr' | 'collation' | 'opclass' | 'ordering' | 'nulls_ordering'>): IndexKey {
  const named = strings(collation).at(-1);
  const operatorClass = strings(opclass).at(-1);
  return {
    ...keyOf(name, expr),
    ...(named !== undefined && { collation: named }),
    ...(operatorClass !== undefined && { operatorClass }),
    ...orderOf(ordering === 'SORTBY_DESC', nulls_ordering),
  };
}

function orderOf(isDescending: boolean, nulls: IndexElem['nulls_ordering']): Pick<IndexKey, 'order'> {
  const usual = isDescending ? 'SORTBY_NULLS_FIRST' : 'SORTBY_NULLS_LAST';
  const isUsual = nulls === undefined || nulls === 'SORTBY_NULLS_DEFAULT' || nulls === usual;
  const order = [isDescending ? 'desc' : [], isUsual ? [] : `nulls ${isDescending ? 'last' : 'first'}`]
    .flat()
    .join(' ');
  return order === '' ? {} : { order };
}

/** A column in parentheses is a column: ComputeIndexAttrs. */
function keyOf(name: string | undefined, expression: Node | undefined): IndexKey {
  if (name !== undefined) return { column: name };
  if (expression === undefined) return {};
  if ('CollateClause' in expression) {
    const { arg, collname } = expression.CollateClause;
    const inside = keyOf(undefined, arg);
    const collation = strings(collname).at(-1);
    return { ...inside, ...(collation !== undefined && { collation }) };
  }
  const column = 'ColumnRef' in expression ? strings(expression.ColumnRef.fields) : [];
  return column[0] !== undefined && column.length === 1 ? { column: column[0] } : { expression };
}

/** The definition by which a partition gets its part of an index, or LIKE a copy. */
export function definitionFrom(catalog: Catalog, index: Index): IndexDefinition {
  const table = catalog.relations.get(index.table);
  const constraint = table !== undefined && isTable(table) ? constraintOf(table, index.oid) : undefined;
  const kind = constraint?.kind;
  return {
    method: index.method,
    keys: index.keys,
    include: index.include,
    predicate: index.predicate,
    unique: index.unique,
    nullsNotDistinct: index.nullsNotDistinct,
    options: index.options,
    copiedByOperators: index.method === 'gist',
    ...((kind === 'primary key' || kind === 'unique' || kind === 'exclude') && {
      constraint: { kind, deferrable: constraint?.deferrable ?? false },
    }),
  };
}

/** The constraint behind which an index stands. */
export function constraintOf(table: Table, index: Oid): Constraint | undefined {
  return table.constraints.find((constraint) => constraint.index === index);
}

const labels: Readonly<Record<IndexConstraintKind, string>> = { 'primary key': 'pkey', unique: 'key', exclude: 'excl' };

/** The name PostgreSQL chooses: t_pkey, t_a_key, t_a_b_idx. ChooseIndexName of indexcmds.c. */
function chosenName(
  catalog: Catalog,
  schema: string,
  table: string,
  definition: IndexDefinition,
  { pg }: ApplyOptions,
): string {
  const { constraint, keys, include, copiedByOperators } = definition;
  if (constraint?.kind === 'primary key') return freeRelationName(catalog, schema, table, undefined, 'pkey', true);
  const names = keys.map(({ column, expression }) => column ?? nameOfKey(expression, pg));
  const addition = columnsAddition(distinctNames([...names, ...include]));
  const label = constraint === undefined ? 'idx' : labels[copiedByOperators ? 'exclude' : constraint.kind];
  return freeRelationName(catalog, schema, table, addition, label, constraint !== undefined);
}

function nameOfKey(expression: Node | undefined, pg: number): string {
  const name = nameOfExpression(expression) ?? 'expr';
  // before 14 EXTRACT was another spelling of date_part
  return pg < 14 && name === 'extract' ? 'date_part' : name;
}

/**
 * Makes an index on a table or materialized view, with the constraint it stands behind, and its parts on partitions: an index that
 * is there already is taken if it is the same.
 */
export function createIndex(catalog: Catalog, on: Oid, definition: IndexDefinition, how: How): Catalog {
  const owner = catalog.relations.get(on);
  // foreign tables have no indexes
  if (owner === undefined || !('indexes' in owner) || owner.kind === 'foreign') return catalog;
  const name = definition.name ?? chosenName(catalog, owner.schema, owner.name, definition, how);
  const taken = catalog.relationNames.get(qualifiedName(owner.schema, name));
  // it was dropped in a way the history does not show, or the statement would fail
  const room = taken === undefined || taken === on ? catalog : dropObject(catalog, taken);
  const partitioned = owner.kind === 'partitioned';
  const oid = room.nextOid;
  const { predicate, tablespace, constraint } = definition;
  const parts = partitioned && !how.only ? tables(room, owner.children) : [];
  const index: Index = {
    kind: partitioned ? 'partitioned index' : 'index',
    oid,
    schema: owner.schema,
    name,
    born: how.born,
    table: on,
    method: definition.method,
    keys: definition.keys,
    include: definition.include,
    unique: definition.unique,
    nullsNotDistinct: definition.nullsNotDistinct,
    options: definition.options,
    // of a partitioned table with partitions it is invalid until each has its part
    valid: !(how.only && partitioned && owner.children.length > 0),
    children: [],
    ...(predicate && { predicate }),
    ...tablespaceOf(tablespace),
    ...(constraint && { constraint: name }),
  };
  const listed = listIndex(putRelation(room, index), on, oid);
  const constrained = constraint === undefined ? listed : addIndexConstraint(listed, index, constraint, how);
  const whole = parts.reduce((now, part) => attachOrCreate(now, oid, part.oid, how), constrained);
  const settled = parts.length === 0 ? whole : withValidityOfParts(whole, oid);
  return how.parent === undefined ? settled : attachIndex(settled, how.parent, oid);
}

function listIndex(catalog: Catalog, on: Oid, index: Oid): Catalog {
  const owner = catalog.relations.get(on);
  if (owner === undefined || !('indexes' in owner)) return catalog;
  return putRelation(catalog, { ...owner, indexes: [...owner.indexes, index] });
}

/** Puts the constraint of an index into its table; the columns of a primary key become NOT NULL. */
export function addIndexConstraint(
  catalog: Catalog,
  index: Index,
  { kind, deferrable }: NonNullable<IndexDefinition['constraint']>,
  how: How,
): Catalog {
  const columns = index.keys.flatMap(({ column }) => column ?? []);
  const added: Constraint = {
    name: index.name,
    kind,
    validated: true,
    enforced: true,
    columns,
    index: index.oid,
    deferrable,
    noInherit: index.kind !== 'partitioned index',
    inherited: how.parent !== undefined,
    born: how.born,
  };
  const after = changeTable(catalog, index.table, (table) => ({
    ...table,
    constraints: [...table.constraints.filter(({ name }) => name !== index.name), added],
  }));
  if (kind !== 'primary key') return after;
  return columns.reduce((now, column) => setNotNull(now, index.table, column, how), after);
}

/** Gives a partition its part of a partitioned index: one that it has already (ATTACH PARTITION takes valid ones only) or a new one. */
export function attachOrCreate(
  catalog: Catalog,
  parent: Oid,
  partition: Oid,
  how: ApplyOptions,
  attaching = false,
): Catalog {
  const index = catalog.relations.get(parent);
  const table = catalog.relations.get(partition);
  if (index === undefined || !isIndex(index) || table === undefined || !isTable(table)) return catalog;
  const definition = definitionFrom(catalog, index);
  const same = indexesOf(catalog, table).find(
    (one) =>
      one.parent === undefined &&
      (one.valid || !attaching) &&
      fits(catalog, one, definition, attaching && how.pg >= 17),
  );
  if (same !== undefined) return attachIndex(catalog, parent, same.oid);
  return createIndex(catalog, partition, definition, { born: how.born, pg: how.pg, parent });
}

/** Whether an index of a partition can be the part of one of its parent. */
export function canBePart(catalog: Catalog, index: Index, parent: Index): boolean {
  return fits(catalog, index, definitionFrom(catalog, parent), false);
}

/** Whether an index can be the part of one that is defined so: CompareIndexInfo of index.c. */
function fits(catalog: Catalog, index: Index, wanted: IndexDefinition, sameConstraint: boolean): boolean {
  const has = definitionFrom(catalog, index);
  return (
    has.unique === wanted.unique &&
    has.nullsNotDistinct === wanted.nullsNotDistinct &&
    has.method === wanted.method &&
    has.include.length === wanted.include.length &&
    has.include.every((column, at) => column === wanted.include[at]) &&
    has.keys.length === wanted.keys.length &&
    // the order of a key makes no difference: CompareIndexInfo of index.c
    has.keys.every((key, at) => sameTree({ ...key, order: '' }, { ...wanted.keys[at], order: '' })) &&
    sameTree(has.predicate, wanted.predicate) &&
    wanted.constraint?.kind !== 'exclude' &&
    fitsConstraint(has.constraint?.kind, wanted.constraint?.kind, sameConstraint)
  );
}

/** A unique constraint can be the part of a primary key (DefineIndex); since 17 not when a partition is attached (AttachPartitionEnsureIndexes). */
function fitsConstraint(
  has: IndexConstraintKind | undefined,
  wanted: IndexConstraintKind | undefined,
  same: boolean,
): boolean {
  if (wanted === undefined) return true;
  return same ? has === wanted : has !== undefined;
}

/** ALTER INDEX … ATTACH PARTITION. The partitioned index becomes valid when every partition has its part. */
export function attachIndex(catalog: Catalog, parent: Oid, child: Oid): Catalog {
  const above = catalog.relations.get(parent);
  const below = catalog.relations.get(child);
  if (above === undefined || below === undefined || !isIndex(above) || !isIndex(below)) return catalog;
  const attachedBelow = putRelation(catalog, { ...below, parent });
  const inherited =
    above.constraint === undefined
      ? attachedBelow
      : changeTable(attachedBelow, below.table, (table) => ({
          ...table,
          constraints: table.constraints.map((constraint) =>
            constraint.index === child ? { ...constraint, inherited: true } : constraint,
          ),
        }));
  const children = above.children.includes(child) ? above.children : [...above.children, child];
  const attached = putRelation(inherited, { ...above, children });
  return above.valid ? attached : settleValidity(attached, parent);
}

/** An index of a partition that was there already, and was not valid, makes the whole invalid. */
function withValidityOfParts(catalog: Catalog, oid: Oid): Catalog {
  const index = catalog.relations.get(oid);
  if (index === undefined || !isIndex(index)) return catalog;
  const valid = index.children.every((child) => isValid(catalog, child));
  return valid === index.valid ? catalog : putRelation(catalog, { ...index, valid });
}

function isValid(catalog: Catalog, oid: Oid): boolean {
  const index = catalog.relations.get(oid);
  return index !== undefined && isIndex(index) && index.valid;
}

function settleValidity(catalog: Catalog, oid: Oid): Catalog {
  const index = catalog.relations.get(oid);
  if (index === undefined || !isIndex(index)) return catalog;
  const table = catalog.relations.get(index.table);
  if (table === undefined || !isTable(table) || index.children.length < table.children.length) return catalog;
  if (!index.children.every((child) => isValid(catalog, child))) return catalog;
  const settled = putRelation(catalog, { ...index, valid: true });
  return index.parent === undefined ? settled : settleValidity(settled, index.parent);
}
