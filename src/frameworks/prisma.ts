import { lex } from '../sql/lexer.js';
import { afterUnread } from './after-unread.js';
import { otherDatabase } from './dialect.js';
import { folderOf, nameOf } from './files.js';
import { type MigrationFolder, migrationFolders } from './folder-pairs.js';
import { readToml, textAt } from './formats.js';
import type { Detection, FileEntry, Framework, Migration, MigrationProblem, TransactionPlan } from './framework.js';
import { isAtLeast, lowestVersion, npmVersion } from './manifests.js';
import { looks } from './outside-transaction.js';
import { compareLocally, compareText, describe, problem, script, settleIds, unreadable } from './sql-files.js';
import { assumed } from './transaction.js';

const folderName = /^(\d{14}|\d+)_?(.*)$/;
const lockFile = 'migration_lock.toml';

const optOut = 'keep the statement alone in its migration.sql';
// schema-engine, flavour/postgres.rs, acquire_lock; prisma-engines 5755: it gives up after ten seconds, a deadlock is found after one
const secondRunner = 'a second Prisma waits in pg_advisory_lock';
const oneMessage: TransactionPlan = {
  scope: 'none',
  batch: 'script',
  optedOut: false,
  why: 'Prisma sends a migration in one message, and several statements in one message are one transaction',
  optOut,
  secondRunner,
};
const split: TransactionPlan = {
  scope: 'none',
  batch: 'statement',
  optedOut: true,
  why: 'Prisma, since 7.4, sends each statement of a migration with CREATE INDEX CONCURRENTLY by itself',
  optOut,
  secondRunner,
};

const cutApart: TransactionPlan = {
  scope: 'none',
  batch: 'statement',
  optedOut: false,
  why: 'Prisma with a driver adapter cuts a migration at every semicolon and sends each part by itself',
};

/** Up to 6 the configuration may give the schema engine an adapter: @prisma/adapter-pg, executeScript. */
const configs = ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs'].flatMap((end) => [
  `prisma.config.${end}`,
  `.config/prisma.${end}`,
]);
const adapter = /^(?!\s*(?:\/\/|\*)).*\badapter\b\s*[:(]/m;

/** Prisma Migrate up to 7: folders `<14 digits>_<name>` with migration.sql. */
export default {
  id: 'prisma',
  title: 'Prisma Migrate',
  detect: (project) => {
    const roots = new Map<string, Detection>();
    for (const [path, entries] of project.byFolder) {
      const lock = entries.find((entry) => nameOf(entry.path) === lockFile);
      if (lock !== undefined) roots.set(path, { root: path, evidence: 'config', because: `${lock.path} is Prisma's` });
      if (path === '' || !entries.some((entry) => nameOf(entry.path) === 'migration.sql')) continue;
      const root = folderOf(path);
      const beside = project.above(root, [lockFile]).find((entry) => folderOf(entry.path) === root);
      if (beside !== undefined) roots.set(root, { root, evidence: 'config', because: `${beside.path} is Prisma's` });
      else if (!roots.has(root) && /^\d{14}_/.test(nameOf(path)) && !entries.some(isSnapshot))
        roots.set(root, { root, evidence: 'manifest', because: `its folders hold migration.sql, as ${path} does` });
    }
    return [...roots.values()];
  },
  async read(folder, options) {
    const lock = folder.file(lockFile);
    const settings = lock === undefined ? { value: undefined, problems: [] } : await readToml(lock);
    const provider = textAt(settings.value, 'provider') ?? 'postgresql';
    if (lock !== undefined && !/^(?:postgres(?:ql)?|cockroachdb)$/.test(provider))
      return otherDatabase('prisma', folder.path, provider, lock.source());
    const range = npmVersion(folder, folder.path, 'prisma') ?? npmVersion(folder, folder.path, '@prisma/client');
    const version = lowestVersion(range);
    const splits = version !== undefined && isAtLeast(version, [7, 4]);
    const config = folder.above(folder.path, configs).find((entry) => adapter.test(entry.read() ?? ''));
    const cuts = config !== undefined && !(version !== undefined && isAtLeast(version, [7]));
    // the engine sorted by bytes; since 6.6 prisma itself lists the folders, by localeCompare
    const order = version !== undefined && !isAtLeast(version, [6, 6]) ? compareText : compareLocally;
    const here = migrationFolders(folder, ['migration.sql']);
    const others = [...folder.byFolder].filter(
      ([path]) => folderOf(path) === folder.path && path !== folder.path && !here.some((one) => one.path === path),
    );
    // Prisma would stop there: that the project goes on says that a runner of its own takes them
    const code = others.filter(([, files]) => files.some(({ path }) => /^migration\.[cm]?[jt]s$/.test(nameOf(path))));
    const missing = others.flatMap(([path, [first]]) =>
      first === undefined || code.some(([other]) => other === path) ? [] : lacking(path, first),
    );
    const migrations = here.toSorted((a, b) => order(a.name, b.name)).map((one) => read(one, splits, cuts));
    const unread = code.map(([path]) => nameOf(path));
    return {
      framework: 'prisma',
      root: folder.path,
      migrations: afterUnread(settleIds(migrations), unread, order),
      problems: [...settings.problems, ...missing],
      unread,
      assumptions: [
        ...(version === undefined
          ? assumed(
              options,
              'no package.json tells the version of Prisma: before 7.4 a migration is sent in one message',
            )
          : []),
        ...(code.length === 0 ? [] : [`${code.length} migrations written in JavaScript or TypeScript are not read`]),
      ],
    };
  },
} satisfies Framework;

/** Prisma takes each folder for a migration, and stops at the first that has none, when it has run what sorts before it: measured on the engine of 8.1. */
function lacking(path: string, { source }: FileEntry): readonly MigrationProblem[] {
  return [
    problem('migration-file-missing', `${nameOf(path)} has no migration.sql, and Prisma stops there (P3015)`, source()),
  ];
}

function isSnapshot({ path }: { readonly path: string }): boolean {
  return nameOf(path) === 'snapshot.json';
}

/** Prisma splits a file for CREATE INDEX CONCURRENTLY, and its splitter does not know DROP INDEX CONCURRENTLY (prisma-engines 5799, 5847). */
function planOf(text: string, splits: boolean): TransactionPlan {
  if (!splits) return oneMessage;
  const statements = looks(text, /concurrently/i).map(({ words }) => words);
  const wanted = statements.some((words) => /^CREATE (?:UNIQUE )?INDEX CONCURRENTLY/.test(words));
  const foiled = statements.some((words) => /^DROP INDEX CONCURRENTLY/.test(words));
  return wanted && !foiled ? split : oneMessage;
}

/** What Prisma with an adapter cuts in two: a body, a text or a comment with a semicolon in it. */
function cut({ source }: FileEntry): readonly MigrationProblem[] {
  const own = source();
  return lex(own.text).statements.flatMap(({ start, end }) =>
    own.text.slice(start, end).replace(/;\s*$/, '').includes(';')
      ? {
          ...problem('statement-cut', 'Prisma with a driver adapter ends this statement at its first semicolon', own, {
            start,
            end,
          }),
          instead: 'Leave the adapter out of prisma.config.ts: without one Prisma sends the file as it is.',
        }
      : [],
  );
}

function read({ name, file }: MigrationFolder, splits: boolean, cuts: boolean): Migration {
  const [up, down] = [file('migration.sql'), file('down.sql')];
  const [, , rest = name] = folderName.exec(name) ?? [];
  return {
    id: name,
    name: describe(rest),
    file: up?.path ?? name,
    up: script(up === undefined ? [] : [up], cuts ? cutApart : planOf(up?.read() ?? '', splits)),
    // Prisma runs no down file; one that is there is for `prisma db execute`, which sends it in one message
    down: down === undefined ? { none: 'framework' } : script([down], oneMessage),
    problems: [...unreadable([up, down].flatMap((entry) => entry ?? [])), ...(cuts && up !== undefined ? cut(up) : [])],
  };
}
