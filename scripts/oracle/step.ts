import type { Catalog } from '../../src/catalog/catalog.js';
import { relationByName } from '../../src/catalog/lookup.js';
import type { Prediction } from '../../src/effects/effect.js';
import { predict } from '../../src/effects/predict.js';
import type { Statement } from '../../src/sql/statement.js';
import { compare, type Difference } from '../../src/trace/compare.js';
import { observeAndKeep } from '../../src/trace/keep.js';
import { type Observation, observeInTransaction } from '../../src/trace/observe.js';
import { type Open, ServerError, type Session } from '../../src/trace/session.js';
import type { Follower } from './follower.js';

/** A statement that was carried out, what was predicted for it and what it did. */
export interface Step {
  readonly prediction: Prediction;
  readonly observation: Observation;
  readonly differences: readonly Difference[];
}

/** Where statements run, and what is known of the schema there. */
export interface Place {
  readonly session: Session;
  readonly open: Open;
  readonly follower: Follower;
  readonly timeZone: string;
}

/** Carries a statement out, keeps what it did and compares it with the prediction. `sql` is its text unless the server needs another. */
export async function takeStep(place: Place, statement: Statement, sql = statement.text): Promise<Step> {
  const { session, open, follower } = place;
  const before = follower.catalog;
  const prediction = tryPredict(statement, before, place);
  const named = (relation: string) =>
    sql.includes(relation.slice(relation.indexOf('.') + 1)) ||
    prediction.effects.some((effect) => effect.relation === relation);
  const observation = follower.inTransaction
    ? await observeInTransaction(session, sql)
    : await observeAndKeep(session, open, sql, named);
  if (observation.error === undefined) follower.done(statement);
  else follower.failed();
  const existed = (name: string) => relationByName(before, name) !== undefined;
  return { prediction, observation, differences: compare(prediction, observation, existed) };
}

/** Carries a statement out and looks at nothing but whether it succeeds. */
export async function carryOut(
  { session, follower }: Place,
  statement: Statement,
  sql = statement.text,
): Promise<void> {
  try {
    await session.query(sql);
    follower.done(statement);
  } catch (error) {
    if (!(error instanceof ServerError)) throw error;
    follower.failed();
  }
}

/** A prediction that throws is a wrong one, and must not hide the others. */
function tryPredict(statement: Statement, catalog: Catalog, { follower, timeZone }: Place): Prediction {
  try {
    return predict(statement, catalog, { pg: follower.pg, timeZone });
  } catch (error) {
    const failure = { message: `the prediction throws ${error}`, code: 'thrown', sure: true };
    return { effects: [], transactionBlock: 'allowed', understood: false, failure };
  }
}
