import { placeholderAt } from '../sql/placeholder.js';
import { sumFaults } from './atlas-sum.js';
import type { Folder, History, Migration, MigrationProblem } from './framework.js';
import { problem } from './sql-files.js';

/** Faults of a history that any framework's may have; those of one framework are found by its reader. */
export function integrityFaults(history: History, folder: Folder): readonly MigrationProblem[] {
  return [
    ...sumFaults(folder),
    ...gaps(history.migrations),
    ...unknownPlaceholders(history),
    ...byteOrderMarks(history, folder),
  ];
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

/**
 * Numbers left out where versions count up by one: a file was lost, or is still on another branch. Timestamps have no gaps, and a
 * folder that leaves out many numbers counts in another way.
 */
function gaps(migrations: readonly Migration[]): readonly MigrationProblem[] {
  const numbered = migrations.flatMap((migration) =>
    /^\d{1,6}$/.test(migration.id) ? { migration, number: Number(migration.id) } : [],
  );
  const [first] = numbered;
  const last = numbered.at(-1);
  if (first === undefined || last === undefined || numbered.length < 3) return [];
  const missing = last.number - first.number + 1 - new Set(numbered.map(({ number }) => number)).size;
  if (missing <= 0 || missing > Math.max(1, numbered.length / 10)) return [];
  return numbered.flatMap(({ migration, number }, at) => {
    const before = numbered[at - 1];
    const source = migration.up.pieces[0]?.source;
    if (before === undefined || source === undefined || number <= before.number + 1) return [];
    const single = number === before.number + 2;
    const lost = single ? `number ${number - 1} is` : `the numbers ${before.number + 1} to ${number - 1} are`;
    return [problem('version-gap', `${lost} not there, between ${before.migration.id} and ${migration.id}`, source)];
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
