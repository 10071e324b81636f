import { apply } from '../catalog/apply.js';
import type { Catalog, PartitionBound, Table } from '../catalog/catalog.js';
import { provesNotInPartition } from '../catalog/implication.js';
import {
  columnOf,
  findRelation,
  findTable,
  isTable,
  referrers,
  relationByName,
  schemaFor,
  settings,
  tables,
  temporarySchema,
} from '../catalog/lookup.js';
import { serialType, typeRef } from '../catalog/type-ref.js';
import { qualifiedName } from '../sql/names.js';
import type { Statement } from '../sql/statement.js';
import type { Constraint as ConstraintNode, CreateStmt, Node, RangeVar } from '../sql/tree.js';
import { strings } from '../sql/tree.js';
import { rangeVars, visit } from '../sql/walk.js';
import { mixedPersistence } from './attach-refusal.js';
import { unlikeForeign } from './constraints.js';
import { applied, type Predict, type PredictContext, type PredictTable } from './context.js';
import { refusedInto } from './data-statements.js';
import { all, build, type Draft, fail, lock, nothing, scan } from './draft.js';
import { refusedForeignKey } from './foreign-key.js';
import { statementOf } from './inner-statement.js';
import { lookUp } from './lookups.js';
import { unknownRole, unknownTablespace } from './outside.js';
import { boundRefusal } from './partition-bound.js';
import { overlapRefusal } from './partition-overlap.js';
import { predictQuery, refusedQuery, repeatedColumn, tooManyNames } from './queries.js';
import { creationRefusal, lockEach, lockNamed, lockUnknown, newIndexes, withPartitions, written } from './relations.js';
import { tableRefusal } from './table-refusal.js';
import { isKnownType } from './types.js';

/** CREATE TABLE: free by itself, but for the tables that it refers to, inherits from, copies or becomes a partition of. */
const createTable: Predict<'CreateStmt'> = (node, context) => create(node, context);

function create(node: CreateStmt, context: PredictContext): Draft {
  const { catalog } = context;
  const range = node.relation ?? {};
  const schema = schemaFor(catalog, range);
  const name = qualifiedName(schema, range.relname ?? '');
  if (relationByName(catalog, name) !== undefined)
    return node.if_not_exists ? nothing : fail(`relation "${range.relname}" already exists`, '42P07');
  const refused = creationRefusal(range) ?? refusedTable(node, context);
  if (refused.failure?.sure) return refused;
  const after = applied(context);
  const made = findTable(after, range);
  const wrong = tableRefusal(node, made, context);
  if (wrong?.failure?.sure) return wrong;
  return all(
    refused,
    wrong,
    unknownTablespace(node.tablespacename),
    ...newIndexes(catalog, after).map((index) => build(index, 'its table is new, and empty')),
    ...foreignKeys(node).map((constraint) => reference(constraint, name, made, after, context)),
    ...likeRanges(node).map((like) => lockNamed(catalog, like, 'AccessShareLock', 'its columns are copied')),
    node.partbound === undefined ? inherit(node, catalog) : becomePartition(node, made, context),
  );
}

/** Foreign keys of the table and of its columns, each with the columns that it is on. */
function foreignKeys(node: CreateStmt): readonly ConstraintNode[] {
  return constraintNodes(node).filter(({ contype }) => contype === 'CONSTR_FOREIGN');
}

/** Constraints of the table and of its columns. */
function constraintNodes(node: CreateStmt): readonly ConstraintNode[] {
  const elements = [...(node.tableElts ?? []), ...(node.constraints ?? [])];
  return elements.flatMap((element): readonly ConstraintNode[] => {
    if ('Constraint' in element) return [element.Constraint];
    if (!('ColumnDef' in element)) return [];
    const { colname = '', constraints = [] } = element.ColumnDef;
    const own = constraints.flatMap((one) => ('Constraint' in one ? [one.Constraint] : []));
    return own.map((one) => ({ ...one, fk_attrs: [{ String: { sval: colname } }] }));
  });
}

function reference(
  node: ConstraintNode,
  own: string,
  made: Table | undefined,
  after: Catalog,
  { catalog, pg }: PredictContext,
): Draft {
  const { pktable } = node;
  if (pktable === undefined) return nothing;
  const why = 'a foreign key refers to it: triggers are made on it, and writes wait';
  const relation = findRelation(catalog, pktable);
  if (relation === undefined) {
    const named = qualifiedName(schemaFor(catalog, pktable), pktable.relname ?? '');
    return named === own ? nothing : lockUnknown(catalog, pktable, 'ShareRowExclusiveLock', why);
  }
  if (!isTable(relation) || relation.kind === 'foreign')
    return fail(`referenced relation "${written(pktable)}" is not a table`, '42809');
  const table = made && { ...made, constraints: [] };
  const refused = table && refusedForeignKey(node, relation, { catalog, pg, after, table });
  return refused ?? lockEach(withPartitions(catalog, relation), 'ShareRowExclusiveLock', why);
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
function becomePartition(node: CreateStmt, made: Table | undefined, { catalog, pg }: PredictContext): Draft {
  const [range = {}] = parentRanges(node);
  const why = 'a partition is added to it';
  const parent = findTable(catalog, range);
  if (parent === undefined) return lockUnknown(catalog, range, 'AccessExclusiveLock', why);
  if (parent.kind !== 'partitioned') return fail(`"${written(range)}" is not partitioned`, '42P17');
  const { relpersistence } = node.relation ?? {};
  const persistence = relpersistence === 't' ? 'temporary' : 'permanent';
  const odd = mixedPersistence({ persistence }, parent, 'create') ?? strangeColumn(node, parent);
  if (odd !== undefined) return odd;
  const refusal =
    made?.bound &&
    (boundRefusal(made.bound, parent, { catalog, pg }) ??
      overlapRefusal(catalog, parent, node.relation?.relname ?? '', made.bound));
  if (refusal !== undefined) return refusal;
  return all(
    lock(parent, 'AccessExclusiveLock', why),
    made?.bound === undefined ? nothing : intoDefault(catalog, parent, made.bound),
    ...parent.constraints.map(({ references }) => cloneReference(catalog, references?.table)),
    ...referrers(catalog, parent).map((other) => cloneReferrer(other, pg)),
  );
}

/** What a partition says of its columns is about those of its parent. */
function strangeColumn({ tableElts = [] }: CreateStmt, parent: Table): Draft | undefined {
  const names = tableElts.flatMap((one) => ('ColumnDef' in one ? (one.ColumnDef.colname ?? []) : []));
  const strange = parent.complete ? names.find((name) => columnOf(parent, name) === undefined) : undefined;
  return strange === undefined ? undefined : fail(`column "${strange}" does not exist`, '42703');
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
  if (range.relpersistence === 't' && range.schemaname !== undefined && range.schemaname !== 'pg_temp')
    return fail('cannot create temporary relation in non-temporary schema', '42P16');
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

/** CREATE TABLE AS and CREATE MATERIALIZED VIEW read their query; WITH NO DATA it is only looked at. */
const createAs: Predict<'CreateTableAsStmt'> = ({ query, into, if_not_exists, objtype }, context) => {
  const refused = into === undefined ? nothing : refusedInto(into, context);
  if (refused.failure !== undefined && !if_not_exists) return refused;
  if (query === undefined) return nothing;
  if (objtype === 'OBJECT_MATVIEW' && readsTemporary(query, context.catalog))
    return fail('materialized views must not use temporary tables or views', '0A000');
  const names = strings(into?.colNames);
  const twice = all(tooManyNames(query, names, context.catalog), repeatedColumn(query, names, context.catalog));
  if (into?.skipData || refused.failure !== undefined)
    return all(refusedQuery(query, context), refused.failure === undefined ? twice : nothing, lookUp(query, context));
  if (twice.failure !== undefined) return twice;
  const execute = 'ExecuteStmt' in query ? statementOf(context.statement, query) : undefined;
  return execute === undefined ? predictQuery(query, context) : context.inner(execute, context.catalog);
};

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
  if (node.schemaname?.startsWith('pg_')) return fail(`unacceptable schema name "${node.schemaname}"`, '42939');
  // what is in it is made in it
  const path = [node.schemaname ?? '', settings(catalog).search_path ?? catalog.usualPath ?? 'public'].join(', ');
  let now = apply(statementWithout(statement), inPath(catalog, path), { born: 0, pg });
  const drafts: Draft[] = [];
  for (const element of inOrder(node.schemaElts ?? [])) {
    const inner = statementOf(statement, element);
    if (inner === undefined) continue;
    drafts.push(context.inner(inner, now));
    now = apply(inner, now, { born: 0, pg });
  }
  return all(...drafts, unknownRole(node.authrole));
};

/** Whatever their order in the statement: transformCreateSchemaStmtElements. */
const order: readonly string[] = [
  'CreateSeqStmt',
  'CreateStmt',
  'ViewStmt',
  'IndexStmt',
  'CreateTrigStmt',
  'GrantStmt',
];

function inOrder(elements: readonly Node[]): readonly Node[] {
  const rank = (element: Node) => order.findIndex((kind) => kind in element);
  return [...elements].sort((a, b) => rank(a) - rank(b));
}

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
  CreateForeignTableStmt: ({ base }, context) =>
    base === undefined ? nothing : (constraintNodes(base).map(unlikeForeign).find(Boolean) ?? create(base, context)),
  CreateTableAsStmt: createAs,
  CreateSchemaStmt: createSchema,
};
