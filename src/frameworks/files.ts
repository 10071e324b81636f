import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { Source } from '../sql/source.js';
import { type Content, contentIn, contentOf, plain, probe } from './content.js';
import type { FileEntry, Folder } from './framework.js';
import { children, isFolder, real, walk, within } from './walk.js';

/** The files of a project on disk, each read at most once. Paths are relative to the working directory, with `/`. */
export interface Project {
  readonly folder: (path: string) => Folder;
  /** A file by its path; undefined when there is none or it lies outside the project. */
  readonly file: (path: string) => FileEntry | undefined;
  /** Folders met while walking that could not be opened. */
  readonly unreadable: () => readonly string[];
}

/**
 * Opens the project with the given root (absolute); nothing outside it is opened. `overlay` gives the text of files (by
 * path) in place of what the disk has; undefined hides a file of the disk.
 */
export function openProject(
  cwd: string,
  root: string,
  overlay: ReadonlyMap<string, string | undefined> = new Map(),
  onFiles: (files: number) => void = () => {},
): Project {
  const realRoot = real(root) ?? root;
  const entries = new Map<string, FileEntry | undefined>();
  const unreadable = new Set<string>();
  const pathOf = (full: string) => relative(cwd, full).split(sep).join('/');

  const known = (path: string, make: () => Content | undefined): FileEntry | undefined => {
    if (!entries.has(path)) {
      const text = overlay.get(path);
      const content = text !== undefined ? plain(text) : overlay.has(path) ? undefined : make();
      entries.set(path, content && entryOf(path, content));
    }
    return entries.get(path);
  };
  const file = (path: string) => known(path, () => probe(resolve(cwd, path), root, realRoot));

  const folders = new Map<string, Folder>();
  const folder = (path: string): Folder => {
    const known = folders.get(path) ?? open(path);
    folders.set(path, known);
    return known;
  };
  const open = (path: string): Folder => {
    const full = resolve(cwd, path);
    let files: readonly FileEntry[] | undefined;
    let byFolder: ReadonlyMap<string, readonly FileEntry[]> | undefined;
    const all = () => {
      if (files === undefined) {
        const { paths, links, closed } = walk(full, realRoot);
        onFiles(paths.filter((name) => name.endsWith('.sql')).length);
        const plainFiles = new Set(paths.filter((name) => !links.has(name)));
        for (const name of closed) unreadable.add(pathOf(name));
        const added = [...overlay.keys()].map((name) => resolve(cwd, name)).filter((name) => within(full, name));
        files = [...new Set([...paths, ...added])]
          .flatMap(
            (name) =>
              (plainFiles.has(name)
                ? known(pathOf(name), () => ({ from: name, marked: false }))
                : file(pathOf(name))) ?? [],
          )
          .sort(byPath);
      }
      return files;
    };
    return {
      path,
      get files() {
        return all();
      },
      get byFolder() {
        byFolder ??= group(all());
        return byFolder;
      },
      file: (name) => file(pathOf(resolve(full, name))),
      list: (name) => {
        const there = resolve(full, name);
        if (!within(root, there)) return [];
        const here = (children(there) ?? []).map((child) => pathOf(join(there, child.name)));
        const added = [...overlay.keys()].filter((name) => dirname(resolve(cwd, name)) === there);
        return [...new Set([...here, ...added])].sort().flatMap((name) => file(name) ?? []);
      },
      below: (name) => {
        const there = resolve(full, name);
        return within(root, there) && isFolder(there) ? folder(pathOf(there)).files : [];
      },
      above: (from, names) => {
        const found: FileEntry[] = [];
        for (let at = resolve(cwd, from); within(root, at); at = dirname(at)) {
          for (const name of names) {
            const entry = file(pathOf(join(at, name)));
            if (entry !== undefined) found.push(entry);
          }
          if (at === dirname(at)) break;
        }
        return found;
      },
    };
  };
  return { folder, file, unreadable: () => [...unreadable].sort() };
}

function byPath(a: FileEntry, b: FileEntry): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}

function group(files: readonly FileEntry[]): ReadonlyMap<string, readonly FileEntry[]> {
  const folders = new Map<string, FileEntry[]>();
  for (const entry of files) {
    const name = folderOf(entry.path);
    const together = folders.get(name);
    if (together === undefined) folders.set(name, [entry]);
    else together.push(entry);
  }
  return new Map([...folders].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The folder part of a path with `/`, '' when there is none. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** The last part of a path with `/`. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** A path as a folder's `file`, `list` and `below` take it, from one that is relative to the working directory. */
export function fromFolder({ path: from }: { readonly path: string }, path: string): string {
  if (from === '') return path === '' ? '.' : path;
  if (path.startsWith(`${from}/`)) return path.slice(from.length + 1);
  return `${'../'.repeat(from.split('/').length)}${path}`;
}

function entryIn(path: string, content: Content | undefined): FileEntry | undefined {
  return content && entryOf(path, content);
}

function entryOf(path: string, content: Content): FileEntry {
  let known = content;
  let source: Source | undefined;
  const decoded = new Map<string, FileEntry>();
  const get = () => {
    if (known.from !== undefined) known = contentOf(known.from);
    return known;
  };
  const entry: FileEntry = {
    path,
    read: () => get().text,
    fault: () => get().fault,
    source: () => {
      source ??= new Source(path, get().text ?? '');
      return source;
    },
    startsWithByteOrderMark: () => get().marked,
    decoded: (encoding) => {
      const { from } = content;
      if (get().fault === undefined || from === undefined) return entry;
      const other = decoded.get(encoding) ?? entryIn(path, contentIn(from, encoding)) ?? entry;
      decoded.set(encoding, other);
      return other;
    },
  };
  return entry;
}

const manifests = ['package.json', 'Cargo.toml', 'go.mod', 'pom.xml', 'build.gradle', 'build.gradle.kts'];

/**
 * The root (absolute) of the project around a path: the nearest folder at or above it that holds `.git`; without one `cwd` if that
 * contains it, else the highest folder above it that holds a manifest.
 */
export function projectRoot(cwd: string, path: string): string {
  const start = resolve(cwd, path);
  let manifest: string | undefined;
  for (let at = start; ; at = dirname(at)) {
    const has = (name: string) => existsSync(join(at, name));
    if (has('.git')) return at;
    if (manifests.some(has)) manifest = at;
    if (at === dirname(at)) break;
  }
  if (within(cwd, start)) return cwd;
  return manifest ?? dirname(start);
}
