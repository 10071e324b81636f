import { setTimeout as sleep } from 'node:timers/promises';
import { locksBehindGates } from './gates.js';
import { type Moment, type Reads, readRelations, readsOfAll, type ServerRelations } from './relations.js';
import type { Open, Session } from './session.js';

/** Runs a statement outside a transaction block. `after.locks` is all it was ever seen to hold or to wait for. */
export async function runOutside(
  session: Session,
  open: Open,
  sql: string,
  gated: (relation: string) => boolean,
): Promise<{ readonly before: Moment; readonly after: Moment; readonly error?: unknown }> {
  const watcher = await open();
  const relations = await readRelations(watcher);
  const before: Moment = { relations, locks: [], reads: await readsReported(session, watcher, relations) };
  const { locks, ...failed } = await locksBehindGates(session, open, sql, relations, {
    mode: 'access exclusive',
    gated,
  });
  const after: Moment = {
    relations: await readRelations(watcher, false),
    locks,
    reads: await readsReported(session, watcher, relations),
  };
  await watcher.close();
  return { before, after, ...failed };
}

/** The same where there can be no second session: what is locked meanwhile is not seen. */
export async function runAlone(
  session: Session,
  sql: string,
): Promise<{ readonly before: Moment; readonly after: Moment; readonly error?: unknown }> {
  const look = async (known?: ServerRelations): Promise<Moment> => {
    const relations = await readRelations(session, known === undefined);
    return { relations, locks: [], reads: await readsReported(session, session, known ?? relations) };
  };
  const before = await look();
  session.notices();
  const failed = await session.query(sql).then(
    () => ({}),
    (error: unknown) => ({ error }),
  );
  return { before, after: await look(before.relations), ...failed };
}

/**
 * Sessions report what they read now and then. Since 15 they can be told to; before, they do it at the end of a command when the last
 * report is half a second old, and the collector writes it down within the next half second.
 */
async function readsReported(
  session: Session,
  watcher: Session,
  relations: ServerRelations,
): Promise<ReadonlyMap<string, Reads>> {
  const [row] = await session.query('show server_version_num');
  if (Number(row?.server_version_num) >= 150000) await session.query('select pg_stat_force_next_flush()');
  else {
    await sleep(550);
    await session.query('select 1');
    await sleep(550);
  }
  return readsOfAll(watcher, relations.keys());
}
