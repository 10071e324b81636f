import type { LockMode } from '../effects/effect.js';
import { lockRows, type ServerRelation, type ServerRelations } from './relations.js';
import type { Open, Session } from './session.js';

/**
 * How strongly a gate is closed. `access exclusive` stops the statement at its first lock of every table in every transaction; the weaker ones
 * stop it only where it asks for a lock that conflicts with them, and so show whether it asks for a stronger one later.
 */
export type GateMode = 'access exclusive' | 'row exclusive' | 'access share';

/** Where and how the gates are closed. */
export interface Gates {
  readonly mode: GateMode;
  /** Which relations (schema.name) have one; each costs two sessions. */
  readonly gated: (relation: string) => boolean;
}

/**
 * A statement that refuses a transaction block has let go of its locks when it is done. So other sessions hold the tables, and a watcher
 * reads from pg_locks which mode the statement waits for. Before an exclusive gate opens, its second session queues behind the
 * statement, and so stands in its way again as soon as it lets go of the table. What the statement holds meanwhile is read too.
 */
interface Gate {
  readonly tables: readonly ServerRelation[];
  /** Holds the tables, or waits until it can. */
  front: Keeper;
  /** Takes over when the gate opens. */
  back: Keeper;
}

interface Keeper {
  readonly session: Session;
  readonly pid: string;
  isWaiting: boolean;
  /** The end of its waiting. */
  locking: Promise<unknown>;
}

type Locks = readonly (readonly [string, LockMode])[];

/** More gates than this would use up the server's connections. */
const mostGates = 40;

/** Runs a statement outside a transaction block and gives all locks it was seen to hold or to wait for. */
export async function locksBehindGates(
  session: Session,
  open: Open,
  sql: string,
  relations: ServerRelations,
  options: Gates,
): Promise<{ readonly locks: Locks; readonly error?: unknown }> {
  const watcher = await open();
  const pid = await backend(session);
  const gates = await closeGates(open, relations, options);
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
  const locks = await watch(watcher, pid, gates, options.mode, state);
  const failed = await outcome;
  await Promise.all(gates.flatMap(({ front, back }) => [dismiss(front), dismiss(back)]));
  await watcher.close();
  return { locks, ...failed };
}

async function closeGates(open: Open, relations: ServerRelations, { mode, gated }: Gates): Promise<readonly Gate[]> {
  const tables = [...relations.values()].filter((table) => gated(table.name) && lockSql(table, mode) !== undefined);
  const count = Math.min(tables.length, mostGates);
  return Promise.all(
    Array.from({ length: count }, async (_, at) => {
      const mine = tables.filter((_table, index) => index % count === at);
      const gate: Gate = { tables: mine, front: await makeKeeper(open), back: await makeKeeper(open) };
      lock(gate.front, mine, mode);
      await gate.front.locking;
      return gate;
    }),
  );
}

/** LOCK TABLE knows tables only; of a materialized view, other commands that change nothing take the lock. */
function lockSql({ kind, quoted }: ServerRelation, mode: GateMode): string | undefined {
  if (kind === 'r' || kind === 'p') return `lock table only ${quoted} in ${mode} mode;`;
  if (kind !== 'm') return undefined;
  if (mode === 'access share') return `select from ${quoted} limit 0;`;
  return mode === 'access exclusive' ? `alter materialized view ${quoted} owner to current_user;` : undefined;
}

async function makeKeeper(open: Open): Promise<Keeper> {
  const session = await open();
  return { session, pid: await backend(session), isWaiting: false, locking: Promise.resolve() };
}

async function backend(session: Session): Promise<string> {
  return `${(await session.query('select pg_backend_pid() as pid'))[0]?.pid}`;
}

function lock(keeper: Keeper, tables: readonly ServerRelation[], mode: GateMode): void {
  keeper.isWaiting = true;
  keeper.locking = keeper.session
    .query(`begin; ${tables.map((table) => lockSql(table, mode)).join(' ')}`)
    // the table is gone by the time the keeper is let to it, or its waiting was cancelled
    .catch(() => {})
    .finally(() => {
      keeper.isWaiting = false;
    });
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
  mode: GateMode,
  state: { readonly done: boolean },
): Promise<Locks> {
  const seen = new Map<string, readonly [string, LockMode]>();
  // what it gets without waiting at a gate it only tries for, as VACUUM does before it truncates; behind a shared gate it may as well slip through
  const watched = new Set(
    gates.filter(({ tables }) => tables.length === 1).flatMap(({ tables }) => tables.map(({ oid }) => oid)),
  );
  const sql = `select locktype, relation, mode, granted, case when not granted then pg_blocking_pids(pid) end as blockers
    from pg_locks where pid = ${pid}`;
  while (!state.done) {
    const rows = await watcher.query(sql);
    const told = rows.filter(({ granted, relation }) => granted === 'f' || !watched.has(`${relation}`));
    for (const found of lockRows(told)) seen.set(String(found), found);
    const wait = rows.find(({ granted }) => granted === 'f');
    const blockers: readonly string[] = wait?.blockers?.match(/\d+/g) ?? [];
    const gate = gates.find(({ tables }) => tables.some(({ oid }) => oid === wait?.relation));
    if (gate !== undefined && blockers.includes(gate.front.pid))
      await letPass(watcher, gate, mode, `${wait?.relation}`);
    else await giveWay(watcher, gates, blockers);
  }
  return [...seen.values()];
}

async function letPass(watcher: Session, gate: Gate, mode: GateMode, oid: string): Promise<void> {
  const { front, back } = gate;
  if (mode === 'access exclusive') {
    lock(
      back,
      gate.tables.filter((table) => table.oid === oid),
      mode,
    );
    const queued = `select 1 as one from pg_locks where not granted and pid = ${back.pid}`;
    while (back.isWaiting && (await watcher.query(queued)).length === 0);
    gate.front = back;
    gate.back = front;
  }
  await release(front);
}

/** The statement waits for the end of transactions, not for a table: keepers among them give up, their gates stay open. */
async function giveWay(watcher: Session, gates: readonly Gate[], blockers: readonly string[]): Promise<void> {
  const keepers = gates.flatMap(({ front, back }) => [front, back]);
  for (const keeper of keepers.filter(({ pid }) => blockers.includes(pid))) {
    if (keeper.isWaiting) await watcher.query(`select pg_cancel_backend(${keeper.pid})`);
    await release(keeper);
  }
}
