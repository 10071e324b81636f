import { publishedSchemas } from '../catalog/apply-other.js';
import type { Catalog, Oid, OtherObject, Table } from '../catalog/catalog.js';
import { placeIn } from '../catalog/expression-type.js';
import { ancestors, columnOf, descendants, findRelation, findRoutines, isTable } from '../catalog/lookup.js';
import type { AlterPublicationStmt, Node, PublicationTable } from '../sql/tree.js';
import { columnRefs, functionCalls } from '../sql/walk.js';
import type { Predict, PredictTable } from './context.js';
import { all, type Draft, fail, nothing } from './draft.js';
import { expressionKinds } from './expression-refusal.js';
import { mutability } from './mutable.js';
import { isOn, optionsOf, textOf } from './options.js';
import { unknownSchema } from './outside.js';
import { lockEach, lockUnknown, written } from './relations.js';
import { storedRefusal } from './stored-expression.js';
import type { TypeContext } from './types.js';

const published = 'it joins or leaves a publication: other changes of the table wait, reads and writes go on';

/** Rows are chosen by what is the same for every row that is the same. */
function rowFilterRefusal(where: Node | undefined, table: Table, context: TypeContext): Draft | undefined {
  const place = placeIn(table, context.catalog);
  const refusal = storedRefusal(where, expressionKinds.publication, place, context);
  if (refusal?.failure?.sure) return refusal;
  return mutability(where, context, table) === 'mutable' || namesUsers(where, table, context)
    ? fail('invalid publication WHERE expression', '0A000')
    : refusal;
}

/** Subscribers need not have the types and functions of the history (check_simple_rowfilter_expr). */
function namesUsers(where: Node | undefined, table: Table, { catalog }: TypeContext): boolean {
  const columns = columnRefs({ where }).flatMap(({ parts }) => columnOf(table, parts.at(-1)) ?? []);
  const calls = functionCalls({ where });
  return (
    columns.some(({ type }) => type?.oid !== undefined && type.schema !== 'pg_catalog') ||
    calls.some(({ name }) => findRoutines(catalog, name).length > 0)
  );
}

function publish(
  { relation: range = {}, whereClause, columns }: PublicationTable,
  viaRoot: boolean,
  context: TypeContext,
): Draft {
  const { catalog } = context;
  const relation = findRelation(catalog, range);
  if (relation === undefined) return lockUnknown(catalog, range, 'ShareUpdateExclusiveLock', published);
  if (!isTable(relation) || relation.kind === 'foreign' || relation.persistence !== 'permanent')
    return fail(`cannot add relation "${written(range)}" to publication`, '22023');
  if (relation.kind === 'partitioned' && !viaRoot && (whereClause !== undefined || columns !== undefined)) {
    const what = columns === undefined ? 'WHERE clause' : 'column list';
    return fail(`cannot use publication ${what} for relation "${relation.name}"`, '22023');
  }
  const wrong = rowFilterRefusal(whereClause, relation, context);
  if (wrong?.failure?.sure) return wrong;
  // the children of an inheritance parent are published with it; partitions are by way of their parent
  const below = range.inh && relation.kind === 'table' ? descendants(catalog, relation) : [];
  return all(lockEach([relation, ...below], 'ShareUpdateExclusiveLock', published), wrong);
}

function tablesOf(nodes: readonly Node[] | undefined): readonly PublicationTable[] {
  return (nodes ?? []).flatMap((node) =>
    'PublicationObjSpec' in node ? (node.PublicationObjSpec.pubtable ?? []) : [],
  );
}

function isViaRoot(options: readonly Node[] | undefined): boolean {
  return isOn(options, 'publish_via_partition_root');
}

/** A table of which rows are changed that subscribers could not tell from others (CheckCmdReplicaIdentity). */
export function unidentifiedRefusal(
  catalog: Catalog,
  table: Table,
  event: 'update' | 'delete',
  sure = true,
): Draft | undefined {
  if (table.kind !== 'table' || table.persistence !== 'permanent' || !table.complete) return undefined;
  const identity = identityOf(table);
  const known = new Set([table.oid, ...ancestors(catalog, table).map(({ oid }) => oid)]);
  for (const other of catalog.others.values()) {
    const { kind, relations, schemas, everything, publishes } = other;
    if (kind !== 'publication' || publishes?.includes(event) === false) continue;
    if (!everything && !schemas?.includes(table.schema) && !relations.some((oid) => known.has(oid))) continue;
    const what = `cannot ${event === 'update' ? 'update' : 'delete from'} table "${table.name}"`;
    if (identity !== undefined) {
      if (isCutOff(other, known, identity)) return fail(what, '42P10', sure);
      continue;
    }
    return fail(`${what} because it does not have a replica identity and publishes ${event}s`, '55000', sure);
  }
  return undefined;
}

/** The columns by which subscribers tell the rows of a table from others: 'all' or not known which; undefined when there are none. */
function identityOf({ constraints, replicaIdentity }: Table): readonly string[] | 'all' | 'not known' | undefined {
  if (replicaIdentity === 'full') return 'all';
  if (replicaIdentity === 'index') return 'not known';
  const key = constraints.find(({ kind, deferrable }) => kind === 'primary key' && !deferrable);
  return replicaIdentity === 'default' ? key?.columns : undefined;
}

/** Whether a publication asks other columns for its rows than the identity has, or leaves some of those out. */
function isCutOff(
  { published }: OtherObject,
  relations: ReadonlySet<Oid>,
  identity: readonly string[] | 'all' | 'not known',
): boolean {
  return [...(published ?? [])].some(([oid, { list, where }]) => {
    if (!relations.has(oid) || identity === 'not known') return false;
    if (identity === 'all') return list !== undefined;
    return where.some((name) => !identity.includes(name)) || identity.some((name) => list?.includes(name) === false);
  });
}

const createPublication: Predict<'CreatePublicationStmt'> = ({ pubname, pubobjects, options }, { catalog, pg }) => {
  if (catalog.others.has(`publication ${pubname}`)) return fail(`publication "${pubname}" already exists`, '42710');
  return all(
    optionRefusal(options),
    ...tablesOf(pubobjects).map((table) => publish(table, isViaRoot(options), { catalog, pg })),
    ...publishedSchemas(catalog, pubobjects).map((schema) => unknownSchema(catalog, schema)),
  );
};

const operations: ReadonlySet<string> = new Set(['insert', 'update', 'delete', 'truncate']);

function optionRefusal(options: readonly Node[] | undefined): Draft {
  const listed = textOf(optionsOf(options).get('publish'))?.split(',') ?? [];
  const unknown = listed.map((one) => one.trim().toLowerCase()).find((one) => one !== '' && !operations.has(one));
  return unknown === undefined
    ? nothing
    : fail(`unrecognized value for publication option "publish": "${unknown}"`, '42601');
}

const alterPublication: Predict<'AlterPublicationStmt'> = (
  { pubname, pubobjects, action, options },
  { catalog, pg },
) => {
  const named = tablesOf(pubobjects);
  const known = catalog.others.get(`publication ${pubname}`);
  const before = action === 'AP_SetObjects' && pubobjects !== undefined ? known : undefined;
  if (known?.everything && named.length > 0)
    return fail(`publication "${pubname}" is defined as FOR ALL TABLES`, '55000');
  const schemas = publishedSchemas(catalog, pubobjects);
  const refused = known && (memberRefusal(catalog, known, named, action) ?? schemaRefusal(known, schemas, action));
  if (refused !== undefined) return refused;
  const old = (before?.relations ?? []).flatMap((oid) => catalog.relations.get(oid) ?? []);
  return all(
    known === undefined ? fail(`publication "${pubname}" does not exist`, '42704', false) : nothing,
    optionRefusal(options),
    ...schemas.map((schema) => unknownSchema(catalog, schema)),
    ...named.map((table) => publish(table, known?.viaRoot ?? known === undefined, { catalog, pg })),
    lockEach(old, 'ShareUpdateExclusiveLock', published),
  );
};

/** A table can be added once, and dropped if it is a member. */
function memberRefusal(
  catalog: Catalog,
  { name, relations }: OtherObject,
  named: readonly PublicationTable[],
  action: AlterPublicationStmt['action'],
): Draft | undefined {
  for (const { relation: range } of named) {
    const relation = findRelation(catalog, range);
    const member = relation !== undefined && relations.includes(relation.oid);
    if (action === 'AP_AddObjects' && member)
      return fail(`relation "${relation.name}" is already member of publication "${name}"`, '42710');
    if (action === 'AP_DropObjects' && relation !== undefined && !member)
      return fail(`relation "${relation.name}" is not part of the publication`, '42704');
  }
  return undefined;
}

/** The same of schemas. */
function schemaRefusal(
  { name, schemas = [] }: OtherObject,
  named: readonly string[],
  action: AlterPublicationStmt['action'],
): Draft | undefined {
  for (const schema of named) {
    const member = schemas.includes(schema);
    if (action === 'AP_AddObjects' && member)
      return fail(`schema "${schema}" is already member of publication "${name}"`, '42710');
    if (action === 'AP_DropObjects' && !member)
      return fail(`tables from schema "${schema}" are not part of the publication`, '42704');
  }
  return undefined;
}

/** What is published. */
export const publications: PredictTable = {
  CreatePublicationStmt: createPublication,
  AlterPublicationStmt: alterPublication,
};
