import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { loadParser } from '../../src/sql/parse.js';
import { components } from '../../src/trace/compare.js';
import { startServer } from '../../src/trace/server.js';
import { groupBy } from '../oracle/group.js';
import { type Result, runSuite } from './run.js';

const usage = `usage: node scripts/run.mjs scripts/regression/main.ts --suite FOLDER [--pg 15] [--only REGEXP] [--rows] [--misses FILE]

Runs PostgreSQL's own regression suite (src/test/regress of its source; not part of this project) on a server of the same major,
and compares the prediction for every statement of data definition that succeeds with what the server did; with --rows, those that
read and write rows as well. Misses hold the differences, and at the end the refusals that were not predicted.`;

const { values } = parseArgs({
  options: {
    suite: { type: 'string' },
    pg: { type: 'string', default: '15' },
    only: { type: 'string', default: '' },
    rows: { type: 'boolean', default: false },
    misses: { type: 'string' },
  },
});
if (values.suite === undefined) {
  console.error(usage);
  process.exit(2);
}
await loadParser();
const server = await startServer(Number(values.pg));
const all: Result[] = [];
const selection = { only: new RegExp(values.only), rows: values.rows };
for await (const result of runSuite(server, values.suite, selection)) all.push(result);
await server.stop();

const results = all.filter(({ refusal }) => refusal === undefined);
const refused = all.filter(({ refusal }) => refusal !== undefined);
const surprises = refused.filter(({ differences }) => differences.length > 0);

const wrong = results.filter(({ differences }) => differences.length > 0);
const share = (count: number) => `${count} (${((100 * count) / results.length).toFixed(2)} %)`;
console.log(`PostgreSQL ${server.version}: ${results.length} statements succeeded, ${refused.length} were refused`);
console.log(`right in every component: ${share(results.length - wrong.length)}`);
for (const component of components) {
  const count = wrong.filter(({ differences }) => differences.some((each) => each.component === component)).length;
  console.log(`  ${component} wrong: ${share(count)}`);
}
console.log(`not understood: ${share(results.filter(({ understood }) => !understood).length)}`);
console.log(`refusals predicted, with their code: ${refused.length - surprises.length}`);
const causes = [
  ...groupBy(wrong, ({ kind, differences }) => `${kind}: ${differences.map(({ component }) => component).join()}`),
];
causes.sort(([, a], [, b]) => b.length - a.length);
for (const [cause, group] of causes.slice(0, 40)) console.log(`${`${group.length}`.padStart(6)}  ${cause}`);

if (values.misses !== undefined) {
  writeFileSync(values.misses, [...wrong, ...surprises].map(describe).join('\n'));
}

function describe({ file, sql, understood, refusal, differences }: Result): string {
  const lines = differences.map(
    ({ component, predicted, observed }) => `    ${component}: predicted [${predicted}] observed [${observed}]`,
  );
  const told = refusal === undefined ? [] : [`    refused: ${refusal}`];
  return [`${understood ? '' : 'not understood '}${file}: ${sql}`, ...told, ...lines, ''].join('\n');
}
