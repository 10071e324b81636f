import { isUtf8 } from 'node:buffer';
import { lstatSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { real, within } from './walk.js';

/** A file read from disk, or still to be read `from` there, or the reason why there is no text. */
export interface Content {
  readonly from?: string;
  readonly text?: string;
  readonly fault?: string;
  /** A byte order mark stood before the text. */
  readonly marked: boolean;
}

/** Larger files are dumps, not migrations. */
const largest = 64 * 1024 * 1024;

/** Reads a file, given by its absolute path. */
export function contentOf(full: string): Content {
  let bytes: Buffer;
  try {
    if (statSync(full).size > largest) return { fault: 'is larger than 64 MiB', marked: false };
    bytes = readFileSync(full);
  } catch (error) {
    return { fault: `cannot be read (${codeOf(error)})`, marked: false };
  }
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))
    return { fault: 'is UTF-16, not UTF-8', marked: true };
  if (bytes.includes(0)) return { fault: 'is a binary file', marked: false };
  if (!isUtf8(bytes)) return { fault: `is not UTF-8 (line ${firstBadLine(bytes)})`, marked: false };
  return plain(bytes.toString('utf8'));
}

/** The text of a file, given by its absolute path, that is written in another encoding; undefined when it is not, or the encoding is unknown. */
export function contentIn(full: string, encoding: string): Content | undefined {
  try {
    return { text: new TextDecoder(encoding, { fatal: true }).decode(readFileSync(full)), marked: false };
  } catch {
    return undefined;
  }
}

/** A text as it is, but for a byte order mark. */
export function plain(text: string): Content {
  const marked = text.charCodeAt(0) === 0xfeff;
  return { text: marked ? text.slice(1) : text, marked };
}

function firstBadLine(bytes: Buffer): number {
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const end = bytes.indexOf(10, start);
    if (end === -1 || !isUtf8(bytes.subarray(start, end))) return line;
    start = end + 1;
  }
  return line;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}

/** A name out of a file that is broken may be none at all: too long, or with a zero byte. */
function isThere(full: string): boolean {
  try {
    return lstatSync(full, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}

/** A file that somebody names: there may be none, it may be a folder, it may be a link that leads nowhere or out. */
export function probe(full: string, root: string, realRoot: string): Content | undefined {
  if (!within(root, full)) return undefined;
  if (!isThere(full)) return undefined;
  const target = real(full);
  if (target === undefined) return { fault: 'is a link that leads nowhere', marked: false };
  if (!within(realRoot, target)) return { fault: 'is a link that leads out of the project', marked: false };
  // it holds no migration, but may hold a token: actions/checkout writes one into .git/config
  if (target !== full && within(join(realRoot, '.git'), target)) return { fault: 'is a link into .git', marked: false };
  return statSync(target).isFile() ? { from: full, marked: false } : undefined;
}
