import { refusesRows } from '../src/added-column.js';
import type { Catalog } from '../src/catalog/catalog.js';
import type { Effect } from '../src/effects/effect.js';
import { strength } from '../src/effects/locks.js';
import { isGone } from '../src/known.js';
import { defineRule, type HeldLock, type Step } from '../src/rule.js';
import { isKind } from '../src/sql/statement.js';
import { blockedByWork, deployedApart, lockTaken, whomBlocks, works } from '../src/wording.js';

const tables =
  'create table account (id int, email text);\n--> statement-breakpoint\ncreate table visit (id int, day date);\n';

function journal(...tags: readonly string[]): string {
  const entries = tags.map((tag, idx) => ({ idx, version: '7', when: 1736500000000 + idx, tag, breakpoints: true }));
  return JSON.stringify({ version: '7', dialect: 'postgresql', entries });
}

export default defineRule({
  id: 'lock-held-through-work',
  level: 'error',
  title: 'A lock is held while a later statement of the transaction works',
  why: 'A lock is released only when the transaction ends. What one statement locks for an instant stays locked while the statements after it read, build or write: reads or writes wait all that time.',
  instead: 'Take the lock last, or put the work into a migration of its own.',
  links: ['https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES'],
  bad: [
    {
      transaction: 'whole',
      sql: `create table account (id int, email text);
create table visit (id int);
-- next migration
alter table account add column seen date;
create index visit_id on visit (id);`,
    },
    {
      title: 'Drizzle runs all pending migrations in one transaction: locks add up over files',
      framework: 'drizzle',
      before: {
        'drizzle/meta/_journal.json': journal('0000_account'),
        'drizzle/0000_account.sql': tables,
      },
      files: {
        'drizzle/meta/_journal.json': journal('0000_account', '0001_seen', '0002_visit_id'),
        'drizzle/0000_account.sql': tables,
        'drizzle/0001_seen.sql': 'alter table account add column seen date;\n',
        'drizzle/0002_visit_id.sql': 'create index visit_id on visit (id);\n',
      },
    },
  ],
  good: [
    {
      title: 'nobody waits for a table that the history does not show, and that is gone where it was',
      transaction: 'whole',
      sql: `create table account (id int, region int);
-- next migration
drop materialized view if exists regions;
create materialized view regions as select region, count(*) from account group by region;`,
    },
    {
      title: 'each statement is a transaction of its own',
      sql: `create table account (id int);
create table visit (id int);
-- next migration
alter table account add column seen date;
create index concurrently visit_id on visit (id);`,
    },
    {
      title: 'the lock comes last',
      transaction: 'whole',
      sql: `create table account (id int);
create table visit (id int, day date);
-- next migration
insert into visit select 1, now() from generate_series(1, 10);
alter table account add column seen date;`,
    },
    {
      title: 'a table that is gone, nobody waits for in earnest',
      transaction: 'whole',
      sql: `create table account (id int);
create table visit (id int);
-- next migration
-- lockkeeper:ignore table-dropped: no code uses it
drop table account;
-- lockkeeper:ignore index-not-concurrent: a short table
create index visit_id on visit (id);`,
    },
    {
      title: 'ANALYZE reads a sample',
      transaction: 'whole',
      sql: `create table account (id int);
-- next migration
alter table account add column seen date;
analyze account;`,
    },
    {
      title: 'what fails at the first row reads no table in full',
      transaction: 'whole',
      sql: `create table account (id int);
create table visit (id int);
-- next migration
alter table account add column seen date;
-- lockkeeper:ignore column-not-null-without-default: the table is empty
alter table visit add column day date not null;`,
    },
    {
      title: 'a COMMIT of one’s own leaves the transaction of the runner, for the files after it too',
      framework: 'drizzle',
      before: {
        'drizzle/meta/_journal.json': journal('0000_account'),
        'drizzle/0000_account.sql': tables,
      },
      files: {
        'drizzle/meta/_journal.json': journal('0000_account', '0001_seen', '0002_visit_id'),
        'drizzle/0000_account.sql': tables,
        'drizzle/0001_seen.sql': 'alter table account add column seen date;\n--> statement-breakpoint\ncommit;\n',
        'drizzle/0002_visit_id.sql': 'create index concurrently visit_id on visit (id);\n',
      },
    },
    {
      title: 'migrations that are not deployed together share no transaction',
      framework: 'drizzle',
      files: {
        'drizzle/meta/_journal.json': journal('0000_account', '0001_seen', '0002_visit'),
        'drizzle/0000_account.sql': tables,
        'drizzle/0001_seen.sql': 'alter table account add column seen date;\n',
        'drizzle/0002_visit.sql':
          "alter table visit add constraint recent check (day > '2020-01-01') not valid;\n--> statement-breakpoint\nselect count(*) from visit;\n",
      },
    },
  ],
  checkMigration({ up, before }) {
    return up.flatMap((step) => {
      const work =
        spokenFor.has(step.kind) || endsAtFirstRow(step) || isSample(step) || isRefused(step)
          ? undefined
          : heaviest(step);
      const held = work && worstHeld(step, before);
      if (held === undefined || work === undefined) return [];
      return [
        {
          step,
          once: held.relation,
          message: `${whomBlocks(held.lock)} to ${held.relation} wait for a lock taken before, while ${work.relation} is ${doing[work.work]}`,
          related: [lockTaken(held)],
          instead: `Take the lock on ${held.relation} last, or put what works on ${work.relation} into a migration of its own.`,
          ...deployedApart(step, `Take the lock on ${held.relation} last, or put the work`),
        },
      ];
    });
  },
});

/** What takes longest; of a table, where it is one's. */
function heaviest({ effects }: Step): Effect | undefined {
  const order = ['rewrite', 'build', 'scan', 'rows', 'none'];
  const all = effects.filter(works);
  const tables = all.filter(({ kind }) => kind === 'table');
  return (tables.length > 0 ? tables : all).toSorted((a, b) => order.indexOf(a.work) - order.indexOf(b.work))[0];
}

const doing = { scan: 'read in full', build: 'built', rewrite: 'written anew', rows: 'written', none: '' } as const;

/** ADD COLUMN … NOT NULL without a default: it reads an empty table, or fails at the first row. */
function endsAtFirstRow(step: Step): boolean {
  return isKind(step.statement, 'AT_AddColumn') && refusesRows(step, step.statement.node);
}

/** backfill-in-ddl-transaction and validated-in-same-transaction say the same of these, in better words. */
const spokenFor = new Set<string>([
  'UpdateStmt',
  'DeleteStmt',
  'InsertStmt',
  'MergeStmt',
  'CopyStmt',
  'SelectStmt',
  'AT_ValidateConstraint',
]);

/** The strongest blocking lock of an earlier statement, on a table that this statement does not block by itself. */
function worstHeld(step: Step, start: Catalog): HeldLock | undefined {
  const own = new Set(blockedByWork(step).map((effect) => effect.relation));
  return step.session.held
    .filter((held) => whomBlocks(held.lock) !== undefined && !own.has(held.relation) && !isGone(held, start, step))
    .toSorted((a, b) => strength(b.lock) - strength(a.lock))[0];
}

/** What is refused inside a transaction does no work there. */
function isRefused({ transactionBlock, session }: Step): boolean {
  return transactionBlock === 'forbidden' && session.inTransaction;
}

/** ANALYZE reads some pages, however large the table is. */
function isSample({ statement }: Step): boolean {
  return isKind(statement, 'VacuumStmt') && !statement.node.is_vacuumcmd;
}
