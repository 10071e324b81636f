import type { Effect } from '../src/effects/effect.js';
import { whyNoSet } from '../src/recipes.js';
import { defineRule, type Step } from '../src/rule.js';
import { isTimeout, whomBlocks } from '../src/wording.js';

export default defineRule({
  id: 'no-lock-timeout',
  level: 'warning',
  title: 'A blocking lock is requested without a lock_timeout',
  why: 'The statement waits until the last transaction that uses the table ends, and who asks for a lock that does not go with its own waits behind it: behind ACCESS EXCLUSIVE every query, reads included. With lock_timeout it gives up instead, and the migration can be tried again.',
  instead:
    "set lock_timeout = '5s'; -- at the top of the migration, or once for the role: alter role … set lock_timeout = '5s'",
  elsewhere: 'a line to put before the statement',
  links: ['https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-LOCK-TIMEOUT'],
  bad: [
    {
      title: 'a child is locked with its parent, which is what the statement is about',
      sql: `create table account (id int);
create table abroad () inherits (account);
-- next migration
alter table account add column email text;`,
    },
    {
      sql: `create table account (id int);
-- next migration
alter table account add column email text;
alter table account add column phone text;`,
    },
    {
      title: 'a comment speaks for its statement, not for those after it',
      sql: `create table account (id int);
create table plan (id int);
-- next migration
-- lockkeeper:ignore no-lock-timeout: four rows
alter table plan add column price int;
alter table account add column email text;`,
    },
    {
      title: 'what cannot be read may have made the policy, and its table is locked',
      sql: `create table account (id int);
do $$ begin execute (select 'select 1'); end $$;
-- next migration
drop policy if exists own on account;`,
    },
    {
      title: 'zero means to wait for ever',
      sql: `create table account (id int);
-- next migration
set lock_timeout = 0;
alter table account add column email text;`,
    },
    {
      title: 'outside a transaction SET LOCAL does nothing',
      sql: `create table account (id int);
-- next migration
set local lock_timeout = '5s';
alter table account add column email text;`,
    },
    {
      title: 'a file that is one message can hold no SET beside a statement that must be alone',
      framework: 'diesel',
      files: {
        'Cargo.toml': '[dependencies]\ndiesel = { version = "2.2", features = ["postgres"] }',
        'migrations/2024-01-01-000000_account/up.sql': 'create table account (id int);',
        'migrations/2024-01-01-000000_account/down.sql': 'drop table account;',
        'migrations/2024-01-02-000000_email/up.sql': 'alter table account add column email text;',
        'migrations/2024-01-02-000000_email/down.sql': 'alter table account drop column email;',
        'migrations/2024-01-02-000000_email/metadata.toml': 'run_in_transaction = false',
      },
    },
  ],
  good: [
    {
      sql: `create table account (id int);
-- next migration
set lock_timeout = '5s';
alter table account add column email text;`,
    },
    {
      title: 'a CONCURRENTLY that gives up leaves an invalid index behind',
      sql: `create table account (id int);
-- next migration
create index concurrently account_id on account (id);`,
    },
    {
      title: 'nobody waits for a new table',
      sql: 'create table account (id int); alter table account add column email text;',
    },
  ],
  checkMigration({ up }) {
    return up.flatMap((step) => {
      const lock = blocking(step);
      const isBounded = isTimeout(step.session.settings.lock_timeout);
      if (lock === undefined || isBounded || step.transactionBlock === 'forbidden') return [];
      const why = whyNoSet(step);
      return [
        {
          step,
          once: '',
          message: `while it waits for its lock, ${whomBlocks(lock.lock)} to ${lock.relation} wait behind it, without limit`,
          ...(why !== undefined && {
            instead: `Set it for the role of the migrations (alter role … set lock_timeout = '5s'): ${why}`,
          }),
        },
      ];
    });
  },
});

function blocking({ effects, relation }: Step): Effect | undefined {
  const locks = effects.filter((effect) => effect.kind === 'table' && whomBlocks(effect.lock) !== undefined);
  return locks.find((effect) => effect.relation === relation) ?? locks[0];
}
