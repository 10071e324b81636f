import { describe, expect, test } from 'vitest';
import type { Diagnostic } from '../src/diagnostic.js';
import type { Rule } from '../src/rule.js';
import { Source, type Span } from '../src/sql/source.js';
import { ignoresIn, suppress } from '../src/suppress.js';

const rule = (id: string): Rule => ({
  id,
  level: 'error',
  title: '',
  why: '',
  instead: '',
  links: [],
  bad: [],
  good: [],
});
const rules = ['index-not-concurrent', 'column-dropped', 'no-lock-timeout'].map(rule);

/** A text in which «…» marks the statements; nested ones are allowed. */
function marked(text: string, file: string) {
  const statements: Span[] = [];
  const open: number[] = [];
  let plain = '';
  for (const char of text) {
    if (char === '«') open.push(plain.length);
    else if (char === '»') statements.push({ start: open.pop() ?? 0, end: plain.length });
    else plain += char;
  }
  const source = new Source(file, plain);
  const at = (needle: string): Diagnostic => {
    const start = plain.indexOf(needle);
    if (start === -1) throw new Error(`${needle} is not in the text`);
    return {
      rule: 'index-not-concurrent',
      level: 'error',
      message: needle,
      instead: '',
      source,
      span: { start, end: start + needle.length },
      migration: '1',
      direction: 'up',
      statement: needle,
      effects: [],
      fix: undefined,
      related: [],
      fingerprint: needle,
      suppressed: undefined,
      baselined: false,
    };
  };
  return { source, statements, at };
}

/** Which of the needles an ignore of index-not-concurrent covers, and the comments' faults. */
function run(text: string, needles: readonly string[], options: { off?: string; judged?: boolean } = {}) {
  const { source, statements, at } = marked(text, 'a.sql');
  const spans = new Map([[source, statements]]);
  const none = new Map([[source, []]]);
  const result = suppress(needles.map(at), {
    statements: options.judged === false ? none : spans,
    context: options.judged === false ? spans : none,
    rules,
    levels: options.off === undefined ? {} : { [options.off]: 'off' },
  });
  const found = result.filter((each) => each.rule === 'index-not-concurrent');
  const problems = result.filter((each) => each.rule.startsWith('ignore-'));
  return {
    covered: found.filter((each) => each.suppressed !== undefined).map((each) => each.message),
    reasons: [...new Set(found.flatMap((each) => each.suppressed ?? []))],
    problems: problems.map((each) => `${each.rule}: ${each.message}`),
    placed: problems.map((each) => each.source.slice(each.span)),
    prints: problems.map((each) => each.fingerprint),
  };
}

const ignore = 'lockkeeper:ignore index-not-concurrent: forty rows';

describe('an ignore covers', () => {
  test.each<[string, string, string[], string[]]>([
    [
      'the next statement',
      `-- ${ignore}\n«create index a»;\n«create index b»;`,
      ['create index a', 'create index b'],
      ['create index a'],
    ],
    [
      'the statement on its line',
      `«create index a»; -- ${ignore}\n«create index b»;`,
      ['create index a', 'create index b'],
      ['create index a'],
    ],
    [
      'the last statement on its line',
      `«index a»; «index b»; -- ${ignore}\n«index c»;`,
      ['index a', 'index b', 'index c'],
      ['index b'],
    ],
    [
      'the statement that it stands in',
      `«create table t (\n  -- ${ignore}\n  a int unique\n)»;\n«index b»;`,
      ['create table t', 'index b'],
      ['create table t'],
    ],
    [
      'the next statement of a body',
      `«do $$ begin\n  «index a»;\n  -- ${ignore}\n  «index b»;\nend $$»;`,
      ['index a', 'index b'],
      ['index b'],
    ],
    [
      'the next command of an ALTER TABLE',
      `«alter table t\n  «add a int»,\n  -- ${ignore}\n  «add b int»»;`,
      ['add a int', 'add b int'],
      ['add b int'],
    ],
    [
      'the command on its line',
      `«alter table t\n  «add a int», -- ${ignore}\n  «add b int»»;`,
      ['add a int', 'add b int'],
      ['add a int'],
    ],
    [
      'the whole ALTER TABLE of one command',
      `«alter table t «add a int»»; -- ${ignore}`,
      ['alter table t add a int'],
      ['alter table t add a int'],
    ],
    [
      'what a command of the next statement does',
      `-- ${ignore}\n«alter table t «add a int»»;`,
      ['add a int'],
      ['add a int'],
    ],
    ['through further comments', `-- ${ignore}\n-- more words\n\n«index a»;`, ['index a'], ['index a']],
    [
      'a call of JavaScript',
      `// ${ignore}\nawait «knex.raw('index a')»;`,
      ["knex.raw('index a')"],
      ["knex.raw('index a')"],
    ],
    [
      'an operation of Python or YAML',
      `# ${ignore}\n«op.create_index('a')»`,
      ["op.create_index('a')"],
      ["op.create_index('a')"],
    ],
    ['after a block comment', `/* ${ignore} */ «index a»;`, ['index a'], ['index a']],
    ['after a line of a block comment', `/*\n * ${ignore}\n */\n«index a»;`, ['index a'], ['index a']],
    ['after a comment of XML', `<!-- ${ignore} -->\n«<createIndex/>»`, ['<createIndex/>'], ['<createIndex/>']],
    [
      'the file',
      `«index a»;\n-- lockkeeper:ignore-file index-not-concurrent: forty rows\n«index b»;`,
      ['index a', 'index b'],
      ['index a', 'index b'],
    ],
    ['with Windows line endings', `-- ${ignore}\r\n«index a»;\r\n«index b»;\r\n`, ['index a', 'index b'], ['index a']],
  ])('%s', (_, text, needles, covered) => {
    expect(run(text, needles)).toEqual({ covered, reasons: ['forty rows'], problems: [], placed: [], prints: [] });
  });
});

describe('an ignore is itself reported', () => {
  test.each<[string, string, string[], string[]]>([
    [
      'without a reason, and not applied',
      '-- lockkeeper:ignore index-not-concurrent\n«index a»;',
      ['index a'],
      ['ignore-without-reason: lockkeeper:ignore index-not-concurrent gives no reason and is not applied'],
    ],
    [
      'with an empty reason',
      '-- lockkeeper:ignore index-not-concurrent:  \n«index a»;',
      ['index a'],
      ['ignore-without-reason: lockkeeper:ignore index-not-concurrent gives no reason and is not applied'],
    ],
    [
      'of an unknown rule',
      '-- lockkeeper:ignore index-not-concurent: x\n«index a»;',
      ['index a'],
      [
        'ignore-unknown-rule: lockkeeper:ignore names the rule index-not-concurent, which does not exist, did you mean "index-not-concurrent"?',
      ],
    ],
    [
      'without a rule',
      '-- lockkeeper:ignore\n«index a»;',
      ['index a'],
      ['ignore-unknown-rule: lockkeeper:ignore names no rule'],
    ],
    [
      'that suppresses nothing',
      '-- lockkeeper:ignore column-dropped: x\n«index a»;',
      ['index a'],
      ['ignore-unused: lockkeeper:ignore column-dropped suppresses nothing'],
    ],
    [
      'that covers no statement',
      `«index a»;\n-- ${ignore}\n`,
      ['index a'],
      ['ignore-unused: lockkeeper:ignore index-not-concurrent suppresses nothing'],
    ],
    [
      'for a file without such a finding',
      '«index a»; -- lockkeeper:ignore-file column-dropped: x',
      ['index a'],
      ['ignore-unused: lockkeeper:ignore-file column-dropped suppresses nothing'],
    ],
  ])('%s', (_, text, needles, problems) => {
    const result = run(text, needles);
    expect(result.problems).toEqual(problems);
    expect(result.covered).toEqual([]);
    expect(result.placed.every((placed) => placed.includes('lockkeeper:ignore'))).toBe(true);
  });

  test('for one of its two rules', () => {
    const result = run('-- lockkeeper:ignore index-not-concurrent, column-dropped: x\n«index a»;', ['index a']);
    expect(result.covered).toEqual(['index a']);
    expect(result.problems).toEqual(['ignore-unused: lockkeeper:ignore column-dropped suppresses nothing']);
  });

  test('but not as unused when the rule is off or the statement is context', () => {
    const text = '-- lockkeeper:ignore column-dropped: x\n«index a»;\n-- lockkeeper:ignore-file column-dropped: x\n';
    expect(run(text, [], { off: 'column-dropped' }).problems).toEqual([]);
    expect(run(text, [], { judged: false }).problems).toEqual([]);
    expect(run(text, []).problems).toHaveLength(2);
  });
});

test('equal faults of a file have fingerprints of their own', () => {
  const line = '-- lockkeeper:ignore column-dropped: x\n«index a»;\n';
  expect(new Set(run(line + line, []).prints).size).toBe(2);
});

test('an ignore is placed without the indent, the line ending and the end of its comment', () => {
  const source = new Source('a.js', `  /* ${ignore} */\r\n    // ${ignore}\r\n`);
  expect(ignoresIn(source).map((each) => source.slice(each.span))).toEqual([`/* ${ignore}`, `// ${ignore}`]);
  expect(ignoresIn(source).map((each) => each.reason)).toEqual(['forty rows', 'forty rows']);
});

test('words about ignoring that no comment opens are no ignore', () => {
  expect(ignoresIn(new Source('a.sql', "select 'lockkeeper:ignore column-dropped: x'"))).toEqual([]);
});
