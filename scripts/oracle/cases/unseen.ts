import { asWritten, type Case } from '../case.js';

/** Statements written in batches before anybody looked at what is predicted for them: those of each cause that was mended. */

const nowhere = "connection 'host=127.0.0.1 port=1 dbname=nowhere'";

const subscribed = [
  `create subscription apart ${nowhere} publication one with (connect = false, slot_name = none);
   create subscription idle ${nowhere} publication one, two with (connect = false);
   create subscription busy ${nowhere} publication one with (connect = false);
   alter subscription busy enable;
   create publication here;`,
];

const subscriptions = [
  `create subscription apart ${nowhere} publication one with (connect = false)`,
  `create subscription more ${nowhere} publication one, one with (connect = false)`,
  `create subscription more ${nowhere} publication one with (connect = false, enabled = true)`,
  `create subscription more ${nowhere} publication one with (connect = false, create_slot = true)`,
  `create subscription more ${nowhere} publication one with (connect = false, copy_data = true)`,
  `create subscription more ${nowhere} publication one with (slot_name = none)`,
  `create subscription more ${nowhere} publication one with (slot_name = none, enabled = false)`,
  `create subscription more ${nowhere} publication one with (slot_name = none, enabled = false, create_slot = false)`,
  `create subscription more ${nowhere} publication one with (create_slot = false)`,
  `create subscription more ${nowhere} publication one`,
  ...['binary = true', 'streaming = on', 'streaming = parallel', 'two_phase = true', 'disable_on_error = true'],
  ...['origin = none', 'origin = elsewhere', 'password_required = false', 'run_as_owner = true', 'failover = true'],
  ...['synchronous_commit = off', 'synchronous_commit = perhaps', 'nothing = off', 'refresh = off'],
].map((one) =>
  one.startsWith('create') ? one : `create subscription more ${nowhere} publication one with (connect = false, ${one})`,
);

const changes = [
  'apart enable',
  'idle enable',
  'busy disable',
  'busy refresh publication',
  'idle refresh publication',
  'busy set publication three',
  'idle set publication three',
  'busy set publication three with (refresh = false)',
  'busy set publication three, three with (refresh = false)',
  'idle add publication one with (refresh = false)',
  'idle add publication three with (refresh = false)',
  'idle add publication three',
  'busy add publication three',
  'idle drop publication one with (refresh = false)',
  'idle drop publication one',
  'idle drop publication three with (refresh = false)',
  'idle drop publication one, two with (refresh = false)',
  'busy set (slot_name = none)',
  'idle set (slot_name = none)',
  'idle set (two_phase = true)',
  'busy set (two_phase = true)',
  'idle set (failover = true)',
  'busy set (failover = true)',
  'apart set (failover = true)',
  'idle set (binary = true)',
  'idle set (copy_data = true)',
  'idle set (enabled = true)',
  "idle skip (lsn = '0/12345')",
  "idle connection 'nothing'",
  'idle rename to busy',
  'idle rename to calm',
  'nobody enable',
  'nobody rename to calm',
].map((change) => `alter subscription ${change}`);

const others = [
  'drop subscription apart',
  'drop subscription idle',
  'drop subscription busy',
  "comment on subscription nobody is 'x'",
  'alter publication nobody rename to calm',
  'alter publication here rename to here',
  'alter publication nobody owner to clerk',
  'alter statistics nobody rename to calm',
  'alter statistics nobody set schema archive',
  'alter event trigger nobody rename to calm',
  'alter server nobody rename to calm',
  "comment on event trigger nobody is 'x'",
  "comment on statistics nobody is 'x'",
];

const tables = [
  `create table plan (id int primary key, code text not null unique);
   insert into plan select g, 'c' || g from generate_series(1, 1500) g;
   create table account (id int primary key, age int, name text, plan_id int);
   insert into account select g, g, repeat('n', 150), 1 + g % 500 from generate_series(1, 1500) g;
   create type mood as enum ('sad', 'ok');
   create domain positive as int check (value > 0);
   create table felt (id int primary key, mood mood, points positive, word text);
   create policy reading on account for select using (age > 0);
   create policy writing on account for insert with check (age > 0);
   create view aged as select id, age from account;
   create publication changes for table plan;
   create function twice(n int) returns int language sql immutable as 'select n * 2';
   analyze;`,
];

const onTables = [
  'alter table account rename age to ctid',
  'alter table account rename column age to xmin',
  'alter view aged rename column age to ctid',
  'vacuum account (age)',
  'vacuum (analyze) account (age)',
  'grant select on account to public with grant option',
  'revoke grant option for select on account from public',
  'alter policy reading on account with check (age > 0)',
  'alter policy writing on account using (age > 0)',
  'merge into plan using account on plan.id = account.plan_id when matched then update set code = account.name',
  'merge into plan using account on plan.id = account.id when matched then delete',
  "alter publication changes set table felt where (mood = 'ok')",
  'alter publication changes set table felt where (mood is null)',
  'alter publication changes set table felt where (points > 5)',
  'alter publication changes set table felt where (id > 5)',
  'alter publication changes set table felt where (twice(id) > 5)',
];

const parts = [
  `create table sale (kind text, n int, note text) partition by list (kind);
   create table sale_a partition of sale for values in ('a') partition by range (n);
   create table sale_a1 partition of sale_a for values from (minvalue) to (100);
   create table sale_a2 partition of sale_a for values from (100) to (maxvalue);
   create table sale_b partition of sale for values in ('b', 'c');
   insert into sale select case g % 2 when 0 then 'a' else 'b' end, g, repeat('s', 150) from generate_series(1, 1500) g;
   analyze;`,
];

const moved = [
  "update sale set n = 500 where kind = 'a' and n = 4",
  "update sale set n = 50 where kind = 'a' and n = 4",
  "update sale set kind = 'c' where kind = 'a' and n = 4",
  "update sale set kind = 'a' where kind = 'b' and n = 201",
  "update sale set kind = 'a', n = 5 where kind = 'b' and n = 201",
  'update sale_a set n = 500 where n = 4',
  "update sale_a set note = 'x' where n = 4",
  "update sale set kind = 'z' where kind = 'b' and n = 201",
  'truncate sale_a1',
  'truncate sale_a',
];

const ruled = [
  `create table sale (id int primary key, n int, note text, code varchar(10), mark char(4), amount numeric(4, 2), many int[], bits bit(4), at date);
   insert into sale select g, g, repeat('s', 150), 'c', 'm', 1, '{1}', '0101', '2024-01-01' from generate_series(1, 1500) g;
   create table log (id int, what text, size int, extra int);
   create rule kept as on update to sale do also insert into log (id, what) values (old.id, new.note);
   create rule gone as on delete to sale do also update log set size = 2 where what = old.note;
   create function whole(bigint) returns bigint language sql stable as 'select $1';
   create procedure purge(most int) language plpgsql as $$ begin delete from log where size > most; end $$;
   create function pack(anyelement) returns anyarray language sql immutable as 'select array[$1]';
   create type span as range (subtype = int4);
   create table reach (at span);
   analyze;`,
];

const constants = [
  "insert into sale (id, code) values (9999, repeat('x', 60))",
  "insert into sale (id, code) values (9999, repeat('x', 9))",
  "insert into sale (id, code) values (9999, 'abcdef' || 'ghijklm')",
  "insert into sale (id, code) values (9999, upper('abcdefghijklmno'))",
  "insert into sale (id, mark) values (9999, repeat('x', 5))",
  "update sale set code = repeat('x', 60) where id = 5",
  'insert into sale (id, amount) values (9999, 50 * 3)',
  "insert into sale (id, bits) values (9999, b'01')",
  "insert into sale (id, bits) values (9999, '010101')",
  "insert into sale (id, many) values (9999, '{1,2')",
  "insert into sale (id, many) values (9999, '{1,x}')",
  'insert into sale (id, many) values (9999, \'{1, NULL, "3"}\')',
  "insert into sale (id, many) values (9999, '{{1,2},{3,4}}')",
  "insert into sale (id, many) values (9999, '[0:1]={1,2}')",
  "insert into sale (id, at) values (9999, '2023-02-29')",
  "insert into sale (id, at) values (9999, '2024-02-29')",
  "insert into sale (id, at) values (9999, '2024-13-01')",
  "insert into reach values ('[5,1]')",
  "insert into reach values ('[1,5)')",
  "update sale set many[1] = 'z' where id = 3 and false",
  'update sale set many[1] = 4 where id = 3',
  'insert into sale (id, many) values (9999, pack(5))',
  'select pack(5) = array[5]',
  "select whole('x')",
  "select whole('5')",
  "call purge('x')",
  "call purge('5')",
  "select * from sale where note ~ '('",
  "select * from sale where note ~* '[a'",
  "select * from sale where note !~ 'a**'",
  "select * from sale where note ~ '^[]a-z[:digit:]]+(\\.\\d{2,3})*?$'",
  "alter table sale add check (note ~ '(')",
  "alter table sale add check (note ~ '^s')",
  'select n / 0 from sale where id = 1',
  'create sequence counter start 1.5',
  'alter sequence if exists nobody restart 1.5',
  'alter table sale alter id add generated always as identity (start 1.5)',
];

const names = [
  'insert into sale (id) values (9999) returning nobody',
  'insert into sale (id) values (9999) returning id, sale.nobody',
  'insert into sale (id) values (9999) returning log.id',
  'insert into sale as s (id) values (9999) returning s.n',
  'insert into sale as s (id) values (9999) returning sale.n',
  'update sale set n = 1 where id = 5 returning nobody',
  'delete from sale where id = 5 returning nobody, id',
  'insert into sale (id) values (9999) on conflict (id) do update set n = excluded.nobody',
  'insert into sale (id) values (9999) on conflict (id) do update set nobody = 1',
  'insert into sale (id) values (9999) on conflict (id) do update set n = sale.n + excluded.n where sale.n > 1',
  'insert into sale (id) values (9999) on conflict (id) do update set n = 1 where sale.nobody = 1',
  'insert into sale (id) values (9999) on conflict (nobody) do nothing',
  'alter table log drop column what',
  'alter table log drop column size',
  'alter table log drop column extra',
  'alter table log drop column what cascade',
  'alter table log alter size type bigint',
  'alter table log alter extra type bigint',
  'alter table log rename column what to which',
  'create table pg_catalog.mine (a int)',
  'create view pg_catalog.mine as select 1',
  'create sequence pg_toast.mine',
  'create schema pg_mine',
  'create index on pg_class (relname)',
  'alter table pg_class add column x int',
];

const defined = [
  `create type state as enum ('new', 'old');
   create type pair as (l int, r text);
   create type span as range (subtype = int4);
   create table item (id int primary key, state state default 'new', reach span);
   insert into item select g, 'new', span(g, g + 2) from generate_series(1, 1500) g;
   create table line (item_id int not null references item on delete cascade, n int not null, primary key (item_id, n));
   insert into line select g, 1 from generate_series(1, 1500) g;
   create sequence counter minvalue 5;
   create function react() returns event_trigger language plpgsql as 'begin end';
   create event trigger reacts on sql_drop execute function react();
   create cast (pair as text) with inout;
   create text search configuration words (copy = simple);
   create text search dictionary plain (template = simple);
   create foreign data wrapper lines;
   create server files foreign data wrapper lines;
   create table old_pair of pair;
   create table loose (l int, r text);
   analyze;`,
];

const definitions = [
  'create type wide as range (subtype = json)',
  'create type wide as range (subtype = text)',
  'create type wide as range (collation = "C")',
  'create domain odd as int not null null',
  'alter table item add column more span default span(1, 2)',
  'alter table loose of state',
  'alter table loose of pair',
  'create foreign table far (id int, primary key (id)) server files',
  'create foreign table far (id int unique) server files',
  'create foreign table far (id int check (id > 0)) server files',
  'drop user mapping for public server files',
  'drop user mapping if exists for public server files',
  'alter sequence counter as int owned by line.n',
  'drop function react()',
  'drop function react() cascade',
  "create event trigger more on table_rewrite when tag in ('CREATE INDEX') execute function react()",
  "create event trigger more on table_rewrite when tag in ('ALTER TABLE') execute function react()",
  'create cast (pair as text) with inout',
  'drop cast (pair as text)',
  'drop cast (pair as json)',
  'drop cast if exists (pair as json)',
  'create text search configuration words (copy = simple)',
  'create text search configuration archive.words (copy = simple)',
  'create text search configuration more (copy = nobody)',
  'create text search dictionary plain (template = simple)',
  'create text search dictionary more (template = nobody)',
  'alter text search configuration words rename to texts',
  'drop text search configuration words',
  'drop text search configuration nobody',
  'drop text search dictionary if exists nobody',
  'drop operator === (int, int)',
  'drop extension plpgsql',
  'grant insert, nothing on line to clerk',
  'grant usage on line to clerk',
  'create statistics st (nothing) on item_id, n from line',
  'create statistics st (mcv, ndistinct) on item_id, n from line',
  'alter statistics nobody set statistics 4',
  'alter tablespace nobody set (random_page_cost = 1)',
  'delete from item where state is not null',
];

const family = [
  `create table person (id int primary key, name text not null, age int check (age >= 0));
   insert into person select g, repeat('p', 100), g % 90 from generate_series(1, 1500) g;
   create table worker (salary int not null, constraint paid check (salary >= 0)) inherits (person);
   insert into worker select g, repeat('w', 100), 30, g from generate_series(1, 1500) g;
   create table boss () inherits (worker);
   insert into boss select g, repeat('b', 100), 50, g from generate_series(1, 1500) g;
   alter table boss add constraint old check (age > 40) no inherit;
   analyze;`,
];

const excluded = [
  'delete from worker where salary < 0',
  'select * from person where age < 0',
  'select * from person where age = 30',
  'select * from only person where age < 0',
  "update person set name = 'x' where age < 35",
];

const plain = [
  `create type mood as enum ('sad', 'ok');
   create table thing (id int primary key, size int, mood mood, flag boolean, kind mood);
   insert into thing select g, g, 'sad', true, 'ok' from generate_series(1, 1500) g;
   create index on thing (mood);
   create index on thing (flag);
   create index on thing (kind, size);
   create table tagged (id int primary key, mood mood not null unique);
   analyze;`,
];

const odd = [
  'alter table thing alter ctid type int',
  'alter table thing alter ctid set default null',
  'alter table thing alter xmin drop not null',
  'alter table thing alter xmin set not null',
  'alter table thing alter tableoid set statistics 5',
  'alter table thing alter tableoid set storage plain',
  'alter table thing alter ctid set (n_distinct = 5)',
  'create index on thing (ctid)',
  'create index on thing (tableoid)',
  'create index on thing (size) include (ctid)',
  'alter table thing set (oids = false)',
  'create table more (id int) with (oids = false)',
  'alter table thing alter size type citext',
  'alter table thing add column word citext',
  "select * from thing where mood = 'sad'",
  'select * from thing where flag = true',
  "select * from thing where kind = 'ok' and size = 5",
  "update thing set size = 5 where mood = 'sad'",
];

const divided = [
  `create table price (id int primary key, v int);
   insert into price select g, g from generate_series(1, 1500) g;
   create table bill (id int not null, k int references price, note text, constraint sized check (k > 0)) partition by range (id);
   create table bill_1 (id int not null, k int, note text, constraint sized check (k > 0), constraint other check (k > 1), constraint alike check (k > 2));
   alter table bill attach partition bill_1 for values from (0) to (1000);
   create table bill_2 partition of bill for values from (1000) to (2000);
   create table bill_3 partition of bill for values from (3000) to (4000) partition by list (k);
   create table bill_31 partition of bill_3 for values in (1);
   insert into bill select g, 10 + g % 500, repeat('b', 100) from generate_series(0, 1999) g;
   create table loose (id int not null, k int, note text, constraint sized check (k > 0));
   insert into loose select g, 10 + g % 500, repeat('l', 100) from generate_series(5000, 6500) g;
   create table unlike (id int not null, k int, note text, constraint sized check (k > 7));
   create view seen as select * from loose;
   create temporary table fleeting (id int not null, k int, note text, constraint sized check (k > 0));
   analyze;`,
];

const inParts = [
  'alter table bill add constraint other check (k > 0)',
  'alter table bill add constraint alike check (k > 2)',
  'alter table bill add constraint sized check (k > 0)',
  'alter table bill attach partition loose for values from (5000) to (7000)',
  'alter table bill attach partition unlike for values from (5000) to (7000)',
  'alter table bill attach partition seen for values from (5000) to (7000)',
  'alter table bill attach partition bill for values from (5000) to (7000)',
  'alter table bill_3 attach partition bill for values in (2)',
  'alter table bill attach partition fleeting for values from (5000) to (7000)',
  'create temporary table more partition of bill for values from (5000) to (7000)',
  'create unlogged table more partition of bill for values from (5000) to (7000)',
  'create table more partition of bill (nothing with options not null) for values from (5000) to (7000)',
  'create table more partition of bill (note with options not null) for values from (5000) to (7000)',
  'create table more (id int, primary key (id)) partition by range (k)',
  'create table more (id int, k int, primary key (id)) partition by range (k)',
  "insert into bill values (3500, 2, 'x')",
  "insert into bill values (3500, 1, 'x')",
  'insert into bill select * from loose',
  'update bill set id = id + 1 where id = 5',
  'update bill set id = id + 1200 where id = 5',
  'update bill set k = 7 where id = 3',
  'update bill set k = k + 1 where id = 3',
  'update bill set k = 7',
];

const newer = [
  `create table item (id int primary key, size int, note text);
   insert into item select g, g, repeat('i', 150) from generate_series(1, 1500) g;
   create index item_size on item (size);
   analyze;`,
];

const forms = [
  'alter table item add column more int not null not enforced',
  'alter table item add column more int default 5 not enforced',
  'alter table item add column more int not null deferrable',
  'alter table item add column more int check (more > 0) deferrable',
  'alter table item add column more int check (more > 0) not enforced',
  'alter table item add column more int unique initially deferred',
  'create table more (id int default 5 initially deferred)',
  'alter table item alter size set statistics default',
  'alter index item_size alter column 1 set statistics default',
  'delete from item where id = 5 returning old.*',
  'update item set size = 5 where id = 5 returning new.*',
  "copy item to '/dev/null' with (format csv, header match)",
  "copy item to '/dev/null' with (format csv, header true)",
  "create collation plain (provider = builtin, locale = 'C')",
  'alter table item alter size type bigint, alter size type int',
  'alter table item alter size type bigint, alter note type varchar',
  'select * from item tablesample bernoulli (5)',
  'select * from item tablesample system (5)',
  'select * from item where size > 5 limit 10',
  "comment on type nobody is 'x'",
  "comment on domain nobody is 'x'",
];

const virtual = [
  'create table whole (id int primary key, size int, twice int generated always as (size * 2) virtual);',
];

const onVirtual = [
  'create index on whole (id) where twice > 5',
  'create statistics st on twice, size from whole',
  'create statistics st on (twice + 1) from whole',
];

const mixed = [
  `create table code (id int primary key, name text not null unique, v int, constraint sized check (v >= 0));
   insert into code select g, 'n' || g, g from generate_series(1, 1500) g;
   create table use (id int primary key, code_id int references code);
   insert into use select g, g from generate_series(1, 1500) g;
   create index code_v on code (v) include (name);
   create table part (id int not null, kind text not null, code_id int references code, note text) partition by list (kind);
   create table part_a partition of part for values in ('a');
   create table part_b partition of part for values in ('b');
   insert into part select g, case g % 2 when 0 then 'a' else 'b' end, g, repeat('p', 120) from generate_series(1, 1500) g;
   create index part_id on part (id);
   create index part_a_note on part_a (note);
   create view seen as select id, v from code;
   analyze;`,
];

const unlike = [
  'alter table code rename constraint code_pkey to use_pkey',
  'alter table code rename constraint code_pkey to sized',
  'alter table code rename constraint sized to code_pkey',
  'alter table code rename constraint sized to code_v',
  'alter index code_v alter column 2 set statistics 5',
  'alter index code_v alter column 3 set statistics 5',
  "copy code to '/nowhere/at/all'",
  "copy code from '/nowhere/at/all'",
  'alter index part_id attach partition part_a_note',
  'alter index part_id attach partition part_a_id_idx',
  "update part set kind = 'b' where kind = 'a'",
  "update part set kind = 'b' where kind = 'a' and id = 4",
  "update part set note = '' where kind = 'a'",
  'alter table code alter v type citext',
];

const timed = [
  `create table entry (at timestamptz default now(), day date default current_date, n int) partition by range (at);
   create table entry_old partition of entry for values from (minvalue) to ('2020-01-01');
   create table entry_mid partition of entry for values from ('2020-01-01') to ('2024-01-01');
   create table entry_new partition of entry for values from ('2024-01-01') to (maxvalue);
   create table daily (day date check (day > '2020-01-01'), n int);
   create table log (at timestamp default localtimestamp, n int) partition by range (at);
   create table log_old partition of log for values from (minvalue) to ('2020-01-01');
   insert into entry select '2023-01-01'::timestamptz + g * interval '1 hour', '2023-01-01', g from generate_series(1, 1500) g;
   analyze;`,
];

const now = [
  'insert into entry (n) values (1)',
  'insert into entry (at, n) values (now(), 1)',
  "insert into entry (at, n) values ('2019-01-01', 1)",
  'insert into entry (n) select 1',
  'insert into entry_old (n) values (1)',
  'insert into entry_new (n) values (1)',
  'update entry set at = now() where n = 5',
  'insert into daily values (current_date, 1)',
  'insert into log (n) values (1)',
  'alter table daily set schema pg_temp',
  'alter table daily set schema pg_toast',
];

const bits = [
  `create table mask (id int primary key, fixed bit(4), open bit varying(8));
   insert into mask select g, b'0000', b'01' from generate_series(1, 1500) g;
   create table quiet (id int primary key, n int);
   create rule kept as on update to quiet do also notify changed;
   analyze;`,
];

const cut = [
  'alter table mask alter fixed type bit(8)',
  'alter table mask alter fixed type bit(8) using fixed',
  'alter table mask alter fixed type bit(8) using fixed::bit(8)',
  'alter table mask alter fixed type bit(2) using fixed::bit(2)',
  "alter table mask alter fixed type bit(8) using '00000000'",
  "alter table mask add column more bit(4) default '00000000'",
  "alter table mask add column more bit varying(3) default b'0000'",
  "alter table mask alter fixed set default b'00000000'",
  'insert into quiet (id) values (1) on conflict do nothing',
];

export const unseen: readonly Case[] = [
  ...asWritten(['unseen', 'bits'], bits, cut),
  ...asWritten(['unseen', 'timed'], timed, now),
  ...asWritten(['unseen', 'mixed'], mixed, unlike),
  ...asWritten(['unseen', 'virtual'], virtual, onVirtual),
  ...asWritten(['unseen', 'newer'], newer, forms),
  ...asWritten(['unseen', 'divided'], divided, inParts),
  ...asWritten(['unseen', 'plain'], plain, odd),
  ...asWritten(['unseen', 'constants'], ruled, constants),
  ...asWritten(['unseen', 'names'], ruled, names),
  ...asWritten(['unseen', 'definitions'], defined, definitions),
  ...asWritten(['unseen', 'family'], family, excluded),
  ...asWritten(['unseen', 'subscriptions'], subscribed, [...subscriptions, ...changes, ...others]),
  ...asWritten(['unseen', 'tables'], tables, onTables),
  ...asWritten(['unseen', 'parts'], parts, moved),
];
