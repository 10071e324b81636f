import { strength } from '../src/effects/locks.js';
import { defineRule } from '../src/rule.js';
import { whomBlocks } from '../src/wording.js';

export default defineRule({
  id: 'backfill-in-ddl-transaction',
  level: 'error',
  title: 'Rows are written while a table is locked by DDL of the same transaction',
  why: 'The lock of the ALTER TABLE is kept until the transaction commits: while the rows are written, reads and writes of the altered table wait.',
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
  ],
  good: [
    {
      title: 'each statement is a transaction of its own',
      sql: `create table account (email text, region int);
-- next migration
alter table account add column email_lower text;
update account set email_lower = lower(email) where region = 1;`,
    },
  ],
  on: ['UpdateStmt', 'DeleteStmt', 'InsertStmt', 'MergeStmt', 'CopyStmt', 'SelectStmt'],
  check({ relation, effects, session }) {
    const rows = effects.find((effect) => effect.work === 'rows');
    if (rows === undefined) return;
    const held = session.held
      .filter((one) => whomBlocks(one.lock))
      .toSorted((a, b) => strength(b.lock) - strength(a.lock))[0];
    if (held === undefined) return;
    return {
      message: `rows of ${relation ?? rows.relation} are written while ${whomBlocks(held.lock)} to ${held.relation} wait for the lock taken before`,
      related: [
        {
          message: 'the lock is taken here and kept until the end of the transaction',
          source: held.statement.source,
          span: held.statement.span,
        },
      ],
    };
  },
});
