import { nameOf } from './files.js';
import type { Detection, FileEntry, Framework, Migration, MigrationProblem, TransactionPlan } from './framework.js';
import { goModule, manifestWith } from './manifests.js';
import { migrationsOf, type VersionedFile } from './pairs.js';
import { compareText, describe, filesNamed, problem } from './sql-files.js';

/** As in ory/x, popx/match.go. */
const fileName = /^(\d+)_([^.]+)(\.[a-z0-9]+)?(\.autocommit)?\.(up|down)\.sql$/;
const dialects = new Set([
  'postgres',
  'postgresql',
  'pg',
  'mysql',
  'mariadb',
  'sqlite',
  'sqlite3',
  'cockroach',
  'cockroachdb',
]);
const postgres = new Set(['postgres', 'postgresql', 'pg']);
const required = /^(?!.*\/\/ indirect).*\b(?:gobuffalo|ory)\/(?:pop|x)\b/m;

const wrapped: TransactionPlan = {
  scope: 'migration',
  batch: 'script',
  optedOut: false,
  why: 'pop wraps each migration in a transaction',
  optOut: 'name the file <version>_<name>.postgres.autocommit.up.sql (ory popx)',
};
const unwrapped: TransactionPlan = {
  scope: 'none',
  batch: 'script',
  optedOut: true,
  why: 'popx sends a file in one message, which makes one transaction of several statements even with .autocommit',
  optOut: 'keep the statement alone in an .autocommit file',
};

/** SQL files of gobuffalo/pop and ory popx: `1_name.up.sql` for all databases, `1_name.postgres.up.sql` for PostgreSQL alone. */
export default {
  id: 'pop',
  title: 'pop (popx)',
  detect: (project) =>
    [...project.byFolder].flatMap(([root, entries]): Detection | [] => {
      const files = filesNamed(entries, fileName);
      const special = files.find((entry) => dialects.has(partsOf(entry).dialect) || partsOf(entry).autocommit);
      if (special !== undefined)
        return { root, evidence: 'marker', because: `${special.path} names a database as pop's files do` };
      const [first] = files;
      const manifest = first && manifestWith(project, root, goModule, required);
      return manifest === undefined ? [] : { root, evidence: 'manifest', because: `${manifest.path} depends on pop` };
    }),
  read(folder) {
    const all = filesNamed(folder.files, fileName);
    const files = all.filter((entry) => {
      const { dialect } = partsOf(entry);
      return dialect === '' || postgres.has(dialect) || !dialects.has(dialect);
    });
    const fizz = filesNamed(folder.files, /\.(?:up|down)\.fizz$/);
    const others = all.length - files.length;
    const special = new Set(files.filter((entry) => postgres.has(partsOf(entry).dialect)).map(keyOf));
    const own = files.filter((entry) => partsOf(entry).dialect !== '' || !special.has(keyOf(entry)));
    const migrations = migrationsOf(own.map(versioned), {
      plan: (entry) => (partsOf(entry).autocommit ? unwrapped : wrapped),
      compare: compareText,
      more: { placeholders: ['double-brace'] },
    });
    return {
      framework: 'pop',
      root: folder.path,
      migrations: migrations.map(withOrigin),
      problems: own.some((entry) => partsOf(entry).direction === 'down')
        ? own.filter((entry) => !all.some((other) => isDownOf(other, entry))).flatMap(withoutDown)
        : [],
      assumptions: [
        ...(others === 0 ? [] : [`${others} files for other databases than PostgreSQL are left out`]),
        ...(fizz.length === 0 ? [] : [`${fizz.length} files written in fizz are not read`]),
      ],
    };
  },
} satisfies Framework;

function partsOf(entry: FileEntry) {
  const [, version = '', name = '', first = '', second = '', direction = ''] = fileName.exec(nameOf(entry.path)) ?? [];
  const autocommit = first === '.autocommit' || second === '.autocommit';
  return { version, name, dialect: first === '.autocommit' ? '' : first.slice(1), autocommit, direction };
}

/**
 * Ory's fizz-to-SQL gave each statement of a migration a file of its own, `<14 digits><number of 6 digits>_name`; what was one before
 * may have several times of the same day, and its way back stands behind the first.
 */
function withOrigin(migration: Migration): Migration {
  // a day 00 is none: it is a number of the time before
  const [, day] = /^(\d{6}(?:0[1-9]|[12]\d|3[01]))\d{12}$/.exec(migration.id) ?? [];
  if (day === undefined) return migration;
  const origin = `${day} ${migration.name}`;
  return { ...migration, cutFrom: origin, deploy: origin };
}

function keyOf(entry: FileEntry): string {
  const { version, direction } = partsOf(entry);
  return `${version} ${direction}`;
}

function versioned(entry: FileEntry): VersionedFile {
  const { version, name, direction } = partsOf(entry);
  return { entry, version, name: describe(name), direction: direction === 'down' ? 'down' : 'up' };
}

function isDownOf(other: FileEntry, entry: FileEntry): boolean {
  const [down, up] = [partsOf(other), partsOf(entry)];
  return up.direction === 'down' || (down.direction === 'down' && down.version === up.version);
}

/** popx checks before it runs anything that every version has a down file: migration_box.go, check. */
function withoutDown(entry: FileEntry): readonly MigrationProblem[] {
  return [
    problem('section-missing', `${nameOf(entry.path)} has no down file, so popx refuses the folder`, entry.source()),
  ];
}
