import path from 'node:path';
import type { Catalog } from '../../src/catalog/catalog.js';
import { emptyCatalog, relationByName } from '../../src/catalog/lookup.js';
import { startSession } from '../../src/catalog/transaction.js';
import type { Prediction } from '../../src/effects/effect.js';
import { predict } from '../../src/effects/predict.js';
import type { Statement } from '../../src/sql/statement.js';
import { compare, type Difference } from '../../src/trace/compare.js';
import { type Observation, observeInTransaction, observeOutside } from '../../src/trace/observe.js';
import type { Server } from '../../src/trace/server.js';
import { type Open, ServerError, type Session } from '../../src/trace/session.js';
import { Follower } from './follow.js';
import { type Sendable, scheduledFiles, statementsOf } from './suite.js';

/** One statement that the server carried out, with what was predicted wrongly. */
export interface Result {
  readonly file: string;
  readonly kind: string;
  readonly sql: string;
  readonly understood: boolean;
  readonly differences: readonly Difference[];
}

/** Statements that read and write rows or steer the session: carried out, not judged. */
const notJudged = new Set([
  'SelectStmt',
  'InsertStmt',
  'UpdateStmt',
  'DeleteStmt',
  'MergeStmt',
  'CopyStmt',
  'ExplainStmt',
  'TransactionStmt',
  'VariableSetStmt',
  'VariableShowStmt',
  'PrepareStmt',
  'ExecuteStmt',
  'DeallocateStmt',
  'DeclareCursorStmt',
  'FetchStmt',
  'ClosePortalStmt',
  'DiscardStmt',
  'CallStmt',
  'DoStmt',
  'ListenStmt',
  'NotifyStmt',
  'UnlistenStmt',
  'ConstraintsSetStmt',
  'LoadStmt',
  'CheckPointStmt',
]);

/** The zone that pg_regress sets. */
const timeZone = 'America/Los_Angeles';

/** Runs the suite on a server, file by file as scheduled, and judges every statement of data definition that succeeds. */
export async function* runSuite(server: Server, suite: string, only: RegExp): AsyncGenerator<Result> {
  const folder = await server.makeFolder('rows');
  const administrator = await server.connect();
  await administrator.query('create database regression');
  await administrator.close();
  const open = () => server.connect('regression');
  const follower = new Follower(emptyCatalog(), server.major);
  for (const file of scheduledFiles(suite)) {
    const session = await open();
    await session.query(
      `set statement_timeout = '30s'; set intervalstyle = 'postgres_verbose'; set datestyle = 'Postgres, MDY'; set timezone = '${timeZone}'`,
    );
    follower.catalog = startSession(follower.catalog);
    const judged = only.test(file);
    for (const sendable of statementsOf(file, suite, folder)) {
      const result = await step(session, open, follower, sendable, path.basename(file, '.sql'));
      if (result !== undefined && judged) yield result;
    }
    follower.rollback();
    await session.close();
  }
}

async function step(
  session: Session,
  open: Open,
  follower: Follower,
  { statement, sql }: Sendable,
  file: string,
): Promise<Result | undefined> {
  if (notJudged.has(statement.kind) || follower.aborted) {
    await carryOut(session, follower, statement, sql);
    return undefined;
  }
  const before = follower.catalog;
  const prediction = tryPredict(statement, before, follower.pg);
  const named = (relation: string) =>
    sql.includes(relation.slice(relation.indexOf('.') + 1)) ||
    prediction.effects.some((effect) => effect.relation === relation);
  const observation = follower.inTransaction
    ? await observeInTransaction(session, sql)
    : await observeAndKeep(session, open, sql, named);
  if (observation.error !== undefined) {
    follower.failed();
    return undefined;
  }
  follower.done(statement);
  const existed = (name: string) => relationByName(before, name) !== undefined;
  const differences = compare(prediction, observation, existed);
  return { file, kind: statement.kind, sql, understood: prediction.understood, differences };
}

/** A prediction that throws is a wrong one, and must not hide the others. */
function tryPredict(statement: Statement, catalog: Catalog, pg: number): Prediction {
  try {
    return predict(statement, catalog, { pg, timeZone });
  } catch (error) {
    const failure = { message: `the prediction throws ${error}`, code: 'thrown', sure: true };
    return { effects: [], transactionBlock: 'allowed', understood: false, failure };
  }
}

async function carryOut(session: Session, follower: Follower, statement: Statement, sql: string): Promise<void> {
  try {
    await session.query(sql);
    follower.done(statement);
  } catch (error) {
    if (!(error instanceof ServerError)) throw error;
    follower.failed();
  }
}

/** Observes a statement as a transaction of its own, or outside one where it must be. */
async function observeAndKeep(
  session: Session,
  open: Open,
  sql: string,
  gated: (relation: string) => boolean,
): Promise<Observation> {
  await session.query("begin; set local client_min_messages = 'debug1'");
  const inside = await observeInTransaction(session, sql);
  if (inside.error !== undefined) {
    await session.query('rollback');
    return inside.error.code === '25001' ? observeOutside(session, open, sql, gated) : inside;
  }
  try {
    await session.query('commit');
    return inside;
  } catch (error) {
    if (!(error instanceof ServerError)) throw error;
    return { ...inside, error: { message: error.message, code: error.code } };
  }
}
