import { isFollowed, relationByName } from '../catalog/lookup.js';
import type { Failure, Prediction, Work } from '../effects/effect.js';
import type { ReplayedStatement } from '../replay/replay.js';
import type { Statement } from '../sql/statement.js';
import { wantOf } from './cause.js';
import { compare, type Difference } from './compare.js';
import { observeAndKeep, refusal } from './keep.js';
import { type Observation, observeInTransaction } from './observe.js';
import { hasPlan } from './plan.js';
import { comparable, foreseenPart, mergedPrediction, predictionOf } from './predicted.js';
import type { StepTrace } from './report.js';
import type { Open, Session } from './session.js';

/** Where statements run. */
export interface Ground {
  readonly session: Session;
  /** One more session, where the server has more than one. */
  readonly open: Open | undefined;
  /** Extensions that the migrations make and the server does not have. */
  readonly lacking: Set<string>;
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
  // what the server locked was there, whether the history shows it or not
  const existed = (name: string) =>
    observed.locks[name] !== undefined || (before !== undefined && relationByName(before, name) !== undefined);
  const taken = {
    ...placeOf(statement, replayed.transaction),
    outcome: observed.error === undefined ? ('done' as const) : ('failed' as const),
    predicted: mergedPrediction(prediction),
    observed,
    newborn: prediction.effects.map(({ relation }) => relation).filter((relation) => !existed(relation)),
  };
  const outside = outsideOf(replayed, prediction, observed, ground.lacking);
  if (outside !== undefined) return { ...taken, differences: [], unforeseen: [], cause: outside };
  const { prediction: held, observation: seen } = comparable(prediction, observed, statement.kind);
  const told = compare(held, seen, existed);
  const differing = prediction.understood ? told : told.filter(isAboutRefusal);
  const excuse = differing.length === 0 ? undefined : excuseOf(replayed, prediction);
  // what cannot be followed may be what failed; nothing more is known of the statement then
  const isHidden = observed.error !== undefined && prediction.failure?.sure !== true;
  const excused = excuse !== undefined && (isHidden || compare(held, foreseenPart(held, seen), existed).length === 0);
  return excused
    ? { ...taken, differences: [], unforeseen: differing, cause: excuse }
    : { ...taken, differences: differing, unforeseen: [], cause: undefined };
}

/** Statements that read or change rows, and those that run such. */
const ofRows: ReadonlySet<string> = new Set(['DoStmt', 'CallStmt', 'ExecuteStmt', 'CopyStmt', 'RefreshMatViewStmt']);

/** Work that goes through rows, and computes what indexes, generated columns and USING make of them. */
const throughRows: ReadonlySet<Work> = new Set(['scan', 'rewrite']);

/**
 * A value that cannot be made or breaks a constraint (classes 22 and 23): nothing of a schema foretells that, and a migration that fails on some
 * rows runs on others; nor what functions raise (class P0). Of a statement that can be parsed, 42601 tells of text that is read when it runs.
 */
function isOfRows(statement: Statement, { failure, effects }: Prediction, { error }: Observation): boolean {
  if (error === undefined || isForeseen(failure, error.code)) return false;
  if (ofRows.has(statement.kind) || hasPlan(statement)) return /^2[23]|^P0|^42601$/.test(error.code);
  return error.code.startsWith('22') && effects.some(({ work }) => throughRows.has(work));
}

/** statement_timeout has ended it. */
const outOfTime = '57014';

/** Whether this refusal, or surely some, was predicted. */
function isForeseen(failure: Failure | undefined, code: string): boolean {
  if (failure === undefined) return false;
  return failure.sure || [failure, ...(failure.others ?? [])].some((one) => one.code === code);
}

/** Why a statement failed where nothing was predicted, if the reason lies outside of the migrations: in the rows, or in what is there before them. */
function outsideOf(
  { statement, steps }: ReplayedStatement,
  prediction: Prediction,
  observed: Observation,
  lacking: ReadonlySet<string>,
): string | undefined {
  if (prediction.failure?.sure) return undefined;
  if (observed.error?.code === outOfTime)
    return 'its time ran out: how long it takes, and whether it ends, the rows decide';
  if (isOfRows(statement, prediction, observed)) return 'what the rows hold decides this';
  return wantOf(observed.error, steps[0]?.before, lacking);
}

/** Why a statement may do more than is predicted; undefined where all that decides is known. */
function excuseOf({ hidden, steps }: ReplayedStatement, { effects }: Prediction): string | undefined {
  if (hidden) return 'it runs SQL that is put together when it runs, or a function that the migrations do not show';
  const before = steps[0]?.before;
  if (before === undefined || before.followedFrom === 0) return undefined;
  const touched = [...steps.flatMap(({ relation }) => relation ?? []), ...effects.map(({ relation }) => relation)];
  const isCertain = (name: string) => {
    const relation = relationByName(before, name);
    return relation !== undefined && isFollowed(before, relation);
  };
  return touched.length > 0 && touched.every(isCertain)
    ? undefined
    : 'what ran before and cannot be followed may have made this';
}

/** Carries out a statement at which nobody looks: whether the server takes it is all that is compared. */
export async function carryOut(ground: Ground, replayed: ReplayedStatement): Promise<StepTrace> {
  const { statement, steps, transaction } = replayed;
  const prediction = predictionOf(steps);
  const observed = unobserved(await refusal(ground.session, executable(statement)));
  const outside = outsideOf(replayed, prediction, observed, ground.lacking);
  // a statement that refuses a transaction block shows that only where it stands in one
  const told = compare(prediction, observed, () => true).filter(
    ({ component }) => component === 'error' || (component === 'transactionBlock' && observed.error !== undefined),
  );
  const differing = outside === undefined ? told : [];
  const excuse = differing.length > 0 && !prediction.failure?.sure ? excuseOf(replayed, prediction) : undefined;
  return {
    ...placeOf(statement, transaction),
    outcome: observed.error === undefined ? 'done' : 'failed',
    predicted: mergedPrediction(prediction),
    observed,
    newborn: [],
    differences: excuse === undefined ? differing : [],
    unforeseen: excuse === undefined ? [] : differing,
    cause: outside ?? excuse,
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
    unforeseen: [],
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
  const planned = hasPlan(statement);
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
