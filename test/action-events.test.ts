import { dirname, join } from 'node:path';
import { marked } from 'marked';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { buildAction, pullRequestEvent, runAction } from './action-runner.js';
import { run } from './cli-io.js';
import { commit, git, repository, temporary } from './repository.js';

let bundle = '';
beforeAll(() => {
  bundle = buildAction();
}, 120_000);

const index = (name: string) => ({ [`db/${name}.sql`]: `create index account_${name} on account (email);\n` });
const zeros = '0'.repeat(40);

let origin = '';
const at = (commitish: string) => git(origin, 'rev-parse', commitish).trim();
beforeEach(() => {
  origin = repository({
    'lockkeeper.config.json': '{ "lockTimeout": "5s" }',
    'db/001.sql': 'create table account (id bigint primary key, email text);\n',
    ...index('002'),
  });
});

/** Runs the action on a checkout of one commit of the origin, with all of its branches, or as deep as is said. */
async function act(event: object, commitish: string, inputs: Readonly<Record<string, string>> = {}) {
  const { depth = '', ...given } = inputs;
  const folder = join(temporary(), 'work');
  git(dirname(folder), 'init', '-q', folder);
  const all = '+refs/heads/*:refs/remotes/origin/*';
  git(
    folder,
    'fetch',
    '-q',
    ...(depth === '' ? [] : ['--depth', depth]),
    `file://${origin}`,
    depth === '' ? all : at(commitish),
  );
  git(folder, 'checkout', '-q', '--detach', at(commitish));
  const ran = await runAction({ bundle, workspace: folder, api: '', event, inputs: given });
  return { ...ran, files: [...ran.log.matchAll(/^::error file=([^,]+)/gm)].map(([, file]) => file) };
}

const push = (branch: string, before: string) => ({
  ref: `refs/heads/${branch}`,
  before,
  repository: { full_name: 'octo/shop', default_branch: 'main' },
});

describe('a push', () => {
  test('to the default branch is what it brings', async () => {
    const before = at('HEAD');
    commit(origin, index('003'));
    commit(origin, index('004'));
    expect((await act(push('main', before), 'main')).files).toEqual(['db/003.sql', 'db/004.sql']);
  });

  test.each([zeros, undefined])('to another branch is all that the default one has not', async (before) => {
    git(origin, 'checkout', '-q', '-b', 'feature');
    commit(origin, index('003'));
    const first = at('HEAD');
    // it is applied nowhere yet
    commit(origin, { ...index('004'), 'db/003.sql': 'create index account_id on account (id);\n' });
    expect((await act(push('feature', before ?? first), 'feature')).files).toEqual(['db/003.sql', 'db/004.sql']);
  });

  test('is everything where there was nothing before, and of a tag', async () => {
    expect((await act(push('main', zeros), 'main')).files).toEqual(['db/002.sql']);
    expect((await act({ ...push('main', at('HEAD')), ref: 'refs/tags/v1' }, 'main')).files).toEqual(['db/002.sql']);
  });

  test('whose base the checkout does not reach is everything, with a warning', async () => {
    const before = at('HEAD');
    commit(origin, index('003'));
    const ran = await act(push('main', before), 'main', { depth: '1' });
    expect(ran.files).toEqual(['db/002.sql', 'db/003.sql']);
    expect(ran.log).toContain(
      '::warning::the checkout does not reach the base of the push, main, so everything is judged: set fetch-depth: 0',
    );
  });
});

describe('a merge group', () => {
  const group = () => ({
    action: 'checks_requested',
    merge_group: {
      head_sha: at('queue'),
      head_ref: 'refs/heads/queue',
      base_sha: at('queue~1'),
      base_ref: 'refs/heads/main',
    },
  });
  beforeEach(() => {
    git(origin, 'checkout', '-q', '-b', 'queue');
    commit(origin, index('003'));
    commit(origin, index('004'));
  });

  test('is what it adds to the group before it', async () => {
    const ran = await act(group(), 'queue');
    expect(ran.files).toEqual(['db/004.sql']);
    expect(ran.code).toBe(1);
  });

  test('says what to set where the checkout is too shallow', async () => {
    const ran = await act(group(), 'queue', { depth: '1' });
    expect(ran.log).toContain('::error::the checkout does not reach the base of the merge group: set fetch-depth: 0');
    expect(ran.files).toEqual([]);
  });
});

describe('pull_request_target', () => {
  let event: object = {};
  beforeEach(() => {
    git(origin, 'checkout', '-q', '-b', 'feature');
    commit(origin, index('003'));
    git(origin, 'checkout', '-q', 'main');
    commit(origin, { 'README.md': 'words' });
    event = pullRequestEvent(at('main'), at('feature'));
  });

  test.each(['', '1'])('does not look clean with the checkout of the base, depth %j', async (depth) => {
    const ran = await act(event, 'main', { depth });
    expect(ran.log).toContain('::error::the checkout holds nothing of the pull request, so nothing can be said of it');
    expect(ran.code).toBe(1);
  });

  test('is said to be missing from everything too', async () => {
    const ran = await act(event, 'main', { 'changed-only': 'false' });
    expect(ran.log).toContain('::warning::the checkout holds nothing of the pull request');
    expect(ran.files).toEqual(['db/002.sql']);
    expect((await act(event, 'feature', { 'changed-only': 'false' })).log).not.toContain('::warning::');
  });

  test('is judged with the checkout of its head', async () => {
    expect((await act(event, 'feature')).files).toEqual(['db/003.sql']);
  });
});

test('an event that is about no commits is everything', async () => {
  commit(origin, index('003'));
  expect((await act({ schedule: '0 4 * * *' }, 'main')).files).toEqual(['db/002.sql', 'db/003.sql']);
});

describe('places are links', () => {
  const name = 'db/0(3)] `x`.sql';
  beforeEach(() => {
    git(origin, 'checkout', '-q', '-b', 'feature');
    commit(origin, { [name]: '\ncreate index on account (email);\n', 'db/002.sql': null });
  });
  const link = () =>
    `[\`\`${name}:2\`\`](<https://code.example/octo/shop/blob/${at('feature')}/db/0(3)%5D%20%60x%60.sql#L2>)`;
  // a file that is gone has no line at the head
  const gone = 'error `applied-migration-deleted` in `db/002.sql:1`';

  test.each(['.', 'db'])('in the summary of the action, from %s', async (folder) => {
    const event = pullRequestEvent(at('main'), at('feature'));
    const { summary } = await act(event, 'feature', { 'working-directory': folder });
    expect(summary).toContain(` in ${link()}\n`);
    expect(summary).toContain(gone);
    expect(summary).toMatch(/^db\/0\(3\).*migration 0/m);
    const url = `https://code.example/octo/shop/blob/${at('feature')}/db/0(3)%5D%20%60x%60.sql`;
    const led = [...(await marked.parse(summary)).matchAll(/<a href="([^"]*)">/g)].map(([, to]) => to);
    // the file's name, which is none, is a finding of its own, on line 1
    expect(led.toSorted()).toEqual([`${url}#L1`, `${url}#L2`]);
  });

  test('in the summary that init has the program write', async () => {
    const folder = temporary({ 'event.json': JSON.stringify(pullRequestEvent(at('main'), at('feature'))) });
    git(origin, 'checkout', '-q', 'feature');
    const env = {
      GITHUB_ACTIONS: 'true',
      GITHUB_SERVER_URL: 'https://code.example',
      GITHUB_REPOSITORY: 'octo/shop',
      GITHUB_SHA: '0123456789',
      GITHUB_EVENT_PATH: join(folder, 'event.json'),
    };
    const argv = ['check', '--changed', 'main', '--format', 'markdown'];
    expect((await run(origin, argv, { env })).stdout).toContain(link());
    expect((await run(origin, argv)).stdout).toContain(` in \`\`${name}:2\`\`\n`);
    const { GITHUB_EVENT_PATH, ...push } = env;
    expect((await run(origin, argv, { env: push })).stdout).toContain('/octo/shop/blob/0123456789/db/0(3)');
  });
});
