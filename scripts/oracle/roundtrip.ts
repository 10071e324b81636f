// Compares the static round trip with a server's: node scripts/run.mjs scripts/oracle/roundtrip.ts FOLDER TRACE.json [-v]
// TRACE.json is what `lockkeeper trace --roundtrip --format json` printed in FOLDER.
import { readFileSync } from 'node:fs';
import type { Difference } from '../../src/catalog/snapshot.js';
import { openProject } from '../../src/cli/project.js';
import { lint } from '../../src/lint.js';
import { fileOf } from '../../src/replay/timeline.js';
import { unrestored } from '../../src/restored.js';
import { defineRule, type JudgedMigration } from '../../src/rule.js';

interface Traced {
  readonly pg: number;
  readonly migrations: readonly {
    readonly id: string;
    readonly file: string;
    readonly direction: 'up' | 'down';
    readonly outcome: string;
    readonly context: boolean;
    readonly findings: readonly { readonly message: string; readonly differences: readonly Difference[] }[];
  }[];
}

const [folder = '.', file = '', ...more] = process.argv.slice(2);
const verbose = more.includes('-v');
const traced: Traced = JSON.parse(readFileSync(file, 'utf8'));

/** Several folders may number their migrations alike. */
const keyOf = ({ file, id }: { readonly file: string; readonly id: string }) => `${file} ${id}`;

/** What the rule has to say of each migration. */
const told = new Map<string, readonly Difference[] | undefined>();
const spy = defineRule({
  id: 'spy',
  level: 'note',
  title: '',
  why: '',
  instead: '',
  links: [],
  bad: [],
  good: [],
  checkMigration(judged: JudgedMigration) {
    const { migration } = judged;
    told.set(keyOf({ id: migration.id, file: fileOf(migration, 'down') }), unrestored(judged));
    return [];
  },
});

const output = { write: () => {}, isTerminal: false, columns: undefined };
const io = { cwd: folder, env: {}, stdout: output, stderr: output, stdin: () => '' };
const project = await openProject([], { rule: {}, pg: String(traced.pg) }, io, {});
project.ahead();
lint(project.histories, { ...project.options, rules: [spy], levels: {} });

const sum = { migrations: 0, restored: 0, both: 0, missed: 0, invented: 0, unsure: 0, unsureObjects: 0, refused: 0 };
const lines: string[] = [];
for (const migration of traced.migrations) {
  if (migration.direction !== 'down' || migration.context) continue;
  if (migration.outcome === 'failed') {
    sum.refused++;
    continue;
  }
  sum.migrations++;
  const servers = new Map(migration.findings.flatMap(({ differences }) => differences).map((one) => [one.object, one]));
  const ours = told.get(keyOf(migration));
  if (ours === undefined) {
    if (servers.size > 0) {
      sum.unsure++;
      sum.unsureObjects += servers.size;
    }
    continue;
  }
  const names = new Set(ours.map(({ object }) => object));
  if (names.size === 0 && servers.size === 0) sum.restored++;
  for (const one of ours) {
    if (servers.has(one.object)) sum.both++;
    else {
      sum.invented++;
      lines.push(`invented ${migration.file}: ${one.object} ${one.how}\n    ${one.before}\n    ${one.after}`);
    }
  }
  for (const [name, one] of servers) {
    if (names.has(name)) continue;
    sum.missed++;
    lines.push(`missed ${migration.file}: ${name} ${one.how}\n    ${one.before}\n    ${one.after}`);
  }
}
if (verbose) for (const line of lines) process.stdout.write(`${line}\n`);
process.stdout.write(`${JSON.stringify(sum)}\n`);
