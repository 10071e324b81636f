import { defineRule } from '../src/rule.js';

export default defineRule({
  id: 'fails-when-run',
  level: 'error',
  title: 'PostgreSQL will refuse the statement',
  why: 'The history shows that the server cannot execute it: the migration stops there, and whether what came before is undone depends on the runner.',
  instead: 'Correct the statement; the message is the server’s own.',
  links: ['https://www.postgresql.org/docs/current/errcodes-appendix.html'],
  directions: ['up', 'down'],
  bad: [
    {
      sql: `create table account (email text);
create view emails as select email from account;
-- next migration
alter table account alter column email type varchar;`,
    },
    {
      title: 'a new enum value cannot be used in the transaction that adds it',
      transaction: 'whole',
      sql: `create type mood as enum ('sad');
create table person (mood mood);
-- next migration
alter type mood add value 'happy';
insert into person values ('happy');`,
    },
    {
      sql: `create table event (id int, at date) partition by range (at);
-- next migration
create index concurrently event_id on event (id);`,
    },
  ],
  good: [
    {
      title: 'by itself the new value is committed at once',
      sql: `create type mood as enum ('sad');
create table person (mood mood);
-- next migration
alter type mood add value 'happy';
insert into person values ('happy');`,
    },
  ],
  check({ failure, transactionBlock, session, conditional }) {
    if (failure === undefined || !failure.sure || conditional) return;
    if (transactionBlock === 'forbidden' && session.inTransaction) return;
    return { message: `PostgreSQL refuses it: ${failure.message}` };
  },
});
