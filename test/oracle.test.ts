import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { cases } from '../scripts/oracle/cases/index.js';
import { judge, type Verdict } from '../scripts/oracle/judge.js';
import { type RecordedCase, readRecordings } from '../scripts/oracle/recording.js';
import { loadParser } from '../src/sql/parse.js';

/** Misses that are understood and accepted, each group with its cause; id to the majors on which it differs. */
const explained: readonly { readonly cause: string; readonly cases: Readonly<Record<string, readonly number[]>> }[] =
  JSON.parse(readFileSync('fixtures/oracle/known-differences.json', 'utf8'));

const recorded = readRecordings().flatMap((recording) => recording.cases);

beforeAll(loadParser);

describe('the recording', () => {
  test('holds every case as it is written today', () => {
    const text = ({ id, setup, settings, begun, sql }: (typeof cases)[number]) =>
      JSON.stringify([id, setup, settings, begun, sql]);
    expect(recorded.map(text).sort()).toEqual(cases.map(text).sort());
  });

  test('was measured on every major', () => {
    const servers = readRecordings().map((recording) => Object.keys(recording.servers).join());
    expect(new Set(servers)).toEqual(new Set(['13,14,15,16,17,18']));
  });
});

describe('predictions', () => {
  let wrong: ReadonlySet<string>;
  let told: readonly string[];

  beforeAll(() => {
    const verdicts = judge(recorded).filter(({ differences }) => differences.length > 0);
    wrong = new Set(verdicts.map(nameOf));
    const accepted = new Set(explained.flatMap((group) => namesOf(group.cases)));
    told = verdicts.filter((verdict) => !accepted.has(nameOf(verdict))).map(describeVerdict);
  }, 300_000);

  test('are what PostgreSQL 13 to 18 did', () => {
    expect(told).toEqual([]);
  });

  test('differ where a difference is explained', () => {
    const stale = explained.flatMap((group) => namesOf(group.cases)).filter((name) => !wrong.has(name));
    expect(stale).toEqual([]);
  });
});

describe('a wrong prediction', () => {
  const truth: RecordedCase = {
    id: 'planted',
    setup: ['create table planted (id int primary key, name text)'],
    sql: 'create index planted_name on planted (name)',
    answers: [
      {
        versions: [15],
        answer: {
          locks: { 'public.planted': 'ShareLock' },
          scans: ['public.planted'],
          indexBuilds: ['public.planted_name'],
        },
      },
    ],
  };

  test.each([
    ['nothing when all is right', {}, []],
    ['another lock', { locks: { 'public.planted': 'AccessExclusiveLock' as const } }, ['locks']],
    ['a relation that was not locked', { locks: {} }, ['locks']],
    ['a rewrite', { rewrites: ['public.planted'] }, ['rewrites']],
    ['no scan', { scans: [] }, ['scans']],
    ['no index built', { indexBuilds: [] }, ['indexBuilds']],
    ['a refusal', { error: 'no', code: '42501' }, ['error']],
    ['a refusal in transaction blocks', { transactionBlock: 'forbidden' as const }, ['transactionBlock']],
  ])('is caught: %s', (_what, planted, components) => {
    const answers = truth.answers.map(({ versions, answer }) => ({ versions, answer: { ...answer, ...planted } }));
    const [verdict] = judge([{ ...truth, answers }]);
    expect(verdict?.differences.map(({ component }) => component)).toEqual(components);
  });
});

function nameOf({ item, version }: Verdict): string {
  return `${item.id} on ${version}`;
}

function namesOf(group: Readonly<Record<string, readonly number[]>>): readonly string[] {
  return Object.entries(group).flatMap(([id, versions]) => versions.map((version) => `${id} on ${version}`));
}

function describeVerdict(verdict: Verdict): string {
  const parts = verdict.differences.map(
    ({ component, predicted, observed }) => `${component}: predicted [${predicted}], observed [${observed}]`,
  );
  return `${nameOf(verdict)}: ${verdict.item.sql}\n${parts.join('\n')}`;
}
