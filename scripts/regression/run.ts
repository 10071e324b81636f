import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { emptyCatalog } from '../../src/catalog/lookup.js';
import { startSession } from '../../src/catalog/transaction.js';
import type { Statement } from '../../src/sql/statement.js';
import type { Difference } from '../../src/trace/compare.js';
import type { Server } from '../../src/trace/server.js';
import type { Open, Session } from '../../src/trace/session.js';
import { Follower } from '../oracle/follower.js';
import { groupBy } from '../oracle/group.js';
import { carryOut, type Place, takeStep } from '../oracle/step.js';
import { scheduledFiles, statementsOf } from './suite.js';

/** One statement that the server was given, with what was predicted wrongly. */
export interface Result {
  readonly file: string;
  readonly kind: string;
  readonly sql: string;
  readonly understood: boolean;
  /** Why the server refused it; such a statement is judged by its error alone. */
  readonly refusal?: string;
  readonly differences: readonly Difference[];
}

/** What of a suite is run and judged. */
export interface Selection {
  /** Files to judge, by their path; all are run. */
  readonly only: RegExp;
  /** Judge the statements that read and write rows as well. */
  readonly rows: boolean;
}

/** Statements that read and write rows: judged only when asked for. */
const ofRows = new Set(['SelectStmt', 'InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt', 'CopyStmt']);

/** Statements that steer the session, or run what another one says: carried out, not judged. */
const notJudged = new Set([
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

/** Runs the suite on a server, file by file as scheduled, and judges the statements. */
export async function* runSuite(server: Server, suite: string, { only, rows }: Selection): AsyncGenerator<Result> {
  const folder = await server.makeFolder('rows');
  const administrator = await server.connect();
  await administrator.query('create database regression');
  await administrator.close();
  const open = () => server.connect('regression');
  const follower = new Follower(emptyCatalog(), server.major);
  for (const file of scheduledFiles(suite)) {
    const { sendables } = statementsOf(file, suite, folder);
    const judged = (kind: string) => only.test(file) && !notJudged.has(kind) && (rows || !ofRows.has(kind));
    for (const part of groupBy(sendables, ({ session }) => `${session}`).values()) {
      let place = await begin(follower, open);
      for (const { statement, sql } of part) {
        try {
          if (judged(statement.kind) && !follower.aborted)
            yield await step(place, statement, sql, path.basename(file, '.sql'));
          else await carryOut(place, statement, sql);
        } catch (error) {
          if (!wasCutOff(error)) throw error;
          console.error(`the server crashed on ${path.basename(file)}: ${sql}`);
          follower.rollback();
          place = await begin(follower, open);
        }
      }
      follower.rollback();
      await place.session.close();
    }
  }
}

async function begin(follower: Follower, open: Open): Promise<Place> {
  const session = await untilOpen(open);
  await session.query(
    `set statement_timeout = '30s'; set intervalstyle = 'postgres_verbose'; set datestyle = 'Postgres, MDY'; set timezone = '${timeZone}'`,
  );
  follower.catalog = startSession(follower.catalog);
  return { session, open, follower, timeZone };
}

/** A server that crashed recovers by itself, and lets nobody in meanwhile. */
async function untilOpen(open: Open): Promise<Session> {
  for (let tries = 0; ; tries++) {
    try {
      return await open();
    } catch (error) {
      if (tries > 100) throw error;
      await sleep(100);
    }
  }
}

/** 18.4 crashes on a statement of a suite of 18.6. */
function wasCutOff(error: unknown): boolean {
  return error instanceof Error && /^Connection terminated|^Client has encountered/.test(error.message);
}

async function step(place: Place, statement: Statement, sql: string, file: string): Promise<Result> {
  const { prediction, observation, differences } = await takeStep(place, statement, sql);
  const refusal = observation.error && { refusal: `${observation.error.code} ${observation.error.message}` };
  return { file, kind: statement.kind, sql, understood: prediction.understood, ...refusal, differences };
}
