import { type Stats, statSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import { didYouMean } from '../did-you-mean.js';
import { Source } from '../sql/source.js';
import { UserError } from '../user-error.js';
import { type Claim, claimsOf, decide, isWithin } from './claims.js';
import { databaseOf, otherDatabase } from './dialect.js';
import { folderOf, openProject, type Project, projectRoot } from './files.js';
import type { Folder, Framework, History, MigrationProblem, ReadOptions } from './framework.js';
import { globTest } from './glob.js';
import { type Heap, heapOf } from './heap.js';
import { frameworks } from './index.js';
import { integrityFaults } from './integrity.js';
import { manifestFaults } from './manifest-faults.js';
import plain from './plain.js';
import { problem } from './sql-files.js';
import { pinTransaction } from './transaction.js';

/** What the configuration says of the folders and files that a glob covers. */
export interface Override {
  /** A path glob relative to the working directory; of several that cover a folder the last one counts. */
  readonly paths: string;
  /** An id of the list of frameworks. */
  readonly framework?: string;
  readonly transaction?: ReadOptions['transaction'];
  readonly placeholders?: ReadOptions['placeholders'];
  /** Nothing there is read. */
  readonly ignore?: boolean;
}

export interface DiscoverOptions extends Omit<Override, 'paths' | 'ignore'> {
  /** The working directory; an absolute path. */
  readonly cwd: string;
  readonly overrides?: readonly Override[];
  /** Texts in place of what the disk has, by path relative to `cwd` (standard input, git's index); undefined hides a file. */
  readonly overlay?: ReadonlyMap<string, string | undefined>;
  /** Told how many files of SQL there are below a folder, before they are read. */
  readonly onFiles?: (files: number) => void;
}

/** What was found below the paths. */
export interface Discovered {
  /** One for each folder of migrations, sorted by folder. Several in one call are a monorepo. */
  readonly histories: readonly History[];
  /** Of these histories only the migrations with these ids were asked for, the others are context; a history that is not here was asked for whole. */
  readonly selected: ReadonlyMap<History, ReadonlySet<string>>;
  /** Faults that belong to no history: folders that cannot be opened. */
  readonly problems: readonly MigrationProblem[];
  /** Paths below which there are no migrations. */
  readonly empty: readonly string[];
  /** Folders that look like migrations by their names alone but lie among tests or examples; a path that leads into them has them read. */
  readonly passedOver: readonly string[];
  /** Where SQL lies that no framework claims, when nothing was found. */
  readonly heap?: Heap;
}

/**
 * Finds and reads the migrations below the given files and folders; with no paths, all migration folders below `cwd`. Reading a
 * migration never executes it. A file is read together with the rest of its migration folder, and `selected` then
 * says which migrations were asked for; so does a path that lies within a migration folder. What is not in the files but
 * taken for granted is in `assumptions` of each history. Throws a UserError for a path that is not there and an unknown
 * framework, and for nothing else.
 */
export async function discover(paths: readonly string[], options: DiscoverOptions): Promise<Discovered> {
  const selected = new Map<History, Set<string> | undefined>();
  const problems: MigrationProblem[] = [];
  const empty: string[] = [];
  const seen: Seen = { known: new Map(), around: new Map(), passedOver: new Set() };
  const projects = new Map<string, Project>();
  for (const target of paths.length === 0 ? [everything] : paths.map((path) => targetOf(path, options))) {
    const root = projectRoot(options.cwd, target.path);
    const project = projects.get(root) ?? openProject(options.cwd, root, options.overlay, options.onFiles);
    projects.set(root, project);
    const found = await historiesOf(project, target, options, seen);
    if (found.length === 0) empty.push(target.path);
    for (const history of found) {
      const ids = askedFor(history, target);
      const before = selected.has(history) ? selected.get(history) : new Set<string>();
      if (ids === undefined) selected.set(history, undefined);
      else if (before !== undefined) {
        for (const id of ids) before.add(id);
        selected.set(history, before);
      }
    }
  }
  for (const path of [...projects.values()].flatMap((project) => project.unreadable()))
    problems.push(problem('unreadable-migration', `the folder ${path} cannot be opened`, new Source(path, '')));
  const sorted = [...selected.keys()].toSorted((a, b) => compare(a.root, b.root));
  const once = toldOnce(sorted);
  const heap =
    selected.size > 0 ? undefined : [...projects.values()].map((project) => heapOf(project.folder(''))).at(0);
  return {
    ...(heap && { heap }),
    histories: sorted.map((history) => once.get(history) ?? history),
    selected: new Map(
      [...selected].flatMap(([history, ids]) => (ids === undefined ? [] : [[once.get(history) ?? history, ids]])),
    ),
    problems,
    empty,
    passedOver: [...seen.passedOver].sort(),
  };
}

/** What several histories find wrong with one file, the first of them says. */
function toldOnce(histories: readonly History[]): ReadonlyMap<History, History> {
  const told = new Set<string>();
  const fresh = ({ rule, message, source, span }: MigrationProblem) => {
    const key = `${rule}\n${source.file}\n${span.start}\n${message}`;
    return !told.has(key) && told.add(key);
  };
  return new Map(histories.map((history) => [history, { ...history, problems: history.problems.filter(fresh) }]));
}

/** A path that the user named, or the working directory when none was named. */
interface Target {
  readonly path: string;
  readonly isFile: boolean;
  /** A folder that the user named is read even if it only holds SQL files of no known shape. */
  readonly named: boolean;
}

const everything: Target = { path: '', isFile: false, named: false };

function targetOf(path: string, { cwd, overlay }: DiscoverOptions): Target {
  const full = resolve(cwd, path);
  const name = relative(cwd, full).split(sep).join('/');
  if (overlay?.get(name) !== undefined) return { path: name, isFile: true, named: true };
  return { path: name, isFile: !statusOf(full, path).isDirectory(), named: true };
}

function statusOf(full: string, path: string): Stats {
  let status: Stats | undefined;
  try {
    status = statSync(full, { throwIfNoEntry: false });
  } catch (error) {
    // a link to itself, a folder that may not be entered
    throw new UserError(`cannot look at ${path} (${error instanceof Error && 'code' in error ? error.code : error})`);
  }
  if (status === undefined) throw new UserError(`there is no file or folder ${path}`);
  return status;
}

/** What is carried from path to path. */
interface Seen {
  readonly known: Map<string, History>;
  /** The histories in and around a folder: pre-commit names hundreds of files of one. */
  readonly around: Map<string, readonly History[]>;
  readonly passedOver: Set<string>;
}

const testFolder = /^(?:tests?|testdata|test_data|__tests__|spec|fixtures?|examples?|samples?|stubs?)$/i;

const seedFolder = /^(?:seeds?|seeders?)$/i;

/** A numbered file among tests is a case more often than a migration, and one among seeds that no framework knows. Config files and markers are believed there too. */
function isTestData({ framework, detection }: Claim, start: string): boolean {
  if (detection.evidence === 'config' || detection.evidence === 'marker') return false;
  const below = start === '' ? detection.root : detection.root.slice(start.length + 1);
  const isOther = (part: string) => testFolder.test(part) || (framework === plain && seedFolder.test(part));
  return isWithin(start, detection.root) && below.split('/').some(isOther);
}

async function historiesOf(
  project: Project,
  target: Target,
  options: DiscoverOptions,
  seen: Seen,
): Promise<readonly History[]> {
  const start = target.isFile ? folderOf(target.path) : target.path;
  const own = seen.around.get(start) ?? (await historiesAround(project, start, options, seen));
  seen.around.set(start, own);
  const asked = target.isFile ? own.filter((history) => idsByFile(history).has(target.path)) : own;
  if (asked.length > 0 || !target.named) return asked;
  const fallback = await read(project, fallbackClaim(start, options), [], options, seen.known);
  const meant = target.isFile
    ? idsByFile(fallback).has(target.path)
    : fallback.migrations.length + fallback.problems.length > 0;
  return meant ? [fallback] : [];
}

/** What is believed of all that the frameworks claim in and around a folder. */
async function historiesAround(
  project: Project,
  start: string,
  options: DiscoverOptions,
  { known, passedOver }: Seen,
): Promise<readonly History[]> {
  const claims = decide(await claimed(project.folder(start), options));
  const wanted = claims.filter((claim) => !isTestData(claim, start));
  for (const { detection } of claims)
    if (!wanted.some((claim) => claim.detection === detection)) passedOver.add(detection.root);
  const accepted = wanted.map((claim) => pinned(claim, options)).filter((claim) => !ignored(claim, options));
  const histories: History[] = [];
  for (const claim of accepted) histories.push(await read(project, claim, accepted, options, known));
  return withoutCopies(histories).filter(({ migrations, problems }) => migrations.length + problems.length > 0);
}

/** What all frameworks claim, or the one that is pinned for the run: where it knows no folder as its own, it has those that are known by names alone. */
async function claimed(folder: Folder, { framework: id }: DiscoverOptions): Promise<readonly Claim[]> {
  if (id === undefined) return claimsOf(folder, frameworks);
  const framework = frameworkOf(id);
  const own = await claimsOf(folder, [framework]);
  if (own.length > 0) return own;
  const all = decide(await claimsOf(folder, frameworks));
  return all.flatMap(({ detection }) =>
    detection.evidence !== 'name' && detection.evidence !== 'manifest'
      ? []
      : { framework, detection: { ...detection, evidence: 'config', because: 'it was named' }, alternatives: [] },
  );
}

/** The framework of an id; a UserError names the nearest when there is none. */
export function frameworkOf(id: string): Framework {
  const found = frameworks.find((framework) => framework.id === id);
  if (found !== undefined) return found;
  const ids = frameworks.map((framework) => framework.id);
  throw new UserError(`unknown framework "${id}"${didYouMean(id, ids) || `; known are ${ids.join(', ')}`}`);
}

function overrideOf(root: string, { overrides = [] }: DiscoverOptions): Override | undefined {
  return overrides.findLast(({ paths }) => globTest(paths)(root));
}

function pinned(claim: Claim, options: DiscoverOptions): Claim {
  const id = overrideOf(claim.detection.root, options)?.framework;
  if (id === undefined || id === claim.framework.id) return claim;
  const detection = { ...claim.detection, evidence: 'config', because: 'the configuration says so' } as const;
  return { framework: frameworkOf(id), detection, alternatives: [] };
}

function ignored(claim: Claim, options: DiscoverOptions): boolean {
  return overrideOf(claim.detection.root, options)?.ignore ?? false;
}

function fallbackClaim(root: string, options: DiscoverOptions): Claim {
  const framework = options.framework === undefined ? plain : frameworkOf(options.framework);
  const evidence = options.framework === undefined ? 'name' : 'config';
  return pinned({ framework, detection: { root, evidence, because: 'it was named' }, alternatives: [] }, options);
}

async function read(
  project: Project,
  claim: Claim,
  all: readonly Claim[],
  options: DiscoverOptions,
  before: Map<string, History>,
): Promise<History> {
  const { root, entry } = claim.detection;
  const key = `${claim.framework.id}\n${root}\n${entry ?? ''}`;
  const already = before.get(key);
  if (already !== undefined) return already;
  const others = all.filter((other) => other !== claim && other.detection.root !== root);
  const inner = others.map(({ detection }) => detection.root).filter((other) => isWithin(root, other));
  const override = overrideOf(root, options);
  const transaction = override?.transaction ?? options.transaction;
  const placeholders = { ...options.placeholders, ...override?.placeholders };
  const raw = await claim.framework.read(without(project.folder(root), inner), {
    placeholders,
    ...(transaction && { transaction }),
    ...(entry !== undefined && { entry }),
  });
  const guessed = assumption(claim);
  const known = [...(raw.knownPlaceholders ?? []), ...Object.keys(placeholders)];
  const manifests = await manifestFaults(claim.framework.id, claim.detection.evidence, project.folder(root));
  const problems = [...raw.problems, ...manifests];
  const judged = judgeable({ ...raw, problems, knownPlaceholders: known }, project.folder(root));
  const history = pinTransaction(
    { ...judged, assumptions: guessed === undefined ? judged.assumptions : [guessed, ...judged.assumptions] },
    transaction,
  );
  before.set(key, history);
  return history;
}

/** A history of another database is one line; one of PostgreSQL has the faults that any framework's may have. */
function judgeable(history: History, folder: Folder): History {
  const database = databaseOf(history);
  const [first] = history.migrations;
  const source = first?.up.pieces[0]?.source;
  if (database !== undefined && source !== undefined)
    return otherDatabase(history.framework, history.root, database, source);
  return { ...history, problems: [...history.problems, ...integrityFaults(history, folder)] };
}

/** What a user should know when only names or manifests speak for a framework. */
function assumption({ framework, detection, alternatives }: Claim): string | undefined {
  if (detection.evidence === 'config' || detection.evidence === 'marker') return undefined;
  const others = alternatives.filter((title) => title !== plain.title);
  const rivals = others.length === 0 ? '' : `; ${others.join(' and ')} would look the same`;
  return `read as ${framework.title}, because ${detection.because}${rivals}`;
}

/** A folder without what belongs to other histories. */
function without(folder: Folder, roots: readonly string[]): Folder {
  if (roots.length === 0) return folder;
  const own = (path: string) => !roots.some((root) => isWithin(root, path));
  return {
    path: folder.path,
    files: folder.files.filter((entry) => own(entry.path)),
    byFolder: new Map([...folder.byFolder].filter(([path]) => own(path))),
    file: folder.file,
    list: folder.list,
    below: folder.below,
    above: folder.above,
  };
}

const indexes = new WeakMap<History, ReadonlyMap<string, ReadonlySet<string>>>();

/** All files that a history was read from, and the ids of the migrations that each is a part of. */
function idsByFile(history: History): ReadonlyMap<string, ReadonlySet<string>> {
  const known = indexes.get(history);
  if (known !== undefined) return known;
  const files = new Map<string, Set<string>>();
  const at = (file: string) => files.get(file) ?? files.set(file, new Set()).get(file);
  for (const { source } of history.problems) at(source.file);
  for (const { id, file, up, down } of history.migrations) {
    at(file)?.add(id);
    for (const { source } of [...up.pieces, ...('none' in down ? [] : down.pieces)]) at(source.file)?.add(id);
  }
  indexes.set(history, files);
  return files;
}

/** Plain SQL files that another history includes (a changelog its sqlFile, a plan its scripts) are no history of their own. */
function withoutCopies(histories: readonly History[]): readonly History[] {
  const others = histories.filter(({ framework }) => framework !== plain.id).map(idsByFile);
  return histories.filter(
    (history) =>
      history.framework !== plain.id ||
      !history.migrations.every(({ file }) => others.some((files) => files.has(file))) ||
      history.migrations.length === 0,
  );
}

/** The ids of the migrations that a path asks for; undefined for all. */
function askedFor(history: History, target: Target): ReadonlySet<string> | undefined {
  const files = idsByFile(history);
  if (target.isFile) return files.get(target.path) ?? new Set();
  if (isWithin(target.path, history.root)) return undefined;
  return new Set([...files].flatMap(([file, ids]) => (isWithin(target.path, file) ? [...ids] : [])));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
