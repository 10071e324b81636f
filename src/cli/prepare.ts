import { relative, resolve, sep } from 'node:path';
import type { History, Migration, TransactionPlan } from '../frameworks/framework.js';
import { readTextOf } from '../read-text.js';
import { Source } from '../sql/source.js';

/** Histories with what is run before them, and which of their migrations are judged. */
export interface Prepared {
  readonly histories: readonly History[];
  readonly judged: Judged;
}

type Judged = (history: History, migration: Migration, index: number) => boolean;

const transaction: TransactionPlan = {
  scope: 'none',
  batch: 'statement',
  optedOut: false,
  why: 'the file of --prepare is run as psql runs it, each statement by itself',
};

/** Puts files of SQL before the first migration of every history, as migrations that are never judged. Throws a UserError when one cannot be read. */
export function prepare(
  files: readonly string[],
  histories: readonly History[],
  judged: Judged,
  cwd: string,
): Prepared {
  const before = files.map((file) => migrationOf(file, cwd));
  const originals = new Map<History, History>(
    histories.map((history) => [{ ...history, migrations: [...before, ...history.migrations] }, history]),
  );
  return {
    histories: [...originals.keys()],
    judged: (history, migration, index) =>
      index >= before.length && judged(originals.get(history) ?? history, migration, index - before.length),
  };
}

function migrationOf(path: string, cwd: string): Migration {
  const file = relative(cwd, resolve(cwd, path)).split(sep).join('/');
  const source = new Source(file, readTextOf(resolve(cwd, path), `the file ${file} of --prepare`));
  const pieces = [{ source, span: { start: 0, end: source.text.length } }];
  // an id that no migration has: it is not to be meant by one
  const id = `--prepare ${file}`;
  return { id, name: file, file, up: { pieces, transaction, psql: true }, down: { none: 'framework' }, problems: [] };
}
