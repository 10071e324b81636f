import { existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { buildAction, pullRequestEvent, runAction } from './action-runner.js';
import { run } from './cli-io.js';
import { CodeHost, theirs } from './code-host.js';
import { branchOf, commit, git, put, repository, temporary } from './repository.js';

let bundle = '';
beforeAll(() => {
  bundle = buildAction();
}, 120_000);

const account = 'create table account (id bigint primary key, email text);\n';
const bad = 'create index account_email on account (email);\n';
const files = {
  'lockkeeper.config.json': '{ "lockTimeout": "5s" }',
  'db/migrations/001_account.sql': account,
  'db/migrations/002_old.sql': 'create index account_old on account (id);\n',
};

const host = new CodeHost();
let api = '';
beforeAll(async () => {
  api = await host.open();
});
afterAll(() => host.close());
beforeEach(() => host.reset());

/** What actions/checkout makes of a pull request: the merge of both, its head detached. */
function checkout(change: Readonly<Record<string, string | null>>, ...options: readonly string[]) {
  const origin = repository(files);
  git(origin, 'checkout', '-q', '-b', 'feature');
  commit(origin, change);
  git(origin, 'checkout', '-q', '--detach', 'main');
  git(origin, 'merge', '-q', '--no-ff', '-m', 'merge', 'feature');
  git(origin, 'branch', 'merged');
  const base = git(origin, 'rev-parse', 'main').trim();
  const folder = join(temporary(), 'work');
  git(origin, 'clone', '-q', '--branch', 'merged', ...options, `file://${origin}`, folder);
  git(folder, 'checkout', '-q', '--detach');
  return { folder, base };
}

const act = ({ folder, base }: { folder: string; base?: string }, inputs: Readonly<Record<string, string>> = {}) =>
  runAction({
    bundle,
    workspace: folder,
    api,
    event: base === undefined ? { ref: 'refs/heads/main' } : pullRequestEvent(base),
    inputs,
  });

const one = { 'db/migrations/003_index.sql': bad };

describe('a pull request', () => {
  test('is annotated where it adds, summed up, and fails', async () => {
    const ran = await act(checkout(one));
    expect(ran).toMatchObject({
      code: 1,
      outputs: { errors: '1', warnings: '0', notes: '0', 'worst-level': 'error', 'sarif-file': '' },
    });
    expect(ran.log).toMatchSnapshot();
    expect(ran.summary).toMatchSnapshot();
    expect(host.asked).toEqual([]);
  });

  test.each<[string, Record<string, string>, number, string]>([
    ['no annotations', { annotations: 'false' }, 1, 'error index-not-concurrent: building account_email'],
    ['a threshold', { 'fail-on': 'never' }, 0, '::error '],
    ['everything', { 'changed-only': 'false' }, 1, 'file=db/migrations/002_old.sql'],
    ['some paths', { paths: 'db/migrations/001_account.sql\n' }, 0, 'no findings'],
    ['a folder', { 'working-directory': 'db' }, 1, 'file=db/migrations/003_index.sql'],
    ['a framework', { framework: 'golang-migrate' }, 0, '003_index.sql is never run: golang-migrate wants'],
    ['a wrong framework', { framework: 'golang-migrat' }, 1, 'did you mean "golang-migrate"?'],
    ['a wrong threshold', { 'fail-on': 'fatal' }, 1, 'the input fail-on is error, warning, note or never, not "fatal"'],
    ['a wrong switch', { annotations: 'maybe' }, 1, 'the input annotations is true or false, not "maybe"'],
    ['a wrong server', { pg: '9' }, 1, 'a major version from 13 to 18 is meant'],
    ['a missing configuration', { config: 'none.json' }, 1, 'cannot read the configuration none.json'],
    ['a missing baseline', { baseline: 'none.json' }, 1, 'there is no baseline none.json'],
  ])('takes %s', async (_, inputs, code, said) => {
    const ran = await act(checkout(one), inputs);
    expect(ran.log).toContain(said);
    expect(ran.code).toBe(code);
  });

  test('is clean', async () => {
    const ran = await act(checkout({ 'README.md': 'words' }));
    expect(ran).toMatchObject({ code: 0, outputs: { errors: '0', 'worst-level': 'none' } });
  });

  test('knows what is in the baseline', async () => {
    const place = checkout(one);
    await run(place.folder, ['check', '--write-baseline', '--baseline', 'known.json']);
    expect(await act(place, { baseline: 'known.json' })).toMatchObject({ code: 0, outputs: { errors: '0' } });
  });

  test('writes SARIF below the workspace', async () => {
    const place = checkout(one);
    const ran = await act(place, { 'sarif-file': 'out/lockkeeper.sarif', 'working-directory': 'db' });
    expect(ran.outputs['sarif-file']).toBe('out/lockkeeper.sarif');
    const sarif = JSON.parse(readFileSync(join(place.folder, 'out/lockkeeper.sarif'), 'utf8'));
    const [result] = sarif.runs[0].results;
    expect(result.locations[0].physicalLocation.artifactLocation.uri).toBe('db/migrations/003_index.sql');
  });

  test.each([
    ['a link', 'lockkeeper.sarif', 'lockkeeper.sarif'],
    ['a link that leads nowhere', 'none.sarif', 'none.sarif'],
    ['a file below a link', 'out/more/lockkeeper.sarif', 'out'],
  ])('has no SARIF written through %s', async (_, file, link) => {
    const outside = temporary({ 'there.txt': 'theirs' });
    const place = checkout(one);
    symlinkSync(join(outside, 'there.txt'), join(place.folder, 'lockkeeper.sarif'));
    symlinkSync(join(outside, 'none.txt'), join(place.folder, 'none.sarif'));
    symlinkSync(outside, join(place.folder, 'out'));
    const ran = await act(place, { 'sarif-file': file });
    expect(ran.log).toContain(`::error::cannot write ${file}: ${link} is a link; name the place itself that is meant`);
    expect(ran.code).toBe(1);
    expect(readdirSync(outside)).toEqual(['there.txt']);
    expect(readFileSync(join(outside, 'there.txt'), 'utf8')).toBe('theirs');
  });

  test.each<[string, Record<string, string>, Record<string, string>]>([
    ['a path that has become a link', {}, { paths: 'elsewhere' }],
    ['a working directory that has become one', {}, { 'working-directory': 'elsewhere' }],
    ['a path of the configuration', { 'lockkeeper.config.json': '{ "paths": ["../.."] }' }, {}],
  ])('is not led out of the workspace by %s', async (_, change, inputs) => {
    const place = checkout({ ...one, ...change });
    symlinkSync(temporary({ 'migrations/001_theirs.sql': 'select 1;' }), join(place.folder, 'elsewhere'));
    const ran = await act(place, { 'changed-only': 'false', ...inputs });
    expect(ran.log).toMatch(/^::error::\S+ leads out of the workspace$/m);
    expect(ran.code).toBe(1);
  });

  test("gets nothing of git's own files to read, which may hold a token", async () => {
    const place = checkout({});
    git(place.folder, 'config', 'http.extraheader', 'AUTHORIZATION: basic c2VjcmV0');
    symlinkSync('../../.git/config', join(place.folder, 'db/migrations/003_config.sql'));
    symlinkSync('../../.git', join(place.folder, 'db/migrations/more'));
    const ran = await act(place, { 'changed-only': 'false' });
    expect(ran.log).toContain('is a link into .git');
    for (const text of [ran.log, ran.summary]) expect(text).not.toMatch(/c2VjcmV0|\[core\]/);
  });

  test.each<[string, readonly string[], string | undefined]>([
    ['all of the history', [], undefined],
    ['the merge and its parents', ['--depth=2'], undefined],
    ['the merge alone', ['--depth=1'], 'set fetch-depth: 0 for actions/checkout'],
  ])('is checked out with %s', async (_, options, said) => {
    const ran = await act(checkout(one, ...options));
    expect(ran.code).toBe(1);
    if (said === undefined) expect(ran.outputs.errors).toBe('1');
    else expect(ran.log).toContain(said);
  });

  test('needs no base when everything is judged', async () => {
    const ran = await act(checkout(one, '--depth=1'), { 'changed-only': 'false' });
    expect(ran.outputs.errors).toBe('2');
  });
});

test('another event judges everything', async () => {
  const { folder } = checkout(one, '--depth=1');
  expect((await act({ folder }, { comment: 'true', 'github-token': 's3cret' })).outputs.errors).toBe('2');
  expect(host.asked).toEqual([]);
});

describe('the comment', () => {
  const wanted = { comment: 'true', 'github-token': 's3cret' };

  test('is created, edited, left alone and removed', async () => {
    host.comments = [theirs(1, 'a review', 'User')];
    const place = checkout(one);
    await act(place, wanted);
    expect(host.comments).toHaveLength(2);
    expect(host.comments[1]?.body).toMatchSnapshot();
    await act(place, wanted);
    expect(host.asked.filter((each) => !each.startsWith('GET'))).toEqual(['POST /repos/octo/shop/issues/12/comments']);
    put(place.folder, { 'db/migrations/004_more.sql': 'drop table account;\n' });
    await act(place, wanted);
    expect(host.comments[1]?.body).toContain('004_more.sql');
    put(place.folder, { 'db/migrations/003_index.sql': null, 'db/migrations/004_more.sql': null });
    await act(place, wanted);
    expect(host.comments.map(({ body }) => body)).toEqual(['a review']);
    expect(host.asked.filter((each) => !each.startsWith('GET'))).toEqual([
      'POST /repos/octo/shop/issues/12/comments',
      'PATCH /repos/octo/shop/issues/comments/2',
      'DELETE /repos/octo/shop/issues/comments/2',
    ]);
  });

  test('is not created where nothing is found', async () => {
    await act(checkout({ 'README.md': 'words' }), wanted);
    expect(host.asked).toEqual(['GET /repos/octo/shop/issues/12/comments']);
  });

  test('is found behind many others, and never that of a stranger', async () => {
    const place = checkout(one);
    await act(place, wanted);
    const body = host.comments[0]?.body ?? '';
    host.comments = Array.from({ length: 250 }, (_, at) => theirs(at + 1, 'words', 'User'));
    host.comments[7] = theirs(8, body, 'User');
    host.comments[230] = theirs(231, body.replace('account_email', 'old'), 'Bot');
    host.asked = [];
    await act(place, wanted);
    expect(host.asked.slice(-1)).toEqual(['PATCH /repos/octo/shop/issues/comments/231']);
  });

  test('is one for each working directory', async () => {
    const place = checkout(one);
    await act(place, wanted);
    await act(place, { ...wanted, 'working-directory': 'db' });
    expect(host.comments).toHaveLength(2);
  });

  test('is cut where it is too long, with a link to the run', async () => {
    const many = Array.from({ length: 400 }, (_, at) => `create index account_${at} on account (email);\n`).join('');
    await act(checkout({ 'db/migrations/003_index.sql': many }), wanted);
    const body = host.comments[0]?.body ?? '';
    expect(body.length).toBeGreaterThan(50_000);
    expect(body.length).toBeLessThanOrEqual(65_536);
    expect(body).toMatch(
      /\n\n\[All findings are in the summary of the run\]\(https:\/\/code\.example\/octo\/shop\/actions\/runs\/77\)\n$/,
    );
    expect(body.match(/^```/gm)?.length ?? 0).toSatisfy((fences: number) => fences % 2 === 0);
  });

  test.each([401, 403, 500])('does not fail the job when the API answers %s', async (status) => {
    host.refuse = status;
    const ran = await act(checkout(one), { ...wanted, 'fail-on': 'never' });
    expect(ran.code).toBe(0);
    expect(ran.log).toContain(`::warning::the comment cannot be written: GET /repos/octo/shop/issues/12/comments`);
    expect(ran.log).not.toContain('s3cret');
  });
});

describe('text of a pull request stays text', () => {
  const name = 'db/migrations/003_x%0A::error::owned <img src=x> @octo `.sql';
  const sql = `create index "::set-output name=a::b
::error::owned" on account (email); -- <!-- \`\`\`\`\`\` </details> ##[error]owned
`;

  test('in the log, the summary and the comment', async () => {
    const ran = await act(checkout({ [name]: sql }), { comment: 'true', 'github-token': 's3cret' });
    expect(ran.code).toBe(1);
    const commands = ran.log.split('\n').filter((line) => /^\s*::|##\[/.test(line));
    expect(commands.map((line) => /^::(\w+)/.exec(line)?.[1])).toEqual(['error', 'error']);
    expect(commands.filter((line) => line.startsWith('::error::'))).toEqual(['::error::Lockkeeper found 1 error']);
    for (const text of [ran.summary, host.comments[0]?.body ?? '']) {
      expect(text).not.toMatch(/^\s*::[\w-]+(?: [^\n]*)?::/m);
      expect(text).not.toContain('##[error]');
    }
    expect(host.comments[0]?.body.match(/<!-- lockkeeper/g)).toHaveLength(1);
  });

  test('with annotations off', async () => {
    const ran = await act(checkout({ [name]: sql }), { annotations: 'false' });
    const commands = ran.log.split('\n').filter((line) => /^\s*::[\w-]+(?: [^\n]*)?::|##\[/.test(line));
    expect(commands).toEqual(['::error::Lockkeeper found 1 error']);
  });

  test('and no code of it runs', async () => {
    const owned = join(temporary(), 'owned');
    const script = `require('fs').writeFileSync(${JSON.stringify(owned)}, '')`;
    const place = checkout({
      ...one,
      'lockkeeper.config.js': script,
      'node_modules/pg/index.js': script,
      'node_modules/libpg-query/index.js': script,
      'knexfile.js': script,
      '.gitattributes': '*.sql diff=evil\n',
    });
    await act(place, { 'working-directory': '.' });
    expect(existsSync(owned)).toBe(false);
  });
});

test('1,000 migrations take seconds, not minutes', async () => {
  const many = Array.from({ length: 1000 }, (_, at): [string, string] => {
    const id = String(at + 1).padStart(4, '0');
    return [
      `db/migrations/${id}_table.sql`,
      `create table t${id} (id bigint primary key, account bigint not null, note text);
alter table t${id} add column more text;\ncreate index t${id}_account on t${id} (account);\n`,
    ];
  });
  const origin = repository({ ...Object.fromEntries(many), 'lockkeeper.config.json': '{ "lockTimeout": "5s" }' });
  const folder = branchOf(origin);
  commit(folder, { 'db/migrations/1001_index.sql': 'create index on t0007 (note);\n' });
  const start = performance.now();
  const ran = await act({ folder, base: git(folder, 'rev-parse', 'origin/main').trim() });
  expect(ran.outputs.errors).toBe('1');
  expect((await act({ folder })).outputs.errors).toBe('1');
  // it is 4 s of one core, which a dozen others may share
  expect(performance.now() - start).toBeLessThan(120_000);
}, 200_000);
