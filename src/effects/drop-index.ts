import type { Catalog, Index } from '../catalog/catalog.js';
import { descendants, findRelationNamed, isGone, isIndex, isTable } from '../catalog/lookup.js';
import { type DropStmt, strings } from '../sql/tree.js';
import { fallOf, locksOfFall } from './cascade.js';
import type { Predict } from './context.js';
import { all, type Draft, fail, forbidden, lock, lockIndex, nothing } from './draft.js';
import type { LockMode } from './effect.js';
import { lockEach, shownName } from './relations.js';

/** DROP INDEX, with and without CONCURRENTLY. */
export const dropIndex: Predict<'DropStmt'> = (node, { catalog, pg }) => {
  const { indexes, refusals } = namedIndexes(catalog, node);
  if (node.concurrent) return all(forbidden, ...refusals, dropConcurrently(catalog, node, indexes));
  const fall = fallOf(
    catalog,
    indexes.map(({ oid }) => ({ kind: 'object', oid })),
  );
  const kept = indexes.flatMap((index) => keptBy(catalog, index, indexes));
  const depends = node.behavior !== 'DROP_CASCADE' && fall.needsCascade ? dependsOn(catalog, indexes) : [];
  if (kept.length > 0 || depends.length > 0) return all(...kept, ...depends, ...refusals);
  return all(
    ...refusals,
    ...indexes.map((index) => lockIndex(index, 'AccessExclusiveLock', 'it is dropped')),
    locksOfFall(catalog, fall.doomed, pg),
    ...indexes.map((index) => lockPartitions(catalog, index)),
  );
};

/** The partitions of a partitioned index's table are locked, whether they have a part of it or not: RemoveRelations. */
function lockPartitions(catalog: Catalog, index: Index): Draft {
  const table = catalog.relations.get(index.table);
  if (index.kind !== 'partitioned index' || table === undefined || !isTable(table)) return nothing;
  return lockEach(
    descendants(catalog, table),
    'AccessExclusiveLock',
    `the index ${index.name} of its parent is dropped`,
  );
}

function namedIndexes(catalog: Catalog, node: DropStmt): { indexes: readonly Index[]; refusals: readonly Draft[] } {
  const indexes: Index[] = [];
  const refusals: Draft[] = [];
  for (const object of node.objects ?? []) {
    const parts = 'List' in object ? strings(object.List.items) : [];
    const found = findRelationNamed(catalog, parts);
    if (found === undefined) {
      if (!node.missing_ok)
        refusals.push(fail(`index "${parts.join('.')}" does not exist`, '42704', isGone(catalog, parts)));
    } else if (isIndex(found)) indexes.push(found);
    else refusals.push(fail(`"${parts.join('.')}" is not an index`, '42809'));
  }
  return { indexes, refusals };
}

function dropConcurrently(catalog: Catalog, node: DropStmt, indexes: readonly Index[]): Draft {
  if ((node.objects ?? []).length > 1)
    return fail('DROP INDEX CONCURRENTLY does not support dropping multiple objects', '0A000');
  if (node.behavior === 'DROP_CASCADE') return fail('DROP INDEX CONCURRENTLY does not support CASCADE', '0A000');
  const [index] = indexes;
  if (index === undefined) return nothing;
  const table = catalog.relations.get(index.table);
  const temporary = table !== undefined && 'persistence' in table && table.persistence === 'temporary';
  if (index.kind === 'partitioned index' && !temporary)
    return fail(`cannot drop partitioned index "${index.name}" concurrently`, '0A000');
  const kept = keptBy(catalog, index, indexes);
  if (kept.length > 0) return all(...kept);
  const mode: LockMode = temporary ? 'AccessExclusiveLock' : 'ShareUpdateExclusiveLock';
  return all(
    lockIndex(index, 'AccessExclusiveLock', 'at its end, for an instant'),
    table === undefined ? nothing : lock(table, mode, 'other changes of the table wait; reads and writes go on'),
  );
}

/** An index that belongs to a constraint or to a partitioned index does not go by itself. */
function keptBy(catalog: Catalog, index: Index, dropped: readonly Index[]): readonly Draft[] {
  const shown = shownName(catalog, index);
  const table = catalog.relations.get(index.table);
  if (index.constraint !== undefined) {
    const owner = `constraint ${index.constraint} on table ${table === undefined ? '' : shownName(catalog, table)}`;
    return [fail(`cannot drop index ${shown} because ${owner} requires it`, '2BP01')];
  }
  const parent = index.parent === undefined ? undefined : catalog.relations.get(index.parent);
  if (parent === undefined || dropped.some(({ oid }) => oid === parent.oid)) return [];
  return [fail(`cannot drop index ${shown} because index ${shownName(catalog, parent)} requires it`, '2BP01')];
}

function dependsOn(catalog: Catalog, [index]: readonly Index[]): readonly Draft[] {
  if (index === undefined) return [];
  return [fail(`cannot drop index ${shownName(catalog, index)} because other objects depend on it`, '2BP01')];
}
