import { asWritten, type Case } from '../case.js';

/** What views are for those who change them, and what servers refuse of views, rules, extensions and rows. */

const changesSetup = [
  `create table p (id int primary key, v int);
insert into p select g, g from generate_series(1, 1000) g;
create table t (id int primary key, a int not null, b text, p_id int references p);
insert into t select g, g, 'b' || g, 1 + g % 500 from generate_series(1, 1500) g;
create table log (id int, note text);
create function tf() returns trigger language plpgsql as 'begin return new; end';
create view simple as select id, a, b from t;
create view named as select id as key, a as num from t where a > 0;
create view joined as select t.id, t.a, p.v from t join p on p.id = t.p_id;
create view aggregated as select a, count(*) as n from t group by a;
create view distinctly as select distinct a from t;
create view limited as select id, a from t limit 10;
create view united as select id from t union all select id from p;
create view valued as select 1 as one;
create view windowed as select id, row_number() over () as n from t;
create view computed as select id, a + 1 as a1, b from t;
create view srf as select id, generate_series(1, 2) as g from t;
create view withed as with w as (select * from t) select id, a from w;
create view checked as select id, a, b from t where a > 0 with check option;
create view localchecked as select id, a, b from t where a > 10 with local check option;
create view cascaded as select key, num from named where num > 5 with cascaded check option;
create view ruled as select id, a from t;
create rule r1 as on insert to ruled do instead nothing;
create rule r2 as on update to ruled do instead nothing;
create rule r3 as on delete to ruled do instead nothing;
create view logged as select t.id, t.a, p.v from t join p on p.id = t.p_id;
create rule l1 as on insert to logged do instead insert into log values (new.id, 'x');
create rule l2 as on update to logged do instead update t set a = new.a where id = old.id;
create view triggered as select t.id, t.a, p.v from t join p on p.id = t.p_id;
create trigger tg instead of insert or update on triggered for each row execute function tf();
create view nested as select id, a from simple;
create view nestedagg as select a from aggregated;
create materialized view mv as select id, a, b from t;
create unique index mv_id on mv (id);
create materialized view mvagg as select a, count(*) as n from t group by a;
analyze;`,
];

const changes = [
  "insert into simple values (9001, 1, 'x')",
  'insert into named values (9001, 1)',
  'insert into named values (9001, -1)',
  'insert into joined values (9001, 1, 1)',
  'insert into joined (id, a) values (9001, 1)',
  'update joined set a = 1 where id = 3',
  'delete from joined where id = 3',
  'insert into aggregated values (1, 1)',
  'update aggregated set a = 1',
  'delete from aggregated',
  'insert into distinctly values (1)',
  'update distinctly set a = 2',
  'delete from limited',
  'insert into limited values (1, 2)',
  'insert into united values (1)',
  'delete from united',
  'insert into valued values (1)',
  'update valued set one = 2',
  'update windowed set id = 1',
  'delete from windowed',
  "insert into computed (id, b) values (9001, 'x')",
  "insert into computed values (9001, 3, 'x')",
  'update computed set a1 = 3 where id = 1',
  "update computed set b = 'y' where id = 1",
  'delete from computed where id = 1',
  'insert into srf (id) values (1)',
  'delete from srf',
  'insert into withed values (1, 2)',
  'delete from withed',
  "insert into checked values (9001, 1, 'x')",
  "insert into checked values (9001, 0, 'x')",
  "insert into checked values (9001, -5, 'x')",
  'update checked set a = -1 where id = 5',
  'update checked set a = 7 where id = 5',
  "insert into localchecked values (9001, 5, 'x')",
  "insert into localchecked values (9001, 15, 'x')",
  'insert into cascaded values (9001, 6)',
  'insert into cascaded values (9001, 3)',
  'insert into cascaded values (9001, -3)',
  'insert into cascaded select id + 10000, 2 from p',
  'update ruled set a = 1 where id = 1',
  'update ruled set a = 1',
  'insert into ruled values (1, 2)',
  'delete from ruled where id = 5',
  'insert into logged values (1, 2, 3)',
  'update logged set a = 3 where id = 5',
  'delete from logged where id = 5',
  'insert into triggered values (1, 2, 3)',
  'update triggered set a = 1 where id = 1',
  'delete from triggered where id = 1',
  'insert into nested values (9001, 1)',
  'update nested set a = 5 where id = 1',
  'insert into nestedagg values (1)',
  "insert into mv values (1, 2, 'x')",
  "insert into mv values (1, 2, 'x', 4)",
  'update mv set a = 1',
  'delete from mv',
  'truncate simple',
  'truncate mv',
  'create view x with (check_option = local) as select a, count(*) from t group by a',
  'create view x as select a, count(*) from t group by a with check option',
  'create view x as select t.id from t join p on true with local check option',
  'create view x as select id + 1 as y from t with check option',
  'create view x as select id, a from t with check option',
  'create view x as select id from joined with check option',
  'create view x as select distinct a from t with cascaded check option',
  'create view x with (security_barrier) as select id from t',
  'create view x with (security_barrier = maybe) as select id from t',
  'create view x with (nope = 1) as select id from t',
  'create view x with (check_option = nope) as select id from t',
  'create view x with (security_invoker) as select id from t',
  'alter view aggregated set (check_option = local)',
  'alter view simple set (check_option = cascaded)',
  'alter view simple set (check_option = nope)',
  'alter view checked reset (check_option)',
  'alter view simple set (security_barrier = true)',
  'alter view simple set (nope = true)',
  "alter view joined set (check_option = 'local')",
  'refresh materialized view simple',
  'refresh materialized view t',
  'refresh materialized view concurrently mv',
  'refresh materialized view concurrently mvagg',
  'refresh materialized view mvagg with no data',
  'refresh materialized view nope',
  'create rule rr as on select to simple do instead select * from t',
  'create rule "_RETURN" as on select to simple do instead select id, a, b from t',
  'create or replace rule "_RETURN" as on select to simple do instead select id, a, b from t',
  'create rule rr as on select to t do instead select * from p',
  'create rule rr as on insert to simple do also select 1',
  'create rule rr as on update to simple where old.a > 1 do instead nothing',
  "create rule rr as on insert to t do instead insert into log values (new.nope, 'x')",
  "create rule rr as on insert to t do instead insert into log values (old.id, 'x')",
  "create rule rr as on delete to t do instead insert into log values (new.id, 'x')",
  'create rule rr as on insert to t where new.a > 1 do instead nothing',
  'create rule rr as on insert to mv do instead nothing',
  'create rule r1 as on insert to ruled do instead nothing',
  'create or replace rule r1 as on insert to ruled do also nothing',
  'create rule rr as on insert to nope do instead nothing',
  'drop rule "_RETURN" on simple',
  'drop rule "_RETURN" on t',
  'drop rule r1 on ruled',
  'drop rule nope on ruled',
  'drop rule if exists nope on ruled',
  'drop rule r1 on simple',
  'alter rule r1 on ruled rename to r9',
  'alter rule r1 on ruled rename to r2',
  'alter rule nope on ruled rename to r2',
  'alter rule "_RETURN" on ruled rename to zz',
  'create table x (like mv including all)',
  'create table x (like mv including indexes)',
  'create table x (like simple including all)',
  'create table x (like simple)',
  'create table x (like mv)',
  'create trigger z instead of delete on triggered for each row execute function tf()',
  'create trigger tg instead of delete on triggered for each row execute function tf()',
  'drop trigger tg on triggered',
  'drop trigger nope on triggered',
  'drop trigger if exists nope on triggered',
  'alter trigger tg on triggered rename to tt',
  'alter trigger nope on triggered rename to tt',
  'alter view simple alter a set default 5',
  'alter view simple alter nope set default 5',
  'alter view simple rename column a to z',
  'alter view simple rename a to b',
  'alter view simple rename to mv',
  'alter view simple rename to simple2',
  'alter view simple set schema archive',
  'alter view simple owner to clerk',
  'alter materialized view mv rename column a to z',
  'alter materialized view mv set (fillfactor = 50)',
  'alter materialized view mv alter a set statistics 100',
  'alter materialized view mv cluster on mv_id',
  'alter materialized view mv alter a set storage plain',
  'alter materialized view mv add column z int',
  'alter materialized view mv set schema archive',
  'alter materialized view mv set tablespace spare',
  'alter materialized view simple rename to z',
  'alter view mv rename to z',
  'drop view simple',
  'drop view nested',
  'drop view mv',
  'drop materialized view mv',
  'drop materialized view simple',
  'drop view simple cascade',
  'drop view nope',
  'drop view if exists nope',
  'drop table simple',
  'create or replace view simple as select id, a, b, p_id from t',
  'create or replace view simple as select id, a from t',
  'create or replace view simple as select id, b, a from t',
  'create or replace view mv as select 1',
  'create or replace view t as select 1',
  'create materialized view mv as select 1',
  'create materialized view if not exists mv as select 1',
  'create materialized view simple as select 1',
  'create materialized view x (a) as select id, a from t',
  'create materialized view x (a, b, c) as select id, a from t',
  'create view x (a, b, c) as select id, a from t',
  'create view x (a) as select id, a from t',
  'create recursive view x (n) as values (1) union all select n + 1 from x where n < 10',
  'create temp view x as select id from t',
  'create temporary view x as select id from t',
  'create view x as select * from nope',
  'create view x as select nope from t',
  "create view x as select 'a' as b",
  'create view x as select null as b',
  'create materialized view x as select id from t with no data',
  'create materialized view x using heap_too as select id from t',
  'create materialized view x tablespace spare as select id from t',
  'create materialized view x as insert into t values (1) returning *',
  'create view x as select id into y from t',
  'create view x as with d as (delete from t returning id) select id from d',
  'create index on simple (id)',
  'create index on mv (a)',
  'create unique index concurrently on mv (a)',
  'cluster mv using mv_id',
  'analyze simple',
  'analyze mv',
  'vacuum mv',
  'lock table simple',
  'lock table mv',
  'lock table simple in access exclusive mode',
  'lock table joined in share mode',
  'grant select on simple to clerk',
  "comment on view simple is 'x'",
  "comment on view mv is 'x'",
  "comment on column simple.a is 'x'",
  'copy simple to stdout',
  'copy mv to stdout',
  'select * from simple where id = 5',
  'select * from joined where id = 5',
  'select * from mvagg',
  'explain select * from joined',
];

const rowsSetup = [
  `create table t (id int primary key, a int not null, b text, during tsrange);
insert into t select g, g, 'b', tsrange('2020-01-01', '2020-02-01') from generate_series(1, 1500) g;
create extension btree_gist;
create extension citext;
create extension hstore;
create table booking (room int, during tsrange, exclude using gist (room with =, during with &&));
create index t_gist on t using gist (a);
create table part (id int, at date, note text not null) partition by range (id);
create table part_1 partition of part for values from (0) to (1000);
create table part_2 partition of part for values from (1000) to (2000);
insert into part select g, current_date, 'x' from generate_series(1, 1500) g;
create table lst (k text, v int) partition by list (k);
create table lst_a partition of lst for values in ('a', 'b');
create table hsh (k int, v int) partition by hash (k);
create table hsh_0 partition of hsh for values with (modulus 2, remainder 0);
create table chk (id int, qty int check (qty > 0), kind text check (kind in ('x', 'y')));
insert into chk select g, g, 'x' from generate_series(1, 1500) g;
create view chv as select id, qty from chk where qty < 10000 with check option;
create table ci (e citext, h hstore);
analyze;`,
];

const rows = [
  'drop extension btree_gist',
  'drop extension btree_gist cascade',
  'drop extension citext',
  'drop extension citext cascade',
  'drop extension hstore cascade',
  'drop extension nope',
  'drop extension if exists nope',
  'create extension nope',
  'create extension if not exists nope',
  'create extension btree_gist',
  'create extension if not exists btree_gist',
  'create extension pg_trgm',
  'create extension pgcrypto schema nope',
  'create extension pgcrypto schema archive',
  "create extension pgcrypto version '99'",
  'create extension earthdistance',
  'create extension earthdistance cascade',
  'create extension plpgsql',
  'create extension pg_stat_statements',
  'create extension "uuid-ossp"',
  'alter extension btree_gist update',
  "alter extension btree_gist update to '99'",
  'alter extension citext set schema archive',
  'alter extension nope update',
  'alter extension citext add table t',
  "comment on extension citext is 'x'",
  "comment on extension nope is 'x'",
  "insert into part select g, current_date, 'x' from generate_series(1, 1500) g",
  "insert into part select g, current_date, 'x' from generate_series(3000, 3100) g",
  "insert into part select g + 5000, current_date, 'x' from generate_series(1, 100) g",
  "insert into part select 5000, current_date, 'x' from t",
  "insert into part select g, current_date, 'x' from generate_series(1, 2500) g",
  'insert into part (id, at) select g, current_date from generate_series(1, 100) g',
  'insert into part select g, current_date, null from generate_series(1, 100) g',
  "insert into part values (5000, '2020-01-01', 'x')",
  "insert into part_1 select g, current_date, 'x' from generate_series(1, 1500) g",
  "insert into lst select 'c', g from generate_series(1, 10) g",
  'insert into hsh select g, g from generate_series(1, 10) g',
  'insert into t (id) select g from generate_series(2000, 2100) g',
  'insert into t (id, a) select g, null from generate_series(2000, 2100) g',
  "insert into chk select g, -1, 'x' from generate_series(1, 5) g",
  "insert into chk select g, g, 'z' from generate_series(1, 5) g",
  "insert into chk select g, g - 3, 'x' from generate_series(1, 5) g",
  "insert into chk select 1, 2, 'q' from t where id = 5",
  "insert into chk select 1, -2, 'x'",
  'insert into chv select g, 20000 from generate_series(1, 5) g',
  'update part set id = 5000',
  'update part set id = 5000 where id = 5',
  'update part set id = 1500 where id = 5',
  'update part_1 set id = 1500 where id = 5',
  'update part_1 set id = 5000 where id = 5',
  "update lst set k = 'zz'",
  "update lst set k = 'zz' where v = 5",
  'update t set a = null',
  'update t set a = null where id = 5',
  'update chk set qty = 0',
  'update chk set qty = 0 where id = 3',
  "update chk set kind = 'q' where id = 99999",
  "update chk set kind = 'y'",
  'update chv set qty = 20000',
  'update chv set qty = 20000 where id = 5',
  'update chv set qty = 0 where id = 5',
  'delete from part where id = 5000',
  'delete from part_1 where id = 5',
];

export const views: readonly Case[] = [
  ...asWritten(['views', 'changes'], changesSetup, changes),
  ...asWritten(['views', 'rows'], rowsSetup, rows),
];
