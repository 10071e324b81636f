// Builds dist/action for the release tag: one file, the parser's WASM beside it, and the licences of all that is in them.
import { copyFileSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { licenses } from './licenses.mjs';

process.chdir(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
const folder = process.argv[2] ?? 'dist/action';
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

const { metafile } = await build({
  entryPoints: ['src/action.ts'],
  outfile: path.join(folder, 'index.js'),
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  // jsonc-parser's other form hides its files from bundlers
  mainFields: ['module', 'main'],
  minifySyntax: true,
  minifyWhitespace: true,
  metafile: true,
  logLevel: 'error',
  // a bundled CommonJS package asks for Node's own modules, and the parser looks for its WASM in the folder that it is in
  banner: {
    js: [
      "import { createRequire as lockkeeperRequire } from 'node:module';",
      "import { dirname as lockkeeperDirname } from 'node:path';",
      "import { fileURLToPath as lockkeeperPath } from 'node:url';",
      'const require = lockkeeperRequire(import.meta.url);',
      'const __dirname = lockkeeperDirname(lockkeeperPath(import.meta.url));',
    ].join('\n'),
  },
});
copyFileSync('node_modules/libpg-query/wasm/libpg-query.wasm', path.join(folder, 'libpg-query.wasm'));
writeFileSync(path.join(folder, 'licenses.txt'), licenses(Object.keys(metafile.inputs), folder));
console.log(`${folder}/index.js: ${Math.round(statSync(path.join(folder, 'index.js')).size / 1024)} KiB`);
