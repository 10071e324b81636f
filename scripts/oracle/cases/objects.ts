import { type Case, inContext, type Statements } from '../case.js';
import { parts } from './contexts.js';

const domainSetup = [
  `create domain amount as int;
   create domain positive as int check (value > 0);
   create domain unchecked as int;
   create domain outer_amount as amount;
   create domain unused as int;
   create type holder as (a amount, b text);
   create table wallet (id int, cash amount, filler text);
   insert into wallet select g, g, repeat('w', 150) from generate_series(1, 1500) g;
   create table safe (id int, gold positive, filler text);
   insert into safe select g, g, repeat('s', 150) from generate_series(1, 1500) g;
   create table vault (id int, box outer_amount, filler text);
   insert into vault select g, g, repeat('v', 150) from generate_series(1, 1500) g;
   create table shelf (id int, many amount[], filler text);
   insert into shelf select g, array[g], repeat('s', 150) from generate_series(1, 1500) g;
   create table desk (id int, held holder, filler text);
   insert into desk select g, row(g, 'a')::holder, repeat('d', 150) from generate_series(1, 1500) g;
   create table parted (id int, cash amount, filler text) partition by range (id);
   create table parted_1 partition of parted for values from (0) to (5000);
   insert into parted select g, g, repeat('p', 150) from generate_series(1, 1500) g;
   create materialized view sums as select cash, repeat('m', 150) as filler from wallet;
   create view cashes as select cash from wallet;
   create table open (id int, state unchecked, filler text);
   insert into open select g, g, repeat('o', 150) from generate_series(1, 1500) g;
   alter domain unchecked add constraint unchecked_check check (value > 0) not valid;
   analyze wallet, safe, vault, shelf, desk, parted, sums, open;`,
];

const domains: Statements = {
  create: 'create domain fresh as text check (length(value) < 9) not null',
  'set default': 'alter domain amount set default 5',
  'drop default': 'alter domain amount drop default',
  'set not null': 'alter domain amount set not null',
  'drop not null': 'alter domain amount drop not null',
  'set not null, unused': 'alter domain unused set not null',
  'add check': 'alter domain positive add constraint small check (value < 100000)',
  'add check, used in arrays and composites': 'alter domain amount add check (value > 0)',
  'add check, violated': 'alter domain positive add check (value < 100)',
  'add check, not valid': 'alter domain positive add constraint small check (value < 100000) not valid',
  'add check, unused': 'alter domain unused add check (value > 0)',
  validate: 'alter domain unchecked validate constraint unchecked_check',
  'validate, valid': 'alter domain positive validate constraint positive_check',
  'validate, not there': 'alter domain positive validate constraint nothing',
  'drop constraint': 'alter domain positive drop constraint positive_check',
  'drop constraint, if exists, not there': 'alter domain positive drop constraint if exists nothing',
  'drop constraint, not there': 'alter domain positive drop constraint nothing',
  'rename constraint': 'alter domain positive rename constraint positive_check to above_zero',
  rename: 'alter domain positive rename to above_zero',
  owner: 'alter domain positive owner to clerk',
  'set schema': 'alter domain positive set schema archive',
  drop: 'drop domain positive',
  'drop, cascade': 'drop domain positive cascade',
  'drop, used by a view': 'drop domain amount cascade',
  'drop, unused': 'drop domain unused',
  'drop, if exists, not there': 'drop domain if exists nothing',
  comment: "comment on domain positive is 'x'",
  'comment on constraint': "comment on constraint positive_check on domain positive is 'x'",
};

const typeSetup = [
  `create type mood as enum ('sad', 'ok', 'glad');
   create type pair as (a int, b text);
   create type span as range (subtype = int);
   create type unused as (a int);
   create table person (id int, feels mood default 'ok', filler text);
   insert into person select g, 'ok', repeat('p', 150) from generate_series(1, 1500) g;
   create index person_feels on person (feels);
   create table couple (id int, both_of pair, filler text);
   insert into couple select g, row(g, 'a')::pair, repeat('c', 150) from generate_series(1, 1500) g;
   create table typed of pair;
   insert into typed select g, repeat('t', 150) from generate_series(1, 1500) g;
   create view moods as select feels from person;
   analyze person, couple, typed;`,
];

const types: Statements = {
  'create enum': "create type fresh as enum ('a', 'b')",
  'create composite': 'create type fresh as (a int, b mood)',
  'create range': 'create type fresh as range (subtype = numeric)',
  'create shell': 'create type fresh',
  'create, there already': "create type mood as enum ('a')",
  'add value': "alter type mood add value 'great'",
  'add value, before': "alter type mood add value 'meh' before 'ok'",
  'add value, if not exists, there already': "alter type mood add value if not exists 'ok'",
  'add value, there already': "alter type mood add value 'ok'",
  'add value, not there': "alter type nothing add value 'x'",
  'rename value': "alter type mood rename value 'sad' to 'low'",
  'rename value, not there': "alter type mood rename value 'nothing' to 'low'",
  'add attribute': 'alter type pair add attribute c int',
  'add attribute, cascade': 'alter type pair add attribute c int cascade',
  'add attribute, unused': 'alter type unused add attribute c int',
  'drop attribute': 'alter type pair drop attribute b',
  'drop attribute, cascade': 'alter type pair drop attribute b cascade',
  'drop attribute, if exists, not there': 'alter type pair drop attribute if exists nothing',
  'alter attribute': 'alter type pair alter attribute a type bigint',
  'alter attribute, cascade': 'alter type pair alter attribute a type bigint cascade',
  'alter attribute, unused': 'alter type unused alter attribute a type bigint',
  'rename attribute': 'alter type pair rename attribute a to z',
  'rename attribute, cascade': 'alter type pair rename attribute a to z cascade',
  rename: 'alter type mood rename to feeling',
  'set schema': 'alter type mood set schema archive',
  owner: 'alter type mood owner to clerk',
  'owner, composite': 'alter type pair owner to clerk',
  drop: 'drop type mood',
  'drop, cascade': 'drop type mood cascade',
  'drop composite, cascade': 'drop type pair cascade',
  'drop, unused': 'drop type unused',
  'drop, if exists, not there': 'drop type if exists nothing',
  'drop two': 'drop type unused, span',
  comment: "comment on type mood is 'x'",
};

const viewSetup = [
  parts.plan,
  parts.table,
  parts.views,
  'create view outer_view as select id from grown; create materialized view outer_tally as select n from tally; create function reads() returns bigint language sql as $$ select count(*) from grown $$;',
];

const views: Statements = {
  create: 'create view fresh as select id, age from account where age > 3',
  'create, join': 'create view fresh as select a.id, p.label from account a join plan p on p.id = a.plan_id',
  'create, of view': 'create view fresh as select * from grown',
  'create, subquery': 'create view fresh as select id from account where plan_id in (select id from plan)',
  'create, with': 'create view fresh as with x as (select id from plan) select * from x',
  'create, union': 'create view fresh as select id from account union all select id from plan',
  'create, unknown table': 'create view fresh as select * from nothing',
  'create, unknown column': 'create view fresh as select nothing from account',
  'create, recursive': 'create recursive view fresh (n) as values (1) union all select n + 1 from fresh where n < 5',
  'create, temporary': 'create temp view fresh as select id from account',
  'create, no table': 'create view fresh as select 1 as one',
  'create, matview': 'create view fresh as select * from tally',
  replace: 'create or replace view grown as select id, email, age from account where age > 21',
  'replace, add column': 'create or replace view grown as select id, email, age, nick from account',
  'replace, other columns': 'create or replace view grown as select id, age from account',
  'replace, reads another':
    'create or replace view grown as select a.id, a.email, p.price as age from account a join plan p on p.id = a.plan_id',
  drop: 'drop view everything',
  'drop, used': 'drop view grown',
  'drop, cascade': 'drop view grown cascade',
  'drop, if exists, not there': 'drop view if exists nothing',
  'drop, a table': 'drop view account',
  rename: 'alter view grown rename to adult',
  'rename column': 'alter view grown rename column age to years',
  'rename as table': 'alter table grown rename to adult',
  'set schema': 'alter view grown set schema archive',
  owner: 'alter view grown owner to clerk',
  'set options': 'alter view grown set (security_barrier = true)',
  'reset options': 'alter view grown reset (security_barrier)',
  'set default': 'alter view grown alter column age set default 3',
  'drop default': 'alter view grown alter column age drop default',
  'instead of trigger': 'create trigger extra instead of insert on grown for each row execute function touch()',
  rule: 'create rule extra as on insert to grown do instead nothing',
  comment: "comment on view grown is 'x'",
  grant: 'grant select on grown to clerk',
  insert: "insert into grown (id, email) values (99999, 'x')",
  'update through': 'update grown set age = 20 where id = 20',
  'delete through': 'delete from grown where id = 20',
  'select through': 'select count(*) from grown',
  lock: 'lock table grown in exclusive mode',
  'matview: create': 'create materialized view fresh as select age, count(*) from account group by age',
  'matview: create, no data': 'create materialized view fresh as select age from account with no data',
  'matview: create, if not exists, there already': 'create materialized view if not exists tally as select 1',
  'matview: create, of matview': 'create materialized view fresh as select * from tally',
  'matview: refresh': 'refresh materialized view tally',
  'matview: refresh, no data': 'refresh materialized view tally with no data',
  'matview: refresh concurrently': 'refresh materialized view concurrently tally',
  'matview: refresh concurrently, no unique index': 'refresh materialized view concurrently outer_tally',
  'matview: refresh of refresh': 'refresh materialized view outer_tally',
  'matview: drop': 'drop materialized view outer_tally',
  'matview: drop, used': 'drop materialized view tally',
  'matview: drop, cascade': 'drop materialized view tally cascade',
  'matview: rename': 'alter materialized view tally rename to counts',
  'matview: rename column': 'alter materialized view tally rename column n to many',
  'matview: set schema': 'alter materialized view tally set schema archive',
  'matview: owner': 'alter materialized view tally owner to clerk',
  'matview: set options': 'alter materialized view tally set (fillfactor = 50)',
  'matview: set tablespace': 'alter materialized view tally set tablespace spare',
  'matview: access method': 'alter materialized view tally set access method heap_too',
  'matview: set statistics': 'alter materialized view tally alter column n set statistics 10',
  'matview: set storage': 'alter materialized view tally alter column filler set storage external',
  'matview: cluster on': 'alter materialized view tally cluster on tally_age',
  'matview: cluster': 'cluster tally using tally_age',
  'matview: vacuum full': 'vacuum full tally',
  'matview: vacuum': 'vacuum tally',
  'matview: analyze': 'analyze tally',
  'matview: comment': "comment on materialized view tally is 'x'",
  'base: drop column': 'alter table account drop column age',
  'base: drop column, cascade': 'alter table account drop column age cascade',
  'base: drop, cascade': 'drop table account cascade',
  'base: rename column': 'alter table account rename column age to years',
  'base: type': 'alter table account alter column age type bigint',
  'base: type, column not used': 'alter table plan alter column price type bigint',
};

const rest: Statements = {
  'sequence: create': 'create sequence fresh',
  'sequence: create, if not exists, there already': 'create sequence if not exists counter',
  'sequence: alter': 'alter sequence counter increment by 5',
  'sequence: restart': 'alter sequence counter restart with 1',
  'sequence: type': 'alter sequence counter as bigint',
  'sequence: owned by': 'alter sequence counter owned by account.id',
  'sequence: owned by none': 'alter sequence counter owned by none',
  'sequence: rename': 'alter sequence counter rename to other',
  'sequence: set schema': 'alter sequence counter set schema archive',
  'sequence: set unlogged': 'alter sequence counter set unlogged',
  'sequence: owner': 'alter sequence counter owner to clerk',
  'sequence: drop': 'drop sequence counter',
  'sequence: drop, used': 'drop sequence used_counter',
  'sequence: drop, used, cascade': 'drop sequence used_counter cascade',
  'sequence: nextval': "select nextval('counter')",
  'serial: drop sequence': 'drop sequence ticket_id_seq',
  'serial: drop sequence, cascade': 'drop sequence ticket_id_seq cascade',
  'serial: drop default': 'alter table ticket alter column id drop default',
  'serial: drop column': 'alter table ticket drop column id',
  'serial: drop table': 'drop table ticket',
  'serial: type': 'alter table ticket alter column id type bigint',
  'serial: sequence type': 'alter sequence ticket_id_seq as bigint',
  'serial: sequence owner': 'alter sequence ticket_id_seq owner to clerk',
  'serial: truncate restart': 'truncate ticket restart identity',
  'serial: rename sequence': 'alter sequence ticket_id_seq rename to ticket_numbers',
  'function: create': 'create function fresh() returns int language sql as $$ select 1 $$',
  'function: create, reads a table':
    'create function fresh() returns bigint language sql as $$ select count(*) from account $$',
  'function: create, plpgsql':
    'create function fresh() returns int language plpgsql as $$ begin perform 1 from account; return 1; end $$',
  'function: create, begin atomic':
    'create function fresh() returns bigint language sql begin atomic select count(*) from account; end',
  'function: create, returns a row type':
    'create function fresh() returns setof account language sql as $$ select * from account $$',
  'function: replace': 'create or replace function number_of() returns int language sql as $$ select 2 $$',
  'function: replace, other type':
    'create or replace function number_of() returns text language sql as $$ select 2::text $$',
  'function: alter': 'alter function number_of() stable',
  'function: rename': 'alter function number_of() rename to other',
  'function: owner': 'alter function number_of() owner to clerk',
  'function: drop': 'drop function number_of()',
  'function: drop, not there': 'drop function nothing()',
  'function: drop, if exists, not there': 'drop function if exists nothing(int)',
  'function: drop, used by default': 'drop function used_number()',
  'function: drop, used by default, cascade': 'drop function used_number() cascade',
  'function: drop, used by index, cascade': 'drop function shorten(text) cascade',
  'procedure: create': 'create procedure fresh() language sql as $$ delete from account $$',
  'procedure: call': 'call erase()',
  'aggregate: create': 'create aggregate fresh (int) (sfunc = int4pl, stype = int)',
  'operator: create': 'create operator === (leftarg = int, rightarg = int, function = int4eq)',
  'cast: create': 'create cast (int as account) with inout',
  'collation: create': 'create collation fresh from "C"',
  'text search: create': 'create text search configuration fresh (copy = simple)',
  'schema: create': 'create schema fresh',
  'schema: create, with tables': 'create schema fresh create table a (b int) create index on a (b)',
  'schema: if not exists, there already': 'create schema if not exists archive',
  'schema: rename': 'alter schema archive rename to old',
  'schema: drop': 'drop schema archive',
  'schema: drop, cascade': 'drop schema archive cascade',
  'schema: grant': 'grant usage on schema archive to clerk',
  'schema: default privileges': 'alter default privileges in schema public grant select on tables to clerk',
  'extension: create': 'create extension citext',
  'extension: create, if not exists, there already': 'create extension if not exists plpgsql',
  'extension: not there': 'create extension nothing',
  'extension: drop': 'drop extension hstore',
  'extension: drop, used, cascade': 'drop extension btree_gist cascade',
  'extension: drop, if exists, not there': 'drop extension if exists nothing',
  'publication: add table': 'alter publication news add table plan',
  'publication: drop table': 'alter publication news drop table account',
  'publication: set table': 'alter publication news set table plan',
  'publication: set options': "alter publication news set (publish = 'insert')",
  'publication: add schema': 'alter publication news add tables in schema archive',
  'publication: drop': 'drop publication news',
  'publication: rename': 'alter publication news rename to olds',
  'publication: owner': 'alter publication news owner to current_user',
  'subscription: create': "create subscription fresh connection 'dbname=nothing' publication x with (connect = false)",
  'event trigger: create': 'create event trigger fresh on ddl_command_start execute function on_event()',
  'event trigger: drop': 'drop event trigger if exists nothing',
  'foreign table: create': 'create foreign table fresh (a int) server nowhere_server',
  'foreign table: add column': 'alter foreign table distant add column b int',
  'foreign table: drop column': 'alter foreign table distant drop column a',
  'foreign table: options': "alter foreign table distant options (add x '1')",
  'foreign table: drop': 'drop foreign table distant',
  'server: drop, cascade': 'drop server nowhere_server cascade',
  'role: create': 'create role fresh',
  'role: alter': 'alter role clerk with login',
  'role: grant': 'grant clerk to current_user',
  'role: set': 'set role clerk',
  set: "set lock_timeout = '5s'",
  'set local': "set local statement_timeout = '5s'",
  show: 'show work_mem',
  reset: 'reset lock_timeout',
  'set constraints': 'set constraints all deferred',
  do: 'do $$ begin perform 1; end $$',
  'do, with ddl': 'do $$ begin alter table account alter column age set default 3; end $$',
  'do, with a condition': 'do $$ begin if false then drop table account; end if; end $$',
  'do, dynamic': "do $$ begin execute 'create index on account (nick)'; end $$",
  prepare: 'prepare fresh as select * from account',
  'declare cursor': 'declare fresh cursor for select * from account',
  explain: 'explain select * from account',
  'explain analyze': 'explain analyze select count(*) from account',
  notify: 'notify fresh',
  listen: 'listen fresh',
  'discard plans': 'discard plans',
  'discard all': 'discard all',
  checkpoint: 'checkpoint',
  load: "load 'nothing'",
  'alter system': "alter system set work_mem = '5MB'",
  'alter database': "alter database bench set work_mem = '5MB'",
  'create database': 'create database fresh',
  'drop database': 'drop database if exists fresh',
  'create tablespace': "create tablespace fresh location '/nowhere'",
  'reindex schema': 'reindex schema public',
  'reindex database': 'reindex database bench',
  'reindex schema concurrently': 'reindex schema concurrently public',
  'cluster all': 'cluster',
  'vacuum all': 'vacuum',
  'analyze all': 'analyze',
  savepoint: 'savepoint a',
  'alter all in tablespace': 'alter table all in tablespace spare set tablespace pg_default',
};

const restSetup = [
  parts.plan,
  parts.table,
  `create extension hstore; create extension btree_gist;
   create sequence counter;
   create sequence used_counter;
   create table numbered (id int default nextval('used_counter'), filler text);
   create table ticket (id serial primary key, filler text);
   insert into ticket (filler) select repeat('t', 150) from generate_series(1, 1500);
   create function number_of() returns int language sql as $$ select 1 $$;
   create function used_number() returns int language sql as $$ select 1 $$;
   alter table ticket add note int default used_number();
   create function shorten(text) returns text language sql immutable as $$ select left($1, 3) $$;
   create index ticket_short on ticket (shorten(filler));
   create table booking (room int, during tsrange, exclude using gist (room with =, during with &&));
   create procedure erase() language sql as $$ delete from plan where id < 0 $$;
   create table archive.old (a int, b text);
   insert into archive.old select g, repeat('o', 150) from generate_series(1, 1500) g;
   create publication news for table account;
   create function on_event() returns event_trigger language plpgsql as 'begin end';
   create foreign data wrapper nowhere;
   create server nowhere_server foreign data wrapper nowhere;
   create foreign table distant (a int, c text) server nowhere_server;
   create table elsewhere (a int, b text) tablespace spare;
   insert into elsewhere select g, repeat('e', 150) from generate_series(1, 1500) g;
   alter table ticket cluster on ticket_pkey;
   analyze ticket, archive.old, elsewhere;`,
];

export const objects: readonly Case[] = [
  ...inContext('objects', 'domains', domainSetup, domains),
  ...inContext('objects', 'types', typeSetup, types),
  ...inContext('objects', 'views', viewSetup, views),
  ...inContext('objects', 'rest', restSetup, rest),
];
