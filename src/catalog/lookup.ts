import { qualifiedName } from '../sql/names.js';
import type { RangeVar } from '../sql/tree.js';
import type {
  Catalog,
  Column,
  CompositeRelation,
  Index,
  Oid,
  Relation,
  Routine,
  Schema,
  Table,
  Type,
} from './catalog.js';
import { PersistentMap } from './persistent-map.js';

/** The schema of temporary relations; PostgreSQL searches it before all others. */
export const temporarySchema = 'pg_temp';

const defaultPath: readonly string[] = ['public'];
/** Functions of the temporary schema must be named with it. */
const beforePathOfRoutines: readonly string[] = ['pg_catalog'];
const beforePath: readonly string[] = [temporarySchema, ...beforePathOfRoutines];

/** What PUBLIC may do in it, the major and the administrator decide. */
const publicSchema: Schema = { name: 'public', born: -1, grants: ['=?'] };

/** A database of which nothing is known but that it has the schema public. */
export function emptyCatalog(usualPath?: string): Catalog {
  return {
    ...(usualPath !== undefined && { usualPath }),
    relations: PersistentMap.empty(),
    types: PersistentMap.empty(),
    routines: PersistentMap.empty(),
    schemas: PersistentMap.empty<string, Schema>().set('public', publicSchema),
    extensions: PersistentMap.empty(),
    others: PersistentMap.empty(),
    othersOfRelation: PersistentMap.empty(),
    relationNames: PersistentMap.empty(),
    goneNames: PersistentMap.empty(),
    typeNames: PersistentMap.empty(),
    constraintNames: PersistentMap.empty(),
    routineNames: PersistentMap.empty(),
    dependents: PersistentMap.empty(),
    defaultGrants: PersistentMap.empty(),
    settings: { session: {}, local: {} },
    transient: { enums: [], temporary: [], onCommitDrop: [] },
    followedFrom: 0,
    // as in a real server, where user objects begin at FirstNormalObjectId
    nextOid: 16384,
  };
}

/** The settings in force, by lower-case name: SET LOCAL over SET. */
export function settings(catalog: Catalog): Readonly<Record<string, string>> {
  return { ...catalog.settings.session, ...catalog.settings.local };
}

/**
 * The schemas that an unqualified name is looked for in, after pg_temp and pg_catalog. "$user" is left out: migrations are
 * written for a role without a schema of its own.
 */
export function searchPath(catalog: Catalog): readonly string[] {
  const { session, local } = catalog.settings;
  const path = local.search_path ?? session.search_path ?? catalog.usualPath;
  return path === undefined ? defaultPath : schemasOf(path);
}

function schemasOf(path: string): readonly string[] {
  const schemas: string[] = [];
  for (const [, quoted, plain] of path.matchAll(/"((?:[^"]|"")*)"|([^\s,"]+)/g)) {
    const name = quoted?.replaceAll('""', '"') ?? plain?.toLowerCase() ?? '';
    if (name !== '$user' && name !== '') schemas.push(name);
  }
  return schemas;
}

/** The schema that CREATE puts an unqualified name in. */
export function creationSchema(catalog: Catalog): string {
  return searchPath(catalog).find((schema) => schema !== 'pg_catalog') ?? 'public';
}

/** The relation (table, view, index, sequence …) that a name means here and now; undefined when the history does not show it. */
export function findRelation(catalog: Catalog, range: RangeVar | undefined): Relation | undefined {
  if (range?.relname === undefined) return undefined;
  return findRelationNamed(
    catalog,
    range.schemaname === undefined ? [range.relname] : [range.schemaname, range.relname],
  );
}

/** The same by the parts of a name: name; schema, name; or database, schema, name. */
export function findRelationNamed(catalog: Catalog, parts: readonly string[]): Relation | undefined {
  const first = catalog.transient.temporary.length === 0 ? beforePathOfRoutines : beforePath;
  const oid = lookUp(catalog, catalog.relationNames, parts, first);
  return oid === undefined ? undefined : catalog.relations.get(oid);
}

/** The table that a name means; undefined when it is unknown or no table. */
export function findTable(catalog: Catalog, range: RangeVar | undefined): Table | undefined {
  const relation = findRelation(catalog, range);
  return relation !== undefined && isTable(relation) ? relation : undefined;
}

/** The relation "schema.name" of the JSON contract. */
export function relationByName(catalog: Catalog, name: string): Relation | undefined {
  const oid = catalog.relationNames.get(name);
  return oid === undefined ? undefined : catalog.relations.get(oid);
}

/** "schema.name" of what a RangeVar means; of a relation that is not known, where CREATE would put it. */
export function resolveRelationName(catalog: Catalog, range: RangeVar): string {
  const found = findRelation(catalog, range);
  if (found !== undefined) return qualifiedName(found.schema, found.name);
  return qualifiedName(schemaFor(catalog, range), range.relname ?? '');
}

/** Whether a relation of this name was there and is no more. */
export function isGone(catalog: Catalog, parts: readonly string[]): boolean {
  const [name = '', schema] = parts.toReversed();
  const places = schema === undefined ? searchPath(catalog) : [schema];
  const names = places.map((place) => qualifiedName(place, name));
  return names.some((full) => catalog.goneNames.has(full)) && !names.some((full) => catalog.relationNames.has(full));
}

/** The schema that CREATE puts a relation of this name in. */
export function schemaFor(catalog: Catalog, range: RangeVar): string {
  if (range.relpersistence === 't') return temporarySchema;
  return range.schemaname ?? creationSchema(catalog);
}

/** "schema.name" of an object; undefined when there is none with this oid (any more). */
export function nameOf(catalog: Catalog, oid: Oid): string | undefined {
  const object = catalog.relations.get(oid) ?? catalog.types.get(oid) ?? catalog.routines.get(oid);
  return object && qualifiedName(object.schema, object.name);
}

/**
 * The type that the parts of a name mean, if the history created it. The row type of a table or view is a composite type with the
 * oid of its relation.
 */
export function findType(catalog: Catalog, parts: readonly string[]): Type | undefined {
  const oid = lookUp(catalog, catalog.typeNames, parts, beforePath);
  if (oid !== undefined) return catalog.types.get(oid);
  const relation = findRelationNamed(catalog, parts);
  return relation && rowType(relation);
}

/** The type with this oid; of a table or view its row type. */
export function typeByOid(catalog: Catalog, oid: Oid): Type | undefined {
  const relation = catalog.relations.get(oid);
  return catalog.types.get(oid) ?? (relation && rowType(relation));
}

const withRowType: ReadonlySet<Relation['kind']> = new Set([
  'table',
  'partitioned',
  'foreign',
  'view',
  'materialized view',
]);

function rowType({ kind, oid, schema, name, born }: Relation): Type | undefined {
  return withRowType.has(kind) ? { kind: 'composite', oid, schema, name, born, relation: oid } : undefined;
}

/** Every overload of the functions and procedures that the parts of a name mean, those of the first schema that has any. */
export function findRoutines(catalog: Catalog, parts: readonly string[]): readonly Routine[] {
  const oids = lookUp(catalog, catalog.routineNames, parts, beforePathOfRoutines) ?? [];
  return oids.flatMap((oid) => catalog.routines.get(oid) ?? []);
}

function lookUp<V>(
  catalog: Catalog,
  names: PersistentMap<string, V>,
  parts: readonly string[],
  first: readonly string[],
): V | undefined {
  const name = parts.at(-1);
  const schema = parts.at(-2);
  if (name === undefined) return undefined;
  if (schema !== undefined) return names.get(qualifiedName(schema, name));
  return lookIn(names, first, name) ?? lookIn(names, searchPath(catalog), name);
}

function lookIn<V>(names: PersistentMap<string, V>, schemas: readonly string[], name: string): V | undefined {
  for (const schema of schemas) {
    const found = names.get(qualifiedName(schema, name));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The oids of all that depend on an object: see {@link Catalog.dependents}. */
export function dependentsOf(catalog: Catalog, oid: Oid): readonly Oid[] {
  return catalog.dependents.get(oid) ?? [];
}

/** The tables with a foreign key to this one, itself among them if it refers to itself. */
export function referencingTables(catalog: Catalog, table: Table): readonly Table[] {
  const refers = (other: Table) => other.constraints.some(({ references }) => references?.table === table.oid);
  return [table, ...tables(catalog, dependentsOf(catalog, table.oid))].filter(refers);
}

/**
 * The tables with a foreign key of their own to this one, or to a table that it is a partition of; those that only have one from their
 * parents are left out.
 */
export function referrers(catalog: Catalog, table: Table): readonly Table[] {
  const referred = [table, ...(table.bound === undefined ? [] : ancestors(catalog, table))];
  return referred.flatMap((one) =>
    referencingTables(catalog, one).filter(({ constraints }) =>
      constraints.some(({ references, inherited }) => references?.table === one.oid && !inherited),
    ),
  );
}

/** Children or partitions at every depth, each once, parents before children; not those below one that `isLast` holds for. */
export function descendants(
  catalog: Catalog,
  table: Table,
  isLast: (one: Table) => boolean = () => false,
): readonly Table[] {
  return reach(catalog, table, (one) => (one !== table && isLast(one) ? [] : one.children));
}

/** Parents at every distance, each once, the near ones first. */
export function ancestors(catalog: Catalog, table: Table): readonly Table[] {
  return reach(catalog, table, (one) => one.parents);
}

function reach(catalog: Catalog, start: Table, next: (table: Table) => readonly Oid[]): readonly Table[] {
  const found = new Map<Oid, Table>();
  let front: readonly Table[] = [start];
  while (front.length > 0) {
    front = tables(catalog, front.flatMap(next)).filter((table) => table.oid !== start.oid && !found.has(table.oid));
    for (const table of front) found.set(table.oid, table);
  }
  return [...found.values()];
}

/** Those of the oids that are tables. */
export function tables(catalog: Catalog, oids: readonly Oid[]): readonly Table[] {
  return relations(catalog, oids, isTable);
}

/** The indexes of a table or materialized view. */
export function indexesOf(catalog: Catalog, relation: { readonly indexes: readonly Oid[] }): readonly Index[] {
  return relations(catalog, relation.indexes, isIndex);
}

function relations<R extends Relation>(
  catalog: Catalog,
  oids: readonly Oid[],
  are: (relation: Relation) => relation is R,
): readonly R[] {
  const found: R[] = [];
  for (const oid of oids) {
    const relation = catalog.relations.get(oid);
    if (relation !== undefined && are(relation)) found.push(relation);
  }
  return found;
}

export function isTable(relation: Relation): relation is Table {
  return relation.kind === 'table' || relation.kind === 'partitioned' || relation.kind === 'foreign';
}

export function isIndex(relation: Relation): relation is Index {
  return relation.kind === 'index' || relation.kind === 'partitioned index';
}

export function isCompositeRelation(relation: Relation): relation is CompositeRelation {
  return relation.kind === 'composite type';
}

/** Whether an object is as the catalog lists it: nothing that cannot be followed ran since it came into being. */
export function isFollowed(catalog: Catalog, { oid }: { readonly oid: Oid }): boolean {
  return oid >= catalog.followedFrom;
}

/** The column of a relation; undefined when it has none of this name, or none at all. */
export function columnOf(relation: Relation | undefined, name: string | undefined): Column | undefined {
  return relation !== undefined && 'columns' in relation
    ? relation.columns.find((column) => column.name === name)
    : undefined;
}
