import { folderOf, nameOf } from './files.js';
import type { Detection, FileEntry, Folder, Framework, History, Migration, MigrationProblem } from './framework.js';
import { type ChangeSet, migrationOf } from './liquibase/change-set.js';
import { changelogName, includedPaths, isChangelog, type Reading, readChangelog } from './liquibase/changelog.js';
import { compareText, notRun, problem, settleIds, unreadable } from './sql-files.js';

/** Where changelogs are looked for: any SQL file, and XML, YAML and JSON whose path says so, because most such files are something else. */
const likely =
  /\.sql$|(?:change-?log|liquibase|migrat|master|databasechange|(?:^|\/)db(?:\/|[._-])).*\.(?:xml|ya?ml|json)$/i;

/** Release notes may be called changelog.json, these are Liquibase's. */
const surely = /^db[._-]?change-?log|change-?log[._-]?master|master[._-]?change-?log/i;
const leader = /(?:change-?log|master).*\.(?:xml|ya?ml|json)$/i;

/** In a folder of no more files every one is looked into, whatever it is called. */
const few = 300;

/** What Liquibase itself gives a value: the schema is that of a connection where nobody names one. */
const given = [['database.defaultSchemaName', 'public']] as const;
const ofDatabase = [
  'autoIncrementClause',
  'currentDateTimeFunction',
  'databaseChangeLogLockTableName',
  'databaseChangeLogTableName',
  'databaseMajorVersion',
  'databaseMinorVersion',
  'databaseProductName',
  'databaseProductVersion',
  'defaultCatalogName',
  'defaultSchemaNamePrefix',
  'lineComment',
  'liquibaseSchemaName',
  'liquibaseTablespaceName',
  'typeName',
].map((name) => `database.${name}`);

/** Liquibase: changelogs in formatted SQL, XML, YAML and JSON; the master changelog includes the others. */
export default {
  id: 'liquibase',
  title: 'Liquibase',
  detect(project) {
    const asked = project.files.length <= few ? changelogName : likely;
    const here = project.files.filter((entry) => asked.test(entry.path) && isChangelog(entry));
    if (here.length === 0) return [];
    const all = [...new Map([...here, ...around(project, here)].map((entry) => [entry.path, entry])).values()];
    const included = (entry: FileEntry) => all.some((other) => other !== entry && includes(other, entry));
    const masters = all.filter((entry) => !included(entry));
    const roots = new Map<string, FileEntry[]>();
    for (const master of masters) {
      const root = folderOf(master.path);
      roots.set(root, [...(roots.get(root) ?? []), master]);
    }
    return [...roots].flatMap(([root, entries]) => detectionsOf(root, entries));
  },
  async read(folder, { entry: path }) {
    const here = (folder.byFolder.get(folder.path) ?? []).filter(
      (entry) => changelogName.test(entry.path) && isChangelog(entry),
    );
    const entry = here.find((one) => one.path === path);
    const starts = entry === undefined ? here.toSorted((a, b) => compareText(a.path, b.path)) : [entry];
    const reading: Reading = {
      changeSets: [],
      problems: [],
      properties: new Map(given),
      primaryKeys: new Map(),
      read: new Set(),
      others: 0,
    };
    for (const start of starts) await readChangelog(start, folder, reading);
    return historyOf(folder, reading);
  },
} satisfies Framework;

/** Changelogs above: one of them may include what was found. */
function around(project: Folder, found: readonly FileEntry[]): readonly FileEntry[] {
  const [first] = found;
  if (first === undefined) return [];
  return ['..', '../..', '../../..']
    .flatMap((up) => project.list(up))
    .filter((entry) => likely.test(entry.path) && isChangelog(entry));
}

function includes(outer: FileEntry, inner: FileEntry): boolean {
  return includedPaths(outer).some((path) => {
    const bare = path
      .replace(/^(?:classpath\*?|file):\/?/, '')
      .replace(/^(?:\.{0,2}\/)+/, '')
      .replace(/\/$/, '');
    const folder = folderOf(inner.path);
    const inFolder = `${folder}/`.endsWith(`/${bare}/`) || folder === bare || `/${folder}/`.includes(`/${bare}/`);
    return inner.path === bare || inner.path.endsWith(`/${bare}`) || (!changelogName.test(bare) && inFolder);
  });
}

/** A changelog that includes others leads a history of its own; those that include nothing run together, by name. */
function detectionsOf(root: string, entries: readonly FileEntry[]): readonly Detection[] {
  const leading = entries.filter((entry) => includedPaths(entry).length > 0);
  const [first] = entries;
  if (first === undefined) return [];
  const because = (entry: FileEntry) => `${entry.path} is a Liquibase changelog`;
  if (leading.length === 0) return [{ root, evidence: 'marker', because: because(first) }];
  return leading.map((entry) => ({ root, evidence: 'marker', because: because(entry), entry: entry.path }));
}

/** Author and id name a change set within its file (DATABASECHANGELOG's key); where two files use the same ones the file is said too. */
function named(changeSets: readonly ChangeSet[]): readonly Migration[] {
  const files = new Map<string, Set<string>>();
  for (const { author, id, file } of changeSets) {
    const key = `${author}:${id}`;
    files.set(key, (files.get(key) ?? new Set()).add(file));
  }
  const together = filesOfOneDeploy(changeSets);
  const known = shortNames([...new Set(changeSets.map(({ file }) => file))]);
  return changeSets.map((changeSet) => {
    const migration = migrationOf(changeSet);
    const several = (files.get(migration.id)?.size ?? 0) > 1;
    return {
      ...migration,
      ...(several && { id: `${migration.id}@${known(changeSet.file)}` }),
      ...(together.has(changeSet.file) && { deploy: changeSet.file }),
    };
  });
}

/** Files by as much of the end of their paths as tells them apart: a.xml, or x/a.xml and y/a.xml. */
function shortNames(files: readonly string[]): (file: string) => string {
  const ends = (file: string, parts: number) => file.split('/').slice(-parts).join('/');
  const names = new Map<string, string>();
  for (let parts = 1, left = files; left.length > 0; parts++) {
    const counts = new Map<string, number>();
    for (const file of left) counts.set(ends(file, parts), (counts.get(ends(file, parts)) ?? 0) + 1);
    for (const file of left)
      if (counts.get(ends(file, parts)) === 1 || ends(file, parts) === file) names.set(file, ends(file, parts));
    left = left.filter((file) => !names.has(file));
  }
  return (file) => names.get(file) ?? file;
}

/**
 * Where a project has a file for each change, the change sets of one author in a file go out together; a file that several
 * authors write, or the only one there is, grows with each deploy.
 */
function filesOfOneDeploy(changeSets: readonly ChangeSet[]): ReadonlySet<string> {
  const authors = new Map<string, Set<string>>();
  for (const { file, author } of changeSets) authors.set(file, (authors.get(file) ?? new Set()).add(author));
  return new Set(authors.size < 2 ? [] : [...authors].filter(([, { size }]) => size === 1).map(([file]) => file));
}

/** Files at or above the root that are named as a master changelog is and give no text: what they include has lost its order. */
function leaders(folder: Folder, { read }: Reading): readonly MigrationProblem[] {
  const near = [...folder.list('.'), ...folder.list('..')].filter(({ path }) => leader.test(nameOf(path)));
  return near.flatMap((entry) => {
    if (read.has(entry.path)) return [];
    if (entry.fault() !== undefined || !surely.test(nameOf(entry.path)) || isChangelog(entry))
      return unreadable([entry]);
    return problem(
      'unreadable-migration',
      `${entry.path} is no Liquibase changelog, though it is named as one`,
      entry.source(),
    );
  });
}

function historyOf(folder: Folder, reading: Reading): History {
  const unread = (folder.byFolder.get(folder.path) ?? []).filter(
    (entry) => /\.sql$/i.test(entry.path) && isChangelog(entry) && !reading.read.has(entry.path),
  );
  return {
    framework: 'liquibase',
    root: folder.path,
    migrations: settleIds(named(reading.changeSets)),
    problems: [...leaders(folder, reading), ...reading.problems, ...notRun(unread, 'no changelog includes it')],
    knownPlaceholders: [...reading.properties.keys(), ...ofDatabase],
    assumptions: [
      ...(reading.others === 0 ? [] : [`${reading.others} change sets for other databases are left out`]),
      'change sets of all contexts and labels are read, and their preconditions are taken to hold',
      ...(filesOfOneDeploy(reading.changeSets).size === 0
        ? []
        : ['the change sets that one author has in a file are taken to be deployed together']),
    ],
  };
}
