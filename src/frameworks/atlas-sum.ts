import { createHash } from 'node:crypto';
import { nameOf } from './files.js';
import { unread } from './formats.js';
import type { FileEntry, Folder, MigrationProblem } from './framework.js';
import { compareText, filesNamed, problem } from './sql-files.js';

/** The name of Atlas's checksum file. */
export const sumName = 'atlas.sum';

/**
 * What does not agree with atlas.sum, in whichever format the folder's files are written. The hashes add up file by file
 * (atlas, sql/migrate/dir.go, NewHashFile), so the first that differs names the file and says nothing of those after it.
 */
export function sumFaults(folder: Folder): readonly MigrationProblem[] {
  const sum = folder.file(sumName);
  const text = sum?.read();
  if (sum === undefined) return [];
  if (text === undefined) return unread(sum);
  const listed = [...text.matchAll(/^(.+?) h1:(\S+)[ \t]*\r?$/gm)].map(([, name = '', hash = ''], at) => ({
    name,
    hash,
    at,
  }));
  const lineOf = (name: string) => {
    const start = text.indexOf(`\n${name} h1:`) + 1;
    return { start, end: start === 0 ? 0 : start + name.length };
  };
  const here = filesNamed(folder.byFolder.get(folder.path) ?? [], /\.sql$/).toSorted((a, b) =>
    compareText(a.path, b.path),
  );
  const byName = new Map(here.map((entry) => [nameOf(entry.path), entry]));
  const names = new Set(listed.map(({ name }) => name));
  const onlyUp = listed.length > 0 && listed.every(({ name }) => name.endsWith('.up.sql'));
  const removed = listed.filter(({ name }) => !byName.has(name));
  const added = here.filter(({ path }) => !names.has(nameOf(path)) && (!onlyUp || path.endsWith('.up.sql')));
  const refuse = 'so Atlas refuses the folder until `atlas migrate hash` is run';
  return [
    ...removed.map(({ name }) =>
      problem(
        'checksum-mismatch',
        `${sumName} lists ${name}, which is not there, ${refuse}`,
        sum.source(),
        lineOf(name),
      ),
    ),
    ...added
      .filter((entry) => !ignored(entry))
      .map((entry) =>
        problem('checksum-mismatch', `${nameOf(entry.path)} is not in ${sumName}, ${refuse}`, entry.source()),
      ),
    ...(removed.length + added.length > 0
      ? []
      : edited(listed, byName).map((entry) =>
          problem(
            'checksum-mismatch',
            `${nameOf(entry.path)} was changed after ${sumName} was written, ${refuse}`,
            entry.source(),
          ),
        )),
  ];
}

function ignored(entry: FileEntry): boolean {
  return /^[ -~]*atlas:sum +ignore/.test(entry.read() ?? '');
}

function edited(
  listed: readonly { readonly name: string; readonly hash: string }[],
  byName: ReadonlyMap<string, FileEntry>,
): readonly FileEntry[] {
  const hash = createHash('sha256');
  for (const { name, hash: expected } of listed) {
    const entry = byName.get(name);
    if (entry === undefined) return [];
    hash.update(name).update(`${entry.startsWithByteOrderMark() ? '\ufeff' : ''}${entry.read() ?? ''}`);
    if (hash.copy().digest('base64') !== expected) return [entry];
  }
  return [];
}
