import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../user-error.js';
import { findServer, installServer, run, runsAsRoot, type ServerBinaries } from './binaries.js';
import { onExit } from './interrupt.js';
import { connect, type Session } from './session.js';
import { startWatchdog, type Watchdog } from './watchdog.js';

/** A PostgreSQL server of our own, with an empty cluster, that ends with this process at the latest. */
export interface Server {
  readonly major: number;
  /** As `server_version` says it: '15.18'. */
  readonly version: string;
  /** The folder of its socket, the only way in; the user is `postgres`. */
  readonly socket: string;
  connect(database?: string): Promise<Session>;
  /** Makes an empty folder that the server may write to, for a tablespace. */
  makeFolder(name: string): Promise<string>;
  stop(): Promise<void>;
}

/** Nobody: servers started by root run as this user. */
const nobody = 65534;

/**
 * Durability is off (the cluster is thrown away); no background work or parallel worker may hold locks or count scans beside the
 * statement observed; client_min_messages tells why PostgreSQL scans or does not.
 */
const settings: Readonly<Record<string, string>> = {
  listen_addresses: '',
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  autovacuum: 'off',
  jit: 'off',
  max_parallel_workers: '0',
  max_parallel_workers_per_gather: '0',
  max_parallel_maintenance_workers: '0',
  wal_level: 'logical',
  max_wal_size: '64MB',
  min_wal_size: '32MB',
  shared_buffers: '32MB',
  timezone: 'UTC',
  log_min_messages: 'fatal',
};

/** Starts a server of this major, installing it first if need be, of which `say` hears. Throws a UserError when it cannot be had. */
export async function startServer(major: number, say: (line: string) => void = () => {}): Promise<Server> {
  const binaries = (await findServer(major)) ?? (await installServer(major, say));
  const folder = await mkdtemp(path.join(tmpdir(), 'lockkeeper-'));
  if (runsAsRoot) await chown(folder, nobody, nobody);
  await chmod(folder, 0o700);
  const removeFolder = () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  const off = onExit(removeFolder);
  const watchdog = startWatchdog(folder);
  try {
    await initialise(binaries, folder);
    return await launch(binaries, folder, watchdog);
  } catch (error) {
    removeFolder();
    watchdog.dismiss();
    throw error;
  } finally {
    off();
  }
}

async function initialise(binaries: ServerBinaries, folder: string): Promise<void> {
  const options = ['--no-sync', '--auth=trust', '--username=postgres', '--encoding=UTF8', '--locale=C'];
  await run(
    path.join(binaries.bin, 'initdb'),
    ['-D', path.join(folder, 'data'), ...options],
    runOptions(binaries, folder),
  );
}

async function launch(binaries: ServerBinaries, folder: string, watchdog: Watchdog): Promise<Server> {
  // the socket lies in a folder that only its owner can enter, so `trust` opens the server to nobody else
  const all = { ...settings, unix_socket_directories: folder };
  const args = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn(path.join(binaries.bin, 'postgres'), ['-D', path.join(folder, 'data'), ...args], {
    ...runOptions(binaries, folder),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  watchdog.watch(child.pid);
  let complaint = '';
  child.stderr.on('data', (chunk) => {
    complaint = String(chunk);
  });
  // an immediate shutdown takes what a session still computes along, which would not hear of a killed postmaster; the watchdog removes the folder
  const off = onExit(() => void child.kill('SIGQUIT'));
  const open = (database = 'postgres') => connect({ host: folder, user: 'postgres', database });
  const first = await untilReady(open, child).catch((error: unknown) => {
    child.kill('SIGKILL');
    if (error instanceof UserError) throw error;
    throw new UserError(`PostgreSQL ${binaries.major} does not start: ${complaint.trim() || String(error)}`);
  });
  const [row] = await first.query('show server_version');
  await first.close();
  return {
    major: binaries.major,
    version: (row?.server_version ?? '').replace(/ .*/, ''),
    socket: folder,
    connect: open,
    async makeFolder(name) {
      const made = path.join(folder, name);
      await mkdir(made);
      if (runsAsRoot) await chown(made, nobody, nobody);
      return made;
    },
    async stop() {
      off();
      const gone = new Promise((resolve) => child.once('exit', resolve));
      // immediate shutdown: the cluster is thrown away
      if (child.kill('SIGQUIT')) await gone;
      await rm(folder, { recursive: true, force: true, maxRetries: 3 });
      watchdog.dismiss();
    },
  };
}

async function untilReady(open: () => Promise<Session>, child: ChildProcess): Promise<Session> {
  for (let tries = 0; ; tries++) {
    try {
      return await open();
    } catch (error) {
      if (tries > 600 || child.exitCode !== null || error instanceof UserError) throw error;
      await sleep(50);
    }
  }
}

function runOptions(binaries: ServerBinaries, cwd: string) {
  const env = { ...process.env, ...(binaries.lib === undefined ? {} : { LD_LIBRARY_PATH: binaries.lib }) };
  return { cwd, env, ...(runsAsRoot ? { uid: nobody, gid: nobody } : {}) };
}
