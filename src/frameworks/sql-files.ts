import type { Piece } from '../sql/piece.js';
import { Source, type Span } from '../sql/source.js';
import { folderOf, nameOf } from './files.js';
import type {
  Detection,
  FileEdit,
  FileEntry,
  Folder,
  Migration,
  MigrationProblem,
  Script,
  TransactionPlan,
} from './framework.js';

/** What the frameworks with SQL files share: pieces and sections, versions and their order, problems at a place. */

/** The whole text of a file as one piece. */
export function whole(entry: FileEntry): Piece {
  const source = entry.source();
  return { source, span: { start: 0, end: source.text.length } };
}

/** A script of whole files. */
export function script(
  entries: readonly FileEntry[],
  transaction: TransactionPlan,
  more: Partial<Script> = {},
): Script {
  return { pieces: entries.map(whole), transaction, ...more };
}

/** A problem at a span of a source; without one at the start of the source. */
export function problem(rule: string, message: string, source: Source, span?: Span): MigrationProblem {
  return { rule, message, source, span: span ?? { start: 0, end: 0 } };
}

/** The problems of files that give no text. */
export function unreadable(entries: readonly FileEntry[]): readonly MigrationProblem[] {
  return entries.flatMap((entry) => {
    const fault = entry.fault();
    return fault === undefined ? [] : problem('unreadable-migration', `${entry.path} ${fault}`, entry.source());
  });
}

/** A file whose lines end in carriage returns alone: a runner that looks for markers sees one line of it, and none of its statements. */
export function oneLine(entry: FileEntry, runner: string): readonly MigrationProblem[] {
  const text = entry.read() ?? '';
  if (!text.includes('\r') || text.includes('\n')) return [];
  const message = `${entry.path} ends its lines in carriage returns alone, so ${runner} takes it for one line`;
  return [problem('unreadable-migration', message, entry.source())];
}

/** What a byte order mark does to a runner that looks for a marker at the start of a line. */
export function marked(entry: FileEntry, consequence: string): readonly MigrationProblem[] {
  if (!entry.startsWithByteOrderMark()) return [];
  const message = `a byte order mark stands before the first line, so ${consequence}`;
  return [problem('marker-refused', message, entry.source())];
}

/** A line that a framework reads as its own. */
export interface Marker extends Span {
  /** What its pattern captured, first group first; '' for a group that took no part. */
  readonly groups: readonly string[];
  /** The index after the line ending. */
  readonly next: number;
}

/** The lines of a text that a pattern matches; the pattern needs the flags g and m and must not reach past the line. */
export function markers(text: string, pattern: RegExp): readonly Marker[] {
  return [...text.matchAll(pattern)].map((match) => {
    const end = match.index + match[0].length;
    const newline = text.indexOf('\n', end);
    const groups = match.slice(1).map((group) => group ?? '');
    return { start: match.index, end, groups, next: newline === -1 ? text.length : newline + 1 };
  });
}

/** Words at the end of a marker's line. */
export function behind(source: Source, marker: Marker, words: string): readonly FileEdit[] {
  const at = marker.start + source.text.slice(marker.start, marker.end).trimEnd().length;
  return [{ source, span: { start: at, end: at }, text: ` ${words}` }];
}

/** A line before all others of a file, with the line ending that the file has. */
export function firstLine({ source }: FileEntry, line: string): readonly FileEdit[] {
  const own = source();
  const ending = /\r?\n/.exec(own.text)?.[0] ?? '\n';
  return [{ source: own, span: { start: 0, end: 0 }, text: `${line}${ending}` }];
}

/** A file that is not there yet. */
export function madeFile(path: string, text: string): FileEdit {
  return { source: new Source(path, ''), span: { start: 0, end: 0 }, text };
}

/** Whether a stretch of SQL text holds nothing but blanks and comments. */
export function isBlank(text: string): boolean {
  return text.replace(/--[^\r\n]*|\/\*[\s\S]*?\*\//g, '').trim() === '';
}

/** A number as it is without what fills it up: two runners' versions 1 and 001 are one. */
export function withoutZeros(digits: string): string {
  return digits.replace(/^0+(?=\d)/, '');
}

/** Orders digit strings of any length by value. */
export function compareNumbers(a: string, b: string): number {
  const [x, y] = [withoutZeros(a), withoutZeros(b)];
  return x.length - y.length || compareText(x, y);
}

/** Orders by UTF-16 code units, as runners that sort file names do. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Orders as JavaScript's localeCompare does, which runners written in it use. */
export function compareLocally(a: string, b: string): number {
  return a.localeCompare(b, 'en') || compareText(a, b);
}

/** Orders versions of numbers with dots between them: 1.2 before 1.10. */
export function compareDotted(a: string, b: string): number {
  const [xs, ys] = [a.split(/[._]/), b.split(/[._]/)];
  for (let at = 0; at < Math.max(xs.length, ys.length); at++) {
    const order = compareNumbers(xs[at] ?? '0', ys[at] ?? '0');
    if (order !== 0) return order;
  }
  return 0;
}

/** Orders as people do: numbers within a text by value, paths folder by folder. */
export function compareNatural(a: string, b: string): number {
  const [xs, ys] = [parts(a), parts(b)];
  for (let at = 0; at < Math.max(xs.length, ys.length); at++) {
    const [x, y] = [xs[at], ys[at]];
    if (x === undefined || y === undefined) return x === undefined ? -1 : 1;
    const order = isNumber(x) && isNumber(y) ? compareNumbers(x, y) : compareText(x, y);
    if (order !== 0) return order;
  }
  return compareText(a, b);
}

function parts(text: string): readonly string[] {
  return text.match(/\d+|\D+/g) ?? [];
}

function isNumber(text: string): boolean {
  return /^\d/.test(text);
}

/** The files of a folder and below, or directly in it, whose name matches. */
export function filesNamed(entries: readonly FileEntry[], pattern: RegExp): readonly FileEntry[] {
  return entries.filter((entry) => pattern.test(nameOf(entry.path)));
}

/** The folders in which a file of the given name starts a marker of a framework; a few files of each are looked into. */
export function markedFolders(project: Folder, name: RegExp, marker: RegExp): readonly Detection[] {
  return [...project.byFolder].flatMap(([root, entries]) => {
    const candidates = filesNamed(entries, name);
    const sample = candidates.length > 6 ? [...candidates.slice(0, 4), ...candidates.slice(-2)] : candidates;
    const all = sample.filter((entry) => marker.test(entry.read() ?? ''));
    const [marked] = all;
    if (marked === undefined) return [];
    const [line = ''] = marker.exec(marked.read() ?? '') ?? [];
    // a text may quote another runner's marker: one file among many speaks for nobody
    const evidence = all.length * 2 >= sample.length ? 'marker' : 'name';
    return { root, evidence, because: `${marked.path} has the line ${line.trim()}` } satisfies Detection;
  });
}

/** Files of a reader's folder that its runner passes over, though they look like migrations. */
export function notRun(entries: readonly FileEntry[], why: string): readonly MigrationProblem[] {
  return entries.map((entry) =>
    problem('migration-not-run', `${nameOf(entry.path)} is never run: ${why}`, entry.source()),
  );
}

interface Settling {
  /** Whether the runner refuses a folder with both, or passes over one of the two; it does, if absent. */
  readonly refused?: (first: Migration, second: Migration) => boolean;
  /** What is the same for versions that the runner takes for one. */
  readonly same?: (version: string) => string;
}

/** Gives each migration an id of its own: of two with the same version the later one is known by its file, and reported. */
export function settleIds(
  migrations: readonly Migration[],
  { refused = () => true, same = (version) => version }: Settling = {},
): readonly Migration[] {
  const first = new Map<string, Migration>();
  const taken = new Set(migrations.map(({ id }) => id));
  return migrations.map((migration) => {
    const other = first.get(same(migration.id));
    if (other === undefined) {
      first.set(same(migration.id), migration);
      return migration;
    }
    const message = `version ${migration.id} is also that of ${other.file}`;
    const source = migration.up.pieces[0]?.source ?? other.up.pieces[0]?.source;
    const id = other.id === migration.id ? fresh(stemOf(migration.file), taken) : migration.id;
    const duplicate =
      source === undefined || !refused(other, migration) ? [] : [problem('duplicate-version', message, source)];
    return { ...migration, id, problems: [...migration.problems, ...duplicate] };
  });
}

function fresh(wanted: string, taken: Set<string>): string {
  let id = wanted;
  for (let n = 2; taken.has(id); n++) id = `${wanted}#${n}`;
  taken.add(id);
  return id;
}

/** The name of a migration's file without `.sql` and the like; for `up.sql` in a folder, the folder's. */
export function stemOf(path: string): string {
  const name = nameOf(path);
  return /^(?:up|down|migration|migrate)\.\w+$/.test(name) ? nameOf(folderOf(path)) : name.replace(/\.[A-Za-z.]+$/, '');
}

/** A file's description for people: its name without version and ending, words apart. */
export function describe(text: string): string {
  return text
    .replace(/^[_\-.\s]+/, '')
    .replace(/[_\-\s]+/g, ' ')
    .trim();
}
