import { emptyCatalog } from '../../src/catalog/lookup.js';
import type { Rule, SqlExample } from '../../src/rule.js';
import { parseScript } from '../../src/sql/script.js';
import { Source } from '../../src/sql/source.js';
import type { Difference } from '../../src/trace/compare.js';
import { Follower } from './follower.js';
import type { Laboratory } from './laboratory.js';
import { carryOut, takeStep } from './step.js';

/** A statement of an example that did something else than was predicted. */
export interface ExampleMiss {
  readonly rule: string;
  readonly sql: string;
  readonly differences: readonly Difference[];
}

/** The SQL of a rule's examples, and of what it puts in their place. */
export function exampleScripts({ bad, good }: Rule): readonly string[] {
  const isSql = (example: object): example is SqlExample => 'sql' in example;
  const broken = bad.filter(isSql).flatMap((example) => {
    const fixed = 'fixed' in example && typeof example.fixed === 'string' ? [example.fixed] : [];
    const earlier = example.sql.split(nextMigration).slice(0, -1).join('\n');
    return [example.sql, ...fixed.map((text) => `${earlier}\n${text}`)];
  });
  return [...broken, ...good.filter(isSql).map(({ sql }) => sql)];
}

/** Parts the migrations of an example. */
export const nextMigration = /^-- next migration.*$/m;

/** Runs a script statement by statement on an empty schema of the laboratory. Commands of a transaction are carried out as they are. */
export async function runExample(
  laboratory: Laboratory,
  rule: string,
  script: string,
): Promise<readonly ExampleMiss[]> {
  const session = await laboratory.fresh();
  const follower = new Follower(emptyCatalog(), laboratory.server.major);
  const place = { session, open: laboratory.open, follower, timeZone: 'UTC' };
  const source = new Source('example.sql', script);
  const misses: ExampleMiss[] = [];
  for (const statement of parseScript([{ source, span: { start: 0, end: script.length } }]).statements) {
    const isSession = ['TransactionStmt', 'VariableSetStmt'].includes(statement.kind);
    if (isSession || follower.aborted) await carryOut(place, statement);
    else {
      const { differences } = await takeStep(place, statement);
      if (differences.length > 0) misses.push({ rule, sql: statement.text, differences });
    }
  }
  if (follower.inTransaction) await session.query('rollback');
  return misses;
}
