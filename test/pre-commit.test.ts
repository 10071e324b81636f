import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { missing } from './programs.js';
import { branchOf, git, put, repository, temporary } from './repository.js';

const account = 'create table account (id bigint primary key, email text);\n';
const bad = 'create index account_email on account (email);\n';
const good = bad.replace('index', 'index concurrently');

const lacking = missing('pre-commit');

/** The repository's own commit, installed by pre-commit as from anywhere: built by `npm pack`, alone with its dependencies. */
describe.skipIf(lacking !== undefined)(`the hook of pre-commit ${lacking ? `(skipped: ${lacking})` : ''}`, () => {
  const home = temporary();
  const hooks = temporary();
  let project = '';
  let origin = '';

  function preCommit(...argv: readonly string[]) {
    const env = { ...process.env, PRE_COMMIT_HOME: home, npm_config_prefer_offline: 'true', NO_COLOR: '1' };
    const { status, stdout, stderr } = spawnSync('pre-commit', argv, { cwd: project, env, encoding: 'utf8' });
    return { status, told: `${stdout}${stderr}` };
  }

  beforeAll(() => {
    git(hooks, 'clone', '-q', '--no-hardlinks', process.cwd(), 'lockkeeper');
    const repo = join(hooks, 'lockkeeper');
    const config = `repos: [{ repo: 'file://${repo}', rev: ${git(repo, 'rev-parse', 'HEAD').trim()}, hooks: [{ id: lockkeeper }] }]\n`;
    origin = repository({
      '.pre-commit-config.yaml': config,
      'lockkeeper.config.json': '{ "lockTimeout": "5s" }',
      'migrations/001_account.sql': account,
    });
    project = branchOf(origin);
    const { status, told } = preCommit('install', '--install-hooks');
    expect(told).toContain('pre-commit installed at');
    expect(status).toBe(0);
  }, 600_000);

  const commitAs = (message: string) =>
    spawnSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', 'commit', '-m', message], {
      cwd: project,
      env: { ...process.env, PRE_COMMIT_HOME: home, NO_COLOR: '1' },
      encoding: 'utf8',
    });

  test('stops a commit with a bad migration, and lets a good one pass', () => {
    put(project, { 'migrations/002_index.sql': bad });
    git(project, 'add', '.');
    const stopped = commitAs('an index');
    expect(stopped.stderr).toContain('building account_email blocks writes to public.account until it is done');
    expect(stopped.status).toBe(1);
    put(project, { 'migrations/002_index.sql': good });
    git(project, 'add', '.');
    expect(commitAs('an index')).toMatchObject({ status: 0 });
  });

  test('judges a partly staged file as it is staged', () => {
    put(project, { 'migrations/003_more.sql': bad.replace('account_email', 'other') });
    git(project, 'add', '.');
    put(project, { 'migrations/003_more.sql': good.replace('account_email', 'other') });
    const first = preCommit('run');
    expect(first).toMatchObject({ status: 1 });
    expect(first.told).toContain('migrations/003_more.sql:1:1');
    git(project, 'add', '.');
    put(project, { 'migrations/003_more.sql': bad.replace('account_email', 'other') });
    expect(preCommit('run')).toMatchObject({ status: 0 });
    git(project, 'reset', '-q', '--hard');
  });

  test('stops a commit that does nothing but delete a migration, which pre-commit counts as no file', () => {
    git(project, 'rm', '-q', 'migrations/001_account.sql');
    const stopped = commitAs('gone');
    expect(stopped.stderr).toContain('applied-migration-deleted: 001_account.sql is on origin/main but no longer here');
    expect(stopped.status).toBe(1);
    git(project, 'reset', '-q', '--hard');
  });

  test('says nothing of other files and of untracked ones', () => {
    put(project, { 'README.md': 'words\n', 'migrations/004_untracked.sql': bad });
    git(project, 'add', 'README.md');
    expect(preCommit('run')).toMatchObject({ status: 0 });
    put(project, { 'src/app.ts': 'export {};\n' });
    git(project, 'add', 'src/app.ts');
    expect(preCommit('run')).toMatchObject({ status: 0 });
    put(project, { 'migrations/004_untracked.sql': null });
    git(project, 'reset', '-q', '--hard');
  });

  test('judges a range, as in CI and before a push', () => {
    git(project, 'checkout', '-q', '-b', 'range', 'origin/main');
    put(project, { 'migrations/002_index.sql': bad });
    git(project, 'add', '.');
    git(project, 'commit', '-q', '--no-verify', '-m', 'an index');
    expect(preCommit('run', '--from-ref', 'origin/main', '--to-ref', 'HEAD')).toMatchObject({ status: 1 });
    expect(preCommit('run', '--from-ref', 'HEAD', '--to-ref', 'HEAD')).toMatchObject({ status: 0 });
  });
});
