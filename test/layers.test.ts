import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';

/**
 * The layers, lowest first. A file belongs to the layer with the longest entry that it starts with, and imports only from its own
 * layer or a lower one.
 */
const layers: readonly (readonly string[])[] = [
  ['src/user-error.ts', 'src/did-you-mean.ts', 'src/version.ts'],
  ['src/sql/'],
  ['src/bug.ts'],
  ['src/catalog/'],
  ['src/effects/'],
  ['src/frameworks/'],
  [
    'src/rule.ts',
    'src/wording.ts',
    'src/known.ts',
    'src/recipes.ts',
    'src/added-column.ts',
    'src/changed-type.ts',
    'src/rebuilt-index.ts',
    'src/attached-partition.ts',
    'src/partition-recipe.ts',
    'src/rule-page.ts',
    'src/restored.ts',
  ],
  ['rules/'],
  ['src/diagnostic.ts', 'src/fingerprint.ts'],
  [
    'src/suppress.ts',
    'src/unshown.ts',
    'src/fix.ts',
    'src/diff.ts',
    'src/baseline.ts',
    'src/changes.ts',
    'src/replay/',
  ],
  ['src/lint.ts'],
  ['src/reporters/'],
  ['src/audit/'],
  ['src/trace/'],
  ['src/config-schema.ts', 'src/read-text.ts', 'src/config.ts', 'src/git', 'src/index.ts'],
  ['src/action.ts', 'src/action/', 'src/cli/'],
];

/** Only these may touch files, network, clock, process or terminal; the rest is a function of its arguments and runs in a browser. */
const impure = [
  'src/frameworks/',
  'src/trace/',
  'src/config.ts',
  'src/read-text.ts',
  'src/git',
  'src/action.ts',
  'src/action/',
  'src/cli/',
];

const files = ['src', 'rules'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts')),
);

function layerOf(file: string): number {
  const fits = layers.flatMap((entries, layer) =>
    entries.filter((entry) => file.startsWith(entry)).map((entry) => ({ layer, length: entry.length })),
  );
  return fits.sort((a, b) => b.length - a.length)[0]?.layer ?? -1;
}

/** The files of this project that a file imports, types included. */
function importsOf(file: string): readonly string[] {
  const text = readFileSync(file, 'utf8');
  const found = text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g);
  return [...found].map((match) => normalize(join(dirname(file), match[1] ?? '')).replace(/\.js$/, '.ts'));
}

/** The text without comments and strings, in which words are code. */
function codeOf(file: string): string {
  const skipped = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g;
  return readFileSync(file, 'utf8').replace(skipped, (found) => (found.startsWith("'node:") ? found : "''"));
}

test('every file has a layer, and every layer has a file', () => {
  expect(files.filter((file) => layerOf(file) === -1)).toEqual([]);
  const missing = layers.flat().filter((entry) => !files.some((file) => file.startsWith(entry)));
  expect(missing).toEqual([]);
});

test('imports go down, or stay in their layer', () => {
  const upward = files.flatMap((file) =>
    importsOf(file)
      .filter((target) => !target.endsWith('.json') && layerOf(target) > layerOf(file))
      .map((target) => `${file} imports ${target}`),
  );
  expect(upward).toEqual([]);
});

describe('the middle is pure', () => {
  const pure = files.filter((file) => !impure.some((entry) => file.startsWith(entry)));
  test.each<[string, RegExp]>([
    ['a module of Node', /'node:/],
    ['process', /\bprocess\s*[.[]/],
    ['a clock', /\bnew Date\b|\bDate\.|\bperformance\./],
    ['console', /\bconsole\s*[.[]/],
    ['chance', /\bMath\.random\b/],
    ['the network or a timer', /\bfetch\s*\(|\bset(Timeout|Interval|Immediate)\s*\(/],
  ])('no %s', (_, forbidden) => {
    expect(pure.filter((file) => forbidden.test(codeOf(file)))).toEqual([]);
  });
});

describe('one way in for foreign code', () => {
  const importers = (name: string) =>
    files.filter((file) => new RegExp(`from '${name}[/']`).test(readFileSync(file, 'utf8')));
  test('libpg-query is imported by src/sql/parse.ts alone', () => {
    expect(importers('libpg-query')).toEqual(['src/sql/parse.ts']);
  });
  test('the types of its nodes come through src/sql/tree.ts', () => {
    expect(importers('@pgsql/types')).toEqual(['src/sql/tree.ts']);
  });
});

test('no folder or file is a drawer for everything', () => {
  expect(files.filter((file) => /(^|\/)(utils?|helpers?|managers?|common|misc|shared)(\.ts|\/)/.test(file))).toEqual(
    [],
  );
});

test('no file is longer than 350 lines', () => {
  const long = files.filter((file) => readFileSync(file, 'utf8').split('\n').length > 351);
  expect(long).toEqual([]);
});
