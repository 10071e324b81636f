import { type Dirent, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { rules } from '../rules/index.js';
import { type Discovered, discover } from '../src/frameworks/discover.js';
import { frameworks } from '../src/frameworks/index.js';
import { lint } from '../src/lint.js';
import { loadParser } from '../src/sql/parse.js';
import { mutations, row } from '../test/mutations.js';

/**
 * Breaks each file of each framework's fixture in each way of test/mutations.ts and lints the project: node scripts/run.mjs scripts/mutate.ts
 * [number to start the row of chances with]. Tells what crashes, what takes long and what is lost without a word.
 */

const fixtures = path.resolve('fixtures');
const slowest = 3000;

function filesOf({ histories }: Discovered): ReadonlySet<string> {
  const migrations = histories.flatMap((history) => history.migrations);
  return new Set(
    migrations.flatMap(({ file, up, down }) => [
      file,
      ...up.pieces.map(({ source }) => source.file),
      ...('none' in down ? [] : down.pieces.map(({ source }) => source.file)),
    ]),
  );
}

/** What is wrong with the answer, if anything. */
async function fault(root: string, file: string, text: string, wasRead: boolean): Promise<string | undefined> {
  const found = await discover([], { cwd: root, overlay: new Map([[file, text]]) });
  const { diagnostics } = lint(found.histories, { rules, pg: 14 });
  const outside = diagnostics.find(({ source, span }) => span.start < 0 || span.end > source.text.length);
  if (outside !== undefined) return `${outside.rule} stands outside ${outside.source.file}`;
  const told = diagnostics.some(({ source, message }) => source.file === file || message.includes(path.basename(file)));
  const assumed = found.histories.some(({ assumptions }) => assumptions.length > 0);
  return wasRead && text.trim() !== '' && !filesOf(found).has(file) && !told && !assumed
    ? 'is lost in silence'
    : undefined;
}

function filesBelow(root: string): readonly string[] {
  const entries: readonly Dirent[] = readdirSync(root, { recursive: true, withFileTypes: true });
  return entries.flatMap((entry) =>
    entry.isFile() ? path.relative(root, path.join(entry.parentPath, entry.name)).split(path.sep).join('/') : [],
  );
}

await loadParser();
const random = row(Number(process.argv[2] ?? 7));
const ids = new Set(frameworks.map(({ id }) => id));
let runs = 0;
let faults = 0;
for (const name of readdirSync(fixtures).filter((one) => ids.has(one) || one === 'drizzle-v1')) {
  const root = path.join(fixtures, name);
  const read = filesOf(await discover([], { cwd: root }));
  for (const file of filesBelow(root)) {
    const text = readFileSync(path.join(root, file), 'utf8');
    for (const [kind, mutate] of Object.entries(mutations)) {
      const start = performance.now();
      runs++;
      const answer = await fault(root, file, mutate(text, random), read.has(file)).catch(
        (error: unknown) => `crashes: ${error instanceof Error ? error.stack : error}`,
      );
      const took = performance.now() - start;
      const said = answer ?? (took > slowest ? `takes ${Math.round(took)} ms` : undefined);
      if (said === undefined) continue;
      faults++;
      console.log(`${name}/${file} (${kind}): ${said}`);
    }
  }
}
console.log(`${runs} runs, ${faults} faults`);
process.exitCode = faults === 0 ? 0 : 1;
