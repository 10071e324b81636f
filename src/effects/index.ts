import type { Catalog, Index, Relation } from '../catalog/catalog.js';
import { placeIn } from '../catalog/expression-type.js';
import { creationSchema, findRelation, indexesOf, isTable, relationByName } from '../catalog/lookup.js';
import { columnsIn } from '../catalog/mentions.js';
import { qualifiedName } from '../sql/names.js';
import type { IndexElem, IndexStmt, Node } from '../sql/tree.js';
import { applied, type Predict, type PredictContext, type PredictTable } from './context.js';
import { all, build, type Draft, fail, forbidden, nothing, scan } from './draft.js';
import type { LockMode } from './effect.js';
import { expressionKinds } from './expression-refusal.js';
import { classesOf } from './facts.js';
import { keyRefusal } from './index-key.js';
import { mutability } from './mutable.js';
import { unknownTablespace } from './outside.js';
import {
  isStored,
  lockEach,
  newIndexes,
  notShown,
  type Stored,
  unknownRelation,
  withDescendants,
  written,
} from './relations.js';
import { indexParameterRefusal } from './storage-parameters.js';
import { keyExpressionRefusal, storedRefusal } from './stored-expression.js';

/** CREATE INDEX, with and without CONCURRENTLY, on partitioned tables too. */
const createIndex: Predict<'IndexStmt'> = (node, context) => {
  const { catalog } = context;
  const relation = findRelation(catalog, node.relation);
  const block = node.concurrent ? forbidden : nothing;
  const mode = modeOf(node, relation);
  if (relation === undefined) return all(block, onUnknown(node, context, mode));
  const shown = written(node.relation ?? {});
  if (!isStored(relation) || relation.kind === 'foreign')
    return all(block, wrongKind(shown, relation.kind, context.pg));
  if (relation.kind === 'partitioned' && node.concurrent)
    return all(block, fail(`cannot create index on partitioned table "${relation.name}" concurrently`, '0A000'));
  if (exists(catalog, node, relation.schema)) return all(block, onExisting(node, relation, context, mode));
  const refusal = refusalOf(node, relation, context);
  if (refusal?.failure?.sure) return all(block, refusal);
  const elsewhere = unknownTablespace(node.tableSpace);
  return all(block, refusal, elsewhere, onTable(node, relation, context, mode));
};

/** Nobody else sees a temporary table: CONCURRENTLY is left out for it. */
function modeOf(node: IndexStmt, relation: Relation | undefined): LockMode {
  const temporary = relation !== undefined && 'persistence' in relation && relation.persistence === 'temporary';
  return node.concurrent && !temporary ? 'ShareUpdateExclusiveLock' : 'ShareLock';
}

function onUnknown(node: IndexStmt, { catalog }: PredictContext, mode: LockMode): Draft {
  const { relation: range = {} } = node;
  const table = qualifiedName(range.schemaname ?? creationSchema(catalog), range.relname ?? '');
  const why = `the index is built from all its rows (${notShown(table)})`;
  const index =
    node.idxname === undefined ? [] : [qualifiedName(range.schemaname ?? creationSchema(catalog), node.idxname)];
  return all(
    scan(table, mode, why, false),
    ...index.map((name) => build(name, 'it is new', false)),
    unknownRelation(catalog, range),
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

function onExisting(node: IndexStmt, relation: Stored, { catalog }: PredictContext, mode: LockMode): Draft {
  if (!node.if_not_exists) return fail(`relation "${node.idxname}" already exists`, '42P07');
  const why = 'the lock is taken before it shows that the index exists';
  return lockEach(lockedBy(node, relation, catalog), mode, why);
}

/** A partitioned table is locked with all its partitions, unless ONLY is written. */
function lockedBy(node: IndexStmt, relation: Stored, catalog: Catalog): readonly Stored[] {
  const whole = node.relation?.inh === true && isTable(relation) && relation.kind === 'partitioned';
  return whole ? withDescendants(catalog, relation) : [relation];
}

/** What the server refuses before it reads a row. */
function refusalOf(node: IndexStmt, relation: Stored, context: PredictContext): Draft | undefined {
  const partitioned = relation.kind === 'partitioned';
  const { catalog } = context;
  const keys = elementsOf(node.indexParams);
  const elements = [...keys, ...elementsOf(node.indexIncludingParams)];
  const inKeys = elements.flatMap(({ name, expr }) => (name === undefined ? [...columnsIn(expr)] : [name]));
  const named = [...inKeys, ...columnsIn(node.whereClause)];
  const place = placeIn(relation, catalog);
  const wrong =
    storedRefusal(node.whereClause, expressionKinds.indexPredicate, place, context) ??
    keyExpressionRefusal(elements, relation, context);
  if (wrong?.failure?.sure) return wrong;
  const virtual = relation.columns.find(({ name, generated }) => generated?.kind === 'virtual' && named.includes(name));
  if (virtual !== undefined) return fail('indexes on virtual generated columns are not supported', '0A000');
  const mutable = [...elements.map(({ expr }) => expr), node.whereClause].map((part) =>
    mutability(part, context, isTable(relation) ? relation : undefined),
  );
  if (mutable.includes('mutable')) return fail('functions in index expression must be marked IMMUTABLE', '42P17');
  const method = node.accessMethod ?? 'btree';
  const refused =
    wrong ??
    methodRefusal(node, method) ??
    unknownMethod(method, context) ??
    keys.map((key) => keyRefusal(key, method, place, context)).find(Boolean) ??
    indexParameterRefusal(node.options, method);
  if (refused !== undefined) return refused;
  // which of several functions of the name is meant, the types would tell
  if (mutable.includes('perhaps mutable'))
    return fail('functions in index expression must be marked IMMUTABLE', '42P17', false);
  if (!partitioned || !node.unique) return undefined;
  const names = new Set(keys.map(({ name }) => name));
  const covered = lockedBy(node, relation, catalog).every(
    (one) =>
      !('partitionBy' in one) ||
      one.partitionBy?.keys.every(({ column }) => column !== undefined && names.has(column)) !== false,
  );
  const message = 'unique constraint on partitioned table must include all partitioning columns';
  return covered ? undefined : fail(message, '0A000');
}

function elementsOf(params: readonly Node[] | undefined): readonly IndexElem[] {
  return (params ?? []).flatMap((param) => ('IndexElem' in param ? [param.IndexElem] : []));
}

/** An access method that may come with an extension which the history does not install. */
function unknownMethod(method: string, { pg }: PredictContext): Draft | undefined {
  return classesOf(method, pg).length > 0
    ? undefined
    : fail(`access method "${method}" does not exist`, '42704', false);
}

/** Access methods by what they cannot do. */
const notUnique: ReadonlySet<string> = new Set(['hash', 'gist', 'gin', 'spgist', 'brin']);
const oneColumn: ReadonlySet<string> = new Set(['hash', 'spgist']);
const notIncluding: ReadonlySet<string> = new Set(['hash', 'gin', 'brin']);
const notOrdered = notUnique;

/** What DefineIndex asks of the access method. */
function methodRefusal(node: IndexStmt, method: string): Draft | undefined {
  const refused = (what: string) => fail(`access method "${method}" does not support ${what}`, '0A000');
  if (node.unique && notUnique.has(method)) return refused('unique indexes');
  if (node.indexIncludingParams !== undefined && notIncluding.has(method)) return refused('included columns');
  const keys = elementsOf(node.indexParams);
  if (keys.length > 1 && oneColumn.has(method)) return refused('multicolumn indexes');
  if (!notOrdered.has(method)) return undefined;
  if (keys.some(({ ordering }) => ordering !== undefined && ordering !== 'SORTBY_DEFAULT'))
    return refused('ASC/DESC options');
  return keys.some(({ nulls_ordering: nulls }) => nulls !== undefined && nulls !== 'SORTBY_NULLS_DEFAULT')
    ? refused('NULLS FIRST/LAST options')
    : undefined;
}

function onTable(node: IndexStmt, relation: Stored, context: PredictContext, mode: LockMode): Draft {
  const { catalog } = context;
  const made = newIndexes(catalog, applied(context));
  const goesOn = mode === 'ShareLock' ? 'writes wait' : 'reads and writes go on';
  return all(
    lockEach(lockedBy(node, relation, catalog), mode, `${goesOn} while the index is built`),
    ...made.map((index) => buildNew(catalog, index, mode)),
    ...made.map((index) => duplicates(catalog, index, relation)),
  );
}

/** Whether the rows are unique, only they show; they are where another unique index is on columns of this one. */
function duplicates(catalog: Catalog, index: Index, relation: Stored): Draft {
  if (!index.unique) return nothing;
  const columns = new Set(index.keys.map(({ column }) => column));
  const proved = indexesOf(catalog, relation).some(
    ({ unique, predicate, keys }) =>
      unique && predicate === undefined && keys.every(({ column }) => columns.has(column)),
  );
  return proved ? nothing : fail(`could not create unique index "${index.name}"`, '23505', false);
}

function buildNew(catalog: Catalog, index: Index, mode: LockMode): Draft {
  const table = catalog.relations.get(index.table);
  return all(
    build(index, 'it is new'),
    table === undefined ? nothing : scan(table, mode, `the index ${index.name} is built from all its rows`),
  );
}

export const indexes: PredictTable = { IndexStmt: createIndex };
