import { settings } from '../src/catalog/lookup.js';
import { whyNoSet } from '../src/recipes.js';
import { defineRule } from '../src/rule.js';
import { isTimeout } from '../src/wording.js';

const timeouts = ['lock_timeout', 'statement_timeout'] as const;

export default defineRule({
  id: 'timeout-cancels-concurrently',
  level: 'warning',
  title: 'A timeout can cancel an index build that must not be cancelled',
  why: 'CREATE INDEX CONCURRENTLY waits for every transaction that writes to the table and reads the table twice. lock_timeout and statement_timeout count while it does, and a cancelled build leaves an INVALID index that every write pays for and no query uses.',
  instead: 'set lock_timeout = 0; set statement_timeout = 0; -- before the statement: it blocks nobody while it waits',
  elsewhere: 'a line to put before the statement',
  links: ['https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY'],
  bad: [
    {
      sql: `create table account (email text);
-- next migration
set lock_timeout = '5s';
create index concurrently account_email on account (email);`,
    },
  ],
  good: [
    {
      sql: `create table account (email text);
-- next migration
set lock_timeout = '5s';
alter table account add column phone text;
set lock_timeout = 0;
create index concurrently account_phone on account (phone);`,
    },
    {
      title: 'the server’s own settings have no timeout',
      sql: `create table account (email text);
-- next migration
create index concurrently account_email on account (email);`,
    },
  ],
  on: ['IndexStmt'],
  check(step) {
    const { node, relation, session, before, isNew } = step;
    if (!node.concurrent || relation === undefined || isNew(relation) || session.inTransaction) return;
    const set = timeouts.filter((name) => isTimeout(session.settings[name]));
    const [first] = set;
    if (first === undefined) return;
    const reset = set.map((name) => `set ${name} = 0;`).join(' ');
    const why = whyNoSet(step);
    // a timeout of the role is there on purpose, and guards the other statements
    const ofRole = settings(before)[first] === undefined;
    return {
      ...(ofRole && { level: 'note' }),
      message: `after ${session.settings[first]} ${first} cancels the build of ${node.idxname ?? 'the index'}, which is then left invalid`,
      instead:
        why === undefined
          ? `${reset} -- before the statement: it blocks nobody while it waits`
          : `Run this migration over a connection with options=${set.map((name) => `-c ${name}=0`).join(' ')} (PGOPTIONS of libpq): ${why}`,
    };
  },
});
