import { type Dirent, readdirSync, realpathSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';

/** Folders that hold what others wrote or a build made: never walked, though one that the user names is. */
const foreign = new Set([
  'node_modules',
  'bower_components',
  'vendor',
  'vendored',
  'third_party',
  'thirdparty',
  'site-packages',
  'venv',
  '__pycache__',
  'Pods',
]);

/** Folders that a build tool fills, if the tool's own file stands beside them. */
const built: Readonly<Record<string, readonly string[]>> = {
  target: ['pom.xml', 'Cargo.toml', 'build.sbt'],
  build: ['build.gradle', 'build.gradle.kts', 'pom.xml', 'package.json', 'setup.py', 'pyproject.toml'],
  bin: ['build.gradle', 'build.gradle.kts', '.classpath'],
  out: ['build.gradle', 'build.gradle.kts', 'package.json'],
  dist: ['package.json', 'setup.py', 'pyproject.toml'],
  coverage: ['package.json'],
};

function skipped(name: string, siblings: readonly Dirent[]): boolean {
  if (name.startsWith('.') || foreign.has(name)) return true;
  const makers = built[name];
  return makers?.some((maker) => siblings.some((sibling) => sibling.name === maker)) ?? false;
}

/** What a walk met; all paths are absolute. */
export interface Walked {
  readonly paths: readonly string[];
  /** Those of the paths that are links. */
  readonly links: ReadonlySet<string>;
  /** Folders that could not be opened. */
  readonly closed: readonly string[];
}

/** The files below a folder. A link to a folder is followed unless it leads out of the project or to what is walked anyway (a loop). */
export function walk(top: string, realRoot: string): Walked {
  const paths: string[] = [];
  const links = new Set<string>();
  const closed: string[] = [];
  const followed = new Set<string>();
  const realTop = real(top) ?? top;
  const leads = (path: string): boolean => {
    const target = real(path);
    if (target === undefined || !isFolder(target) || !within(realRoot, target)) return false;
    if (within(join(realRoot, '.git'), target)) return false;
    if (within(realTop, target) || within(target, realTop) || followed.has(target)) return false;
    followed.add(target);
    return true;
  };
  const visit = (full: string): void => {
    const entries = children(full);
    if (entries === undefined) closed.push(full);
    for (const child of entries ?? []) {
      const path = join(full, child.name);
      const isLink = child.isSymbolicLink();
      if (child.isDirectory() || (isLink && isFolder(path))) {
        if (!skipped(child.name, entries ?? []) && (!isLink || leads(path))) visit(path);
      } else if (child.isFile() || isLink) {
        paths.push(path);
        if (isLink) links.add(path);
      }
    }
  };
  visit(top);
  return { paths, links, closed };
}

/** What a folder contains, sorted; undefined when it cannot be opened. */
export function children(full: string): readonly Dirent[] | undefined {
  try {
    return readdirSync(full, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return undefined;
  }
}

/** Whether a path is a folder, or a link to one; a link to itself, and what may not be looked at, is none. */
export function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

export function real(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

/** Whether a path is another one or lies below it; both absolute. */
export function within(outer: string, inner: string): boolean {
  return inner === outer || inner.startsWith(outer.endsWith(sep) ? outer : outer + sep);
}
