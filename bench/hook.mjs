// Times the hook, `lockkeeper check --staged`, on one new file in a history: `node bench/hook.mjs [FILES] [STATEMENTS] [ROUNDS]`.
// With what the last run has kept beside git's files, and without it.
import { execFileSync, spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const [files = '1000', statements = '3000', rounds = '7'] = process.argv.slice(2);
const folder = resolve('node_modules/.cache/bench-hook');
rmSync(folder, { recursive: true, force: true });
execFileSync(process.execPath, ['bench/generate.mjs', join(folder, 'migrations'), files, statements]);
const git = (...args) =>
  execFileSync('git', ['-c', 'user.name=bench', '-c', 'user.email=bench@localhost', ...args], { cwd: folder });
git('init', '-q');
git('add', '.');
git('commit', '-q', '-m', 'history');
writeFileSync(join(folder, 'migrations/999999_index.sql'), 'create index on invoice_1 (c1);\n');
git('add', '.');

function time() {
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [resolve('dist/cli.js'), 'check', '--staged'], {
    cwd: folder,
  });
  const spent = performance.now() - start;
  if (status !== 1) throw new Error(String(stderr));
  return spent;
}

const median = (times) => times.sort((a, b) => a - b)[times.length >> 1];
const repeat = (measure) => `${(median(Array.from({ length: Number(rounds) }, measure)) / 1000).toFixed(2)} s`;
const afresh = repeat(() => {
  rmSync(join(folder, '.git/lockkeeper'), { recursive: true, force: true });
  return time();
});
console.log(`${files} files, ${statements} statements, one more is staged; median of ${rounds}`);
console.log(`first run      ${afresh}`);
console.log(`every later    ${repeat(time)}`);
