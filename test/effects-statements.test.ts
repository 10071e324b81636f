import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { apply } from '../src/catalog/apply.js';
import type { Catalog } from '../src/catalog/catalog.js';
import { emptyCatalog } from '../src/catalog/lookup.js';
import { endTransaction } from '../src/catalog/transaction.js';
import { alterTable } from '../src/effects/alter-table.js';
import { lockLevel } from '../src/effects/alter-table-lock.js';
import type { Prediction } from '../src/effects/effect.js';
import { predict } from '../src/effects/predict.js';
import { statements } from '../src/effects/statements.js';
import { loadParser } from '../src/sql/parse.js';
import { parseScript } from '../src/sql/script.js';
import { Source } from '../src/sql/source.js';
import { isKind, type Statement } from '../src/sql/statement.js';

beforeAll(loadParser);

function parse(sql: string): readonly Statement[] {
  const source = new Source('test.sql', sql);
  const { statements: found, problems } = parseScript([{ source, span: { start: 0, end: sql.length } }]);
  expect(problems.map(({ message }) => message)).toEqual([]);
  return found;
}

function replay(sql: string, catalog: Catalog, pg: number): Catalog {
  return parse(sql).reduce((now, statement) => apply(statement, now, { born: 0, pg }), catalog);
}

/** `t Share scan`, `t_a_idx build`; `?` after what is not sure; refusals and `not in a transaction block` last. */
function told(prediction: Prediction): readonly string[] {
  const effects = prediction.effects.map(({ relation, kind, lock, work, sure }) => {
    const name = relation.replace(/^public\./, '');
    const mode = kind === 'index' ? '' : ` ${lock.replace(/Lock$/, '')}`;
    return `${name}${mode}${work === 'none' ? '' : ` ${work}`}${sure ? '' : '?'}`;
  });
  const { failure, transactionBlock } = prediction;
  return [
    ...effects,
    ...(failure === undefined ? [] : [`${failure.sure ? 'fails' : 'may fail'} ${failure.code}`]),
    ...(transactionBlock === 'forbidden' ? ['not in a transaction block'] : []),
  ];
}

/** What is told of the last statement, in the schema that the ones before it leave. */
function predicted(sql: string, setup = '', pg = 18): readonly string[] {
  const before = endTransaction(replay(setup, replay(base, emptyCatalog(), pg), pg), 'commit');
  const all = parse(sql);
  const last = all.at(-1);
  const catalog = all.slice(0, -1).reduce((now, statement) => apply(statement, now, { born: 1, pg }), before);
  return last === undefined ? [] : told(predict(last, catalog, { pg, timeZone: 'UTC' }));
}

const base = `
  create schema other;
  create table p (id int primary key, code text not null unique, v int);
  create table t (id int primary key, a int, b text, n int not null, p_id int);
  create index t_a_idx on t (a);`;
const key = 'alter table t add constraint t_p_fk foreign key (p_id) references p (id);';
const child = 'create table ch (id int primary key, t_id int references t (id));';
const cascade = 'create table ch (id int primary key, t_id int references t (id) on delete cascade);';
const kid = 'create table kid (x int) inherits (t);';
const parts = `
  create table pt (id int not null, k int, v text) partition by range (id);
  create table pt1 partition of pt for values from (0) to (1000);
  create table pt2 partition of pt for values from (1000) to (2000);`;
const rest = 'create table ptd partition of pt default;';
const view = 'create view v as select id, a, b from t;';
const matview = 'create materialized view mv as select id, a from t; create unique index mv_id on mv (id);';
const trigger = `create function trg() returns trigger language plpgsql as 'begin return new; end';`;
const mood = `create type mood as enum ('sad', 'ok'); create table te (id int, m mood);`;
const domain = 'create domain pos as int; create table td (id int, d pos);';

type Row = readonly [sql: string, expected: readonly string[], setup?: string, pg?: number];

// every expected answer was measured on real servers
const families: Readonly<Record<string, readonly Row[]>> = {
  'CREATE INDEX': [
    ['create index i on t (b)', ['i build', 't Share scan']],
    ['create index on t (lower(b), n)', ['t Share scan', 't_lower_n_idx build']],
    ['create index concurrently i on t (b)', ['i build', 't ShareUpdateExclusive scan', 'not in a transaction block']],
    ['create unique index i on t (n)', ['i build', 't Share scan', 'may fail 23505']],
    ['create index if not exists t_a_idx on t (a)', ['t Share']],
    ['create index t_a_idx on t (b)', ['fails 42P07']],
    ['create index on t (zz)', ['fails 42703']],
    ['create index on t ((now()))', ['fails 42P17']],
    ['create index on v (a)', ['fails 42809'], view],
    ['create index on mv (a)', ['mv Share scan', 'mv_a_idx build'], matview],
    ['create index on kid (a)', ['kid Share scan', 'kid_a_idx build'], kid],
    [
      'create index on pt (k)',
      ['pt Share', 'pt1 Share scan', 'pt1_k_idx build', 'pt2 Share scan', 'pt2_k_idx build'],
      parts,
    ],
    ['create index on only pt (k)', ['pt Share'], parts],
    [
      'create index on pt (k)',
      ['pt Share', 'pt1 Share', 'pt2 Share scan', 'pt2_k_idx build'],
      `${parts} create index on pt1 (k);`,
    ],
    ['create index concurrently on pt (k)', ['fails 0A000', 'not in a transaction block'], parts],
    ['create unique index on pt (k)', ['fails 0A000'], parts],
    ['create index on nowhere (a)', ['nowhere Share scan?', 'may fail 42P01']],
  ],
  'DROP INDEX, REINDEX': [
    ['drop index t_a_idx', ['t AccessExclusive', 't_a_idx']],
    ['drop index t_pkey', ['fails 2BP01']],
    ['drop index concurrently t_a_idx', ['t ShareUpdateExclusive', 't_a_idx', 'not in a transaction block']],
    ['drop index concurrently t_a_idx cascade', ['fails 0A000', 'not in a transaction block']],
    [
      'drop index pt_k',
      ['pt AccessExclusive', 'pt1 AccessExclusive', 'pt2 AccessExclusive', 'pt_k'],
      `${parts} create index pt_k on pt (k);`,
    ],
    ['drop index pt1_k_idx', ['fails 2BP01'], `${parts} create index pt_k on pt (k);`],
    ['reindex table t', ['t Share scan', 't_a_idx build', 't_pkey build']],
    [
      'reindex index concurrently t_a_idx',
      ['t ShareUpdateExclusive scan', 't_a_idx_ccnew build', 'not in a transaction block'],
    ],
    ['reindex table pt', ['pt Share'], `${parts} create index on pt (k);`, 13],
    [
      'reindex table concurrently pt',
      [
        'pt ShareUpdateExclusive',
        'pt1 Share scan',
        'pt1_k_idx_ccnew build',
        'pt2 Share scan',
        'pt2_k_idx_ccnew build',
        'not in a transaction block',
      ],
      `${parts} create index on pt (k);`,
    ],
    ['reindex schema other', ['not in a transaction block']],
  ],
  'CREATE TABLE': [
    ['create table x (id int primary key, a int unique)', ['x_a_key build', 'x_pkey build']],
    ['create table t (a int)', ['fails 42P07']],
    ['create table if not exists t (a int references p)', []],
    ['create table x (a int references t, b int references p)', ['p ShareRowExclusive', 't ShareRowExclusive']],
    ['create table x (id int primary key, up int references x)', ['x_pkey build']],
    ['create table x (a int references p (v))', ['fails 42830']],
    ['create temp table x (a int references t)', ['fails 42P16']],
    [
      'create table x (a int references pt)',
      ['pt ShareRowExclusive', 'pt1 ShareRowExclusive', 'pt2 ShareRowExclusive'],
      `${parts} alter table pt add primary key (id);`,
    ],
    ['create table x (like t including all)', ['t AccessShare', 'x_a_idx build', 'x_pkey build']],
    ['create table x (y int) inherits (t)', ['t ShareUpdateExclusive']],
    ['create table x as select * from t', ['t AccessShare scan']],
    ['create table x as select * from t with no data', ['t AccessShare']],
    ['create table if not exists t as select * from p', ['p AccessShare']],
    ['create table pt3 partition of pt for values from (2000) to (3000)', ['pt AccessExclusive'], parts],
    [
      'create table pt3 partition of pt for values from (2000) to (3000)',
      ['pt AccessExclusive', 'ptd AccessExclusive scan', 'may fail 23514'],
      parts + rest,
    ],
    [
      'create table pt3 partition of pt for values from (2000) to (3000)',
      ['pt AccessExclusive', 'ptd AccessExclusive'],
      `${parts} ${rest} alter table ptd add check (id >= 5000);`,
    ],
    [
      'create table pt3 partition of pt for values from (2000) to (3000)',
      ['pt AccessExclusive', 'pt3_pkey build', 'rf ShareRowExclusive'],
      `${parts} alter table pt add primary key (id); create table rf (a int references pt);`,
    ],
    [
      'create table pt3 partition of pt for values from (2000) to (3000)',
      ['pt AccessExclusive', 'pt3_pkey build', 'rf AccessShare'],
      `${parts} alter table pt add primary key (id); create table rf (a int references pt);`,
      14,
    ],
    ['create table pt3 partition of pt for values from (500) to (3000)', ['fails 42P17'], parts],
    ['create table x as select t.id, p.id from t, p', ['fails 42701']],
    [
      'create schema s create table x (a int references public.t) create index on x (a)',
      ['t ShareRowExclusive', 's.x Share scan', 's.x_a_idx build'],
    ],
  ],
  DROP: [
    ['drop table t', ['p AccessExclusive', 't AccessExclusive'], key],
    ['drop table t', ['fails 2BP01'], child],
    ['drop table t cascade', ['ch AccessExclusive', 't AccessExclusive'], child],
    ['drop table t, ch', ['ch AccessExclusive', 't AccessExclusive'], child],
    ['drop table pt1', ['pt AccessExclusive', 'pt1 AccessExclusive', 'ptd AccessExclusive'], parts + rest],
    [
      'drop table pt2',
      ['fails 2BP01'],
      `${parts} alter table pt add primary key (id); create table rf (a int references pt);`,
    ],
    [
      'drop table rf',
      ['pt AccessExclusive', 'pt1 AccessExclusive', 'pt2 AccessExclusive', 'rf AccessExclusive'],
      `${parts} alter table pt add primary key (id); create table rf (a int references pt);`,
    ],
    [
      'drop table rf',
      ['pt1 AccessExclusive', 'pt2 AccessExclusive', 'rf AccessExclusive'],
      `${parts} alter table pt add primary key (id); create table rf (a int references pt);`,
      14,
    ],
    ['drop view v cascade', ['m AccessExclusive'], `${view} create materialized view m as select * from v;`],
    ['drop view v', ['may fail 42P01']],
    ['drop view v', [], view],
    ['drop table v', ['fails 42809'], view],
    ['drop table if exists nowhere', ['nowhere AccessExclusive?']],
    ['drop type mood cascade', ['te AccessExclusive'], mood],
    ['drop type mood', ['fails 2BP01'], mood],
    [
      'drop function trg() cascade',
      ['t AccessExclusive'],
      `${trigger} create trigger tr before update on t for each row execute function trg();`,
    ],
    [
      'drop schema other cascade',
      ['other.o AccessExclusive', 't AccessExclusive'],
      'create table other.o (a int references t);',
    ],
    ['drop extension citext cascade', ['tx AccessExclusive'], 'create extension citext; create table tx (x citext);'],
    [
      'drop sequence s cascade',
      ['t AccessExclusive'],
      `create sequence s; alter table t alter a set default nextval('s');`,
    ],
    [
      'drop trigger tr on pt',
      ['pt AccessExclusive', 'pt1 AccessExclusive', 'pt2 AccessExclusive'],
      `${trigger} ${parts} create trigger tr after update on pt for each row execute function trg();`,
    ],
    ['drop policy po on t', ['fails 42704']],
    ['drop statistics st', ['t ShareUpdateExclusive'], 'create statistics st on a, n from t;'],
    ['drop owned by lab cascade', ['p AccessExclusive', 't AccessExclusive'], `${key} alter table t owner to lab;`],
  ],
  'TRUNCATE, VACUUM, CLUSTER, LOCK': [
    ['truncate t', ['t AccessExclusive rewrite', 't_a_idx build', 't_pkey build']],
    ['truncate t', ['fails 0A000'], child],
    [
      'truncate t cascade',
      ['ch AccessExclusive rewrite', 'ch_pkey build', 't AccessExclusive rewrite', 't_a_idx build', 't_pkey build'],
      child,
    ],
    ['truncate only pt', ['fails 42809'], parts],
    ['truncate pt1', ['pt AccessShare', 'pt1 AccessExclusive rewrite'], parts, 13],
    ['vacuum t', ['t ShareUpdateExclusive scan', 'not in a transaction block'], kid, 17],
    ['vacuum t', ['kid ShareUpdateExclusive scan', 't ShareUpdateExclusive scan', 'not in a transaction block'], kid],
    [
      'vacuum (full) t',
      [
        't AccessExclusive rewrite',
        't AccessExclusive scan',
        't_a_idx build',
        't_pkey build',
        'not in a transaction block',
      ],
    ],
    ['analyze t', ['kid AccessShare scan', 't ShareUpdateExclusive scan'], kid, 17],
    [
      'analyze pt',
      ['pt ShareUpdateExclusive', 'pt1 ShareUpdateExclusive scan', 'pt2 ShareUpdateExclusive scan'],
      parts,
    ],
    [
      'cluster t using t_a_idx',
      ['t AccessExclusive rewrite', 't AccessExclusive scan', 't_a_idx build', 't_pkey build'],
    ],
    ['cluster t', ['fails 42704']],
    ['lock table v in share mode', ['t Share'], view],
    ['lock table only pt', ['pt AccessExclusive'], parts],
  ],
  'views, triggers, policies, rules': [
    ['create view w as select * from v', [], view],
    ['create view w as select t.id from t join p using (id)', ['p AccessShare', 't AccessShare']],
    ['create view w as select zz from t', ['fails 42703']],
    ['create or replace view v as select id from t', ['fails 42P16'], view],
    [
      'refresh materialized view mv',
      ['mv AccessExclusive rewrite', 'mv AccessExclusive scan', 'mv_id build', 't AccessShare scan'],
      matview,
    ],
    ['refresh materialized view concurrently mv', ['mv Exclusive scan', 't AccessShare scan'], matview],
    ['refresh materialized view mv with no data', ['mv AccessExclusive rewrite', 'mv_id build'], matview],
    ['create trigger tr before update on t for each row execute function trg()', ['t ShareRowExclusive'], trigger],
    [
      'create trigger tr after update on pt for each row execute function trg()',
      ['pt ShareRowExclusive', 'pt1 ShareRowExclusive', 'pt2 ShareRowExclusive'],
      trigger + parts,
    ],
    [
      'alter trigger tr on pt rename to x',
      ['pt AccessExclusive'],
      `${trigger} ${parts} create trigger tr after update on pt for each row execute function trg();`,
      14,
    ],
    [
      'create policy po on t using (exists (select 1 from p where p.id = t.p_id))',
      ['p AccessShare', 't AccessExclusive'],
    ],
    ['create rule ru as on update to t do also delete from p', ['p RowExclusive', 't AccessExclusive']],
    ['create rule "_RETURN" as on select to t do instead select 1', ['fails 42809']],
  ],
  'names, types, labels': [
    ['alter table t rename to p', ['fails 42P07']],
    ['alter table t rename column a to c', ['kid AccessExclusive', 't AccessExclusive'], kid],
    ['alter table only t rename column a to c', ['fails 42P16'], kid],
    ['alter table kid rename column a to c', ['fails 42P16'], kid],
    ['alter index t_a_idx rename to x', ['t_a_idx']],
    ['alter table t set schema other', ['t AccessExclusive']],
    [`alter type mood add value 'great'`, [], mood],
    [`alter type mood add value 'ok'`, ['fails 42710'], mood],
    [`alter type mood add value 'great'; insert into te values (1, 'great')`, ['te RowExclusive', 'fails 55P04'], mood],
    [`create type fresh as enum ('a'); alter type fresh add value 'b'; select 'b'::fresh`, ['fails 55P04'], '', 16],
    [`create type fresh as enum ('a'); alter type fresh add value 'b'; select 'b'::fresh`, [], '', 17],
    ['alter domain pos add check (value > 0)', ['td Share scan', 'may fail 23514'], domain],
    ['alter domain pos add constraint c check (value > 0) not valid', [], domain],
    ['alter domain pos set not null', ['td Share scan', 'may fail 23502'], domain],
    ['alter domain pos add check (value > 0)', ['fails 0A000'], `${domain} create table ta (d pos[]);`],
    [`comment on column t.a is 'x'`, ['t ShareUpdateExclusive']],
    [
      `comment on trigger tr on t is 'x'`,
      ['t AccessShare'],
      `${trigger} create trigger tr before update on t for each row execute function trg();`,
    ],
    ['grant select on t to lab', ['may fail 42704'], '', 17],
    ['grant select on t to lab', ['t AccessShare', 'may fail 42704']],
  ],
  'replication, statistics, files': [
    ['create publication pb for table t, p', ['p ShareUpdateExclusive', 't ShareUpdateExclusive']],
    ['create publication pb for all tables', []],
    [
      'alter publication pb set table p',
      ['p ShareUpdateExclusive', 't ShareUpdateExclusive'],
      'create publication pb for table t;',
    ],
    [`create subscription s connection 'dbname=x' publication p`, ['may fail 08006', 'not in a transaction block']],
    [`create subscription s connection 'dbname=x' publication p with (connect = false)`, []],
    ['create statistics st on a, n from t', ['t ShareUpdateExclusive']],
    ['create database d', ['not in a transaction block']],
    [`alter system set work_mem = '5MB'`, ['not in a transaction block']],
    [
      'alter table all in tablespace pg_default set tablespace fast',
      ['p AccessExclusive rewrite', 't AccessExclusive rewrite', 'may fail 42704'],
    ],
    ['discard all', ['not in a transaction block']],
  ],
  'functions, bodies': [
    [`create function f() returns bigint language sql as 'select count(*) from t'`, ['t AccessShare']],
    [`create function f() returns void language plpgsql as 'begin update t set a = 1; end'`, []],
    [
      'select f()',
      ['t RowExclusive rows', 't RowExclusive scan'],
      `create function f() returns void language plpgsql as 'begin update t set a = 1; end';`,
    ],
    [`do $$ begin execute 'alter table t add column q int'; end $$`, ['t AccessExclusive']],
    ['do $$ begin if random() > 1 then drop table t; end if; end $$', ['t AccessExclusive?']],
    ['do $$ begin create index concurrently on t (b); end $$', ['fails 25001']],
    [
      'insert into t (id, n) values (1, 1)',
      ['p RowExclusive', 't RowExclusive', 'may fail 23505'],
      `create function trg() returns trigger language plpgsql as 'begin insert into p (id, code) values (new.id, 1); return new; end'; create trigger tr after insert on t for each row execute function trg();`,
    ],
  ],
};

/** How queries read: measured on tables of 1,500 rows. */
const queries: readonly Row[] = [
  ['select * from t', ['t AccessShare scan']],
  ['select * from t where id = 1', ['t AccessShare']],
  ['select * from t where id in (1, 2)', ['t AccessShare']],
  ['select * from t where id = 1 or a = 2', ['t AccessShare']],
  ['select * from t where id = 1 or n = 2', ['t AccessShare scan']],
  ['select * from t where a + 1 = 5', ['t AccessShare scan']],
  ['select * from t where id = 5.5', ['t AccessShare scan']],
  ['select * from t where id > 5', ['t AccessShare scan?']],
  ['select * from t where id between 1 and 9', ['t AccessShare']],
  ['select * from t where false', ['t AccessShare']],
  ['select max(id) from t', ['t AccessShare']],
  ['select max(n) from t', ['t AccessShare scan']],
  ['select * from t limit 1', ['t AccessShare']],
  ['select * from t order by n limit 1', ['t AccessShare scan']],
  ['select * from t join p on p.id = t.p_id', ['p AccessShare scan', 't AccessShare scan']],
  ['select * from t join p on p.id = t.p_id where t.id = 1', ['p AccessShare', 't AccessShare']],
  ['select * from t join p on p.id = t.p_id where p.id = 1', ['p AccessShare', 't AccessShare scan']],
  ['select * from p left join t on t.id = p.id where t.id is null', ['p AccessShare scan', 't AccessShare scan']],
  ['select * from t where exists (select 1 from p where p.id = t.p_id)', ['p AccessShare scan', 't AccessShare scan']],
  ['select * from t where id in (select v from p where id = 5)', ['p AccessShare', 't AccessShare']],
  ['select (select v from p where p.id = t.p_id) from t where id = 5', ['p AccessShare', 't AccessShare']],
  ['select (select v from p where p.id = t.p_id) from t', ['p AccessShare scan', 't AccessShare scan']],
  ['with q as (select * from t) select * from q where id = 1', ['t AccessShare']],
  ['with q as materialized (select * from t) select * from q where id = 1', ['t AccessShare scan']],
  ['insert into t (id, n, p_id) values (1, 2, 3)', ['p RowShare', 't RowExclusive', 'may fail 23503'], key],
  // where the row is there already, nothing is looked up
  [
    'insert into t (id, n, p_id) values (1, 2, 3) on conflict do nothing',
    ['p RowShare?', 't RowExclusive', 'may fail 23503'],
    key,
  ],
  ['with q as (select * from t) select 1', ['t AccessShare']],
  ['select * from (select id from t union all select id from p) q where id = 1', ['p AccessShare', 't AccessShare']],
  ['select * from v where id = 1', ['t AccessShare'], view],
  ['select * from v where id = 1 for update', ['t RowShare'], view],
  ['select * from t join p on p.id = t.p_id where t.id = 1 for update of t', ['p AccessShare', 't RowShare']],
  ['select * from pt where id = 5', ['pt AccessShare', 'pt1 AccessShare scan'], parts],
  [
    'select * from pt join t on t.id = pt.id where t.id = 5',
    ['pt AccessShare', 'pt1 AccessShare scan', 't AccessShare'],
    parts,
  ],
  ['select * from only pt', ['pt AccessShare'], parts],
  ['select * from t where id = 1', ['kid AccessShare scan', 't AccessShare'], kid],
  ['select * from nowhere', ['nowhere AccessShare scan?', 'may fail 42P01']],
  ['select zz from t', ['t AccessShare scan', 'fails 42703']],
  ['explain delete from t', ['t RowExclusive']],
  ['explain analyze delete from t where id = 1', ['t RowExclusive']],
  [`copy t to '/dev/null'`, ['t AccessShare scan']],
];

/** What changes of rows reach besides their table. */
const changes: readonly Row[] = [
  ['insert into t (id, n) values (9, 1)', ['t RowExclusive', 'may fail 23505']],
  ['insert into t (id, n, p_id) values (9, 1, 1)', ['p RowShare', 't RowExclusive', 'may fail 23503'], key],
  ['insert into t (id, n, p_id) values (9, 1, null)', ['t RowExclusive', 'may fail 23505'], key],
  ['insert into p (id, code) select id, b from t', ['p RowExclusive rows', 't AccessShare scan', 'may fail 23505']],
  ['insert into t (id) values (9)', ['fails 23502']],
  ['insert into t (zz) values (9)', ['fails 42703']],
  ['insert into pt values (1, 1)', ['pt RowExclusive', 'pt1 RowExclusive'], parts],
  ['insert into pt values (9999, 1)', ['pt RowExclusive', 'ptd RowExclusive'], parts + rest],
  ['insert into pt values (9999, 1)', ['pt RowExclusive', 'fails 23514'], parts],
  ['update t set a = 1 where id = 1', ['t RowExclusive']],
  ['update t set a = 1', ['t RowExclusive rows', 't RowExclusive scan']],
  [
    'update t set a = p.v from p where p.id = t.p_id',
    ['p AccessShare scan', 't RowExclusive rows', 't RowExclusive scan'],
  ],
  ['update t set p_id = p_id where id = 1', ['t RowExclusive'], key],
  ['update t set id = 9 where id = 1', ['ch RowShare scan', 't RowExclusive', 'may fail 23505'], child],
  ['update t set a = 9 where id = 1', ['t RowExclusive'], child],
  [
    'update pt set id = 1500 where id = 5',
    ['pt RowExclusive', 'pt1 RowExclusive rows', 'pt1 RowExclusive scan', 'pt2 RowExclusive'],
    parts,
  ],
  ['delete from t where id = 1', ['ch RowShare scan', 't RowExclusive', 'may fail 23503'], child],
  [
    'delete from t where id = 1',
    ['ch RowShare', 't RowExclusive', 'may fail 23503'],
    `${child} create index on ch (t_id);`,
  ],
  ['delete from t where id = 1', ['ch RowExclusive scan', 't RowExclusive'], cascade],
  [
    'delete from t where id = 1',
    ['ch RowExclusive scan', 'gc RowExclusive scan', 't RowExclusive'],
    `${cascade} create table gc (ch_id int references ch on delete cascade);`,
  ],
  [
    'merge into t using p on t.id = p.id when matched then update set a = p.v',
    ['p AccessShare scan', 't RowExclusive rows', 't RowExclusive scan'],
  ],
  [
    'with d as (delete from t where id = 1 returning *) insert into p (id, code) select id, b from d',
    ['p RowExclusive', 't RowExclusive', 'may fail 23505'],
  ],
];

const suites: readonly (readonly [string, readonly Row[]])[] = [
  ...Object.entries(families),
  ['queries', queries],
  ['changes of rows', changes],
];

describe.each(suites)('%s', (_, rows) => {
  for (const [sql, expected, setup, pg] of rows)
    test(`${sql}${pg === undefined ? '' : ` on ${pg}`}`, () => {
      expect(predicted(sql, setup, pg)).toEqual(expected);
    });
});

/** At least one of each kind. */
const everyCommand = [
  'add column z int',
  'alter a set default 1',
  'alter a drop not null',
  'alter a set not null',
  'alter a set expression as (1)',
  'alter a drop expression',
  'alter a set statistics 5',
  'alter a set (n_distinct = 5)',
  'alter a reset (n_distinct)',
  'alter b set storage plain',
  'alter b set compression pglz',
  'drop column a',
  'add check (a > 0)',
  'alter constraint c deferrable',
  'validate constraint c',
  'drop constraint c',
  'alter a type bigint',
  "alter a options (set x 'y')",
  'owner to somebody',
  'cluster on t_a_idx',
  'set without cluster',
  'set logged',
  'set unlogged',
  'set without oids',
  'set access method heap',
  'set tablespace pg_default',
  'set (fillfactor = 70)',
  'reset (fillfactor)',
  'enable trigger tr',
  'enable always trigger tr',
  'enable replica trigger tr',
  'disable trigger tr',
  'enable trigger all',
  'disable trigger all',
  'enable trigger user',
  'disable trigger user',
  'enable rule r',
  'enable always rule r',
  'enable replica rule r',
  'disable rule r',
  'inherit p',
  'no inherit p',
  'of comp',
  'not of',
  'replica identity full',
  'enable row level security',
  'disable row level security',
  'force row level security',
  'no force row level security',
  "options (set x 'y')",
  'attach partition p default',
  'detach partition p',
  'detach partition p finalize',
  'alter a add generated always as identity',
  'alter a set generated always',
  'alter a drop identity',
];

describe('the table of statements', () => {
  /** Parts of other statements, and what PL/pgSQL alone asks the parser for. */
  const inner = new Set(['PLAssignStmt', 'RawStmt', 'ReplicaIdentityStmt', 'ReturnStmt', 'SetOperationStmt']);

  test('has a row for every statement of the grammar', () => {
    const types = readFileSync('node_modules/@pgsql/types/types.d.ts', 'utf8');
    const kinds = [...types.matchAll(/^ {4}(\w+Stmt): \1;$/gm)].map((match) => match[1] ?? '');
    expect(kinds.length).toBeGreaterThan(100);
    const known = new Set(Object.keys({ ...statements, ...alterTable }));
    expect([...new Set(kinds)].filter((kind) => !known.has(kind) && !inner.has(kind))).toEqual([]);
  });

  /** What PostgreSQL makes of other commands while it carries them out. */
  const made = new Set([
    'AT_AddColumnToView',
    'AT_AddIndex',
    'AT_AddIndexConstraint',
    'AT_CookedColumnDefault',
    'AT_ReAddComment',
    'AT_ReAddConstraint',
    'AT_ReAddDomainConstraint',
    'AT_ReAddIndex',
    'AT_ReAddStatistics',
    'AT_ReplaceRelOptions',
  ]);

  test('knows the lock of every command of ALTER TABLE, and understands each', () => {
    const written = parse(everyCommand.map((command) => `alter table t ${command};`).join('\n'));
    const nodes = written.flatMap((one) => (isKind(one, 'AlterTableStmt') ? (one.node.cmds ?? []) : []));
    const commands = nodes.flatMap((node) => ('AlterTableCmd' in node ? [node.AlterTableCmd] : []));
    expect(commands.filter((command) => lockLevel(command) === undefined)).toEqual([]);
    const understood = (one: Statement) => predict(one, emptyCatalog(), { pg: 18 }).understood;
    expect(written.filter((one) => !understood(one)).map(({ text }) => text)).toEqual([]);
    const types = readFileSync('node_modules/@pgsql/types/enums.d.ts', 'utf8');
    const kinds = [...(/type AlterTableType = (.*);/.exec(types)?.[1] ?? '').matchAll(/"(\w+)"/g)];
    const names = kinds.map((match) => match[1] ?? '');
    expect(names.length).toBeGreaterThan(60);
    const seen = new Set<string>(commands.map(({ subtype = '' }) => subtype));
    expect(names.filter((name) => !seen.has(name) && !made.has(name))).toEqual([]);
  });

  test('says of EXECUTE that nothing may be concluded', () => {
    const [statement] = parse('execute q (1)');
    expect(statement && predict(statement, emptyCatalog(), { pg: 18 }).understood).toBe(false);
  });
});

describe('a prediction', () => {
  test('gives every effect on a relation the strongest lock of the statement', () => {
    const effects = predicted('update t set a = (select max(n) from t)');
    expect(effects).toEqual(['t RowExclusive rows', 't RowExclusive scan']);
  });

  test.each(['t', 'nowhere'])('gives each command of an ALTER TABLE its own (%s)', (table) => {
    const [statement] = parse(`alter table ${table} add column c text check (c > ''), add column d int`);
    const catalog = replay(base, emptyCatalog(), 18);
    const { commands = [] } = (statement && predict(statement, catalog, { pg: 18 })) ?? {};
    const refused = table === 't' ? ['may fail 23514'] : ['may fail 42P01'];
    expect(commands.map(told)).toEqual([[`${table} AccessExclusive scan`, ...refused], [`${table} AccessExclusive`]]);
  });

  test('ends for functions and triggers that call one another', () => {
    const setup = `create function f() returns int language plpgsql as 'begin perform f(); delete from p where id = 1; return 1; end';`;
    expect(predicted('select f()', setup)).toEqual(['p RowExclusive']);
  });

  test.each([
    ['UNION', Array.from({ length: 300 }, () => 'select id from t').join(' union all ')],
    ['operators', `select ${'1 + '.repeat(2000)}id from t`],
    ['parentheses', `select * from t where ${'not ('.repeat(700)}true${')'.repeat(700)}`],
  ])('survives a long chain of %s', (_, sql) => {
    expect(predicted(sql)[0]).toMatch(/^t AccessShare/);
  });
});
