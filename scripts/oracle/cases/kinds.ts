import type { Case } from '../case.js';

/** Every command of ALTER TABLE on every kind of relation: most of them take tables alone. */

const setup = `create table t (id int primary key, a int, b text); insert into t select g, g, 'x' from generate_series(1, 1500) g; create index t_a on t (a);
create table pt (id int not null, a int, b text) partition by range (id); create table pt1 partition of pt for values from (0) to (5000); create index pt_a on pt (a); insert into pt select g, g, 'x' from generate_series(1, 1500) g;
create view v as select id, a, b from t; create materialized view mv as select id, a, b from t; create unique index mv_id on mv (id); create sequence s; create type ct as (id int, a int, b text);
create foreign data wrapper w; create server srv foreign data wrapper w; create foreign table ft (id int, a int, b text) server srv;
create function trg() returns trigger language plpgsql as 'begin return new; end'; analyze;`;

const commands: readonly string[] = [
  'add column z int',
  'add column z int default 5',
  'add column z int not null',
  'add column z int unique',
  'add column z int references t',
  'add column z serial',
  'drop column b',
  'alter column a type bigint',
  'alter column a set default 5',
  'alter column a drop default',
  'alter column a set not null',
  'alter column a drop not null',
  'alter column a set statistics 100',
  'alter column 1 set statistics 100',
  'alter column b set storage external',
  'alter column b set compression pglz',
  'alter column a set (n_distinct = 5)',
  'alter column a add generated always as identity',
  'alter column a drop identity',
  'alter column a drop expression',
  'add check (a > 0)',
  'add constraint c check (a > 0) not valid',
  'add unique (a)',
  'add primary key (id)',
  'add foreign key (a) references t',
  'drop constraint nope',
  'drop constraint if exists nope',
  'validate constraint nope',
  'alter constraint nope deferrable',
  'disable trigger all',
  'enable trigger nope',
  'disable rule nope',
  'enable row level security',
  'force row level security',
  'cluster on nope',
  'set without cluster',
  'set without oids',
  'set tablespace spare',
  'set access method heap_too',
  'set logged',
  'set unlogged',
  'set (fillfactor = 50)',
  'reset (fillfactor)',
  'inherit t',
  'no inherit t',
  'of ct',
  'not of',
  'owner to clerk',
  'replica identity full',
  'replica identity nothing',
  'attach partition t for values in (1)',
  'detach partition t',
  "options (add x 'y')",
  'rename to q',
  'rename column a to aa',
  'rename constraint nope to x',
  'set schema archive',
  'add not null a',
  'add column if not exists a int',
  'drop column if exists nope',
];

const relations: Readonly<Record<string, string>> = {
  view: 'v',
  'materialized view': 'mv',
  sequence: 's',
  index: 't_a',
  'partitioned index': 'pt_a',
  'foreign table': 'ft',
  'composite type': 'ct',
};

/** They need what the set-up does not have, or are told elsewhere. */
const leftOut: ReadonlySet<string> = new Set([
  'v/alter column a add generated always as identity',
  'v/alter column a drop identity',
  'v/set (fillfactor = 50)',
  's/rename column a to aa',
  's/rename constraint nope to x',
  'pt_a/owner to clerk',
  'pt_a/attach partition t for values in (1)',
  'ft/add column z int references t',
]);

export const kinds: readonly Case[] = Object.entries(relations).flatMap(([kind, name]) =>
  commands
    .filter((command) => !leftOut.has(`${name}/${command}`))
    .map((command) => ({ id: `kinds/${kind}/${command}`, setup: [setup], sql: `alter table ${name} ${command}` })),
);
