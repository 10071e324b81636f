import { speaksForPostgres } from './dialect.js';
import type { FileEntry, Folder } from './framework.js';

/** The files in which a project names what it depends on or how it runs it, for a search from a folder upwards. */
export const cargo = ['Cargo.toml'] as const;
export const goModule = ['go.mod'] as const;
export const npm = ['package.json'] as const;
export const tasks = [
  'Makefile',
  'Taskfile.yml',
  'justfile',
  'docker-compose.yml',
  'docker-compose.yaml',
  'compose.yaml',
];
export const jvm = ['pom.xml', 'build.gradle', 'build.gradle.kts', 'build.sbt'];

/** The nearest file of the given names at or above a folder whose text matches. */
export function manifestWith(
  folder: Folder,
  from: string,
  names: readonly string[],
  pattern: RegExp,
): FileEntry | undefined {
  return folder.above(from, names).find((entry) => pattern.test(entry.read() ?? ''));
}

/** A dependency in a Cargo.toml: `sqlx = …`, `[dependencies.sqlx]`, `sqlx.workspace = true`. */
export function crate(name: string): RegExp {
  return new RegExp(`^\\s*(?:\\[.*dependencies\\.)?["']?${name}["']?\\s*[.=\\]]`, 'm');
}

/**
 * The other database for which a crate is built, by its features in the nearest Cargo.toml that has any; undefined for
 * PostgreSQL or none, and where the SQL is PostgreSQL's: one crate may have migrations of both.
 */
export function crateDatabase(folder: Folder, name: string, files: readonly FileEntry[]): string | undefined {
  const line = new RegExp(
    `^\\s*(?:\\[.*dependencies\\.)?${name}\\]?(?:\\s*=\\s*\\{[^}]*\\}|[^\\[]*features[^\\]]*\\])`,
    'm',
  );
  for (const entry of folder.above(folder.path, cargo)) {
    const [found] = line.exec(entry.read() ?? '') ?? [];
    const databases: readonly string[] = found?.match(/postgres|mysql|sqlite/g) ?? [];
    if (databases.length === 0) continue;
    const own = databases.includes('postgres') || speaksForPostgres(files.map((file) => file.read() ?? ''));
    return own ? undefined : databases[0];
  }
  return undefined;
}

/** The version range of a package in package.json (any kind of dependency); undefined when the package is not there. */
export function npmVersion(folder: Folder, from: string, name: string): string | undefined {
  const range = new RegExp(`"${name.replace('/', '\\/')}"\\s*:\\s*"([~^<>=v\\s]*\\d[^"]*)"`);
  for (const entry of folder.above(from, npm)) {
    const [, version] = range.exec(entry.read() ?? '') ?? [];
    if (version !== undefined) return version;
  }
  return undefined;
}

/** The lowest version that a range allows, as numbers; undefined for `latest`, `*`, a tag or a path. */
export function lowestVersion(range: string | undefined): readonly number[] | undefined {
  const [found] = /\d+(?:\.\d+){0,2}/.exec(range ?? '') ?? [];
  return found?.split('.').map(Number);
}

/** Whether a version is at least another; both as numbers, missing parts are 0. */
export function isAtLeast(version: readonly number[], least: readonly number[]): boolean {
  for (const [at, wanted] of least.entries()) {
    const have = version[at] ?? 0;
    if (have !== wanted) return have > wanted;
  }
  return true;
}
