import { execFile } from 'node:child_process';
import { posix } from 'node:path';
import { findGit, isProgram } from './git-program.js';
import { UserError } from './user-error.js';

/** Texts in place of what the disk has, by path relative to the working directory; undefined where there is no file. */
export type Overlay = ReadonlyMap<string, string | undefined>;

/** A file and what became of it: added, deleted, modified, of another type, unmerged. */
export interface Changed {
  readonly path: string;
  readonly status: string;
}

/** A repository and the folder in it from which it is asked. */
export interface Repository {
  readonly shallow: boolean;
  /** The last commit; undefined before the first one. */
  readonly head: string | undefined;
  readonly fromTop: (path: string) => string;
  /** A place of our own beside git's own files, which no commit can reach; relative to the folder, or absolute. */
  readonly store: string;
  /** The texts of files in a commit, or in the index (''). */
  readonly texts: (commit: string, files: readonly Changed[]) => Promise<Overlay>;
}

/** Where a folder stands. Throws a UserError where there is no repository, or none with files. */
export async function openRepository(cwd: string, option: string): Promise<Repository> {
  let told: string;
  try {
    const asked = [
      '--is-shallow-repository',
      '--show-prefix',
      '--show-toplevel',
      '--git-path',
      'lockkeeper',
      '--revs-only',
      'HEAD',
    ];
    told = String(await git(cwd, ['rev-parse', ...asked]));
  } catch (error) {
    if (error instanceof GitFailure && /not a git repository/.test(error.message))
      throw new UserError(`${option} needs a git repository, and ${cwd} is in none`);
    if (error instanceof GitFailure && /work tree/.test(error.message))
      throw new UserError(`${option} needs a work tree, and ${cwd} is a bare repository`);
    throw error;
  }
  const [shallow = '', prefix = '', , store = '', head = ''] = told.split('\n');
  const fromTop = (path: string) => posix.relative(`/${prefix}`, `/${path}`);
  return {
    shallow: shallow === 'true',
    head: head === '' ? undefined : head,
    fromTop,
    store,
    texts: async (commit, files) => {
      if (files.length === 0) return new Map();
      const paths = files.map(({ path }) => posix.join('/', prefix, path).slice(1));
      // a name with a line break cannot be asked for; git answers such a line as missing
      const input = paths.map((path) => `${commit}:${path.replaceAll('\n', ' ')}\n`).join('');
      const blobs = readBlobs(await git(cwd, ['cat-file', '--batch'], input), files.length);
      return new Map(files.map(({ path }, at) => [path, blobs[at]]));
    },
  };
}

/** The blobs that `cat-file --batch` prints, each behind a line that tells its size; undefined for what is no file there. */
function readBlobs(output: Buffer, count: number): readonly (string | undefined)[] {
  const blobs: (string | undefined)[] = [];
  for (let at = 0; blobs.length < count; ) {
    const end = output.indexOf(10, at);
    if (end === -1) break;
    const [, kind, size] = / (\w+) (\d+)$/.exec(output.toString('utf8', at, end)) ?? [];
    at = end + 1;
    if (kind === undefined) {
      blobs.push(undefined);
      continue;
    }
    const next = at + Number(size);
    blobs.push(kind === 'blob' ? output.toString('utf8', at, next) : undefined);
    at = next + 1;
  }
  return blobs;
}

/** The NUL-separated words that a command prints. */
export function words(output: Buffer): readonly string[] {
  return String(output)
    .split('\0')
    .filter((part) => part !== '');
}

/** What git says of a file that is not as in the last commit: in the index, and on the disk as against the index. */
export interface Status {
  /** From the root of the repository. */
  readonly path: string;
  /** A letter; `.` where it is the same. */
  readonly index: string;
  readonly disk: string;
}

/** Every file that is not as in the last commit; one that git does not know is `??`. One process in the place of four. */
export async function readStatus(cwd: string): Promise<readonly Status[]> {
  // of a submodule only the commit is known here: its files belong to another repository
  const fixed = ['--porcelain=v2', '-z', '--no-renames', '--untracked-files=all', '--ignore-submodules=all'];
  return words(await git(cwd, ['status', ...fixed])).flatMap((line) => {
    const [kind = '', letters = ''] = line.split(' ', 2);
    if (kind === '?') return [{ path: line.slice(2), index: '?', disk: '?' }];
    const fields = { '1': 8, u: 10 }[kind];
    if (fields === undefined) return [];
    const path = line.split(' ').slice(fields).join(' ');
    return [kind === 'u' ? { path, index: 'U', disk: 'U' } : { path, index: letters[0] ?? '', disk: letters[1] ?? '' }];
  });
}

/** Files that differ between two commits, or between a commit and the disk. */
export async function diff(cwd: string, { fromTop }: Repository, args: readonly string[]): Promise<readonly Changed[]> {
  const fixed = ['--name-status', '--no-renames', '--no-ext-diff', '--ignore-submodules', '-z'];
  const told = words(await git(cwd, ['diff', ...fixed, ...args, '--']));
  const changed = new Map<string, string>();
  for (let at = 0; at + 1 < told.length; at += 2) {
    const path = fromTop(told[at + 1] ?? '');
    // an unmerged file stands there twice
    if (!changed.has(path)) changed.set(path, told[at] ?? '');
  }
  return [...changed].map(([path, status]) => ({ path, status }));
}

/** git's own words, without `fatal: `; '' when it said nothing. */
export class GitFailure extends UserError {}

/** Nothing that a repository contains makes git run a program here; its index is not refreshed, so that a running commit is left alone. */
export function git(cwd: string, args: readonly string[], input = ''): Promise<Buffer> {
  const program = findGit({ path: process.env.PATH ?? '', cwd, platform: process.platform, isProgram });
  if (program === undefined) return Promise.reject(new UserError('git is not installed, or not on the PATH'));
  return new Promise((resolve, reject) => {
    const env = { ...process.env, GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' };
    const child = execFile(
      program,
      [...args],
      { cwd, env, encoding: 'buffer', maxBuffer: 2 ** 31 - 1 },
      (error, out, told) => {
        if (error === null) resolve(out);
        else
          reject(
            new GitFailure(
              String(told)
                .replace(/^fatal: /, '')
                .split('\n')[0] ?? '',
            ),
          );
      },
    );
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
  });
}
