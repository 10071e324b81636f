import type { Catalog, Index, MaterializedView, Table } from '../catalog/catalog.js';
import { descendants, findRelation, isIndex, isTable } from '../catalog/lookup.js';
import { qualifiedName } from '../sql/names.js';
import type { ReindexStmt } from '../sql/tree.js';
import type { Predict, PredictTable } from './context.js';
import { all, build, type Draft, fail, forbidden, lock, nothing, scan } from './draft.js';
import type { LockMode } from './effect.js';
import { isOn } from './options.js';
import { builtIndexes, isStored, lockEach, lockUnknown, type Stored, unknownRelation, written } from './relations.js';

interface How {
  readonly catalog: Catalog;
  readonly mode: LockMode;
  readonly concurrent: boolean;
  readonly pg: number;
}

/** REINDEX of an index, a table, a schema or the database. */
const reindex: Predict<'ReindexStmt'> = (node, { catalog, pg }) => {
  const concurrent = isOn(node.params, 'concurrently');
  const how: How = { catalog, pg, concurrent, mode: concurrent ? 'ShareUpdateExclusiveLock' : 'ShareLock' };
  const draft = kinds[node.kind ?? 'REINDEX_OBJECT_TABLE']?.(node, how) ?? nothing;
  return concurrent ? all(forbidden, draft) : draft;
};

type Reindex = (node: ReindexStmt, how: How) => Draft;

const reindexIndex: Reindex = ({ relation: range = {} }, how) => {
  const index = findRelation(how.catalog, range);
  if (index === undefined) return unknownRelation(how.catalog, range);
  if (!isIndex(index)) return fail(`"${written(range)}" is not an index`, '42809');
  const table = how.catalog.relations.get(index.table);
  if (!isStored(table)) return nothing;
  if (how.concurrent && isExclusion(how.catalog, index))
    return fail('concurrent index creation for exclusion constraints is not supported', '0A000');
  if (index.kind === 'index') return rebuild(how, table, [index]);
  if (how.pg < 14) return fail('REINDEX is not yet implemented for partitioned indexes', '0A000');
  const parts = partsOf(how.catalog, index);
  return all(
    forbidden,
    lock(table, how.mode, 'an index of its partitions is rebuilt'),
    ...parts.map((part) => {
      const partition = how.catalog.relations.get(part.table);
      return isStored(partition) ? rebuild(how, partition, [part]) : nothing;
    }),
  );
};

/** The indexes with a file below a partitioned index. */
function partsOf(catalog: Catalog, index: Index): readonly Index[] {
  return index.children.flatMap((oid) => {
    const child = catalog.relations.get(oid);
    if (child === undefined || !isIndex(child)) return [];
    return child.kind === 'index' ? [child] : partsOf(catalog, child);
  });
}

const reindexTable: Reindex = ({ relation: range = {} }, how) => {
  const table = findRelation(how.catalog, range);
  if (table === undefined) return lockUnknown(how.catalog, range, how.mode, 'its indexes are rebuilt');
  if (!isStored(table) || table.kind === 'foreign')
    return fail(`"${written(range)}" is not a table or materialized view`, '42809');
  if (table.kind !== 'partitioned') return rebuild(how, table, builtIndexes(how.catalog, table));
  // 13 warns that it is not implemented, and does nothing
  if (how.pg < 14) return lock(table, how.mode, 'the lock is taken, but partitions are not reindexed before 14');
  const partitions = descendants(how.catalog, table);
  return all(
    forbidden,
    lock(table, how.mode, 'the indexes of its partitions are rebuilt'),
    // find_all_inheritors takes SHARE on all of them before the first is reindexed
    lockEach(partitions, 'ShareLock', 'the partitions are listed under this lock, with CONCURRENTLY too'),
    ...partitions
      .filter(({ kind }) => kind === 'table')
      .map((partition) => rebuild(how, partition, builtIndexes(how.catalog, partition))),
  );
};

/** All tables of a schema or of the database, one transaction each. */
function reindexAll(inScope: (relation: Table | MaterializedView, node: ReindexStmt) => boolean): Reindex {
  return (node, how) => {
    const stored = [...how.catalog.relations.values()].filter(isStored);
    const files = stored.filter((one) => one.kind === 'table' || one.kind === 'materialized view');
    return all(
      forbidden,
      ...files.filter((one) => inScope(one, node)).map((one) => rebuild(how, one, builtIndexes(how.catalog, one))),
    );
  };
}

const kinds: { readonly [K in NonNullable<ReindexStmt['kind']>]?: Reindex } = {
  REINDEX_OBJECT_INDEX: reindexIndex,
  REINDEX_OBJECT_TABLE: reindexTable,
  REINDEX_OBJECT_SCHEMA: reindexAll(({ schema }, { name }) => schema === name),
  REINDEX_OBJECT_DATABASE: (node, how) =>
    all(
      reindexAll(() => true)(node, how),
      // which database the session is in, the history does not show
      node.name === undefined ? nothing : fail('can only reindex the currently open database', '0A000', false),
    ),
  // the system catalogs alone
  REINDEX_OBJECT_SYSTEM: ({ name }) =>
    name === undefined
      ? forbidden
      : all(forbidden, fail('can only reindex the currently open database', '0A000', false)),
};

/** Whether an index is the one of an exclusion constraint, which CONCURRENTLY cannot build. */
function isExclusion(catalog: Catalog, { table, constraint }: Index): boolean {
  const owner = catalog.relations.get(table);
  return (
    constraint !== undefined &&
    owner !== undefined &&
    isTable(owner) &&
    owner.constraints.some(({ name, kind }) => name === constraint && kind === 'exclude')
  );
}

function rebuild(how: How, table: Stored, indexes: readonly Index[]): Draft {
  // nobody else sees a temporary table: CONCURRENTLY is left out for it
  const temporary = 'persistence' in table && table.persistence === 'temporary';
  const concurrent = how.concurrent && !temporary;
  const mode = temporary ? 'ShareLock' : how.mode;
  // an exclusion constraint is left out with a warning
  const built = concurrent ? indexes.filter((index) => !isExclusion(how.catalog, index)) : indexes;
  if (built.length === 0) return lock(table, mode, 'it has no index to rebuild');
  return all(
    scan(table, mode, 'its indexes are rebuilt from all its rows'),
    ...built.map((index) =>
      concurrent
        ? build(qualifiedName(index.schema, `${index.name}_ccnew`), `it takes the place of ${index.name}`)
        : build(index, 'it is rebuilt'),
    ),
  );
}

export const reindexes: PredictTable = { ReindexStmt: reindex };
