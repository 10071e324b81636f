import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import multitool from '@microsoft/sarif-multitool';
import { parse as parseJunit } from 'junit2json';
import { marked } from 'marked';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Report } from '../src/diagnostic.js';
import { codeFrame } from '../src/reporters/frame.js';
import { type Format, reporters } from '../src/reporters/index.js';
import { lanes, longestStretch } from '../src/reporters/lock-chart.js';
import writeLocksConsole from '../src/reporters/locks-console.js';
import writeLocksJson from '../src/reporters/locks-json.js';
import { markdownWithin } from '../src/reporters/markdown.js';
import { repositoryPath } from '../src/reporters/place.js';
import type { ReporterOptions } from '../src/reporters/reporter.js';
import { coloured, plain } from '../src/reporters/style.js';
import { columns, visible, wrap } from '../src/reporters/terminal.js';
import { toldInShort, worstFirst } from '../src/reporters/told.js';
import { Source } from '../src/sql/source.js';
import { diagnostics, report, source } from './shared-report.js';

const options: ReporterOptions = { style: plain, width: 120, version: '1.2.3', prefix: 'backend/' };
const written = (format: Format, from: Report = report) => reporters[format](from, options);
const open = diagnostics.filter((one) => one.suppressed === undefined && !one.baselined);

test('the list and the folder name the same formats', () => {
  const files = readdirSync('src/reporters').filter((file) => !file.startsWith('locks-'));
  const writers = files.filter((file) => readFileSync(`src/reporters/${file}`, 'utf8').includes('export default'));
  expect(writers.map((file) => file.replace(/\.ts$/, '')).sort()).toEqual(Object.keys(reporters).sort());
});

describe.each<[string, string, (from: Report) => string]>([
  ...Object.keys(reporters).map((format): [string, string, (from: Report) => string] => [
    format,
    { console: 'txt', github: 'txt', junit: 'xml', markdown: 'md' }[format] ?? 'json',
    (from) => reporters[format as Format](from, options),
  ]),
  ['locks-json', 'json', writeLocksJson],
  ['locks-console', 'txt', (from) => writeLocksConsole(from, options)],
])('%s', (name, ending, write) => {
  test('writes the shared report as recorded', async () => {
    await expect(write(report)).toMatchFileSnapshot(`../fixtures/reports/${name}.${ending}`);
  });

  test('writes the same bytes again, with one final newline, also when there is nothing to say', () => {
    const empty: Report = { ...report, diagnostics: [], histories: [] };
    for (const each of [report, empty]) {
      expect(write(each)).toBe(write(each));
      expect(write(each)).toMatch(/[^\n]\n$/);
    }
  });

  test('lets no control character through', () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    expect(write(report)).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f]/);
  });

  test('gives the runner of GitHub no command that comes from a migration', () => {
    const commands = write(report)
      .split('\n')
      .filter((line) => /^\s*::|##\[/.test(line));
    expect(commands).toHaveLength(name === 'github' ? open.length : 0);
  });
});

describe('console', () => {
  test('colours are all that a terminal adds', () => {
    const bright = reporters.console(report, { ...options, style: coloured });
    expect(bright).toContain('\u001b[31m');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are escape sequences
    expect(bright.replace(/\u001b\[\d+m/g, '')).toBe(written('console'));
  });

  test.each<[string, string, string, string[]]>([
    ['one line', 'select 1;', 'select', ['1 | select 1;', '| ^^^^^^']],
    ['tabs and what stands before', '\tselect\t1;', '1', ['1 |   select  1;', '|           ^']],
    ['wide characters', "select '東京', x;", 'x', ["1 | select '東京', x;", '|                ^']],
    ['an emoji', "select '😀', x;", 'x', ["1 | select '😀', x;", '|              ^']],
    ['an escape sequence', "select '\u001b[2J', x;", 'x', ["1 | select '␛[2J', x;", '|                ^']],
  ])('underlines %s', (_, text, part, lines) => {
    const from = new Source('a.sql', text);
    const start = text.indexOf(part);
    const frame = codeFrame(from, { start, end: start + part.length }, plain, 100);
    expect(frame.slice(1).map((line) => line.trimStart())).toEqual(lines);
  });

  test('shows of a long statement its first lines and its last, of a long line the part that matters', () => {
    const text = `create table t (\n${Array.from({ length: 30 }, (_, n) => `  c${n} int,`).join('\n')}\n  z int);`;
    const frame = codeFrame(new Source('a.sql', text), { start: 0, end: text.length }, plain, 100);
    expect(frame.filter((line) => line.includes('|')).length).toBeLessThan(13);
    expect(frame.at(-2)).toContain('32 |   z int);');
    const long = `${'select 1; '.repeat(500)}drop table x;`;
    const narrow = codeFrame(new Source('a.sql', long), { start: 5000, end: 5012 }, plain, 80);
    expect(narrow[1]).toContain('…');
    expect(Math.max(...narrow.map(columns))).toBeLessThanOrEqual(80);
    const [code = '', carets = ''] = [narrow[1], narrow[2]];
    expect(code.slice(carets.indexOf('^'), carets.lastIndexOf('^') + 1)).toBe('drop table x');
  });

  test('points somewhere even when the place is empty or past the end', () => {
    for (const text of ['', 'select 1;\n']) {
      const frame = codeFrame(new Source('a.sql', text), { start: text.length, end: text.length }, plain, 80);
      expect(frame.at(-1)).toMatch(/\^$/);
    }
  });

  test('visible text keeps SQL as it is and breaks what would command a runner', () => {
    expect(visible("select '{}'\n  ::jsonb;")).toBe("select '{}'\n  ::jsonb;");
    expect(visible('  ::stop-commands::x\n::add-mask::y')).toBe('  : :stop-commands::x\n: :add-mask::y');
    expect(visible('a ##[error]b')).toBe('a ## [error]b');
    expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
  });
});

test('on a narrow terminal no line but those of code and SQL is broken within a word', () => {
  const message = 'one two three four five six seven eight nine ten eleven twelve thirteen';
  const long = { ...report, diagnostics: open.slice(0, 1).map((one) => ({ ...one, message })) };
  const lines = (width: number) => reporters.console(long, { ...options, width }).split('\n');
  expect(lines(120).filter((line) => line.includes('one two') && line.includes('thirteen'))).toHaveLength(1);
  const told = lines(60).filter((line) => !/^ *\d* *\||; *$/.test(line));
  expect(told.filter((line) => columns(line) > 60)).toEqual([]);
  expect(told.join(' ').replace(/\s+/g, ' ')).toContain(message);
});

test('the heading of a timeline takes a second line where the terminal is narrow', () => {
  const heading = (width: number) => writeLocksConsole(report, { ...options, width }).split('\n');
  const file = 'db/migrations/002_city, no. 2: 100%.sql';
  const rest = 'migration 002; one transaction: locks are held to its end';
  expect(heading(120)).toContain(`${file}  ${rest}`);
  const narrow = heading(80);
  expect(narrow[narrow.indexOf(file) + 1]).toBe(`  ${rest}`);
});

test('the heading of a timeline says which transactions a file opens by itself', () => {
  const heading = (number: (at: number) => number) => {
    const migrations = report.histories.flatMap((history) =>
      history.migrations.map((one) => ({
        ...one,
        transaction: 'statement' as const,
        steps: one.steps.map((step, at) => ({ ...step, transaction: number(at) })),
      })),
    );
    const histories = report.histories.slice(0, 1).map((history) => ({ ...history, migrations }));
    return writeLocksConsole({ ...report, histories }, { ...options, width: 200 });
  };
  expect(heading((at) => at)).toContain('; each statement is a transaction of its own');
  expect(heading(() => 0)).toContain('; one transaction: locks are held to its end');
  expect(heading((at) => Math.max(0, at - 1))).toContain('; some statements share a transaction');
});

describe('many findings of a rule', () => {
  const again = (rule: string, times: number) =>
    Array.from({ length: times }, (_, number) =>
      open.filter((one) => one.rule === rule).map((one) => ({ ...one, message: `${one.message} (${number})` })),
    ).flat();
  const many: Report = {
    ...report,
    diagnostics: [...again('backfill-under-lock', 3), ...again('index-not-concurrent', 5), ...again('down-missing', 2)],
  };

  test('are told in full at first, three times where it is an error, and then with place, object and lock', () => {
    const text = written('console', many);
    for (const { message } of many.diagnostics) expect(text).toContain(message.replace(/\s+/g, ' '));
    const frames = text.split('\n').filter((line) => /^ +\d+ \|/.test(line));
    expect(frames.filter((line) => line.includes('update account'))).toHaveLength(1);
    expect(frames.filter((line) => line.includes('create index'))).toHaveLength(3);
    expect(text).toContain(
      [
        'error index-not-concurrent: building account_city blocks writes to public.account until it is done (3)',
        '  db/migrations/002_city, no. 2: 100%.sql:5:2  SHARE on public.account, reads all of it and builds it; 1 more lock',
        'error index-not-concurrent: building account_city blocks writes to public.account until it is done (4)',
      ].join('\n'),
    );
    expect(text).toContain('public.account, writes its rows; see line 3');
    expect(text).toContain(
      '  error   5 index-not-concurrent\n  warning 3 backfill-under-lock\n  note    2 down-missing\n',
    );
    expect(text).toContain('\n5 are told in short');
  });

  test('are all told in full where one migration is judged, and in the formats for programs', () => {
    const [history] = report.histories.slice(1);
    const one: Report = { ...many, histories: history === undefined ? [] : [history] };
    expect(toldInShort(one).size).toBe(0);
    expect(written('console', one)).not.toContain('in short');
    for (const format of ['json', 'sarif', 'gitlab', 'junit', 'markdown', 'github'] as const) {
      expect(written(format, many).split('city blocks writes').length - 1).toBeGreaterThanOrEqual(5);
    }
    expect(written('markdown', many).match(/^Instead:/gm)).toHaveLength(8);
  });

  test('do not keep a rule out of a list that a host cuts', () => {
    const two: Report = {
      ...many,
      diagnostics: [...again('down-missing', 12), ...again('down-missing', 1).map((one) => ({ ...one, rule: 'x' }))],
    };
    expect(
      worstFirst(two)
        .map(({ rule }) => rule)
        .slice(0, 2),
    ).toEqual(['down-missing', 'x']);
  });

  test('are a list in a comment and a job summary, after those in full', () => {
    const text = markdownWithin(many, 60_000, 'See the log.', options);
    expect(text.match(/^### .* building/gm)).toHaveLength(3);
    expect(text.match(/^- .*building/gm)).toHaveLength(2);
    expect(text.match(/^- .*updating/gm)).toHaveLength(2);
    expect(text).not.toContain('See the log.');
    const cut = markdownWithin(many, 2_000, 'See the log.', options);
    expect(cut.length).toBeLessThanOrEqual(2_000);
    expect(cut).toMatch(/building[\s\S]*\n\nSee the log\.\n$/);
  });
});

describe('json', () => {
  const effect = z.strictObject({
    relation: z.string(),
    lock: z.string().endsWith('Lock'),
    work: z.enum(['none', 'scan', 'build', 'rewrite', 'rows']),
    sure: z.boolean(),
    why: z.string(),
    bornHere: z.literal(true).optional(),
  });
  const whole = z.int().min(0);
  const place = { line: z.int().min(1), column: z.int().min(1), endLine: z.int().min(1), endColumn: z.int().min(1) };

  test('check is the contract', () => {
    const contract = z.strictObject({
      version: z.literal(1),
      pg: z.int(),
      summary: z.strictObject({
        migrations: whole,
        statements: whole,
        notUnderstood: whole,
        errors: whole,
        warnings: whole,
        notes: whole,
        suppressed: whole,
        baselined: whole,
      }),
      diagnostics: z.array(
        z.strictObject({
          rule: z.string(),
          level: z.enum(['error', 'warning', 'note']),
          message: z.string(),
          instead: z.string(),
          file: z.string(),
          ...place,
          migration: z.string().nullable(),
          direction: z.enum(['up', 'down']).nullable(),
          statement: z.string(),
          effects: z.array(effect),
          fix: z
            .strictObject({
              title: z.string(),
              edits: z.array(z.strictObject({ file: z.string().optional(), ...place, text: z.string() })),
            })
            .nullable(),
          fingerprint: z.string().regex(/^[0-9a-f]{16}$/),
          suppressed: z.boolean(),
          baselined: z.boolean(),
        }),
      ),
    });
    const parsed = contract.parse(JSON.parse(written('json')));
    expect(parsed.summary).toEqual({
      migrations: 2,
      statements: 8,
      notUnderstood: 2,
      errors: 1,
      warnings: 1,
      notes: 1,
      suppressed: 1,
      baselined: 1,
    });
    expect(parsed.diagnostics.at(-1)).toMatchObject({
      file: source.file,
      line: 5,
      column: 2,
      endLine: 6,
      endColumn: 23,
    });
  });

  test('locks is the contract', () => {
    const contract = z.strictObject({
      version: z.literal(1),
      pg: z.int(),
      migrations: z.array(
        z.strictObject({
          id: z.string(),
          file: z.string(),
          direction: z.enum(['up', 'down']),
          transaction: z.enum(['whole', 'statement', 'none']),
          steps: z.array(
            z.strictObject({
              sql: z.string(),
              line: place.line,
              kind: z.string(),
              understood: z.boolean(),
              inTransactionBlock: z.enum(['allowed', 'forbidden']),
              effects: z.array(effect),
            }),
          ),
        }),
      ),
    });
    const parsed = contract.parse(JSON.parse(writeLocksJson(report)));
    expect(parsed.migrations.map(({ id, steps }) => [id, steps.map((step) => step.line)])).toEqual([
      ['001', [1, 2]],
      ['002', [2, 3, 4, 5, 7]],
    ]);
  });
});

describe('sarif', () => {
  test('the official schema holds', () => {
    const text = readFileSync(join(dirname(multitool), 'sarif-2.1.0.json'), 'utf8').replace(/^\ufeff/, '');
    // zod knows no relative references; sarif-multitool checks those
    const plainer = JSON.parse(text, (key, value) =>
      key === 'format' && value === 'uri-reference' ? undefined : value,
    );
    const schema = z.fromJSONSchema({ ...plainer, $schema: 'http://json-schema.org/draft-07/schema#' });
    expect(schema.safeParse(JSON.parse(written('sarif'))).error?.issues).toBeUndefined();
    expect(schema.safeParse(JSON.parse(written('sarif').replace('"level": "note"', '"level": "bad"'))).success).toBe(
      false,
    );
  });

  test('sarif-multitool finds no error and no warning in it, by its own rules and by those of GitHub', () => {
    const folder = mkdtempSync(join(tmpdir(), 'lockkeeper-sarif-'));
    const file = join(folder, 'report.sarif');
    const verdict = join(folder, 'verdict.sarif');
    const config = join(folder, 'config.xml');
    writeFileSync(file, written('sarif'));
    // the one rule that would call on the network
    const off = '<Property Key="RuleEnabled" Value="Disabled" Type="Driver.RuleEnabledState"/>';
    const key = 'SARIF2006.UrisShouldBeReachable.Options';
    writeFileSync(config, `<Properties><Properties Key="${key}">${off}</Properties></Properties>`);
    const program = multitool;
    chmodSync(program, 0o755); // npm may be told to run no install scripts, which would do this
    const told = spawnSync(
      program,
      [
        'validate',
        file,
        '-c',
        config,
        '-o',
        verdict,
        '--rule-kind',
        'Sarif;Ghas',
        '--level',
        'Error;Warning',
        '--kind',
        'Fail',
      ],
      { encoding: 'utf8', env: { ...process.env, DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: '1' } },
    );
    expect(`${told.stdout}${told.stderr}`).toContain('Analysis completed successfully');
    expect(JSON.parse(readFileSync(verdict, 'utf8')).runs[0].results ?? []).toEqual([]);
    rmSync(folder, { recursive: true });
  });

  test('names files from the root of the repository, as a URI', () => {
    const uris = written('sarif').match(/"uri": "[^"]*"/g);
    expect(uris).toContain('"uri": "backend/db/migrations/002_city%2C%20no.%202%3A%20100%25.sql"');
    expect(repositoryPath('backend/', '../db/./1.sql')).toBe('db/1.sql');
    expect(repositoryPath('', '../db/1.sql')).toBe('../db/1.sql');
  });

  test('keeps what GitHub takes, the worst, and says how many are left out', () => {
    const [first] = open;
    if (first === undefined) throw new Error('the shared report has no open finding');
    const notes = Array.from({ length: 25_001 }, () => first);
    const { results, invocations } = JSON.parse(
      written('sarif', { ...report, diagnostics: [...notes, ...diagnostics] }),
    ).runs[0];
    expect(results).toHaveLength(25_000);
    expect(results.slice(0, 2).map((one: { level: string }) => one.level)).toEqual(['error', 'warning']);
    expect(invocations[0].toolExecutionNotifications[0].message.text).toContain(
      '6 of the least grave results are left out',
    );
  });
});

test('github: the runner reads back what was meant', () => {
  const decoded = (text: string) =>
    text
      .replaceAll('%2C', ',')
      .replaceAll('%3A', ':')
      .replaceAll('%0A', '\n')
      .replaceAll('%0D', '\r')
      .replaceAll('%25', '%');
  const read = written('github')
    .split('\n')
    .flatMap((line) => {
      const match = /^::(\w+) (.*?)::(.*)$/.exec(line);
      if (match === null) return [];
      const properties = Object.fromEntries((match[2] ?? '').split(',').map((pair) => pair.split('=').map(decoded)));
      return [{ command: match[1], properties, message: decoded(match[3] ?? '').split('\n\n')[0] }];
    });
  expect(read.map((each) => each.command)).toEqual(['error', 'warning', 'notice']);
  expect(read.map((each) => each.message).sort()).toEqual(open.map((one) => one.message).sort());
  expect(new Set(read.map((each) => each.properties.file))).toEqual(new Set([`backend/${source.file}`]));
});

test('gitlab: the properties that Code Quality asks for, with fingerprints of their own', () => {
  const issue = z.strictObject({
    description: z.string().min(1),
    check_name: z.string().min(1),
    fingerprint: z.string().min(1),
    severity: z.enum(['info', 'minor', 'major', 'critical', 'blocker']),
    location: z.strictObject({
      path: z.string().regex(/^(?!\.\/)/),
      lines: z.strictObject({ begin: z.int().min(1), end: z.int().min(1) }),
    }),
  });
  const twice: Report = { ...report, diagnostics: [...diagnostics, ...diagnostics] };
  const issues = z.array(issue).parse(JSON.parse(written('gitlab', twice)));
  expect(issues).toHaveLength(open.length * 2);
  expect(new Set(issues.map((each) => each.fingerprint)).size).toBe(issues.length);
});

test('junit: a consumer reads as many cases, failures and skips as there are, and their words', async () => {
  const read = await parseJunit(written('junit'));
  if (read === undefined || read === null || !('testsuite' in read)) throw new Error('no suites');
  const cases = (read.testsuite ?? []).flatMap((suite) => suite.testcase ?? []);
  expect(read).toMatchObject({ tests: 5, failures: 1 });
  expect(cases).toHaveLength(5);
  expect(cases.flatMap((each) => each.failure ?? [])).toMatchObject([
    { message: 'building account_city blocks writes to public.account until it is done', type: 'error' },
  ]);
  expect(cases.filter((each) => each.skipped !== undefined)).toHaveLength(2);
  expect(JSON.stringify(cases)).toContain('archived in <2024>');
});

test('markdown: rendered, it holds no element, mention, reference or link that a migration brought in', async () => {
  const nasty =
    '<img src=x> @all #1 https://evil.example www.evil.example ![x](y) [a](b) **b** `c` | d\n# e\n- f\n::error::g';
  const made = {
    ...report,
    diagnostics: open.map((one) => ({
      ...one,
      message: nasty,
      statement: '```\n<script>\n````',
      instead: `${nasty};`,
    })),
  };
  const html = await marked.parse(written('markdown', made));
  const prose = html.replace(/<pre>.*?<\/pre>|<code>.*?<\/code>/gs, '');
  expect(prose).not.toMatch(/<img|<script|<a |<strong|@all|#1|https:\/\/|www\.evil/);
  expect(html.match(/<h[1-6]/g)).toHaveLength(1 + open.length);
  expect(html.match(/&lt;script&gt;/g)).toHaveLength(open.length);
});

describe('the timeline of locks', () => {
  const [, , city] = report.histories.flatMap((history) => history.migrations);
  if (city === undefined) throw new Error('the shared report has no third migration');

  test('a lock lasts from its statement to the end of the transaction, and only grows', () => {
    const account = lanes(city).find((lane) => lane.relation === 'public.account');
    expect(account?.cells.map((cell) => cell.lock)).toEqual([undefined, ...Array(4).fill('AccessExclusiveLock')]);
    const apart = { ...city, steps: city.steps.map((step, index) => ({ ...step, transaction: index })) };
    const alone = lanes(apart).find((lane) => lane.relation === 'public.account');
    expect(alone?.cells.map((cell) => cell.lock)).toEqual([
      undefined,
      'AccessExclusiveLock',
      'RowExclusiveLock',
      'ShareLock',
      undefined,
    ]);
  });

  test('the longest stretch runs while anything works under ACCESS EXCLUSIVE, in one transaction', () => {
    const whole = longestStretch(city, lanes(city));
    expect([whole?.lane.relation, whole?.from, whole?.to, whole?.works]).toEqual([
      'public.account',
      1,
      4,
      ['rows', 'scan', 'build'],
    ]);
    const apart = { ...city, steps: city.steps.map((step, index) => ({ ...step, transaction: index })) };
    expect(longestStretch(apart, lanes(apart))).toBeUndefined();
  });

  test.each([40, 60, 80, 120])('the picture fits a terminal of %i columns, with a hundred statements too', (width) => {
    for (const times of [1, 20]) {
      const steps = Array.from({ length: times }, () => city.steps).flat();
      const histories = [{ framework: '', root: '', assumptions: [], migrations: [{ ...city, steps }] }];
      const lines = writeLocksConsole({ ...report, histories }, { ...options, width }).split('\n');
      const charted = lines.slice(lines.indexOf('') + 1);
      expect(charted.filter((line) => /[█▓SBRW]{3}/.test(line)).length).toBeGreaterThan(0);
      expect(charted.filter((line) => columns(line) > width)).toEqual([]);
    }
  });

  test('work at the end of hundreds of statements is in the picture', () => {
    const [first, ...others] = city.steps;
    if (first === undefined) throw new Error('the third migration has no statements');
    const idle = Array.from({ length: 300 }, () => first);
    const histories = [
      { framework: '', root: '', assumptions: [], migrations: [{ ...city, steps: [...idle, ...others] }] },
    ];
    const lines = writeLocksConsole({ ...report, histories }, { ...options, width: 100 }).split('\n');
    const bar = lines.find((line) => line.startsWith('  public.account '));
    expect(bar).toMatch(/ ·{40,}B {2}at worst$/);
    expect(lines.find((line) => line.includes('stands for'))).toMatch(/^ {2}a column stands for \d+ statements$/);
  });
});
