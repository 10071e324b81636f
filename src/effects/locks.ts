import { type LockMode, lockModes } from './effect.js';

/** 1 (AccessShareLock) to 8 (AccessExclusiveLock), PostgreSQL's own numbers of the modes. */
export function strength(mode: LockMode): number {
  return lockModes.indexOf(mode) + 1;
}

/** The stronger of two modes, by PostgreSQL's order: what a relation's row in a timeline shows when a statement takes both. */
export function strongest(a: LockMode, b: LockMode): LockMode {
  return strength(a) >= strength(b) ? a : b;
}

/**
 * Which modes each mode makes wait.
 * https://www.postgresql.org/docs/current/explicit-locking.html#TABLE-LOCK-COMPATIBILITY
 */
const conflicts: Readonly<Record<LockMode, readonly LockMode[]>> = {
  AccessShareLock: ['AccessExclusiveLock'],
  RowShareLock: ['ExclusiveLock', 'AccessExclusiveLock'],
  RowExclusiveLock: ['ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock'],
  ShareUpdateExclusiveLock: [
    'ShareUpdateExclusiveLock',
    'ShareLock',
    'ShareRowExclusiveLock',
    'ExclusiveLock',
    'AccessExclusiveLock',
  ],
  ShareLock: [
    'RowExclusiveLock',
    'ShareUpdateExclusiveLock',
    'ShareRowExclusiveLock',
    'ExclusiveLock',
    'AccessExclusiveLock',
  ],
  ShareRowExclusiveLock: [
    'RowExclusiveLock',
    'ShareUpdateExclusiveLock',
    'ShareLock',
    'ShareRowExclusiveLock',
    'ExclusiveLock',
    'AccessExclusiveLock',
  ],
  ExclusiveLock: lockModes.filter((mode) => mode !== 'AccessShareLock'),
  AccessExclusiveLock: lockModes,
};

/** True when a holder of `held` makes a request for `wanted` wait; the relation is symmetric. */
export function conflict(held: LockMode, wanted: LockMode): boolean {
  return conflicts[held].includes(wanted);
}

/** What else runs on a table and the mode it needs. */
const users = {
  /** SELECT */
  reads: 'AccessShareLock',
  /** SELECT … FOR UPDATE, and the checks of foreign keys that refer to the table */
  'row locks': 'RowShareLock',
  /** INSERT, UPDATE, DELETE, MERGE */
  writes: 'RowExclusiveLock',
  /** VACUUM, ANALYZE and their automatic runs; an automatic one gives way unless it prevents wraparound */
  autovacuum: 'ShareUpdateExclusiveLock',
  /** ALTER TABLE of most forms */
  DDL: 'AccessExclusiveLock',
} as const satisfies Record<string, LockMode>;

/** What a lock makes wait. */
export type Blocked = keyof typeof users;

/** Everything that has to wait while `mode` is held on a table, in the order reads, row locks, writes, autovacuum, DDL. */
export function blocks(mode: LockMode): readonly Blocked[] {
  const order: readonly Blocked[] = ['reads', 'row locks', 'writes', 'autovacuum', 'DDL'];
  return order.filter((user) => conflict(mode, users[user]));
}
