import { type Case, inContext, type Statements } from '../case.js';

/** Syntax and options that came with 14 to 18: what older servers say of them is measured with the rest. */

const setup = [
  `create table base (id int primary key, a int, b text, during tsrange, gen int generated always as (a * 2) stored);
   insert into base select g, g, 'b' || g, tsrange('2020-01-01', '2020-01-02') from generate_series(1, 1500) g;
   create table ref (id int, a int, b text);
   insert into ref select g, g, 'r' || g from generate_series(1, 1500) g;
   create table parted (id int not null, v text) partition by range (id);
   create table parted_1 partition of parted for values from (0) to (1000);
   create table parted_2 partition of parted for values from (1000) to (2000);
   create materialized view mat as select id, a from base;
   create view seen as select id, a from base;
   create sequence counter;
   create index base_a on base (a);
   create function fire() returns trigger language plpgsql as 'begin return new; end';
   create function at_login() returns event_trigger language plpgsql as 'begin end';
   create publication pub for table base;
   create foreign data wrapper none;
   create server none foreign data wrapper none;
   analyze;`,
];

const tables: Statements = {
  'detach concurrently': 'alter table parted detach partition parted_1 concurrently',
  'detach finalize': 'alter table parted detach partition parted_1 finalize',
  'compression of a column': 'create table t (a text compression pglz)',
  'compression of an added column': 'alter table base add column z text compression pglz',
  'set compression': 'alter table base alter b set compression pglz',
  'set compression default': 'alter table base alter b set compression default',
  'like including compression': 'create table t (like base including compression)',
  'storage of a column': 'create table t (a text storage external)',
  'storage of an added column': 'alter table base add column z text storage external',
  'set storage default': 'alter table base alter b set storage default',
  'set access method': 'alter table base set access method heap_too',
  'set access method of a materialized view': 'alter materialized view mat set access method heap_too',
  'set access method default': 'alter table base set access method default',
  'unique nulls not distinct': 'alter table base add unique nulls not distinct (a)',
  'unique nulls not distinct of a column': 'create table t (a int unique nulls not distinct)',
  'unique nulls distinct': 'alter table base add unique nulls distinct (a)',
  'index nulls not distinct': 'create unique index on base (a) nulls not distinct',
  'set null of some columns': 'alter table ref add foreign key (a) references base on delete set null (a)',
  'set null of some columns, new table':
    'create table t (a int references base, b int, foreign key (a) references base on delete set default (a))',
  'set expression': 'alter table base alter gen set expression as (a * 3)',
  'virtual column': 'create table t (a int, g int generated always as (a * 2) virtual)',
  'virtual column by default': 'create table t (a int, g int generated always as (a * 2))',
  'added virtual column': 'alter table base add column g int generated always as (a * 2) virtual',
  'check not enforced': 'alter table base add constraint positive check (a > 0) not enforced',
  'check not enforced of a column': 'create table t (a int check (a > 0) not enforced)',
  'check enforced of a column': 'create table t (a int check (a > 0) enforced)',
  'check enforced': 'alter table base add constraint positive check (a > 0) enforced',
  'foreign key enforced': 'alter table ref add foreign key (a) references base (id) enforced',
  'word of a comment': 'create table t (\n-- rules are enforced elsewhere\na int check (a > 0))',
  'word as a name': 'create table t (enforced bool, "not enforced" int check (enforced), storage text, period int)',
  'word in a string': "create table t (a text default 'not enforced', check (a <> 'foreign table like'))",
  'foreign key not enforced': 'alter table ref add foreign key (a) references base not enforced',
  'foreign key not enforced of a column': 'create table t (a int references base not enforced)',
  'alter constraint not enforced': 'alter table base alter constraint base_pkey not enforced',
  'without overlaps, alone': 'create table t (r tsrange, unique (r without overlaps))',
  'alter constraint no inherit': 'alter table base alter constraint base_pkey no inherit',
  'without overlaps': 'create table t (i int4range, r tsrange, unique (i, r without overlaps))',
  'primary key without overlaps': 'create table t (i int4range, r int4range, primary key (i, r without overlaps))',
  period: 'create table t (r tsrange, foreign key (r, period r) references base (id, period during))',
  'not null of a table': 'create table t (a int, not null a)',
  'named not null of a table': 'alter table base add constraint filled not null a',
  'not null not valid': 'alter table base add not null a not valid',
  'not null no inherit of a column': 'create table t (a int not null no inherit)',
  'named not null of a column': 'create table t (a int constraint filled not null)',
  'numeric with a negative scale': 'create table t (a numeric(3, -1))',
  'numeric with a scale beyond the precision': 'create table t (a numeric(2, 4))',
  'foreign table like': 'create foreign table t (like base) server none',
};

const objects: Statements = {
  'or replace trigger': 'create or replace trigger tr before update on base for each row execute function fire()',
  'function with a query as body': 'create function f() returns int return 1',
  'function with statements as body': 'create function f() returns int begin atomic select 1; end',
  'procedure with statements as body': 'create procedure f() begin atomic insert into ref values (1); end',
  'procedure with an output': "create procedure f(out a int) language sql as 'select 1'",
  'range with a name for several': 'create type spans as range (subtype = int, multirange_type_name = span_sets)',
  'statistics without a name': 'create statistics on a, b from base',
  'statistics of an expression': 'create statistics st on (a + 1) from base',
  'unlogged sequence': 'create unlogged sequence other',
  'set sequence unlogged': 'alter sequence counter set unlogged',
  'view with the rights of who asks': 'create view v with (security_invoker) as select 1 as a',
  'view with the rights of who asks, set': 'alter view seen set (security_invoker = true)',
  'publication of a schema': 'create publication p for tables in schema public',
  'publication of columns': 'create publication p for table base (id, a)',
  'publication of rows': 'create publication p for table base where (a > 5)',
  'publication of generated columns': 'create publication p for table base with (publish_generated_columns = stored)',
  'publication, schema added': 'alter publication pub add tables in schema archive',
  'grant on a parameter': 'grant set on parameter work_mem to clerk',
  'grant maintain': 'grant maintain on base to clerk',
  'revoke maintain': 'revoke maintain on base from clerk',
  'grant of a role with inherit': 'grant clerk to current_user with inherit true',
  'grant of a role with admin': 'grant clerk to current_user with admin true',
  'grant of a role with admin option': 'grant clerk to current_user with admin option',
  'revoke of an inherit option': 'revoke inherit option for clerk from current_user',
  'grant by the one who asks': 'grant select on base to clerk granted by current_user',
  'default privileges on large objects': 'alter default privileges grant select on large objects to clerk',
  'event trigger at login': 'create event trigger et on login execute function at_login()',
  'collation refresh of a database': 'alter database bench refresh collation version',
  'operator, commutator set': 'alter operator = (int, int) set (commutator = =)',
  'declare asensitive': 'declare c asensitive cursor for select 1',
  'collation with rules': "create collation c (provider = icu, locale = 'und', rules = '&a < b')",
};

const queries: Statements = {
  merge: 'merge into ref using base on ref.id = base.id when matched then delete',
  'merge returning': 'merge into ref using base on ref.id = base.id when matched then delete returning ref.id',
  'merge, not matched by source':
    'merge into ref using base on ref.id = base.id when not matched by source then delete',
  'merge in a WITH':
    'with m as (merge into ref using base on ref.id = base.id when matched then delete returning ref.id) select 1',
  'returning old and new': 'update ref set a = 1 returning old.a, new.a',
  'returning with names': 'update ref set a = 1 returning with (old as o) o.a',
  'search of a recursive query':
    'with recursive r (id) as (select 1 union all select id + 1 from r where id < 5) search depth first by id set ord select * from r',
  'cycle of a recursive query':
    'with recursive r (id) as (select 1 union all select id + 1 from r where id < 5) cycle id set c using p select * from r',
  'group by distinct': 'select a from base group by distinct rollup (a)',
  'group by all': 'select a from base group by all rollup (a)',
  'join using with a name': 'select j.id from base join ref using (id) as j',
  'subquery without a name': 'select * from (select 1 as a)',
  'is json': "select '{}' is json",
  'json_object with a value': "select json_object('a' value 1)",
  'json_object with a colon': "select json_object('a': 1)",
  'json_object of an array': "select json_object('{a,1}')",
  json_array: 'select json_array(1, 2)',
  'json_array of a query': 'select json_array(select 1)',
  'json_array, null on null': 'select json_array(1, null null on null)',
  json_objectagg: "select json_objectagg('a' value 1)",
  json_arrayagg: 'select json_arrayagg(a) from ref',
  'json_arrayagg, ordered': 'select json_arrayagg(a order by a) from ref',
  json: "select json('{}')",
  json_scalar: 'select json_scalar(1)',
  json_serialize: "select json_serialize('{}')",
  json_exists: "select json_exists(jsonb '{}', '$.a')",
  json_value: "select json_value(jsonb '{}', '$.a')",
  'json_value, returning': "select json_value(jsonb '{}', '$.a' returning int)",
  json_query: "select json_query(jsonb '{}', '$.a')",
  json_table: "select * from json_table(jsonb '[]', '$[*]' columns (a int path '$.a')) t",
  'at local': 'select now() at local',
  'xmlserialize with indent': "select xmlserialize(document '<a/>' as text indent)",
  system_user: 'select system_user',
  'explain, generic plan': 'explain (generic_plan) select * from base where id = 1',
  'explain, serialize': 'explain (analyze, serialize) select 1',
  'explain, memory': 'explain (memory) select 1',
  'explain, wal': 'explain (analyze, wal) select 1',
  'explain, unknown option': 'explain (speed) select 1',
  'copy, on_error': "copy ref from '/dev/null' with (on_error ignore)",
  'copy, default': "copy ref from '/dev/null' with (default 'x')",
  'copy, header match': "copy ref from program 'echo id,a,b' with (format csv, header match)",
  'copy, header of text': "copy ref from '/dev/null' with (header)",
  'copy, log_verbosity': "copy ref from '/dev/null' with (on_error ignore, log_verbosity verbose)",
  'copy, reject_limit': "copy ref from '/dev/null' with (on_error ignore, reject_limit 5)",
  'copy, force_null of all': "copy ref from '/dev/null' with (format csv, force_null *)",
  'copy, where': "copy ref from '/dev/null' where a > 5",
  'copy, unknown option': "copy ref from '/dev/null' with (speed 5)",
};

const maintenance: Statements = {
  'vacuum, process_toast': 'vacuum (process_toast false) base',
  'vacuum, process_main': 'vacuum (process_main false) base',
  'vacuum, skip_database_stats': 'vacuum (skip_database_stats) base',
  'vacuum, buffer_usage_limit': "vacuum (buffer_usage_limit '1MB') base",
  'vacuum, index_cleanup auto': 'vacuum (index_cleanup auto) base',
  'vacuum, index_cleanup off': 'vacuum (index_cleanup off) base',
  'vacuum, parallel': 'vacuum (parallel 2) base',
  'vacuum, unknown option': 'vacuum (speed) base',
  'vacuum only': 'vacuum only base',
  'vacuum only a partitioned table': 'vacuum only parted',
  'analyze only': 'analyze only parted',
  'analyze, buffer_usage_limit': "analyze (buffer_usage_limit '1MB') base",
  'analyze, skip_locked': 'analyze (skip_locked) base',
  'analyze, unknown option': 'analyze (speed) base',
  'reindex, concurrently as option': 'reindex (concurrently) table base',
  'reindex, verbose as option': 'reindex (verbose) table base',
  'reindex, tablespace': 'reindex (tablespace spare) table base',
  'reindex, unknown option': 'reindex (speed) table base',
  'reindex system without a name': 'reindex system',
  'reindex database without a name': 'reindex database',
  'reindex database with a name': 'reindex database bench',
  'cluster, verbose as option': 'cluster (verbose) base using base_pkey',
  'cluster verbose': 'cluster verbose base using base_pkey',
  'cluster, unknown option': 'cluster (speed) base using base_pkey',
};

export const syntax: readonly Case[] = [
  ...inContext('syntax', 'tables', setup, tables),
  ...inContext('syntax', 'objects', setup, objects),
  ...inContext('syntax', 'queries', setup, queries),
  ...inContext('syntax', 'maintenance', setup, maintenance),
];
