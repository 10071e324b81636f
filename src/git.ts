import { execFile } from 'node:child_process';
import { posix } from 'node:path';
import { findGit, isProgram } from './git-program.js';
import { UserError } from './user-error.js';

/** Texts in place of what the disk has, by path relative to the working directory; undefined where there is no file. */
export type Overlay = ReadonlyMap<string, string | undefined>;

/** What git knows of the files that changed. All paths are relative to the working directory, with `/`. */
export interface GitChanges {
  /** Files that were added or edited: since the merge base, or in the index since the last commit. */
  readonly touched: ReadonlySet<string>;
  /** What is judged, as far as the disk differs from it: the index, where that was asked for. */
  readonly overlay: Overlay;
  /** Files as they were before, as far as the disk differs: their texts for those that `wanted` accepts. */
  readonly before: (wanted: (file: FormerFile) => boolean) => Promise<Overlay>;
  /** True when a file was edited or deleted, not only added, that `wanted` accepts. */
  readonly changes: (wanted: (file: FormerFile) => boolean) => boolean;
  /** What else is on the base; undefined when it is not known which branch that is. */
  readonly base: Base | undefined;
}

/** A file that is no longer what it was. */
export interface FormerFile {
  readonly path: string;
  readonly gone: boolean;
}

/** The branch that the change goes into. */
export interface Base {
  /** As people know it: `origin/main`. */
  readonly name: string;
  /** Files that were there before the change but that the base has not got (commits of the same branch). */
  readonly unpublished: ReadonlySet<string>;
  /** Files that the base has gained since the branches parted, with their texts for those that `wanted` accepts. */
  readonly gained: (wanted: (path: string) => boolean) => Promise<Overlay>;
}

/** What to compare: the working tree with the merge base, or the index with the last commit. */
export interface GitQuestion {
  /** An absolute path. */
  readonly cwd: string;
  readonly staged: boolean;
  /** The base, a branch, tag or commit; by default the branch that `origin` calls its own, else main, master or trunk. */
  readonly ref?: string | undefined;
  /** How people know the base, where `ref` is a commit. */
  readonly name?: string | undefined;
}

/**
 * Asks git what changed. The working tree counts with what is not committed and what is not yet tracked. Throws a UserError of one
 * line where there is no git, no repository, no such base, or too little of the history (a shallow clone).
 */
export async function readChanges({ cwd, staged, ref, name }: GitQuestion): Promise<GitChanges> {
  const option = staged ? '--staged' : '--changed';
  const repository = await openRepository(cwd, option);
  const [unborn, named] = await Promise.all([
    isUnborn(repository),
    findBase(repository, ref, option).catch((error: unknown) => ({ error })),
  ]);
  if (unborn && !staged) throw new UserError('--changed: there is no commit yet; --staged judges what is in the index');
  if (named !== undefined && 'error' in named) throw named.error;
  const base = named;
  const fork = base && !unborn ? await forkOf(repository, base, staged) : undefined;
  const start = staged ? (unborn ? undefined : 'HEAD') : fork?.commit;
  const cached = staged ? ['--cached'] : [];
  const [changed, fromDisk, untracked, unstaged, unpublished, gained] = await Promise.all([
    diff(repository, [...cached, ...(start === undefined ? [] : [start])]),
    staged && start !== undefined ? diff(repository, [start]) : undefined,
    repository.names(['ls-files', '--others', '--exclude-standard', '--full-name', '-z', repository.top]),
    staged ? diff(repository, []) : [],
    staged && fork ? diff(repository, ['--diff-filter=A', fork.commit, 'HEAD']) : [],
    fork && fork.commit !== fork.tip ? diff(repository, ['--diff-filter=A', fork.commit, fork.tip]) : [],
  ]);
  const index = await repository.texts('', unstaged);
  const absent = untracked.map((path): [string, undefined] => [path, undefined]);
  // the disk of a partly staged file differs from the last commit in more than the index does
  const former = (fromDisk ?? changed).filter(({ status }) => status !== 'A');
  const added = (fromDisk ?? changed).filter(({ status }) => status === 'A');
  const asked = (wanted: (file: FormerFile) => boolean) =>
    former.filter(({ path, status }) => wanted({ path, gone: status === 'D' }));
  return {
    touched: new Set([
      ...changed.filter(({ status }) => status !== 'D').map(({ path }) => path),
      ...(staged ? [] : untracked),
    ]),
    overlay: new Map(staged ? [...index, ...absent] : []),
    before: async (wanted) =>
      new Map([
        ...absent,
        ...added.map(({ path }): [string, undefined] => [path, undefined]),
        ...(start === undefined ? [] : await repository.texts(start, asked(wanted))),
      ]),
    changes: (wanted) => changed.some(({ path, status }) => status !== 'A' && wanted({ path, gone: status === 'D' })),
    base: fork && {
      name: name ?? fork.name,
      unpublished: new Set(unpublished.map(({ path }) => path)),
      gained: (wanted) =>
        repository.texts(
          fork.tip,
          gained.filter(({ path }) => wanted(path)),
        ),
    },
  };
}

/** The first of some commits that is here and from which the branch has come; undefined when the clone holds too little of the history. */
export async function firstInReach(cwd: string, commits: readonly string[]): Promise<string | undefined> {
  for (const commit of commits) {
    try {
      const tip = String(
        await git(cwd, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${commit}^{commit}`]),
      );
      await git(cwd, ['merge-base', tip.trim(), 'HEAD']);
      return tip.trim();
    } catch (error) {
      if (!(error instanceof GitFailure)) throw error;
    }
  }
  return undefined;
}

/** Whether all of a commit is in another one; false too where the clone does not have it. */
export async function isWithin(cwd: string, commit: string, other: string): Promise<boolean> {
  return git(cwd, ['merge-base', '--is-ancestor', commit, other]).then(
    () => true,
    (error: unknown) => {
      if (!(error instanceof GitFailure)) throw error;
      return false;
    },
  );
}

/** A file and what became of it: added, deleted, modified, of another type, unmerged. */
interface Changed {
  readonly path: string;
  readonly status: string;
}

interface Repository {
  readonly top: string;
  readonly shallow: boolean;
  readonly run: (args: readonly string[], input?: string) => Promise<Buffer>;
  /** The NUL-separated paths that a command prints, made relative to the working directory. */
  readonly names: (args: readonly string[]) => Promise<readonly string[]>;
  readonly fromTop: (path: string) => string;
  /** The texts of files in a commit, or in the index (''). */
  readonly texts: (commit: string, files: readonly Changed[]) => Promise<Overlay>;
}

async function openRepository(cwd: string, option: string): Promise<Repository> {
  const run = (args: readonly string[], input?: string) => git(cwd, args, input);
  let told: string;
  try {
    told = String(await run(['rev-parse', '--is-shallow-repository', '--show-prefix', '--show-toplevel']));
  } catch (error) {
    if (error instanceof GitFailure && /not a git repository/.test(error.message))
      throw new UserError(`${option} needs a git repository, and ${cwd} is in none`);
    if (error instanceof GitFailure && /work tree/.test(error.message))
      throw new UserError(`${option} needs a work tree, and ${cwd} is a bare repository`);
    throw error;
  }
  const [shallow = '', prefix = '', top = ''] = told.split('\n');
  const fromTop = (path: string) => posix.relative(`/${prefix}`, `/${path}`);
  return {
    top,
    shallow: shallow === 'true',
    run,
    names: async (args) => parts(await run(args)).map(fromTop),
    fromTop,
    texts: async (commit, files) => {
      if (files.length === 0) return new Map();
      const paths = files.map(({ path }) => posix.join('/', prefix, path).slice(1));
      // a name with a line break cannot be asked for; git answers such a line as missing
      const input = paths.map((path) => `${commit}:${path.replaceAll('\n', ' ')}\n`).join('');
      const blobs = readBlobs(await run(['cat-file', '--batch'], input), files.length);
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

function parts(output: Buffer): readonly string[] {
  return String(output)
    .split('\0')
    .filter((part) => part !== '');
}

async function diff(repository: Repository, args: readonly string[]): Promise<readonly Changed[]> {
  // of a submodule only the commit is known here: its files belong to another repository
  const fixed = ['--name-status', '--no-renames', '--no-ext-diff', '--ignore-submodules', '-z'];
  const words = parts(await repository.run(['diff', ...fixed, ...args, '--']));
  const changed = new Map<string, string>();
  for (let at = 0; at + 1 < words.length; at += 2) {
    const path = repository.fromTop(words[at + 1] ?? '');
    // an unmerged file stands there twice
    if (!changed.has(path)) changed.set(path, words[at] ?? '');
  }
  return [...changed].map(([path, status]) => ({ path, status }));
}

async function isUnborn({ run }: Repository): Promise<boolean> {
  return run(['rev-parse', '--verify', '--quiet', 'HEAD']).then(
    () => false,
    () => true,
  );
}

interface NamedCommit {
  readonly name: string;
  readonly tip: string;
}

/** What the default branch is called, best first. */
const defaultBranches = [
  'refs/remotes/origin/HEAD',
  'refs/remotes/upstream/HEAD',
  'refs/remotes/origin/main',
  'refs/remotes/origin/master',
  'refs/remotes/origin/trunk',
  'refs/heads/main',
  'refs/heads/master',
  'refs/heads/trunk',
];

async function findBase(
  repository: Repository,
  ref: string | undefined,
  option: string,
): Promise<NamedCommit | undefined> {
  if (ref !== undefined) {
    try {
      const tip = await repository.run(['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`]);
      return { name: ref, tip: String(tip).trim() };
    } catch {
      const hint = repository.shallow ? `; the clone is shallow: ${deepen}` : '; git fetch gets what a remote has';
      throw new UserError(`${option} ${ref}: there is no such commit or branch here${hint}`);
    }
  }
  const format = '--format=%(refname)%00%(symref)%00%(objectname)';
  const lines = String(await repository.run(['for-each-ref', format, ...defaultBranches])).split('\n');
  const known = lines.map((line) => line.split('\0'));
  for (const name of defaultBranches) {
    const [, symref = '', tip = ''] = known.find(([refname]) => refname === name) ?? [];
    if (tip !== '') return { name: (symref || name).replace(/^refs\/(?:heads|remotes)\//, ''), tip };
  }
  if (option === '--staged') return undefined;
  throw new UserError(
    '--changed: there is no origin/HEAD, origin/main, main or master here, so say which: --changed REF',
  );
}

/** Where the branches parted, and what the base is now. */
interface Fork extends NamedCommit {
  readonly commit: string;
}

const deepen = 'set fetch-depth: 0 (actions/checkout), GIT_DEPTH: 0 (GitLab), or run git fetch --unshallow';

async function forkOf(repository: Repository, base: NamedCommit, staged: boolean): Promise<Fork | undefined> {
  try {
    const commit = String(await repository.run(['merge-base', base.tip, 'HEAD'])).trim();
    return { ...base, commit };
  } catch (error) {
    // what is staged can be judged without knowing what is applied
    if (staged) return undefined;
    if (!(error instanceof GitFailure) || error.message !== '') throw error;
    throw new UserError(
      repository.shallow
        ? `--changed: the clone is shallow and does not reach what this branch and ${base.name} have in common: ${deepen}`
        : `--changed: this branch and ${base.name} have no commit in common`,
    );
  }
}

/** git's own words, without `fatal: `; '' when it said nothing. */
class GitFailure extends UserError {}

/** Nothing that a repository contains makes git run a program here; its index is not refreshed, so that a running commit is left alone. */
function git(cwd: string, args: readonly string[], input = ''): Promise<Buffer> {
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
