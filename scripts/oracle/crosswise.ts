import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { loadParser } from '../../src/sql/parse.js';
import { components } from '../../src/trace/compare.js';
import type { Case } from './case.js';
import { groupBy } from './group.js';
import { judge, type Verdict } from './judge.js';
import { record } from './record.js';

const usage = `usage: node scripts/run.mjs scripts/oracle/crosswise.ts CASES [--pg 13,18] [--only REGEXP] [--sample N] [--seed S]

Measures cases that are kept nowhere and compares the predictions at once: many contexts times many statements. CASES has one case
a line, { id, setup: [SQL], settings?, begun?, sql }. --sample takes N of them by chance, the same ones for the same seed.`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    pg: { type: 'string', default: '18' },
    only: { type: 'string', default: '' },
    sample: { type: 'string' },
    seed: { type: 'string', default: '1' },
    help: { type: 'boolean', default: false },
  },
});
const [file] = positionals;
if (values.help || file === undefined) {
  console.log(usage);
  process.exit(values.help ? 0 : 2);
}
await loadParser();
const wanted = new RegExp(values.only);
const all = readFileSync(file, 'utf8')
  .trim()
  .split('\n')
  .map((line): Case => JSON.parse(line))
  .filter(({ id }) => wanted.test(id));
const chosen = values.sample === undefined ? all : sampleOf(all, Number(values.sample), Number(values.seed));
const measured = await record(chosen, values.pg.split(',').map(Number), () => {});
for (const problem of measured.problems) console.error(`set-up refused on ${problem}`);
const verdicts = judge(measured.cases);
const wrong = verdicts.filter(({ differences }) => differences.length > 0);
console.log(`${verdicts.length} measured, right ${percent(verdicts.length - wrong.length)}`);
for (const component of components) {
  const count = wrong.filter(({ differences }) => differences.some((each) => each.component === component)).length;
  console.log(`  ${component} wrong: ${count}`);
}
for (const [, group] of groupBy(wrong, ({ item, differences }) => `${item.id} ${JSON.stringify(differences)}`))
  tell(group);

function tell(group: readonly Verdict[]): void {
  const [first] = group;
  if (first === undefined) return;
  console.log(`${first.item.id} (${group.map(({ version }) => version).join()}): ${first.item.sql}`);
  for (const { component, predicted, observed } of first.differences)
    console.log(`    ${component}: predicted [${predicted}] observed [${observed}]`);
}

function percent(count: number): string {
  return `${count} (${((100 * count) / verdicts.length).toFixed(2)} %)`;
}

/** Of a pseudo-random order (mulberry32), so that a figure can be had again. */
function sampleOf(cases: readonly Case[], size: number, seed: number): readonly Case[] {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  return cases
    .map((item) => ({ item, at: next() }))
    .sort((a, b) => a.at - b.at)
    .slice(0, size)
    .map(({ item }) => item);
}
