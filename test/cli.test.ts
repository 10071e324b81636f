import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { rules } from '../rules/index.js';
import { progress } from '../src/cli/progress.js';
import { folderOf, run } from './cli-io.js';

const files = {
  'lockkeeper.config.json': '{ "lockTimeout": "5s" }',
  'db/migrations/001_account.sql': `-- migrate:up
create table account (id bigint primary key, email text);
-- migrate:down
drop table account;
`,
  'db/migrations/002_email.sql': `-- migrate:up transaction:false
create index account_email on account (email);
-- migrate:down transaction:false
drop index concurrently account_email;
`,
  'db/migrations/003_city.sql': `-- migrate:up
alter table account add column city text;
-- migrate:down
alter table account drop column city;
`,
};

const folders: string[] = [];
let folder = '';

/** A project of its own for each test. */
function project(more: Readonly<Record<string, string>> = {}): string {
  const made = folderOf({ ...files, ...more });
  folders.push(made);
  return made;
}

beforeEach(() => {
  folder = project();
});
afterAll(() => {
  for (const each of folders) rmSync(each, { recursive: true });
});

const read = (name: string) => readFileSync(join(folder, name), 'utf8');
const rulesOf = (stdout: string): readonly string[] =>
  JSON.parse(stdout).diagnostics.map((one: { rule: string; file: string }) => `${one.rule} ${one.file}`);

test('migrations that lie only among examples are named, not read', async () => {
  const made = folderOf({ 'go.mod': 'module x\n', 'examples/migrations/1_a.up.sql': 'select 1;' });
  const { code, stderr } = await run(made, ['check']);
  expect(code).toBe(2);
  expect(stderr).toContain('which are not read unless they are named: examples/migrations');
  const seeded = folderOf({ 'db/seeds/001_a.sql': 'select 1;', 'db/migrations/001_a.sql': 'select 1;' });
  expect((await run(seeded, ['check', '--format', 'json', '--fail-on', 'never'])).stdout).not.toContain('db/seeds');
});

test('where nobody names the oldest server, it is no older than what earlier migrations are written for', async () => {
  const unique = (name: string) =>
    `-- migrate:up\nalter table account add constraint ${name} unique nulls not distinct (${name});\n-- migrate:down\nalter table account drop constraint ${name};\n`;
  const made = project({
    'db/migrations/004_city.sql': unique('city'),
    'db/migrations/005_email.sql': unique('email'),
  });
  const refused = async (...argv: string[]) => {
    const { stdout } = await run(made, ['check', '--format', 'json', ...argv]);
    return rulesOf(stdout).filter((one) => one.startsWith('fails-when-run'));
  };
  expect(await refused()).toEqual([]);
  expect((await run(made, ['check'])).stdout).toContain(
    'assumed: no server is older than PostgreSQL 15, because db/migrations/004_city.sql:2 is written for it; --pg names the oldest',
  );
  expect(await refused('--pg', '14')).toHaveLength(2);
  writeFileSync(
    join(made, 'db/migrations/004_city.sql'),
    '-- migrate:up\nset local transaction_timeout = 0;\n-- migrate:down\n',
  );
  expect((await run(made, ['check'])).stdout).toContain('no server is older than PostgreSQL 17');
  rmSync(join(made, 'db/migrations/004_city.sql'));
  // the newest may not have run anywhere
  expect(await refused()).toEqual(['fails-when-run db/migrations/005_email.sql']);
});

test('a placeholder that nothing gives a value is told once in a history, and the statements are judged', async () => {
  const index = (name: string) =>
    `create index {{ if not .Transactional }}concurrently{{ end }} ${name} on account (id);`;
  const made = folderOf({
    'migrations/1.sql': 'create table account (id int);',
    'migrations/2.sql': index('a'),
    'migrations/3.sql': index('b'),
  });
  const { stdout } = await run(made, ['check', '--format', 'json']);
  expect(rulesOf(stdout).filter((one) => one.startsWith('unknown'))).toEqual(['unknown-placeholder migrations/2.sql']);
  expect(JSON.parse(stdout).summary).toMatchObject({ statements: 3, notUnderstood: 0 });
});

describe('exit codes', () => {
  test.each<[string, readonly string[], number]>([
    ['findings', ['check'], 1],
    ['findings, at a lower threshold', ['check', '--fail-on', 'note'], 1],
    ['findings, but none may fail', ['check', '--fail-on', 'never'], 0],
    ['a clean file', ['check', 'db/migrations/003_city.sql'], 0],
    ['a clean rest', ['check', '--since', '002'], 0],
    ['a rule made milder', ['check', '--rule', 'index-not-concurrent=warning'], 0],
    ['a rule switched off', ['check', '--rule', 'index-not-concurrent=off'], 0],
    ['locks', ['locks'], 0],
    ['rules', ['rules'], 0],
    ['explain', ['explain', 'index-not-concurrent'], 0],
    ['help', ['--help'], 0],
    ['help of a command', ['check', '--help'], 0],
    ['version', ['--version'], 0],
    ['nothing said', [], 2],
  ])('%s', async (_, argv, code) => {
    const ran = await run(folder, argv);
    expect(ran.code).toBe(code);
    expect(code === 2 ? ran.stderr : ran.stdout).not.toBe('');
  });

  test.each<[string, readonly string[]]>([
    ['an unknown command', ['chek']],
    ['an unknown option', ['check', '--formt', 'json']],
    ['an unknown format', ['check', '--format', 'jsn']],
    ['a format without its file', ['check', '--format', 'json=']],
    ['two formats on one output', ['check', '--format', 'json', '--format', 'sarif']],
    ['an unknown rule', ['check', '--rule', 'index-not-concurent=off']],
    ['an unknown level', ['check', '--rule', 'index-not-concurrent=fatal']],
    ['an unknown threshold', ['check', '--fail-on', 'fatal']],
    ['an unknown framework', ['check', '--framework', 'dbmat']],
    ['an unknown page', ['explain', 'colum-dropped']],
    ['an unfinished page', ['explain', 'set-not-null']],
    ['a server that nobody supports', ['check', '--pg', '9']],
    ['a server that is no number', ['check', '--pg', 'latest']],
    ['a migration that is not there', ['check', '--since', '02']],
    ['a path that is not there', ['check', 'db/migration']],
    ['a baseline that is not there', ['check', '--baseline', 'known.json']],
    ['a configuration that is not there', ['check', '--config', 'lockkeeper.json']],
    ['paths beside standard input', ['check', 'db', '--stdin-filename', 'db/migrations/004.sql']],
    ['a file that cannot be written', ['check', '--format', 'json=db']],
  ])('%s is 2, with one line that helps', async (_, argv) => {
    const ran = await run(folder, argv);
    expect(ran.code).toBe(2);
    expect(ran.stdout).toBe('');
    expect(ran.stderr.split('\n')).toHaveLength(2);
    expect(ran.stderr).toMatchSnapshot();
  });

  test('a folder without migrations is 2', async () => {
    const empty = folderOf({ 'README.txt': 'nothing' });
    folders.push(empty);
    expect(await run(empty, ['check'])).toMatchObject({ code: 2, stdout: '' });
  });
});

test('our bug is 3, with the statement that it was met at', async () => {
  const rule: { check?: unknown } | undefined = rules.find(({ id }) => id === 'index-not-concurrent');
  if (rule === undefined) throw new Error('the rule is gone');
  const { check } = rule;
  rule.check = () => {
    throw new TypeError('no keys');
  };
  const ran = await run(folder, ['check']);
  rule.check = check;
  expect(ran.code).toBe(3);
  expect(ran.stderr).toMatch(
    /this is a bug of Lockkeeper .*db\/migrations\/002_email\.sql:2: no keys\ncreate index account_email/s,
  );
  expect(ran.stderr).toContain('TypeError: no keys\n    at ');
});

describe('check', () => {
  test('tells people', async () => {
    expect((await run(folder, ['check'])).stdout).toMatchSnapshot();
  });

  test.each<[string, readonly string[], readonly string[]]>([
    ['everything below', [], ['index-not-concurrent db/migrations/002_email.sql']],
    ['a folder', ['db'], ['index-not-concurrent db/migrations/002_email.sql']],
    [
      'a file, with the others as context',
      ['db/migrations/002_email.sql'],
      ['index-not-concurrent db/migrations/002_email.sql'],
    ],
    ['another file', ['db/migrations/001_account.sql'], []],
    ['what comes after an id', ['--since', '001'], ['index-not-concurrent db/migrations/002_email.sql']],
    ['what comes after a file', ['--since', '002_email.sql'], []],
  ])('judges %s', async (_, argv, found) => {
    expect(rulesOf((await run(folder, ['check', '--format', 'json', ...argv])).stdout)).toEqual(found);
  });

  test('a path is relative to the working directory, wherever that is', async () => {
    const ran = await run(join(folder, 'db'), ['check', '--format', 'json', 'migrations/002_email.sql']);
    expect(rulesOf(ran.stdout)).toEqual(['index-not-concurrent migrations/002_email.sql']);
  });

  test('judges standard input in the place of a file, new or old', async () => {
    const sql = '-- migrate:up transaction:false\ncreate index on account (id);\n-- migrate:down\n';
    const added = await run(folder, ['check', '--format', 'json', '--stdin-filename', 'db/migrations/004_x.sql'], {
      stdin: sql,
    });
    expect(rulesOf(added.stdout)).toContain('index-not-concurrent db/migrations/004_x.sql');
    expect(existsSync(join(folder, 'db/migrations/004_x.sql'))).toBe(false);
    const clean = await run(
      folder,
      ['check', '--format', 'json', '--stdin-filename', './db/migrations/002_email.sql'],
      {
        stdin: read('db/migrations/002_email.sql').replace('create index', 'create index concurrently'),
      },
    );
    expect(clean.code).toBe(0);
  });

  test('writes several formats at once, and still tells people', async () => {
    const ran = await run(folder, ['check', '--format', 'sarif=out/a.sarif', '--format', 'junit=out/a.xml']);
    expect(ran.stdout).toContain('error index-not-concurrent');
    expect(JSON.parse(read('out/a.sarif')).version).toBe('2.1.0');
    expect(read('out/a.xml')).toContain('<testsuites');
    const printed = await run(folder, ['check', '--format', 'json=out/a.json', '--format', 'github']);
    expect(printed.stdout).toMatch(/^::error /);
    expect(read('out/a.json')).toBe((await run(folder, ['check', '--format', 'json'])).stdout);
  });

  test('names files from the root of the repository where a code host reads them', async () => {
    folder = project({ '.git/HEAD': 'ref: refs/heads/main\n' });
    const ran = await run(join(folder, 'db'), ['check', '--format', 'github']);
    expect(ran.stdout).toContain('file=db/migrations/002_email.sql');
  });

  test.each<[string, Readonly<Record<string, string>>, boolean, boolean]>([
    ['a terminal', {}, true, true],
    ['no terminal', {}, false, false],
    ['NO_COLOR', { NO_COLOR: '1' }, true, false],
    ['an empty NO_COLOR', { NO_COLOR: '' }, true, true],
    ['a dumb terminal', { TERM: 'dumb' }, true, false],
    ['FORCE_COLOR', { FORCE_COLOR: '1' }, false, true],
    ['FORCE_COLOR=0', { FORCE_COLOR: '0' }, true, false],
  ])('colours: %s', async (_, env, terminal, coloured) => {
    expect((await run(folder, ['check'], { env, terminal })).stdout.includes('\u001b[')).toBe(coloured);
  });

  test('a file of a format is never coloured', async () => {
    await run(folder, ['check', '--format', 'console=out.txt'], { terminal: true });
    expect(read('out.txt')).not.toContain('\u001b[');
  });

  test('says which path has no migrations, and goes on', async () => {
    writeFileSync(join(folder, 'notes.txt'), 'nothing');
    const ran = await run(folder, ['check', 'db', 'notes.txt']);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toBe('lockkeeper: there are no migrations in notes.txt\n');
  });

  test('says what is wrong with an ignore, and applies a right one', async () => {
    const file = 'db/migrations/002_email.sql';
    const text = read(file);
    const ignoring = (comment: string) =>
      writeFileSync(join(folder, file), text.replace('create', `-- ${comment}\ncreate`));
    ignoring('lockkeeper:ignore index-not-concurrent: forty rows');
    const quiet = await run(folder, ['check', '--format', 'json']);
    expect([quiet.code, JSON.parse(quiet.stdout).summary.suppressed]).toEqual([0, 1]);
    ignoring('lockkeeper:ignore index-not-concurent: forty rows');
    expect((await run(folder, ['check'])).stdout).toContain('did you mean "index-not-concurrent"?');
    ignoring('lockkeeper:ignore column-dropped: forty rows');
    expect((await run(folder, ['check'])).stdout).toContain('ignore-unused');
  });
});

describe('the baseline', () => {
  test('is adopted by one command; new findings count, gone ones are told', async () => {
    const made = await run(folder, ['check', '--write-baseline']);
    expect(made).toEqual({
      code: 0,
      stdout: '1 known finding in lockkeeper.baseline.json: from now on only new ones count\n',
      stderr: '',
    });
    const known = await run(folder, ['check']);
    expect(known.code).toBe(0);
    expect(known.stdout).toContain('1 in the baseline');

    writeFileSync(
      join(folder, 'db/migrations/004.sql'),
      '-- migrate:up transaction:false\ncreate index a on account (id);\n-- migrate:down\n',
    );
    expect(rulesOf((await run(folder, ['check', '--format', 'json'])).stdout)).toContain(
      'index-not-concurrent db/migrations/004.sql',
    );
    expect((await run(folder, ['check'])).code).toBe(1);

    rmSync(join(folder, 'db/migrations/004.sql'));
    writeFileSync(join(folder, 'db/migrations/002_email.sql'), '-- migrate:up\n-- migrate:down\n');
    const stale = await run(folder, ['check']);
    expect(stale.stderr).toBe(
      'lockkeeper: 1 finding of lockkeeper.baseline.json gone; --write-baseline forgets what is gone\n',
    );
    await run(folder, ['check', '--write-baseline']);
    expect(JSON.parse(read('lockkeeper.baseline.json')).findings).toEqual([]);
  });

  test('knows a finding again after its lines moved and its file was renamed', async () => {
    await run(folder, ['check', '--write-baseline', '--baseline', 'known.json']);
    const text = read('db/migrations/002_email.sql');
    rmSync(join(folder, 'db/migrations/002_email.sql'));
    writeFileSync(join(folder, 'db/migrations/002_mail.sql'), text.replace('create', '\n\n-- moved\ncreate'));
    expect((await run(folder, ['check', '--baseline', 'known.json'])).code).toBe(0);
  });

  test('of a part keeps what was known of the rest', async () => {
    await run(folder, ['check', '--write-baseline']);
    await run(folder, ['check', '--write-baseline', 'db/migrations/003_city.sql']);
    expect(JSON.parse(read('lockkeeper.baseline.json')).findings).toHaveLength(1);
  });

  test.each<[string, string]>([
    ['no JSON', '{'],
    ['another file', '{"version": 2}'],
    ['a list of something else', '{"version": 1, "findings": [null]}'],
  ])('that is %s is an error', async (_, text) => {
    writeFileSync(join(folder, 'known.json'), text);
    const ran = await run(folder, ['check', '--baseline', 'known.json']);
    expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining('write it anew with --write-baseline')]);
  });
});

test('a table that the history does not show is said to be taken for granted, as a typing error looks the same', async () => {
  const told = async (second: string, first = 'create table users (id int);\ncreate table orders (id int);\n') => {
    const { stdout } = await run(folderOf({ '1_users.sql': first, '2_more.sql': second }), ['check', '.']);
    return /assumed: (.*), which the history does not show, (?:is|are) there/.exec(stdout)?.[1];
  };
  expect(await told('alter table usrs add b int;\nalter table users add c int;\n')).toBe('public.usrs');
  expect(await told('create table visit (id int references usr (id));\n')).toBe('public.usr');
  expect(await told('create index on users (id);\n')).toBeUndefined();
  expect(await told('alter table users add b int;\nalter table if exists usrs add b int;\n')).toBeUndefined();
  // a history that does not begin with its tables
  expect(
    await told('alter table users add b int;\nalter table orders add b int;\n', 'create view one as select 1;\n'),
  ).toBeUndefined();
});

test('a migration and its way back in a file of its own are one migration', async () => {
  const pairs = folderOf({
    '1_account.up.sql': 'create table account (id int);\n',
    '1_account.down.sql': 'drop table account;\n',
    '2_visit.up.sql': 'create table visit (id int);\n',
    '2_visit.down.sql': 'drop table visit;\n',
  });
  expect((await run(pairs, ['check', '.'])).stdout).toContain('2 migrations, 4 statements');
  expect((await run(pairs, ['audit', '.', '--format', 'markdown'])).stdout).toContain('\n2 migrations: ');
});

describe('fix', () => {
  const fixed = 'create index concurrently account_email on account (email);';

  test('--dry-run prints a diff and writes nothing', async () => {
    const before = read('db/migrations/002_email.sql');
    const ran = await run(folder, ['fix', '--dry-run']);
    expect(ran.stdout).toMatchSnapshot();
    expect(ran.stderr).toContain('1 finding would be fixed in 1 file');
    expect(read('db/migrations/002_email.sql')).toBe(before);
  });

  test('writes, and what it wrote is clean', async () => {
    const ran = await run(folder, ['fix']);
    expect(ran.code).toBe(0);
    expect(ran.stdout).toContain('1 finding fixed in 1 file');
    expect(read('db/migrations/002_email.sql')).toContain(fixed);
    expect((await run(folder, ['check'])).code).toBe(0);
    expect((await run(folder, ['fix'])).stdout).toBe('nothing to fix\n');
  });

  test('keeps a byte order mark and Windows lines', async () => {
    const file = join(folder, 'db/migrations/002_email.sql');
    writeFileSync(file, `\ufeff${read('db/migrations/002_email.sql').replaceAll('\n', '\r\n')}`);
    expect((await run(folder, ['fix'])).code).toBe(0);
    expect(read('db/migrations/002_email.sql')).toBe(
      '\ufeff-- migrate:up transaction:false\r\ncreate index concurrently account_email on account (email);\r\n' +
        '-- migrate:down transaction:false\r\ndrop index concurrently account_email;\r\n',
    );
  });

  test('leaves what is not asked for alone', async () => {
    await run(folder, ['fix', 'db/migrations/003_city.sql']);
    expect(read('db/migrations/002_email.sql')).not.toContain('concurrently account_email on');
  });
});

test('a line on a terminal says how far long work is, and goes away', () => {
  vi.useFakeTimers({ now: 0 });
  const written: string[] = [];
  const terminal = { write: (text: string) => written.push(text), isTerminal: true, columns: 80 };
  const line = progress(terminal, 2000);
  for (const [now, number] of [
    [100, 1],
    [500, 2],
    [510, 3],
    [700, 4],
  ] as const) {
    vi.setSystemTime(now);
    line.show(number);
  }
  line.clear();
  expect(written).toEqual(['\r\u001b[K2 of 2000 migrations', '\r\u001b[K4 of 2000 migrations', '\r\u001b[K']);
  const piped = progress({ ...terminal, isTerminal: false }, 2000);
  vi.setSystemTime(9000);
  piped.show(5);
  piped.clear();
  expect(written).toHaveLength(3);
  vi.useRealTimers();
});

test('what takes long at once has its line too, as soon as timers run', () => {
  vi.useFakeTimers({ now: 0 });
  const written: string[] = [];
  const line = progress({ write: (text: string) => written.push(text), isTerminal: true, columns: 80 }, 3);
  line.show(0, 'starting the server');
  vi.advanceTimersByTime(100);
  line.show(0, '001.sql');
  vi.advanceTimersByTime(300);
  expect(written).toEqual(['\r\u001b[K0 of 3 migrations: 001.sql']);
  line.show(1, '002.sql');
  line.clear();
  vi.advanceTimersByTime(1000);
  expect(written.slice(1)).toEqual(['\r\u001b[K']);
  vi.useRealTimers();
});

test('locks numbers the statements of a long migration so that they can be told from each other', async () => {
  const columns = Array.from({ length: 30 }, (_, at) => `alter table account add column c${at} int;`);
  const long = folderOf({
    'db/001_account.sql': 'create table account (id int);',
    'db/002_long.sql': `begin;\n${columns.join('\n')}\ncommit;`,
  });
  const { stdout } = await run(long, ['locks', 'db/002_long.sql'], { terminal: true });
  const [head = '', bar = ''] = stdout
    .split('\n')
    .flatMap((line, at, all) => (all[at + 1]?.includes('ACCESS EXCLUSIVE  ') ? [line, all[at + 1]] : []));
  expect(head.trim()).toMatch(/1 +5 +10 +15 +20/);
  expect(bar).toContain('public.account');
});

test('locks tells people and machines', async () => {
  const people = await run(folder, ['locks', 'db/migrations/003_city.sql']);
  expect(people.stdout).toMatchSnapshot();
  const machines = JSON.parse((await run(folder, ['locks', '--format', 'json', '--since', '001'])).stdout);
  expect(machines.migrations.map((one: { id: string; direction: string }) => `${one.id} ${one.direction}`)).toEqual([
    '002 up',
    '002 down',
    '003 up',
    '003 down',
  ]);
});

test('rules and explain know every rule', async () => {
  const listed = JSON.parse((await run(folder, ['rules', '--format', 'json'])).stdout);
  expect(listed.rules.map(({ id }: { id: string }) => id)).toEqual(rules.map(({ id }) => id));
  const table = (await run(folder, ['rules'])).stdout;
  for (const { id, title } of rules) {
    expect(table).toContain(id);
    const page = await run(folder, ['explain', id]);
    expect([page.code, page.stdout.includes(title)]).toEqual([0, true]);
  }
});

test.each([['help'], ['check'], ['locks'], ['fix'], ['explain'], ['rules']])(
  'help has examples: %s',
  async (...command) => {
    const { stdout } = await run(folder, command[0] === 'help' ? ['--help'] : [...command, '--help']);
    expect(stdout).toContain('Examples:\n  $ lockkeeper');
    expect(stdout).toMatch(/[^\n]\n$/);
  },
);
