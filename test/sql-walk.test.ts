import { beforeAll, describe, expect, test } from 'vitest';
import { qualifiedName, quoteIdentifier, sqlName } from '../src/sql/names.js';
import { loadParser, parseTree } from '../src/sql/parse.js';
import { columnRefs, functionCalls, rangeVars, sameTree, visit } from '../src/sql/walk.js';

beforeAll(loadParser);

function node(sql: string): object {
  const outcome = parseTree(sql);
  if ('failure' in outcome) throw new Error(outcome.failure.message);
  return outcome.statements[0]?.node ?? {};
}

describe('rangeVars', () => {
  test.each<[string, string]>([
    ['select * from a, b.c join d on true where exists (select from e)', 'a b.c d e'],
    ['with x as (select * from a) select * from x, b', 'a b'],
    ['with x as (select * from a), y as (select * from x) select * from y, s.x', 'a s.x'],
    ['with x as (select * from x) select * from x', 'x'],
    ['with recursive x as (select 1 union all select * from x join a on true) select * from x', 'a'],
    ['select (with x as (select 1) select * from x), b from x', 'x'],
    ['with x as (select 1) insert into x select * from x', 'x'],
    ['with x as (delete from a returning *) update x set b = 1 from x y', 'a x'],
    ['insert into a select 1 from b on conflict do nothing', 'a b'],
    ['create table a (b int references c, foreign key (b) references d.e (f)) inherits (g)', 'a c d.e g'],
    ['create table a partition of b for values in (1)', 'a b'],
    ['alter table a attach partition b for values in (1)', 'a b'],
    ['create view a as select * from b', 'a b'],
    ['create materialized view a as select * from b', 'a b'],
    ['create trigger t before insert on a for each row execute function f()', 'a'],
    ['create index on a (f(b)) where c is null', 'a'],
    ['truncate a, b.c', 'a b.c'],
  ])('%s', (sql, expected) => {
    const names = rangeVars(node(sql)).map(({ schemaname, relname }) =>
      schemaname ? `${schemaname}.${relname}` : relname,
    );
    expect(names.toSorted().join(' ')).toBe(expected);
  });
});

test('functionCalls', () => {
  const calls = functionCalls(node("select f(1, g()), pg_catalog.now(), count(*) from h(a) where i('x', 2, 3)"));
  expect(calls.map((call) => `${call.name.join('.')}/${call.arguments}`)).toEqual([
    'f/2',
    'g/0',
    'pg_catalog.now/0',
    'count/0',
    'h/1',
    'i/3',
  ]);
});

test('columnRefs', () => {
  const references = columnRefs(node('select a, b.c, d.*, * from t where e.f.g > h[1]'));
  expect(references.map(({ parts, star }) => `${parts.join('.')}${star ? '*' : ''}`)).toEqual([
    'a',
    'b.c',
    'd*',
    '*',
    'e.f.g',
    'h',
  ]);
});

test('visit tells the kinds of bare nodes, and leaves out what it is told to', () => {
  const kinds: string[] = [];
  visit(node('create table a (b s.t collate c default (select 1)) partition by range (b)'), (...[kind]) => {
    kinds.push(kind);
    return kind === 'SelectStmt' ? false : undefined;
  });
  expect(kinds.filter((kind) => kind !== 'String')).toEqual([
    'RangeVar',
    'ColumnDef',
    'TypeName',
    'CollateClause',
    'Constraint',
    'SubLink',
    'SelectStmt',
    'PartitionSpec',
    'PartitionElem',
  ]);
});

describe('sameTree', () => {
  test.each([
    ['select a from b', '/* x */ SELECT   a\nFROM b', true],
    ['select a from b where c in (1, 2)', 'select a from b where c in ( 1,2 )', true],
    ['create table a (b int default 1)', 'create table a (b integer default (1))', true],
    ['select a from b', 'select a from c', false],
    ['select a from b', 'select a from b limit 1', false],
    ['select a limit 1', 'select a', false],
    ['select 1, 2', 'select 1', false],
    ["select 'a'", 'select a', false],
  ])('%s and %s: %s', (left, right, same) => {
    expect(sameTree(node(left), node(right))).toBe(same);
  });
});

test('deep trees are walked without the stack', () => {
  const deep = node(`select ${'f(1) + '.repeat(2500)}1`);
  expect(functionCalls(deep)).toHaveLength(2500);
  expect(rangeVars(deep)).toEqual([]);
  expect(sameTree(deep, node(`select ${'f(1) + '.repeat(2500)}1`))).toBe(true);
});

describe('names', () => {
  test.each([
    'a',
    'user',
    'USER',
    'select',
    'a b',
    'é',
    '1a',
    'a"b',
    '',
    '_a$1',
    'between',
    'int',
    'verbose',
    'system_user',
  ])('%j is a name when quoted', (name) => {
    if (name === '') return expect(quoteIdentifier(name)).toBe('""');
    const [relation] = rangeVars(
      node(`drop table x; create table ${sqlName(name, name)} (${quoteIdentifier(name)} int)`.slice(14)),
    );
    expect([relation?.schemaname, relation?.relname]).toEqual([name, name]);
  });

  test('only what must be quoted is', () => {
    expect(['account', 'user', 'Account', 'name', 'order_'].map(quoteIdentifier)).toEqual([
      'account',
      '"user"',
      '"Account"',
      'name',
      'order_',
    ]);
    expect(sqlName(undefined, 'order')).toBe('"order"');
    expect(sqlName('', 'a')).toBe('a');
    expect(qualifiedName('public', 'Account')).toBe('public.Account');
  });
});
