import { describe, expect, test } from 'vitest';
import { lex } from '../src/sql/lexer.js';

const texts = (sql: string, spans: readonly { start: number; end: number }[]) =>
  spans.map(({ start, end }) => sql.slice(start, end));
const statements = (sql: string) => texts(sql, lex(sql).statements);

describe('statements end at semicolons that are not part of something else', () => {
  test.each<[string, string, string[]]>([
    ['nothing', '', []],
    ['blanks and comments', ' \t\r\n-- a; b\n/* c; */ ', []],
    ['semicolons alone', ';;\n;', []],
    ['a missing last semicolon', 'a; b', ['a', 'b']],
    ['comments round statements are left out', '/* x */ a -- y\n; -- z\nb', ['a', 'b']],
    ['comments within are kept', 'a /* ; */ b -- ;\n c;', ['a /* ; */ b -- ;\n c']],
    ['nested comments', 'a /* /* ; */ ; */ b; c', ['a /* /* ; */ ; */ b', 'c']],
    ['an operator before a comment', 'select 1+--;\n2; b', ['select 1+--;\n2', 'b']],
    ['strings', "a ';' b; c", ["a ';' b", 'c']],
    ['doubled quotes', "a 'it''s; ' ; b '''' ; c", ["a 'it''s; '", "b ''''", 'c']],
    ['a backslash is nothing in a string', "a '\\'; b", ["a '\\'", 'b']],
    ['but escapes in an E string', "a E'\\';'; b e'\\\\'; c", ["a E'\\';'", "b e'\\\\'", 'c']],
    ['an E string goes on after a newline', "a E'x'\n '\\';' ; b", ["a E'x'\n '\\';'", 'b']],
    ['a name that ends in e is no E string', "type'\\'; b", ["type'\\'", 'b']],
    ['U& and B strings and names', "a U&';' b B'1' X';' U&\";\"; c", ["a U&';' b B'1' X';' U&\";\"", 'c']],
    ['quoted names', 'a ";" "x"";"; b', ['a ";" "x"";"', 'b']],
    ['dollar quotes', 'a $$ ; $x$ $$; b $x$ $$ ; $x$; c', ['a $$ ; $x$ $$', 'b $x$ $$ ; $x$', 'c']],
    ['a tag in another script', 'a $été$ ; $été$; b', ['a $été$ ; $été$', 'b']],
    ['a dollar within a name', 'a b$$; c$$;', ['a b$$', 'c$$']],
    ['parameters', 'a $1; b $2$', ['a $1', 'b $2$']],
    ['parentheses', 'create rule r as on x do (a; b); c', ['create rule r as on x do (a; b)', 'c']],
    ['a closing parenthesis too many', 'a); b', ['a)', 'b']],
    ['BEGIN and END as transactions', 'begin; a; end; b', ['begin', 'a', 'end', 'b']],
    [
      'BEGIN ATOMIC … END',
      'create or replace function f() begin atomic a; select case when b then c end; end; d',
      ['create or replace function f() begin atomic a; select case when b then c end; end', 'd'],
    ],
    ['a function called begin', 'create function begin() as $$ ; $$; b', ['create function begin() as $$ ; $$', 'b']],
    ['a byte order mark', '\ufeffa; b', ['a', 'b']],
    ['CRLF', 'a\r\n;\r\nb -- x\r\n', ['a', 'b']],
    ['a quote that never ends', "a; b 'c; d", ['a', "b 'c; d"]],
    ['a dollar quote that never ends', 'a; b $x$ c; d', ['a', 'b $x$ c; d']],
    ['non-ASCII', "é 'ü;'; 😀", ["é 'ü;'", '😀']],
  ])('%s', (_, sql, expected) => {
    expect(statements(sql)).toEqual(expected);
  });
});

test('comments, in order and with their delimiters', () => {
  const sql = '-- a\nb /* c /* d */ */ \'-- no\' $$ -- no $$ "/* no" ; --e\r\n-- f';
  expect(texts(sql, lex(sql).comments)).toEqual(['-- a', '/* c /* d */ */', '--e', '-- f']);
  expect(lex('a /* b').openComment).toEqual({ start: 2, end: 6 });
});

describe('psql', () => {
  test.each<[string, string, string[], string[]]>([
    ['meta-commands at and within the line', '\\set x 1\na;\n  \\echo b; c\nd;', ['a', 'd'], ['set x 1', 'echo b; c']],
    ['within a statement', 'a\n\\if :x\nb;', ['a\n\\if :x\nb'], ['if :x']],
    ['one that sends', 'a \\g\nb \\gexec\nc \\gset p_\nd', ['a', 'b', 'c', 'd'], ['g', 'gexec', 'gset p_']],
    ['one that discards', 'a (\n\\r\nb;', ['b'], ['r']],
    ['two on a line', '\\echo a \\\\ b; c', ['b', 'c'], ['echo a']],
    ['\\copy is COPY', "\\copy t from 'x' csv\na;", ["copy t from 'x' csv", 'a'], ["copy t from 'x' csv"]],
    ['a backslash alone', 'a; \\', ['a'], ['']],
    ['CRLF', '\\i x.sql\r\na;\r\n', ['a'], ['i x.sql']],
  ])('%s', (_, sql, expected, commands) => {
    const lexed = lex(sql);
    expect(texts(sql, lexed.statements)).toEqual(expected);
    expect(lexed.metaCommands.map(({ name, argument }) => `${name} ${argument}`.trim())).toEqual(commands);
  });
});

describe('COPY data', () => {
  test.each<[string, string, string[], string[]]>([
    ['up to \\.', "copy t from stdin;\n1;'\n\\.\na;", ['copy t from stdin', 'a'], ["\n1;'\n\\."]],
    ['none', 'copy t from stdin;\n\\.\na;', ['copy t from stdin', 'a'], ['\n\\.']],
    [
      'options',
      'COPY t (a, b) FROM STDIN WITH (format csv);\nx\n\\.\n',
      ['COPY t (a, b) FROM STDIN WITH (format csv)'],
      ['\nx\n\\.'],
    ],
    ['without an end there is none', 'copy t from stdin; a; b', ['copy t from stdin', 'a', 'b'], []],
    ['another COPY', "copy t from 'x';\na;\n\\.\n", ["copy t from 'x'", 'a'], []],
  ])('%s', (_, sql, expected, data) => {
    const lexed = lex(sql);
    expect(texts(sql, lexed.statements)).toEqual(expected);
    expect(texts(sql, lexed.data)).toEqual(data);
  });
});

describe('placeholders', () => {
  test.each<[string, string, string[]]>([
    ['each syntax', 'a ${x} ${x:y} :x :\'y\' :"z" {{ .a }} $%b%$', ['x', 'x:y', 'x', 'y', 'z', '.a', 'b']],
    ['within names', 'a pre_${x}_post t$%y%$', ['x', 'y']],
    ['not in quotes', 'a \'${x} :y\' "{{z}}"', []],
    ['but in dollar quotes, where psql replaces nothing', "do $$ ${x} :y {{z}} '${w}' $$", ['x', 'z']],
    ['no colons of SQL', "a::text b := 1 c[1:d] e[:f] x'1'::int '1':: text", []],
    ['a colon in ARRAY[…]', 'array[:x, :y] b[1:2]', ['x', 'y']],
    ['nothing that does not end on its line', 'a ${x\n} {{ y\n}} $%z', []],
    ['nothing without a name', 'a ${} {{}} $%%$ :1', []],
  ])('%s', (_, sql, expected) => {
    expect(lex(sql).statements.flatMap(({ placeholders }) => placeholders.map(({ name }) => name))).toEqual(expected);
  });

  test('quotes within {{ … }} close nothing where that is a placeholder', () => {
    const sql = 'a "{{ index "x;" }}".b \'{{ \';\' }}\'; c';
    expect(texts(sql, lex(sql, 0, ['double-brace']).statements)).toEqual([
      'a "{{ index "x;" }}".b \'{{ \';\' }}\'',
      'c',
    ]);
  });
});

test('a text of many megabytes is read in one go', () => {
  const sizes = [
    "a 'b';\n",
    'a $x$ b $x$;\n',
    '(',
    "'",
    '/* ',
    '\\x\n',
    'copy t from stdin;\n',
    '${',
    '{{',
    ':a ',
    "e'\n' ",
    '$a ',
  ];
  const started = performance.now();
  for (const part of sizes) lex(part.repeat(2_000_000 / part.length), 0, ['double-brace']);
  // a quadratic one alone would take minutes
  expect(performance.now() - started).toBeLessThan(30_000);
});
