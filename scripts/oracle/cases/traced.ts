import type { Case } from '../case.js';

/** What `lockkeeper trace` on public repositories found to be predicted wrongly, in tables of our own. */

const serial =
  "create table made (id serial, note text); insert into made (note) select repeat('m', 150) from generate_series(1, 1500); analyze made";
const loose = [serial, 'alter table made alter id drop default'];
const keyed = 'create table made (id int primary key, note text, kind int)';
const joined = [
  `create table book (id int primary key, note text); insert into book select g, repeat('b', 150) from generate_series(1, 1500) g;
   create table copy (id int primary key, book_id int not null references book); insert into copy select g, g from generate_series(1, 1500) g;
   create table loan (id int primary key, book_id int references book, copy_id int references copy, note text);
   insert into loan (id, copy_id, note) select g, g, repeat('l', 150) from generate_series(1, 1500) g; analyze`,
];

const statements: readonly (readonly [string, readonly string[], string])[] = [
  ['sequence dropped, drop column', [...loose, 'drop sequence made_id_seq'], 'alter table made drop column id'],
  [
    'sequence dropped, drop column and add it anew',
    [...loose, 'drop sequence made_id_seq'],
    'alter table made drop column id, add column id serial primary key',
  ],
  [
    'another default in place of the sequence',
    [...loose, 'alter table made alter id set default 5'],
    'drop sequence made_id_seq',
  ],
  ['sequence owned by none', [serial, 'alter sequence made_id_seq owned by none'], 'drop sequence made_id_seq'],
  [
    'sequence owned by none, its column dropped',
    [serial, 'alter sequence made_id_seq owned by none', 'alter table made drop column id'],
    'drop sequence made_id_seq',
  ],
  [
    'sequence owned by none, its table dropped',
    [serial, 'alter sequence made_id_seq owned by none', 'drop table made'],
    'drop sequence made_id_seq',
  ],
  [
    'sequence owned by another table, its own dropped',
    [...loose, 'create table other (id int)', 'alter sequence made_id_seq owned by other.id', 'drop table made'],
    'drop sequence made_id_seq',
  ],
  ['type that is not there', [keyed], 'alter table made alter kind type nosuch'],
  ['serial is no type to change to', [keyed], 'alter table made alter kind type serial'],
  ['array of a type that is not there', [keyed], 'alter table made add extra nosuch[]'],
  [
    'array of a type that is not there, with a default',
    [keyed],
    'alter table made add extra nosuch[] not null default array[now()]::timestamp[]',
  ],
  ['refused before: type', [keyed], 'alter table made alter id drop not null, alter id type bigserial'],
  ['refused before: cast', [keyed], 'alter table made alter id drop not null, alter kind type json'],
  ['refused before: using', [keyed], 'alter table made drop column nosuch, alter kind type int using (nosuch + 1)'],
  ['refused in an earlier pass: drop', [keyed], 'alter table made add column kind int, drop column nosuch'],
  ['refused in an earlier pass: drop not null', [keyed], 'alter table made add column id int, alter id drop not null'],
  ['type of a column that is added', [keyed], 'alter table made add column extra int, alter extra type text'],
  ['type of a column that is dropped', [keyed], 'alter table made drop column kind, alter kind type text'],
  [
    'currval without a number drawn, of rows',
    [serial],
    "alter table made add number bigint default currval('made_id_seq')",
  ],
  [
    'currval without a number drawn, of no row',
    ['create table made (id serial, note text)'],
    "alter table made add number bigint default currval('made_id_seq')",
  ],
  ['lastval without a number drawn', [serial], 'update made set id = lastval()'],
  [
    'update from, the same name in both',
    joined,
    'update loan set book_id = c.book_id from copy c where c.id = copy_id',
  ],
  [
    'update from, the same name in both, with an alias of the target',
    joined,
    'update loan as l set book_id = c.book_id, copy_id = l.copy_id from copy c where c.id = l.copy_id',
  ],
  ['update, to what it is', joined, 'update loan set book_id = loan.book_id, copy_id = copy_id'],
  [
    'insert on conflict, the value that was refused',
    joined,
    'insert into loan (id, book_id) select id, 2 from loan on conflict (id) do update set book_id = excluded.book_id',
  ],
];

export const traced: readonly Case[] = statements.map(([name, setup, sql]) => ({
  id: `traced/all/${name}`,
  setup,
  sql,
}));
