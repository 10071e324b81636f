import { beforeAll, describe, expect, test } from 'vitest';
import { loadParser } from '../src/sql/parse.js';
import { parseScript } from '../src/sql/script.js';
import { Source } from '../src/sql/source.js';
import type { ParsedScript, SqlProblem, Statement } from '../src/sql/statement.js';
import { rangeVars } from '../src/sql/walk.js';

beforeAll(loadParser);

function read(sql: string): ParsedScript {
  const source = new Source('a.sql', sql);
  return parseScript([{ source, span: { start: 0, end: sql.length } }], { placeholders: ['dollar-brace'] });
}

/** Each statement of the body: `?` conditional, `*` repeated, its text, and where it stands if that is written otherwise. */
function body(statement: Statement | undefined): string[] {
  return (statement?.body ?? []).map(({ statement: inner, conditional, repeated }) => {
    const written = inner.source.slice(inner.span);
    const place = written === inner.text ? '' : ` @ ${written}`;
    return `${conditional ? '?' : ''}${repeated ? '*' : ''}${inner.text}${place}`;
  });
}

const say = (problems: readonly SqlProblem[] = []) =>
  problems.map(({ rule, message, source, span }) => `${rule}: ${message} @ ${source.slice(span)}`);

const unfollowed = 'not-understood: the text of this EXECUTE is put together when it runs and cannot be followed';

describe('statements of a DO block', () => {
  test.each<[string, string, string[]]>([
    ['plain', 'begin create table a (b int); drop table c; end', ['create table a (b int)', 'drop table c']],
    [
      'IF',
      'begin if (select count(*) from z) > 1 then drop table a; elsif f() then drop table b; else drop table c; end if; drop table d; end',
      ['(select count(*) from z) > 1', '?drop table a', '?drop table b', '?drop table c', 'drop table d'],
    ],
    [
      'CASE',
      'declare x int; begin case x when 1 then drop table a; else drop table b; end case; end',
      ['?drop table a', '?drop table b'],
    ],
    [
      'an exception handler, and what it guards',
      'begin begin drop table a; exception when others then drop table b; end; drop table c; end',
      ['drop table a', '?drop table b', 'drop table c'],
    ],
    [
      'loops',
      'declare r record; i int; x int[]; begin loop drop table a; end loop; while f() loop drop table b; end loop; for i in 1..3 loop drop table c; end loop; foreach i in array x loop drop table d; end loop; for r in select 1 from e loop if r.a then drop table f; end if; end loop; end',
      ['*drop table a', '?*drop table b', '*drop table c', '?*drop table d', 'select 1 from e', '?*drop table f'],
    ],
    [
      'what a RETURN, an EXIT or a CONTINUE may pass over',
      `begin
        drop table a; loop drop table b; exit when f(); drop table c; end loop; drop table d;
        for i in 1..3 loop begin continue when f(); end; drop table e; end loop; drop table g;
        <<outer>> loop loop if f() then exit outer; end if; drop table h; end loop; drop table i; end loop; drop table j;
        if f() then return; end if; drop table k;
      end`,
      [
        ...['drop table a', '*drop table b', '?*drop table c', 'drop table d', '?*drop table e'],
        ...['drop table g', '?*drop table h', '?*drop table i', '?drop table j', '?drop table k'],
      ],
    ],
    [
      'cursors',
      "declare c cursor for select 1 from a; d refcursor; begin drop table b; open c; open d for select 2 from e; for r in c loop drop table f; end loop; open d for execute 'select 3'; end",
      ['drop table b', 'select 1 from a', 'select 2 from e', 'select 1 from a', '?*drop table f', 'select 3'],
    ],
    [
      'queries in expressions',
      "declare x int; r s.t; begin x := (select 1 from a); r.b = 1 + (SELECT 2 from b); x[1] := f('select'); while exists (select from c) loop if x = 1 then null; elsif 2 = (select 3 from d) then drop table e; end if; end loop; case (select 4 from g) when 4 then null; end case; end",
      [
        '(select 1 from a)',
        '1 + (SELECT 2 from b)',
        "f('select')",
        '*exists (select from c)',
        '?*2 = (select 3 from d)',
        '?*drop table e',
        '(select 4 from g)',
      ],
    ],
    [
      'PERFORM is a SELECT',
      'begin PERFORM  f(a), g() from t; perform pg_sleep(1); end',
      ['PERFORM  f(a), g() from t', 'perform pg_sleep(1)'],
    ],
    [
      'INTO is part of the text',
      'declare x int; begin select a into strict x from t; insert into t values (1) returning a into x; call p(x); end',
      ['select a into strict x from t', 'insert into t values (1) returning a into x', 'call p(x)'],
    ],
    [
      'the same text twice, and in comments and strings',
      "begin -- drop table a;\n raise notice 'drop table a;'; /* drop table a; */ drop table a; if f() then drop table a; end if; end",
      ['drop table a', '?drop table a'],
    ],
    [
      'a variable of a row type',
      'declare r s.t%rowtype; begin r.a := 1; select * into r from t; end',
      ['select * into r from t'],
    ],
    ['placeholders', "begin alter table ${s}.t add a int; raise notice '${x}'; end", ['alter table ${s}.t add a int']],
    ['CRLF', 'begin\r\n  drop table a;\r\n  drop table b;\r\nend', ['drop table a', 'drop table b']],
    [
      'transactions',
      'begin drop table a; commit; drop table b; Rollback and chain; end',
      ['drop table a', 'commit', 'drop table b', 'Rollback and chain'],
    ],
  ])('%s', (_, text, expected) => {
    for (const sql of [`select 'é'; DO $$${text}$$;`, `DO LANGUAGE plpgsql $été$\n\n ${text} $été$`]) {
      const script = read(sql);
      expect(say(script.problems)).toEqual([]);
      expect(body(script.statements.at(-1))).toEqual(expected);
    }
    const quoted = read(`DO '${text.replaceAll("'", "''")}'`);
    const plain = (line: string) => line.replace(/ @ .*/s, '');
    expect(body(quoted.statements[0]).map(plain)).toEqual(expected);
  });

  test('they are ordinary statements, and know the block', () => {
    const [block] = read('do $$ begin alter table é add a int, drop b; end $$').statements;
    const [inner] = block?.body ?? [];
    expect(inner?.statement.kind).toBe('AlterTableStmt');
    expect(inner?.statement.parent).toBe(block);
    expect(inner?.statement.commands.map(({ text, source, span }) => [text, source.slice(span)])).toEqual([
      ['add a int', 'add a int'],
      ['drop b', 'drop b'],
    ]);
  });

  test('locations are those of the file', () => {
    const sql =
      "select 1; do $$ begin /* é */ perform f(), '😀' from t; execute 'drop table \"u\"; select ''x'', 1 from v'; end $$";
    const places = read(sql).statements[1]?.body.flatMap(({ statement }) =>
      rangeVars(statement.node).map(({ location }) => sql.slice(statement.at(location), statement.at(location) + 1)),
    );
    expect(places).toEqual(['t', 'v']);
  });
});

describe('EXECUTE', () => {
  test.each<[string, string[], string[]]>([
    ["'drop table a'", ['drop table a'], []],
    ['$q$drop table a; drop table b$q$', ['drop table a', 'drop table b'], []],
    ["'insert into a values (''x'')'", ["insert into a values ('x') @ insert into a values (''x'')"], []],
    ["E'drop\\ttable \\'a\\''", [], ["syntax-error: syntax error at or near \"'a'\" @ \\'a\\'"]],
    ["'drop ' || 'table a'", ["drop table a @ 'drop ' || 'table a'"], []],
    ["'drop table a'::text", ["drop table a @ 'drop table a'::text"], []],
    ["format('drop table a')", ["drop table a @ format('drop table a')"], []],
    [
      "format('alter table %I.%s add b text default %L', 'S', 't', 'it''s')",
      [
        "alter table \"S\".t add b text default 'it''s' @ format('alter table %I.%s add b text default %L', 'S', 't', 'it''s')",
      ],
      [],
    ],
    [
      "format('drop table %2$I, %1$I, %I; select 100 %% 3', 'a', 'b')",
      [
        "drop table b, a, b @ format('drop table %2$I, %1$I, %I; select 100 %% 3', 'a', 'b')",
        "select 100 % 3 @ format('drop table %2$I, %1$I, %I; select 100 %% 3', 'a', 'b')",
      ],
      [],
    ],
    ["'drop table ' || quote_ident('A')", ["drop table \"A\" @ 'drop table ' || quote_ident('A')"], []],
    ["format('drop table %I', x)", [], [`${unfollowed} @ format('drop table %I', x)`]],
    ["format('drop table %10s', 'a')", [], [`${unfollowed} @ format('drop table %10s', 'a')`]],
    ["'drop table ' || x", [], [`${unfollowed} @ 'drop table ' || x`]],
    ['x USING 1', [], [`${unfollowed} @ x`]],
    ["'selec 1'", [], ['syntax-error: syntax error at or near "selec" @ selec']],
    ["'alter table ${s}.t drop a'", ['alter table ${s}.t drop a'], []],
    ["'do $x$ begin drop table a; end $x$'", ['do $x$ begin drop table a; end $x$'], []],
  ])('%s', (expression, expected, problems) => {
    const script = read(`do $$ declare x text; begin execute ${expression}; end $$`);
    expect(body(script.statements[0])).toEqual(expected);
    expect(say(script.problems)).toEqual(problems);
  });

  test('a block within an EXECUTE is read too', () => {
    const [block] = read("do $$ begin execute 'do $x$ begin drop table a; end $x$'; end $$").statements;
    expect(body(block?.body[0]?.statement)).toEqual(['drop table a']);
  });
});

describe('functions', () => {
  test.each<[string, string, string[]]>([
    [
      'PL/pgSQL',
      'create function f(a int, out b text) returns text language plpgsql as $$ begin b := a; update t set x = a; return; end $$',
      ['update t set x = a'],
    ],
    [
      'RETURN QUERY',
      "create function f() returns table (a int, b s.t) language plpgsql as $$ begin return query select 1; return query execute 'select 2'; end $$",
      ['select 1', 'select 2'],
    ],
    [
      'a trigger function',
      "create or replace function f() returns trigger as $$ begin new.a = now(); if tg_op = 'INSERT' then delete from t; end if; return new; end $$ language plpgsql",
      ['?delete from t'],
    ],
    [
      'a procedure',
      'create procedure p(inout a int) language plpgsql as $$ begin commit; drop table t; end $$',
      ['commit', 'drop table t'],
    ],
    [
      'SQL',
      'create function f(int) returns int language sql as $$ insert into t values ($1); select 1 $$',
      ['insert into t values ($1)', 'select 1'],
    ],
    [
      'SQL in quotes',
      "create function f() returns text language 'sql' as 'select ''a''; select 2;'",
      ["select 'a' @ select ''a''", 'select 2'],
    ],
    [
      'BEGIN ATOMIC',
      'create function f() returns int begin atomic insert into t values (1); select case when true then 1 end; end',
      ['insert into t values (1)', 'select case when true then 1 end'],
    ],
    ['an empty BEGIN ATOMIC', 'create procedure f() begin atomic end', []],
    ['RETURN', 'create function f() returns int return g(1)', ['create function f() returns int return g(1)']],
    ['C', "create function f() returns int language c as 'a', 'b'", []],
  ])('%s', (_, sql, expected) => {
    const script = read(`${sql};`);
    expect(say(script.problems)).toEqual([]);
    expect(say(script.statements[0]?.unread)).toEqual([]);
    expect(body(script.statements[0])).toEqual(expected);
  });

  test('what cannot be read of them matters only where they run', () => {
    const script = read(
      [
        'create function f() returns int language plpython3u as $$ return 1 $$',
        'create function g() returns int language plpgsql as $$ begin drop tabl a; end $$',
        'create function h() returns void language plpgsql as $$ begin execute x(); drop table a; end $$',
        'create function i() returns int language sql as $$ selec 1 $$',
      ].join(';\n'),
    );
    expect(say(script.problems)).toEqual([]);
    expect(script.statements.flatMap(({ unread }) => say(unread))).toEqual([
      'not-understood: a body in plpython3u cannot be read @ create function f() returns int language plpython3u as $$ return 1 $$',
      'syntax-error: syntax error at or near "tabl" @ tabl',
      `${unfollowed} @ x()`,
      'syntax-error: syntax error at or near "selec" @ selec',
    ]);
    expect(body(script.statements[2])).toEqual(['drop table a']);
  });
});

describe('a DO block that cannot be read is a problem of the script', () => {
  test.each([
    ['do language plperl $$ x $$', 'not-understood: a body in plperl cannot be read @ do language plperl $$ x $$'],
    ['do $$ begin drop tabl a; end $$', 'syntax-error: syntax error at or near "tabl" @ tabl'],
    [
      'do $$ begin if a then end if end $$',
      'syntax-error: syntax error at or near "end" @ do $$ begin if a then end if end $$',
    ],
    ['do $$ begin x := 1; end $$', 'not-understood: "x" is not a known variable @ do $$ begin x := 1; end $$'],
  ])('%s', (sql, expected) => {
    const script = read(`select 1; ${sql}; select 2`);
    expect(script.statements).toHaveLength(3);
    expect(say(script.problems)).toEqual([expected]);
  });
});
