import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import module from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { folderOf } from './cli-io.js';

/** The package as npm would publish it (built before the tests run), unpacked where only its own dependencies are found. */
let folder = '';
let files: readonly string[] = [];
const cli = () => join(folder, 'node_modules/lockkeeper/dist/cli.js');
const manifest = JSON.parse(readFileSync('package.json', 'utf8'));

beforeAll(() => {
  folder = realpathSync(
    folderOf({
      // a project of its own, whatever lies above it
      'package.json': '{ "name": "shop" }',
      'migrations/001_account.sql': 'create table account (id int);\n',
      'migrations/002_index.sql': 'create index on account (id);\n',
    }),
  );
  const packed = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
      encoding: 'utf8',
      stdio: 'pipe',
    }),
  );
  files = packed[0].files.map((file: { path: string }) => file.path);
  mkdirSync(join(folder, 'node_modules/lockkeeper'), { recursive: true });
  execFileSync(
    'tar',
    ['xzf', join(folder, packed[0].filename), '-C', 'node_modules/lockkeeper', '--strip-components=1'],
    { cwd: folder },
  );
  for (const name of Object.keys(manifest.dependencies)) {
    mkdirSync(join(folder, 'node_modules', name, '..'), { recursive: true });
    symlinkSync(realpathSync(join('node_modules', name)), join(folder, 'node_modules', name));
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

test('holds what is needed and nothing else', () => {
  const needed = [
    'package.json',
    'README.md',
    'LICENSE',
    'CHANGELOG.md',
    'dist/cli.js',
    'dist/index.js',
    'dist/schema.json',
    'dist/licenses.txt',
  ];
  expect(files).toEqual(expect.arrayContaining([...needed, 'dist/types/src/index.d.ts']));
  expect(files.filter((file) => !file.startsWith('dist/') && !needed.includes(file))).toEqual([]);
  expect(files.filter((file) => /\b(test|fixtures)\//.test(file))).toEqual([]);
});

test('runs as a program, with the packages it depends on alone', () => {
  expect(statSync(cli()).mode & 0o111).not.toBe(0);
  const ran = spawnSync(cli(), ['check', '--format', 'json'], { cwd: folder, encoding: 'utf8' });
  expect([ran.status, ran.stderr]).toEqual([1, '']);
  expect(JSON.parse(ran.stdout).diagnostics[0]).toMatchObject({
    rule: 'index-not-concurrent',
    file: 'migrations/002_index.sql',
  });
  expect(spawnSync(cli(), ['--version'], { encoding: 'utf8' }).stdout).toBe(`${manifest.version}\n`);
});

test('what Node keeps of it stands beside it, is not published, and may be missing', () => {
  expect(manifest.files).toContain('!dist/.compiled');
  const kept = join(folder, 'node_modules/lockkeeper/dist/.compiled');
  // Node 20 keeps nothing
  expect(existsSync(kept)).toBe('enableCompileCache' in module);
  rmSync(kept, { recursive: true, force: true });
  writeFileSync(kept, 'a file in the place of the folder');
  const ran = spawnSync(cli(), ['rules'], { encoding: 'utf8' });
  rmSync(kept);
  expect([ran.status, ran.stderr]).toEqual([0, '']);
});

test.skipIf(spawnSync('script', ['--version']).status !== 0)('a terminal without a size is 100 columns wide', () => {
  const ran = spawnSync('script', ['-qec', `"${cli()}" check --help`, '/dev/null'], { encoding: 'utf8' });
  expect(ran.stdout.replaceAll('\r', '')).toBe(spawnSync(cli(), ['check', '--help'], { encoding: 'utf8' }).stdout);
});

test('every command is there', () => {
  for (const command of ['check', 'locks', 'fix', 'explain', 'rules', 'completion']) {
    const ran = spawnSync(cli(), [command, '--help'], { encoding: 'utf8' });
    expect([command, ran.status, ran.stderr]).toEqual([command, 0, '']);
  }
});

test('reads a configuration and standard input', () => {
  writeFileSync(
    join(folder, 'lockkeeper.config.yaml'),
    'rules:\n  index-not-concurrent: note\n  no-lock-timeout: off\n',
  );
  const argv = ['check', '--stdin-filename', 'migrations/003_x.sql', '--fail-on', 'note'];
  const ran = spawnSync(cli(), argv, { cwd: folder, encoding: 'utf8', input: 'create index on account (id);' });
  rmSync(join(folder, 'lockkeeper.config.yaml'));
  expect([ran.status, ran.stdout]).toEqual([1, expect.stringContaining('note index-not-concurrent')]);
});

test('a reader that stops reading is no error', async () => {
  const many = Array.from({ length: 3000 }, (_, n) => `create index i${n} on account (id);`).join('\n');
  writeFileSync(join(folder, 'migrations/004_many.sql'), many);
  const child = spawn(cli(), ['check'], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (data) => {
    stderr += data;
  });
  child.stdout.once('data', () => child.stdout.destroy());
  const code = await new Promise((resolve) => child.on('close', resolve));
  rmSync(join(folder, 'migrations/004_many.sql'));
  expect([code === 0 || code === 1, stderr]).toEqual([true, '']);
});

test('long output to a pipe arrives whole', () => {
  const many = Array.from({ length: 3000 }, (_, n) => `create index i${n} on account (id);`).join('\n');
  writeFileSync(join(folder, 'migrations/004_many.sql'), many);
  const program = `"${cli()}" check --format json | (sleep 0.2; cat)`;
  const { stdout } = spawnSync('bash', ['-c', program], { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 28 });
  rmSync(join(folder, 'migrations/004_many.sql'));
  expect(JSON.parse(stdout).diagnostics.length).toBeGreaterThan(3000);
});

describe('as a library', () => {
  test('it is imported and lints', () => {
    const program = `
      import { discover, lint, loadParser, rules, reporters } from 'lockkeeper';
      await loadParser();
      const { histories } = await discover([], { cwd: process.cwd() });
      const report = lint(histories, { pg: 14, rules });
      console.log(report.diagnostics.map((one) => one.rule).join());`;
    const ran = spawnSync(process.execPath, ['--input-type=module', '-e', program], { cwd: folder, encoding: 'utf8' });
    expect([ran.stderr, ran.stdout]).toEqual(['', expect.stringContaining('index-not-concurrent')]);
  });

  test('its types hold in a strict project that checks libraries', () => {
    writeFileSync(
      join(folder, 'use.ts'),
      `import { defineRule, lint, type Report, rules } from 'lockkeeper';
       const report: Report = lint([], { pg: 14, rules: [...rules, defineRule({ id: 'x', level: 'note', title: '', why: '', instead: '', links: [], bad: [], good: [], on: ['IndexStmt'], check: ({ node }) => node.unique ? { message: 'x' } : undefined })] });
       // @ts-expect-error a level is one of three
       const level: Report['failOn'] = 'fatal';
       export { level, report };`,
    );
    const options = [
      '--noEmit',
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2023',
      '--skipLibCheck',
      'false',
      '--types',
      '',
      // where temporary folders lie within this project, its own tsconfig.json is above them
      '--ignoreConfig',
    ];
    const ran = spawnSync(
      process.execPath,
      [join(process.cwd(), 'node_modules/typescript/bin/tsc'), ...options, 'use.ts'],
      {
        cwd: folder,
        encoding: 'utf8',
      },
    );
    expect(ran.stdout).toBe('');
  });

  test('its schema is where editors look for it', () => {
    expect(existsSync(join(folder, 'node_modules/lockkeeper', manifest.exports['./schema.json']))).toBe(true);
  });
});
