import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { rules } from '../rules/index.js';
import { discover } from '../src/frameworks/discover.js';
import type { History } from '../src/frameworks/framework.js';
import { lint } from '../src/lint.js';
import { type Memory, pack, type Reached, unpack } from '../src/replay/memory.js';
import writeJson from '../src/reporters/json.js';
import { loadParser } from '../src/sql/parse.js';
import { run } from './cli-io.js';
import { git, put, repository, temporary } from './repository.js';

beforeAll(loadParser);

/** What is said of one migration of a history, its context remembered or not. */
function told(history: History, judged: number, memory: Memory): string {
  const options = { pg: 14, rules, judged: (_: History, __: unknown, at: number) => at === judged, oneDeploy: true };
  return writeJson(lint([history], { ...options, memory: () => memory }));
}

const fixtures = readdirSync('fixtures');

test.each(fixtures)('what is said of a migration is the same with a remembered context: %s', async (fixture) => {
  const { histories } = await discover([`fixtures/${fixture}`], { cwd: process.cwd() });
  for (const history of histories) {
    for (const judged of history.migrations.slice(1).map((_, at) => at + 1)) {
      const kept: Reached[] = [];
      const before = told(history, judged, { recall: () => undefined, keep: (reached) => kept.push(reached) });
      const [reached] = kept;
      if (reached === undefined) throw new Error(`${history.root}: the context of migration ${judged} is not kept`);
      const again = unpack(deserialize(serialize(pack(reached))), history);
      expect(again?.next).toBe(judged);
      expect(told(history, judged, { recall: () => again, keep: () => {} })).toBe(before);
    }
  }
});

const inner = "create function touch() returns void language sql as $b$ update account set email = '' $b$;";

test.each([
  ['in a DO block is found again', `do $a$ begin ${inner} end $a$;`, 2],
  [
    // its place is that of the call: there is no such statement at it
    'in a function that was called is not',
    `create function maker() returns void language plpgsql as $a$ begin ${inner} end $a$;\nselect maker();`,
    undefined,
  ],
])('a function that was made %s', async (_, source, next) => {
  const cwd = temporary({
    'migrations/001_account.sql': 'create table account (id bigint primary key, email text);\n',
    'migrations/002_functions.sql': source,
    'migrations/003_call.sql': 'select touch();\n',
  });
  const [history] = (await discover(['migrations'], { cwd })).histories;
  if (history === undefined) throw new Error('no history');
  const kept: Reached[] = [];
  const before = told(history, 2, { recall: () => undefined, keep: (reached) => kept.push(reached) });
  expect(before).toContain('update-without-where');
  const again = kept[0] && unpack(deserialize(serialize(pack(kept[0]))), history);
  expect(again?.next).toBe(next);
  expect(told(history, 2, { recall: () => again, keep: () => {} })).toBe(before);
});

describe('contexts beside git', () => {
  let cwd = '';
  const migrations = Array.from({ length: 60 }, (_, at): [string, string] => [
    `migrations/${String(at + 1).padStart(3, '0')}_t.sql`,
    `create table t${at} (id bigint primary key, name text);\n`,
  ]);

  beforeEach(() => {
    cwd = repository(Object.fromEntries(migrations));
    put(cwd, { 'migrations/061_index.sql': 'create index on t3 (name);\n' });
    git(cwd, 'add', '.');
  });

  const store = () => join(cwd, '.git/lockkeeper');
  const check = async (...argv: readonly string[]) => (await run(cwd, ['check', '--staged', ...argv])).stdout;
  const files = () => readdirSync(store()).map((name) => join(store(), name));
  const only = () => {
    const [file = '', ...others] = files();
    expect(others).toEqual([]);
    return file;
  };

  test('are kept, and read', async () => {
    const before = await check();
    expect(before).toContain('index-not-concurrent');
    const bytes = readFileSync(only());
    expect(await check()).toBe(before);
    expect(readFileSync(only())).toEqual(bytes);
    expect(git(cwd, 'status', '--short')).toBe('A  migrations/061_index.sql\n');
  });

  test('are those of the texts that are there', async () => {
    const before = await check();
    put(cwd, { 'migrations/004_t.sql': 'create table t3 (id bigint primary key);\n' });
    expect(await check()).toBe(before);
    git(cwd, 'add', '.');
    const after = await check();
    expect(after).toContain('fails-when-run');
    expect(after).not.toBe(before);
  });

  test('are those of the server’s major', async () => {
    put(cwd, { 'migrations/001_t.sql': 'create table t0 (id bigint primary key, name text storage external);\n' });
    git(cwd, 'commit', '-qam', 'context');
    put(cwd, { 'migrations/061_index.sql': 'create index on t0 (name);\n' });
    git(cwd, 'add', '.');
    const outputs = new Map<string, string>();
    for (const pg of ['13', '18', '13', '18']) {
      const output = await check('--pg', pg);
      expect(outputs.get(pg) ?? output).toBe(output);
      outputs.set(pg, output);
    }
  });

  test('are those of the search_path that the project names', async () => {
    put(cwd, { 'migrations/001_t.sql': 'create schema app;\ncreate table t0 (id bigint primary key, name text);\n' });
    git(cwd, 'commit', '-qam', 'context');
    put(cwd, { 'migrations/061_index.sql': 'create index on t3 (name, id);\n' });
    git(cwd, 'add', '.');
    const outputs = new Map<string, string>();
    for (const path of ['app', 'public', 'app', 'public']) {
      put(cwd, { 'lockkeeper.config.json': JSON.stringify({ settings: { search_path: path } }) });
      const output = await check();
      expect(output).toContain(`${path}.t3`);
      expect(outputs.get(path) ?? output).toBe(output);
      outputs.set(path, output);
    }
  });

  test.each([
    ['cut short', (bytes: Buffer) => bytes.subarray(0, bytes.length - 7)],
    ['empty', () => Buffer.alloc(0)],
    ['not one', () => Buffer.from('x'.repeat(1000))],
    ['with one byte that is another', (bytes: Buffer) => bytes.with(300, (bytes[300] ?? 0) ^ 1)],
  ])('that are %s count as none, and are made anew', async (_, damage) => {
    const before = await check();
    const damaged = damage(readFileSync(only()));
    writeFileSync(only(), damaged);
    expect(await check()).toBe(before);
    expect(readFileSync(only())).not.toEqual(damaged);
    expect(await check()).toBe(before);
  });

  test('that cannot be written are not', async () => {
    const before = await check();
    rmSync(store(), { recursive: true });
    writeFileSync(store(), 'a file in the place of the folder');
    expect(await check()).toBe(before);
    expect(readFileSync(store(), 'utf8')).toBe('a file in the place of the folder');
  });
});
