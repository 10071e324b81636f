import {
  type ColumnDef,
  type Constraint as ConstraintNode,
  type CreateStmt,
  type Node,
  type RangeVar,
  strings,
} from '../sql/tree.js';
import type { Applies, ApplyOptions } from './applies.js';
import { bared } from './bared.js';
import type { Catalog, Column, Constraint, Persistence, Table } from './catalog.js';
import { changeTable, putRelation } from './change.js';
import {
  applyColumnConstraints,
  defineColumn,
  foldAttributes,
  type Owner,
  tableConstraints,
} from './column-definition.js';
import { addConstraint, bornWith, withOwnConstraint } from './constraint-definition.js';
import { freeConstraintName } from './generated-name.js';
import { equipPartition, inheritedConstraints, mergeColumns } from './inheritance.js';
import { columnsLike, constraintsLike, indexesLike, type Like, likeOf } from './like.js';
import { columnOf, findRelation, isTable, schemaFor, typeByOid } from './lookup.js';
import { findOther, putOther } from './others.js';
import { partitionBound, partitionKey } from './partition-key.js';
import { dropObject } from './removal.js';
import { storageOptions, tablespaceOf } from './storage-options.js';
import { newTable, tableOrStub } from './stub.js';
import { typeRef } from './type-ref.js';

const persistences: Readonly<Record<string, Persistence>> = { t: 'temporary', u: 'unlogged' };

/** The word for RangeVar.relpersistence. */
export function persistenceOf(range: RangeVar): Persistence {
  return persistences[range.relpersistence ?? 'p'] ?? 'permanent';
}

/**
 * Makes room for a relation of this name and gives the oid it takes: that of a table of which only the name was known, so
 * that foreign keys to it stay. Another one of the name was dropped in a way the history does not show.
 */
export function makeRoom(catalog: Catalog, range: RangeVar): readonly [Catalog, number] {
  const schema = schemaFor(catalog, range);
  const old = findRelation(catalog, { ...range, schemaname: schema });
  if (old === undefined) return [{ ...catalog, nextOid: catalog.nextOid + 1 }, catalog.nextOid];
  if (isTable(old) && old.born < 0) return [bared(catalog, old), old.oid];
  const room = dropObject(catalog, old.oid);
  return [{ ...room, nextOid: room.nextOid + 1 }, room.nextOid];
}

/** A table in the making. */
interface Draft {
  readonly catalog: Catalog;
  readonly columns: readonly Column[];
  readonly constraints: readonly ConstraintNode[];
  readonly likes: readonly Like[];
  readonly complete: boolean;
}

function createTable(start: Catalog, node: CreateStmt, options: ApplyOptions, kind?: 'foreign'): Catalog {
  const { relation } = node;
  if (relation?.relname === undefined) return start;
  const schema = schemaFor(start, relation);
  if (node.if_not_exists && findRelation(start, { ...relation, schemaname: schema }) !== undefined) return start;
  const [room, oid] = makeRoom(start, relation);
  const persistence = schema === 'pg_temp' ? 'temporary' : persistenceOf(relation);
  const owner: Owner = { oid, schema, name: relation.relname, persistence };
  const [withParents, parents] = parentsOf(room, node.inhRelations, node.partbound !== undefined);
  const typed = typedColumns(withParents, node, options);
  const begun: Draft = {
    catalog: withParents,
    columns: typed?.columns ?? [],
    constraints: [],
    likes: [],
    complete: typed !== undefined && parents.every(({ complete }) => complete),
  };
  const bound = node.partbound && partitionBound(node.partbound);
  const bond = { partition: bound !== undefined, pg: options.pg };
  const base = mergeColumns(parents, [], bond);
  const draft = (node.tableElts ?? []).reduce((now, element) => define(now, owner, element, base, options), begun);
  const table: Table = {
    ...newTable(start, schema, relation.relname, options.born),
    oid,
    kind: kind ?? (node.partspec === undefined ? 'table' : 'partitioned'),
    complete: draft.complete,
    persistence,
    columns: mergeColumns(parents, draft.columns, bond),
    constraints: distinctNotNulls(start, owner, inheritedConstraints(parents)),
    parents: parents.map((parent) => parent.oid),
    options: storageOptions(node.options),
    ...(kind === 'foreign' && { replicaIdentity: 'nothing' }),
    ...(node.partspec && { partitionBy: partitionKey(node.partspec) }),
    ...(bound && { bound }),
    ...(typed?.oid !== undefined && { ofType: typed.oid }),
    ...(node.accessMethod !== undefined && { accessMethod: node.accessMethod }),
    // a partition is where its table is, if nothing else is said
    ...tablespaceOf(node.tablespacename ?? (bound && parents[0]?.tablespace)),
  };
  return finish(putRelation(draft.catalog, table), table, parents, { ...draft, catalog: start }, node, options);
}

/** What is made when the table is there: in the order in which PostgreSQL does it, for the names it chooses depend on it. */
function finish(
  catalog: Catalog,
  table: Table,
  parents: readonly Table[],
  draft: Draft,
  node: CreateStmt,
  options: ApplyOptions,
): Catalog {
  const { oid } = table;
  const listed = parents.reduce(
    (now, parent) => changeTable(now, parent.oid, (one) => ({ ...one, children: [...one.children, oid] })),
    catalog,
  );
  const how = { ...options, newTable: true };
  const add = (now: Catalog, constraint: ConstraintNode) => addConstraint(now, oid, constraint, how);
  const of = (...kinds: readonly string[]) =>
    draft.constraints.filter(({ contype }) => contype !== undefined && kinds.includes(contype));
  const copied = draft.likes.flatMap((like) => constraintsLike(like, options.born));
  const born = [...of('CONSTR_CHECK'), ...notNulls(draft.constraints)];
  const checked = changeTable(listed, oid, (now) => bornWith(listed, copied.reduce(withOwnConstraint, now), born, how));
  const equipped =
    table.bound === undefined
      ? checked
      : parents.reduce((now, parent) => equipPartition(now, parent, oid, options), checked);
  const keys = distinctKeys([...of('CONSTR_PRIMARY'), ...of('CONSTR_UNIQUE', 'CONSTR_EXCLUSION')]);
  const indexed = keys.reduce(add, equipped);
  const likened = draft.likes.reduce((now, like) => indexesLike(now, table, like, options), indexed);
  const keyed = of('CONSTR_FOREIGN').reduce(add, likened);
  if (node.oncommit !== 'ONCOMMIT_DROP') return keyed;
  const { transient } = keyed;
  return { ...keyed, transient: { ...transient, onCommitDrop: [...transient.onCommitDrop, oid] } };
}

/** NOT NULL constraints of several parents may have the same name; in the child the later one is named anew. */
function distinctNotNulls(catalog: Catalog, owner: Owner, constraints: readonly Constraint[]): readonly Constraint[] {
  return constraints.map((constraint, at) => {
    if (!constraints.slice(0, at).some(({ name }) => name === constraint.name)) return constraint;
    const name = freeConstraintName(catalog, owner.schema, owner.name, constraint.columns[0], 'not_null');
    return { ...constraint, name };
  });
}

/** NOT NULL, written out, implied by serial or by a primary key: a name that one of them has is the name of all. */
function notNulls(constraints: readonly ConstraintNode[]): readonly ConstraintNode[] {
  const written = constraints.filter(({ contype }) => contype === 'CONSTR_NOTNULL');
  const implied = constraints.flatMap(({ contype, keys }): ConstraintNode[] =>
    contype === 'CONSTR_PRIMARY'
      ? (keys ?? []).map((key) => ({ contype: 'CONSTR_NOTNULL', initially_valid: true, keys: [key] }))
      : [],
  );
  const named = written.filter(({ conname }) => conname !== undefined);
  return [...named, ...written.filter(({ conname }) => conname === undefined), ...implied];
}

/** UNIQUE beside PRIMARY KEY of the same columns makes no second index: transformIndexConstraints of parse_utilcmd.c. */
function distinctKeys(constraints: readonly ConstraintNode[]): readonly ConstraintNode[] {
  const distinct = new Map<string, ConstraintNode>();
  for (const constraint of constraints) {
    const { contype, keys, including, deferrable, initdeferred, nulls_not_distinct, where_clause, exclusions } =
      constraint;
    const same = JSON.stringify([
      contype === 'CONSTR_EXCLUSION' ? constraint : [strings(keys), strings(including)],
      [deferrable, initdeferred, nulls_not_distinct, where_clause, exclusions],
    ]);
    const prior = distinct.get(same);
    const name = prior?.conname ?? constraint.conname;
    distinct.set(same, prior === undefined ? constraint : { ...prior, ...(name !== undefined && { conname: name }) });
  }
  return [...distinct.values()];
}

function parentsOf(
  catalog: Catalog,
  nodes: readonly Node[] | undefined,
  partition: boolean,
): readonly [Catalog, readonly Table[]] {
  let now = catalog;
  const parents: Table[] = [];
  for (const node of nodes ?? []) {
    if (!('RangeVar' in node)) continue;
    const [known, parent] = tableOrStub(now, node.RangeVar);
    now = known;
    if (parent === undefined) continue;
    // a stub that has partitions is partitioned; by what is not known
    const proven: Table = partition && !parent.complete ? { ...parent, kind: 'partitioned' } : parent;
    if (proven !== parent) now = putRelation(now, proven);
    parents.push(proven);
  }
  return [now, parents];
}

/** The columns of CREATE TABLE … OF; undefined when the history does not show the type. */
function typedColumns(catalog: Catalog, { ofTypename }: CreateStmt, { born }: ApplyOptions) {
  if (ofTypename === undefined) return { columns: [], oid: undefined };
  const oid = typeRef(catalog, ofTypename)?.oid;
  const type = oid === undefined ? undefined : typeByOid(catalog, oid);
  const relation = type?.kind === 'composite' ? catalog.relations.get(type.relation) : undefined;
  if (relation === undefined || !('columns' in relation)) return undefined;
  return { columns: relation.columns.map((column) => ({ ...column, born, inherited: false })), oid };
}

function define(draft: Draft, owner: Owner, element: Node, base: readonly Column[], options: ApplyOptions): Draft {
  if ('Constraint' in element) return { ...draft, constraints: [...draft.constraints, element.Constraint] };
  if ('TableLikeClause' in element) {
    const like = likeOf(draft.catalog, element.TableLikeClause);
    const likes = [...draft.likes, like];
    const copied = columnsLike(draft.catalog, owner, like, options);
    if (copied === undefined) return { ...draft, likes, complete: false };
    return { ...draft, likes, catalog: copied.catalog, columns: [...draft.columns, ...copied.columns] };
  }
  if (!('ColumnDef' in element)) return draft;
  return element.ColumnDef.typeName === undefined
    ? defineOptions(draft, owner, element.ColumnDef, base, options)
    : defineOwn(draft, owner, element.ColumnDef, options);
}

function defineOwn(draft: Draft, owner: Owner, definition: ColumnDef, options: ApplyOptions): Draft {
  const { catalog, column, constraints } = defineColumn(draft.catalog, owner, definition, options);
  return {
    ...draft,
    catalog,
    columns: [...draft.columns, column],
    constraints: [...draft.constraints, ...constraints],
  };
}

/** `a WITH OPTIONS …` of a typed table or a partition: constraints for a column that comes from elsewhere. */
function defineOptions(
  draft: Draft,
  owner: Owner,
  definition: ColumnDef,
  base: readonly Column[],
  options: ApplyOptions,
): Draft {
  const { born } = options;
  const name = definition.colname ?? '';
  const typed = columnOf({ ...newTable(draft.catalog, '', '', born), columns: draft.columns }, name);
  const from: Column = typed ??
    base.find((column) => column.name === name) ?? { name, type: undefined, notNull: false, inherited: false, born };
  const folded = foldAttributes(definition.constraints ?? []);
  const { catalog, column } = applyColumnConstraints(draft.catalog, owner, from, folded, options);
  const rest = draft.columns.filter((other) => other !== typed);
  return {
    ...draft,
    catalog,
    columns: typed === undefined ? [...rest, column] : draft.columns.map((other) => (other === typed ? column : other)),
    constraints: [...draft.constraints, ...tableConstraints(name, folded)],
  };
}

export const createTables: Applies = {
  CreateStmt: (node, _statement, catalog, options) => createTable(catalog, node, options),
  CreateForeignTableStmt: (node, _statement, catalog, options) => {
    const made = createTable(catalog, node.base ?? {}, options, 'foreign');
    const table = findRelation(made, node.base?.relation);
    const server = findOther(made, 'server', node.servername);
    if (made === catalog || table === undefined || server === undefined) return made;
    return putOther(made, { ...server, relations: [...server.relations, table.oid] });
  },
};
