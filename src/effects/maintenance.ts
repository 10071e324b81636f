import type { Catalog, Index, Oid, Relation, Table } from '../catalog/catalog.js';
import {
  columnOf,
  descendants,
  findRelation,
  findRelationNamed,
  indexesOf,
  isTable,
  tables,
} from '../catalog/lookup.js';
import { type ClusterStmt, type RangeVar, strings, type VacuumRelation, type VacuumStmt } from '../sql/tree.js';
import type { Predict, PredictTable } from './context.js';
import { all, build, type Draft, fail, forbidden, lock, nothing, rewrite, scan } from './draft.js';
import type { LockMode } from './effect.js';
import { isOn, optionsOf } from './options.js';
import { builtIndexes, isStored, lockUnknown, notShown, type Stored, written } from './relations.js';

interface How {
  readonly catalog: Catalog;
  readonly pg: number;
  readonly vacuum: boolean;
  readonly full: boolean;
  readonly analyze: boolean;
  /** The table itself, and not its TOAST table alone: PROCESS_MAIN. */
  readonly main: boolean;
}

/** VACUUM and ANALYZE are one statement for the grammar. */
const vacuum: Predict<'VacuumStmt'> = (node, { catalog, pg }) => {
  const how: How = {
    catalog,
    pg,
    vacuum: node.is_vacuumcmd === true,
    full: isOn(node.options, 'full'),
    analyze: node.is_vacuumcmd !== true || isOn(node.options, 'analyze'),
    main: !optionsOf(node.options).has('process_main') || isOn(node.options, 'process_main'),
  };
  const named = (node.rels ?? []).flatMap((rel) => ('VacuumRelation' in rel ? [rel.VacuumRelation] : []));
  if (!how.analyze && named.some(({ va_cols }) => va_cols !== undefined))
    return fail('ANALYZE option must be specified when a column list is provided', '0A000');
  const work = named.length > 0 ? named.map((one) => ofNamed(one, how)) : ofAll(node, how);
  return all(how.vacuum ? forbidden : nothing, ...work);
};

function ofAll(node: VacuumStmt, how: How): readonly Draft[] {
  // 18: only the maintenance of the database's own statistics and horizons
  if (isOn(node.options, 'only_database_stats')) return [];
  const stored = [...how.catalog.relations.values()].filter(isStored).filter(({ kind }) => kind !== 'foreign');
  return stored.map((one) => ofOne(one, how));
}

function ofNamed({ relation: range = {}, va_cols }: VacuumRelation, how: How): Draft {
  const relation = findRelation(how.catalog, range);
  const mode = how.full ? 'AccessExclusiveLock' : 'ShareUpdateExclusiveLock';
  if (relation === undefined) {
    const draft = lockUnknown(how.catalog, range, mode, 'all its rows are read');
    return all(draft, { effects: draft.effects.map((made) => ({ ...made, work: 'scan' })) });
  }
  // a warning: "skipping … cannot vacuum non-tables or special system tables"
  if (!isStored(relation)) return nothing;
  const missing = strings(va_cols).find((name) => columnOf(relation, name) === undefined);
  if (missing !== undefined && relation.complete)
    return fail(`column "${missing}" of relation "${relation.name}" does not exist`, '42703');
  return all(ofOne(relation, how), isTable(relation) ? ofChildren(relation, range, how) : nothing);
}

function ofOne(relation: Stored, how: How): Draft {
  const mode: LockMode = how.full ? 'AccessExclusiveLock' : 'ShareUpdateExclusiveLock';
  if (relation.kind === 'partitioned' || relation.kind === 'foreign')
    return lock(relation, mode, 'it has no rows of its own');
  if (!how.main) return lock(relation, mode, 'only its TOAST table is treated');
  if (how.full) return rewriteWithIndexes(how.catalog, relation, 'VACUUM FULL copies what is left of it');
  return scan(relation, mode, how.vacuum ? 'its pages are read for dead rows' : 'a sample of its rows is read');
}

/** Partitions are treated as their parent is; children of an inheritance parent are sampled for its statistics. */
function ofChildren(parent: Table, range: RangeVar, how: How): Draft {
  const below = descendants(how.catalog, parent);
  const whole = range.inh === true && (parent.kind === 'partitioned' || how.pg >= 18);
  return all(
    ...below.map((child) => (whole ? ofOne(child, how) : nothing)),
    // acquire_inherited_sample_rows
    ...below.filter(() => how.analyze && !whole).map((child) => sampled(child)),
  );
}

function sampled(child: Table): Draft {
  const why = 'its rows count for the statistics of its parent';
  return child.kind === 'table' ? scan(child, 'AccessShareLock', why) : lock(child, 'AccessShareLock', why);
}

function rewriteWithIndexes(catalog: Catalog, relation: Stored, why: string): Draft {
  return all(
    rewrite(relation, 'AccessExclusiveLock', why),
    ...builtIndexes(catalog, relation).map((index) => build(index, 'its table is rewritten')),
  );
}

const clustered = 'its rows are copied in the order of an index';

const cluster: Predict<'ClusterStmt'> = (node, { catalog, pg }) => {
  if (node.relation === undefined) return all(forbidden, clusterAll(catalog));
  const relation = findRelation(catalog, node.relation);
  if (relation === undefined) return clusterUnknown(catalog, node.relation);
  if (!isStored(relation) || relation.kind === 'foreign')
    return fail(`"${written(node.relation)}" is not a table`, '42809');
  if (relation.kind === 'partitioned' && pg < 15) return fail('cannot cluster a partitioned table', '0A000');
  const index = clusterIndex(catalog, relation, node);
  if (!('kind' in index)) return index;
  if (relation.kind !== 'partitioned') return rewriteWithIndexes(catalog, relation, clustered);
  return all(
    forbidden,
    lock(relation, 'AccessExclusiveLock', clustered),
    // partitions that are partitioned themselves are not touched
    ...descendants(catalog, relation)
      .filter(({ kind }) => kind === 'table')
      .map((partition) => rewriteWithIndexes(catalog, partition, clustered)),
  );
};

function clusterAll(catalog: Catalog): Draft {
  const marked = tables(
    catalog,
    [...catalog.relations.values()].map(({ oid }) => oid),
  ).filter(({ clusteredOn }) => clusteredOn !== undefined);
  return all(...marked.map((table) => rewriteWithIndexes(catalog, table, clustered)));
}

function clusterUnknown(catalog: Catalog, range: RangeVar): Draft {
  const draft = lockUnknown(catalog, range, 'AccessExclusiveLock', clustered);
  const works = (['scan', 'rewrite'] as const).flatMap((work) => draft.effects.map((made) => ({ ...made, work })));
  return all(draft, { effects: works });
}

/** The index to cluster by, or why there is none. */
function clusterIndex(catalog: Catalog, relation: Stored, node: ClusterStmt): Index | Draft {
  const indexes = indexesOf(catalog, relation);
  const name = node.indexname;
  if (name === undefined) {
    const known = indexes.find(({ oid }) => 'clusteredOn' in relation && relation.clusteredOn === oid);
    return (
      known ?? fail(`there is no previously clustered index for table "${relation.name}"`, '42704', isWhole(relation))
    );
  }
  const index = indexes.find((one) => one.name === name);
  if (index === undefined) {
    const other = findRelationNamed(catalog, [relation.schema, name]);
    if (other !== undefined && isWhole(relation))
      return all(
        relation.kind === 'partitioned' ? forbidden : nothing,
        fail(`"${name}" is not an index for table "${relation.name}"`, '42809'),
      );
    const message = `index "${name}" for table "${relation.name}" does not exist`;
    const guess = all(rewriteUnsure(relation), fail(message, '42704', false));
    return isWhole(relation) ? fail(message, '42704') : guess;
  }
  return unclusterable(index) ?? index;
}

/** The refusal of an index in whose order a table cannot be kept (check_index_is_clusterable). */
export function unclusterable({ name, method, predicate }: Index): Draft | undefined {
  if (method !== 'btree' && method !== 'gist')
    return fail(`cannot cluster on index "${name}" because access method does not support clustering`, '0A000');
  return predicate === undefined ? undefined : fail(`cannot cluster on partial index "${name}"`, '0A000');
}

function isWhole(relation: Stored): boolean {
  return relation.complete;
}

function rewriteUnsure(relation: Stored): Draft {
  return rewrite(relation, 'AccessExclusiveLock', `${clustered} (${notShown('the index')})`, false);
}

const modes: readonly LockMode[] = [
  'AccessShareLock',
  'RowShareLock',
  'RowExclusiveLock',
  'ShareUpdateExclusiveLock',
  'ShareLock',
  'ShareRowExclusiveLock',
  'ExclusiveLock',
  'AccessExclusiveLock',
];

/** LOCK TABLE, of a view also on all that it reads. */
const lockTable: Predict<'LockStmt'> = (node, { catalog }) => {
  const mode = modes[(node.mode ?? 8) - 1] ?? 'AccessExclusiveLock';
  return all(
    ...(node.relations ?? []).map((one) => ('RangeVar' in one ? lockRange(catalog, one.RangeVar, mode) : nothing)),
  );
};

function lockRange(catalog: Catalog, range: RangeVar, mode: LockMode): Draft {
  const why = 'LOCK TABLE asks for it';
  const relation = findRelation(catalog, range);
  if (relation === undefined) return lockUnknown(catalog, range, mode, why);
  if (relation.kind === 'view') return lockView(catalog, relation, mode);
  if (!isTable(relation) || relation.kind === 'foreign')
    return fail(`"${written(range)}" is not a table or view`, '42809');
  const below = !range.inh ? [] : descendants(catalog, relation);
  return all(...[relation, ...below].map((table) => lock(table, mode, why)));
}

function lockView(
  catalog: Catalog,
  view: Extract<Relation, { kind: 'view' }>,
  mode: LockMode,
  seen: readonly Oid[] = [],
): Draft {
  return all(
    ...view.reads.map(({ relation: oid }) => {
      const read = catalog.relations.get(oid);
      // CREATE OR REPLACE can make a view read itself
      if (read === undefined || seen.includes(oid)) return nothing;
      if (read.kind === 'view') return lockView(catalog, read, mode, [...seen, oid]);
      const below = isTable(read) ? descendants(catalog, read) : [];
      return isTable(read)
        ? all(...[read, ...below].map((one) => lock(one, mode, `the view ${view.name} reads it`)))
        : nothing;
    }),
  );
}

export const maintenance: PredictTable = {
  VacuumStmt: vacuum,
  ClusterStmt: cluster,
  LockStmt: lockTable,
  CheckPointStmt: () => nothing,
};
