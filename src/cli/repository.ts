import { existsSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

/** The root of the repository around a folder (absolute); undefined when there is none. */
export function repositoryRoot(folder: string): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at;
    if (at === dirname(at)) return undefined;
  }
}

/** The path from the repository's root to the working directory, '' or with a final slash; '' outside of one. */
export function repositoryPrefix(cwd: string): string {
  const name = relative(repositoryRoot(cwd) ?? cwd, cwd);
  return name === '' ? '' : `${name.split(sep).join('/')}/`;
}
