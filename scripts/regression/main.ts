import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { loadParser } from '../../src/sql/parse.js';
import { components } from '../../src/trace/compare.js';
import { startServer } from '../../src/trace/server.js';
import { groupBy } from '../oracle/group.js';
import { type Result, runSuite } from './run.js';

const usage = `usage: node scripts/run.mjs scripts/regression/main.ts --suite FOLDER [--pg 15] [--only REGEXP] [--misses FILE]

Runs PostgreSQL's own regression suite (src/test/regress of its source; not part of this project) on a server of the same major,
and compares the prediction for every statement of data definition that succeeds with what the server did.`;

const { values } = parseArgs({
  options: {
    suite: { type: 'string' },
    pg: { type: 'string', default: '15' },
    only: { type: 'string', default: '' },
    misses: { type: 'string' },
  },
});
if (values.suite === undefined) {
  console.error(usage);
  process.exit(2);
}
await loadParser();
const server = await startServer(Number(values.pg));
const results: Result[] = [];
for await (const result of runSuite(server, values.suite, new RegExp(values.only))) results.push(result);
await server.stop();

const wrong = results.filter(({ differences }) => differences.length > 0);
const share = (count: number) => `${count} (${((100 * count) / results.length).toFixed(2)} %)`;
console.log(`PostgreSQL ${server.version}: ${results.length} statements of data definition succeeded`);
console.log(`right in every component: ${share(results.length - wrong.length)}`);
for (const component of components) {
  const count = wrong.filter(({ differences }) => differences.some((each) => each.component === component)).length;
  console.log(`  ${component} wrong: ${share(count)}`);
}
console.log(`not understood: ${share(results.filter(({ understood }) => !understood).length)}`);
const causes = [
  ...groupBy(wrong, ({ kind, differences }) => `${kind}: ${differences.map(({ component }) => component).join()}`),
];
causes.sort(([, a], [, b]) => b.length - a.length);
for (const [cause, group] of causes.slice(0, 40)) console.log(`${`${group.length}`.padStart(6)}  ${cause}`);

if (values.misses !== undefined) {
  const text = wrong.map(({ file, sql, understood, differences }) => {
    const lines = differences.map(
      ({ component, predicted, observed }) => `    ${component}: predicted [${predicted}] observed [${observed}]`,
    );
    return [`${understood ? '' : 'not understood '}${file}: ${sql}`, ...lines, ''].join('\n');
  });
  writeFileSync(values.misses, text.join('\n'));
}
