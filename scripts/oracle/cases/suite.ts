import { asWritten, type Case } from '../case.js';

/** What PostgreSQL's own regression suite (scripts/regression) showed to be predicted wrongly, in tables of ours. */

const inherited = [
  'create table base (a int)',
  'create table kid () inherits (base)',
  'create table grandkid () inherits (kid)',
];

const inheritance: readonly (readonly [name: string, before: readonly string[], statements: readonly string[]])[] = [
  [
    'as made',
    [],
    [
      'alter table only base alter a set not null',
      'alter table base alter a set not null',
      'alter table base alter a drop not null',
      'alter table only base drop column a',
      'alter table base drop column a',
      'alter table base add column c text',
      'alter table only base add primary key (a)',
      'alter table base add primary key (a)',
      'alter table only base add constraint filled not null a',
    ],
  ],
  [
    'NOT NULL of the parent alone',
    ['alter table only base alter a set not null'],
    ['alter table base alter a drop not null', 'alter table only base alter a drop not null'],
  ],
  [
    'NOT NULL of all',
    ['alter table base alter a set not null'],
    [
      'alter table base alter a drop not null',
      'alter table only base add primary key (a)',
      'alter table only base add constraint filled not null a',
    ],
  ],
  ['NOT NULL of a child', ['alter table kid alter a set not null'], ['alter table base alter a set not null']],
  ['NOT NULL of the last', ['alter table grandkid alter a set not null'], ['alter table base alter a set not null']],
  ['a child has the column', ['alter table kid add c text'], ['alter table base add c text']],
  ['the last has the column', ['alter table grandkid add c text'], ['alter table base add c text']],
  ['a column of all', ['alter table base add c text'], ['alter table only base drop column c']],
];

const typed = [
  'create type made as (a int, b text)',
  'create table typed of made',
  'create table typed_kid (x int) inherits (typed)',
  'create table typed_grandkid () inherits (typed_kid)',
];

const changed = [
  `create table work (f1 int, f2 int, f3 text);
   insert into work select g, g, g from generate_series(1, 1500) g;
   analyze;`,
];

const partitioned = [
  'create table root (a int) partition by range (a)',
  'create table low partition of root for values from (0) to (100) partition by range (a)',
  'create table lowest partition of low for values from (0) to (50)',
];

const keyed = [
  'create table target (a int, b int, primary key (a, b))',
  'insert into target select g, g from generate_series(1, 1500) g',
  'create table root (a int, b int) partition by range (a, b)',
];
const loose = [
  'create table part (a int, b int)',
  'insert into part select g, g from generate_series(1, 1500) g',
  'analyze',
];
const attached = [
  'create table part partition of root for values from (0, 0) to (2000, 2000)',
  'insert into root select g, g from generate_series(1, 1500) g',
  'analyze',
];
const key = (table: string, name: string, how: string) =>
  `alter table ${table} add constraint ${name} foreign key (a, b) references target ${how}`;

const said = (how: string) => (how === '' ? 'valid' : how);

/** A foreign key of a partition meets one of its parent, which takes it up or has one of its own made beside it. */
const taken: readonly Case[] = ['', 'not valid', 'not enforced'].flatMap((above) =>
  ['', 'not valid', 'not enforced'].flatMap((below) => [
    ...asWritten(
      ['suite', `keys that meet, ${said(above)} above, ${said(below)} below`],
      [...keyed, key('root', 'above', above), ...loose, key('part', 'below', below)],
      ['alter table root attach partition part for values from (0, 0) to (2000, 2000)'],
    ),
    ...asWritten(
      ['suite', `keys that meet, ${said(below)} below`],
      [...keyed, ...attached, key('part', 'below', below)],
      [key('root', 'above', above)],
    ),
    ...asWritten(
      ['suite', `keys that meet, ${said(above)} above, ${said(below)} below, taken up`],
      [...keyed, ...attached, key('part', 'below', below), key('root', 'above', above)],
      ['alter table root validate constraint above'],
    ),
  ]),
);

const notEnforced = [
  'create table pk (a int primary key, b int)',
  'create table fk (a int, constraint unguarded foreign key (a) references pk not enforced)',
];

const computed = [
  'create table pk (x int primary key)',
  'insert into pk select g * 2 from generate_series(1, 1500) g',
  'create table fk (a int primary key, b int generated always as (a * 2) stored unique references pk (x))',
  'insert into fk select g from generate_series(1, 1500) g',
  'create table above (b int references fk (b))',
  'insert into above select g * 2 from generate_series(1, 1500) g',
  'analyze',
];

const source = ['create table source (id int)', 'create view seen as select * from source'];

/** Cases of this file. */
export const suite: readonly Case[] = [
  ...inheritance.flatMap(([name, before, statements]) =>
    asWritten(['suite', `inheritance, ${name}`], [...inherited, ...before], statements),
  ),
  ...asWritten(['suite', 'typed tables'], typed, [
    'alter type made add attribute c text cascade',
    'alter type made alter attribute b type varchar cascade',
    'alter type made drop attribute b cascade',
    'alter type made drop attribute if exists z cascade',
    'alter type made rename attribute a to z cascade',
  ]),
  ...asWritten(['suite', 'rows'], changed, [
    "alter table work alter f1 type text using f2 || ' and ' || f3, drop column f3",
    "alter table work drop column f3, alter f1 type text using f3 || 'x'",
    'alter table work alter f1 type bigint, alter f2 type bigint using f1 * 10',
    'vacuum (process_main false, full) work',
    'vacuum (process_main false) work',
  ]),
  ...[
    [],
    ['alter table root alter a set not null'],
    ['alter table lowest alter a set not null', 'alter table low alter a set not null'],
  ].flatMap((before, at) =>
    asWritten(
      ['suite', `partitions, ${['nullable', 'not null', 'not null below'][at]}`],
      [...partitioned, ...before],
      [
        'alter table only root add primary key (a)',
        'alter table only root alter a set not null',
        'alter table only root add constraint filled not null a',
      ],
    ),
  ),
  ...asWritten(
    ['suite', 'a unique constraint below'],
    [
      'create table root (a int) partition by range (a)',
      'create table part (a int unique not null)',
      'alter table root attach partition part for values from (0) to (100)',
    ],
    ['alter table root add primary key (a)', 'alter table root add unique (a)'],
  ),
  ...asWritten(
    ['suite', 'without overlaps'],
    ['create table stay (room int4range, at daterange, unique (room, at without overlaps)) partition by list (room)'],
    ["create table first_stay partition of stay for values in ('[1,2)')"],
  ),
  ...taken,
  ...asWritten(['suite', 'a key that is not enforced'], notEnforced, [
    'drop table fk',
    'drop table pk cascade',
    'alter table fk drop column a',
    'alter table fk drop constraint unguarded',
    'alter table fk alter a type bigint',
    'alter table fk alter constraint unguarded enforced',
    'truncate pk',
    'truncate pk cascade',
    'truncate fk',
  ]),
  ...asWritten(
    ['suite', 'a key that is not enforced, beside another'],
    [...notEnforced, 'create table guarded (a int references pk)'],
    ['truncate pk', 'truncate pk, guarded'],
  ),
  ...asWritten(['suite', 'keys of a computed column'], computed, [
    'alter table fk alter b set expression as (a * 2 + 0)',
    'alter table fk alter b drop expression',
  ]),
  ...asWritten(['suite', 'bodies'], source, [
    "create function f() returns void language sql as 'create table made as select * from source'",
    "create function f() returns void language sql as 'create materialized view made as select * from source'",
    "create function f() returns void language sql as 'create view made as select * from source'",
    "create function f() returns void language sql as 'declare c cursor for select * from source'",
    "create function f() returns void language sql as 'explain select * from source'",
    'create function f() returns bigint return (select count(*) from source)',
    'create function f() returns bigint return (select count(*) from seen)',
    'create view made as select json_array(select i from (values (1), (2)) as one (i) returning jsonb)',
    'create view made as select json_array(select id from source order by id)',
    'select json_array(select id from seen)',
    'update source set id = length(json_array(select n from (values (1)) as one (n))::text)',
  ]),
  ...asWritten(
    ['suite', 'publications'],
    [...source, 'create table second (id int primary key)', 'create publication news for table source'],
    ['alter publication news set tables in schema public', 'alter publication news set table second'],
  ),
];
