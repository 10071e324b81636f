import type { Kind } from '../sql/tree.js';
import type { Effect } from './effect.js';

/** They lock a table as those do that write rows into it, and leave none there. */
const leavesNone: ReadonlySet<string> = new Set(['DeleteStmt', 'LockStmt']);

/**
 * Whether a statement leaves rows in a table that are its transaction's own: inserted, changed, or copied by an ALTER TABLE that
 * rewrites it (CLUSTER copies them as they are). Of those a later UPDATE checks the foreign keys though it sets none of their columns, for it undoes what
 * was checked before: RI_FKey_fk_upd_check_required in ri_triggers.c.
 */
export function leavesOwnRows(kind: Kind, { lock, work }: Effect): boolean {
  if (work === 'rewrite') return kind === 'AlterTableStmt' || kind.startsWith('AT_');
  return lock === 'RowExclusiveLock' && !leavesNone.has(kind);
}
