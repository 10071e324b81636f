import { databaseOfFolder, namesPostgres } from './dialect.js';
import { folderOf, nameOf } from './files.js';
import type { FileEntry, Folder } from './framework.js';

/** What the names of plain SQL files and folders say. */

/** A version at the start of a name: 001_x, V0001.x, v1.9, 2024-01-31-x. */
export const numbered = /^[vV]?(\d+(?:[-._]\d+)*)(?=[^0-9A-Za-z]|$|[A-Za-z])/;
const undo = /^[uU](\d+(?:[._]\d+)*)(?=_)/;
const sqlName = /\.sql(?:\.(?:postgres(?:ql)?|pg))?$/i;
const otherDatabase =
  /[._-](?:mysql|mariadb|sqlite3?|mssql|sqlserver|oracle|h2|cockroach(?:db)?)(?:\.(?:up|down))?\.sql$|\.sql\.(?:mysql|sqlite3?)$/i;
const downWord = '(?:down|rollback|undo|revert)';
const downEnd = new RegExp(`^(.*?)[._-]${downWord}\\.sql$`, 'i');
const downStart = new RegExp(`^${downWord}[._-](.*)\\.sql$`, 'i');
const upEnd = /^(.*?)[._-](?:up|deploy|apply|forward)\.sql$/i;
const pair = /^(?:(up|deploy|migrate)|(down|revert|rollback|undo))\.sql$/i;
const upFolder = /^(?:up|deploy)$/i;
const downFolder = /^(?:down|revert|rollback|undo)$/i;

/** Whether a file is SQL for PostgreSQL or for any database, by its name. */
export function isSql(path: string): boolean {
  return sqlName.test(path) && !otherDatabase.test(path);
}

/** The version at the start of a file's or folder's name. */
export function versionOf(name: string): string | undefined {
  return (numbered.exec(name) ?? undo.exec(name))?.[1];
}

/** A file and the migration it belongs to. */
export interface Part {
  /** The same for all parts of a migration. */
  readonly key: string;
  readonly id: string;
  readonly version: string | undefined;
  /** The folder of its numbers, relative to the root. */
  readonly folder: string;
  readonly direction: 'up' | 'down';
  readonly entry: FileEntry;
}

export interface Parts {
  readonly parts: readonly Part[];
  /** What was taken for no migration, for people. */
  readonly leftOut: readonly string[];
}

/** Sorts the SQL files of a folder into migrations. */
export function partsOf(folder: Folder): Parts {
  const sql = folder.files.filter((entry) => sqlName.test(entry.path));
  const database = (entry: FileEntry) => databaseOfFolder(folderOf(relativePath(folder, entry.path))) ?? '';
  const both = sql.some((entry) => namesPostgres(database(entry)));
  const isOther = (entry: FileEntry) => both && database(entry) !== '' && !namesPostgres(database(entry));
  const own = sql.filter((entry) => isSql(entry.path) && !isOther(entry));
  const paired = new Set(own.filter((entry) => pair.test(nameOf(entry.path))).map((entry) => folderOf(entry.path)));
  const inPair = (entry: FileEntry) => paired.has(folderOf(entry.path)) && !pair.test(nameOf(entry.path));
  const sorted = own.filter((entry) => !inPair(entry));
  const counted = sorted.filter((entry) => hasVersion(folder, entry));
  // where nearly all files have a number, one without is a dump or a seed
  const mostly = counted.length * 3 >= sorted.length * 2 && counted.length < sorted.length;
  const kept = mostly ? counted : sorted;
  const beside = sorted.filter((entry) => !kept.includes(entry));
  return {
    parts: kept.map((entry) => partOf(folder, entry)),
    leftOut: [
      ...said(sql.length - own.length, 'for another database by its name'),
      ...said(own.length - sorted.length, 'beside an up.sql'),
      ...beside.map(({ path }) => `${path} is left out, because it has no number as the others have`),
    ],
  };
}

function said(count: number, what: string): readonly string[] {
  return count === 0 ? [] : [`${count} ${count === 1 ? 'file is' : 'files are'} left out: ${what}`];
}

function relativePath(folder: Folder, path: string): string {
  return folder.path === '' ? path : path.slice(folder.path.length + 1);
}

/** A folder that only says which database its files are for is no part of their names. */
function withoutDatabase(path: string): string {
  const parts = path.split('/');
  return [...parts.slice(0, -1).filter((part) => !namesPostgres(part)), ...parts.slice(-1)].join('/');
}

function hasVersion(folder: Folder, entry: FileEntry): boolean {
  const path = withoutDatabase(relativePath(folder, entry.path));
  return versionOf(bare(nameOf(path))) !== undefined || versionOf(nameOf(folderOf(path))) !== undefined;
}

/** Without what says that it is a way back: rollback-001_x.sql. */
function bare(name: string): string {
  return downStart.exec(name)?.[1] ?? name;
}

function partOf(root: Folder, entry: FileEntry): Part {
  const path = withoutDatabase(relativePath(root, entry.path));
  const name = nameOf(path);
  const { folder, direction: byFolder } = directed(folderOf(path));
  const inside = nameOf(folder);
  const folderVersion = versionOf(inside);
  const pairs = pair.exec(name);
  if (pairs !== null && folder !== '') {
    const direction = pairs[2] === undefined ? 'up' : 'down';
    return {
      key: folder,
      id: folderVersion ?? folder,
      version: folderVersion,
      folder: folderOf(folder),
      direction,
      entry,
    };
  }
  const { stem, direction: byName } = stemmed(name);
  const direction = byName === 'down' || byFolder === 'down' ? 'down' : 'up';
  const version = versionOf(stem);
  if (folderVersion !== undefined && version === undefined)
    return { key: folder, id: folderVersion, version: folderVersion, folder: folderOf(folder), direction, entry };
  const id = folderVersion === undefined ? (version ?? stem) : `${folderVersion}/${version}`;
  // U1_x undoes V1_y, whatever they are called
  const short = /^[uUvV]\d/.test(stem) && version !== undefined ? `${version}` : stem;
  return { key: `${folder}/${short}`, id, version, folder, direction, entry };
}

function stemmed(name: string): { readonly stem: string; readonly direction: 'up' | 'down' } {
  const down = downEnd.exec(name) ?? downStart.exec(name);
  if (down !== null) return { stem: down[1] ?? name, direction: 'down' };
  const stem = upEnd.exec(name)?.[1] ?? name.replace(sqlName, '');
  return { stem, direction: undo.test(stem) ? 'down' : 'up' };
}

/** A folder up/ or down/ says the direction and is no part of the name. */
function directed(path: string): { readonly folder: string; readonly direction: 'up' | 'down' } {
  const parts = path.split('/');
  const down = parts.some((part) => downFolder.test(part));
  const folder = parts.filter((part) => !downFolder.test(part) && !upFolder.test(part)).join('/');
  return { folder, direction: down ? 'down' : 'up' };
}
