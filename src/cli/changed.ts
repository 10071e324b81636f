import { resolve } from 'node:path';
import { compareHistories } from '../changes.js';
import { type Discovered, type DiscoverOptions, discover } from '../frameworks/discover.js';
import type { History } from '../frameworks/framework.js';
import type { FormerFile, GitChanges } from '../git.js';
import { askGit } from './ask-git.js';
import { hasContexts } from './context-store.js';
import type { JudgeFlags } from './flags.js';
import type { Io } from './io.js';
import { repositoryRoot } from './repository.js';

/** The histories that were found, with the problems of what changed in them, and which of their migrations are added or edited. */
export interface ChangedProject {
  readonly found: Discovered;
  /** Ids by history; a history that is not here has not changed. */
  readonly changed: ReadonlyMap<History, ReadonlySet<string>>;
  /** A folder of our own beside git's files, relative to the working directory or absolute. */
  readonly store: string;
}

/** Finds the migrations that --changed or --staged is about, and reads those of the base with the same options. */
export async function discoverChanged(
  paths: readonly string[],
  options: DiscoverOptions,
  flags: JudgeFlags,
  io: Io,
): Promise<ChangedProject> {
  const changes = await askGit(flags, io);
  const isQuick = changes.touched.size === 0 || hasContexts(resolve(io.cwd, changes.store));
  const nothing = isQuick && { onFiles: () => {} };
  const all = await discover(paths, { ...options, ...nothing, overlay: changes.overlay });
  const heard = new Map(all.histories.map((each) => [each, isStirred(each, changes) ? each : mute(each)]));
  const found = renew(all, heard);
  const here = repositoryRoot(io.cwd);
  const foreign = found.histories.filter(({ root }) => repositoryRoot(resolve(io.cwd, root)) !== here);
  for (const { root } of foreign)
    io.stderr.write(`lockkeeper: ${root} is in a repository of its own (a submodule): judge its changes there\n`);
  const own = found.histories.filter((history) => !foreign.includes(history));
  const compared = compareHistories(
    {
      now: own,
      before: await historiesBefore(paths, options, changes, own),
      merged: await historiesMerged(paths, options, changes, own),
    },
    changes.base,
  );
  const judged = renew(found, new Map(own.map((history, at) => [history, compared[at]?.history ?? history])));
  const ruins = compared.slice(own.length).map(({ history }) => history);
  return {
    found: { ...judged, histories: [...judged.histories, ...ruins] },
    changed: new Map(compared.map(({ history, changed }) => [history, changed])),
    store: changes.store,
  };
}

/** Other values in the place of some histories. */
function renew(found: Discovered, by: ReadonlyMap<History, History>): Discovered {
  const now = (history: History) => by.get(history) ?? history;
  return {
    ...found,
    histories: found.histories.map(now),
    selected: new Map([...found.selected].map(([history, ids]) => [now(history), ids])),
  };
}

/** Whether a file of the history, or one that it has a problem with, changed. */
function isStirred({ root, problems }: History, { touched, changes }: GitChanges): boolean {
  const faulty = new Set(problems.map(({ source }) => source.file));
  const concerns = (path: string) => isBelow([root], path) || faulty.has(path);
  return [...touched].some(concerns) || changes(({ path }) => concerns(path));
}

/** What is wrong with a folder that nobody touched is told where all is judged, not on every commit. */
function mute(history: History): History {
  return { ...history, problems: [], assumptions: [] };
}

function isBelow(roots: readonly string[], path: string): boolean {
  return roots.some((root) => root === '' || path.startsWith(`${root}/`));
}

/** Where only files were added the histories are those of now without them, and need not be read again. */
async function historiesBefore(
  paths: readonly string[],
  options: DiscoverOptions,
  changes: GitChanges,
  now: readonly History[],
): Promise<readonly History[]> {
  const roots = now.map(({ root }) => root);
  const matters = ({ path, gone }: FormerFile) => gone || isBelow(roots, path);
  if (changes.changes(matters)) {
    const overlay = await changes.before(matters);
    return (await discover(paths, { ...options, overlay })).histories;
  }
  return now.map((history) => ({
    ...history,
    migrations: history.migrations.filter(
      ({ up, file }) =>
        ![file, ...up.pieces.map(({ source }) => source.file)].some((path) => changes.touched.has(path)),
    ),
  }));
}

async function historiesMerged(
  paths: readonly string[],
  options: DiscoverOptions,
  changes: GitChanges,
  now: readonly History[],
): Promise<readonly History[]> {
  const roots = now.map(({ root }) => root);
  // of a file that both sides have added git tells, as of a conflict
  const wanted = (path: string) => isBelow(roots, path) && !changes.touched.has(path);
  const gained = await changes.base?.gained(wanted);
  if (gained === undefined || gained.size === 0) return now;
  const overlay = new Map([...gained, ...changes.overlay]);
  return (await discover(paths, { ...options, overlay })).histories;
}
