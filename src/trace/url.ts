import { randomBytes } from 'node:crypto';
import type { ClientConfig } from 'pg';
import { UserError } from '../user-error.js';

/** The database that a URL names. */
export interface Target {
  readonly database: string;
  /** Host, port and database for people: no user, no password. */
  readonly shown: string;
  /** What our sessions call themselves, and nobody else's. */
  readonly application: string;
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
  const database = nameIn(url.pathname);
  const host = url.searchParams.get('host') ?? url.hostname;
  const port = url.searchParams.get('port') ?? url.port;
  const shown = `${host || 'localhost'}${port === '' ? '' : `:${port}`}/${database}`;
  const application = `lockkeeper trace ${randomBytes(4).toString('hex')}`;
  return {
    database,
    shown,
    application,
    config: (other) => {
      const its = new URL(url);
      if (other !== undefined) its.pathname = `/${encodeURIComponent(other)}`;
      return { connectionString: its.href, application_name: application };
    },
  };
}

/** The name of the database, as `pg` will read it too: it leaves %2F and the like as they are. */
function nameIn(pathname: string): string {
  const path = pathname.replace(/^\//, '');
  if (path === '') throw new UserError('--database-url: the name of the database is missing: postgres://…/DATABASE');
  try {
    const name = decodeURI(path);
    if (name === decodeURIComponent(path)) return name;
  } catch {
    // a % that stands for nothing
  }
  throw new UserError('--database-url: the name of the database holds a sign that a URL cannot carry: choose another');
}
