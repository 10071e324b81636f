import { readFileSync, statSync } from 'node:fs';
import { UserError } from './user-error.js';

/** Nobody writes more by hand; a baseline of a hundred thousand findings has less. */
const largest = 64 * 1024 * 1024;

/**
 * The text of a file that says how to judge, by its absolute path; `what` is how people know it. Throws a UserError of one line when
 * it cannot be read, or never ends: a path in a repository may be a link to a device.
 */
export function readTextOf(path: string, what: string): string {
  let text: string;
  try {
    const status = statSync(path, { throwIfNoEntry: false });
    if (status === undefined) throw new UserError(`cannot read ${what}: it is not there`);
    if (status.isCharacterDevice() || status.isBlockDevice()) throw new UserError(`${what} is a device, not a file`);
    if (status.size > largest) throw new UserError(`${what} is larger than 64 MiB`);
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`cannot read ${what} (${error instanceof Error && 'code' in error ? error.code : error})`);
  }
  return text.replace(/^\ufeff/, '');
}
