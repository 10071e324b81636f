import { beforeAll, describe, expect, test } from 'vitest';
import { qualifiedName, sqlName, unqualified } from '../src/sql/names.js';
import { loadParser, parseJson, parseTree, setAhead } from '../src/sql/parse.js';
import { parseScript, type ScriptOptions, textToParse } from '../src/sql/script.js';
import { Source } from '../src/sql/source.js';
import { isKind, type ParsedScript, type Statement } from '../src/sql/statement.js';
import { visit } from '../src/sql/walk.js';

beforeAll(loadParser);

function read(sql: string, options?: ScriptOptions): ParsedScript {
  const source = new Source('a.sql', sql);
  return parseScript([{ source, span: { start: 0, end: sql.length } }], options);
}

const texts = (script: ParsedScript) => script.statements.map(({ text }) => text);
const problems = (script: ParsedScript) =>
  script.problems.map(({ message, source, span }) => `${message} @ ${source.slice(span)}`);

/** A statement with its commands and the statements of its body, however deep. */
function* withParts(statement: Statement): Generator<Statement> {
  yield statement;
  for (const command of statement.commands) yield* withParts(command);
  for (const part of statement.body) yield* withParts(part.statement);
}

describe('ALTER TABLE is cut into its commands', () => {
  test.each<[string, string[]]>([
    ['alter table t add a int', ['AT_AddColumn: add a int']],
    [
      'ALTER TABLE IF EXISTS ONLY "a,b"."c;d" ADD a numeric(1, 2) DEFAULT (f(1, 2)), DROP b /* , */ , ALTER c TYPE int[] USING array[1, 2]',
      [
        'AT_AddColumn: ADD a numeric(1, 2) DEFAULT (f(1, 2))',
        'AT_DropColumn: DROP b',
        'AT_AlterColumnType: ALTER c TYPE int[] USING array[1, 2]',
      ],
    ],
    [
      "alter table é * -- x, y\n add b text default 'é,', add constraint \"c,\" check (a in ('x', 'y')) not valid",
      [
        "AT_AddColumn: add b text default 'é,'",
        "AT_AddConstraint: add constraint \"c,\" check (a in ('x', 'y')) not valid",
      ],
    ],
    [
      'alter table only (t) set (fillfactor = 10, autovacuum_enabled), reset (a)',
      ['AT_SetRelOptions: set (fillfactor = 10, autovacuum_enabled)', 'AT_ResetRelOptions: reset (a)'],
    ],
    [
      'alter table t attach partition p for values in (1, 2)',
      ['AT_AttachPartition: attach partition p for values in (1, 2)'],
    ],
    ['alter index if exists i set (fillfactor = 10)', ['AT_SetRelOptions: set (fillfactor = 10)']],
    [
      'alter type s.t add attribute a int, drop attribute b cascade',
      ['AT_AddColumn: add attribute a int', 'AT_DropColumn: drop attribute b cascade'],
    ],
    ['alter view v alter a set default 1', ['AT_ColumnDefault: alter a set default 1']],
    [
      "alter foreign table f options (add a 'b', drop c), alter a options (set b 'c')",
      ["AT_GenericOptions: options (add a 'b', drop c)", "AT_AlterColumnGenericOptions: alter a options (set b 'c')"],
    ],
    ['alter sequence q owner to r', ['AT_ChangeOwner: owner to r']],
    ['alter table all in tablespace a set tablespace b', []],
  ])('%s', (sql, expected) => {
    const script = read(`-- é\n${sql};`);
    expect(script.problems).toEqual([]);
    const [statement] = script.statements;
    expect(statement?.commands.map(({ kind, text }) => `${kind}: ${text}`)).toEqual(expected);
    for (const command of statement?.commands ?? []) {
      expect(command.source.slice(command.span)).toBe(command.text);
      expect(command.parent).toBe(statement);
    }
  });
});

test('locations of nodes are indexes of the file, whatever stands before them', () => {
  const sql = '/* 😀 */ select é from "ü😀" join t on true; -- ü\r\nselect\tf(x), ß.y from z';
  const found: string[] = [];
  for (const statement of read(sql).statements) {
    visit(statement.node, (kind, node) => {
      if (kind === 'ColumnRef' || kind === 'RangeVar' || kind === 'FuncCall')
        found.push(sql.slice(statement.at(node.location)).slice(0, 3));
    });
    expect(statement.at(undefined)).toBe(statement.span.start);
    expect(statement.at(-1)).toBe(statement.span.start);
  }
  expect(found).toEqual(['é f', '"ü\ud83d', 't o', 'f(x', 'x),', 'ß.y', 'z']);
});

describe('pieces', () => {
  test('verbatim text lies where it stands, rendered text stands for its place', () => {
    const source = new Source('m.js', "x('select 1; selec 2', drop_table)");
    const script = parseScript([
      { source, span: { start: 3, end: 20 } },
      { source, span: { start: 23, end: 33 }, rendered: 'drop table t; alter table u add a int, selec' },
      { source, span: { start: 23, end: 33 }, rendered: 'alter table u add a int, drop b' },
    ]);
    const at = script.statements.flatMap((statement) => [...withParts(statement)]);
    expect(at.map(({ text, span }) => `${text} @ ${source.slice(span)}`)).toEqual([
      'select 1 @ select 1',
      'drop table t @ drop_table',
      'alter table u add a int, drop b @ drop_table',
      'add a int @ drop_table',
      'drop b @ drop_table',
    ]);
    expect(problems(script)).toEqual([
      'syntax error at or near "selec" @ selec',
      'syntax error at or near "selec" @ drop_table',
    ]);
    expect(script.statements[1]?.at(5)).toBe(23);
  });

  test('comments', () => {
    const source = new Source('a.sql', '-- no\n-- yes\nselect 1 /* too */');
    const { comments } = parseScript([{ source, span: { start: 6, end: 31 } }]);
    expect(comments.map(({ text, span }) => [text, source.slice(span)])).toEqual([
      ['-- yes', '-- yes'],
      ['/* too */', '/* too */'],
    ]);
  });
});

describe('what cannot be read costs only itself', () => {
  test.each<[string, string, string[], string[]]>([
    ['nothing', '', [], []],
    ['comments alone', '-- a\n/* b */;', [], []],
    [
      'one bad statement',
      'select 1; selec 2; select 3',
      ['select 1', 'select 3'],
      ['syntax error at or near "selec" @ selec'],
    ],
    ['its end', 'create table; select 1', ['select 1'], ['syntax error at end of input @ ;']],
    [
      'the place counts characters',
      "select '😀é', foo bar baz; select 1",
      ['select 1'],
      ['syntax error at or near "baz" @ baz'],
    ],
    ['a comment that never ends', 'select 1; /* a', ['select 1'], ['unterminated /* comment @ /* a']],
    [
      'a NUL',
      'select 1;\nselect \0 2; select 3',
      ['select 1', 'select 3'],
      ['invalid byte sequence for encoding "UTF8": 0x00 @ \0'],
    ],
    [
      'a lone surrogate',
      "select '\ud800中中';\nselec",
      ["select '\ud800中中'"],
      ['syntax error at or near "selec" @ selec'],
    ],
    ['a byte order mark', '\ufeffselect 1', ['select 1'], []],
    [
      'a parenthesis too few',
      'create table a (b int;\n\ncreate table c (d int);',
      ['create table c (d int)'],
      ['syntax error at or near ";" @ ;'],
    ],
    [
      'a quote too many',
      "comment on table a is 'it's';\nselect 'x';\n-- ok\nselect 'y';",
      ["select 'x'", "select 'y'"],
      ['syntax error at or near "s" @ s'],
    ],
    [
      'a body that never ends',
      'create function f() returns int language plpgsql as $$ begin\n  select 1;\nend;\ncreate table a ();',
      ['create table a ()'],
      ['unterminated dollar-quoted string at or near "$$ begin…" @ $$ begin'],
    ],
    [
      'a bad function with statements in its body',
      'create function f() retuns int as $$\nbegin;\n  update t set a = 1;\nend;\n$$;\nselect 1',
      ['select 1'],
      ['syntax error at or near "retuns" @ retuns'],
    ],
    [
      'a meta-command without psql',
      '\\i a.sql\nselect 1;\n\\connect x\nselect 2',
      ['select 1', 'select 2'],
      ['syntax error at or near "\\" @ \\i a.sql', 'syntax error at or near "\\" @ \\connect x'],
    ],
  ])('%s', (_, sql, statements, expected) => {
    const script = read(sql);
    expect(texts(script)).toEqual(statements);
    expect(problems(script)).toEqual(expected);
    expect(script.problems.map(({ rule }) => rule)).toEqual(expected.map(() => 'syntax-error'));
  });

  test.each([
    ['(', ')'],
    ['f(', ')'],
    ['(select ', ')'],
    ['case when a then ', ' end'],
    ['1 + ', ''],
    ['not ', ''],
  ])('20,000 nested %s', (open, close) => {
    const deep = `select ${open.repeat(20_000)}1${close.repeat(20_000)}`;
    const script = read(`${deep}; select 1`);
    expect(texts(script)).toEqual(['select 1']);
    expect(script.problems).toHaveLength(1);
    expect(script.problems[0]?.message).toMatch(/^memory exhausted|^stack depth limit exceeded/);
  });

  test('even when it happens often', async () => {
    for (let i = 0; i < 30; i++) {
      expect(read(`select ${'1 + '.repeat(20_000)}1; select 1`).problems).toHaveLength(1);
      if (i % 5 === 4) await new Promise((resolve) => setTimeout(resolve, 50));
      expect(texts(read('create table a (b int)'))).toEqual(['create table a (b int)']);
    }
  });
});

describe('another database', () => {
  test.each<[string, string]>([
    [
      'MySQL',
      'CREATE TABLE `a` (`id` int NOT NULL AUTO_INCREMENT);\nCREATE TABLE `b` (c text) ENGINE=InnoDB;\nDROP TABLE c;',
    ],
    ['Oracle', 'create table a (b varchar2(10 char), c number(19) not null enable);\n/\ncreate index d on a (b);\n/\n'],
    ['SQLite', 'create table a (id integer primary key autoincrement);\npragma foreign_keys = on;'],
    ['Microsoft SQL Server', 'CREATE TABLE [dbo].[a] (b int IDENTITY(1,1), c NVARCHAR(max))\nGO\nDROP TABLE x\nGO\n'],
  ])('%s is named once', (name, sql) => {
    const script = read(sql);
    expect(script.statements).toEqual([]);
    expect(script.problems).toHaveLength(1);
    expect(script.problems[0]?.rule).toBe('not-understood');
    expect(script.problems[0]?.message).toContain(`written for ${name} `);
  });

  test('a slip in a script for PostgreSQL is a syntax error', () => {
    const good = Array.from({ length: 6 }, (_, i) => `create table a${i} (b int);`).join('\n');
    const script = read(`${good}\ncreate table c (id int auto_increment);`);
    expect(script.statements).toHaveLength(6);
    expect(script.problems.map(({ rule }) => rule)).toEqual(['syntax-error']);
  });
});

describe('psql', () => {
  test('meta-commands are no part of the SQL; those that bring in SQL are said', () => {
    const sql =
      "\\set x 1\n\\i a.sql\nselect 1\n  \\echo x\n+ 2;\n\\copy t from 'a,b.csv' csv\nselect 'drop table a' \\gexec\nselect 3 \\g\ncopy t from stdin;\n';\n\\.\nselect 4;";
    const script = read(sql, { psql: true });
    expect(script.statements.map(({ kind, text }) => `${kind}: ${text}`)).toEqual([
      'SelectStmt: select 1\n  \\echo x\n+ 2',
      "CopyStmt: copy t from 'a,b.csv' csv",
      "SelectStmt: select 'drop table a'",
      'SelectStmt: select 3',
      'CopyStmt: copy t from stdin',
      'SelectStmt: select 4',
    ]);
    expect(problems(script)).toEqual([
      'the SQL that \\i brings in is not followed @ \\i a.sql',
      'the statements that \\gexec runs are known only when it runs @ \\gexec',
    ]);
    expect(script.problems.map(({ rule }) => rule)).toEqual(['not-understood', 'not-understood']);
  });
});

test.each([
  ['a file whose name is not quoted', '\\copy t from a.csv csv', 'copy t from a.csv csv'],
  [
    'to the end of the line, backslashes included',
    "\\copy t(a) from program 'sed ''s/\\\\//'' b'",
    "copy t(a) from program 'sed ''s/\\\\//'' b'",
  ],
  ['a query', '\\copy (select 1 from t) to /tmp/x.csv csv;', 'copy (select 1 from t) to /tmp/x.csv csv;'],
  ['data that follows', '\\copy t from pstdin', 'copy t from pstdin'],
])('\\copy takes %s', (_, command, text) => {
  const script = read(`${command}\nselect 1;`, { psql: true });
  expect(texts(script)).toEqual([text, 'select 1']);
  expect(script.statements.map(({ kind }) => kind)).toEqual(['CopyStmt', 'SelectStmt']);
  expect(script.problems).toEqual([]);
});

test('\\copy that says nothing is not followed', () => {
  const script = read('\\copy t\nselect 1;', { psql: true });
  expect(texts(script)).toEqual(['select 1']);
  expect(script.problems.map(({ rule, message }) => `${rule}: ${message}`)).toEqual([
    'not-understood: this \\copy is not followed',
  ]);
});

describe('placeholders', () => {
  const all: ScriptOptions = { placeholders: ['dollar-brace', 'colon', 'double-brace', 'dollar-percent'] };

  test.each<[string, string]>([
    ['CreateStmt', 'create table ${schema}.pre_${x} (a int default ${n})'],
    ['IndexStmt', 'create index {{ if not .Tx }}concurrently{{end}} i on {{ index .Options "Namespace" }}.t (a)'],
    ['IndexStmt', 'create index on "{{ index .Options "Namespace" }}"."t" (a)'],
    ['CommentStmt', 'comment on table ${schema}.t is ${comment}'],
    ['CreateStmt', 'create table t (a $%AUTO%$, b int)'],
    ['AlterTableStmt', 'alter table t owner to :DATABASE_OWNER'],
    ['VariableSetStmt', 'set search_path = :\'x\', :"y"'],
    ['SelectStmt', 'select a::int, b[1:2], array[:x], :y'],
    ['SelectStmt', "select json_object('k':v)"],
    ['GrantStmt', 'grant ${privileges} on t to ${role}'],
    ['SelectStmt', "select '${x}' limit ${n}"],
    ['SelectStmt', 'select interval ${x}'],
  ])('%s: %s', (kind, sql) => {
    const script = read(`-- é\n${sql}; select 1`, all);
    expect(script.problems).toEqual([]);
    expect(script.statements.map((statement) => [statement.kind, statement.text])).toEqual([
      [kind, sql],
      ['SelectStmt', 'select 1'],
    ]);
  });

  test('the same name is the same identifier, and places stay right', () => {
    const sql = 'create table ${s}.a (); drop table ${s}.a; drop table ${t}.a; alter table ${s}.a add b int, drop c';
    const script = read(sql, all);
    const schemas: string[] = [];
    for (const statement of script.statements) {
      visit(statement.node, (kind, node) => {
        if (kind === 'RangeVar') schemas.push(node.schemaname ?? '');
        if (kind === 'DropStmt') schemas.push('');
      });
      for (const part of withParts(statement)) expect(sql.slice(part.span.start, part.span.end)).toBe(part.text);
    }
    expect(new Set(schemas).size).toBe(1);
    expect(script.statements.at(-1)?.commands.map(({ text }) => text)).toEqual(['add b int', 'drop c']);
  });

  test.each<[string, readonly string[]]>([
    ['create table ${schema}.pre_${X} (a int)', ['${schema}.pre_${X}']],
    [
      'create table {{ .Schema }}.a (); drop table if exists b; alter table {{.Schema}}.c add d int',
      ['{{.Schema}}.a', '{{.Schema}}.c'],
    ],
    ['alter table :"s".t add a int; alter table :s.t add b int', [':s.t', ':s.t']],
    ["do $$ begin alter table ${s}.t add a int; execute 'create index on ${s}.t (a)'; end $$", ['${s}.t', '${s}.t']],
  ])('a name is shown as it was written: %s', (sql, expected) => {
    const names: string[] = [];
    for (const options of [all, {}]) {
      for (const part of read(sql, options).statements.flatMap((statement) => [...withParts(statement)])) {
        if (part.kind.startsWith('AT_')) continue;
        visit({ [part.kind]: part.node }, (kind, node) => {
          if (kind === 'RangeVar') names.push(`${node.schemaname}.${node.relname}`);
        });
      }
    }
    expect(names).toEqual([...expected, ...expected]);
    for (const name of expected) {
      const { schema, name: own } = unqualified(name);
      expect(qualifiedName(schema, own)).toBe(name);
      expect(sqlName(schema, own)).toBe(name);
    }
  });

  test.each<[string, number]>([
    ["insert into t values (${a}, '${b}', 'x${c}')", 3],
    ["update t set a = ${a} + 1 where b = '{{d}}'::date and ${c}", 3],
    ['alter table t add a int default ${a}', 1],
    ["create table p partition of t for values from ('${a}') to (${b})", 2],
    ['do $$ begin insert into t values (${a}); end $$', 1],
    // a name, of which the rest counts
    ["select t.${a}, nextval('${s}.q'), '${s}.t'::regclass; set search_path = '${s}'", 0],
  ])('a value that one gives is a parameter of which nothing is known: %s', (sql, expected) => {
    let parameters = 0;
    for (const part of read(sql, all).statements.flatMap((statement) => [...withParts(statement)])) {
      if (part.parent !== undefined && part.kind.startsWith('AT_')) continue;
      visit({ [part.kind]: part.node }, (kind, node) => {
        if (kind === 'ParamRef' && node.number === 0) parameters++;
      });
    }
    expect(parameters).toBe(expected);
  });

  test('within quotes too', () => {
    const [statement] = read('create index on "{{ index .Options "Namespace" }}"."t" (a)', all).statements;
    expect(statement?.node).toMatchObject({ relation: { schemaname: '{{index .Options "Namespace"}}', relname: 't' } });
  });

  test('one that nothing replaces is said once a name, and the statement is read', () => {
    const script = read('create table ${s}.a (); drop table ${s}.b; alter table c owner to :o; select 1');
    expect(texts(script)).toHaveLength(4);
    expect(new Set(script.problems.map(({ rule }) => rule))).toEqual(new Set(['unknown-placeholder']));
    expect(problems(script)).toEqual([
      'nothing says what ${s} stands for; the statement is read as if a name stood there @ ${s}',
      'nothing says what :o stands for; the statement is read as if a name stood there @ :o',
    ]);
  });
});

test('what steers a template is read as if all that it governs stood there', () => {
  const script = read('create index {{ if not .Transactional }}concurrently{{ end }} i on t (a)');
  expect(script.statements.map(({ node }) => 'concurrent' in node && node.concurrent)).toEqual([true]);
  expect(problems(script)).toEqual([
    'nothing says what {{ if not .Transactional }} decides; the statement is read as if all that it governs stood there @ {{ if not .Transactional }}',
  ]);
});

test('a syntax error at a placeholder names it as it is written', () => {
  expect(problems(read('drop :x a; select 1', { placeholders: ['colon'] }))).toEqual([
    'syntax error at or near ":x" @ :x',
  ]);
});

test('what another thread has to parse is known before', () => {
  const sql = '\ufeff\\set x\nselect ${a};\ncopy t from stdin;\n1\n\\.\n';
  const source = new Source('a.sql', sql);
  const text = textToParse({ source, span: { start: 0, end: sql.length } }, { placeholders: ['dollar-brace'] });
  expect(text).toBe('       \nselect _a__;\ncopy t from stdin;     \n');
});

test('what another thread has parsed is not parsed again', () => {
  const json = parseJson('select 1');
  if (typeof json !== 'string') throw new Error(json.message);
  const node = () => {
    const outcome = parseTree('select 2 -- not in the tree');
    return 'statements' in outcome ? JSON.stringify(outcome.statements[0]?.node) : '';
  };
  setAhead((sql) => (sql.startsWith('select 2') ? json : undefined));
  expect(node()).toContain('"ival":1');
  setAhead(undefined);
  expect(node()).toContain('"ival":2');
  expect(parseJson('selec')).toEqual({ message: 'syntax error at or near "selec"', cursor: 0 });
});

describe('no prefix of anything breaks it', () => {
  const nasty = [
    'CREATE TABLE é (a numeric(1, 2) DEFAULT \'it\'\'s; é\', b text[] DEFAULT \'{"x"}\') -- ; é\n;\nALTER TABLE "é""x;" ADD a int, DROP b;\n',
    "DO $x$ DECLARE r record; BEGIN FOR r IN SELECT '😀' LOOP EXECUTE 'drop ' || r.a; EXECUTE E'drop\\ttable ''a'''; END LOOP; EXCEPTION WHEN others THEN NULL; END $x$;\n",
    "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN 1 = 1 THEN 2 END; END; COPY t FROM stdin;\n1\t';\n\\.\n\\copy t from 'x'\n\\i y\nselect 1 \\gexec\n",
    "/* /* 😀 */ ; */ select E'\\'; ', U&'\\0041', $1, a[1:2], :x, :'y', ${z}, {{ index \"a\" }}, $%q%$, b::int; create rule r as on insert to t do (a; b);\r\n",
    'CREATE TABLE `a` (b int(1)) ENGINE=x;\n[go]\nGO\n\0\ud800\ufeff',
  ].join('');

  test.each<[string, ScriptOptions]>([
    ['plain', {}],
    ['psql', { psql: true }],
    ['placeholders', { placeholders: ['dollar-brace', 'colon', 'double-brace', 'dollar-percent'] }],
  ])('%s', (_, options) => {
    for (let end = 0; end <= nasty.length; end++) {
      for (const start of [0, Math.max(0, end - 40)]) {
        const source = new Source('a.sql', nasty);
        const script = parseScript([{ source, span: { start, end } }], options);
        for (const statement of script.statements) {
          expect(source.slice(statement.span)).toBe(statement.text);
          for (const { span } of withParts(statement)) expect(span.end - span.start).toBeGreaterThan(0);
          if (isKind(statement, 'AlterTableStmt'))
            expect(statement.commands).toHaveLength(statement.node.cmds?.length ?? 0);
        }
        for (const { span } of script.problems) {
          expect(span.start).toBeGreaterThanOrEqual(start);
          expect(span.end).toBeLessThanOrEqual(end);
          expect(span.end).toBeGreaterThanOrEqual(span.start);
        }
      }
    }
  });
});
