import path from 'node:path';
import { rules } from '../rules/index.js';
import { changedBetween, differences } from '../src/catalog/snapshot.js';
import { discover } from '../src/frameworks/discover.js';
import type { History, Migration, Script, TransactionPlan } from '../src/frameworks/framework.js';
import { type LintOptions, lint } from '../src/lint.js';
import { replay } from '../src/replay/replay.js';
import type { Finding, JudgedMigration, Rule, Step } from '../src/rule.js';
import { loadParser } from '../src/sql/parse.js';
import { Source } from '../src/sql/source.js';
import { isSql } from '../src/wording.js';

/**
 * Judges every remedy that the rules have for the migrations of a folder: node scripts/run.mjs scripts/recipes.ts FOLDER [MAJOR]. Each takes
 * the place of its statement; it must break no rule of level error and end in the schema of the statement. One command of an
 * ALTER TABLE that has others is left out: what it is there for, the others decide.
 */

const [folder = '.', major = '16'] = process.argv.slice(2);
const settings = { lock_timeout: '5s' };
const nextMigration = /^-- next migration.*\n/m;
const plan: TransactionPlan = {
  scope: 'none',
  batch: 'statement',
  optedOut: false,
  why: 'each statement is sent by itself',
};

/** A remedy, with the statement that it takes the place of. */
interface Remedy {
  readonly rule: Rule;
  readonly step: Step;
  readonly sql: string;
}

function remediesOf(judged: JudgedMigration): readonly Remedy[] {
  const found: Remedy[] = [];
  const add = (rule: Rule, step: Step, { instead }: Finding) => {
    const { parent } = step.statement;
    const isAlone = parent === undefined || parent.commands.length < 2;
    if (instead !== undefined && isSql(instead) && isAlone) found.push({ rule, step, sql: instead });
  };
  for (const rule of rules) {
    for (const step of judged.up) {
      const told = rule.on === undefined || rule.on.includes(step.kind) ? (rule.check?.(step) ?? []) : [];
      for (const finding of 'message' in told ? [told] : told) add(rule, step, finding);
    }
    for (const finding of rule.checkMigration?.(judged) ?? []) {
      if ('step' in finding && finding.step.direction === 'up') add(rule, finding.step, finding);
    }
  }
  return found;
}

/** What is wrong with a remedy of the migration at an index of a history. */
function faults(history: History, at: number, { rule, step, sql }: Remedy): readonly string[] {
  const made = sql.split(nextMigration).map((text, part) => migration(`remedy-${part}`, text));
  const own: History = { ...history, problems: [], migrations: [...history.migrations.slice(0, at), ...made] };
  // what the migration has made before is new to the first part
  const memory = { recall: () => ({ next: at, catalog: step.before, leftBehind: {} }), keep: () => {} };
  const options: LintOptions = {
    pg: Number(major),
    rules,
    settings,
    judged: (_history, _migration, index) => index >= at,
    memory: () => memory,
  };
  const errors = lint([own], options)
    .diagnostics.filter(({ level, suppressed }) => level === 'error' && suppressed === undefined)
    .map((one) => `${one.rule}: ${one.message}`);
  if (errors.length > 0 || rule.elsewhere !== undefined) return errors;
  const judged = (_migration: Migration, index: number) => index >= at;
  const end = [...replay(own, { pg: Number(major), settings, judged, oneDeploy: false, memory })].at(-1)?.afterUp;
  if (end === undefined) return ['is nothing'];
  return differences(...changedBetween(step.after, end)).map(({ object, how }) => `${object} is ${how}`);
}

function migration(id: string, text: string): Migration {
  const up: Script = {
    pieces: [{ source: new Source(`${id}.sql`, text), span: { start: 0, end: text.length } }],
    transaction: plan,
  };
  return { id, name: '', file: `${id}.sql`, up, down: { none: 'framework' }, problems: [] };
}

await loadParser();
const cwd = path.resolve(folder);
const { histories } = await discover([], { cwd });
let judgedRemedies = 0;
const faulty = new Map<string, number>();
for (const history of histories) {
  const everything = { pg: Number(major), settings, judged: () => true, oneDeploy: false };
  for (const judged of replay(history, everything)) {
    const at = history.migrations.indexOf(judged.migration);
    for (const remedy of remediesOf(judged)) {
      judgedRemedies++;
      const wrong = faults(history, at, remedy);
      if (wrong.length === 0) continue;
      faulty.set(remedy.rule.id, (faulty.get(remedy.rule.id) ?? 0) + 1);
      const { source, span } = remedy.step.statement;
      const place = `${source.file}:${source.position(span.start).line}`;
      console.log(`${remedy.rule.id} at ${place}\n${remedy.sql}\n  ${wrong.join('\n  ')}\n`);
    }
  }
}
console.log(`${judgedRemedies} remedies, faulty: ${JSON.stringify(Object.fromEntries(faulty))}`);
