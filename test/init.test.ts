import { existsSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { run } from './cli-io.js';
import { put, repository, temporary } from './repository.js';

const files = {
  'db/migrations/001_account.sql':
    '-- migrate:up\ncreate table account (id int);\n-- migrate:down\ndrop table account;\n',
  'services/mail/prisma/migrations/20260101000000_init/migration.sql': 'create table mail (id int);\n',
  'services/mail/prisma/migrations/migration_lock.toml': 'provider = "postgresql"\n',
};
const written = ['lockkeeper.config.json', '.pre-commit-config.yaml', '.github/workflows/lockkeeper.yml'];

test('writes what fits the migrations that it finds', async () => {
  const cwd = repository(files);
  const ran = await run(cwd, ['init']);
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  expect(ran.stdout).toMatchSnapshot();
  const texts = written.map((file) => readFileSync(join(cwd, file), 'utf8'));
  for (const text of texts) for (const line of text.trimEnd().split('\n')) expect(ran.stdout).toContain(line);
  expect(parse(texts[1] ?? '').repos[0].hooks[0].id).toBe('lockkeeper');
  expect(parse(texts[2] ?? '').on.pull_request.paths).toEqual([
    'db/migrations/**',
    'services/mail/prisma/migrations/**',
    'lockkeeper.*',
  ]);
  // the configuration that it wrote is one
  expect((await run(cwd, ['check', '--fail-on', 'never'])).code).toBe(0);
});

test('names the oldest server that earlier migrations can have run on', async () => {
  const unique = 'create table visit (id int, unique nulls not distinct (id));';
  const cwd = repository({
    ...files,
    'db/migrations/000_visit.sql': `-- migrate:up\n${unique}\n-- migrate:down\ndrop table visit;\n`,
  });
  await run(cwd, ['init']);
  expect(JSON.parse(readFileSync(join(cwd, 'lockkeeper.config.json'), 'utf8')).pg).toBe(15);
});

test('shows what it would write, and writes nothing', async () => {
  const cwd = repository(files);
  const ran = await run(cwd, ['init', '--dry-run']);
  expect(ran.code).toBe(0);
  expect(ran.stdout).toContain('.pre-commit-config.yaml would be written');
  expect(written.filter((file) => existsSync(join(cwd, file)))).toEqual([]);
});

test('never overwrites', async () => {
  const own = {
    'package.json': '{ "lockkeeper": { "pg": 15 } }',
    '.pre-commit-config.yaml': 'repos: []\n',
    '.github/workflows/lockkeeper.yml': 'on: push\n',
  };
  const cwd = repository({ ...files, ...own });
  const ran = await run(cwd, ['init']);
  expect(ran.stdout).toContain('package.json is there already\n');
  expect(ran.stdout).toContain(
    '.pre-commit-config.yaml is there already; this is what to add to it\n      - repo: local',
  );
  for (const [file, text] of Object.entries(own)) expect(readFileSync(join(cwd, file), 'utf8')).toBe(text);
  expect(existsSync(join(cwd, 'lockkeeper.config.json'))).toBe(false);
});

test.each([
  ['husky', '.husky/_/husky.sh', '.husky/pre-commit', 'is written'],
  ['husky with a hook', '.husky/pre-commit', '.husky/pre-commit', 'is there already; this is what to add to it'],
  ['lefthook', 'lefthook.yml', 'lefthook.yml', 'is there already; this is what to add to it'],
])('joins %s', async (_, present, file, said) => {
  const cwd = repository({ ...files, [present]: 'true\n' });
  const { stdout } = await run(cwd, ['init']);
  expect(stdout).toContain(`${file} ${said}`);
  expect(stdout).toMatch(/npx --yes lockkeeper@\d+\.\d+\.\d+ check --staged/);
  expect(existsSync(join(cwd, '.pre-commit-config.yaml'))).toBe(false);
  if (said === 'is written') expect(statSync(join(cwd, file)).mode & 0o111).toBe(0o111);
});

test.each([
  ['package-lock.json', 'npm install --save-dev lockkeeper'],
  ['pnpm-lock.yaml', 'pnpm add --save-dev lockkeeper'],
  ['yarn.lock', 'yarn add --dev lockkeeper'],
  ['bun.lock', 'bun add --dev lockkeeper'],
])('a project with %s runs its own copy, which npx would take long to find', async (lock, install) => {
  const cwd = repository({ ...files, [lock]: '', 'package.json': '{}', '.husky/_/husky.sh': '' });
  expect((await run(cwd, ['init'])).stdout).toContain(`\n    ${install} `);
  expect(readFileSync(join(cwd, '.husky/pre-commit'), 'utf8')).toBe('node_modules/.bin/lockkeeper check --staged\n');
  put(cwd, { 'package.json': '{ "devDependencies": { "lockkeeper": "0.1.0" } }' });
  expect((await run(cwd, ['init'])).stdout).not.toContain(install);
});

describe('docs/integrations.md shows what it writes', () => {
  const page = readFileSync('docs/integrations.md', 'utf8');
  const dbmate = { 'db/migrations/001_account.sql': files['db/migrations/001_account.sql'] };
  const node = { 'package.json': '{}' };
  test.each<[string, string, Record<string, string>]>([
    ['pre-commit', '.pre-commit-config.yaml', {}],
    ['workflow', '.github/workflows/lockkeeper.yml', {}],
    ['husky', '.husky/pre-commit', { ...node, '.husky/_/husky.sh': '' }],
    ['npx', '.husky/pre-commit', { '.husky/_/husky.sh': '' }],
    ['lefthook', 'lefthook.yml', { ...node, 'lefthook.yml': 'colors: true\n' }],
    ['gitlab', '.gitlab-ci.yml', { '.gitlab-ci.yml': 'stages: [test]\n' }],
  ])('of %s', async (name, file, more) => {
    const cwd = repository({ ...dbmate, ...more });
    const { stdout } = await run(cwd, ['init']);
    const [, shown = ''] =
      page.match(new RegExp(`<!-- ${name}: [^>]*>\\n\`\`\`\\w+\\n([^\`]*)\`\`\`\\n<!-- /${name} -->`)) ?? [];
    expect(shown.length).toBeGreaterThan(20);
    // of a file that is there already init says what to add
    if (file in more) expect(stdout).toContain(shown.replace(/^(?=.)/gm, '    '));
    else expect(readFileSync(join(cwd, file), 'utf8')).toBe(shown);
  });

  test('and says whose account OWNER stands for', () => {
    const first = page.indexOf('OWNER');
    expect(page.slice(first)).toMatch(/^OWNER` is the account that holds it/);
    expect(readFileSync('README.md', 'utf8')).not.toContain('OWNER');
  });
});

test('run again, it finds everything there', async () => {
  const cwd = repository(files);
  await run(cwd, ['init']);
  const { stdout } = await run(cwd, ['init']);
  for (const file of written) expect(stdout).toContain(`\n${file} is there already\n`);
  expect(stdout).not.toContain('to add to it');
});

test('a repository of GitLab is told what to add to its pipeline', async () => {
  const cwd = repository({ ...files, '.gitlab-ci.yml': 'stages: [test]\n' });
  const { stdout } = await run(cwd, ['init']);
  const [, added = ''] = stdout.split('.gitlab-ci.yml is there already; this is what to add to it\n');
  expect(parse((added.split('\nnext:')[0] ?? '').replace(/^ {4}/gm, '')).lockkeeper.artifacts.reports).toEqual({
    codequality: 'codequality.json',
    junit: 'junit.xml',
  });
  expect(existsSync(join(cwd, '.github'))).toBe(false);
});

test('writes through no link', async () => {
  const cwd = repository(files);
  const outside = temporary();
  symlinkSync(join(outside, 'elsewhere'), join(cwd, '.pre-commit-config.yaml'));
  const ran = await run(cwd, ['init']);
  const message = 'is a link; name the place itself that is meant\n';
  expect(ran.stderr).toBe(`lockkeeper: cannot write .pre-commit-config.yaml: .pre-commit-config.yaml ${message}`);
  expect(ran.code).toBe(2);
  rmSync(join(cwd, '.pre-commit-config.yaml'));
  symlinkSync(outside, join(cwd, '.github'));
  expect((await run(cwd, ['init'])).stderr).toBe(
    `lockkeeper: cannot write .github/workflows/lockkeeper.yml: .github ${message}`,
  );
  expect(readdirSync(outside)).toEqual([]);
});

test('without git it writes the configuration alone', async () => {
  const cwd = temporary(files);
  expect((await run(cwd, ['init'])).code).toBe(0);
  expect(written.filter((file) => existsSync(join(cwd, file)))).toEqual(['lockkeeper.config.json']);
});

test('says in one line what is missing', async () => {
  const cwd = repository({ 'README.md': 'nothing\n' });
  const none = await run(cwd, ['init']);
  expect(none).toMatchObject({ code: 2, stdout: '' });
  expect(none.stderr).toBe(
    'lockkeeper: there are no migrations below this folder: make the first one, then run init again\n',
  );
  put(cwd, files);
  const below = await run(join(cwd, 'db/migrations'), ['init']);
  expect(below).toMatchObject({ code: 2, stderr: 'lockkeeper: run it in the root of the repository: cd ../../\n' });
});
