import { beforeAll, describe, expect, test } from 'vitest';
import type { Catalog } from '../src/catalog/catalog.js';
import { endTransaction } from '../src/catalog/transaction.js';
import { loadParser } from '../src/sql/parse.js';
import {
  check,
  columns,
  dependents,
  open,
  reads,
  relation,
  replay,
  routines,
  table,
  type,
  typeText,
} from './catalog-look.js';

beforeAll(loadParser);

describe('types', () => {
  const labels = (c: Catalog) => {
    const e = type(c, 'e');
    return e?.kind === 'enum' && e.labels;
  };
  const e = "create type e as enum ('a', 'b');";
  const d = (c: Catalog) => {
    const domain = type(c, 'd');
    return (
      domain?.kind === 'domain' && [
        typeText(domain.base),
        domain.notNull,
        domain.default !== undefined,
        domain.checks.map(({ name, validated }) => `${name} ${validated}`),
      ]
    );
  };
  check(
    ['enum labels', e, labels, ['a', 'b']],
    ['added at the end', `${e} alter type e add value 'c'`, labels, ['a', 'b', 'c']],
    ['added before', `${e} alter type e add value 'c' before 'b'`, labels, ['a', 'c', 'b']],
    ['added after', `${e} alter type e add value 'c' after 'a'`, labels, ['a', 'c', 'b']],
    ['added if it is not there', `${e} alter type e add value if not exists 'a'`, labels, ['a', 'b']],
    ['renamed label', `${e} alter type e rename value 'a' to 'x'`, labels, ['x', 'b']],
    ['created again', `${e} create type e as enum ('z')`, labels, ['a', 'b']],
    [
      'of an enum that is not known',
      "alter type e add value 'c'",
      (c) => {
        const found = type(c, 'e');
        return found?.kind === 'enum' && [found.complete, found.labels];
      },
      [false, ['c']],
    ],
    [
      'renamed type',
      `${e} create table t (x e, y e[]); alter type e rename to f`,
      (c) => columns(c, 't'),
      ['x f', 'y f[]'],
    ],
    [
      'type in another schema',
      `${e} create schema s; create table t (x e); alter type e set schema s`,
      (c) => [type(c, 's.e')?.kind, table(c, 't').columns[0]?.type?.schema],
      ['enum', 's'],
    ],
    [
      'composite',
      'create type p as (x int, y text); alter type p add attribute z int; alter type p drop attribute x; alter type p alter attribute y type varchar(9); alter type p rename attribute z to w',
      (c) => columns(c, 'p'),
      ['y varchar', 'w int4'],
    ],
    [
      'renamed composite',
      'create type p as (x int); alter type p rename to q',
      (c) => [type(c, 'q')?.kind, relation(c, 'q')?.kind, relation(c, 'p')],
      ['composite', 'composite type', undefined],
    ],
    ['range with its multirange', 'create type r as range (subtype = float8); drop type r', (c) => c.types.size, 0],
    [
      'multirange',
      'create type floatrange as range (subtype = float8)',
      (c) => [type(c, 'floatrange')?.kind, type(c, 'floatmultirange')?.kind],
      ['range', 'base'],
    ],
    [
      'domain',
      "create domain d as varchar(20) default 'x' not null check (value <> '') constraint long check (length(value) > 2)",
      d,
      ['varchar', true, true, ['d_check true', 'long true']],
    ],
    [
      'altered domain',
      'create domain d as int default 1 not null; alter domain d drop default; alter domain d drop not null; alter domain d add constraint c check (value > 0) not valid; alter domain d add check (value < 9)',
      d,
      ['int4', false, false, ['c false', 'd_check true']],
    ],
    [
      'validated',
      'create domain d as int; alter domain d add constraint c check (value > 0) not valid; alter domain d validate constraint c; alter domain d rename constraint c to k',
      d,
      ['int4', false, false, ['k true']],
    ],
    [
      'dropped constraint',
      'create domain d as int constraint c check (value > 0); alter domain d drop constraint c; alter domain d drop constraint if exists c',
      d,
      ['int4', false, false, []],
    ],
    [
      'dropped with the columns',
      `${e} create domain d as e; create table t (a int, b e, c e[], f d); drop type e cascade`,
      (c) => [columns(c, 't'), c.types.size],
      [['a int4'], 0],
    ],
    [
      'of an extension',
      'create schema x; create extension citext schema x; create table t (a x.citext)',
      (c) => [type(c, 'x.citext')?.kind, table(c, 't').columns[0]?.type?.oid !== undefined],
      ['base', true],
    ],
    [
      'gone with the extension',
      'create extension hstore; create table t (a int, b hstore); drop extension hstore cascade',
      (c) => [columns(c, 't'), c.extensions.size],
      [['a int4'], 0],
    ],
    [
      'with what CASCADE brings',
      'create extension earthdistance cascade',
      (c) => [...c.extensions.values()].map(({ name }) => name).sort(),
      ['cube', 'earthdistance'],
    ],
  );

  test.each([
    ['in an old type', e, "alter type e add value 'c'", 15, ['c']],
    ['in a type of the same transaction', '', `${e} alter type e add value 'c'`, 16, ['c']],
    ['in a type of the same transaction, since 17', '', `${e} alter type e add value 'c'`, 17, []],
  ])('a new label may not be used before the commit: %s', (_, before, sql, pg, uncommitted) => {
    const catalog = open(sql, pg, replay(before, pg));
    const found = type(catalog, 'e');
    expect(found?.kind === 'enum' && found.uncommitted).toEqual(uncommitted);
    const after = type(endTransaction(catalog, 'commit'), 'e');
    expect(after?.kind === 'enum' && after.uncommitted).toEqual([]);
  });

  check([
    'who depends on a type',
    `${e} create type p as (x e); create domain d as e; create table t (a e); create table u (a d[]); create view v as select a from t`,
    (c) => [dependents(c, type(c, 'e')?.oid), dependents(c, type(c, 'd')?.oid)],
    [['public.p', 'public.d', 'public.t', 'public.v'], ['public.u']],
  ]);
});

describe('routines', () => {
  const all = (c: Catalog) =>
    routines(c).map(
      (r) =>
        `${r.kind} ${r.schema}.${r.name}(${r.arguments
          .filter(({ output }) => !output)
          .map(({ type: of }) => typeText(of))
          .join()}) ${r.language} ${r.volatility}`,
    );
  const f = "create function f(int) returns int language sql as 'select 1';";
  check(
    ['volatile unless declared', f, all, ['function public.f(int4) sql volatile']],
    [
      'declared',
      "create function f() returns int immutable language plpgsql as 'begin return 1; end'",
      all,
      ['function public.f() plpgsql immutable'],
    ],
    [
      'overloads',
      `${f} create function f(text) returns int language sql stable as 'select 1'`,
      all,
      ['function public.f(int4) sql volatile', 'function public.f(text) sql stable'],
    ],
    [
      'replaced',
      `${f} create or replace function f(int) returns int language sql stable as 'select 2'`,
      (c) => [all(c), routines(c)[0]?.source],
      [['function public.f(int4) sql stable'], 'select 2'],
    ],
    [
      'altered',
      `${f} alter function f(int) immutable; alter function f rename to g; create schema s; alter function g(int) set schema s`,
      all,
      ['function s.g(int4) sql immutable'],
    ],
    [
      'arguments',
      "create function f(a int, inout b text default 'x', out c date) language sql as 'select 1'",
      (c) => routines(c)[0]?.arguments.map(({ name, hasDefault, output }) => `${name} ${hasDefault} ${output}`),
      ['a false false', 'b true false', 'c false true'],
    ],
    [
      'procedure',
      "create procedure p(a int) language sql as 'select 1'",
      all,
      ['procedure public.p(int4) sql volatile'],
    ],
    [
      'aggregate',
      `${f} create aggregate g(int) (sfunc = int4pl, stype = int); create aggregate h (basetype = 'any', sfunc = int8inc, stype = int8)`,
      (c) => all(c).slice(1),
      ['aggregate public.g(int4) internal immutable', 'aggregate public.h() internal immutable'],
    ],
    [
      'dropped by signature',
      `${f} create function f(text) returns int language sql as 'select 1'; drop function f(text)`,
      all,
      ['function public.f(int4) sql volatile'],
    ],
    ['dropped by name', `${f} drop function f`, all, []],
    ['dropped routine', "create procedure p() language sql as 'select 1'; drop routine p()", all, []],
    [
      'a body in SQL reads',
      'create table t (a int, b int); create function f() returns int begin atomic select a from t; end',
      (c) => reads(c, routines(c)[0]?.reads ?? []),
      { 'public.t': ['a'] },
    ],
    [
      'a body in a string reads nothing',
      "create table t (a int); create function f() returns int language sql as 'select a from t'",
      (c) => routines(c)[0]?.reads,
      [],
    ],
    [
      'who depends on a function',
      `${f} create table t (a int default f(1), check (f(a) > 0)); create index i on t (f(a)); create view v as select f(1)`,
      (c) => dependents(c, routines(c)[0]?.oid).toSorted(),
      ['public.i', 'public.t', 'public.v'],
    ],
    [
      'CASCADE drops what uses it',
      `create table t (a int, b int);${f.replace('sql as', 'sql immutable as')} alter table t alter a set default f(1), add constraint c check (f(b) > 0); create index i on t (f(a)); create index j on t (a); create view v as select f(a) from t; drop function f(int) cascade`,
      (c) => [
        table(c, 't').columns[0]?.default,
        table(c, 't').constraints,
        [...c.relations.values()].map(({ name }) => name).sort(),
      ],
      [undefined, [], ['j', 't']],
    ],
  );
});
