// Compares `lockkeeper check` with squawk on the same generated folder, in turns: `node bench/run.mjs [ROUNDS]`.
// squawk-cli is installed on demand into node_modules/.cache; nothing of it is committed.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

if (!existsSync('dist/cli.js')) throw new Error('there is no dist/cli.js: npm run build, then node bench/run.mjs');
const rounds = Number(process.argv[2] ?? 5);
const cache = resolve('node_modules/.cache');
const folder = join(cache, 'bench');
const squawkHome = join(cache, 'squawk');
mkdirSync(cache, { recursive: true });
execFileSync(process.execPath, ['bench/generate.mjs', folder], { stdio: 'inherit' });
if (!existsSync(join(squawkHome, 'node_modules/squawk-cli'))) {
  mkdirSync(squawkHome, { recursive: true });
  writeFileSync(join(squawkHome, 'package.json'), '{ "private": true }');
  execFileSync('npm', ['install', '--no-save', 'squawk-cli@2.66.0'], { cwd: squawkHome, stdio: 'inherit' });
}

const files = readdirSync(folder).map((file) => join(folder, file));
const one = join(cache, 'bench-one');
mkdirSync(one, { recursive: true });
writeFileSync(join(one, '001_account.sql'), 'create table account (id bigint primary key, email text);\n');
const commands = {
  'the parser alone, folder': [process.execPath, ['bench/parse.mjs', folder]],
  'lockkeeper, folder': [process.execPath, ['dist/cli.js', 'check', '--format', 'json', folder]],
  'squawk through npm, folder': [join(squawkHome, 'node_modules/.bin/squawk'), ['--reporter', 'json', ...files]],
  'squawk native, folder': [native(), ['--reporter', 'json', ...files]],
  'lockkeeper, one small file': [process.execPath, ['dist/cli.js', 'check', one]],
  'squawk through npm, one small file': [join(squawkHome, 'node_modules/.bin/squawk'), [join(one, '001_account.sql')]],
  'node alone': [process.execPath, ['-e', '0']],
};

/** The binary behind the wrapper, wherever its package keeps it. */
function native() {
  const found = execFileSync(
    'find',
    [join(squawkHome, 'node_modules'), '-type', 'f', '-name', 'squawk*', '-size', '+1M'],
    { encoding: 'utf8' },
  );
  const file = found.split('\n').find((path) => path !== '' && (statSync(path).mode & 0o111) !== 0);
  return file ?? join(squawkHome, 'node_modules/.bin/squawk');
}

const times = Object.fromEntries(Object.keys(commands).map((name) => [name, []]));
for (let round = 0; round < rounds; round++) {
  for (const [name, [command, args]] of Object.entries(commands)) {
    const start = process.hrtime.bigint();
    const { status, error } = spawnSync(command, args, { stdio: 'ignore', maxBuffer: 2 ** 30 });
    if (error !== undefined || status === null || status > 1)
      throw new Error(`${name}: exit code ${status} ${error ?? ''}`);
    times[name].push(Number(process.hrtime.bigint() - start) / 1e6);
  }
}
const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];
for (const [name, list] of Object.entries(times)) {
  console.log(
    `${name.padEnd(36)} ${median(list).toFixed(0).padStart(6)} ms   (${list.map((ms) => ms.toFixed(0)).join(' ')})`,
  );
}
const ratio = (a, b) => (median(times[a]) / median(times[b])).toFixed(2);
console.log(`lockkeeper / squawk through npm, folder: ${ratio('lockkeeper, folder', 'squawk through npm, folder')}`);
console.log(`lockkeeper / squawk native, folder:      ${ratio('lockkeeper, folder', 'squawk native, folder')}`);
