import { accessSync, constants, statSync } from 'node:fs';
import { posix, win32 } from 'node:path';

/** Where programs are looked for. */
export interface Places {
  /** The variable PATH. */
  readonly path: string;
  readonly cwd: string;
  readonly platform: NodeJS.Platform;
  readonly isProgram: (path: string) => boolean;
}

/**
 * The absolute path of git; undefined when the PATH has none. Only absolute entries count, and never the working directory, which is
 * where Windows looks first: it holds what somebody has committed.
 */
export function findGit({ path, cwd, platform, isProgram }: Places): string | undefined {
  const { delimiter, isAbsolute, join, resolve } = platform === 'win32' ? win32 : posix;
  const name = platform === 'win32' ? 'git.exe' : 'git';
  return path
    .split(delimiter)
    .map((entry) => (platform === 'win32' ? entry.replace(/^"(.*)"$/, '$1') : entry))
    .filter((entry) => isAbsolute(entry) && resolve(entry) !== resolve(cwd))
    .map((entry) => join(entry, name))
    .find(isProgram);
}

/** Whether a path is a file that may be run. */
export function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
