// Builds dist: cli.js (what rare commands need lies in chunks of its own), index.js with its types, and schema.json.
import { execFile } from 'node:child_process';
import { chmodSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { runProgram } from './run.mjs';

process.chdir(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
rmSync('dist', { recursive: true, force: true });

const bundles = build({
  entryPoints: { cli: 'src/cli/bin.ts', index: 'src/index.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  logLevel: 'error',
});
const types = promisify(execFile)(
  process.execPath,
  ['node_modules/typescript/bin/tsc', '--project', 'tsconfig.build.json'],
  { encoding: 'utf8' },
);

try {
  await Promise.all([bundles, types]);
} catch (error) {
  console.error(error.stdout ?? error.message);
  process.exit(1);
}
chmodSync('dist/cli.js', 0o755);
await runProgram('scripts/schema.ts', ['dist/schema.json']);
