import type { Catalog, Oid, Table } from '../catalog/catalog.js';
import { ancestors, findRelation, isTable, referencingTables } from '../catalog/lookup.js';
import type { RangeVar } from '../sql/tree.js';
import type { Predict, PredictTable } from './context.js';
import { all, build, type Draft, fail, lock, newHeap } from './draft.js';
import { fire } from './fire.js';
import { builtIndexes, lockUnknown, withDescendants, written } from './relations.js';

const emptied = 'all its rows are thrown away';

/** TRUNCATE: each table gets a new empty file, and so does each of its indexes. */
const truncate: Predict<'TruncateStmt'> = (node, context) => {
  const { catalog, pg } = context;
  const ranges = (node.relations ?? []).flatMap((relation) => ('RangeVar' in relation ? [relation.RangeVar] : []));
  const refused = ranges.flatMap((range) => refusalOf(catalog, range, pg));
  if (refused.length > 0) return all(...refused);
  const named = new Map<Oid, Table>();
  for (const range of ranges) for (const table of tablesOf(catalog, range)) named.set(table.oid, table);
  const listed = [...named.values()];
  const cascaded = node.behavior === 'DROP_CASCADE' ? withReferencing(catalog, listed) : listed;
  // foreign keys are looked for where there are triggers, and one that is NOT ENFORCED has none
  const guarded = cascaded.filter((table) => mayHaveTriggers(catalog, table));
  const missing = node.behavior === 'DROP_CASCADE' ? [] : [...referrers(catalog, cascaded, guarded)];
  if (missing.length > 0) return fail('cannot truncate a table referenced in a foreign key constraint', '0A000');
  return all(
    ...ranges.filter((range) => findRelation(catalog, range) === undefined).map((range) => onUnknown(catalog, range)),
    ...cascaded.map((table) => empty(catalog, table, pg)),
    ...cascaded.map((table) => fire(table, { event: 'truncate' }, context)),
  );
};

function refusalOf(catalog: Catalog, range: RangeVar, pg: number): readonly Draft[] {
  const relation = findRelation(catalog, range);
  if (relation === undefined) return [];
  if (!isTable(relation) || (relation.kind === 'foreign' && pg < 14))
    return [fail(`"${written(range)}" is not a table`, '42809')];
  if (relation.kind === 'partitioned' && !range.inh) return [fail('cannot truncate only a partitioned table', '42809')];
  return [];
}

function onUnknown(catalog: Catalog, range: RangeVar): Draft {
  const draft = lockUnknown(catalog, range, 'AccessExclusiveLock', emptied);
  return all(draft, { effects: draft.effects.map((made) => ({ ...made, work: 'rewrite' })) });
}

function tablesOf(catalog: Catalog, range: RangeVar): readonly Table[] {
  const relation = findRelation(catalog, range);
  if (relation === undefined || !isTable(relation)) return [];
  return !range.inh ? [relation] : withDescendants(catalog, relation);
}

/** The tables that refer to one of them and are not listed: heap_truncate_find_FKs. */
function referrers(catalog: Catalog, listed: readonly Table[], from = listed): readonly Table[] {
  const known = new Set(listed.map(({ oid }) => oid));
  const referred = from.flatMap((table) => [table, ...partitionedAbove(catalog, table)]);
  return referred.flatMap((table) => referencingTables(catalog, table)).filter(({ oid }) => !known.has(oid));
}

function mayHaveTriggers(catalog: Catalog, table: Table): boolean {
  const keys = [table, ...partitionedAbove(catalog, table)].flatMap((one) =>
    referencingTables(catalog, one).flatMap(({ constraints }) =>
      constraints.filter(({ references }) => references?.table === one.oid),
    ),
  );
  return (
    table.kind === 'partitioned' ||
    !table.complete ||
    table.triggers.length > 0 ||
    [...keys, ...table.constraints].some(({ kind, enforced }) => kind === 'foreign key' && enforced)
  );
}

/** A foreign key to a partitioned table refers to each of its partitions. */
function partitionedAbove(catalog: Catalog, table: Table): readonly Table[] {
  return table.bound === undefined ? [] : ancestors(catalog, table);
}

function withReferencing(catalog: Catalog, named: readonly Table[]): readonly Table[] {
  let listed = named;
  for (let more = referrers(catalog, listed); more.length > 0; more = referrers(catalog, listed)) {
    const found = new Map([...listed, ...more].map((table) => [table.oid, table]));
    listed = [...found.values()];
  }
  return listed;
}

function empty(catalog: Catalog, table: Table, pg: number): Draft {
  const above = pg < 14 && table.bound !== undefined ? ancestors(catalog, table) : [];
  const read = all(...above.map((parent) => lock(parent, 'AccessShareLock', 'its partition is truncated')));
  if (table.kind !== 'table') return all(read, lock(table, 'AccessExclusiveLock', emptied));
  return all(
    read,
    newHeap(table, 'AccessExclusiveLock', emptied),
    ...builtIndexes(catalog, table).map((index) => build(index, 'it is made anew, empty')),
  );
}

export const truncates: PredictTable = { TruncateStmt: truncate };
