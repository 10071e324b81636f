import { unrestored } from '../src/restored.js';
import { defineRule } from '../src/rule.js';
import { differencesInWords } from '../src/wording.js';

/** The first up goes back with the last down: ory's tools number the ways back in the order in which they were written. */
const flow = {
  '20200501120000000000_flow.postgres.up.sql': 'create table flow (id int, done bool);\n',
  '20200501120000000000_flow.postgres.down.sql': 'drop table flow;\n',
};
const cutByOry = {
  ...flow,
  '20200607165100000000_state.postgres.up.sql': 'alter table flow add column state text;\n',
  '20200607165100000000_state.postgres.down.sql': 'alter table flow add column done bool;\n',
  '20200607165100000001_state.postgres.up.sql':
    '-- lockkeeper:ignore column-dropped: an example of something else\nalter table flow drop column done;\n',
  '20200607165100000001_state.postgres.down.sql': 'alter table flow drop column state;\n',
};

export default defineRule({
  id: 'down-does-not-restore',
  level: 'warning',
  title: 'The way back does not lead back',
  why: 'After up and down the schema differs from the one before: the next run up meets a state it was not written for, and fails or does something else.',
  instead: 'Undo in the down migration, in reverse order, everything that the up migration does.',
  links: [],
  bad: [
    {
      sql: `create table account (id int);
-- next migration
alter table account add column email text;
create index account_email on account (email);`,
      down: 'drop index account_email;',
    },
    {
      title: 'the column comes back, its NOT NULL does not',
      sql: `create table account (email text not null);
-- next migration
-- lockkeeper:ignore column-dropped: an example of something else
alter table account drop column email;`,
      down: 'alter table account add column email text;',
    },
    {
      title: 'the table comes back, what was granted on it does not',
      sql: `create table account (id int);
grant select on account to app;
-- next migration
-- lockkeeper:ignore table-dropped: an example of something else
drop table account;`,
      down: 'create table account (id int);',
    },
    {
      title: 'the comment stays as the way up has written it',
      sql: `create table account (id int);
comment on table account is 'who may enter';
-- next migration
comment on table account is 'who may enter and who pays';`,
      down: 'comment on table account is null;',
    },
  ],
  good: [
    {
      title: 'what PUBLIC could do before, the history does not show',
      sql: `create table account (id int);
-- next migration
-- lockkeeper:ignore privilege-revoked: an example of something else
revoke all on account from public;`,
      down: 'grant select on account to public;',
    },
    {
      title: 'whose the table was, the history does not show',
      sql: `create table account (id int);
-- next migration
-- lockkeeper:ignore table-dropped: an example of something else
drop table account;`,
      down: 'create table account (id int);\nalter table account owner to app;',
    },
    {
      title: 'the same default in other words',
      sql: `create table account (email text default '');
-- next migration
-- lockkeeper:ignore default-changed: an example of something else
alter table account alter email drop default;`,
      down: "alter table account alter email set default ''::text;",
    },
    {
      title: 'a table that the history does not show was there before',
      sql: `create table account (owner int);
-- next migration
alter table account add constraint account_owner foreign key (owner) references person (id) not valid;`,
      down: 'alter table account drop constraint account_owner;',
    },
    {
      title: 'what the way back does is put together when it runs',
      sql: `create table account (id int);
-- next migration
alter table account add column email text;`,
      down: `do $$ begin execute format('alter table account drop column %I', 'e' || lower('MAIL')); end $$;`,
    },
    {
      title: 'a function in other lines is the same function',
      sql: `create function two() returns int language plpgsql as $$
BEGIN
    -- twice one
    RETURN 2;
END $$;
-- next migration
drop function two();`,
      down: 'create function two() returns int language plpgsql as $$ begin return 2; end $$;',
    },
    {
      title: 'an extension that may have been there before, and that others may use by now',
      sql: `create table account (id int);
-- next migration
create extension if not exists pgcrypto;
alter table account add column email text;`,
      down: 'alter table account drop column email;',
    },
    {
      title:
        "ory's fizz-to-SQL gave the statements of one migration files of their own, and its way back in the other order",
      framework: 'pop',
      before: flow,
      files: cutByOry,
    },
    {
      title: 'dropping the column takes its index along',
      sql: `create table account (id int);
-- next migration
alter table account add column email text;
create index concurrently account_email on account (email);`,
      down: 'alter table account drop column email;',
    },
  ],
  checkMigration(judged) {
    const { down } = judged.migration;
    const found = unrestored(judged) ?? [];
    const piece = 'none' in down ? undefined : down.pieces[0];
    if (found.length === 0 || piece === undefined) return [];
    return [{ source: piece.source, span: piece.span, message: `after up and down ${differencesInWords(found)}` }];
  },
});
