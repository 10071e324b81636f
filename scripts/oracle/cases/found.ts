import { asWritten, type Case, inContext, type Statements } from '../case.js';

/** What PostgreSQL's own regression suite and public repositories found to be predicted wrongly, in tables of our own. */

const filled = (table: string) =>
  `insert into ${table} select g, g % 7, repeat('x', 150) from generate_series(1, 1500) g;`;

const queriesSetup = [
  `create table one (id int primary key, kind int, filler text); ${filled('one')}
   create table two (id int primary key, two_kind int, two_filler text); ${filled('two')}
   create view renamed as select id as key, kind as sort from one;
   create function shout(one) returns text language sql as 'select $1.filler';
   create table log (id int, note text);
   analyze one, two;`,
];

const queries: Statements = {
  'join with an alias and names for its columns':
    'select j.a, j.f from (one cross join two) as j (a, b, c, d, e, f) where j.b = 5',
  'join using, with an alias of the join': 'select j.id, j.filler from (one join two using (id)) as j',
  'join using, with an alias of the merged columns': 'select j.id, one.kind from one join two using (id) as j',
  'function written as a column': 'select one.shout, one.kind from one',
  'column that is not there': 'select one.whisper from one',
  'insert on conflict, the same column twice':
    "insert into one values (5, 1, 'x') on conflict (id, id) do update set kind = excluded.kind",
  'insert on conflict, through a view with other names':
    'insert into renamed (key, sort) values (5, 1) on conflict (key) do update set sort = excluded.sort',
  'insert on conflict, subquery that names excluded':
    "insert into one values (5, 1, 'x') on conflict (id) do update set (kind, filler) = (select two.two_kind, two.two_filler from two where two.id = excluded.id)",
  'insert returning, subquery that names the row':
    "insert into one as fresh values (9000, 1, 'x') returning (select two_kind from two where two.id = fresh.id)",
  'merge, subquery that names both':
    'merge into one using two on one.id = two.id when matched then update set kind = (select count(*) from log where log.id = one.kind + two.two_kind)',
};

const partitionsSetup = [
  `create table region (id int, country text, note text) partition by list (country);
   create table region_us partition of region for values in ('us') partition by range (id);
   create table region_us_1 partition of region_us for values from (0) to (1000);
   create table pairs (a text, b int) partition by range (a, b);
   create table pairs_1 partition of pairs for values from ('a', 1) to ('a', 10);
   create table pairs_2 partition of pairs for values from ('a', 10) to ('b', minvalue);
   create table pairs_rest partition of pairs default;
   create table hashes (a int) partition by hash (a);
   create table hashes_0 partition of hashes for values with (modulus 4, remainder 0);
   create table late (id int, country text, note text);
   insert into late select g, 'us', repeat('o', 150) from generate_series(9001, 9999) g;
   analyze late;`,
];

const partitions: Statements = {
  'attach below a partition': 'alter table region_us attach partition late for values from (9000) to (10000)',
  'create partition, bounds of two columns overlap':
    "create table fresh partition of pairs for values from ('a', 9) to ('a', 20)",
  'create partition, bounds of two columns do not overlap':
    "create table fresh partition of pairs for values from ('b', 1) to ('b', 10)",
  'create partition, bounds of two columns touch':
    "create table fresh partition of pairs for values from ('a', minvalue) to ('a', 1)",
  'create partition, empty range': "create table fresh partition of pairs for values from ('c', 9) to ('c', 9)",
  'create second default partition': 'create table fresh partition of pairs default',
  'create partition, hash overlaps': 'create table fresh partition of hashes for values with (modulus 8, remainder 4)',
  'create partition, hash does not overlap':
    'create table fresh partition of hashes for values with (modulus 8, remainder 3)',
};

const castSetup = [
  `create table visit (at timestamp, day date, code varchar, page text, filler text);
   create index on visit (date(at)); create index on visit (date(day)); create index on visit (text(code));
   create index on visit ((page::varchar));
   insert into visit select now(), date '2000-01-01' + g, g, g, repeat('v', 150) from generate_series(1, 1500) g;
   analyze visit;`,
];

/** A column under casts that leave it as it is: the index on the one serves the other. */
const casts: Statements = {
  'index on date(date)': "select filler from visit where day = '2020-01-01'",
  'date(date) looked up in it': "select filler from visit where date(day) = '2020-01-01'",
  'index on date(timestamp)': "select filler from visit where date(at) = '2020-01-01'",
  'timestamp not looked up in it': "select filler from visit where at = '2020-01-01'",
  'index on text(varchar)': "select filler from visit where code = 'x'",
  'index on text cast to varchar': "select filler from visit where page = 'x'",
};

const taggedSetup = [
  `create domain tag as text check (value <> '');
   create domain mark as tag;
   create domain amount as int;
   create table tagged (id int primary key, tags tag[] not null, marks mark[], amounts amount[], filler text);
   insert into tagged select g, array['a', 'b'], array['m'], array[g], repeat('t', 150) from generate_series(1, 1500) g;
   analyze tagged;`,
];

/** An array of a domain becomes one of the domain's base without a word, as the domain itself does. */
const arraysOfDomains = [
  'select array_to_tsvector(tags) from tagged',
  'select array_to_tsvector(marks) from tagged',
  'alter table tagged add t tsvector generated always as (array_to_tsvector(tags)) stored',
  'alter table tagged alter tags type text[]',
  'alter table tagged alter tags type varchar[]',
  'alter table tagged alter amounts type bigint[]',
  'alter table tagged alter amounts type text[]',
  "insert into tagged values (0, array['x']::text[], '{}', array[1]::bigint[])",
  "select tags = array['x']::text[] from tagged",
  "select coalesce(tags, array['x']::text[]) from tagged",
];

const groupsSetup = [
  `create table made (id int primary key, kind int, label text);
   insert into made select g, g % 7, 'l' || g from generate_series(1, 1500) g;
   create table named (id int primary key, label text);
   insert into named select g, 'l' || g from generate_series(1, 1500) g;
   analyze made, named;`,
];

/** An aggregate in the WHERE of a subquery may be one of the query around it. */
const outerAggregates = [
  'select kind, (select n.id from named n where n.label = max(m.label) limit 1) from made m group by kind',
  'select kind, (select id from named where label = count(*)::text limit 1) from made group by kind',
  'select kind, (select n.id from named n where n.label = max(m.label || n.label) limit 1) from made m group by kind',
  'select kind from made m group by kind having exists (select 1 from named n where n.label = max(m.label))',
  'insert into named select 9000 + kind, (select n.label from named n where n.label = max(m.label)) from made m group by kind',
];

export const found: readonly Case[] = [
  ...asWritten(['found', 'arrays of domains'], taggedSetup, arraysOfDomains),
  ...asWritten(['found', 'outer aggregates'], groupsSetup, outerAggregates),
  ...inContext('found', 'casts', castSetup, casts),
  ...inContext('found', 'queries', queriesSetup, queries),
  ...inContext('found', 'partitions', partitionsSetup, partitions),
];
