import { type Case, inContext } from '../case.js';

/** Expressions that are wrong in one way each, wherever the schema keeps an expression and wherever a statement has one. */

const setup = [
  `create table p (id int primary key, v int);
   insert into p select g, g from generate_series(1, 1000) g;
   create table t (id int primary key, a int, b text, p_id int);
   insert into t select g, g, 'b' || g, 1 + g % 500 from generate_series(1, 1500) g;
   create function trg() returns trigger language plpgsql as 'begin return new; end';
   analyze;`,
];

type Place = (expression: string) => string;

/** The columns by the name of the row that they are of. */
const of = (row: string, expression: string) => expression.replace(/\b(a|b|zzz)\b(?!')/g, `${row}.$1`);

const places: Readonly<Record<string, Place>> = {
  check: (e) => `alter table t add check (${e} is not null)`,
  'check of a new table': (e) => `create table x (a int, b text, check (${e} is not null))`,
  generated: (e) => `alter table t add column g text generated always as ((${e})::text) stored`,
  index: (e) => `create index i on t ((${e}))`,
  'partial index': (e) => `create index i on t (a) where (${e}) is not null`,
  exclusion: (e) => `alter table t add exclude using btree ((${e}) with =)`,
  policy: (e) => `create policy po on t using ((${e}) is not null)`,
  trigger: (e) =>
    `create trigger tr before update on t for each row when ((${of('new', e)}) is not null) execute function trg()`,
  rule: (e) => `create rule ru as on delete to t where (${of('old', e)}) is not null do also nothing`,
  'type using': (e) => `alter table t alter column b type text using (${e})::text`,
  statistics: (e) => `create statistics st on (${e}), a from t`,
  'partition key': (e) => `create table x (a int, b text) partition by range ((${e}))`,
  publication: (e) => `create publication pb for table t where ((${e}) is not null)`,
  where: (e) => `delete from t where (${e}) is null or id < 0`,
  set: (e) => `update t set b = (${e})::text where id = 1`,
  view: (e) => `create view vv as select ${e} as q from t`,
  merge: (e) => `merge into t using p on t.id = p.id when matched and (${of('t', e)}) is null then update set b = 'x'`,
};

const wrong: Readonly<Record<string, string>> = {
  'no such column': 'zzz',
  'no such function': 'nope(a)',
  'no such function for the type': 'length(a)',
  'no such operator': 'b + a',
  aggregate: 'sum(a)',
  'window function': 'row_number() over ()',
  subquery: '(select max(v) from p)',
  'a text that is no number': "a = 'x'",
  'a cast of such a text': "'x'::int + a",
  'many rows': 'generate_series(1, a)',
  'no such cast': 'a::date',
  nullif: "nullif(a, 'x')",
  coalesce: "coalesce(a, 'x')",
  'a condition that is none': 'case when a then 1 end',
};

const defaults: readonly (readonly [string, string])[] = [
  ['default, no such function', 'alter table t alter column b set default nope(5)'],
  ['default, nullif', "alter table t alter column b set default nullif(5, 'x')"],
  ['default of a new table, no such function', 'create table x (b text default nope(5))'],
];

const statements = Object.fromEntries([
  ...Object.entries(places).flatMap(([place, write]) =>
    Object.entries(wrong).map(([what, expression]) => [`${place}, ${what}`, write(expression)] as const),
  ),
  ...defaults,
]);

export const placed: readonly Case[] = inContext('placed', 'expressions', setup, statements);
