import type { Catalog, Column, Index, MaterializedView, Oid, Relation, Sequence, Table } from '../catalog/catalog.js';
import {
  columnOf,
  descendants,
  findRelation,
  indexesOf,
  isGone,
  isIndex,
  isTable,
  relationByName,
  resolveRelationName,
  searchPath,
} from '../catalog/lookup.js';
import { qualifiedName } from '../sql/names.js';
import type { RangeVar } from '../sql/tree.js';
import { all, type Draft, fail, lock, nothing } from './draft.js';
import type { LockMode } from './effect.js';
import { unknownSchema } from './outside.js';

/** A relation with rows of its own or of its partitions. */
export type Stored = Table | MaterializedView;

export function isStored(relation: Relation | undefined): relation is Stored {
  return relation !== undefined && (isTable(relation) || relation.kind === 'materialized view');
}

/** A sequence that belongs to an identity column, and goes with it only. */
export function isOfIdentity(catalog: Catalog, { ownedBy }: Sequence): boolean {
  const table = ownedBy && catalog.relations.get(ownedBy.table);
  return columnOf(table, ownedBy?.column)?.identity !== undefined;
}

/** The reason of an effect that rests on a guess, because the history does not show the relation. */
export function notShown(name: string): string {
  return `the history does not show ${name}`;
}

/** The server's words for a name that means nothing; sure where it meant something once: what the history does not show may exist. */
export function unknownRelation(catalog: Catalog, range: RangeVar): Draft {
  const parts = [...(range.schemaname === undefined ? [] : [range.schemaname]), range.relname ?? ''];
  const unknown = fail(`relation "${written(range)}" does not exist`, '42P01', isGone(catalog, parts));
  if (unknown.failure?.sure) return unknown;
  const catalogOne = (range.schemaname ?? 'pg_catalog') === 'pg_catalog' && range.relname?.startsWith('pg_');
  return all(
    unknown,
    catalogOne ? fail(`permission denied: "${range.relname}" is a system catalog`, '42501', false) : nothing,
    unknownSchema(catalog, range.schemaname),
  );
}

/** The refusal of a new relation where the catalogs are, or the tables of long values (heap_create). */
export function creationRefusal({ schemaname, relname }: RangeVar): Draft | undefined {
  return schemaname === 'pg_catalog' || schemaname === 'pg_toast'
    ? fail(`permission denied to create "${schemaname}.${relname}"`, '42501')
    : undefined;
}

/** A name as its author wrote it. */
export function written({ schemaname, relname = '' }: RangeVar): string {
  return schemaname === undefined ? relname : qualifiedName(schemaname, relname);
}

/** The lock on a relation that a statement names; on one that the history does not show it is not sure. */
export function lockNamed(catalog: Catalog, range: RangeVar | undefined, mode: LockMode, why: string): Draft {
  if (range === undefined) return nothing;
  const relation = findRelation(catalog, range);
  if (relation !== undefined) return lock(relation, mode, why);
  return lockUnknown(catalog, range, mode, why);
}

/** The lock on a relation that the history does not show. */
export function lockUnknown(catalog: Catalog, range: RangeVar, mode: LockMode, why: string): Draft {
  const name = resolveRelationName(catalog, range);
  return all(lock(name, mode, `${why} (${notShown(name)})`, false), unknownRelation(catalog, range));
}

/** A table and, of a partitioned one or with `inherit`, everything below it. */
export function withDescendants(catalog: Catalog, table: Table): readonly Table[] {
  return [table, ...descendants(catalog, table)];
}

/** A partitioned table with its partitions at every depth; any other table alone. */
export function withPartitions(catalog: Catalog, table: Table): readonly Table[] {
  return table.kind === 'partitioned' ? withDescendants(catalog, table) : [table];
}

/** The same lock on each of the relations. */
export function lockEach(relations: readonly Relation[], mode: LockMode, why: string): Draft {
  return all(...relations.map((relation) => lock(relation, mode, why)));
}

/** The indexes of a relation that have a file; a partitioned index has none. */
export function builtIndexes(catalog: Catalog, relation: Stored): readonly Index[] {
  return indexesOf(catalog, relation).filter(({ kind }) => kind === 'index');
}

/** The indexes with a file that a statement made. */
export function newIndexes(before: Catalog, after: Catalog): readonly Index[] {
  const made: Index[] = [];
  for (let oid: Oid = before.nextOid; oid < after.nextOid; oid++) {
    const relation = after.relations.get(oid);
    if (relation !== undefined && isIndex(relation) && relation.kind === 'index') made.push(relation);
  }
  return made;
}

/** Whether all columns of the relation are known, so that one that is not listed does not exist. */
export function isComplete(relation: Relation): boolean {
  return 'complete' in relation ? relation.complete : true;
}

/** The refusal of a column that a fully known relation does not have; nothing where it exists or may exist. */
export function missingColumn(relation: Relation, name: string): Draft {
  if (!isComplete(relation) || columnOf(relation, name) !== undefined || systemColumns.has(name)) return nothing;
  return fail(`column "${name}" of relation "${relation.name}" does not exist`, '42703');
}

/** Whether a type has this "schema.name", be it the row type of a table or view. */
export function isTypeName(catalog: Catalog, name: string): boolean {
  const relation = relationByName(catalog, name);
  return catalog.typeNames.has(name) || (relation !== undefined && !isIndex(relation) && relation.kind !== 'sequence');
}

export const systemColumns: ReadonlySet<string> = new Set(['ctid', 'xmin', 'xmax', 'cmin', 'cmax', 'tableoid']);

/** A name as PostgreSQL shows it in messages: with its schema only where the search path does not find it. */
export function shownName(
  catalog: Catalog,
  { schema, name }: { readonly schema: string; readonly name: string },
): string {
  return searchPath(catalog).includes(schema) || schema === 'pg_temp' ? name : qualifiedName(schema, name);
}

/** The columns of a list of names that the relation has. */
export function columnsNamed(relation: Relation, names: readonly string[]): readonly Column[] {
  return names.flatMap((name) => columnOf(relation, name) ?? []);
}
