import type { ClientConfig } from 'pg';
import { UserError } from '../user-error.js';

/** The database that a URL names. */
export interface Target {
  readonly database: string;
  /** Host, port and database for people: no user, no password. */
  readonly shown: string;
  /** How to connect to it, or to another database of its server. */
  readonly config: (database?: string) => ClientConfig;
}

/** Reads `postgres://user:password@host:port/database`. Throws a UserError, which never repeats the URL: it may hold a password. */
export function readUrl(text: string): Target {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new UserError('--database-url: postgres://USER:PASSWORD@HOST:PORT/DATABASE is meant');
  }
  if (url.protocol !== 'postgres:' && url.protocol !== 'postgresql:')
    throw new UserError(`--database-url: it begins with ${url.protocol}//, postgres:// is meant`);
  const database = decodeURIComponent(url.pathname.replace(/^\//, ''));
  if (database === '')
    throw new UserError('--database-url: the name of the database is missing: postgres://…/DATABASE');
  const host = url.searchParams.get('host') ?? url.hostname;
  const port = url.searchParams.get('port') ?? url.port;
  const shown = `${host || 'localhost'}${port === '' ? '' : `:${port}`}/${database}`;
  return {
    database,
    shown,
    config: (other) => {
      const its = new URL(url);
      if (other !== undefined) its.pathname = `/${encodeURIComponent(other)}`;
      return { connectionString: its.href, application_name: 'lockkeeper trace' };
    },
  };
}
