import { beforeAll, describe, expect, test } from 'vitest';
import { apply } from '../src/catalog/apply.js';
import { emptyCatalog } from '../src/catalog/lookup.js';
import { calledRoutines } from '../src/effects/calls.js';
import { loadParser } from '../src/sql/parse.js';
import { parseScript } from '../src/sql/script.js';
import { Source } from '../src/sql/source.js';
import type { BodyStatement, ParsedScript } from '../src/sql/statement.js';

beforeAll(loadParser);

function read(sql: string): ParsedScript {
  const source = new Source('a.sql', sql);
  return parseScript([{ source, span: { start: 0, end: sql.length } }], {});
}

/** `?` conditional, `*` repeated. */
function texts(body: readonly BodyStatement[]): string[] {
  return body.map(
    ({ statement, conditional, repeated }) => `${conditional ? '?' : ''}${repeated ? '*' : ''}${statement.text}`,
  );
}

describe('the text of an EXECUTE is followed', () => {
  test.each<[string, string, string[]]>([
    [
      'variables',
      "declare t text := 'a'; q text; begin q := 'drop table ' || t; t := 'b'; execute q; execute 'drop table ' || t; end",
      ['drop table a', 'drop table b'],
    ],
    [
      'a variable that is NULL',
      "declare t text; begin execute format('select %L, %s', t, coalesce(t, '1')); end",
      ['select NULL, 1'],
    ],
    ['a constant', "declare t constant name = 'A'; begin execute format('drop table %I', t); end", ['drop table "A"']],
    [
      'SELECT INTO',
      "declare a text; b text; begin select 'x', upper('y') into a, b; execute format('select %L, %L', a, b); end",
      ["select 'x', upper('y') into a, b", "select 'x', 'Y'"],
    ],
    [
      'the items of an array',
      "declare t text; begin foreach t in array array['a', 'b'] loop execute 'drop table ' || t; end loop; end",
      ['drop table a', 'drop table b'],
    ],
    [
      'of an array in a variable',
      "declare t text; ts text[] := '{a, b}'; begin ts := ts || array['c']; foreach t in array ts loop execute 'drop table ' || t; end loop; execute 'drop table ' || ts[3]; end",
      ['drop table a', 'drop table b', 'drop table c', 'drop table c'],
    ],
    [
      'rows that are written out',
      "declare r record; begin for r in select * from (values ('a', 'b'), ('c', 'D')) v (t, c) loop execute format('alter table %I drop %I', r.t, r.c); end loop; end",
      ["select * from (values ('a', 'b'), ('c', 'D')) v (t, c)", 'alter table a drop b', 'alter table c drop "D"'],
    ],
    [
      'VALUES',
      "declare a text; b text; begin for a, b in values ('x', 'y'), ('z', 'w') loop execute format('alter table %s drop %s', a, b); end loop; end",
      ["values ('x', 'y'), ('z', 'w')", 'alter table x drop y', 'alter table z drop w'],
    ],
    [
      'unnest',
      "declare r record; begin for r in select unnest(array['a', 'b']) as t loop execute 'drop table ' || r.t; end loop; for r in select x from unnest(array['c']) x loop execute 'drop table ' || r.x; end loop; end",
      [
        "select unnest(array['a', 'b']) as t",
        'drop table a',
        'drop table b',
        "select x from unnest(array['c']) x",
        'drop table c',
      ],
    ],
    [
      'UNION ALL',
      "declare r record; begin for r in select 'a' as t union all select 'b' loop execute 'drop table ' || r.t; end loop; end",
      ["select 'a' as t union all select 'b'", 'drop table a', 'drop table b'],
    ],
    [
      'numbers',
      "begin for i in 1..2 loop execute format('create table t_%s (a int)', i); end loop; for i in reverse 2..1 loop execute 'drop table t_' || i; end loop; for i in 0..4 by 2 loop execute 'select ' || lpad(i::text, 2, '0') || i + 1; end loop; end",
      [
        'create table t_1 (a int)',
        'create table t_2 (a int)',
        'drop table t_2',
        'drop table t_1',
        'select 001',
        'select 023',
        'select 045',
      ],
    ],
    [
      'generate_series',
      "declare n int; begin for n in select * from generate_series(1, 2) loop execute 'select ' || n; end loop; end",
      ['select * from generate_series(1, 2)', 'select 1', 'select 2'],
    ],
    [
      'loops in loops',
      "declare s text; t text; begin foreach s in array array['a', 'b'] loop foreach t in array array['x', 'y'] loop execute format('drop table %I.%I', s, t); end loop; end loop; end",
      ['drop table a.x', 'drop table a.y', 'drop table b.x', 'drop table b.y'],
    ],
    [
      'what a loop puts together',
      "declare t text; q text := ''; begin foreach t in array array['a', 'b'] loop q := q || 'drop table ' || t || ';'; end loop; execute q; end",
      ['drop table a', 'drop table b'],
    ],
    [
      'a block in a loop',
      "declare t text; begin foreach t in array array['a', 'b'] loop\ndeclare\n q text := 'drop table ' || t;\nbegin\nexecute q;\nend;\nend loop;\nend",
      ['drop table a', 'drop table b'],
    ],
    [
      'rows that a condition may leave out',
      "declare r record; begin for r in select * from (values ('a'), ('b')) v (t) where to_regclass(t) is not null order by t loop execute 'drop table ' || r.t; end loop; end",
      [
        "select * from (values ('a'), ('b')) v (t) where to_regclass(t) is not null order by t",
        '?drop table a',
        '?drop table b',
      ],
    ],
    [
      'the counter of a loop in a block within it',
      "begin\nfor i in 1..2 loop\nbegin\nexecute 'select ' || i;\nexception when others then\nnull;\nend;\nend loop;\nend",
      ['select 1', 'select 2'],
    ],
    [
      'statements that do not depend on the turn',
      "declare t text; begin foreach t in array array['a', 'b'] loop insert into log values (t); execute 'drop table ' || t; execute 'select 1'; end loop; end",
      ['*insert into log values (t)', 'drop table a', '*select 1', 'drop table b'],
    ],
    [
      'what may be left out',
      "declare t text; begin foreach t in array array['a', 'b'] loop continue when to_regclass(t) is null; execute 'drop table ' || t; end loop; end",
      ['?drop table a', '?drop table b'],
    ],
    [
      'a branch',
      "declare t text := 'a'; begin if now() > '2020-01-01' then execute 'drop table ' || t; end if; end",
      ['?drop table a'],
    ],
    [
      'concat and its like',
      "begin execute concat('select ', 1, null, ', ', concat_ws(',', 2, 3)) || replace(', x', 'x', quote_literal('y')) || split_part(';,b', ',', 1); end",
      ["select 1, 2,3, 'y'"],
    ],
    [
      'a numbered parameter of format()',
      "begin execute format('select %2$L, %1$s, %s', 1, 2); end",
      ["select '2', 1, 2"],
    ],
    [
      'a variable that a branch writes: one of its texts runs',
      "declare t text := 'a'; begin if now() > '2020-01-01' then t := 'b'; end if; execute 'drop table ' || t; execute format('drop table %I', upper(t)); end",
      ['?drop table b', '?drop table a', '?drop table "B"', '?drop table "A"'],
    ],
    [
      'one that both branches write, and the same text of both',
      "declare t text; q text; begin if now() > '2020-01-01' then t := 'a'; q := 'x'; else t := 'b'; q := 'x'; end if; execute 'drop table ' || t; execute 'drop table ' || q; end",
      ['?drop table a', '?drop table b', 'drop table x'],
    ],
    [
      'a literal that is not known, as a parameter of which nothing is known',
      `declare v text; q text; begin v := current_setting('x.y');
      execute format('alter table a alter b set default %L', v);
      q := 'insert into a values (' || quote_literal(v) || ', '; execute q || quote_nullable(now()::text) || ', 1)';
      execute format('select %L', q);
      end`,
      ['alter table a alter b set default $0', 'insert into a values ($0, $0, 1)', 'select $0'],
    ],
  ])('%s', (_, body, expected) => {
    const script = read(`do $$ ${body} $$`);
    expect(script.problems).toEqual([]);
    expect(texts(script.statements[0]?.body ?? [])).toEqual(expected);
  });
});

describe('what cannot be known is not guessed', () => {
  test.each<[string, string]>([
    [
      'a variable that a branch writes what is not known',
      "declare t text := 'a'; begin if now() > '2020-01-01' then t := f(); end if; execute 'drop table ' || t; end",
    ],
    [
      'what stands behind a branch that may return',
      "declare t text := 'a'; begin if now() > '2020-01-01' then t := 'b'; return; end if; execute 'drop table ' || t; end",
    ],
    [
      'one of very many texts',
      `declare a text := '1'; b text := '1'; c text := '1'; begin
      if f() then a := '2'; end if; if f() then b := '2'; end if; if f() then c := '2'; end if; execute 'drop table t' || a || b || c; end`,
    ],
    [
      'one that another branch may have written',
      "declare t text := 'a'; begin if now() > '2020-01-01' then t := 'b'; elsif now() > '2019-01-01' then null; end if; execute 'drop table ' || t; end",
    ],
    [
      'a variable that a loop writes',
      "declare t text := 'a'; begin loop execute 'drop table ' || t; t := 'b'; end loop; end",
    ],
    [
      'what is written where a turn may end before',
      "declare t text; q text := 'drop table x'; begin foreach t in array array['a', 'b'] loop exit when now() > '2020-01-01'; q := 'drop table ' || t; end loop; execute q; end",
    ],
    [
      'a variable that an exception may have left',
      "declare t text := 'a'; begin begin perform 1; t := 'b'; exception when others then null; end; execute 'drop table ' || t; end",
    ],
    [
      'what is written where a row may be left out',
      "declare r record; q text := 'drop table x'; begin for r in select * from (values ('a'), ('b')) v (t) where now() > '2020-01-01' loop q := 'drop table ' || r.t; end loop; execute q; end",
    ],
    [
      'the variable of a loop whose items are not known',
      "declare t text := 'a'; ts text[] := string_to_array(current_setting('x.y', true), ','); begin foreach t in array ts loop execute 'drop table ' || t; end loop; end",
    ],
    [
      'what an exception handler knows',
      "begin\nperform 1;\nexception when others then\nexecute 'drop table ' || sqlerrm;\nend",
    ],
    [
      'a query of a table',
      "declare r record; begin for r in select relname from pg_class loop execute 'drop table ' || r.relname; end loop; end",
    ],
    ['INTO', "declare t text := 'a'; begin select relname into t from pg_class; execute 'drop table ' || t; end"],
    ['EXECUTE INTO', "declare t text := 'a'; begin execute 'select 1' into t; execute 'drop table ' || t; end"],
    ['GET DIAGNOSTICS', "declare n int := 1; begin get diagnostics n = row_count; execute 'drop table t' || n; end"],
    [
      'FETCH',
      "declare t text := 'a'; c cursor for select 1; begin open c; fetch c into t; execute 'drop table ' || t; end",
    ],
    ['what a procedure gives back', "declare t text := 'a'; begin call p(t); execute 'drop table ' || t; end"],
    ['a part of a variable', "declare t text[] := array['a']; begin t[1] := 'b'; execute 'drop table ' || t[1]; end"],
    [
      'the same name in two blocks',
      "declare t text := 'a'; begin declare t text := 'b'; begin null; end; execute 'drop table ' || t; end",
    ],
    ['a type that changes the text', "declare t char(3) := 'a'; begin execute 'drop table ' || t; end"],
    ['a text that is cut off', "declare t varchar(3) := 'abcd'; begin execute 'drop table ' || t; end"],
    ['a NULL', "declare t text; begin execute 'drop table ' || t; end"],
    ['a function of the user', "begin execute 'drop table ' || lower(f('A')); end"],
    ['a parameter', "begin execute 'drop table ' || $1; end"],
    [
      'a name that a literal is taken for',
      "declare v text := current_setting('x.y'); begin execute format('drop table %I', quote_literal(v)); end",
    ],
    [
      'a text that a literal stands in, changed',
      "declare v text := current_setting('x.y'); begin execute upper(format('drop table a; select %L', v)); end",
    ],
    [
      'a text that a literal stands in, cut off',
      "declare q varchar(30) := format('drop table a; select %L', now()); begin execute q; end",
    ],
    [
      'a literal where the grammar has no room for a parameter',
      "begin execute format('drop table a; comment on table b is %L', now()); end",
    ],
  ])('%s', (_, body) => {
    const script = read(`do $$ ${body} $$`);
    expect(script.problems.map(({ rule }) => rule)).toEqual(['not-understood']);
    expect(texts(script.statements[0]?.body ?? []).filter((text) => text.includes('drop table'))).toEqual([]);
  });

  test('a loop of very many turns', () => {
    const script = read(
      "do $$ begin for i in 1..1000 loop for j in 1..1000 loop execute 'select ' || j; end loop; end loop; end $$",
    );
    expect(script.problems).toHaveLength(1);
  });

  test('a text that doubles in every turn', () => {
    const script = read(
      "do $$ declare q text := 'select 1;'; begin for i in 1..400 loop q := q || q; execute q; end loop; end $$",
    );
    expect(script.problems).toHaveLength(1);
  });
});

describe('a function of the history, called', () => {
  const bodies = (sql: string): [string[], number] => {
    const { statements } = read(sql);
    const last = statements.at(-1);
    let catalog = emptyCatalog();
    for (const statement of statements.slice(0, -1)) catalog = apply(statement, catalog, { born: 0, pg: 18 });
    const called =
      last === undefined ? [] : calledRoutines({ [last.kind]: last.node } as never, catalog, last.variables);
    return [called.flatMap(({ body }) => texts(body)), called.flatMap(({ unread }) => unread).length];
  };
  const drop =
    "create function f(t text, c text default 'x') returns void language plpgsql as $$ begin execute format('alter table %I drop %I', t, c); end $$;";

  test.each<[string, string, string[]]>([
    ['literals', `${drop} select f('a', 'b')`, ['alter table a drop b']],
    ['a default', `${drop} select f('a')`, ['alter table a drop x']],
    ['names', `${drop} select f(c => 'b', t => 'a')`, ['alter table a drop b']],
    ['twice', `${drop} select f('a'), f('b')`, ['alter table a drop x', 'alter table b drop x']],
    ['as FROM', `${drop} select * from f('a')`, ['alter table a drop x']],
    [
      'for rows that are written out',
      `${drop} select f(t) from (values ('a'), ('b')) v (t)`,
      ['alter table a drop x', 'alter table b drop x'],
    ],
    [
      'by number',
      "create function f(text) returns void language plpgsql as $$ begin execute 'drop table ' || $1; end $$; select f('a')",
      ['drop table a'],
    ],
    [
      'an array',
      "create function f(ts text[]) returns void language plpgsql as $$ declare t text; begin foreach t in array ts loop execute 'drop table ' || t; end loop; end $$; select f(array['a', 'b'])",
      ['drop table a', 'drop table b'],
    ],
    [
      'a relation',
      "create table public.t (a int); create function f(t regclass) returns void language plpgsql as $$ begin execute format('create index %s_a on %s (a)', t, t); end $$; select f('public.t')",
      ['create index t_a on t (a)'],
    ],
    [
      'a relation between quotes, which it keeps only where it must',
      `create table public.t (a int); create table public."Order" (a int); create function f(t regclass) returns void language plpgsql as $$ begin execute format('drop table %s', t); end $$; select f('"t"'), f('"Order"')`,
      ['drop table t', 'drop table "Order"'],
    ],
    [
      'a relation that the search_path does not lead to',
      `create schema s; create table s."Order" (a int); create function f(t regclass) returns void language plpgsql as $$ begin execute format('drop table %s', t); end $$; select f('s."Order"')`,
      ['drop table s."Order"'],
    ],
    [
      'a procedure',
      "create procedure f(t text) language plpgsql as $$ begin execute 'drop table ' || t; end $$; call f('a')",
      ['drop table a'],
    ],
  ])('%s', (_, sql, expected) => {
    expect(bodies(sql)).toEqual([expected, 0]);
  });

  test.each<[string, string]>([
    ['a column', `${drop} select f(relname) from pg_class`],
    [
      'a relation that the history does not show',
      "create function f(t regclass) returns void language plpgsql as $$ begin execute format('drop table %s', t); end $$; select f('t')",
    ],
  ])('%s is not known', (_, sql) => {
    expect(bodies(sql)).toEqual([[], 1]);
  });

  test('from a loop, with its variable', () => {
    const script = read(
      "do $$ declare t text; begin foreach t in array array['a', 'b'] loop perform f(t); end loop; end $$",
    );
    const calls = script.statements[0]?.body ?? [];
    expect(calls.map(({ statement: { text, variables } }) => [text, ...(variables ?? [])])).toEqual([
      ['perform f(t)', ['t', 'a']],
      ['perform f(t)', ['t', 'b']],
    ]);
  });
});
