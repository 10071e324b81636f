import { apply } from '../catalog/apply.js';
import type { Catalog, PartitionBound, Table } from '../catalog/catalog.js';
import { primaryKeyOf } from '../catalog/foreign-key.js';
import { provesNotInPartition } from '../catalog/implication.js';
import {
  findRelation,
  findTable,
  indexesOf,
  isTable,
  referencingTables,
  relationByName,
  schemaFor,
  settings,
  tables,
  temporarySchema,
} from '../catalog/lookup.js';
import { overlappedBy } from '../catalog/pruning.js';
import { describeQuery } from '../catalog/query.js';
import { serialType, typeRef } from '../catalog/type-ref.js';
import { qualifiedName } from '../sql/names.js';
import type { Statement } from '../sql/statement.js';
import type { Constraint as ConstraintNode, CreateStmt, IntoClause, Node, RangeVar } from '../sql/tree.js';
import { strings } from '../sql/tree.js';
import { rangeVars, visit } from '../sql/walk.js';
import type { Predict, PredictContext, PredictTable } from './context.js';
import { refusedInto } from './data-statements.js';
import { all, build, type Draft, fail, lock, nothing, scan } from './draft.js';
import { statementOf } from './inner-statement.js';
import { lookUp } from './lookups.js';
import { predictQuery, refusedQuery } from './queries.js';
import { lockEach, lockNamed, lockUnknown, newIndexes, withPartitions, written } from './relations.js';
import { isKnownType } from './types.js';

/** CREATE TABLE: free by itself, but for the tables that it refers to, inherits from, copies or becomes a partition of. */
const createTable: Predict<'CreateStmt'> = (node, context) => create(node, context);

function create(node: CreateStmt, context: PredictContext): Draft {
  const { catalog, statement, pg } = context;
  const range = node.relation ?? {};
  const schema = schemaFor(catalog, range);
  const name = qualifiedName(schema, range.relname ?? '');
  if (relationByName(catalog, name) !== undefined)
    return node.if_not_exists ? nothing : fail(`relation "${range.relname}" already exists`, '42P07');
  const refused = refusedTable(node, context);
  if (refused.failure?.sure) return refused;
  const made = newIndexes(catalog, apply(statement, catalog, { born: 0, pg }));
  return all(
    refused,
    ...made.map((index) => build(index, 'its table is new, and empty')),
    ...foreignKeys(node).map((constraint) => reference(constraint, name, context)),
    ...likeRanges(node).map((like) => lockNamed(catalog, like, 'AccessShareLock', 'its columns are copied')),
    node.partbound === undefined ? inherit(node, catalog) : becomePartition(node, context),
  );
}

/** Foreign keys of the table and of its columns. */
function foreignKeys(node: CreateStmt): readonly ConstraintNode[] {
  const found: ConstraintNode[] = [];
  visit({ List: { items: [...(node.tableElts ?? []), ...(node.constraints ?? [])] } }, (kind, inner) => {
    if (kind === 'Constraint' && inner.contype === 'CONSTR_FOREIGN') found.push(inner);
    return kind !== 'SubLink';
  });
  return found;
}

function reference({ pktable, fk_attrs, pk_attrs }: ConstraintNode, own: string, context: PredictContext): Draft {
  const { catalog } = context;
  if (pktable === undefined) return nothing;
  const why = 'a foreign key refers to it: triggers are made on it, and writes wait';
  const relation = findRelation(catalog, pktable);
  if (relation === undefined) {
    const named = qualifiedName(schemaFor(catalog, pktable), pktable.relname ?? '');
    return named === own ? nothing : lockUnknown(catalog, pktable, 'ShareRowExclusiveLock', why);
  }
  if (!isTable(relation) || relation.kind === 'foreign')
    return fail(`referenced relation "${written(pktable)}" is not a table`, '42809');
  const columns = pk_attrs === undefined ? primaryKeyOf(relation) : strings(pk_attrs);
  const refused = refusedReference(catalog, relation, columns, pk_attrs !== undefined, fk_attrs);
  return refused.failure === undefined
    ? lockEach(withPartitions(catalog, relation), 'ShareRowExclusiveLock', why)
    : refused;
}

/** A foreign key needs a unique key on just the columns that it refers to. */
function refusedReference(
  catalog: Catalog,
  table: Table,
  columns: readonly string[],
  named: boolean,
  own: readonly Node[] | undefined,
): Draft {
  if (!table.complete) return nothing;
  if (!named && columns.length === 0)
    return fail(`there is no primary key for referenced table "${table.name}"`, '42704');
  const missing = columns.find((name) => !table.columns.some((column) => column.name === name));
  if (missing !== undefined)
    return fail(`column "${missing}" referenced in foreign key constraint does not exist`, '42703');
  if (own !== undefined && own.length > 0 && own.length !== columns.length)
    return fail('number of referencing and referenced columns for foreign key disagree', '42830');
  const unique = indexesOf(catalog, table).some(
    ({ unique: isUnique, keys, predicate }) =>
      isUnique &&
      predicate === undefined &&
      keys.length === columns.length &&
      keys.every(({ column }) => columns.includes(column ?? '')),
  );
  if (unique) return nothing;
  return fail(`there is no unique constraint matching given keys for referenced table "${table.name}"`, '42830');
}

function likeRanges(node: CreateStmt): readonly RangeVar[] {
  return (node.tableElts ?? []).flatMap((element) =>
    'TableLikeClause' in element ? (element.TableLikeClause.relation ?? []) : [],
  );
}

function parentRanges(node: CreateStmt): readonly RangeVar[] {
  return (node.inhRelations ?? []).flatMap((parent) => ('RangeVar' in parent ? [parent.RangeVar] : []));
}

function inherit(node: CreateStmt, catalog: Catalog): Draft {
  return all(
    ...parentRanges(node).map((parent) =>
      lockNamed(catalog, parent, 'ShareUpdateExclusiveLock', 'the new table inherits from it'),
    ),
  );
}

/** PARTITION OF: unlike ATTACH PARTITION it takes the strongest lock on the parent. */
function becomePartition(node: CreateStmt, context: PredictContext): Draft {
  const { catalog, pg, statement } = context;
  const [range = {}] = parentRanges(node);
  const why = 'a partition is added to it';
  const parent = findTable(catalog, range);
  if (parent === undefined) return lockUnknown(catalog, range, 'AccessExclusiveLock', why);
  if (parent.kind !== 'partitioned') return fail(`"${written(range)}" is not partitioned`, '42P17');
  const after = apply(statement, catalog, { born: 0, pg });
  const made = findTable(after, node.relation);
  const other = made?.bound && overlappedBy(catalog, parent, made.bound);
  if (other !== undefined)
    return fail(`partition "${node.relation?.relname}" would overlap partition "${other.name}"`, '42P17');
  return all(
    lock(parent, 'AccessExclusiveLock', why),
    made?.bound === undefined ? nothing : intoDefault(catalog, parent, made.bound),
    ...parent.constraints.map(({ references }) => cloneReference(catalog, references?.table)),
    ...referencingTables(catalog, parent).map((other) => cloneReferrer(other, pg)),
  );
}

/** Rows of the new partition may be in the default one. */
function intoDefault(catalog: Catalog, parent: Table, bound: PartitionBound): Draft {
  const other = tables(catalog, parent.children).find((child) => child.bound?.kind === 'default');
  if (other === undefined) return nothing;
  if (bound.kind === 'default')
    return fail(`partition conflicts with existing default partition "${other.name}"`, '42P17');
  const why = 'the default partition is read for rows that belong to the new one';
  const proved = provesNotInPartition(catalog, other, parent, bound);
  const refusal = `updated partition constraint for default partition "${other.name}" would be violated by some row`;
  return all(
    proved ? nothing : fail(refusal, '23514', false),
    ...withPartitions(catalog, other).map((table) =>
      proved || table.kind !== 'table'
        ? lock(table, 'AccessExclusiveLock', 'what the default partition may hold changes')
        : scan(table, 'AccessExclusiveLock', why),
    ),
  );
}

/** A foreign key of the partitioned table is one of the new partition too. */
function cloneReference(catalog: Catalog, oid: number | undefined): Draft {
  const [referenced] = oid === undefined ? [] : tables(catalog, [oid]);
  if (referenced === undefined) return nothing;
  const why = 'the foreign key of the partitioned table is made for the new partition too';
  return lockEach(withPartitions(catalog, referenced), 'ShareRowExclusiveLock', why);
}

/** A foreign key to the partitioned table refers to the new partition too: its table is locked for that since 15. */
function cloneReferrer(other: Table, pg: number): Draft {
  const why = 'its foreign key refers to the new partition too';
  return lock(other, pg < 15 ? 'AccessShareLock' : 'ShareRowExclusiveLock', why);
}

/** What the server refuses in the table itself. */
function refusedTable(node: CreateStmt, { catalog, pg }: PredictContext): Draft {
  const { relation: range = {} } = node;
  if (range.schemaname !== undefined && isGone(catalog, range.schemaname))
    return fail(`schema "${range.schemaname}" does not exist`, '3F000', false);
  const elements = node.tableElts ?? [];
  const names = elements.flatMap((element) => ('ColumnDef' in element ? [element.ColumnDef.colname ?? ''] : []));
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) return fail(`column "${twice}" specified more than once`, '42701');
  const unknown = unknownType(elements, catalog, pg);
  if (unknown !== undefined) return fail(`type "${unknown}" does not exist`, '42704', false);
  let keys = 0;
  visit({ List: { items: [...elements, ...(node.constraints ?? [])] } }, (kind, inner) => {
    if (kind === 'Constraint' && inner.contype === 'CONSTR_PRIMARY') keys++;
  });
  if (keys > 1) return fail(`multiple primary keys for table "${range.relname}" are not allowed`, '42P16');
  for (const { pktable } of foreignKeys(node)) {
    const referenced = findTable(catalog, pktable);
    const refusal = referenced && refusedPersistence(range, referenced);
    if (refusal !== undefined) return fail(refusal, '42P16');
  }
  return nothing;
}

/** A type that is neither PostgreSQL's nor one that the history made. */
function unknownType(elements: readonly Node[], catalog: Catalog, pg: number): string | undefined {
  for (const element of elements) {
    const written = 'ColumnDef' in element ? element.ColumnDef.typeName : undefined;
    if (written === undefined || serialType(written) !== undefined) continue;
    const type = typeRef(catalog, written);
    if (type !== undefined && !isKnownType({ catalog, pg }, type)) return strings(written.names).join('.');
  }
  return undefined;
}

function isGone(catalog: Catalog, schema: string): boolean {
  return !catalog.schemas.has(schema) && schema !== 'pg_temp';
}

/** A table refers to tables that live as long as it does. */
function refusedPersistence(range: RangeVar, referenced: Table): string | undefined {
  const own = range.relpersistence === 't' ? 'temporary' : range.relpersistence === 'u' ? 'unlogged' : 'permanent';
  if (own === 'temporary' && referenced.persistence !== 'temporary')
    return 'constraints on temporary tables may reference only temporary tables';
  if (own === 'permanent' && referenced.persistence !== 'permanent')
    return 'constraints on permanent tables may reference only permanent tables';
  return own === 'unlogged' && referenced.persistence === 'temporary'
    ? 'constraints on unlogged tables may reference only permanent or unlogged tables'
    : undefined;
}

/** CREATE TABLE AS and CREATE MATERIALIZED VIEW read their query; WITH NO DATA it is only looked at. */
const createAs: Predict<'CreateTableAsStmt'> = ({ query, into, if_not_exists, objtype }, context) => {
  const refused = into === undefined ? nothing : refusedInto(into, context);
  if (refused.failure !== undefined && !if_not_exists) return refused;
  if (query === undefined) return nothing;
  if (objtype === 'OBJECT_MATVIEW' && readsTemporary(query, context.catalog))
    return fail('materialized views must not use temporary tables or views', '0A000');
  if (into?.skipData || refused.failure !== undefined) return all(refusedQuery(query, context), lookUp(query, context));
  const twice = repeatedColumn(query, into, context.catalog);
  if (twice !== undefined) return fail(`column "${twice}" specified more than once`, '42701');
  const execute = 'ExecuteStmt' in query ? statementOf(context.statement, query) : undefined;
  return execute === undefined ? predictQuery(query, context) : context.inner(execute, context.catalog);
};

/** A name that two columns of the query have. */
function repeatedColumn(query: Node, into: IntoClause | undefined, catalog: Catalog): string | undefined {
  const { outputs, open } = describeQuery(catalog, query);
  const given = strings(into?.colNames);
  const names = outputs.map(({ name }, at) => given[at] ?? name);
  return open ? undefined : names.find((name, at) => names.indexOf(name) !== at);
}

function readsTemporary(query: Node, catalog: Catalog): boolean {
  return rangeVars(query).some((range) => {
    const relation = findRelation(catalog, range);
    return relation !== undefined && relation.schema === temporarySchema;
  });
}

/** CREATE SCHEMA may hold the first things of the schema. */
const createSchema: Predict<'CreateSchemaStmt'> = (node, context) => {
  const { catalog, statement, pg } = context;
  if (node.schemaname !== undefined && catalog.schemas.has(node.schemaname))
    return node.if_not_exists ? nothing : fail(`schema "${node.schemaname}" already exists`, '42P06');
  // what is in it is made in it
  const path = [node.schemaname ?? '', settings(catalog).search_path ?? 'public'].join(', ');
  let now = apply(statementWithout(statement), inPath(catalog, path), { born: 0, pg });
  const drafts: Draft[] = [];
  for (const element of node.schemaElts ?? []) {
    const inner = statementOf(statement, element);
    if (inner === undefined) continue;
    drafts.push(context.inner(inner, now));
    now = apply(inner, now, { born: 0, pg });
  }
  return all(...drafts);
};

function inPath(catalog: Catalog, path: string): Catalog {
  return { ...catalog, settings: { ...catalog.settings, local: { ...catalog.settings.local, search_path: path } } };
}

/** CREATE SCHEMA without what is made in it. */
function statementWithout(statement: Statement<'CreateSchemaStmt'>): Statement {
  const { schemaElts: _, ...node } = statement.node;
  return { ...statement, node };
}

export const tableCreation: PredictTable = {
  CreateStmt: createTable,
  CreateForeignTableStmt: (node, context) => (node.base === undefined ? nothing : create(node.base, context)),
  CreateTableAsStmt: createAs,
  CreateSchemaStmt: createSchema,
};
