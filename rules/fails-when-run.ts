import { defineRule, type Step } from '../src/rule.js';
import { isKind } from '../src/sql/statement.js';
import { deployedApart } from '../src/wording.js';

const grouped = 'flyway.group=true\n';
const mood = "create type mood as enum ('sad');\ncreate table person (mood mood);\n";

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
      title: 'syntax that came after the oldest server (--pg)',
      sql: `create table account (id int, email text);
-- next migration
create statistics on id, email from account;`,
    },
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
    {
      title: 'the column took its index along',
      sql: `create table account (id int, email text, deleted boolean);
create index account_email on account (email) where not deleted;
-- next migration
alter table account drop column deleted;
drop index account_email;`,
    },
    {
      title: 'rows that were put together when they were written change no column',
      sql: `create table account (id int, email text);
do $$ declare each text; begin
  foreach each in array string_to_array(coalesce(current_setting('app.columns', true), ''), ',') loop execute format('update account set %I = null', each); end loop;
end $$;
-- next migration
alter table account add column email text;`,
    },
    {
      title: 'neither does a SELECT, of which functions of the server’s are known',
      sql: `create table account (id int, email text);
select count(*) from account;
do $$ declare n int; begin execute 'select count(*) from generate_series(1, 2) /* ' || now() || ' */' into n; end $$;
-- next migration
alter table account add column email text;`,
    },
    {
      title: 'a table made after what cannot be followed is known',
      sql: `do $$ declare each text; begin
  foreach each in array string_to_array(coalesce(current_setting('app.columns', true), ''), ',') loop execute 'drop table if exists ' || each; end loop;
end $$;
create table account (id int, email text);
-- next migration
alter table account add column email text;`,
    },
    {
      title:
        'a label that one pending migration adds is not committed for the next one, where one transaction holds both',
      framework: 'flyway',
      before: { 'flyway.conf': grouped, 'V1__mood.sql': mood },
      files: {
        'flyway.conf': grouped,
        'V1__mood.sql': mood,
        'V2__happy.sql': "alter type mood add value 'happy';\n",
        'V3__default.sql': "insert into person values ('happy');\n",
      },
    },
    {
      title: 'a way back that was written on 18 does not run on older servers',
      pg: 17,
      sql: `create table account (id int not null);
-- next migration
alter table account drop constraint account_id_not_null;`,
    },
    {
      title: 'a DO block ends a transaction that is not its own',
      sql: `create table account (id int);
-- next migration
begin;
do $$ begin update account set id = 1 where id = 2; commit; end $$;
commit;`,
    },
    {
      title: 'a lock that would end with its own statement',
      sql: `create table account (id int);
-- next migration
lock table account in share row exclusive mode;
update account set id = 1 where id = 2;`,
    },
    {
      title: 'the transaction of several statements in one message has no savepoints',
      framework: 'golang-migrate',
      files: {
        '1_account.up.sql': 'create table account (id int);\nsavepoint made;\n',
        '1_account.down.sql': 'drop table account;\n',
      },
    },
  ],
  good: [
    {
      title: 'where there is a transaction, the lock lasts, and so does the cursor WITH HOLD without one',
      sql: `create table account (id int);
-- next migration
set lock_timeout = '5s';
begin;
lock table account in share row exclusive mode;
savepoint locked;
declare one cursor for select 1;
commit;
do $$ begin lock table account in share row exclusive mode; end $$;
declare others cursor with hold for select 1;`,
    },
    {
      title: 'several statements in one message are a transaction',
      framework: 'golang-migrate',
      files: {
        '1_account.up.sql': 'create table account (id int);\nlock table account;\ninsert into account values (1);\n',
        '1_account.down.sql': 'drop table account;\n',
      },
    },
    {
      title: 'a word of a newer server in a comment or between quotes',
      sql: `create table team (id int primary key);
create table account (
  -- enforced by the application: virtual (generated always as (…))
  team int references team (id),
  note text default 'not enforced' check (note <> 'without overlaps')
);`,
    },
    {
      title: 'a DO block and a procedure that are sent by themselves may commit',
      sql: `create table account (id int);
create procedure p() language plpgsql as $$ begin update account set id = 3 where id = 4; commit; end $$;
-- next migration
do $$ begin update account set id = 1 where id = 2; commit; call p(); end $$;
call p();`,
    },
    {
      title: 'lower() and string_agg() are not about strings alone',
      sql: `create table booking (at tstzrange, note bytea);
create table summary (begins timestamptz, notes bytea);
insert into summary select lower(at), null from booking;
insert into summary select null, string_agg(note, '') from booking;`,
    },
    {
      title: 'values that the runner puts in where nothing in the project gives them',
      framework: 'flyway',
      files: {
        'flyway.conf': 'flyway.locations=filesystem:sql',
        'sql/V1__account.sql':
          "create table account (id int check (id > ${least}), born date, kind varchar(4) check (kind in ('a', 'b')));",
        'sql/V2__accounts.sql': `insert into account values ('\${id}', '\${born}', '\${kind}');
set lock_timeout = '\${timeout}';
update account set id = \${id} where born = '\${born}'::date and \${condition};`,
      },
    },
    {
      title: 'in a pipeline too, before 18',
      framework: 'supabase',
      files: {
        'supabase/config.toml': '',
        'supabase/migrations/1_account.sql':
          'create table account (id int);\ndo $$ begin update account set id = 1 where id = 2; commit; end $$;\n',
      },
    },
    {
      title: 'no server is older than the syntax',
      pg: 16,
      sql: `create table account (id int, email text);
-- next migration
create statistics on id, email from account;`,
    },
    {
      title: 'by itself the new value is committed at once',
      sql: `create type mood as enum ('sad');
create table person (mood mood);
-- next migration
alter type mood add value 'happy';
insert into person values ('happy');`,
    },
    {
      title: 'what was put together when it ran may have dropped the column',
      sql: `create table account (id int, email text);
do $$ declare each text; begin
  foreach each in array string_to_array(coalesce(current_setting('app.columns', true), ''), ',') loop execute format('alter table account drop column %I', each); end loop;
end $$;
-- next migration
alter table account add column email text;`,
    },
    {
      title: 'so may a function that the history does not show',
      sql: `create table account (id int, email text);
-- next migration
select anonymize_by_extension('account');
alter table account add column email text;`,
    },
    {
      title: 'so may a function that a query calls which was put together when it ran',
      sql: `create table account (id int, email text);
create function forget(which text) returns void language plpgsql as $$
  begin execute 'alter table account drop column ' || which; end $$;
do $$ declare each text; begin
  foreach each in array string_to_array(coalesce(current_setting('app.columns', true), ''), ',') loop execute 'select forget(' || quote_literal(each) || ')'; end loop;
end $$;
-- next migration
alter table account add column email text;`,
    },
    {
      title: 'a foreign key goes with the unique index that it relies on, and with no other key of the same columns',
      sql: `create table account (id int not null, realm int not null);
create unique index account_id on account (id);
create table visit (account_id int, realm int, constraint visit_account foreign key (account_id) references account (id));
-- next migration
drop index account_id cascade;
create unique index account_id on account (id, realm);
alter table visit add constraint visit_account foreign key (account_id, realm) references account (id, realm) not valid;
alter table account add primary key (id, realm);
-- next migration
alter table account drop constraint account_pkey;`,
    },
    {
      title: 'of a column that the history does not show only the name is known',
      sql: `alter table account rename column id to account_id;
-- next migration
alter table account alter column account_id drop identity;`,
    },
    {
      title: 'a precondition of Liquibase decides by the database whether the change set runs',
      framework: 'liquibase',
      files: {
        'changelog.sql':
          "--liquibase formatted sql\n--changeset ann:1\ncreate table account (id int);\n--rollback drop table account;\n--changeset ann:2\n--preconditions onFail:MARK_RAN\n--precondition-sql-check expectedResult:1 select 1 from information_schema.columns where column_name = 'email'\nset lock_timeout = '5s';\nalter table account alter column email set default '';\n--rollback alter table account alter column email drop default;\n",
      },
    },
    {
      title: 'what ory cut from one migration goes back as one, whatever time its files have',
      framework: 'pop',
      files: {
        '20200830120000000000_flow.postgres.up.sql': 'create table flow (id int, via text);\n',
        '20200830120000000000_flow.postgres.down.sql': 'drop table flow;\n',
        '20200830130642000000_methods.postgres.up.sql':
          "set lock_timeout = '5s';\nalter table flow add column state text;\n",
        '20200830130642000000_methods.postgres.down.sql': 'alter table flow add column via text;\n',
        '20200830130646000000_methods.postgres.up.sql':
          "set lock_timeout = '5s';\n-- lockkeeper:ignore column-dropped: an example of something else\nalter table flow drop column via;\n",
        '20200830130646000000_methods.postgres.down.sql': 'alter table flow drop column state;\n',
      },
    },
    {
      title: 'what the way up that is not there has done is not known',
      framework: 'sql',
      files: {
        '1_account.up.sql': 'create table account (id int);\n',
        '1_account.down.sql': 'drop table account;\n',
        '2_email.down.sql': 'alter table account drop column email;\n',
      },
    },
    {
      title: 'each migration commits',
      framework: 'flyway',
      before: { 'V1__mood.sql': mood },
      files: {
        'V1__mood.sql': mood,
        'V2__happy.sql': "alter type mood add value 'happy';\n",
        'V3__default.sql': "insert into person values ('happy');\n",
      },
    },
  ],
  check(step) {
    const { failure, transactionBlock, session, conditional, script } = step;
    if (failure === undefined || !failure.sure || conditional) return;
    if (transactionBlock === 'forbidden' && session.inTransaction) return;
    return {
      message: `PostgreSQL refuses it: ${failure.message}${namedSince18(step)}${notItsOwn(step)}`,
      // who runs the files is a guess: it may well open one
      ...(failure.code === noTransaction && script.transaction.assumed && { level: 'warning' }),
      ...(failure.code === noTransaction && { instead: 'Put it between BEGIN and COMMIT, with what it is for.' }),
      ...(failure.code === newLabelUsed && deployedApart(step, 'Put what uses the new label')),
    };
  },
});

/** Why the transaction is not that of the procedure or DO block which ends it. */
function notItsOwn({ failure, session }: Step): string {
  return failure?.code === invalidTermination && session.inTransaction ? `, for ${session.transactionWhy}` : '';
}

/** invalid_transaction_termination */
const invalidTermination = '2D000';

/** What a server of 18 or later finds under its name: NOT NULL is a constraint only there. */
function namedSince18({ statement, pg }: Step): string {
  if (pg >= 18) return '';
  const renamed = isKind(statement, 'RenameStmt') && statement.node.renameType === 'OBJECT_TABCONSTRAINT';
  const name = isKind(statement, 'AT_DropConstraint') ? statement.node.name : renamed ? statement.node.subname : '';
  return /_not_null\d*$/.test(name ?? '') ? ' (before 18 NOT NULL has no name: --pg 18)' : '';
}

/** no_active_sql_transaction */
const noTransaction = '25P01';

/** unsafe use of new value of an enum type: it must be committed first. */
const newLabelUsed = '55P04';
