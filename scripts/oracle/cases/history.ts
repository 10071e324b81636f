import type { Case } from '../case.js';
import { parts } from './contexts.js';

/** Statements whose effect is decided by what earlier statements left: constraints valid or not, indexes to use, objects that depend. */
const invalid = `${parts.table} alter table account add constraint plan_check check (plan_id > 0) not valid;`;

const statements: readonly (readonly [string, readonly string[], string])[] = [
  [
    'set not null, check not valid',
    [parts.plan, parts.table, 'alter table account add check (age is not null) not valid'],
    'alter table account alter column age set not null',
  ],
  [
    'set not null, check validated',
    [
      parts.plan,
      parts.table,
      'alter table account add constraint filled check (age is not null) not valid',
      'alter table account validate constraint filled',
    ],
    'alter table account alter column age set not null',
  ],
  [
    'set not null, check with and',
    [parts.plan, parts.table, 'alter table account add check (age is not null and age < 1000)'],
    'alter table account alter column age set not null',
  ],
  [
    'set not null, check with or',
    [parts.plan, parts.table, 'alter table account add check (age is not null or id > 0)'],
    'alter table account alter column age set not null',
  ],
  [
    'set not null, check greater',
    [parts.plan, parts.table, 'alter table account add check (age > -1)'],
    'alter table account alter column age set not null',
  ],
  [
    'set not null, check not is null',
    [parts.plan, parts.table, 'alter table account add check (not (age is null))'],
    'alter table account alter column age set not null',
  ],
  [
    'set not null, two columns, one proven',
    [parts.plan, parts.table, 'alter table account add check (age is not null)'],
    'alter table account alter column age set not null, alter column nick set not null',
  ],
  [
    'set not null, two columns, both proven',
    [parts.plan, parts.table, 'alter table account add check (age is not null and nick is not null)'],
    'alter table account alter column age set not null, alter column nick set not null',
  ],
  [
    'set not null, check of two columns',
    [parts.plan, parts.table, 'alter table account add check ((age, nick) is not null)'],
    'alter table account alter column age set not null',
  ],
  [
    'drop sequence, its column has lost the default',
    ['create table made (id serial)', 'alter table made alter column id drop default'],
    'drop sequence made_id_seq',
  ],
  ['drop sequence, its column draws from it', ['create table made (id serial)'], 'drop sequence made_id_seq'],
  [
    'add not null column, nothing was selected to insert',
    ['create table source (id int)', 'create table made (id int)', 'insert into made select id from source'],
    'alter table made add column age int not null',
  ],
  [
    'add not null column, all rows are deleted',
    ['create table made (id int)', 'insert into made values (1)', 'delete from made'],
    'alter table made add column age int not null',
  ],
  [
    'add not null column, a row is left',
    ['create table made (id int)', 'insert into made values (1), (2)'],
    'alter table made add column age int not null',
  ],
  [
    'add not null column, the rows are deleted with those that they refer to',
    [
      'create table other (id int primary key); create table made (id int references other on delete cascade)',
      'insert into other values (1); insert into made values (1)',
      'delete from other',
    ],
    'alter table made add column age int not null',
  ],
  [
    'insert select, the key is null in every row',
    [
      'create table other (id int primary key); create table made (other int references other); create table source (id int)',
      'insert into source values (1), (2)',
    ],
    'insert into made select nullif(id, id) from source',
  ],
  [
    'add primary key, nullable column',
    [parts.plan, parts.table, 'alter table plan drop constraint plan_pkey; alter table plan alter id drop not null'],
    'alter table plan add primary key (id)',
  ],
  [
    'add primary key, not null column',
    [parts.plan, 'alter table plan drop constraint plan_pkey; alter table plan alter id set not null'],
    'alter table plan add primary key (id)',
  ],
  [
    'add primary key, proven by check',
    [
      parts.plan,
      'alter table plan drop constraint plan_pkey; alter table plan alter id drop not null; alter table plan add check (id is not null)',
    ],
    'alter table plan add primary key (id)',
  ],
  [
    'add primary key using index, nullable',
    [
      parts.plan,
      'alter table plan drop constraint plan_pkey; alter table plan alter id drop not null; create unique index plan_id on plan (id)',
    ],
    'alter table plan add primary key using index plan_id',
  ],
  [
    'add primary key using index, not null',
    [
      parts.plan,
      'alter table plan drop constraint plan_pkey; alter table plan alter id set not null; create unique index plan_id on plan (id)',
    ],
    'alter table plan add primary key using index plan_id',
  ],
  [
    'add primary key using index, renamed',
    [
      parts.plan,
      'alter table plan drop constraint plan_pkey; alter table plan alter id set not null; create unique index plan_id on plan (id)',
    ],
    'alter table plan add constraint renamed primary key using index plan_id',
  ],
  [
    'add primary key using index, partial',
    [
      parts.plan,
      'alter table plan drop constraint plan_pkey; create unique index plan_id on plan (id) where price > 0',
    ],
    'alter table plan add primary key using index plan_id',
  ],
  [
    'add primary key using index, not unique',
    [parts.plan, 'alter table plan drop constraint plan_pkey; create index plan_id on plan (id)'],
    'alter table plan add primary key using index plan_id',
  ],
  [
    'add primary key using index, expression',
    [parts.plan, 'alter table plan drop constraint plan_pkey; create unique index plan_id on plan ((id + 1))'],
    'alter table plan add primary key using index plan_id',
  ],
  [
    'add primary key, two columns',
    [parts.plan, 'alter table plan drop constraint plan_pkey; alter table plan alter id drop not null'],
    'alter table plan add primary key (id, price)',
  ],
  [
    'add primary key with set not null',
    [parts.plan, 'alter table plan drop constraint plan_pkey; alter table plan alter id drop not null'],
    'alter table plan alter id set not null, add primary key (id)',
  ],
  [
    'validate foreign key',
    [
      parts.plan,
      parts.table,
      'alter table account add constraint later foreign key (plan_id) references plan (id) not valid',
    ],
    'alter table account validate constraint later',
  ],
  [
    'validate foreign key to itself',
    [parts.table, 'alter table account add constraint later foreign key (plan_id) references account (id) not valid'],
    'alter table account validate constraint later',
  ],
  [
    'validate foreign key to partitioned',
    [
      parts.partitioned,
      "create table visit (id int, account_id int, note text); insert into visit select g, g, repeat('v', 150) from generate_series(1, 1500) g; alter table visit add constraint later foreign key (account_id) references account (id) not valid; analyze visit",
    ],
    'alter table visit validate constraint later',
  ],
  [
    'validate check, violated',
    [parts.table, 'alter table account add constraint wrong check (age > 50) not valid'],
    'alter table account validate constraint wrong',
  ],
  [
    'validate two at once',
    [parts.plan, invalid],
    'alter table account validate constraint plan_check, validate constraint account_nick_check',
  ],
  [
    'validate not enforced',
    [parts.table, 'alter table account add constraint loose check (age > -1) not enforced'],
    'alter table account validate constraint loose',
  ],
  [
    'validate not null',
    [parts.table, 'alter table account add constraint filled not null age not valid'],
    'alter table account validate constraint filled',
  ],
  [
    'set not null, not valid one there',
    [parts.table, 'alter table account add constraint filled not null age not valid'],
    'alter table account alter column age set not null',
  ],
  [
    'enforce foreign key',
    [
      parts.plan,
      parts.table,
      'alter table account add constraint loose foreign key (plan_id) references plan (id) not enforced',
    ],
    'alter table account alter constraint loose enforced',
  ],
  ['type with check not valid', [parts.table], 'alter table account alter column nick type varchar(60)'],
  ['type of a partition key', [parts.partitioned], 'alter table account alter column id type bigint'],
  ['drop a partition key column', [parts.partitioned], 'alter table account drop column id'],
  [
    'drop a replica identity index',
    [parts.table, 'alter table account replica identity using index account_email'],
    'drop index account_email',
  ],
  ['cluster again', [parts.table, 'alter table account cluster on account_age'], 'cluster account'],
  [
    'drop column of the clustered index',
    [parts.table, 'alter table account cluster on account_age'],
    'alter table account drop column age',
  ],
  [
    'set without cluster',
    [parts.table, 'alter table account cluster on account_age'],
    'alter table account set without cluster',
  ],
  ['set unlogged, referenced', [parts.plan, parts.table, parts.foreignKey], 'alter table plan set unlogged'],
  [
    'set logged, references unlogged',
    ['create unlogged table low (id int primary key); create unlogged table high (id int references low)'],
    'alter table high set logged',
  ],
  ['drop not null, identity', [parts.table], 'alter table account alter column number drop not null'],
  ['rename to a taken name', [parts.plan, parts.table], 'alter table account rename to plan'],
  ['rename column to a taken name', [parts.table], 'alter table account rename column age to nick'],
  [
    'add check calling a function',
    [parts.table, "create function fine(int) returns boolean language plpgsql as 'begin return true; end'"],
    'alter table account add check (fine(age))',
  ],
  [
    'add foreign key, other type',
    [parts.plan, parts.table],
    'alter table account add foreign key (email) references plan (id)',
  ],
  [
    'add foreign key, compatible type',
    [
      parts.plan,
      "create table item (plan_id bigint, note text); insert into item select g, repeat('i', 150) from generate_series(1, 1100) g; analyze item",
    ],
    'alter table item add foreign key (plan_id) references plan (id)',
  ],
  [
    'add foreign key on an empty table',
    [parts.plan, 'create table item (plan_id int)'],
    'alter table item add foreign key (plan_id) references plan (id)',
  ],
  [
    'add foreign key to a partitioned table',
    [
      parts.partitioned,
      "create table visit (id int, account_id int, note text); insert into visit select g, g, repeat('v', 150) from generate_series(1, 1500) g; analyze visit",
    ],
    'alter table visit add foreign key (account_id) references account (id)',
  ],
  [
    'add foreign key to a partitioned table, not valid',
    [
      parts.partitioned,
      "create table visit (id int, account_id int, note text); insert into visit select g, g, repeat('v', 150) from generate_series(1, 1500) g; analyze visit",
    ],
    'alter table visit add foreign key (account_id) references account (id) not valid',
  ],
  [
    'drop table that references a partitioned one',
    [parts.partitioned, 'create table visit (id int, account_id int references account (id))'],
    'drop table visit',
  ],
  [
    'drop foreign key to a partitioned one',
    [parts.partitioned, 'create table visit (id int, account_id int constraint visit_fk references account (id))'],
    'alter table visit drop constraint visit_fk',
  ],
  [
    'drop referenced table, two references',
    [
      parts.plan,
      'create table a (x int references plan, y int references plan (id)); create table b (x int references plan)',
    ],
    'drop table plan cascade',
  ],
  [
    'drop primary key, referenced, cascade',
    [parts.plan, 'create table a (x int references plan); create table b (x int references plan)'],
    'alter table plan drop constraint plan_pkey cascade',
  ],
  ['drop both of a reference', [parts.plan, parts.table, parts.foreignKey], 'drop table plan, account'],
  [
    'truncate with references, cascade two levels',
    [
      parts.plan,
      'create table a (x int primary key references plan, f text); create table b (x int references a, f text); insert into a select id from plan; insert into b select id from plan; analyze a, b',
    ],
    'truncate plan cascade',
  ],
  [
    'delete cascades',
    [
      parts.plan,
      "create table a (x int primary key references plan on delete cascade, f text); create table b (x int references a on delete cascade, f text); insert into a select id, repeat('a', 150) from plan; insert into b select id, repeat('b', 150) from plan; analyze a, b",
    ],
    'delete from plan where id = 5',
  ],
  [
    'delete sets null',
    [
      parts.plan,
      "create table a (x int references plan on delete set null, f text); insert into a select id, repeat('a', 150) from plan; analyze a",
    ],
    'delete from plan where id = 5',
  ],
  [
    'update cascades',
    [
      parts.plan,
      "create table a (x int references plan on update cascade, f text); insert into a select id, repeat('a', 150) from plan; analyze a",
    ],
    'update plan set id = 99999 where id = 5',
  ],
  [
    'virtual: type',
    [
      'create table v (a int, b int generated always as (a * 2) virtual, f text)',
      "insert into v (a, f) select g, repeat('v', 150) from generate_series(1, 1500) g; analyze v",
    ],
    'alter table v alter column a type bigint',
  ],
  [
    'virtual: set expression',
    [
      'create table v (a int, b int generated always as (a * 2) virtual, f text)',
      "insert into v (a, f) select g, repeat('v', 150) from generate_series(1, 1500) g; analyze v",
    ],
    'alter table v alter column b set expression as (a * 3)',
  ],
  [
    'virtual: drop expression',
    [
      'create table v (a int, b int generated always as (a * 2) virtual, f text)',
      "insert into v (a, f) select g, repeat('v', 150) from generate_series(1, 1500) g; analyze v",
    ],
    'alter table v alter column b drop expression',
  ],
  [
    'virtual: set not null',
    [
      'create table v (a int, b int generated always as (a * 2) virtual, f text)',
      "insert into v (a, f) select g, repeat('v', 150) from generate_series(1, 1500) g; analyze v",
    ],
    'alter table v alter column b set not null',
  ],
  [
    'virtual: index',
    [
      'create table v (a int, b int generated always as (a * 2) virtual, f text)',
      "insert into v (a, f) select g, repeat('v', 150) from generate_series(1, 1500) g; analyze v",
    ],
    'create index on v (b)',
  ],
  [
    'virtual: type of the column itself',
    [
      'create table v (a int, b int generated always as (a * 2) virtual, f text)',
      "insert into v (a, f) select g, repeat('v', 150) from generate_series(1, 1500) g; analyze v",
    ],
    'alter table v alter column b type bigint',
  ],
  ['stored: type of the column itself', [parts.table], 'alter table account alter column doubled type bigint'],
  ['stored: set not null', [parts.table], 'alter table account alter column doubled set not null'],
  ['stored: drop default', [parts.table], 'alter table account alter column doubled drop default'],
  [
    'inherit',
    [
      parts.plan,
      "create table mother (id int, label text); insert into mother select g, repeat('m', 150) from generate_series(1, 1500) g; analyze mother",
    ],
    'alter table plan inherit mother',
  ],
  ['inherit, column missing', [parts.plan, 'create table mother (other int)'], 'alter table plan inherit mother'],
  [
    'no inherit',
    [parts.plan, 'create table mother (id int, label text); alter table plan inherit mother'],
    'alter table plan no inherit mother',
  ],
  ['drop parent', [parts.parent], 'drop table account'],
  ['drop child', [parts.parent], 'drop table account_eu'],
  ['child: add column', [parts.parent], 'alter table account_eu add column extra int'],
  ['child: drop inherited column', [parts.parent], 'alter table account_eu drop column age'],
  ['child: type of inherited column', [parts.parent], 'alter table account_eu alter column age type bigint'],
  ['child: set not null', [parts.parent], 'alter table account_eu alter column age set not null'],
  ['parent: add column the child has', [parts.parent], 'alter table account add column vat text'],
  ['parent: rename column with only', [parts.parent], 'alter table only account rename column age to years'],
  [
    'of type',
    [
      "create type shape as (id int, label text); create table shaped (id int, label text); insert into shaped select g, repeat('s', 150) from generate_series(1, 1500) g; analyze shaped",
    ],
    'alter table shaped of shape',
  ],
  [
    'not of',
    [
      "create type shape as (id int, label text); create table shaped of shape; insert into shaped select g, repeat('s', 150) from generate_series(1, 1500) g; analyze shaped",
    ],
    'alter table shaped not of',
  ],
  [
    'typed table: add column',
    ['create type shape as (id int, label text); create table shaped of shape'],
    'alter table shaped add column extra int',
  ],
  [
    'after drop owned: add column',
    [parts.plan, 'alter table plan owner to clerk', 'drop owned by clerk'],
    'alter table plan add column extra int',
  ],
];

export const dependsOnHistory: readonly Case[] = statements.map(([name, setup, sql]) => ({
  id: `history/all/${name}`,
  setup,
  sql,
}));
