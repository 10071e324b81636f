// Builds dist: cli.js (what rare commands need lies in chunks of its own), index.js with its types, schema.json, licenses.txt.
// What package.json lists as a dependency stays outside, what it lists as a development dependency is bundled: a package
// that is found, read and linked at every start costs more than all of our own code.
import { execFile } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { runProgram } from './run.mjs';

process.chdir(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
rmSync('dist', { recursive: true, force: true });
const manifest = JSON.parse(readFileSync('package.json', 'utf8'));

const shared = {
  outdir: 'dist',
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  external: Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies, ...manifest.peerDependencies }),
  // names stay, so that the trace of a bug can be read; lines stay short enough to tell a place
  minifyWhitespace: true,
  minifySyntax: true,
  lineLimit: 160,
  metafile: true,
  logLevel: 'error',
};

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

const program = build({
  ...shared,
  entryPoints: { cli: 'src/cli/bin.ts' },
  chunkNames: 'cli/[name]-[hash]',
  plugins: [requireParser],
  // bundled CommonJS packages ask for Node's own modules
  banner: {
    js: "import { createRequire as lockkeeperRequire } from 'node:module';\nconst require = lockkeeperRequire(import.meta.url);",
  },
});
const library = build({ ...shared, entryPoints: { index: 'src/index.ts' }, chunkNames: 'index/[name]-[hash]' });
const types = promisify(execFile)(process.execPath, [
  'node_modules/typescript/bin/tsc',
  '--project',
  'tsconfig.build.json',
]);
const schema = runProgram('scripts/schema.ts', ['node_modules/.cache/lockkeeper-scripts/schema.json']);

try {
  const [a, b] = await Promise.all([program, library, types, schema]);
  writeFileSync('dist/licenses.txt', licenses([...Object.keys(a.metafile.inputs), ...Object.keys(b.metafile.inputs)]));
} catch (error) {
  console.error(error.stdout ?? error.message);
  process.exit(1);
}
chmodSync('dist/cli.js', 0o755);
writeFileSync('dist/schema.json', readFileSync('node_modules/.cache/lockkeeper-scripts/schema.json'));

/** The licences of the packages that are bundled, as they ask for. */
function licenses(inputs) {
  const packages = new Set(inputs.flatMap((input) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? []));
  const texts = [...packages].sort().map((name) => {
    const folder = path.join('node_modules', name);
    const { version, license, author } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
    const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
    // some packages state their licence in package.json alone
    const text =
      file === undefined ? `${license}, by ${author?.name ?? author}` : readFileSync(path.join(folder, file), 'utf8');
    return `${name} ${version}\n\n${text.trim()}\n`;
  });
  return `dist contains these packages.\n\n${texts.join(`\n${'-'.repeat(80)}\n\n`)}`;
}
