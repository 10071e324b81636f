import { asWritten, type Case } from '../case.js';

/** What servers refuse of settings, privileges, rows, values and definitions, beside what they take. */

const setup = [
  `create role porter;
   create table place (id int primary key, code text not null unique, v int);
   insert into place select g, 'c' || g, g from generate_series(1, 1000) g;
   create table guest (id int primary key, a int, b text, n int not null, nn int unique, at timestamp, place_id int references place);
   insert into guest select g, g, 'b' || g, g, g, now(), 1 + g % 500 from generate_series(1, 1500) g;
   create unique index place_lower on place (lower(code));
   create view shown as select id, a, b from guest;
   create type stage as enum ('a');
   create sequence s;
   create sequence late start 10;
   create sequence low maxvalue 10;
   create sequence high minvalue 10;
   create aggregate total (int) (sfunc = int4pl, stype = int);
   create collation plain (locale = 'C');
   create operator === (leftarg = int, rightarg = int, function = int4eq);
   create type ty;
   create publication pub for table guest;
   create subscription sub connection 'dbname=x' publication pub with (connect = false, slot_name = none, enabled = false);
   analyze;`,
];

const settings = [
  "set statement_timeout = '5 minutes'",
  "set statement_timeout = '5min'",
  'set statement_timeout = -5',
  "set enable_seqscan = 'maybe'",
  "set enable_seqscan = 'of'",
  "set client_min_messages = 'loud'",
  "set synchronous_commit = 'yes'",
  "set work_mem = '5 gigs'",
  "set maintenance_work_mem = '2GB'",
  "set work_mem = '10'",
  "set random_page_cost = 'x'",
  'set max_connections = 100',
  'set autovacuum = off',
  "set server_version = '1'",
  "alter database bench set lock_timeout = 'soon'",
  "alter role porter set statement_timeout = '1 minute'",
  "create function f() returns int language sql set statement_timeout = '1 minute' as 'select 1'",
  "select set_config('lock_timeout', '1 minute', false)",
  "select set_config('lock_timeoutt', '1s', false)",
  'set session authorization nobody',
];

const privileges = [
  'grant porter to nobody_here',
  'revoke all on guest from nobody_here',
  'grant select on guest to nobody_here',
  'create schema x authorization nobody_here',
  'alter default privileges for role nobody_here grant select on tables to porter',
  'alter default privileges in schema nope grant select on tables to porter',
  'alter default privileges grant select on tables to nobody_here',
  'grant select on all tables in schema nope to porter',
  'grant usage on schema nope to porter',
  'grant usage on sequence nope to porter',
  'grant usage on sequence guest to porter',
  'grant connect on database nope to porter',
  'grant select (zzz) on guest to porter',
  'grant execute on table guest to porter',
  'grant select on shown to porter',
  'alter table all in tablespace nope set tablespace pg_default',
  'alter table all in tablespace spare set tablespace spare',
];

const rows = [
  "insert into place values (5001, 'x', 1), (5001, 'y', 2)",
  "insert into place values (5001, 'x', 1), (5002, 'x', 2)",
  "insert into place values (5001, 'x', 1), (5002, 'X', 2)",
  "insert into place values (5001, 'x', 1), (5001, 'y', 2) on conflict do nothing",
  "insert into place values (5001, 'x', 1), (5001, 'y', 2) on conflict (id) do update set v = 1",
  "insert into place values (5001, 'x', 1), (5002, 'x', 2) on conflict (id) do nothing",
  "insert into place values (1, 'zzz', 1)",
  "insert into place select g, 'n' || g, 1 from generate_series(900, 1100) g",
  'insert into guest (id, n) values (9001, 1), (9002, 1)',
  'insert into guest (id, n, place_id) values (9001, 1, 99999)',
  "update place set code = 'z'",
  'update guest set place_id = 99999 where id = 1',
  'update guest set (a, b) = (1, 2, 3) where id = 1',
  "update guest set (a, b) = ('x', 2) where id = 1",
  'update guest set (a, b) = (1, 2) where id = 1',
  'update guest set (a, b) = (select v, code from place where place.id = guest.place_id)',
  'update guest set (a, b) = (select v from place where place.id = guest.place_id)',
  'update guest set (a, b) = (select code, v from place where place.id = guest.place_id)',
  'update guest set (a) = 5 where id = 1',
  "select 'a' union select 1",
  "select '2' union select 1",
  'select null union select 1',
  "select 'a' union select 'b' union select 1",
  "select at from guest union all select 'x'",
  "insert into place (id, code) select id, b from guest union all select 'x', 'y'",
  "select * from guest where (id, a) = (1, 'x')",
  'select * from guest where (id, b) in ((1, 2))',
  'select * from guest where (id, a) = (1, 2, 3)',
  'select * from guest where (id, b) in (select id, v from place)',
  'select * from guest where (id, b) in (select id from place)',
  'select sum(count(*)) from guest',
  'select max(sum(a)) from guest group by b',
  'select sum(count(*)) over () from guest',
  'select sum(row_number() over ()) from guest',
  'select sum(row_number() over ()) over () from guest',
];

const values = [
  "create table x (a int check (a > 'x'::int))",
  "create table x (a int default 'x'::int)",
  "alter table guest alter a set default 'x'::int",
  "create table x (a jsonb default '{a:1}'::jsonb)",
  "create table x (a timestamptz default 'never'::timestamptz)",
  "create table x (a text default 'b'::stage)",
  "create table x (a interval default 'soon'::interval)",
  "alter table guest add column x interval default '1 foo'",
  "alter table guest add column x interval default '1 day 2 hours'",
  "alter table guest add column x inet default 'localhost'",
  "create domain x as int default 'x'",
  "select 'nope'::regclass",
  "select setval('nope', 1)",
  "select nextval('s')",
];

const sequences = [
  'alter sequence s minvalue 5',
  'alter sequence late minvalue 5',
  'alter sequence late minvalue 15',
  'alter sequence late maxvalue 5',
  'alter sequence late as smallint',
  'alter sequence low as smallint',
  'alter sequence high restart 5',
  'alter sequence high start 5',
  'alter sequence low minvalue 20',
  'alter sequence s increment -1',
  'alter sequence high no minvalue',
  "select setval('low', 11)",
  "select setval('s', 0)",
  "select setval('s', 0, false)",
];

const definitions = [
  'create aggregate total (int) (sfunc = int4pl, stype = int)',
  'create or replace aggregate total (int) (sfunc = int4pl, stype = int)',
  'create aggregate another (int) (sfunc = nope, stype = int)',
  'create aggregate another (int) (sfunc = int4pl)',
  'create aggregate another (int) (stype = int)',
  "create collation plain (locale = 'C')",
  "create collation if not exists plain (locale = 'C')",
  'create collation other from "nope"',
  'create collation other from "C"',
  "create collation other (provider = foo, locale = 'C')",
  'create collation other (provider = libc)',
  'create operator === (leftarg = int, rightarg = int, function = int4eq)',
  'create operator ==== (leftarg = int, rightarg = int, function = nope)',
  'create operator ==== (leftarg = int, rightarg = int)',
  'create type ty',
  'create text search configuration found (copy = english)',
  'create text search configuration found (copy = nope)',
  'create text search dictionary d (template = nope)',
  'create cast (int as bigint) with function int8(int)',
  'create access method heap type table handler heap_tableam_handler',
];

const replication = [
  'alter publication pub add tables in schema nope',
  'alter publication pub add tables in schema archive',
  'alter publication pub drop tables in schema archive',
  'create publication p2 for tables in schema nope',
  'alter publication nope add table guest',
  "alter publication pub set (publish = 'nope')",
  'drop subscription sub',
];

const wordsSetup = [
  `create table word (id int primary key, c text collate "C", d text, e varchar(40), pad text);
   insert into word select g, 'c' || g, 'd' || g, 'e' || g, repeat('x', 200) from generate_series(1, 1500) g;
   create index word_c on word (c);
   create index word_d on word (d text_pattern_ops);
   create index word_e on word (e varchar_pattern_ops);
   analyze;`,
];

const words = ['c', 'd', 'e'].flatMap((column) => [
  `select * from word where ${column} like '${column}12%'`,
  `update word set pad = '' where ${column} like '${column}12%'`,
  `select * from word where ${column} like '%12%'`,
  `select * from word where ${column} like '${column}%'`,
  `select * from word where ${column} like '${column}12'`,
  `select * from word where ${column} ilike '${column}12%'`,
  `select * from word where ${column} ~ '^${column}12'`,
]);

const sizesSetup = [
  `create table narrow (id int primary key, s varchar(3), c char(2), n numeric(3, 1), small smallint);
   insert into narrow values (1, 'a', 'b', 1, 1);
   create sequence below as integer minvalue -100000 start 1;`,
];

const sizes = [
  "insert into narrow values (2, 'abcd', 'a', 1)",
  "insert into narrow values (2, 'abc  ', 'a', 1)",
  "update narrow set s = 'abcd'",
  "update narrow set c = 'abc' where id = 99",
  "insert into narrow values (3, 'a', 'a', 1000)",
  "insert into narrow values (3, 'a', 'a', 99.94)",
  "insert into narrow values (3, 'a', 'a', 99.96)",
  "insert into narrow values (3, 'a', 'a', 1, 40000)",
  "alter table narrow alter s set default 'abcd'",
  'alter sequence below as smallint',
  'alter sequence below as smallint minvalue -20000',
  "create view beside as select * from unnest(array[10, 20], array['a', 'b']) as z (a, b)",
];

const viewsSetup = [
  `create table base (id int primary key, a int);
   insert into base select g, g from generate_series(1, 1500) g;
   create view shown as select id, a from base;
   create table log (id int, note text);
   create rule logged as on insert to shown do instead insert into log (id) values (new.id);
   create function trg() returns trigger language plpgsql as 'begin return new; end';
   create trigger tr instead of update on shown for each row execute function trg();
   explain analyze create table copied as select * from base;
   explain create table explained as select * from base;
   create table spread (x int) partition by list (x) tablespace spare;
   create table spread_1 partition of spread for values in (1);
   create table spread_2 partition of spread for values in (2) tablespace pg_default;
   analyze;`,
];

const views = [
  'drop table log',
  'drop table log cascade',
  'drop table log, base cascade',
  'drop function trg()',
  'drop function trg() cascade',
  'drop view shown',
  'alter table copied alter a type bigint',
  'create index i on copied (a)',
  'alter table explained alter a type bigint',
  'alter table all in tablespace spare set tablespace pg_default',
  'alter table spread_1 set tablespace spare',
  'alter table spread_2 set tablespace spare',
];

const formsSetup = [
  `create extension unaccent;
   create table form (id int primary key, a int, b text, tags int[], unique (b));
   create table other (id int primary key, v int);`,
];

const forms = [
  'create index i on form (unaccent(b))',
  "alter table form alter tags set default '[]'",
  "alter table form alter tags set default '[0:1]={1,2}'",
  'create policy po on form for insert using (true)',
  'create policy po on form for select with check (true)',
  'create policy po on form using (auth.uid() = a)',
  "insert into form values (1, 1, 'x') on conflict on constraint nope do nothing",
  "insert into form values (1, 1, 'x') on conflict on constraint form_b_key do nothing",
  'merge into form using other on form.id = other.id when matched then update set zz = 1',
  'merge into form using other on form.id = other.id when matched then update set a = v',
  "select coalesce('{}'::json, '{}'::jsonb)",
  "select coalesce('a'::bytea, '{}'::json)",
  "select coalesce(1, '2020-01-01'::date)",
  "select coalesce(now(), '2020-01-01'::date)",
  "select coalesce('08:00:2b:01:02:03'::macaddr, '08:00:2b:01:02:03:04:05'::macaddr8)",
  'select form.*, v from form, other union all select form.*, null from form',
  'select 1, other.* from other union all select null, other.* from other',
  "select form.*, 1 from form union all select form.*, 'x' from form",
  "select 'x', form.*, 1 from form union all select 2, form.*, 'x' from form",
  'select form.*, 1 from form union all select form.*, true from form',
  'select form.*, null from form union all select form.*, null from form union all select form.*, 1 from form',
];

export const refused: readonly Case[] = [
  ...asWritten(['refused', 'forms'], formsSetup, forms),
  ...asWritten(['refused', 'sizes'], sizesSetup, sizes),
  ...asWritten(['cascades', 'parts of views'], viewsSetup, views),
  ...asWritten(['refused', 'settings'], setup, settings),
  ...asWritten(['refused', 'privileges'], setup, privileges),
  ...asWritten(['refused', 'rows'], setup, rows),
  ...asWritten(['refused', 'values'], setup, values),
  ...asWritten(['refused', 'sequences'], setup, sequences),
  ...asWritten(['refused', 'definitions'], setup, definitions),
  ...asWritten(['refused', 'replication'], setup, replication),
  ...asWritten(['analysed', 'words'], wordsSetup, words),
];
