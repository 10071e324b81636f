import type { Catalog } from '../src/catalog/catalog.js';
import type { Effect } from '../src/effects/effect.js';
import { strength } from '../src/effects/locks.js';
import { isGone } from '../src/known.js';
import { defineRule, type HeldLock, type Step } from '../src/rule.js';
import { deployedApart, lockTaken, whomBlocks } from '../src/wording.js';

export default defineRule({
  id: 'backfill-in-ddl-transaction',
  level: 'error',
  title: 'Rows are written while a table is locked by DDL of the same transaction',
  why: 'A lock is kept until the transaction commits: who waits for it, most often writes as well as reads of an altered table, waits while the rows are written.',
  instead: 'Put the backfill into a migration of its own, in batches.',
  links: ['https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES'],
  bad: [
    {
      transaction: 'whole',
      sql: `create table account (email text);
-- next migration
alter table account add column email_lower text;
update account set email_lower = lower(email);`,
    },
    {
      title: 'TRUNCATE holds its lock too',
      transaction: 'whole',
      sql: `create table account (email text);
create table person (email text);
-- next migration
truncate account;
insert into account select email from person;`,
    },
    {
      title: 'a new table is filled while the foreign key has the table in use locked',
      transaction: 'whole',
      sql: `create table account (id int primary key);
insert into account values (1);
-- next migration
create table profile (account_id int primary key references account (id));
insert into profile select id from account;`,
    },
  ],
  good: [
    {
      title: 'code that uses a table which is dropped does not wait for it, but fails',
      transaction: 'whole',
      sql: `create table account (id int, region int);
create table visit (id int);
-- next migration
-- lockkeeper:ignore table-dropped: an example of something else
drop table visit;
update account set region = 2 where region = 1;`,
    },
    {
      title: 'a few rows into a table that nobody knows yet',
      transaction: 'whole',
      sql: `create table account (id int primary key);
insert into account values (1);
-- next migration
create table profile (account_id int primary key references account (id));
insert into profile values (1);`,
    },
    {
      title: 'each statement is a transaction of its own',
      sql: `create table account (email text, region int);
-- next migration
alter table account add column email_lower text;
update account set email_lower = lower(email) where region = 1;`,
    },
  ],
  checkMigration({ up, before }) {
    return up.flatMap((step) => {
      const rows = written(step);
      const held = rows && strongestHeld(step, before);
      if (rows === undefined || held === undefined) return [];
      // one statement that takes the lock, one finding, however many backfills follow it
      const once = `${held.statement.source.file}:${held.statement.span.start}`;
      const table = step.relation ?? rows.relation;
      const message = `rows of ${table} are written while ${whomBlocks(held.lock)} to ${held.relation} wait for the lock taken before`;
      const instead = `Put what writes ${table} into a migration of its own, in batches.`;
      return [{ step, once, message, instead, related: [lockTaken(held)], ...deployedApart(step, 'Put the backfill') }];
    });
  },
});

/** The rows that are written; those of a table that nobody knows yet only if they come out of one in use. */
function written({ effects, allEffects }: Step): Effect | undefined {
  const reads = effects.some((effect) => effect.work === 'scan');
  return (reads ? allEffects : effects).find((effect) => effect.work === 'rows');
}

function strongestHeld(step: Step, start: Catalog): HeldLock | undefined {
  const blocking = step.session.held.filter((one) => whomBlocks(one.lock) !== undefined && !isGone(one, start, step));
  return blocking.toSorted((a, b) => strength(b.lock) - strength(a.lock))[0];
}
