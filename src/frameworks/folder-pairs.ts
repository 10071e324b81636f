import { folderOf, nameOf } from './files.js';
import type { FileEntry, Folder } from './framework.js';

/** A folder that is a migration: its files by name. */
export interface MigrationFolder {
  readonly path: string;
  readonly name: string;
  readonly file: (name: string) => FileEntry | undefined;
}

/** The folders directly below a root that hold one of the given files, in the order of their names. */
export function migrationFolders(folder: Folder, wanted: readonly string[]): readonly MigrationFolder[] {
  return [...folder.byFolder].flatMap(([path, entries]): MigrationFolder | [] => {
    if (path === folder.path || folderOf(path) !== folder.path) return [];
    const file = (name: string) => entries.find((entry) => nameOf(entry.path) === name);
    return wanted.some((name) => file(name) !== undefined) ? { path, name: nameOf(path), file } : [];
  });
}

/** The roots above folders that hold a file of the given name and are named as a pattern says, each with such a file. */
export function rootsOfFolders(project: Folder, file: string, name: RegExp): ReadonlyMap<string, FileEntry> {
  const roots = new Map<string, FileEntry>();
  for (const [path, entries] of project.byFolder) {
    if (path === '' || !name.test(nameOf(path))) continue;
    const found = entries.find((entry) => nameOf(entry.path) === file);
    if (found !== undefined && !roots.has(folderOf(path))) roots.set(folderOf(path), found);
  }
  return roots;
}
