import { beforeAll, describe, expect, test } from 'vitest';
import recorded from '../fixtures/recorded/views.json' with { type: 'json' };
import { loadParser } from '../src/sql/parse.js';
import { check, columns, readsOf, relation, replay, table } from './catalog-look.js';

beforeAll(loadParser);

describe('views read what pg_depend says, and have the columns of pg_attribute', () => {
  test.each(recorded.views)('$query', (view) => {
    const catalog = replay([...recorded.schema, `create view v as ${view.query}`].join('\n'));
    expect(readsOf(catalog, 'v')).toEqual(view.reads);
    // a type may stay unknown, but none is wrong
    const known = columns(catalog, 'v').map((column, at) => (column.endsWith(' ?') ? view.columns[at] : column));
    expect(known).toEqual(view.columns);
  });
});

describe('views', () => {
  const base = 'create table t (a int, b text);';
  check(
    [
      'names of their own',
      `${base} create view v (x) as select a, b from t`,
      (c) => columns(c, 'v'),
      ['x int4', 'b text'],
    ],
    [
      'replaced',
      `${base} create view v as select a from t; create or replace view v as select a, b from t`,
      (c) => readsOf(c, 'v'),
      { 'public.t': ['a', 'b'] },
    ],
    [
      'over an unknown table',
      'create view v as select a from elsewhere',
      (c) => [readsOf(c, 'v'), table(c, 'elsewhere').complete],
      [{ 'public.elsewhere': ['a'] }, false],
    ],
    [
      'star over an unknown table',
      'create view v as select * from elsewhere',
      (c) => readsOf(c, 'v'),
      { 'public.elsewhere': '*' },
    ],
    [
      'not over system catalogs',
      'create view v as select * from pg_class, information_schema.tables',
      (c) => c.relations.size,
      1,
    ],
    [
      'of a temporary table',
      'create temp table t (a int); create view v as select a from t',
      (c) => relation(c, 'pg_temp.v')?.kind,
      'view',
    ],
    [
      'materialized',
      `${base} create materialized view m as select a from t with no data`,
      (c) => {
        const m = relation(c, 'm');
        return m?.kind === 'materialized view' && [m.populated, columns(c, 'm')];
      },
      [false, ['a int4']],
    ],
    [
      'refreshed',
      `${base} create materialized view m as select a from t with no data; refresh materialized view m`,
      (c) => {
        const m = relation(c, 'm');
        return m?.kind === 'materialized view' && m.populated;
      },
      true,
    ],
    [
      'dropped with a column',
      `${base} create view v as select b from t; create view w as select a from t; alter table t drop column b cascade`,
      (c) => [relation(c, 'v'), relation(c, 'w')?.kind],
      [undefined, 'view'],
    ],
    [
      'after a rename',
      `${base} create view v as select b from t; alter table t rename b to c`,
      (c) => readsOf(c, 'v'),
      { 'public.t': ['c'] },
    ],
    [
      'that became one by a rule',
      `${base} create table v (a int); create rule "_RETURN" as on select to v do instead select a from t`,
      (c) => readsOf(c, 'v'),
      { 'public.t': ['a'] },
    ],
  );
});
