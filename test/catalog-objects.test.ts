import { beforeAll, describe, expect, test } from 'vitest';
import type { Catalog } from '../src/catalog/catalog.js';
import { nameOf, settings } from '../src/catalog/lookup.js';
import { endTransaction } from '../src/catalog/transaction.js';
import { loadParser } from '../src/sql/parse.js';
import { check, columns, dependents, open, reads, relation, replay, table } from './catalog-look.js';

beforeAll(loadParser);

describe('triggers, policies, rules', () => {
  const f =
    "create function f() returns trigger language plpgsql as 'begin return new; end'; create table t (a int, b text, c text);";
  const triggers = (name: string) => (c: Catalog) =>
    table(c, name).triggers.map(
      (t) =>
        `${t.name} ${t.timing} ${t.events.join('|')} ${t.forEachRow ? 'row' : 'statement'} ${t.function}${t.inherited ? ' inherited' : ''}`,
    );
  const part = 'create table p (k int) partition by list (k); create table p1 partition of p for values in (1);';
  check(
    [
      'trigger',
      `${f} create trigger g before insert or update on t for each row execute function f()`,
      triggers('t'),
      ['g before insert|update row public.f'],
    ],
    [
      'its columns',
      `${f} create trigger g after update of a, b on t for each row when (old.c is distinct from new.c) execute function f()`,
      (c) => table(c, 't').triggers[0]?.columns,
      ['a', 'b', 'c'],
    ],
    [
      'replaced',
      `${f} create trigger g before insert on t execute function f(); create or replace trigger g after truncate on t execute function f()`,
      triggers('t'),
      ['g after truncate statement public.f'],
    ],
    [
      'renamed with its function',
      `${f} create trigger g after insert on t execute function f(); alter trigger g on t rename to h; alter function f rename to k`,
      triggers('t'),
      ['h after insert statement public.k'],
    ],
    [
      'dropped with its function',
      `${f} create trigger g after insert on t execute function f(); drop function f cascade`,
      triggers('t'),
      [],
    ],
    ['dropped', `${f} create trigger g after insert on t execute function f(); drop trigger g on t`, triggers('t'), []],
    [
      'constraint trigger from another table',
      `${f} create table u (a int); create constraint trigger g after insert on t from u for each row execute function f()`,
      (c) => {
        const [g] = table(c, 't').triggers;
        return [g?.constraint, g?.from === table(c, 'u').oid, dependents(c, table(c, 'u').oid)];
      },
      [true, true, ['public.t']],
    ],
    [
      'on partitions',
      `${f}${part} create trigger g after insert on p for each row execute function f()`,
      triggers('p1'),
      ['g after insert row public.f inherited'],
    ],
    [
      'statement triggers are not',
      `${f}${part} create trigger g after insert on p execute function f()`,
      triggers('p1'),
      [],
    ],
    [
      'dropped on partitions',
      `${f}${part} create trigger g after insert on p for each row execute function f(); drop trigger g on p`,
      triggers('p1'),
      [],
    ],
    [
      'policy',
      `${f} create table u (id int); create policy q on t using (a in (select id from u)) with check (a > 0); alter policy q on t rename to r`,
      (c) =>
        table(c, 't').policies.map((q) => [
          q.name,
          q.using !== undefined,
          q.withCheck !== undefined,
          reads(c, q.reads),
        ]),
      [['r', true, true, { 'public.u': ['id'] }]],
    ],
    [
      'altered policy',
      `${f} create table u (id int); create policy q on t using (true); alter policy q on t using (exists (select from u where id = a))`,
      (c) => table(c, 't').policies.map((q) => reads(c, q.reads)),
      [{ 'public.u': ['id'] }],
    ],
    ['dropped policy', `${f} create policy q on t; drop policy q on t`, (c) => table(c, 't').policies, []],
    [
      'rules',
      `${f} create rule r as on insert to t do nothing; create rule s as on delete to t do nothing; drop rule s on t; alter rule r on t rename to q`,
      (c) => table(c, 't').rules.map(({ name }) => name),
      ['q'],
    ],
  );
  test('before 15 a renamed trigger keeps its name on the partitions', () => {
    const sql = `${f}${part} create trigger g after insert on p for each row execute function f(); alter trigger g on p rename to h`;
    expect([14, 15].map((pg) => table(replay(sql, pg), 'p1').triggers[0]?.name)).toEqual(['g', 'h']);
  });
});

describe('schemas and what is in them', () => {
  const names = (c: Catalog) => [...c.relations.values()].map(({ schema, name }) => `${schema}.${name}`).sort();
  check(
    [
      'elements',
      'create schema s create table t (a int primary key) create view v as select a from t; create table u (a int)',
      names,
      ['public.u', 's.t', 's.t_pkey', 's.v'],
    ],
    ['named after its owner', 'create schema authorization joe', (c) => c.schemas.get('joe')?.owner, 'joe'],
    [
      'renamed',
      "create schema s; create type s.e as enum ('a'); create function s.f() returns trigger language plpgsql as ''; create table s.t (a s.e); create trigger g after insert on s.t execute function s.f(); alter schema s rename to z",
      (c) => [
        names(c),
        table(c, 'z.t').columns[0]?.type?.schema,
        table(c, 'z.t').triggers[0]?.function,
        c.schemas.has('s'),
      ],
      [['z.t'], 'z', 'z.f', false],
    ],
    [
      'dropped',
      "create schema s; create type s.e as enum ('a'); create table s.t (a int); create sequence s.q; create table u (a s.e, b int); create view v as select a from s.t; drop schema s cascade",
      (c) => [names(c), columns(c, 'u'), c.types.size, c.schemas.has('s')],
      [['public.u'], ['b int4'], 0, false],
    ],
    ['owner', 'create schema s; alter schema s owner to joe', (c) => c.schemas.get('s')?.owner, 'joe'],
  );
});

describe('settings', () => {
  check(
    [
      'set',
      "set lock_timeout = '5s'; set statement_timeout to 1000; set TimeZone to 'UTC'",
      settings,
      { lock_timeout: '5s', statement_timeout: '1000', timezone: 'UTC' },
    ],
    ['set time zone', "set time zone 'Europe/Berlin'", settings, { timezone: 'Europe/Berlin' }],
    ['reset', "set lock_timeout = '5s'; set timezone = 'UTC'; reset lock_timeout", settings, { timezone: 'UTC' }],
    ['to default', "set lock_timeout = '5s'; set lock_timeout to default", settings, {}],
    ['reset all', "set lock_timeout = '5s'; reset all", settings, {}],
    [
      'discard all',
      "set lock_timeout = '5s'; create temp table t (a int); discard all",
      (c) => [settings(c), c.relations.size],
      [{}, 0],
    ],
    ['local is gone with the transaction', "set local lock_timeout = '5s'", settings, {}],
    [
      'session wins over an earlier local',
      "set local lock_timeout = '1s'; set lock_timeout = '5s'",
      settings,
      { lock_timeout: '5s' },
    ],
    [
      'as pg_dump writes',
      "select pg_catalog.set_config('search_path', '', false); create table public.t (a int)",
      (c) => [settings(c), relation(c, 't')?.kind],
      [{ search_path: '' }, 'table'],
    ],
    ['set_config, local', "select set_config('lock_timeout', '5s', true)", settings, {}],
    [
      'search_path',
      'create schema s; set search_path to s, public; create table t (a int)',
      (c) => relation(c, 's.t')?.kind,
      'table',
    ],
    [
      'a name that must be quoted',
      'create schema "S x"; set search_path to "S x"; create table t (a int)',
      (c) => relation(c, 'S x.t')?.kind,
      'table',
    ],
    [
      'session characteristics',
      'set session characteristics as transaction isolation level serializable, read only',
      settings,
      { default_transaction_isolation: 'serializable', default_transaction_read_only: 'on' },
    ],
  );
  test('until the end of the transaction', () => {
    const catalog = open("set lock_timeout = '5s'; set local lock_timeout = '1s'; set transaction read only");
    expect(settings(catalog)).toEqual({ lock_timeout: '1s', transaction_read_only: 'on' });
    expect(settings(endTransaction(catalog, 'commit'))).toEqual({ lock_timeout: '5s' });
  });
});

describe('sequences, publications, statistics, comments', () => {
  const others = (c: Catalog) =>
    [...c.others.entries()]
      .map(([key, { relations }]) => `${key}: ${relations.map((oid) => nameOf(c, oid)).join()}`)
      .sort();
  const owner = (c: Catalog) => {
    const q = relation(c, 'q');
    return q?.kind === 'sequence' && q.ownedBy && `${nameOf(c, q.ownedBy.table)}.${q.ownedBy.column}`;
  };
  const t = 'create table t (a int, b int);';
  check(
    ['sequence with an owner', `${t} create sequence q owned by t.a`, owner, 'public.t.a'],
    ['another owner', `${t} create sequence q owned by t.a; alter sequence q owned by public.t.b`, owner, 'public.t.b'],
    ['no owner', `${t} create sequence q owned by t.a; alter sequence q owned by none`, owner, undefined],
    ['gone with its owner', `${t} create sequence q owned by t.a; drop table t`, (c) => c.relations.size, 0],
    [
      'publication',
      `${t} create table u (a int); create publication p for table t; alter publication p add table u; alter publication p drop table t; alter publication p rename to q`,
      others,
      ['publication q: public.u'],
    ],
    ['without a dropped table', `${t} create publication p for table t; drop table t`, others, ['publication p: ']],
    [
      'statistics',
      `${t} create statistics on a, b from t; create statistics s on a, b from t; alter statistics s rename to r`,
      others,
      ['statistics public.r: public.t', 'statistics public.t_a_b_stat: public.t'],
    ],
    ['gone with a column', `${t} create statistics s on a, b from t; alter table t drop column b`, others, []],
    [
      'dropped',
      `${t} create statistics s on a, b from t; create publication p; create collation k from "C"; drop statistics s; drop publication p; drop collation k`,
      others,
      [],
    ],
    [
      'comments',
      `${t} comment on table t is 'x'; comment on column t.a is 'y'; comment on column t.b is 'z'; comment on column t.b is null`,
      (c) => [table(c, 't').comment, table(c, 't').columns.map(({ comment }) => comment)],
      ['x', ['y', '']],
    ],
  );
});
