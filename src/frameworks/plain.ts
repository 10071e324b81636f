import { folderOf, nameOf } from './files.js';
import type { Detection, FileEntry, Folder, Framework, History, Migration, TransactionPlan } from './framework.js';
import { compareNatural, describe, problem, script, settleIds, stemOf, unreadable } from './sql-files.js';

const psql: TransactionPlan = {
  scope: 'none',
  batch: 'statement',
  optedOut: false,
  why: 'plain SQL files are taken to run as psql runs them, each statement by itself',
};

/** V001__x.sql, 001_x.sql, 2024-01-01-x.sql, v1.2/… : a version and what separates it from the description. */
const numbered = /^[vV]?(\d+(?:[-.]\d+)*)(?=[^0-9]|$)/;
const undoNumbered = /^[uU](\d+(?:\.\d+)*)_/;
const downFile = /^(.*?)(?:[._-](?:down|rollback|undo|revert))((?:\.[a-z]+)?)\.sql$/i;
const upFile = /^(.*?)(?:[._-](?:up|deploy|apply|forward))((?:\.[a-z]+)?)\.sql$/i;
const pairFile = /^(up|down|deploy|revert|migrate|rollback)\.sql$/i;
const isSql = /\.sql$/i;

/** SQL files of no framework: numbered files, up and down pairs, numbered folders; run by psql or a runner of the project's own. */
export default {
  id: 'sql',
  title: 'plain SQL',
  detect(project) {
    const roots = new Map<string, string>();
    for (const [path, entries] of project.byFolder) {
      const files = entries.filter((entry) => isSql.test(entry.path));
      const example = files[0];
      if (example === undefined) continue;
      const inNumbered = numbered.test(nameOf(path)) && folderOf(path) !== path;
      if (inNumbered && (files.every((entry) => pairFile.test(nameOf(entry.path))) || files.length === 1))
        roots.set(folderOf(path), `${path} is a numbered folder of SQL`);
      else if (mostlyNumbered(files)) roots.set(path, `its files are numbered as ${nameOf(example.path)} is`);
    }
    return [...roots].map(([root, because]): Detection => ({ root, evidence: 'name', because }));
  },
  read(folder) {
    return readFolder(folder);
  },
} satisfies Framework;

function mostlyNumbered(files: readonly FileEntry[]): boolean {
  const count = files.filter((entry) => numbered.test(nameOf(entry.path)) || undoNumbered.test(nameOf(entry.path)));
  return count.length * 2 > files.length;
}

interface Part {
  readonly key: string;
  readonly direction: 'up' | 'down';
  readonly entry: FileEntry;
}

function partOf(entry: FileEntry): Part {
  const name = nameOf(entry.path);
  const folder = folderOf(entry.path);
  const pair = pairFile.exec(name);
  if (pair !== null) {
    const direction = /^(?:down|revert|rollback)$/i.test(pair[1] ?? '') ? 'down' : 'up';
    return { key: folder, direction, entry };
  }
  const down = downFile.exec(name);
  if (down !== null) return { key: `${folder}/${down[1]}${down[2]}`, direction: 'down', entry };
  const up = upFile.exec(name);
  if (up !== null) return { key: `${folder}/${up[1]}${up[2]}`, direction: 'up', entry };
  return { key: `${folder}/${name.replace(isSql, '')}`, direction: 'up', entry };
}

function readFolder(folder: Folder): History {
  const files = folder.files.filter((entry) => isSql.test(entry.path));
  const byKey = new Map<string, Part[]>();
  for (const part of files.map(partOf)) {
    const together = byKey.get(part.key);
    if (together === undefined) byKey.set(part.key, [part]);
    else together.push(part);
  }
  const keys = [...byKey.keys()].sort(compareNatural);
  const migrations = keys.map((key) => migrationOf(byKey.get(key) ?? []));
  return {
    framework: 'sql',
    root: folder.path,
    migrations: settleIds(migrations.flatMap((migration) => migration ?? [])),
    problems: [],
    assumptions: ['plain SQL: each statement is sent by itself and commits at once, unless the file says BEGIN'],
  };
}

function migrationOf(parts: readonly Part[]): Migration | undefined {
  const up = parts.filter(({ direction }) => direction === 'up').map(({ entry }) => entry);
  const down = parts.filter(({ direction }) => direction === 'down').map(({ entry }) => entry);
  const main = up[0] ?? down[0];
  if (main === undefined) return undefined;
  const stem = stemOf(main.path);
  const [version = stem] = numbered.exec(stem)?.slice(1) ?? [];
  const alone =
    up.length === 0 ? [problem('down-without-up', `${nameOf(main.path)} has no up file`, main.source())] : [];
  return {
    id: version,
    name: describe(stem.replace(numbered, '')),
    file: main.path,
    up: script(up, psql, { psql: true }),
    down: down.length === 0 ? { none: 'missing' } : script(down, psql, { psql: true }),
    problems: [...unreadable([...up, ...down]), ...alone],
  };
}
