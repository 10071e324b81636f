import {
  type Changed,
  diff,
  GitFailure,
  git,
  type Overlay,
  openRepository,
  type Repository,
  readStatus,
  type Status,
  words,
} from './git-repository.js';
import { UserError } from './user-error.js';

export type { Overlay } from './git-repository.js';

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
  /** A folder beside git's own files, which need not be there yet; relative to the working directory, or absolute. */
  readonly store: string;
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
  // all at once: a process takes longer to start than git to answer
  const opening = openRepository(cwd, option);
  const finding = findTip(cwd, ref);
  const status = staged ? readStatus(cwd) : undefined;
  const others = staged ? undefined : untrackedFiles(cwd);
  // of several faults that of the folder is told
  await Promise.allSettled([opening, finding, status, others]);
  const repository = await opening;
  const { head, fromTop } = repository;
  if (head === undefined && !staged)
    throw new UserError('--changed: there is no commit yet; --staged judges what is in the index');
  const base = known(await finding, repository, ref, option);
  const fork = base && head !== undefined ? await forkOf(cwd, repository, base, staged) : undefined;
  const start = staged ? head : fork?.commit;
  const added = (from: string, to: string) => (from === to ? [] : diff(cwd, repository, ['--diff-filter=A', from, to]));
  const [difference, unpublished, gained] = await Promise.all([
    status === undefined ? ofDisk(cwd, repository, start, await others) : ofIndex(await status, fromTop),
    staged && fork && head !== undefined ? added(fork.commit, head) : [],
    fork ? added(fork.commit, fork.tip) : [],
  ]);
  const { changed, onDisk, untracked, unstaged } = difference;
  const index = await repository.texts('', unstaged);
  const absent = untracked.map((path): [string, undefined] => [path, undefined]);
  const former = onDisk.filter(({ status }) => status !== 'A');
  const fresh = onDisk.filter(({ status }) => status === 'A');
  const asked = (wanted: (file: FormerFile) => boolean) =>
    former.filter(({ path, status }) => wanted({ path, gone: status === 'D' }));
  return {
    touched: new Set([
      ...changed.filter(({ status }) => status !== 'D').map(({ path }) => path),
      ...(staged ? [] : untracked),
    ]),
    store: repository.store,
    overlay: new Map(staged ? [...index, ...absent] : []),
    before: async (wanted) =>
      new Map([
        ...absent,
        ...fresh.map(({ path }): [string, undefined] => [path, undefined]),
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

/** What differs, in the three ways that matter. */
interface Difference {
  /** What is judged from what was before. */
  readonly changed: readonly Changed[];
  /** The disk from what was before: in a partly staged file it differs in more than the index does. */
  readonly onDisk: readonly Changed[];
  readonly untracked: readonly string[];
  /** The disk from the index, where that is judged. */
  readonly unstaged: readonly Changed[];
}

async function ofDisk(
  cwd: string,
  repository: Repository,
  start: string | undefined,
  others: readonly string[] = [],
): Promise<Difference> {
  const changed = await diff(cwd, repository, start === undefined ? [] : [start]);
  return { changed, onDisk: changed, untracked: others.map(repository.fromTop), unstaged: [] };
}

function ofIndex(all: readonly Status[], fromTop: (path: string) => string): Difference {
  const untracked = all.filter(({ index }) => index === '?').map(({ path }) => fromTop(path));
  const tracked = all.filter(({ index }) => index !== '?').map((one) => ({ ...one, path: fromTop(one.path) }));
  const differing = (letter: (one: Status) => string) =>
    tracked.map((one) => ({ path: one.path, status: letter(one) })).filter(({ status }) => status !== '.');
  return {
    changed: differing(({ index }) => index),
    onDisk: differing(diskLetter),
    untracked,
    unstaged: differing(({ disk }) => disk),
  };
}

/** What became of a file between the last commit and the disk. */
function diskLetter({ index, disk }: Status): string {
  if (index === '.' || disk === '.') return index === '.' ? disk : index;
  if (disk === 'D') return index === 'A' ? '.' : 'D';
  return index;
}

async function untrackedFiles(cwd: string): Promise<readonly string[]> {
  return words(await git(cwd, ['ls-files', '--others', '--exclude-standard', '--full-name', '-z', ':/']));
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

/** The base by the name that it was given, else the default branch; undefined when there is none. */
async function findTip(cwd: string, ref: string | undefined): Promise<NamedCommit | undefined> {
  if (ref !== undefined) {
    try {
      const tip = await git(cwd, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`]);
      return { name: ref, tip: String(tip).trim() };
    } catch (error) {
      if (!(error instanceof GitFailure)) throw error;
      return undefined;
    }
  }
  const format = '--format=%(refname)%00%(symref)%00%(objectname)';
  const lines = String(await git(cwd, ['for-each-ref', format, ...defaultBranches])).split('\n');
  const refs = lines.map((line) => line.split('\0'));
  for (const name of defaultBranches) {
    const [, symref = '', tip = ''] = refs.find(([refname]) => refname === name) ?? [];
    if (tip !== '') return { name: (symref || name).replace(/^refs\/(?:heads|remotes)\//, ''), tip };
  }
  return undefined;
}

/** What is staged can be judged without knowing what is applied, as long as nobody has said what that is. */
function known(
  found: NamedCommit | undefined,
  { shallow }: Repository,
  ref: string | undefined,
  option: string,
): NamedCommit | undefined {
  if (found !== undefined) return found;
  if (ref !== undefined) {
    const hint = shallow ? `; the clone is shallow: ${deepen}` : '; git fetch gets what a remote has';
    throw new UserError(`${option} ${ref}: there is no such commit or branch here${hint}`);
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

async function forkOf(
  cwd: string,
  repository: Repository,
  base: NamedCommit,
  staged: boolean,
): Promise<Fork | undefined> {
  if (base.tip === repository.head) return { ...base, commit: base.tip };
  try {
    const commit = String(await git(cwd, ['merge-base', base.tip, 'HEAD'])).trim();
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
