import { basename, relative, resolve, sep } from 'node:path';
import { rules } from '../../rules/index.js';
import { type Config, type LoadedConfig, loadConfig } from '../config.js';
import type { Report } from '../diagnostic.js';
import { didYouMean } from '../did-you-mean.js';
import { type Discovered, discover, type Override } from '../frameworks/discover.js';
import type { History, Migration } from '../frameworks/framework.js';
import { frameworks } from '../frameworks/index.js';
import { real, within } from '../frameworks/walk.js';
import { type LintOptions, lint } from '../lint.js';
import type { Level } from '../rule.js';
import { loadParser } from '../sql/parse.js';
import { UserError } from '../user-error.js';
import { asksForChanges } from './ask-git.js';
import { discoverChanged } from './changed.js';
import { contextStore } from './context-store.js';
import type { JudgeFlags } from './flags.js';
import type { Io } from './io.js';
import { parseAhead } from './parse-ahead.js';
import { progress } from './progress.js';
import { isFollowed, oldestServer, serverProof } from './server-proof.js';

/** Everything that a command judges, and how. */
export interface Project {
  readonly config: LoadedConfig;
  readonly histories: readonly History[];
  readonly options: LintOptions;
  /** True when every migration of every history is judged. */
  readonly whole: boolean;
  /** Ends the thread that parses ahead, if there is one. */
  readonly ahead: () => void;
}

/** What a command adds to the flags that all share. */
export interface Extras {
  readonly failOn?: Level | 'never';
  readonly baseline?: ReadonlySet<string>;
  /** Texts in place of what the disk has, by path relative to the working directory. */
  readonly overlay?: ReadonlyMap<string, string>;
  /** The folder (absolute) out of which no path may lead, not by a link and not by the configuration. */
  readonly fence?: string;
}

/**
 * Reads the configuration and the migrations that the paths (or the configuration, or the working directory) name. Throws a
 * UserError when one of them is wrong or there is nothing to judge.
 */
export async function openProject(
  paths: readonly string[],
  flags: JudgeFlags,
  io: Io,
  extras: Extras,
): Promise<Project> {
  const parser = loadParser();
  const ahead = parseAhead();
  const ids = frameworks.map(({ id }) => id);
  const config = await loadConfig(io.cwd, flags.config, { rules, frameworks: ids });
  const asked = paths.length > 0 ? paths : (config.config.paths ?? []).map((path) => fromConfig(io.cwd, config, path));
  if (extras.fence !== undefined) keepInside(extras.fence, ['.', ...asked], io.cwd);
  const { transaction, placeholders } = config.config;
  const framework = flags.framework ?? config.config.framework;
  const where = {
    cwd: io.cwd,
    onFiles: ahead.expect,
    overrides: overridesOf(io.cwd, config),
    ...(framework !== undefined && { framework }),
    ...(transaction !== undefined && { transaction }),
    ...(placeholders !== undefined && { placeholders }),
    ...(extras.overlay !== undefined && { overlay: extras.overlay }),
  };
  const inGit = asksForChanges(flags) ? await discoverChanged(asked, where, flags, io) : undefined;
  const found = inGit?.found ?? (await discover(asked, where));
  const histories = withLooseProblems(found);
  // a hook runs on every commit, the first migration comes later
  if (histories.length === 0 && inGit === undefined) throw new UserError(nothing(asked, found, framework));
  for (const path of found.empty) io.stderr.write(`lockkeeper: there are no migrations in ${path}\n`);
  const since = flags.since === undefined ? undefined : sinceOf(flags.since, histories);
  await parser;
  const judged: Judged = (history, migration, index) =>
    (found.selected.get(history)?.has(migration.id) ?? true) &&
    (inGit === undefined || (inGit.changed.get(history)?.has(migration.id) ?? false)) &&
    (since === undefined || index > (since.get(history) ?? -1));
  const whole = since === undefined && inGit === undefined && found.selected.size === 0;
  const asserted = flags.pg === undefined ? config.config.pg : majorOf(flags.pg);
  const proof = asserted === undefined ? serverProof(histories, whole ? isFollowed : notIn(judged)) : undefined;
  const pg = asserted ?? proof?.pg ?? oldestServer;
  const settings = settingsOf(config.config);
  const store = inGit && contextStore(resolve(io.cwd, inGit.store), io.cwd, { pg, settings });
  ahead.begin(histories, judged, (history, first) => store?.from(history, first) ?? 0);
  return {
    config,
    histories,
    ahead: ahead.end,
    whole,
    options: {
      pg,
      rules,
      levels: { ...config.config.rules, ...knownRules(flags.rule) },
      judged,
      ...(store && { memory: store.memory }),
      oneDeploy: since !== undefined || inGit !== undefined,
      settings,
      ...(proof && { assumptions: [proof.because] }),
      failOn: extras.failOn ?? config.config.failOn ?? 'error',
      ...(extras.baseline !== undefined && { baseline: extras.baseline }),
    },
  };
}

function keepInside(fence: string, paths: readonly string[], cwd: string): void {
  const whole = real(fence) ?? fence;
  for (const path of paths) {
    const target = real(resolve(cwd, path));
    if (target !== undefined && !within(whole, target)) throw new UserError(`${path} leads out of the workspace`);
  }
}

/** Judges a project, with a progress line on a terminal when it takes long. */
export function judge(project: Project, io: Io): Report {
  const all = project.histories.reduce((sum, history) => sum + history.migrations.length, 0);
  const line = progress(io.stderr, all);
  try {
    return lint(project.histories, { ...project.options, onProgress: line.show });
  } finally {
    project.ahead();
    line.clear();
  }
}

/** A path of the configuration, which is relative to its file, relative to the working directory. */
export function fromConfig(cwd: string, { folder }: LoadedConfig, path: string): string {
  return (relative(cwd, resolve(folder, path)) || '.').split(sep).join('/');
}

function overridesOf(cwd: string, loaded: LoadedConfig): readonly Override[] {
  const { overrides = [], ignore = [] } = loaded.config;
  return [
    ...overrides.map((each) => ({ ...each, paths: fromConfig(cwd, loaded, each.paths) })),
    ...ignore.map((glob) => ({ paths: fromConfig(cwd, loaded, glob), ignore: true })),
  ];
}

/** A folder that could not be opened belongs to no history, and must be reported all the same. */
function withLooseProblems({ histories, problems }: Discovered): readonly History[] {
  if (problems.length === 0) return histories;
  return [...histories, { framework: '', root: '', migrations: [], problems, assumptions: [] }];
}

function nothing(paths: readonly string[], { heap, passedOver }: Discovered, framework: string | undefined): string {
  if (framework !== undefined)
    return `there are no migrations of ${framework} in ${paths.join(', ') || 'this folder or below it'}: without --framework it is told whose there are`;
  if (paths.length > 0) return `there are no migrations in ${paths.join(', ')}`;
  const [example] = passedOver;
  if (example !== undefined) {
    const others = passedOver.length === 1 ? '' : ` and ${passedOver.length - 1} more folders`;
    return `no migrations are found below this folder but among its tests, examples and seeds, which are not read unless they are named: ${example}${others}`;
  }
  const remedy = 'name their folder, or set "paths" in lockkeeper.config.json';
  if (heap === undefined) return `no migrations are found below this folder: ${remedy}`;
  const files = heap.files === 1 ? 'the SQL file' : `the ${heap.files} SQL files`;
  return `no migrations are found below this folder, for nothing says in which order ${files} of ${heap.path || '.'} run: ${remedy}`;
}

function majorOf(flag: string): number {
  const major = Number(flag);
  if (Number.isInteger(major) && major >= 13 && major <= 18) return major;
  throw new UserError(`--pg ${flag}: a major version from 13 to 18 is meant`);
}

/** What is context has run. */
function notIn(judged: Judged): Judged {
  return (history, migration, index) => !judged(history, migration, index);
}

type Judged = NonNullable<LintOptions['judged']>;

function knownRules(levels: JudgeFlags['rule']): JudgeFlags['rule'] {
  const known = rules.map(({ id }) => id);
  for (const id of Object.keys(levels)) {
    if (!known.includes(id))
      throw new UserError(
        `--rule ${id}: there is no such rule${didYouMean(id, known) || '; lockkeeper rules lists them'}`,
      );
  }
  return levels;
}

function settingsOf({ settings, lockTimeout, timeZone }: Config): Readonly<Record<string, string>> {
  const lower = Object.entries(settings ?? {}).map(([name, value]): [string, string] => [name.toLowerCase(), value]);
  return {
    ...Object.fromEntries(lower),
    ...(lockTimeout !== undefined && { lock_timeout: lockTimeout }),
    ...(timeZone !== undefined && { timezone: timeZone }),
  };
}

/** The position of the migration that --since names, in each history. */
function sinceOf(id: string, histories: readonly History[]): ReadonlyMap<History, number> {
  const positions = new Map<History, number>();
  for (const history of histories) {
    const at = history.migrations.findIndex((migration) => isNamed(migration, id));
    if (at !== -1) positions.set(history, at);
    else if (history.migrations.length > 0) {
      const names = history.migrations.flatMap((migration) => [migration.id, basename(migration.file)]);
      throw new UserError(
        `--since ${id}: there is no such migration in ${history.root || '.'}${didYouMean(id, names)}`,
      );
    }
  }
  return positions;
}

function isNamed(migration: Migration, id: string): boolean {
  return migration.id === id || migration.file === id || basename(migration.file) === id;
}
