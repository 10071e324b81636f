import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { MessageChannel, Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import type { Line } from '../src/cli/parse-ahead.js';
import { loadParser, parseJson } from '../src/sql/parse.js';
import { folderOf, run } from './cli-io.js';

// the worker is a file of dist, which is built before the tests run; from the sources nothing is parsed ahead

test('gives the trees of what the grammar accepts, in order, and ends', async () => {
  await loadParser();
  const { port1: mine, port2: port } = new MessageChannel();
  const passed = new Int32Array(new SharedArrayBuffer(4));
  // far more than is parsed ahead at once: the last one comes only when the others are behind
  const long = `select '${'x'.repeat(600_000)}'`;
  const texts = ['select 1', 'selec', 'select ${a}', long, 'select 2'].map((text) => {
    return { text, placeholders: ['dollar-brace' as const] };
  });
  const workerData: Line = { passed, port };
  const worker = new Worker('./dist/chunks/parse-ahead-worker.js', { workerData, transferList: [port] });
  mine.postMessage(texts);
  const got: { at: number; sql: string; json: string }[] = [];
  mine.on('message', (parsed) => {
    got.push(parsed);
    Atomics.store(passed, 0, parsed.at + 1);
    Atomics.notify(passed, 0);
  });
  await once(worker, 'exit');
  expect(got.map(({ at, sql }) => [at, sql])).toEqual([
    [0, 'select 1'],
    [2, 'select _a__'],
    [3, long],
    [4, 'select 2'],
  ]);
  expect(got[0]?.json).toBe(parseJson('select 1'));
});

test('what was parsed ahead is judged as what was not', async () => {
  const files = Array.from({ length: 200 }, (_, n) => [
    `migrations/${String(n).padStart(4, '0')}_a.sql`,
    n % 50 === 7 ? 'create tabel a ();' : `create table t${n} (id int);\ncreate index on t${Math.floor(n / 2)} (id);\n`,
  ]);
  const folder = folderOf(Object.fromEntries(files));
  const args = ['check', '--format', 'json', '--fail-on', 'never', 'migrations'];
  const built = execFileSync(process.execPath, [`${process.cwd()}/dist/cli.js`, ...args], {
    cwd: folder,
    encoding: 'utf8',
  });
  const { stdout } = await run(folder, args);
  expect(built).toBe(stdout);
  expect(JSON.parse(built).summary).toMatchObject({ migrations: 200, errors: 199 });
  rmSync(folder, { recursive: true });
});
