// Runs a TypeScript program of this project without a build: node scripts/run.mjs scripts/oracle/main.ts [arguments]
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** Node has read all of a module before it runs: the bundle is gone as soon as the program begins, however it ends. */
const goes =
  "import { rmSync as removeBundle } from 'node:fs'; removeBundle(new URL(import.meta.url), { force: true });";

/** Bundles the program (packages stay outside) and imports it; process.argv is as if it had been started itself. */
export async function runProgram(entry, args) {
  const folder = path.join(root, 'node_modules', '.cache', 'lockkeeper-scripts');
  mkdirSync(folder, { recursive: true });
  removeLeft(folder);
  const outfile = path.join(folder, `${path.basename(entry, '.ts')}-${process.pid}.mjs`);
  await build({
    entryPoints: [path.resolve(root, entry)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    sourcemap: 'inline',
    banner: { js: goes },
    logLevel: 'error',
  });
  process.argv = [process.argv[0], outfile, ...args];
  await import(pathToFileURL(outfile).href);
}

/** The bundles of processes that were killed before their program began. */
function removeLeft(folder) {
  for (const name of readdirSync(folder)) {
    const [, pid] = /-(\d+)\.mjs$/.exec(name) ?? [];
    if (pid === undefined || !isAlive(Number(pid))) rmSync(path.join(folder, name), { force: true });
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [entry, ...args] = process.argv.slice(2);
  await runProgram(entry, args);
}
