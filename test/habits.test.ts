import { rmSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { folderOf, run } from './cli-io.js';

const table = (name: string) => `create table ${name} (id serial primary key);\n`;
const few = {
  'lockkeeper.config.json': '{ "pg": 16 }',
  '001_a.sql': table('a'),
  '002_b.sql': table('b'),
  '003_c.sql': table('c'),
  '004_d.sql': table('d'),
};
const many = {
  ...few,
  '005_e.sql': table('e') + table('f'),
  '006_g.sql': `-- lockkeeper:ignore key-overflows-integer: there are few\n${table('g')}`,
};
const folders = [few, many].map(folderOf);
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

async function told(folder: string | undefined, ...argv: readonly string[]) {
  const { stdout } = await run(folder ?? '', ['check', '--format', 'json', ...argv]);
  const all: readonly { rule: string; file: string; message: string; suppressed: boolean }[] =
    JSON.parse(stdout).diagnostics;
  return all.filter(({ rule }) => rule.startsWith('key-') || rule.startsWith('ignore-'));
}

test('a habit is told in the newest migration that has it and that nobody has excused', async () => {
  const found = await told(folders[1]);
  expect(found.map(({ file, suppressed }) => [file, suppressed])).toEqual([
    ['005_e.sql', false],
    ['005_e.sql', false],
    ['006_g.sql', true],
  ]);
  expect(found.map(({ message }) => /\(and.*\)/.exec(message)?.[0])).toEqual([
    '(and 4 more in earlier migrations)',
    undefined,
    undefined,
  ]);
});

test('what a few migrations do is told in each', async () => {
  expect((await told(folders[0])).map(({ file }) => file)).toEqual([
    '001_a.sql',
    '002_b.sql',
    '003_c.sql',
    '004_d.sql',
  ]);
});

test('where only a file is judged, it is told there', async () => {
  expect((await told(folders[1], '001_a.sql')).map(({ file }) => file)).toEqual(['001_a.sql']);
});
