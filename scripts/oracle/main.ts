import { parseArgs } from 'node:util';
import { serverMajors } from '../../src/trace/binaries.js';
import { cases } from './cases/index.js';
import { record } from './record.js';
import { readRecordings, writeRecordings } from './recording.js';

const usage = `usage: npm run oracle -- [--pg 13,18] [--only REGEXP]

Measures the cases of scripts/oracle/cases on real servers and records the answers in fixtures/oracle.
With --only, cases whose id does not match keep their recorded answers. With --pg, the answers are printed instead.`;

const { values } = parseArgs({
  options: {
    pg: { type: 'string', default: serverMajors.join() },
    only: { type: 'string', default: '' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(usage);
  process.exit(0);
}
const wanted = new RegExp(values.only);
const chosen = cases.filter(({ id }) => wanted.test(id));
const majors = values.pg.split(',').map(Number);
let done = 0;
const total = chosen.length * majors.length;
const measured = await record(chosen, majors, () => {
  done++;
  if (done % 200 === 0) console.log(`${done} of ${total}`);
});
for (const problem of measured.problems) console.error(`set-up refused on ${problem}`);
if (measured.problems.length > 0) process.exitCode = 1;

if (majors.length < serverMajors.length) {
  for (const { id, sql, answers } of measured.cases) console.log(JSON.stringify({ id, sql, answers }));
} else {
  const known = values.only === '' ? [] : readRecordings().flatMap((recording) => recording.cases);
  const byId = new Map([...known, ...measured.cases].map((item) => [item.id, item]));
  const missing = cases.filter(({ id }) => !byId.has(id));
  if (missing.length > 0) console.error(`not measured yet: ${missing.map(({ id }) => id).join('; ')}`);
  writeRecordings(
    measured.servers,
    cases.flatMap(({ id }) => byId.get(id) ?? []),
  );
}
