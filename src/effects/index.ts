import { apply } from '../catalog/apply.js';
import type { Catalog, Index } from '../catalog/catalog.js';
import { creationSchema, findRelation, isTable, relationByName } from '../catalog/lookup.js';
import { columnsIn } from '../catalog/mentions.js';
import { qualifiedName } from '../sql/names.js';
import type { IndexStmt } from '../sql/tree.js';
import type { Predict, PredictContext, PredictTable } from './context.js';
import { all, build, type Draft, fail, forbidden, lock, nothing, scan } from './draft.js';
import type { LockMode } from './effect.js';
import {
  isComplete,
  isStored,
  lockEach,
  newIndexes,
  notShown,
  type Stored,
  systemColumns,
  unknownRelation,
  withDescendants,
  written,
} from './relations.js';

/** CREATE INDEX, with and without CONCURRENTLY, on partitioned tables too. */
const createIndex: Predict<'IndexStmt'> = (node, context) => {
  const { catalog } = context;
  const mode: LockMode = node.concurrent ? 'ShareUpdateExclusiveLock' : 'ShareLock';
  const block = node.concurrent ? forbidden : nothing;
  const relation = findRelation(catalog, node.relation);
  if (relation === undefined) return all(block, onUnknown(node, context, mode));
  const shown = written(node.relation ?? {});
  if (!isStored(relation) || relation.kind === 'foreign')
    return all(block, wrongKind(shown, relation.kind, context.pg));
  if (exists(catalog, node, relation.schema)) return all(block, onExisting(node, relation, mode));
  const refusal = refusalOf(node, relation, context);
  if (refusal !== undefined) return all(block, refusal);
  return all(block, onTable(node, relation, context, mode));
};

function onUnknown(node: IndexStmt, { catalog }: PredictContext, mode: LockMode): Draft {
  const { relation: range = {} } = node;
  const table = qualifiedName(range.schemaname ?? creationSchema(catalog), range.relname ?? '');
  const why = `the index is built from all its rows (${notShown(table)})`;
  const index =
    node.idxname === undefined ? [] : [qualifiedName(range.schemaname ?? creationSchema(catalog), node.idxname)];
  return all(
    scan(table, mode, why, false),
    ...index.map((name) => build(name, 'it is new', false)),
    unknownRelation(range),
  );
}

function wrongKind(shown: string, kind: string, pg: number): Draft {
  if (kind === 'foreign')
    return fail(`cannot create index on ${pg < 14 ? 'foreign table' : 'relation'} "${shown}"`, '42809');
  const message =
    pg < 15 ? `"${shown}" is not a table or materialized view` : `cannot create index on relation "${shown}"`;
  return fail(message, '42809');
}

function exists(catalog: Catalog, node: IndexStmt, schema: string): boolean {
  return node.idxname !== undefined && relationByName(catalog, qualifiedName(schema, node.idxname)) !== undefined;
}

function onExisting(node: IndexStmt, relation: Stored, mode: LockMode): Draft {
  if (!node.if_not_exists) return fail(`relation "${node.idxname}" already exists`, '42P07');
  return lock(relation, mode, 'the lock is taken before it shows that the index exists');
}

/** What the server refuses before it reads a row. */
function refusalOf(node: IndexStmt, relation: Stored, { catalog }: PredictContext): Draft | undefined {
  const partitioned = relation.kind === 'partitioned';
  if (partitioned && node.concurrent)
    return fail(`cannot create index on partitioned table "${relation.name}" concurrently`, '0A000');
  const elements = [...(node.indexParams ?? []), ...(node.indexIncludingParams ?? [])].flatMap((param) =>
    'IndexElem' in param ? [param.IndexElem] : [],
  );
  const named = elements.flatMap(({ name, expr }) => (name === undefined ? [...columnsIn(expr)] : [name]));
  const known = new Set<string>([...relation.columns.map(({ name }) => name), ...systemColumns, relation.name]);
  const missing = [...named, ...columnsIn(node.whereClause)].find((name) => !known.has(name));
  if (missing !== undefined && isComplete(relation)) return fail(`column "${missing}" does not exist`, '42703');
  if (!partitioned || !node.unique) return undefined;
  const keys = new Set(elements.map(({ name }) => name));
  const covered = relation.partitionBy?.keys.every(({ column }) => column !== undefined && keys.has(column)) ?? true;
  const message = 'unique constraint on partitioned table must include all partitioning columns';
  return covered ? undefined : fail(message, '0A000');
}

function onTable(node: IndexStmt, relation: Stored, context: PredictContext, mode: LockMode): Draft {
  const { catalog, statement, pg } = context;
  const made = newIndexes(catalog, apply(statement, catalog, { born: 0, pg }));
  const whole = node.relation?.inh === true && isTable(relation) && relation.kind === 'partitioned';
  const locked = whole ? withDescendants(catalog, relation) : [relation];
  return all(
    lockEach(
      locked,
      mode,
      node.concurrent ? 'reads and writes go on while the index is built' : 'writes wait while the index is built',
    ),
    ...made.map((index) => buildNew(catalog, index, mode)),
  );
}

function buildNew(catalog: Catalog, index: Index, mode: LockMode): Draft {
  const table = catalog.relations.get(index.table);
  return all(
    build(index, 'it is new'),
    table === undefined ? nothing : scan(table, mode, `the index ${index.name} is built from all its rows`),
  );
}

export const indexes: PredictTable = { IndexStmt: createIndex };
