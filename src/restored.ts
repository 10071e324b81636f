import type { Catalog } from './catalog/catalog.js';
import { isIndex, relationByName } from './catalog/lookup.js';
import { changedBetween, type Difference, differences } from './catalog/snapshot.js';
import type { JudgedMigration, Step } from './rule.js';
import { isKind } from './sql/statement.js';

/**
 * What the schema after up and down has otherwise than the one before; undefined where there is no way back to judge, or where what the two
 * do is not certain: a difference is only as certain as what was understood.
 */
export function unrestored(judged: JudgedMigration): readonly Difference[] | undefined {
  const { migration, history, up, down, before, afterUp, afterDown } = judged;
  if (history.unordered || afterDown === undefined || 'none' in migration.down || down.length === 0) return undefined;
  if ([...up, ...down].some((step) => !step.understood || step.conditional)) return undefined;
  if (afterDown.followedFrom > before.followedFrom) return undefined;
  const kept = new Set(up.flatMap(extensionIfMissing));
  const found = differences(...changedBetween(before, afterDown)).filter(({ object }) => !kept.has(object));
  return found.length > 0 && dropsPartitionedIndex(afterUp, afterDown)
    ? found.filter(({ object, how }) => how !== 'left over' || !isOnUnknownTable(afterDown, object))
    : found;
}

function dropsPartitionedIndex(before: Catalog, after: Catalog): boolean {
  return before.relations
    .differing(after.relations)
    .some(([oid, { kind }]) => kind === 'partitioned index' && !after.relations.has(oid));
}

/** Whether it is an index of a table that the history does not show: that may be a partition, and the index go with one of the whole. */
function isOnUnknownTable(catalog: Catalog, object: string): boolean {
  const index = relationByName(catalog, object.replace(/^index /, ''));
  const table = index !== undefined && isIndex(index) ? catalog.relations.get(index.table) : undefined;
  return table !== undefined && 'complete' in table && !table.complete;
}

/** What CREATE EXTENSION IF NOT EXISTS makes is meant to stay: it may have been there, and the next run up does not stop at it. */
function extensionIfMissing({ statement }: Step): string | readonly [] {
  if (!isKind(statement, 'CreateExtensionStmt')) return [];
  return statement.node.if_not_exists === true ? `extension ${statement.node.extname ?? ''}` : [];
}
