import { lstatSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { UserError } from '../user-error.js';
import { repositoryRoot } from './repository.js';

/**
 * Writes a file that the user has named, and the folders that it needs. Whoever can commit to a repository can make any path in it a
 * link: below its root nothing is written through one. A place outside is the user's own choice.
 */
export function writeFile(cwd: string, file: string, text: string, root = repositoryRoot(cwd) ?? cwd): void {
  const path = resolve(cwd, file);
  const link = linkOn(root, path);
  if (link !== undefined)
    throw new UserError(`cannot write ${file}: ${link} is a link; name the place itself that is meant`);
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
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
