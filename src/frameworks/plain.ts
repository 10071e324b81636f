import { namesPostgres } from './dialect.js';
import { folderOf, nameOf } from './files.js';
import type { Detection, FileEntry, Folder, Framework, Migration, TransactionPlan } from './framework.js';
import { otherHalf, wayBackAlone } from './halves.js';
import { isSql, numbered, type Part, partsOf, versionOf } from './plain-names.js';
import { compareDotted, compareNatural, describe, script, settleIds, stemOf, unreadable } from './sql-files.js';
import { assumed } from './transaction.js';

const psql: TransactionPlan = {
  scope: 'none',
  batch: 'statement',
  optedOut: false,
  assumed: true,
  why: 'plain SQL files are taken to run as psql runs them, each statement by itself',
};

/** SQL files of no framework: numbered files, up and down pairs, numbered folders; run by psql or by a runner of the project's own. */
export default {
  id: 'sql',
  title: 'plain SQL',
  detect(project) {
    const roots = new Map<string, string>();
    for (const [path, entries] of project.byFolder) {
      const files = entries.filter((entry) => isSql(entry.path));
      const [example] = files;
      if (example === undefined) continue;
      const version = versionFolder(path);
      if (numbered.test(nameOf(version)) && (siblings(project, version) > 1 || !mostlyNumbered(files)))
        roots.set(folderOf(version), `${version} is a numbered folder of SQL`);
      else if (mostlyNumbered(files)) {
        const root = isHalf(project, path) ? folderOf(path) : path;
        roots.set(root, `its files are numbered as ${nameOf(example.path)} is`);
      }
    }
    return [...roots].map(([root, because]): Detection => ({ root, evidence: 'name', because }));
  },
  read(folder, options) {
    const parts = partsOf(folder);
    const migrations = grouped(parts.parts).map((each) => migrationOf(each, folder));
    const again = migrations.length - new Set(migrations.map(({ id, name }) => `${id} ${withoutCounter(name)}`)).size;
    const shared = migrations.length - new Set(migrations.map(({ id }) => id)).size - again;
    // a folder in which several files share a number has made that its habit
    const refused = (a: Migration, b: Migration) => shared < 3 && withoutCounter(a.name) !== withoutCounter(b.name);
    const unordered = parts.parts.filter(({ version }) => version === undefined).length * 2 > parts.parts.length;
    return {
      framework: 'sql',
      root: folder.path,
      migrations: settleIds(migrations, { refused }),
      problems: [],
      assumptions: [
        ...assumed(
          options,
          'plain SQL: each statement is sent by itself and commits at once, unless the file says BEGIN',
        ),
        ...(unordered ? ['most file names carry no number: the files are taken in the order of their names'] : []),
        ...parts.leftOut,
      ],
      unordered,
    };
  },
} satisfies Framework;

/** 20250101-x-01 and 20250101-x-02 are parts of one migration. */
function withoutCounter(name: string): string {
  return name.replace(/ \d+$/, '');
}

const directionFolder = /^(?:up|down|deploy|revert|rollback|undo)$/i;

/** A folder up/ or down/ is one half of its parent where the other half stands beside it, or the ways up in the parent itself. */
function isHalf(project: Folder, path: string): boolean {
  if (!directionFolder.test(nameOf(path))) return false;
  const parent = folderOf(path);
  return [...project.byFolder].some(
    ([other, entries]) =>
      other !== path &&
      (other === parent || (folderOf(other) === parent && directionFolder.test(nameOf(other)))) &&
      entries.some((entry) => isSql(entry.path)),
  );
}

/** The folder that carries the version: of 1.2.0/postgresql the one above. */
function versionFolder(path: string): string {
  const parent = folderOf(path);
  return namesPostgres(nameOf(path)) && numbered.test(nameOf(parent)) ? parent : path;
}

function siblings(project: Folder, path: string): number {
  const parent = folderOf(path);
  const versions = [...project.byFolder].flatMap(([other, entries]) => {
    const version = versionFolder(other);
    const isBeside = folderOf(version) === parent && numbered.test(nameOf(version));
    return isBeside && entries.some((entry) => isSql(entry.path)) ? version : [];
  });
  return new Set(versions).size;
}

function mostlyNumbered(files: readonly FileEntry[]): boolean {
  const count = files.filter((entry) => versionOf(nameOf(entry.path)) !== undefined).length;
  return count * 2 > files.length;
}

/** The parts of each migration together, in the order of version and name. */
function grouped(parts: readonly Part[]): readonly (readonly Part[])[] {
  const byKey = new Map<string, Part[]>();
  for (const part of parts) {
    const together = byKey.get(part.key);
    if (together === undefined) byKey.set(part.key, [part]);
    else together.push(part);
  }
  const groups = [...byKey.values()];
  for (const group of groups) {
    const [first] = group;
    if (first === undefined || group.some(({ direction }) => direction === 'up')) continue;
    const twin = groups.filter(
      (other) => other !== group && other.every(({ id, direction }) => id === first.id && direction === 'up'),
    );
    // a way back under another name belongs to the only way up of its version that has none
    if (twin.length === 1) twin[0]?.push(...group.splice(0));
  }
  return groups
    .filter((group) => group.length > 0)
    .toSorted(([a], [b]) => (a === undefined || b === undefined ? 0 : byVersion(a, b) || compareNatural(a.key, b.key)));
}

function byVersion(a: Part, b: Part): number {
  if (a.folder !== b.folder) return compareNatural(a.folder, b.folder);
  return a.version === undefined || b.version === undefined ? 0 : compareDotted(a.version, b.version);
}

function migrationOf(parts: readonly Part[], folder: Folder): Migration {
  const up = parts.filter(({ direction }) => direction === 'up').map(({ entry }) => entry);
  const down = parts.filter(({ direction }) => direction === 'down').map(({ entry }) => entry);
  const [first] = parts;
  const main = up[0] ?? down[0];
  const half = main && otherHalf(folder, main);
  return {
    id: first?.id ?? '',
    name: describe(stemOf(main?.path ?? '').replace(numbered, '')),
    file: main?.path ?? '',
    up: script(up, psql, { psql: true }),
    down:
      down.length === 0 ? { none: half === undefined ? 'missing' : 'framework' } : script(down, psql, { psql: true }),
    problems: [
      ...unreadable([...up, ...down]),
      ...(up.length === 0 && main !== undefined ? [wayBackAlone(main, half)] : []),
    ],
  };
}
