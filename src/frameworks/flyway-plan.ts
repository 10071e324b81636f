import { fromFolder } from './files.js';
import type { FlywaySettings } from './flyway-settings.js';
import type { FileEntry, Folder, MigrationProblem, TransactionPlan } from './framework.js';
import { looks } from './outside-transaction.js';
import { problem } from './sql-files.js';

/** What Flyway itself takes out of the transaction: PostgreSQLParser.java, detectCanExecuteInTransaction. */
const outside =
  /^(?:(?:CREATE|DROP) (?:DATABASE|TABLESPACE|SUBSCRIPTION)|ALTER SYSTEM|(?:CREATE|DROP)(?: UNIQUE)? INDEX CONCURRENTLY|REINDEX(?: VERBOSE)? (?:SCHEMA|DATABASE|SYSTEM)|VACUUM|DISCARD ALL)\b/;
const mayBeOutside = /concurrently|database|tablespace|subscription|alter\s+system|reindex|vacuum|discard/i;

const optOut =
  'Flyway sees CREATE and DROP INDEX CONCURRENTLY itself; others want a script configuration (V1__name.sql.conf) with executeInTransaction=false';
const lockWanted = 'flyway.postgresql.transactional.lock=false, or CONCURRENTLY waits for Flyway’s own lock for ever';
const plans: Readonly<Record<'wrapped' | 'grouped' | 'detected' | 'told', TransactionPlan>> = {
  wrapped: {
    scope: 'migration',
    batch: 'statement',
    optedOut: false,
    why: 'Flyway wraps each migration in a transaction',
    optOut,
  },
  grouped: {
    scope: 'run',
    batch: 'statement',
    optedOut: false,
    why: 'with group=true Flyway runs all pending migrations in one transaction',
    optOut,
  },
  detected: {
    scope: 'none',
    batch: 'statement',
    optedOut: true,
    why: 'Flyway sees a statement that cannot run in a transaction and runs the whole file without one',
    optOut,
  },
  told: {
    scope: 'none',
    batch: 'statement',
    optedOut: true,
    why: 'executeInTransaction=false: Flyway sends each statement by itself',
    optOut,
  },
};

interface Planned {
  readonly plan: TransactionPlan;
  readonly problems: readonly MigrationProblem[];
}

/** How Flyway runs a file, and what it will not run so. */
export function planOf(entry: FileEntry, folder: Folder, settings: FlywaySettings): Planned {
  const { plan, problems } = plannedFor(entry, folder, settings);
  // who follows the advice must not end in the wait that the runner's lock makes of it
  return { plan: settings.lockIsReleased ? plan : { ...plan, optOut: `${optOut}; set ${lockWanted}` }, problems };
}

function plannedFor(entry: FileEntry, folder: Folder, settings: FlywaySettings): Planned {
  const own = scriptSettings(entry, folder).executeInTransaction;
  const source = entry.source();
  const statements = looks(source.text, mayBeOutside);
  const alone = statements.filter(({ words }) => outside.test(words));
  const concurrently = alone.find(({ words }) => words.includes('CONCURRENTLY'));
  const waits =
    concurrently === undefined || settings.lockIsReleased
      ? []
      : [
          problem(
            'advisory-lock-blocks-concurrently',
            'Flyway holds a lock in an open transaction while it migrates, and CREATE or DROP INDEX CONCURRENTLY waits for that transaction for ever: flyway.postgresql.transactional.lock=false is not set',
            source,
            concurrently.statement,
          ),
        ];
  if ((own ?? settings.executeInTransaction) === false) return { plan: plans.told, problems: waits };
  const usual = settings.group ? plans.grouped : plans.wrapped;
  const [first] = alone;
  if (first === undefined || own === true) return { plan: usual, problems: [] };
  const mixed = alone.length < statements.length && !settings.mixed;
  const message =
    'this statement cannot run in a transaction and others of the file can: Flyway refuses to mix them unless mixed=true';
  return {
    plan: plans.detected,
    problems: mixed ? [problem('mixed-transaction', message, source, first.statement)] : waits,
  };
}

/** What a script configuration says of its migration. */
export interface ScriptSettings {
  readonly executeInTransaction: boolean | undefined;
  readonly placeholderReplacement: boolean | undefined;
  readonly encoding: string | undefined;
  /** `true`, `false`, or an expression that only Flyway can evaluate. */
  readonly shouldExecute: string | undefined;
}

/** Reads what stands beside a migration under its name and `.conf`. */
export function scriptSettings(entry: FileEntry, folder: Folder): ScriptSettings {
  const text = besideOf(entry, folder)?.read() ?? '';
  const get = (key: string) =>
    new RegExp(`^[ \\t]*${key}[ \\t]*=[ \\t]*(.*?)[ \\t]*$`, 'm').exec(text)?.[1]?.toLowerCase();
  const flag = (key: string) => {
    const value = get(key);
    return value === undefined ? undefined : value === 'true';
  };
  return {
    executeInTransaction: flag('executeInTransaction'),
    placeholderReplacement: flag('placeholderReplacement'),
    encoding: get('encoding'),
    shouldExecute: get('shouldExecute'),
  };
}

/** The script configuration of a migration, looked up by its name: a search of all files costs their square. */
export function besideOf({ path }: FileEntry, folder: Folder): FileEntry | undefined {
  return folder.file(`${fromFolder(folder, path)}.conf`);
}
