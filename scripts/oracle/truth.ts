import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { relationByName } from '../../src/catalog/lookup.js';
import type { Failure, LockMode } from '../../src/effects/effect.js';
import { loadParser } from '../../src/sql/parse.js';
import { compare, components, type Difference } from '../../src/trace/compare.js';
import type { Case } from './case.js';
import { groupBy } from './group.js';
import { Predictor } from './judge.js';

const usage = `usage: node scripts/run.mjs scripts/oracle/truth.ts FOLDER [--only REGEXP]

Compares the predictions with measurements that are kept outside this repository: FOLDER has base.sql and cases.jsonl. Prints how many are
right, by version and component, and every miss. Refusals are told there by their message, and are compared by it.`;

interface Answer {
  readonly transactionBlock: 'allowed' | 'forbidden';
  readonly error?: string;
  readonly locks?: Readonly<Record<string, LockMode>>;
  readonly rewrites?: readonly string[];
  readonly scans?: readonly string[];
  readonly indexBuilds?: readonly string[];
}

interface Measured {
  readonly id: string;
  readonly setup?: string;
  readonly settings?: string;
  readonly sql: string;
  readonly answers: readonly { readonly versions: readonly number[]; readonly answer: Answer }[];
}

interface Miss {
  readonly id: string;
  readonly sql: string;
  readonly version: number;
  readonly differences: readonly Difference[];
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { only: { type: 'string', default: '' }, help: { type: 'boolean', default: false } },
});
const [folder] = positionals;
if (values.help || folder === undefined) {
  console.log(usage);
  process.exit(values.help ? 0 : 2);
}
await loadParser();

/** What the README of the measurements says was there before base.sql. */
const before = `create schema other; create schema ext; create extension citext schema ext; create role lab_role;
  set search_path = public, ext;`;
const base = readFileSync(path.join(folder, 'base.sql'), 'utf8');
const wanted = new RegExp(values.only);
const measured = readFileSync(path.join(folder, 'cases.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line): Measured => JSON.parse(line))
  .filter(({ id }) => wanted.test(id));

const predictor = new Predictor();
const verdicts = measured.flatMap((item) =>
  item.answers.flatMap(({ versions, answer }) => versions.map((version) => judge(item, answer, version))),
);
for (const [version, group] of groupBy(verdicts, (verdict) => `${verdict.version}`)) {
  const right = (part: (verdict: Miss) => boolean) =>
    `${((100 * group.filter(part).length) / group.length).toFixed(2)} %`;
  const cells = components.map(
    (name) => `${name} ${right(({ differences }) => differences.every(({ component }) => component !== name))}`,
  );
  console.log([version, `right ${right(({ differences }) => differences.length === 0)}`, ...cells].join('   '));
}
const wrong = verdicts.filter(({ differences }) => differences.length > 0);
console.log(`${verdicts.length - wrong.length} of ${verdicts.length} right`);
for (const group of groupBy(wrong, ({ id, differences }) => `${id} ${JSON.stringify(differences)}`).values()) {
  const [first] = group;
  if (first === undefined) continue;
  console.log(`${first.id} (${group.map(({ version }) => version).join()}): ${first.sql}`);
  for (const { component, predicted, observed } of first.differences)
    console.log(`    ${component}: predicted [${predicted}] observed [${observed}]`);
}

function judge({ id, setup = '', settings, sql }: Measured, answer: Answer, version: number): Miss {
  const item: Case = { id, setup: [before, base, setup], sql, ...(settings === undefined ? {} : { settings }) };
  const { prediction, before: catalog } = predictor.predict(item, version);
  if (prediction === undefined) throw new Error(`not parsed: ${sql}`);
  const { failure } = prediction;
  const told = failure === undefined ? prediction : { ...prediction, failure: byMessage(failure) };
  const existed = (name: string) => relationByName(catalog, name) !== undefined;
  const tables = (names: readonly string[] = []) => names.map(qualified).sort();
  const differences = compare(
    told,
    {
      transactionBlock: answer.transactionBlock,
      ...(answer.error === undefined ? {} : { error: { message: answer.error, code: answer.error } }),
      locks: Object.fromEntries(Object.entries(answer.locks ?? {}).map(([name, mode]) => [qualified(name), mode])),
      held: {},
      rewrites: tables(answer.rewrites),
      scans: tables(answer.scans),
      // what REINDEX CONCURRENTLY builds has this name until the names are swapped
      indexBuilds: tables(answer.indexBuilds?.map((name) => name.replace(/_ccnew$/, ''))),
      indexRebuilds: [],
      empty: [],
      small: [],
      written: [],
      notices: [],
    },
    existed,
  );
  return { id, sql, version, differences };
}

/** Refusals are compared by their message instead of their code. */
function byMessage({ others = [], ...failure }: Failure): Failure {
  const coded = (one: Omit<Failure, 'others'>) => ({ ...one, code: one.message });
  return { ...coded(failure), others: others.map(coded) };
}

function qualified(name: string): string {
  return name.includes('.') ? name : `public.${name}`;
}
