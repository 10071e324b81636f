import type { Case } from '../case.js';
import { parts } from './contexts.js';

const enums = `create type mood as enum ('sad', 'ok');
  create table person (id int, feels mood, filler text);
  insert into person select g, 'ok', repeat('p', 150) from generate_series(1, 1500) g;
  analyze person;`;

const keyed = `create table customer (id int primary key, filler text);
  create table bill (id int primary key, customer int not null references customer, note text);
  insert into customer select g, repeat('c', 150) from generate_series(1, 1500) g;
  insert into bill select g, g, repeat('b', 150) from generate_series(1, 1500) g;
  analyze customer, bill;`;

/** What the same transaction did before decides: locks held, labels and constraints not committed. */
const statements: readonly (readonly [string, readonly string[], readonly string[], string])[] = [
  ['new label used', [enums], ["alter type mood add value 'glad'"], "insert into person values (1, 'glad')"],
  [
    'new label as default',
    [enums],
    ["alter type mood add value 'glad'"],
    "alter table person alter feels set default 'glad'",
  ],
  [
    'new label in a check',
    [enums],
    ["alter type mood add value 'glad'"],
    "alter table person add check (feels <> 'glad')",
  ],
  ['old label used', [enums], ["alter type mood add value 'glad'"], "insert into person values (1, 'ok')"],
  [
    'label of a new type used',
    [enums],
    ["create type size as enum ('s', 'l')"],
    "create table shoe (fit size default 's')",
  ],
  [
    'new label of a new type used',
    [enums],
    ["create type size as enum ('s')", "alter type size add value 'l'"],
    "create table shoe (fit size default 'l')",
  ],
  [
    'renamed label used',
    [enums],
    ["alter type mood rename value 'ok' to 'fine'"],
    "insert into person values (1, 'fine')",
  ],
  [
    'check validated after not valid',
    [parts.table],
    ['alter table account add constraint fine check (age < 200) not valid'],
    'alter table account validate constraint fine',
  ],
  [
    'foreign key validated after not valid',
    [parts.plan, parts.table],
    ['alter table account add constraint fk foreign key (plan_id) references plan (id) not valid'],
    'alter table account validate constraint fk',
  ],
  [
    'not null after check validated',
    [parts.table],
    [
      'alter table account add constraint filled check (age is not null) not valid',
      'alter table account validate constraint filled',
    ],
    'alter table account alter column age set not null',
  ],
  ['index on a new table', [parts.plan], ['create table fresh (a int, b text)'], 'create index on fresh (a)'],
  [
    'foreign key from a new table',
    [parts.plan],
    ['create table fresh (a int, b text)'],
    'alter table fresh add foreign key (a) references plan (id)',
  ],
  [
    'not null of a new column',
    [parts.table],
    ['alter table account add column extra int default 5'],
    'alter table account alter column extra set not null',
  ],
  [
    'default of a new column dropped',
    [parts.table],
    ['alter table account add column extra int default 5'],
    'alter table account alter column extra drop default',
  ],
  [
    'update after lock',
    [parts.plan, parts.table],
    ['lock table account in access exclusive mode'],
    'update account set age = 5',
  ],
  [
    'second command',
    [parts.table],
    ['alter table account add column extra int'],
    'alter table account add column other int',
  ],
  [
    'weaker after stronger',
    [parts.table],
    ['alter table account add column extra int'],
    'create index on account (nick)',
  ],
  [
    'stronger after weaker',
    [parts.table],
    ['create index fresh on account (nick)'],
    'alter table account add constraint extra unique using index account_email',
  ],
  ['drop after create', [parts.plan], ['create table fresh (a int references plan)'], 'drop table fresh'],
  [
    'attach a new partition',
    [parts.partitioned],
    ['create table fresh (like account including all)'],
    'alter table account attach partition fresh for values from (4000) to (6000)',
  ],
  ['concurrently in a block', [parts.table], ['select 1'], 'create index concurrently on account (nick)'],
  ['vacuum in a block', [parts.table], ['select 1'], 'vacuum account'],
  [
    'pending trigger events',
    [
      parts.plan,
      `${parts.table} alter table account add constraint fk foreign key (plan_id) references plan (id) deferrable initially deferred`,
    ],
    ['update account set plan_id = 5 where id = 5'],
    'alter table account add column extra int',
  ],
  [
    'deferred constraint made immediate',
    [
      parts.plan,
      `${parts.table} alter table account add constraint fk foreign key (plan_id) references plan (id) deferrable initially deferred`,
    ],
    ['update account set plan_id = 5 where id = 5'],
    'set constraints all immediate',
  ],
  [
    'truncate then insert',
    [parts.table],
    ['truncate account'],
    "insert into account (id, email, seen) values (1, 'x', now())",
  ],
  [
    'copy of a table then index',
    [parts.table],
    ['create table fresh as select * from account'],
    'create index on fresh (age)',
  ],
  [
    'rename then use',
    [parts.table],
    ['alter table account rename to customer'],
    'alter table customer alter column age set not null',
  ],
  [
    'search path',
    [
      "create table archive.item (a int, b text); insert into archive.item select g, repeat('i', 150) from generate_series(1, 1500) g; analyze archive.item",
    ],
    ['set local search_path = archive'],
    'alter table item alter column a set not null',
  ],
  [
    'time zone',
    [
      "create table item (a timestamp, b text); insert into item select now(), repeat('i', 150) from generate_series(1, 1500) g; create index item_a on item (a); analyze item",
    ],
    ["set local timezone = 'Asia/Tokyo'"],
    'alter table item alter column a type timestamptz',
  ],
  ['update', [keyed], [], "update bill set note = 'y'"],
  ['update of rows updated before', [keyed], ["update bill set note = 'x'"], "update bill set note = 'y'"],
  [
    'update of rows rewritten before',
    [keyed],
    ['alter table bill add column at timestamptz default clock_timestamp()'],
    "update bill set note = 'y'",
  ],
  ['update of rows copied before', [keyed], ['cluster bill using bill_pkey'], "update bill set note = 'y'"],
  ['update after a delete', [keyed], ['delete from bill where id > 9'], "update bill set note = 'y'"],
  [
    'update of a row inserted before',
    [keyed],
    ["insert into bill values (9000, 1, 'x')"],
    "update bill set note = 'y' where id = 9000",
  ],
  [
    'savepoint',
    [parts.table],
    ['savepoint one', 'alter table account add column extra int', 'rollback to savepoint one'],
    'create index on account (nick)',
  ],
];

export const transactions: readonly Case[] = statements.map(([name, setup, begun, sql]) => ({
  id: `transactions/all/${name}`,
  setup,
  begun,
  sql,
}));
