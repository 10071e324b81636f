import type { Catalog } from '../catalog/catalog.js';
import { findRoutines, isFollowed, relationByName } from '../catalog/lookup.js';
import type { Failure } from '../effects/effect.js';
import { isUnknownFunction } from '../effects/volatility.js';
import type { Migration, Script } from '../frameworks/framework.js';
import { isKind, type ParsedScript, type SqlProblem, type Statement } from '../sql/statement.js';
import { functionCalls } from '../sql/walk.js';
import { unreadOf } from './calls.js';

/** The catalog after something ran that cannot be followed: of what was there, nothing is certain any more. */
export function hide(catalog: Catalog): Catalog {
  return { ...catalog, followedFrom: catalog.nextOid };
}

/** Whether a statement runs what cannot be followed and may change the schema: a computed EXECUTE, a function that the history does not show. */
export function isHidden(statement: Statement, catalog: Catalog, pg: number): boolean {
  if (unreadIn(statement, catalog).some((problem) => mayChangeSchema(problem, catalog, pg))) return true;
  return callsUnknown(statement, catalog, pg);
}

function mayChangeSchema({ keepsSchema }: SqlProblem, catalog: Catalog, pg: number): boolean {
  if (keepsSchema === undefined) return true;
  return keepsSchema.calls.some(
    (name) => findRoutines(catalog, name).length > 0 || isUnknownFunction(name, { catalog, pg }),
  );
}

/** Whether a statement runs what cannot be followed, if only on rows: it may lock and read more than is predicted. */
export function runsUnread(statement: Statement, catalog: Catalog, pg: number): boolean {
  return unreadIn(statement, catalog).length > 0 || callsUnknown(statement, catalog, pg);
}

function unreadIn(statement: Statement, catalog: Catalog): readonly SqlProblem[] {
  return statement.kind === 'DoStmt' ? (statement.unread ?? []) : unreadOf(statement, catalog);
}

function callsUnknown(statement: Statement, catalog: Catalog, pg: number): boolean {
  if (!isKind(statement, 'SelectStmt') && !isKind(statement, 'CallStmt')) return false;
  return functionCalls(statement.node).some(({ name }) => isUnknownFunction(name, { catalog, pg }));
}

/** Whether something runs with a migration, or since the one before it, that is no statement of its scripts. */
export function hasHidden({ problems, afterUnread = false }: Migration): boolean {
  return afterUnread || problems.some(({ rule }) => unreadable.has(rule));
}

// what a way back without its way up undoes has been done somewhere
const unreadable: ReadonlySet<string> = new Set([
  'not-understood',
  'unreadable-migration',
  'broken-include',
  'down-without-up',
]);

/**
 * What of a script is no statement and may run all the same: text that the grammar refuses, an include. Tells of each statement in turn
 * whether there is any before it.
 */
export function hiddenBefore(
  { pieces }: Script,
  { statements, problems }: ParsedScript,
): (statement?: Statement) => boolean {
  if (problems.length === 0) return () => false;
  const order = placeIn(pieces);
  const loose = problems.filter((problem) => !statements.some((statement) => isWithin(problem, statement)));
  let passed = 0;
  return (statement) => {
    const from = passed;
    const end = statement === undefined ? Number.POSITIVE_INFINITY : order(statement);
    for (let next = loose[passed]; next !== undefined && order(next) < end; next = loose[passed]) passed++;
    return passed > from;
  };
}

/** Places in the order in which a script runs: by piece, then by index. */
export function placeIn(pieces: Script['pieces']): (place: Pick<SqlProblem, 'source' | 'span'>) => number {
  const longest = 1 + Math.max(0, ...pieces.map(({ span }) => span.end));
  return ({ source, span }) => {
    const at = pieces.findIndex(
      (piece) => piece.source === source && piece.span.start <= span.start && span.start <= piece.span.end,
    );
    return Math.max(0, at) * longest + span.start;
  };
}

/** Whether a problem stands in a statement. */
export function isWithin({ source, span }: SqlProblem, statement: Statement): boolean {
  return source === statement.source && statement.span.start <= span.start && span.end <= statement.span.end;
}

/** A refusal that rests on what may have been changed unseen is not certain. */
export function foreseen(failure: Failure, relation: string | undefined, catalog: Catalog): Failure {
  if (catalog.followedFrom === 0 || ofTransaction.has(failure.code)) return failure;
  const known = relation === undefined ? undefined : relationByName(catalog, relation);
  return known !== undefined && isFollowed(catalog, known) ? failure : { ...failure, sure: false };
}

/** Refused for the transaction that the statement stands in: active_sql_transaction, unsafe_new_enum_value_usage. */
const ofTransaction: ReadonlySet<string> = new Set(['25001', '55P04']);
