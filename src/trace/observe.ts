import type { LockMode } from '../effects/effect.js';
import { strongest } from '../effects/locks.js';
import { type GateMode, locksBehindGates } from './gates.js';
import { runAlone, runOutside } from './outside.js';
import { type Plan, planOf } from './plan.js';
import {
  isTableLike,
  type Moment,
  type Reads,
  readLocks,
  readRelations,
  readsOfTransaction,
  type ServerRelation,
  type ServerRelations,
} from './relations.js';
import { type Open, ServerError, type Session } from './session.js';

/** What a statement did on a real server. Relations are written schema.name; lists are sorted. */
export interface Observation {
  /** `forbidden`: refused with 25001 in a transaction block, and then observed outside one. */
  readonly transactionBlock: 'allowed' | 'forbidden';
  readonly error?: { readonly message: string; readonly code: string };
  /** The strongest lock on each table, partitioned table, materialized view and foreign table that existed before. */
  readonly locks: Readonly<Record<string, LockMode>>;
  /** The strongest lock that the transaction held on each of them before: what is no stronger does not show in `locks`. */
  readonly held: Readonly<Record<string, LockMode>>;
  /** Tables with a new file. */
  readonly rewrites: readonly string[];
  /** Tables that were read in full. */
  readonly scans: readonly string[];
  /** Indexes that were built, new ones and old ones. */
  readonly indexBuilds: readonly string[];
  /** Indexes that were there before and have a new file. */
  readonly indexRebuilds: readonly string[];
  /** Tables without a single page before: whether they would be read in full cannot be seen. */
  readonly empty: readonly string[];
  /** Tables of so few pages that the planner reads them in full whatever index there is. */
  readonly small: readonly string[];
  /** How the query would be read by every index that serves; undefined where it was not asked, or has no plan. */
  readonly plan?: Plan;
  /** Tables of which rows were inserted, updated or deleted. */
  readonly written: readonly string[];
  /** What the server said meanwhile (debug1: why it scans or does not). */
  readonly notices: readonly string[];
  /**
   * What was not looked at: a server with one session shows no locks of a statement outside a transaction; a statement that steers the
   * session is left alone.
   */
  readonly unseen?: readonly ('locks' | 'work')[];
}

/** To read so many in a row costs about what a look into an index does for a handful of values. */
const fewPages = 50;

const refusedInTransaction = '25001';

/**
 * Runs one statement and tells what it did, leaving the database as it was; a statement that refuses a transaction block runs outside
 * one and stays. The session must have no transaction open; `begun` is run before the statement in its transaction.
 */
export async function observe(
  session: Session,
  open: Open,
  sql: string,
  begun: readonly string[] = [],
): Promise<Observation> {
  await session.query("set client_min_messages = 'debug1'");
  await session.query('begin');
  for (const earlier of begun) await session.query(earlier);
  const inside = await observeInTransaction(session, sql);
  await session.query('rollback');
  if (inside.error?.code !== refusedInTransaction || begun.length > 0) return inside;
  const outside = await observeOutside(session, open, sql);
  return outside.error?.code === refusedInTransaction ? inside : outside;
}

/** Runs one statement in the transaction that is open, `planned` with a look at its plan. After an error the transaction is aborted. */
export async function observeInTransaction(session: Session, sql: string, planned = false): Promise<Observation> {
  // a script may have turned down what tells of builds and scans
  await session.query("set local client_min_messages = 'debug1'");
  const plan = planned ? await planOf(session, sql) : undefined;
  const before = await look(session);
  session.notices();
  try {
    await session.query(sql);
  } catch (error) {
    return refused('allowed', error, before, session);
  }
  const observed = compose('allowed', before, await look(session, before.relations), session.notices());
  return plan === undefined ? observed : { ...observed, plan };
}

/**
 * Runs one statement outside a transaction block; what it did stays. `gated` says at which relations its locks are waited for (schema.name;
 * each costs two sessions); without it, at all. Without `open` there is no second session, and no locks are seen.
 */
export async function observeOutside(
  session: Session,
  open: Open | undefined,
  sql: string,
  gated: (relation: string) => boolean = () => true,
): Promise<Observation> {
  await session.query("set client_min_messages = 'debug1'");
  session.notices();
  const { before, after, error } =
    open === undefined ? await runAlone(session, sql) : await runOutside(session, open, sql, gated);
  if (error !== undefined) return refused('forbidden', error, before, session);
  const observed = compose('forbidden', before, after, session.notices());
  return open === undefined ? { ...observed, unseen: ['locks'] } : observed;
}

/**
 * Runs a statement outside a transaction block behind weaker gates, and gives the strongest lock on each table that shows there. A lock that
 * a transaction asks for when it holds a weaker one on the same table already does not wait at an exclusive gate.
 */
export async function locksAtWeakerGate(
  session: Session,
  open: Open,
  sql: string,
  mode: GateMode,
): Promise<Observation['locks']> {
  const relations = await readRelations(session);
  const { locks } = await locksBehindGates(session, open, sql, relations, { mode, gated: () => true });
  return strongestLocks(relations, locks);
}

async function look(session: Session, known?: ServerRelations): Promise<Moment> {
  // locks first: to look at a relation's size locks it
  const locks = await readLocks(session);
  const relations = await readRelations(session, known === undefined);
  return { locks, relations, reads: await readsOfTransaction(session, (known ?? relations).keys()) };
}

function refused(
  transactionBlock: Observation['transactionBlock'],
  error: unknown,
  before: Moment,
  session: Session,
): Observation {
  if (!(error instanceof ServerError)) throw error;
  return {
    ...compose(transactionBlock, before, before, session.notices()),
    error: { message: error.message, code: error.code },
  };
}

function compose(
  transactionBlock: Observation['transactionBlock'],
  before: Moment,
  after: Moment,
  notices: readonly string[],
): Observation {
  const old = [...before.relations.values()];
  const tables = old.filter(isTableLike);
  const stored = tables.filter(({ kind }) => kind === 'r' || kind === 'm');
  return {
    transactionBlock,
    locks: strongestLocks(before.relations, newLocks(before, after)),
    held: strongestLocks(before.relations, before.locks),
    rewrites: names(stored.filter((table) => hasNewFile(after, table))),
    scans: names(stored.filter((table) => wasRead(before, after, table, notices))),
    indexBuilds: indexBuilds(before, after, notices),
    indexRebuilds: indexRebuilds(before, after),
    empty: names(stored.filter(({ pages }) => pages === 0)),
    small: names(stored.filter(({ pages }) => pages < fewPages)),
    written: names(stored.filter((table) => since(before, after, table, 'rows') > 0)),
    notices,
  };
}

type Locks = Moment['locks'];

function newLocks(before: Moment, after: Moment): Locks {
  const held = new Set(before.locks.map(String));
  return after.locks.filter((lock) => !held.has(String(lock)));
}

/** Named from before: a relation that the statement drops has no name after. */
function strongestLocks(relations: ServerRelations, locks: Locks): Readonly<Record<string, LockMode>> {
  const locksByName = new Map<string, LockMode>();
  for (const [oid, mode] of locks) {
    const relation = relations.get(oid);
    if (relation === undefined || !isTableLike(relation)) continue;
    locksByName.set(relation.name, strongest(mode, locksByName.get(relation.name) ?? mode));
  }
  return Object.fromEntries([...locksByName].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function hasNewFile(after: Moment, table: ServerRelation): boolean {
  const now = after.relations.get(table.oid);
  // a rule can turn a table into a view, which has none
  return now !== undefined && now.file !== '' && now.file !== table.file;
}

/**
 * A table is read in full when all its pages were looked at. Where rows were written, and in small tables, which are read page by page through an
 * index too, that says nothing; there the count of scans and the server's own word decide. VACUUM and ANALYZE are not counted as scans, but
 * they use no index.
 */
function wasRead(before: Moment, after: Moment, table: ServerRelation, notices: readonly string[]): boolean {
  if (table.pages === 0) return false;
  const isRead = since(before, after, table, 'pages') >= table.pages;
  if (since(before, after, table, 'scans') > 0) return isRead;
  if (since(before, after, table, 'rows') > 0) return false;
  if (table.pages > 5) return isRead;
  const named = [...before.relations.values()].filter(
    (other) => isTableLike(other) && bareName(other) === bareName(table),
  );
  // the server says no schema: of several by that name it is one that is locked
  const isMeant = named.length === 1 || after.locks.some(([oid]) => oid === table.oid);
  const said = `table "${bareName(table)}"`;
  if (isMeant && notices.some((notice) => notice === `rewriting ${said}` || notice === `verifying ${said}`))
    return true;
  const indexes = [...before.relations.values()].filter((relation) => relation.table === table.oid);
  return isRead && indexes.every((index) => since(before, after, index, 'scans') === 0);
}

function since(before: Moment, after: Moment, { oid }: ServerRelation, what: keyof Reads): number {
  return (after.reads.get(oid)?.[what] ?? 0) - (before.reads.get(oid)?.[what] ?? 0);
}

function bareName({ name }: ServerRelation): string {
  return name.slice(name.indexOf('.') + 1);
}

const building = /^building index "(.*)" on table "/;

/** The server names an index without its schema: it is the one with a new file. */
function indexBuilds(before: Moment, after: Moment, notices: readonly string[]): readonly string[] {
  const files = new Set([...before.relations.values()].map(({ file }) => file));
  const candidates = [...after.relations.values()].filter(({ kind }) => kind === 'i');
  const fresh = candidates.filter(({ file }) => !files.has(file));
  const found = notices.flatMap((notice) => {
    // REINDEX CONCURRENTLY builds name_ccnew and swaps the names afterwards
    const name = building.exec(notice)?.[1]?.replace(/_ccnew\d*$/, '');
    if (name === undefined || name.startsWith('pg_toast_')) return [];
    const index = fresh.find((each) => bareName(each) === name) ?? candidates.find((each) => bareName(each) === name);
    return index === undefined ? [] : [index];
  });
  return names(found);
}

/** By name: ALTER TYPE drops and creates indexes anew, and may keep their files. */
function indexRebuilds(before: Moment, after: Moment): readonly string[] {
  const now = new Map([...after.relations.values()].map((relation) => [relation.name, relation]));
  return names(
    [...before.relations.values()].filter((old) => {
      const same = now.get(old.name);
      return old.kind === 'i' && same?.kind === 'i' && same.file !== old.file;
    }),
  );
}

function names(relations: readonly ServerRelation[]): readonly string[] {
  return [...new Set(relations.map(({ name }) => name))].sort();
}
