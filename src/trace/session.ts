import type { Client, ClientConfig } from 'pg';
import { UserError } from '../user-error.js';

/** A row by column name; every value as PostgreSQL writes it. */
export type Row = Readonly<Record<string, string | null>>;

/** One session on a server: what trace and the oracle need of it, whichever client stands behind it. */
export interface Session {
  /** Runs SQL text, one statement or several (then as one implicit transaction), and gives the rows of the last that has any. Throws {@link ServerError}. */
  query(sql: string): Promise<readonly Row[]>;
  /** The notices since the last call, in order. */
  notices(): readonly string[];
  close(): Promise<void>;
}

/** Opens one more session on the same database. */
export type Open = () => Promise<Session>;

/** What the server refused. */
export class ServerError extends Error {
  override readonly name = 'ServerError';
  /** SQLSTATE. */
  readonly code: string;

  constructor(message: string, code: string) {
    super(message);
    this.code = code;
  }
}

/** Opens a session through `pg`, which is an optional dependency and loaded only here. Throws a UserError when it is missing. */
export async function connect(config: ClientConfig): Promise<Session> {
  const client = await makeClient(config);
  const heard: string[] = [];
  client.on('notice', (notice) => heard.push(notice.message ?? ''));
  // a connection that the server ends (shutdown, terminate) also fails the query under way; nothing more to do here
  client.on('error', () => {});
  await client.connect().catch(rethrow);
  return {
    async query(sql) {
      const answer = await client.query<Record<string, string | null>>(sql).catch(rethrow);
      const results = Array.isArray(answer) ? answer : [answer];
      return results.findLast((result) => result.fields.length > 0)?.rows ?? [];
    },
    notices: () => heard.splice(0),
    close: () => client.end(),
  };
}

async function makeClient(config: ClientConfig): Promise<Client> {
  const { default: pg } = await import('pg').catch(() => {
    throw new UserError('the package pg is missing, which talks to the server; install it: npm install pg');
  });
  return new pg.Client({ ...config, types: { getTypeParser: () => String } });
}

function rethrow(error: unknown): never {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string')
    throw new ServerError(error.message, error.code);
  throw error;
}
