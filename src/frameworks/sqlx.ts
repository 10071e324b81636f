import { otherDatabase } from './dialect.js';
import { nameOf } from './files.js';
import type { Detection, FileEntry, Framework, MigrationProblem, TransactionPlan } from './framework.js';
import { cargo, crate, crateDatabase, manifestWith } from './manifests.js';
import { migrationsOf, type VersionedFile } from './pairs.js';
import { describe, filesNamed, firstLine, markers, notRun, problem } from './sql-files.js';

const fileName = /^(\d+)_(.*?)(?:\.(up|down))?\.sql$/;
const loose = /^\s*--[ \t]*no[-_ ]transaction\b/i;

const wrapped: TransactionPlan = {
  scope: 'migration',
  batch: 'script',
  optedOut: false,
  why: 'sqlx wraps each migration in a transaction',
  optOut: 'begin the file, at its very first byte, with -- no-transaction',
};
const unwrapped: TransactionPlan = {
  scope: 'none',
  batch: 'script',
  optedOut: true,
  why: 'sqlx sends a file in one message, which makes one transaction of several statements even with -- no-transaction',
  optOut: 'keep the statement alone in a file that begins with -- no-transaction',
  // sqlx-postgres/src/migrate.rs, lock
  secondRunner: 'a second sqlx waits in pg_advisory_lock',
};

/** sqlx (Rust): `1_name.sql`, or `1_name.up.sql` and `1_name.down.sql`. */
export default {
  id: 'sqlx',
  title: 'sqlx',
  detect: (project) =>
    [...project.byFolder].flatMap(([root, entries]): Detection | [] => {
      const [first] = filesNamed(entries, fileName);
      if (first === undefined) return [];
      const [config] = project.above(root, ['sqlx.toml']);
      if (config !== undefined) return { root, evidence: 'config', because: `${config.path} configures sqlx` };
      const manifest = manifestWith(project, root, cargo, crate('sqlx'));
      if (manifest !== undefined) return { root, evidence: 'manifest', because: `${manifest.path} depends on sqlx` };
      return optsOut(first) ? { root, evidence: 'marker', because: `${first.path} begins with -- no-transaction` } : [];
    }),
  read(folder) {
    const here = folder.byFolder.get(folder.path) ?? [];
    const files = filesNamed(here, fileName);
    const [first] = files;
    const other = crateDatabase(folder, 'sqlx', files);
    if (other !== undefined && first !== undefined) return otherDatabase('sqlx', folder.path, other, first.source());
    const simple = files.every((entry) => versioned(entry).direction === 'up');
    const migrations = migrationsOf(files.map(versioned), {
      plan: (entry) => (optsOut(entry) ? unwrapped : wrapped),
      noDown: simple ? 'framework' : 'missing',
      optOut: (entry) => firstLine(entry, '-- no-transaction'),
    });
    return {
      framework: 'sqlx',
      root: folder.path,
      migrations,
      problems: [
        ...files.flatMap(misplaced),
        ...filesNamed(here, /^(?!\d+_).*_.*\.sql$/).map(withoutNumber),
        ...notRun(filesNamed(here, /^[^_]*\.sql$/), 'sqlx wants <number>_<description>.sql'),
      ],
      assumptions: [],
    };
  },
} satisfies Framework;

function versioned(entry: FileEntry): VersionedFile {
  const [, version = '', name = '', direction] = fileName.exec(nameOf(entry.path)) ?? [];
  return { entry, version, name: describe(name), direction: direction === 'down' ? 'down' : 'up' };
}

/** The text must start with the words at its first byte: migrate/source.rs, `sql.starts_with`. */
function optsOut(entry: FileEntry): boolean {
  return !entry.startsWithByteOrderMark() && (entry.read() ?? '').startsWith('-- no-transaction');
}

function misplaced(entry: FileEntry): readonly MigrationProblem[] {
  if (optsOut(entry)) return [];
  const source = entry.source();
  const [marker] = markers(source.text, /^[ \t]*--[ \t]*no[-_ ]transaction\b.*$/gim);
  if (marker === undefined) return [];
  const why = entry.startsWithByteOrderMark()
    ? 'a byte order mark stands before it'
    : loose.test(source.text)
      ? 'it must stand at the first byte, written exactly -- no-transaction'
      : 'it must be the first line';
  return [problem('opt-out-ignored', `sqlx passes over this marker: ${why}`, source, marker)];
}

/** Without an underscore a file is passed over; what stands before one must be a number: migrate/source.rs, resolve_blocking. */
function withoutNumber(entry: FileEntry): MigrationProblem {
  const message = `sqlx refuses the folder, because ${nameOf(entry.path)} does not begin with a number and an underscore`;
  return problem('unreadable-migration', message, entry.source());
}
