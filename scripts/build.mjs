// Builds dist: cli.js, index.js with its types, the chunks that they share or load when they are needed, schema.json, licenses.txt.
// What package.json lists as a dependency stays outside, what it lists as a development dependency is bundled: a package
// that is found, read and linked at every start costs more than all of our own code.
import { execFile } from 'node:child_process';
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { licenses } from './licenses.mjs';
import { runProgram } from './run.mjs';

process.chdir(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
const manifest = JSON.parse(readFileSync('package.json', 'utf8'));

// imported as a module, the parser's CommonJS file would be searched for its exports by Node first: 20 ms
const requireParser = {
  name: 'require-parser',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^libpg-query\/wasm/ }, ({ path }) => ({ path, namespace: 'require-parser' }));
    onLoad({ filter: /./, namespace: 'require-parser' }, ({ path }) => ({
      contents: `import { createRequire } from 'node:module';
        export default createRequire(import.meta.url)(${JSON.stringify(path)});`,
    }));
  },
};

// of a CommonJS package that is imported when it is needed, esbuild would give the default alone; Node gives its names too
const namesOfLateImports = {
  name: 'names-of-late-imports',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^[a-z@]/ }, ({ path, kind }) => {
      const isBundled = manifest.devDependencies[path] !== undefined;
      return kind === 'dynamic-import' && isBundled ? { path, namespace: 'late' } : undefined;
    });
    onLoad({ filter: /./, namespace: 'late' }, async ({ path }) => {
      const notNames = new Set(['default', '__esModule', 'module.exports']);
      const names = Object.keys(await import(path)).filter((name) => !notNames.has(name));
      return { contents: `export { ${names.join(', ')} } from ${JSON.stringify(path)};`, resolveDir: process.cwd() };
    });
  },
};

rmSync('dist', { recursive: true, force: true });
const bundles = build({
  entryPoints: {
    cli: 'src/cli/bin.ts',
    index: 'src/index.ts',
    // beside the chunk that starts it
    'chunks/parse-ahead-worker': 'src/cli/parse-ahead-worker.ts',
  },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  mainFields: ['module', 'main'],
  external: Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies, ...manifest.peerDependencies }),
  plugins: [requireParser, namesOfLateImports],
  // CommonJS packages ask for Node's own modules
  banner: {
    js: "import { createRequire as makeRequire } from 'node:module';\nconst require = makeRequire(import.meta.url);",
  },
  // names stay, so that the trace of a bug can be read; lines stay short enough to tell a place
  minifyWhitespace: true,
  minifySyntax: true,
  lineLimit: 160,
  metafile: true,
  logLevel: 'error',
});
const tsc = [process.execPath, ['node_modules/typescript/bin/tsc', '--project', 'tsconfig.build.json']];
const types = promisify(execFile)(...tsc);
const schema = runProgram('scripts/schema.ts', ['node_modules/.cache/lockkeeper-scripts/schema.json']);

try {
  const [{ metafile }] = await Promise.all([bundles, types, schema]);
  chmodSync('dist/cli.js', 0o755);
  writeFileSync('dist/licenses.txt', licenses(Object.keys(metafile.inputs), 'dist'));
  writeFileSync('dist/schema.json', readFileSync('node_modules/.cache/lockkeeper-scripts/schema.json'));
} catch (error) {
  console.error(error.stdout ?? error.message);
  process.exitCode = 1;
}
