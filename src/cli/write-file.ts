import { lstatSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { UserError } from '../user-error.js';
import { repositoryRoot } from './repository.js';

/** How a file is written. */
interface Manner {
  /** Below it nothing is written through a link; the repository, unless it is said. */
  readonly root?: string;
  readonly mode?: number;
  /** A file that has come meanwhile is not overwritten. */
  readonly isNew?: boolean;
}

/**
 * Writes a file that the user has named, and the folders that it needs. Whoever can commit to a repository can make any path in it a
 * link: below its root nothing is written through one. A place outside is the user's own choice.
 */
export function writeFile(cwd: string, file: string, text: string, manner: Manner = {}): void {
  const path = resolve(cwd, file);
  const link = linkOn(manner.root ?? repositoryRoot(cwd) ?? cwd, path);
  if (link !== undefined)
    throw new UserError(`cannot write ${file}: ${link} is a link; name the place itself that is meant`);
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { flag: manner.isNew === true ? 'wx' : 'w', mode: manner.mode });
  } catch (error) {
    throw new UserError(`cannot write ${file} (${error instanceof Error && 'code' in error ? error.code : error})`);
  }
}

/** The first link on the way from a root down to a path, relative to the root; none is looked for outside. */
function linkOn(root: string, path: string): string | undefined {
  const name = relative(root, path);
  const parts = name.split(sep);
  if (parts[0] === '..' || isAbsolute(name)) return undefined;
  const ways = parts.map((_, at) => parts.slice(0, at + 1).join('/'));
  return ways.find((way) => lstatSync(join(root, way), { throwIfNoEntry: false })?.isSymbolicLink());
}
