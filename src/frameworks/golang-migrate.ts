import { lex } from '../sql/lexer.js';
import { nameOf } from './files.js';
import type { Detection, FileEntry, Framework, MigrationProblem, TransactionPlan } from './framework.js';
import { goModule, manifestWith, tasks } from './manifests.js';
import { migrationsOf, type VersionedFile } from './pairs.js';
import { describe, filesNamed, notRun, problem } from './sql-files.js';
import { assumed } from './transaction.js';

const fileName = /^(\d+)_(.*)\.(up|down)\.sql$/;
const required = /^(?!.*\/\/ indirect).*\bgolang-migrate\/migrate\b/m;
const used = /\bmigrate\/migrate\b|\bgolang-migrate\b|\bmigrate\s+(?:-\w+\s+\S+\s+)*-(?:path|source|database)\b/;
const multiStatement = /x-multi-statement=true/;

// database/postgres/postgres.go, Lock; issue 960
const secondRunner = 'a second golang-migrate waits in pg_advisory_lock';

const wholeFile: TransactionPlan = {
  scope: 'none',
  batch: 'script',
  optedOut: false,
  why: 'golang-migrate sends a file in one message, and several statements in one message are one transaction',
  optOut: 'keep the statement alone in its file',
  secondRunner,
};
const split: TransactionPlan = {
  scope: 'none',
  batch: 'statement',
  optedOut: false,
  why: 'with x-multi-statement=true golang-migrate sends each statement by itself',
  secondRunner,
};

/** golang-migrate: `1_name.up.sql` and `1_name.down.sql`. */
export default {
  id: 'golang-migrate',
  title: 'golang-migrate',
  detect: (project) =>
    [...project.byFolder].flatMap(([root, entries]): Detection | [] => {
      const files = filesNamed(entries, fileName);
      const [first] = files;
      // golang-migrate refuses two files of one version and direction: many of them are another runner's
      if (first === undefined || repeated(files) >= 5) return [];
      const manifest = manifestWith(project, root, goModule, required) ?? manifestWith(project, root, tasks, used);
      return manifest === undefined
        ? { root, evidence: 'name', because: `its files are named as ${nameOf(first.path)} is` }
        : { root, evidence: 'manifest', because: `${manifest.path} uses golang-migrate` };
    }),
  read(folder, options) {
    const here = folder.byFolder.get(folder.path) ?? [];
    const plan = folder.above(folder.path, tasks).some((entry) => multiStatement.test(entry.read() ?? ''))
      ? split
      : wholeFile;
    const files = filesNamed(here, fileName).map(versioned);
    return {
      framework: 'golang-migrate',
      root: folder.path,
      migrations: migrationsOf(files, { plan: () => plan, folder }),
      problems: [
        ...(plan === split ? filesNamed(here, fileName).flatMap(cuts) : []),
        ...notRun(
          filesNamed(here, /^\d.*\.sql$/i).filter((entry) => !fileName.test(nameOf(entry.path))),
          'golang-migrate wants <number>_<name>.up.sql or .down.sql',
        ),
      ],
      assumptions:
        plan === split
          ? []
          : assumed(options, 'the database URL of golang-migrate does not say x-multi-statement=true'),
    };
  },
} satisfies Framework;

function repeated(files: readonly FileEntry[]): number {
  return files.length - new Set(files.map(versioned).map(({ version, direction }) => `${version} ${direction}`)).size;
}

function versioned(entry: FileEntry): VersionedFile {
  const [, version = '', name = '', direction] = fileName.exec(nameOf(entry.path)) ?? [];
  return { entry, version, name: describe(name), direction: direction === 'down' ? 'down' : 'up' };
}

/** With x-multi-statement=true every semicolon ends a statement, in quotes and comments too: database/multistmt/parse.go. */
function cuts(entry: FileEntry): readonly MigrationProblem[] {
  const source = entry.source();
  const { statements, comments } = lex(source.text);
  const message =
    'golang-migrate with x-multi-statement=true ends a statement at every semicolon, and one stands within this';
  const cut = [
    ...statements.filter((span) => source.slice(span).includes(';')),
    // at the end of a line comment it only ends the comment
    ...comments.filter((span) => /^\/\*[^;]*;|;[ \t;]*[^\s;]/.test(source.slice(span))),
  ];
  const instead =
    'Leave x-multi-statement=true away, and keep what must stand alone, as CREATE INDEX CONCURRENTLY, in a file of its own.';
  return cut.slice(0, 1).map((span) => ({ ...problem('statement-cut', message, source, span), instead }));
}
