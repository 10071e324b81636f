import path from 'node:path';
import { emptyCatalog } from '../../src/catalog/lookup.js';
import { startSession } from '../../src/catalog/transaction.js';
import type { Difference } from '../../src/trace/compare.js';
import type { Server } from '../../src/trace/server.js';
import { Follower } from '../oracle/follower.js';
import { carryOut, type Place, takeStep } from '../oracle/step.js';
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
    const place = { session, open, follower, timeZone };
    const judged = only.test(file);
    for (const sendable of statementsOf(file, suite, folder)) {
      const result = await step(place, sendable, path.basename(file, '.sql'));
      if (result !== undefined && judged) yield result;
    }
    follower.rollback();
    await session.close();
  }
}

async function step(place: Place, { statement, sql }: Sendable, file: string): Promise<Result | undefined> {
  if (notJudged.has(statement.kind) || place.follower.aborted) {
    await carryOut(place, statement, sql);
    return undefined;
  }
  const { prediction, observation, differences } = await takeStep(place, statement, sql);
  if (observation.error !== undefined) return undefined;
  return { file, kind: statement.kind, sql, understood: prediction.understood, differences };
}
