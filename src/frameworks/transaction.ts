import type { History, ReadOptions, Script, TransactionPlan } from './framework.js';

type Pin = NonNullable<ReadOptions['transaction']>;

const pinnedPlans: Readonly<Record<Pin, TransactionPlan>> = {
  none: {
    scope: 'none',
    batch: 'statement',
    optedOut: false,
    why: 'the configuration says that each statement is sent by itself',
  },
  file: {
    scope: 'migration',
    batch: 'statement',
    optedOut: false,
    why: 'the configuration says that each migration runs in a transaction',
  },
  batch: {
    scope: 'none',
    batch: 'script',
    optedOut: false,
    why: 'the configuration says that a file is sent in one message, and several statements in one message are one transaction',
  },
};

/** What a reader takes for granted of its runner's transactions, where the configuration does not say what they are. */
export function assumed({ transaction }: ReadOptions, ...texts: readonly string[]): readonly string[] {
  return transaction === undefined ? texts : [];
}

/** A history whose transactions are those of the configuration; a migration that opted out of its runner's keeps its own. */
export function pinTransaction(history: History, pin: Pin | undefined): History {
  if (pin === undefined) return history;
  const pinned = (script: Script): Script =>
    script.transaction.optedOut ? script : { ...script, transaction: pinnedPlans[pin] };
  return {
    ...history,
    migrations: history.migrations.map((migration) => ({
      ...migration,
      up: pinned(migration.up),
      down: 'none' in migration.down ? migration.down : pinned(migration.down),
    })),
  };
}
