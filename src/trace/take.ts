import { relationByName } from '../catalog/lookup.js';
import type { Prediction } from '../effects/effect.js';
import type { ReplayedStatement } from '../replay/replay.js';
import type { Statement } from '../sql/statement.js';
import { compare, type Difference } from './compare.js';
import { observeAndKeep, refusal } from './keep.js';
import { type Observation, observeInTransaction } from './observe.js';
import { hasPlan } from './plan.js';
import { comparable, mergedPrediction, predictionOf } from './predicted.js';
import type { StepTrace } from './report.js';
import type { Open, Session } from './session.js';

/** Where statements run. */
export interface Ground {
  readonly session: Session;
  /** One more session, where the server has more than one. */
  readonly open: Open | undefined;
}

/** They steer the session or its transaction: to look around before them would change what they do, and they lock nothing. */
const steering: ReadonlySet<string> = new Set([
  'TransactionStmt',
  'VariableSetStmt',
  'VariableShowStmt',
  'ConstraintsSetStmt',
  'DiscardStmt',
  'CheckPointStmt',
]);

/** Outside a transaction block they are refused; in one of ours they would not be. */
const needBlock: ReadonlySet<string> = new Set(['LockStmt', 'DeclareCursorStmt']);

/** Carries out a statement and sets what was predicted beside what it did. `inside`: a transaction is open. */
export async function take(ground: Ground, replayed: ReplayedStatement, inside: boolean): Promise<StepTrace> {
  const { statement, steps } = replayed;
  const prediction = predictionOf(steps);
  const bare = steering.has(statement.kind) || (needBlock.has(statement.kind) && !inside);
  if (bare) return carryOut(ground, replayed);
  const observed = await look(ground, statement, prediction, inside);
  const before = steps[0]?.before;
  const existed = (name: string) => before !== undefined && relationByName(before, name) !== undefined;
  const { prediction: held, observation: seen } = comparable(prediction, observed, statement.kind);
  const told = compare(held, seen, existed);
  return {
    ...placeOf(statement, replayed.transaction),
    outcome: observed.error === undefined ? 'done' : 'failed',
    predicted: mergedPrediction(prediction),
    observed,
    newborn: prediction.effects.map(({ relation }) => relation).filter((relation) => !existed(relation)),
    differences: prediction.understood ? told : told.filter(isAboutRefusal),
    cause: undefined,
  };
}

/** Carries out a statement at which nobody looks: whether the server takes it is all that is compared. */
export async function carryOut(
  ground: Ground,
  { statement, steps, transaction }: ReplayedStatement,
): Promise<StepTrace> {
  const prediction = predictionOf(steps);
  const observed = unobserved(await refusal(ground.session, executable(statement)));
  return {
    ...placeOf(statement, transaction),
    outcome: observed.error === undefined ? 'done' : 'failed',
    predicted: mergedPrediction(prediction),
    observed,
    newborn: [],
    // a statement that refuses a transaction block shows that only where it stands in one
    differences: compare(prediction, observed, () => true).filter(
      ({ component }) => component === 'error' || (component === 'transactionBlock' && observed.error !== undefined),
    ),
    cause: undefined,
  };
}

/** What the server is sent: where the author wrote placeholders, the words that the prediction read in their place. */
function executable({ text, parsed }: Statement): string {
  return parsed ?? text;
}

/** A statement that is not carried out, and why. */
export function notRun(statement: Pick<StepTrace, 'sql' | 'source' | 'span' | 'kind'>, cause: string): StepTrace {
  return {
    ...statement,
    transaction: -1,
    outcome: 'not run',
    predicted: undefined,
    observed: undefined,
    newborn: [],
    differences: [],
    cause,
  };
}

/** What a step says of its statement. */
export function placeOf(
  { text, source, span, kind }: Statement,
  transaction: number,
): Pick<StepTrace, 'sql' | 'source' | 'span' | 'kind' | 'transaction'> {
  return { sql: text, source, span, kind, transaction };
}

async function look(
  { session, open }: Ground,
  statement: Statement,
  prediction: Prediction,
  inside: boolean,
): Promise<Observation> {
  const sql = executable(statement);
  const planned = hasPlan(statement.kind);
  if (inside) return observeInTransaction(session, sql, planned);
  const named = (relation: string) =>
    sql.includes(relation.slice(relation.indexOf('.') + 1)) ||
    prediction.effects.some((effect) => effect.relation === relation);
  return observeAndKeep(session, open, sql, named, planned);
}

/** Of a statement at which nobody looked, whether it was refused is all that is known. */
export function unobserved(error: Observation['error']): Observation {
  const nothing = {
    locks: {},
    held: {},
    rewrites: [],
    scans: [],
    indexBuilds: [],
    indexRebuilds: [],
    empty: [],
    small: [],
    written: [],
  };
  return { transactionBlock: 'allowed', ...nothing, notices: [], unseen: ['locks', 'work'], ...(error && { error }) };
}

function isAboutRefusal({ component }: Difference): boolean {
  return component === 'error' || component === 'transactionBlock';
}
