import { rmSync } from 'node:fs';
import { afterAll, expect, test } from 'vitest';
import { folderOf, run } from './cli-io.js';

const files = {
  'lockkeeper.config.json': '{ "pg": 16 }',
  '001_account.sql': 'create table account (id serial primary key);\n',
  '002_visit.sql': 'create table visit (id serial primary key);\ncreate table page (id serial primary key);\n',
  '003_note.sql':
    '-- lockkeeper:ignore key-overflows-integer: there are few\ncreate table note (id serial primary key);\n',
};
const folder = folderOf(files);
afterAll(() => rmSync(folder, { recursive: true }));

async function told(...argv: readonly string[]) {
  const { stdout } = await run(folder, ['check', '--format', 'json', ...argv]);
  const all: readonly { rule: string; file: string; message: string; suppressed: boolean }[] =
    JSON.parse(stdout).diagnostics;
  return all.filter(({ rule }) => rule.startsWith('key-') || rule.startsWith('ignore-'));
}

test('a habit is told in the newest migration that has it and that nobody has excused', async () => {
  const found = await told();
  expect(found.map(({ file, suppressed }) => [file, suppressed])).toEqual([
    ['002_visit.sql', false],
    ['002_visit.sql', false],
    ['003_note.sql', true],
  ]);
  expect(found.map(({ message }) => /\(and.*\)/.exec(message)?.[0])).toEqual([
    '(and 1 more in earlier migrations)',
    undefined,
    undefined,
  ]);
});

test('where only a file is judged, it is told there', async () => {
  expect((await told('001_account.sql')).map(({ file }) => file)).toEqual(['001_account.sql']);
});
