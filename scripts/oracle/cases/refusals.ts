import { type Case, inContext, type Statements } from '../case.js';

/** What servers refuse of objects beside tables: found by statements that were written before anybody looked at what is predicted for them. */

const setup = [
  `create table p (id int primary key, v int);
   insert into p select g, g from generate_series(1, 1000) g;
   create table t (id int primary key, a int, b text, p_id int references p);
   insert into t select g, g, 'b' || g, 1 + g % 500 from generate_series(1, 1500) g;
   create function trg() returns trigger language plpgsql as 'begin return new; end';
   create trigger tr before update on t for each row execute function trg();
   create view v as select id, a, b from t;
   create materialized view mv as select id, a, b from t;
   create sequence s;
   create type mood as enum ('sad', 'ok');
   create table te (id int, m mood, at timestamptz, d date, s text);
   create domain small as int;
   create type comp as (x int, y text);
   create table typed of comp;
   create policy po on t using (a > 0);
   create publication pub for table t;
   create statistics st on id, a from t;
   create table pt (id int not null, k int) partition by range (id);
   create table pt1 partition of pt for values from (0) to (1000) partition by list (k);
   create table pt1a partition of pt1 default;
   create foreign data wrapper w;
   create server srv foreign data wrapper w;
   create foreign table ft (id int, a int) server srv;
   analyze;`,
];

const triggers: Statements = {
  'instead of, on a table': 'create trigger x instead of insert on t for each row execute function trg()',
  'each row, on a view': 'create trigger x before update on v for each row execute function trg()',
  'each statement, on a view': 'create trigger x before update on v for each statement execute function trg()',
  'truncate, on a view': 'create trigger x after truncate on v for each statement execute function trg()',
  'instead of, each statement': 'create trigger x instead of insert on v for each statement execute function trg()',
  'instead of, with a condition':
    'create trigger x instead of update on v for each row when (new.a > 1) execute function trg()',
  'truncate, each row': 'create trigger x after truncate on t for each row execute function trg()',
  'statement, condition on a column': 'create trigger x before update on t when (old.a = 1) execute function trg()',
  'insert, condition on the old row':
    'create trigger x before insert on t for each row when (old.a = 1) execute function trg()',
  'delete, condition on the new row':
    'create trigger x before delete on t for each row when (new.a = 1) execute function trg()',
  'before, condition on a new system column':
    'create trigger x before update on t for each row when (new.ctid is null) execute function trg()',
  'constraint, on a foreign table':
    'create constraint trigger x after insert on ft for each row execute function trg()',
  'event trigger, function of another': 'create event trigger x on ddl_command_end execute function trg()',
  'event trigger, unknown event': 'create event trigger x on nope execute function trg()',
};

const others: Statements = {
  'view, another type': 'create or replace view v as select id, a, b::varchar as b from t',
  'rule on a materialized view': 'create rule r as on insert to mv do instead nothing',
  'sequence, no increment': 'create sequence x increment 0',
  'sequence, minimum above maximum': 'alter sequence s minvalue 10 maxvalue 5',
  'sequence, start above maximum': 'alter sequence s maxvalue 5 start 6',
  'sequence, start below minimum': 'create sequence x start 0',
  'sequence, restart above maximum': 'alter sequence s maxvalue 5 restart 6',
  'sequence, maximum beyond its type': 'create sequence x as smallint maxvalue 40000',
  'sequence, cache of none': 'create sequence x cache 0',
  'sequence, of text': 'create sequence x as text',
  'sequence, an option twice': 'create sequence x start 1 start 2',
  'sequence, going down': 'create sequence x increment -1 minvalue -5 start -3',
  'type, name of a table': 'alter type mood rename to te',
  'type, made with the name of a table': "create type te as enum ('x')",
  'type, a label twice': "create type x as enum ('a', 'a')",
  'domain, of no type': 'create domain x as nope',
  'domain, default that it cannot read': "alter domain small set default 'x'",
  'drop domain, of an enum': 'drop domain mood',
  'drop procedure, of a function': 'drop procedure trg()',
  'typed table, column renamed': 'alter table typed rename column x to xx',
  'policy, no condition': 'create policy x on t using (a)',
  'policy, name taken': 'alter policy po on t rename to po',
  'statistics, dropped, unknown': 'drop statistics nope',
  'publication, dropped, unknown': 'drop publication nope',
  'publication, added twice': 'alter publication pub add table t',
  'publication, dropped, no member': 'alter publication pub drop table p',
  'unlogged, published': 'alter table t set unlogged',
  'schema, name taken': 'alter schema archive rename to public',
  'temporary table in a schema': 'create temporary table archive.x (a int)',
  'grant on an unknown table': 'grant select on nope to clerk',
  'parameter, unknown': "set lock_timout = '5s'",
  'parameter, unknown, local': "set local lock_timout = '5s'",
  'parameter, unknown, with a dot': "set nope.nope = '5s'",
  'parameter, shown, unknown': 'show nope',
  'parameter, hidden': 'set role clerk',
  'extension, unknown, dropped': 'drop extension nope',
  'extension, unknown, tied to': 'alter index t_pkey depends on extension nope',
  'set constraints, not deferrable': 'set constraints t_p_id_fkey deferred',
  'set constraints, unknown': 'set constraints nope deferred',
  'copy of an unknown column': 'copy t (nope) to stdout',
  'reindex system, another database': 'reindex system nope',
  'key without the key of a partition below': 'alter table pt add primary key (id)',
  'type of the key of a partition below': 'alter table pt alter k type bigint',
  'collate, of a number': 'alter table t alter a type int collate "C"',
  'collate, of a new number': 'alter table t add column z int collate "C"',
  'using, a subquery': 'alter table t alter b type varchar using (select b)',
  'using, an aggregate': 'alter table t alter b type varchar using max(b)',
  'using, an unknown column': 'alter table t alter b type varchar using nope',
  'null into the key of a partition': 'insert into pt values (null, 1)',
};

const values: Statements = {
  'label, inserted': "insert into te (m) values ('nope')",
  'label, updated': "update te set m = 'nope'",
  'label, cast': "select 'nope'::mood",
  'label, compared': "delete from te where m = 'nope'",
  'label, in a CHECK': "alter table te add check (m <> 'nope')",
  'number, compared': "update t set a = 1 where a = 'x'",
  'number, one of a list': "delete from t where a in ('1', 'x')",
  'number, second row': "insert into t (id, a) values (5000, 1), (5001, 'x')",
  'unknown function': 'select nope(1)',
  'index on the text of an enum': 'create index on te ((m::text))',
  'index on the day of a moment': 'create index on te ((at::date))',
  'index on the day of a moment, as a call': 'create index on te (date(at))',
  'index on the day of a day': 'create index on te (date(d))',
  'index on the moment of a day': 'create index on te ((d::timestamp))',
  'index on the moment with zone of a day': 'create index on te ((d::timestamptz))',
  'index on the text of a day': 'create index on te ((d::text))',
  'index on the number of a text': 'create index on te ((s::int))',
  'index on the day of a text': 'create index on te ((s::date))',
  'index where the day of a moment': "create index on te (id) where at::date > '2020-01-01'",
  'generated, text of a moment': 'alter table te add column z text generated always as (at::text) stored',
  'generated, text of a number': 'alter table te add column z text generated always as (id::text) stored',
  'partitioned by the day of a moment': 'create table x (at timestamptz) partition by range ((at::date))',
};

export const refusals: readonly Case[] = [
  ...inContext('refusals', 'triggers', setup, triggers),
  ...inContext('refusals', 'others', setup, others),
  ...inContext('refusals', 'values', setup, values),
];
