import { setTimeout as sleep } from 'node:timers/promises';
import type { LockMode } from '../effects/effect.js';
import type { Moment, Open } from './observe.js';
import {
  lockRows,
  type Reads,
  readRelations,
  readsOfAll,
  type ServerRelation,
  type ServerRelations,
} from './relations.js';
import type { Session } from './session.js';

/**
 * A statement that refuses a transaction block has let go of its locks when it is done. So other sessions hold the tables, and a watcher
 * reads from pg_locks which mode the statement waits for. Before that gate opens, the gate's second session queues behind the
 * statement, and so stands in its way again as soon as it lets go of the table. What the statement holds meanwhile is read too.
 */
interface Gate {
  readonly tables: readonly ServerRelation[];
  /** Holds the tables. */
  front: Keeper;
  /** Waits, or has yet to. */
  back: Keeper;
}

interface Keeper {
  readonly session: Session;
  readonly pid: string;
  /** Its LOCK TABLE. */
  locking: Promise<unknown>;
}

/** More gates than this would use up the server's connections. */
const mostGates = 40;

/** Runs a statement outside a transaction block. `after.locks` is all it was ever seen to hold or to wait for. */
export async function runBehindGates(
  session: Session,
  open: Open,
  sql: string,
  gated: (relation: string) => boolean,
): Promise<{ before: Moment; after: Moment; error?: unknown }> {
  const watcher = await open();
  const relations = await readRelations(watcher);
  const before: Moment = { relations, locks: [], reads: await readsReported(session, watcher, relations) };
  const pid = await backend(session);
  const gates = await makeGates(open, relations, gated);
  const state = { done: false };
  const outcome = session
    .query(sql)
    .then(
      () => ({}),
      (error: unknown) => ({ error }),
    )
    .finally(() => {
      state.done = true;
    });
  const locks = await watch(watcher, pid, gates, state);
  const failed = await outcome;
  await Promise.all(gates.flatMap(({ front, back }) => [dismiss(front), dismiss(back)]));
  const after: Moment = {
    relations: await readRelations(watcher),
    locks,
    reads: await readsReported(session, watcher, relations),
  };
  await watcher.close();
  return { before, after, ...failed };
}

/** Closes a gate in front of every table. */
async function makeGates(
  open: Open,
  relations: ServerRelations,
  gated: (relation: string) => boolean,
): Promise<readonly Gate[]> {
  // LOCK TABLE knows tables only
  const tables = [...relations.values()].filter(({ kind, name }) => 'rp'.includes(kind) && gated(name));
  const count = Math.min(tables.length, mostGates);
  return Promise.all(
    Array.from({ length: count }, async (_, at) => {
      const mine = tables.filter((_table, index) => index % count === at);
      const gate: Gate = { tables: mine, front: await makeKeeper(open), back: await makeKeeper(open) };
      lock(gate.front, mine);
      await gate.front.locking;
      return gate;
    }),
  );
}

async function makeKeeper(open: Open): Promise<Keeper> {
  const session = await open();
  return { session, pid: await backend(session), locking: Promise.resolve() };
}

async function backend(session: Session): Promise<string> {
  return `${(await session.query('select pg_backend_pid() as pid'))[0]?.pid}`;
}

function lock(keeper: Keeper, tables: readonly ServerRelation[]): void {
  const locks = tables.map(({ quoted }) => `lock table only ${quoted} in access exclusive mode;`);
  // the table may be gone by the time the keeper is let to it
  keeper.locking = keeper.session.query(`begin; ${locks.join(' ')}`).catch(() => {});
}

async function release(keeper: Keeper): Promise<void> {
  await keeper.locking;
  await keeper.session.query('rollback');
}

/** Waits first: nothing is in the keeper's way any more, or the other keeper of the gate is and goes too. */
async function dismiss(keeper: Keeper): Promise<void> {
  await release(keeper);
  await keeper.session.close();
}

/** Reads the statement's locks until it is done, and opens the gate it waits at. */
async function watch(
  watcher: Session,
  pid: string,
  gates: readonly Gate[],
  state: { readonly done: boolean },
): Promise<readonly (readonly [string, LockMode])[]> {
  const seen = new Map<string, readonly [string, LockMode]>();
  while (!state.done) {
    const rows = await watcher.query(`select locktype, relation, mode, granted from pg_locks where pid = ${pid}`);
    for (const found of lockRows(rows)) seen.set(String(found), found);
    const waiting = rows.filter(({ granted }) => granted === 'f');
    // a wait for another transaction: whichever gate it is, none may hold the statement up
    if (waiting.some(({ locktype }) => locktype !== 'relation'))
      await Promise.all(gates.map(({ front }) => release(front)));
    for (const gate of gates) {
      const here = gate.tables.filter(({ oid }) => waiting.some(({ relation }) => relation === oid));
      if (here.length > 0) await letPass(watcher, gate, here);
    }
  }
  return [...seen.values()];
}

async function letPass(watcher: Session, gate: Gate, here: readonly ServerRelation[]): Promise<void> {
  const { front, back } = gate;
  lock(back, here);
  while (
    (await watcher.query(`select 1 as queued from pg_locks where not granted and pid = ${back.pid}`)).length === 0
  );
  await release(front);
  gate.front = back;
  gate.back = front;
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
