import { folderOf, nameOf } from './files.js';
import type { FileEntry, Folder, MigrationProblem } from './framework.js';
import { isSql } from './plain-names.js';
import { problem } from './sql-files.js';

/** 1_x.up.go beside 1_x.down.sql, or the other way round: the half of a migration that is no SQL. */
export function otherHalf({ byFolder }: Folder, { path }: FileEntry): FileEntry | undefined {
  const [, base, direction = ''] = /^(.*)\.(up|down)\.sql$/i.exec(nameOf(path)) ?? [];
  if (base === undefined) return undefined;
  const start = `${base}.${direction.toLowerCase() === 'up' ? 'down' : 'up'}.`;
  return byFolder.get(folderOf(path))?.find((entry) => nameOf(entry.path).startsWith(start) && !isSql(entry.path));
}

/** What is wrong where SQL has only the way back: the way up is in another language, or not there. */
export function wayBackAlone(down: FileEntry, up: FileEntry | undefined): MigrationProblem {
  return up === undefined
    ? problem('down-without-up', `${nameOf(down.path)} undoes a migration that is not there`, down.source())
    : problem('not-understood', `${nameOf(up.path)} is not SQL, and is not read`, up.source());
}
