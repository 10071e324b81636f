import type { Relation } from '../catalog/catalog.js';
import { findRelation } from '../catalog/lookup.js';
import type { RangeVar, SelectStmt } from '../sql/tree.js';
import { rangeVars, visit } from '../sql/walk.js';
import type { PredictContext } from './context.js';
import { all, type Draft, lock, nothing } from './draft.js';
import type { LockMode } from './effect.js';
import { isSystem } from './query-from.js';
import { lockUnknown } from './relations.js';

const why = 'a query that names it is looked at';

/**
 * The locks of a query that is looked at but neither planned nor run (CREATE VIEW, a rule, a policy, an SQL function): on the relations
 * that it names, not on their partitions; what a view reads is looked at with `rewritten` alone.
 */
export function lookUp(query: object, context: PredictContext, rewritten = false): Draft {
  const modes = modesIn(query);
  const { catalog } = context;
  return all(
    ...rangeVars(query).map((range) => {
      const mode = modes.get(range) ?? 'AccessShareLock';
      const relation = findRelation(catalog, range);
      if (relation !== undefined) return lockRelation(relation, mode, context, rewritten, 0);
      return isSystem(range) || isPseudo(range) ? nothing : lockUnknown(catalog, range, mode, why);
    }),
  );
}

/** The rows of a rule's event. */
function isPseudo({ relname, schemaname }: RangeVar): boolean {
  return schemaname === undefined && (relname === 'old' || relname === 'new');
}

function lockRelation(
  relation: Relation,
  mode: LockMode,
  context: PredictContext,
  rewritten: boolean,
  depth: number,
): Draft {
  if (relation.kind !== 'view') return lock(relation, mode, why);
  if (!rewritten || depth > 20) return nothing;
  return all(
    ...relation.reads.map(({ relation: oid }) => {
      const read = context.catalog.relations.get(oid);
      return read === undefined ? nothing : lockRelation(read, mode, context, rewritten, depth + 1);
    }),
  );
}

/** The mode for each relation that is not just read. */
function modesIn(query: object): ReadonlyMap<RangeVar, LockMode> {
  const modes = new Map<RangeVar, LockMode>();
  visit({ List: { items: [query] } }, (kind, node) => {
    if (kind === 'InsertStmt' || kind === 'UpdateStmt' || kind === 'DeleteStmt' || kind === 'MergeStmt')
      if (node.relation !== undefined) modes.set(node.relation, 'RowExclusiveLock');
    if (kind === 'SelectStmt') for (const range of lockedRanges(node)) modes.set(range, 'RowShareLock');
  });
  return modes;
}

function lockedRanges({ lockingClause, fromClause }: SelectStmt): readonly RangeVar[] {
  if (lockingClause === undefined) return [];
  const named = new Set(rangeVars({ lockingClause }).map(({ relname }) => relname));
  return rangeVars({ fromClause }).filter(
    ({ alias, relname }) => named.size === 0 || named.has(alias?.aliasname ?? relname),
  );
}
