import type { Source, Span } from '../../sql/source.js';
import { folderOf, nameOf } from '../files.js';
import type { FileEntry, Folder, MigrationProblem } from '../framework.js';
import { compareText, problem, unreadable, whole } from '../sql-files.js';
import { type ChangeSet, isForPostgres, isForPostgresContext } from './change-set.js';
import { attribute, type Element, flag } from './element.js';
import { formattedHeader, readFormattedSql } from './formatted-sql.js';
import type { PrimaryKeys } from './primary-keys.js';
import { typedChangeSet } from './typed.js';
import { readXml } from './xml.js';
import { readYaml } from './yaml.js';

/** The files a changelog can be. */
export const changelogName = /\.(?:sql|xml|ya?ml|json)$/i;

/** Whether a file is a changelog, by what stands in it. */
export function isChangelog(entry: FileEntry): boolean {
  const text = entry.read() ?? '';
  if (/\.sql$/i.test(entry.path)) return formattedHeader.test(text);
  if (/\.xml$/i.test(entry.path)) return /<(?:\w+:)?databaseChangeLog\b/.test(text);
  return /^\s*(?:\{\s*)?"?databaseChangeLog"?\s*:/m.test(text);
}

/** The paths that a changelog includes, as written: enough to tell a master from what it includes. */
export function includedPaths(entry: FileEntry): readonly string[] {
  const text = entry.read() ?? '';
  const xml = [...text.matchAll(/<(?:\w+:)?include(?:All)?\b[^>]*?\b(?:file|path)\s*=\s*["']([^"']+)["']/g)];
  const yaml = [
    ...text.matchAll(
      /\binclude(?:All)?"?\s*:\s*[{\s]*(?:"?\w+"?\s*:\s*[^\n,}]+[\n,]\s*)*?"?(?:file|path)"?\s*:\s*["']?([^"'\n,}]+)/g,
    ),
  ];
  return [...xml, ...yaml].map(([, path = '']) => path.trim());
}

/** What reading from a changelog on gives; the parts are filled in the order of the runner. */
export interface Reading {
  readonly changeSets: ChangeSet[];
  readonly problems: MigrationProblem[];
  readonly properties: Map<string, string>;
  readonly primaryKeys: PrimaryKeys;
  /** Paths of all changelogs that were read. */
  readonly read: Set<string>;
  /** Change sets left out because they are for another database. */
  others: number;
}

/** Reads a changelog and what it includes, in the order in which Liquibase runs it. A file that is included twice runs once. */
export async function readChangelog(
  entry: FileEntry,
  folder: Folder,
  into: Reading,
  above: readonly string[] = [],
): Promise<void> {
  if (into.read.has(entry.path)) return;
  into.read.add(entry.path);
  if (/\.sql$/i.test(entry.path)) {
    readSql(entry, into);
    return;
  }
  const source = entry.source();
  const { root, problems } =
    entry.fault() !== undefined
      ? { root: undefined, problems: unreadable([entry]) }
      : /\.xml$/i.test(entry.path)
        ? await readXml(source)
        : await readYaml(source);
  into.problems.push(...problems);
  if (root === undefined && problems.length === 0)
    into.problems.push(problem('unreadable-migration', `${entry.path} is no Liquibase changelog`, source));
  const way = [...above, entry.path];
  for (const element of root?.children ?? []) await readElement(element, entry, folder, into, way);
}

async function readElement(
  element: Element,
  entry: FileEntry,
  folder: Folder,
  into: Reading,
  way: readonly string[],
): Promise<void> {
  switch (element.name) {
    case 'property':
      return readProperty(element, folder, into);
    case 'include':
      return include(element, entry, folder, into, way);
    case 'includeAll':
      return includeAll(element, entry, folder, into, way);
    case 'changeSet': {
      const file = (part: Element) => resolve(attribute(part, 'path') ?? '', relative(part), entry, folder);
      const changeSet = typedChangeSet(element, { properties: into.properties, primaryKeys: into.primaryKeys, file });
      if (changeSet === undefined) into.others++;
      else into.changeSets.push(changeSet);
    }
  }
}

/** The first value counts; `file` names a properties file. */
function readProperty(element: Element, folder: Folder, into: Reading): void {
  if (!isForPostgres(attribute(element, 'dbms'))) return;
  if (!isForPostgresContext(attribute(element, 'context', 'contextFilter'))) return;
  const [name, value, path] = [attribute(element, 'name'), element.attributes.get('value'), attribute(element, 'file')];
  const set = (key: string, text: string) => {
    if (!into.properties.has(key)) into.properties.set(key, text);
  };
  if (name !== undefined && value !== undefined) set(name, value);
  const lines =
    path === undefined ? [] : (folder.file(path)?.read() ?? '').matchAll(/^[ \t]*([\w.-]+)[ \t]*[=:][ \t]*(.*?)\r?$/gm);
  for (const [, key = '', text = ''] of lines) set(key, text);
}

function relative(element: Element): boolean {
  return flag(element, 'relativeToChangelogFile', false);
}

async function include(
  element: Element,
  entry: FileEntry,
  folder: Folder,
  into: Reading,
  way: readonly string[],
): Promise<void> {
  const path = attribute(element, 'file') ?? '';
  const found = resolve(path, relative(element), entry, folder);
  if (found === undefined)
    into.problems.push(
      problem(
        'broken-include',
        `${path || 'the included file'} is not in the project`,
        entry.source(),
        startTag(element),
      ),
    );
  else if (way.includes(found.path))
    into.problems.push(
      problem('broken-include', `${path} includes the changelog that includes it`, entry.source(), startTag(element)),
    );
  else await readChangelog(found, folder, into, way);
}

/** All changelogs of a folder and those below it, by path. */
async function includeAll(
  element: Element,
  entry: FileEntry,
  folder: Folder,
  into: Reading,
  way: readonly string[],
): Promise<void> {
  const path = attribute(element, 'path') ?? '';
  const suffix = attribute(element, 'endsWithFilter') ?? '';
  const [files = []] = candidates(path.replace(/\/$/, ''), relative(element), entry, folder)
    .map((one) => folder.below(one))
    .filter((found) => found.length > 0);
  const wanted = files.filter(
    (file) => changelogName.test(file.path) && file.path.endsWith(suffix) && !way.includes(file.path),
  );
  if (wanted.length === 0 && flag(element, 'errorIfMissingOrEmpty', true))
    into.problems.push(
      problem(
        'broken-include',
        `${path || 'the included folder'} holds no changelog`,
        entry.source(),
        startTag(element),
      ),
    );
  for (const file of wanted.toSorted((a, b) => compareText(a.path, b.path)))
    await readChangelog(file, folder, into, way);
}

function startTag({ source, span }: Element): Span {
  return tagOf(source, span);
}

function tagOf(source: Source, { start, end }: Span): Span {
  const line = source.text.indexOf('\n', start);
  return { start, end: line === -1 ? end : Math.max(start, Math.min(end, line)) };
}

/** Where a path may lead, relative to the history's folder: beside the changelog, or below a folder of the class path above it. */
function candidates(path: string, isRelative: boolean, entry: FileEntry, folder: Folder): readonly string[] {
  const bare = path
    .replace(/^(?:classpath\*?|file):\/?/, '')
    .replace(/^\/+/, '')
    .replaceAll('\\', '/');
  const beside = fromRoot(folder, folderOf(entry.path), bare);
  if (isRelative) return [beside];
  const depth = folder.path === '' ? 0 : folder.path.split('/').length;
  const ups = Array.from({ length: depth + 1 }, (_, at) => `${'../'.repeat(at)}${bare}`);
  const top = '../'.repeat(depth);
  return [...ups, `${top}src/main/resources/${bare}`, beside];
}

function fromRoot(folder: Folder, from: string, path: string): string {
  if (from === folder.path) return path;
  const depth = folder.path === '' ? 0 : folder.path.split('/').length;
  return `${'../'.repeat(depth)}${from === '' ? '' : `${from}/`}${path}`;
}

function resolve(path: string, isRelative: boolean, entry: FileEntry, folder: Folder): FileEntry | undefined {
  if (path === '') return undefined;
  for (const candidate of candidates(path, isRelative, entry, folder)) {
    const found = folder.file(candidate);
    if (found !== undefined) return found;
  }
  return isRelative ? undefined : onClassPath(path, folder);
}

/** The class path joins the resources of all modules of a project. */
function onClassPath(path: string, folder: Folder): FileEntry | undefined {
  const bare = path.replace(/^(?:classpath\*?|file):\/?/, '').replace(/^\/+/, '');
  const depth = folder.path.split('/').length;
  for (let ups = 1; ups <= depth; ups++) {
    const found = folder.below('../'.repeat(ups)).find((entry) => entry.path.endsWith(`/resources/${bare}`));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Formatted SQL, or a file of plain SQL, which is one change set named raw: SqlChangeLogParser. */
function readSql(entry: FileEntry, into: Reading): void {
  if (entry.fault() !== undefined || formattedHeader.test(entry.read() ?? '')) {
    const { changeSets, others, problems } = readFormattedSql(entry, into.properties);
    into.changeSets.push(...changeSets);
    into.problems.push(...problems);
    into.others += others;
    return;
  }
  into.changeSets.push({
    author: 'includeAll',
    id: nameOf(entry.path),
    file: entry.path,
    up: [whole(entry)],
    down: 'missing',
    runInTransaction: true,
    split: true,
    comment: '',
    repeatable: false,
    problems: [],
    conditional: false,
  });
}
