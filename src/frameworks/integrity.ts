import { placeholderAt } from '../sql/placeholder.js';
import type { Source } from '../sql/source.js';
import { sumFaults } from './atlas-sum.js';
import type { Folder, History, MigrationProblem } from './framework.js';
import { problem } from './sql-files.js';

/** Faults of a history that any framework's may have; those of one framework are found by its reader. */
export function integrityFaults(history: History, folder: Folder): readonly MigrationProblem[] {
  return [...sumFaults(folder), ...gaps(history), ...unknownPlaceholders(history), ...byteOrderMarks(history, folder)];
}

/** Runners that send a file, or the first statement of it, as it is. psql, Flyway and Liquibase take a byte order mark away. */
const sending = new Set([
  'diesel',
  'drizzle',
  'golang-migrate',
  'graphile-migrate',
  'hasura',
  'pop',
  'prisma',
  'refinery',
  'sqlx',
]);

function byteOrderMarks(history: History, folder: Folder): readonly MigrationProblem[] {
  if (!sending.has(history.framework)) return [];
  const scripts = history.migrations.flatMap(({ up, down }) => ('none' in down ? [up] : [up, down]));
  const read = new Set(scripts.flatMap(({ pieces }) => pieces.map(({ source }) => source.file)));
  return folder.files
    .filter((entry) => read.has(entry.path) && entry.startsWithByteOrderMark())
    .map((entry) => {
      const message = `a byte order mark stands before the first statement of ${entry.path}, and PostgreSQL refuses it`;
      return problem('syntax-error', message, entry.source());
    });
}

interface Numbered {
  readonly source: Source | undefined;
  readonly id: string;
  readonly number: number;
}

/**
 * Numbers left out where versions count up by one: a file was lost, or is still on another branch. Timestamps have no gaps, and a
 * folder that leaves out many numbers counts in another way.
 */
function gaps({ migrations, unread = [] }: History): readonly MigrationProblem[] {
  const counted = (id: string) => /^\d{1,6}$/.test(id);
  const numbered: readonly Numbered[] = [
    ...migrations.flatMap((migration) =>
      counted(migration.id)
        ? { source: migration.up.pieces[0]?.source, id: migration.id, number: Number(migration.id) }
        : [],
    ),
    ...unread.filter(counted).map((id) => ({ source: undefined, id, number: Number(id) })),
  ].sort((a, b) => a.number - b.number);
  const [first] = numbered;
  const last = numbered.at(-1);
  if (first === undefined || last === undefined || numbered.length < 3) return [];
  const missing = last.number - first.number + 1 - new Set(numbered.map(({ number }) => number)).size;
  if (missing <= 0 || missing > Math.max(1, numbered.length / 10)) return [];
  return numbered.flatMap(({ source, id, number }, at) => {
    const before = numbered[at - 1];
    const place = source ?? before?.source;
    if (before === undefined || place === undefined || number <= before.number + 1) return [];
    const single = number === before.number + 2;
    const lost = single ? `number ${number - 1} is` : `the numbers ${before.number + 1} to ${number - 1} are`;
    return [problem('version-gap', `${lost} not there, between ${before.id} and ${id}`, place)];
  });
}

const replacing = new Set(['flyway', 'liquibase']);

/** Flyway stops at a placeholder without a value and Liquibase passes it on to the server; each name is said once. */
function unknownPlaceholders(history: History): readonly MigrationProblem[] {
  if (!replacing.has(history.framework)) return [];
  const known = new Set(history.knownPlaceholders?.map((name) => name.toLowerCase()));
  return history.migrations.flatMap(({ up }) =>
    up.pieces.flatMap(({ source, span, rendered }) => {
      const text = rendered ?? source.slice(span);
      if (up.placeholders === undefined || !text.includes('${')) return [];
      return [...text.matchAll(/\$\{/g)].flatMap(({ index }) => {
        const found = placeholderAt(text, index);
        const name = found?.name.toLowerCase() ?? '';
        if (found === undefined || name.startsWith('flyway:') || known.has(name)) return [];
        known.add(name);
        const place = rendered === undefined ? { start: span.start + found.start, end: span.start + found.end } : span;
        return problem('unknown-placeholder', `nothing in the project gives \${${found.name}} a value`, source, place);
      });
    }),
  );
}
