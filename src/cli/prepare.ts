import { relative, resolve, sep } from 'node:path';
import type { History, Migration, TransactionPlan } from '../frameworks/framework.js';
import { tableLookedInto } from '../frameworks/runner-tables.js';
import { readTextOf } from '../read-text.js';
import { Source } from '../sql/source.js';

/** Histories with what is run before them, and which of their migrations are judged. */
export interface Prepared {
  readonly histories: readonly History[];
  readonly judged: Judged;
  /** The runner's tables that nobody has made yet, because the first migration is still to be run. */
  readonly made: (migration: Migration) => boolean;
}

type Judged = (history: History, migration: Migration, index: number) => boolean;

const transaction: TransactionPlan = {
  scope: 'none',
  batch: 'statement',
  optedOut: false,
  why: 'the file of --prepare is run as psql runs it, each statement by itself',
};

/**
 * Puts files of SQL before the first migration of every history, as migrations that are never judged, and before them the table of the
 * runner, where migrations look into it. Throws a UserError when a file cannot be read.
 */
export function prepare(
  files: readonly string[],
  histories: readonly History[],
  judged: Judged,
  cwd: string,
): Prepared {
  const given = files.map((file) => migrationOf(file, cwd));
  const made = new Set<Migration>();
  const originals = new Map<History, { readonly history: History; readonly before: number }>();
  for (const history of histories) {
    const table = tableOf(history);
    if (history.migrations.every((migration, index) => judged(history, migration, index)))
      for (const each of table) made.add(each);
    const before = [...table, ...given];
    originals.set({ ...history, migrations: [...before, ...history.migrations] }, { history, before: before.length });
  }
  return {
    histories: [...originals.keys()],
    made: (migration) => made.has(migration),
    judged: (whole, migration, index) => {
      const { history = whole, before = 0 } = originals.get(whole) ?? {};
      return index >= before && judged(history, migration, index - before);
    },
  };
}

function tableOf(history: History): readonly Migration[] {
  const table = tableLookedInto(history);
  const { framework } = history;
  return table === undefined ? [] : [before(`the table of ${framework}`, new Source(`(${framework})`, table.sql))];
}

function migrationOf(path: string, cwd: string): Migration {
  const file = relative(cwd, resolve(cwd, path)).split(sep).join('/');
  // an id that no migration has: it is not to be meant by one
  return before(`--prepare ${file}`, new Source(file, readTextOf(resolve(cwd, path), `the file ${file} of --prepare`)));
}

function before(id: string, source: Source): Migration {
  const pieces = [{ source, span: { start: 0, end: source.text.length } }];
  const { file } = source;
  return { id, name: file, file, up: { pieces, transaction, psql: true }, down: { none: 'framework' }, problems: [] };
}
