import { parseArgs } from 'node:util';
import { serverMajors } from '../../src/trace/binaries.js';
import { startServer } from '../../src/trace/server.js';
import { ServerError } from '../../src/trace/session.js';
import { openLaboratory } from './laboratory.js';

const usage = `usage: node scripts/measure.mjs [--pg 13,18] [--setup SQL]... [--settings SQL] STATEMENT...

Runs each statement on real servers and prints what it did, one JSON line per group of versions that agree.
--setup is run and committed before the statement; --notices prints what the server said meanwhile.
There are the schemas archive and ext, the role clerk, the tablespace spare and the access method heap_too.
Without --pg: all of ${serverMajors.join(', ')}.`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    pg: { type: 'string' },
    setup: { type: 'string', multiple: true, default: [] },
    settings: { type: 'string' },
    'no-base': { type: 'boolean', default: true },
    notices: { type: 'boolean', default: false },
  },
});
if (positionals.length === 0) {
  console.error(usage);
  process.exit(2);
}
const majors = values.pg === undefined ? serverMajors : values.pg.split(',').map(Number);
const laboratories = await Promise.all(majors.map(async (major) => openLaboratory(await startServer(major))));
for (const sql of positionals) {
  const item = {
    id: '',
    setup: values.setup,
    sql,
    ...(values.settings === undefined ? {} : { settings: values.settings }),
  };
  const answers = new Map<string, number[]>();
  const measured = await Promise.all(
    laboratories.map((laboratory) =>
      laboratory.measure(item).then(
        ({ notices, ...rest }) => JSON.stringify(values.notices ? { ...rest, notices } : rest),
        (error: unknown) => {
          if (!(error instanceof ServerError)) throw error;
          return JSON.stringify({ setupFailed: error.message });
        },
      ),
    ),
  );
  measured.forEach((answer, at) => {
    answers.set(answer, [...(answers.get(answer) ?? []), majors[at] ?? 0]);
  });
  if (positionals.length > 1) console.log(`-- ${sql}`);
  for (const [answer, versions] of answers) console.log(`${versions.join()}: ${answer}`);
}
await Promise.all(laboratories.map(({ server }) => server.stop()));
