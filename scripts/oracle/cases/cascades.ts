import { type Case, inContext, type Statements } from '../case.js';

/** What reaches further than one step: cascades of cascades, the triggers of rows that go with others, views of views. */

const rowsSetup = [
  `create table account (id int primary key, name text);
   create table purchase (id int primary key, account_id int references account on delete cascade on update cascade, filler text);
   create table line (id int primary key, purchase_id int references purchase on delete cascade, account_id int);
   create table note (id int primary key, line_id int references line on delete set null);
   create table tag (note_id int references note on delete cascade, label text);
   create table log (what text);
   create table count (lines int);
   create index on purchase (account_id);
   create index on line (purchase_id);
   create index on note (line_id);
   create index on tag (note_id);
   create function logged() returns trigger language plpgsql as $$ begin insert into log values (tg_op); return old; end $$;
   create function counted() returns trigger language plpgsql as $$ begin update count set lines = lines - 1; return null; end $$;
   create trigger logged before delete on line for each row execute function logged();
   create trigger counted after delete on line for each statement execute function counted();
   create trigger noted after update of line_id on note for each row execute function logged();
   create trigger renamed after update of name on account for each row execute function logged();
   insert into account select g, 'x' from generate_series(1, 2000) g;
   insert into purchase select g, g, repeat('x', 150) from generate_series(1, 2000) g;
   insert into line select g, g, g from generate_series(1, 2000) g;
   insert into note select g, g from generate_series(1, 2000) g;
   insert into tag select g, repeat('x', 150) from generate_series(1, 2000) g;
   insert into count values (0);
   analyze;`,
];

const rows: Statements = {
  'delete by key': 'delete from account where id = 5',
  'delete in the middle': 'delete from purchase where id = 5',
  'delete with a subquery': 'delete from account where id in (select account_id from line where id = 5)',
  'update key': 'update account set id = 5000 where id = 5',
  'update no key, with a trigger': "update account set name = 'y' where id = 5",
  'update no key, without one': "update purchase set filler = 'y' where id = 5",
  'truncate cascade': 'truncate account cascade',
  'truncate in the middle': 'truncate line cascade',
  'merge delete': 'merge into account a using (values (5)) v (id) on a.id = v.id when matched then delete',
};

const viewsSetup = [
  `create type mood as enum ('sad', 'ok');
   create domain email as text;
   create table account (id int primary key, name text, mood mood, email email);
   create table purchase (id int primary key, account_id int references account);
   create view one as select id, name from account;
   create view two as select id, name from one where id > 0;
   create materialized view three as select id from two;
   create unique index three_id on three (id);
   create view four as select t.id, p.id as purchase from three t join purchase p on p.id = t.id;
   create view moods as select mood, count(*) from account group by mood;
   create function shout(text) returns text language sql immutable as 'select upper($1)';
   create index account_shout on account (shout(name));
   create view shouted as select shout(name) as name from account;
   create table quiet (id int, name text default shout('a'), check (shout(name) <> ''));
   create function names() returns setof one language sql as 'select * from one';
   create policy mine on account using (shout(name) = 'A');
   insert into account select g, 'x' from generate_series(1, 2000) g;
   refresh materialized view three;
   analyze;`,
];

const views: Statements = {
  'drop view, views of it': 'drop view one cascade',
  'drop view, restricted': 'drop view one',
  'drop view in the middle': 'drop view two cascade',
  'drop materialized view, views of it': 'drop materialized view three cascade',
  'drop table, views of views': 'drop table account cascade',
  'drop table, view in common': 'drop table purchase cascade',
  'drop column, views of views': 'alter table account drop column name cascade',
  'drop column, view': 'alter table account drop column mood cascade',
  'drop type, column and view': 'drop type mood cascade',
  'drop domain, column': 'drop domain email cascade',
  'drop function, index, view, default, check, policy': 'drop function shout(text) cascade',
  'drop constraint, foreign key': 'alter table account drop constraint account_pkey cascade',
  'drop two tables': 'drop table account, purchase cascade',
};

export const cascades: readonly Case[] = [
  ...inContext('cascades', 'rows', rowsSetup, rows),
  ...inContext('cascades', 'views', viewsSetup, views),
];
