import { execFile } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildAction, pullRequestEvent, runAction } from './action-runner.js';
import { CodeHost, token } from './code-host.js';
import { missing } from './programs.js';
import { Registry } from './registry.js';
import { git, put, repository, temporary } from './repository.js';

/**
 * The way of a new user, in one run: a fresh clone, `npx lockkeeper init` with the package as it would be published, the hook that it
 * wrote, and the action on the branch. With WALK_REPOSITORY=<a clone of rust-lang/crates.io> it is that project instead of one of
 * the same shape; WALK_LOG=<file> keeps what was said on the way.
 */
const real = process.env.WALK_REPOSITORY;

const small = {
  // npx looks for a project from its folder upwards, and temporary folders may stand inside this project, as in CI.
  'package.json': '{ "private": true }\n',
  'diesel.toml': '[migrations_directory]\ndir = "migrations"\n',
  'migrations/2026-01-01-000000-0000_crates/up.sql':
    'create table crates (id bigint primary key, name text not null, created_at timestamptz not null);\n',
  'migrations/2026-01-01-000000-0000_crates/down.sql': 'drop table crates;\n',
};
const folder = 'migrations/2099-01-01-000000-0000_crates_by_date';
const bad = {
  [`${folder}/up.sql`]: 'create index crates_by_date on crates (created_at);\n',
  [`${folder}/down.sql`]: 'drop index concurrently crates_by_date;\n',
  [`${folder}/metadata.toml`]: 'run_in_transaction = false\n',
};
const good = { [`${folder}/up.sql`]: bad[`${folder}/up.sql`]?.replace('index', 'index concurrently') ?? '' };

const lacking = missing('pre-commit');

describe.skipIf(lacking !== undefined)(`a new user ${lacking ? `(skipped: ${lacking})` : ''}`, () => {
  const registry = new Registry();
  const host = new CodeHost();
  const home = temporary();
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    NO_COLOR: '1',
    PRE_COMMIT_HOME: join(home, 'pre-commit'),
    npm_config_cache: join(home, 'npm'),
    npm_config_registry: '',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_COUNT: '2',
    GIT_CONFIG_KEY_0: 'user.name',
    GIT_CONFIG_VALUE_0: 'Ada',
    GIT_CONFIG_KEY_1: 'user.email',
    GIT_CONFIG_VALUE_1: 'ada@example.org',
  };
  let project = '';
  let api = '';
  let bundle = '';

  beforeAll(async () => {
    env.npm_config_registry = await registry.open();
    api = await host.open();
    bundle = buildAction();
    project = join(temporary(), 'project');
    git('/', 'clone', '-q', '--shared', real ?? repository(small), project);
  }, 300_000);
  afterAll(() => {
    registry.close();
    host.close();
  });

  async function go(program: string, ...argv: readonly string[]) {
    const start = performance.now();
    const ran = await promisify(execFile)(program, argv, { cwd: project, env, maxBuffer: 1e8 }).then(
      ({ stdout, stderr }) => ({ code: 0, told: `${stdout}${stderr}` }),
      (error: { code: number; stdout: string; stderr: string }) => ({
        code: error.code,
        told: `${error.stdout}${error.stderr}`,
      }),
    );
    log(
      `$ ${[program, ...argv].join(' ')}   # exit ${ran.code}, ${Math.round(performance.now() - start)} ms`,
      ran.told,
    );
    return ran;
  }

  test('begins with init', async () => {
    const { code, told } = await go('npx', '--yes', 'lockkeeper', 'init');
    expect(told).toContain('Diesel in migrations');
    expect(code).toBe(0);
    for (const file of ['lockkeeper.config.json', '.pre-commit-config.yaml', '.github/workflows/lockkeeper.yml'])
      expect(existsSync(join(project, file))).toBe(true);
  }, 300_000);

  test('makes everything that is there known', async () => {
    const { code, told } = await go('npx', '--yes', 'lockkeeper', 'check', '--write-baseline');
    expect(told).toContain('in lockkeeper.baseline.json: from now on only new ones count');
    expect(code).toBe(0);
    expect((await go('npx', '--yes', 'lockkeeper', 'check')).code).toBe(0);
  }, 300_000);

  test('commits that, with the hook', async () => {
    expect(await go('pre-commit', 'install', '--install-hooks')).toMatchObject({ code: 0 });
    git(project, 'checkout', '-q', '-b', 'feature');
    git(project, 'add', '-A');
    expect(await go('git', 'commit', '-m', 'Lockkeeper')).toMatchObject({ code: 0 });
  }, 300_000);

  test('is stopped with a bad migration, and not with a good one', async () => {
    put(project, bad);
    git(project, 'add', '-A');
    const stopped = await go('git', 'commit', '-m', 'An index');
    expect(stopped.told).toContain(
      'error index-not-concurrent: building crates_by_date blocks writes to public.crates until it is done',
    );
    expect(stopped.code).toBe(1);
    put(project, good);
    // what is not staged is not judged
    expect((await go('git', 'commit', '-m', 'An index')).code).toBe(1);
    git(project, 'add', '-A');
    expect(await go('git', 'commit', '-m', 'An index')).toMatchObject({ code: 0 });
  }, 300_000);

  test('reads the annotations, the summary and the comment of the action', async () => {
    const base = git(project, 'rev-parse', 'origin/HEAD').trim();
    const act = async (title: string) => {
      const workspace = join(temporary(), 'work');
      git('/', 'clone', '-q', '--shared', project, workspace);
      git(workspace, 'checkout', '-q', '--detach', base);
      git(workspace, 'merge', '-q', '--no-ff', '-m', 'merge', 'origin/feature');
      const event = pullRequestEvent(base, git(project, 'rev-parse', 'HEAD').trim());
      const inputs = { comment: 'true', 'github-token': token, 'sarif-file': 'lockkeeper.sarif' };
      const start = performance.now();
      const ran = await runAction({ bundle, workspace, api, event, inputs });
      const comments = host.comments.map(({ body }) => body).join('\n\n');
      const parts = [ran.log, '--- summary', ran.summary, '--- comment', comments, '--- outputs'];
      log(
        `$ the action: ${title}   # exit ${ran.code}, ${Math.round(performance.now() - start)} ms`,
        [...parts, JSON.stringify(ran.outputs)].join('\n'),
      );
      return { ...ran, sarif: readFileSync(join(workspace, 'lockkeeper.sarif'), 'utf8') };
    };
    put(project, bad);
    await go('git', 'commit', '-q', '-a', '--no-verify', '-m', 'An index that blocks');
    const ran = await act('a bad migration');
    expect(ran.code).toBe(1);
    expect(ran.log).toContain(`::error file=${folder}/up.sql,line=1,`);
    expect(ran.summary).toContain('building crates\\_by\\_date blocks writes');
    expect(ran.summary).toContain('Which statement locks what');
    expect(host.comments.map(({ body }) => body.includes('crates\\_by\\_date'))).toEqual([true]);
    expect(ran.outputs).toMatchObject({ errors: '1', 'worst-level': 'error', 'sarif-file': 'lockkeeper.sarif' });
    const levels = JSON.parse(ran.sarif).runs[0].results.map(({ level }: { level: string }) => level);
    expect(levels.toSorted()).toEqual(['error', 'warning']);
    put(project, good);
    expect((await go('git', 'commit', '-a', '-m', 'An index that does not')).code).toBe(0);
    expect(await act('a good one')).toMatchObject({ code: 0, outputs: { 'worst-level': 'none' } });
    expect(host.comments).toEqual([]);
  }, 300_000);
});

function log(headline: string, text: string): void {
  if (process.env.WALK_LOG !== undefined) appendFileSync(process.env.WALK_LOG, `${headline}\n${text}\n`);
}
