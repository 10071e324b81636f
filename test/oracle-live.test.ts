import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rules } from '../rules/index.js';
import { type ExampleMiss, exampleScripts, nextMigration, runExample } from '../scripts/oracle/examples.js';
import { type Laboratory, openLaboratory } from '../scripts/oracle/laboratory.js';
import { answerOf, type RecordedCase, readRecordings } from '../scripts/oracle/recording.js';
import { loadParser } from '../src/sql/parse.js';
import { startServer } from '../src/trace/server.js';
import { isSql } from '../src/wording.js';
import { judge } from './examples.js';

/** One server is enough to see that the recording is still the truth; the whole of it is measured by `npm run oracle`. */
const major = Number(process.env.LOCKKEEPER_ORACLE_PG ?? 15);

/** Every so manyth case: all groups and contexts have some, and the sample changes with nothing but the cases. */
const stride = 53;

let laboratory: Laboratory | undefined;
let obstacle = '';

beforeAll(async () => {
  await loadParser();
  try {
    laboratory = await openLaboratory(await startServer(major));
  } catch (error) {
    obstacle = `no PostgreSQL ${major} can be had here: ${error instanceof Error ? error.message : error}`;
    // in CI the truth must have been looked at
    if (process.env.CI) throw error;
  }
}, 180_000);

afterAll(async () => {
  await laboratory?.close();
  await laboratory?.server.stop();
});

describe('a real server', () => {
  test('still does what is recorded', { timeout: 300_000 }, async (context) => {
    if (laboratory === undefined) return context.skip(obstacle);
    const wrong: string[] = [];
    for (const item of sample()) {
      const measured = JSON.stringify(answerOf(await laboratory.measure(item)));
      const known = JSON.stringify(item.answers.find(({ versions }) => versions.includes(major))?.answer);
      if (measured !== known) wrong.push(`${item.id}: recorded ${known}, measured ${measured}`);
    }
    expect(wrong).toEqual([]);
  });

  test('does on every example of a rule what is predicted', { timeout: 300_000 }, async (context) => {
    if (laboratory === undefined) return context.skip(obstacle);
    const misses: ExampleMiss[] = [];
    for (const rule of rules) {
      for (const script of exampleScripts(rule)) misses.push(...(await runExample(laboratory, rule.id, script)));
    }
    expect(misses.filter((miss) => !isOfAnotherKind(miss))).toEqual([]);
  });

  test('takes every remedy, and does on it what is predicted', { timeout: 300_000 }, async (context) => {
    if (laboratory === undefined) return context.skip(obstacle);
    const misses: ExampleMiss[] = [];
    for (const rule of rules) {
      for (const example of rule.bad) {
        if (!('sql' in example) || (example.pg ?? 14) > major) continue;
        const told = (await judge(example)).diagnostics.find((one) => one.rule === rule.id)?.instead ?? '';
        if (!isSql(told)) continue;
        const earlier = example.sql.split(nextMigration).slice(0, -1).join('\n');
        misses.push(...(await runExample(laboratory, rule.id, `${earlier}\n${told}`)));
      }
    }
    expect(misses).toEqual([]);
  });

  test('disagrees with a wrong recording', async (context) => {
    if (laboratory === undefined) return context.skip(obstacle);
    const item = { id: 'planted', setup: ['create table planted (a int)'], sql: 'drop table planted' };
    expect(answerOf(await laboratory.measure(item))).not.toEqual({ locks: { 'public.planted': 'ShareLock' } });
  });
});

/**
 * Syntax of a later major, a setting or a function that only the author of the example has, and what the transaction around a statement
 * decides: that is predicted by the replay.
 */
function isOfAnotherKind({ differences }: ExampleMiss): boolean {
  return differences.every(
    ({ component, observed }) => component === 'error' && ['42601', '42704', '42883', '2D000'].includes(observed),
  );
}

function sample(): readonly RecordedCase[] {
  const all = readRecordings().flatMap(({ cases }) => cases);
  return all
    .filter((_item, at) => at % stride === 0)
    .filter(({ answers }) => answers.some(({ versions }) => versions.includes(major)));
}
