import type { Catalog } from '../catalog/catalog.js';
import type { Script } from '../frameworks/framework.js';
import { isWithin, placeIn } from '../replay/hidden.js';
import { type Outcome, parse, type ReplayedStatement, type Run, replayScript } from '../replay/replay.js';
import type { Direction } from '../rule.js';
import { isKind, type SqlProblem, type Statement } from '../sql/statement.js';
import { causeOf, lackedBy } from './cause.js';
import type { MigrationTrace, StepTrace } from './report.js';
import { ServerTransaction } from './server-transaction.js';
import { carryOut, type Ground, notRun, placeOf, take, unobserved } from './take.js';

/** A script that was run. */
export interface ScriptTrace {
  readonly steps: readonly StepTrace[];
  readonly outcome: MigrationTrace['outcome'];
  readonly transaction: MigrationTrace['transaction'];
  /** The catalog that it left behind. */
  readonly after: Catalog;
}

/** How a script is run. */
export interface ScriptRun {
  readonly ground: Ground;
  readonly script: Script;
  readonly direction: Direction;
  readonly before: Catalog;
  readonly run: Run;
  /** False: it is carried out, and not looked at. */
  readonly observed: boolean;
}

/**
 * Runs one direction of a migration as its runner does: in the transactions of its plan, up to the first failure, at which what is not
 * committed is rolled back. Every statement is a step, also one that was not reached or cannot be read.
 */
export async function runScript(given: ScriptRun): Promise<ScriptTrace> {
  const { ground, script, direction, before, run, observed } = given;
  const parsed = parse(script);
  const loose = parsed.problems.filter(
    (problem) => !parsed.statements.some((statement) => isWithin(problem, statement)),
  );
  const replayed = replayScript(script, direction, before, run);
  const transaction = new ServerTransaction(ground.session);
  const order = placeIn(script.pieces);
  const steps: StepTrace[] = [];
  let reached = 0;
  // the transaction under way, and the catalog that it began with
  let number = -1;
  let start = before;
  let undone: Catalog | undefined;
  let answer: Outcome = 'done';

  /** What stands before a place and is no statement; gives the one at which the runner stops. */
  const pass = (at: number): SqlProblem | undefined => {
    while (loose[0] !== undefined && order(loose[0]) < at) {
      const problem = loose[0];
      loose.shift();
      steps.push(notRun({ ...problem, sql: problem.source.slice(problem.span), kind: '' }, problem.message));
      if (problem.rule === 'syntax-error') return problem;
    }
    return undefined;
  };

  const stop = async (after: Catalog, transactionKind: ScriptTrace['transaction']): Promise<ScriptTrace> => {
    await transaction.undo();
    for (const statement of parsed.statements.slice(reached))
      steps.push(notRun(placeOf(statement, -1), 'the runner has stopped'));
    pass(Number.POSITIVE_INFINITY);
    return { steps, outcome: 'failed', transaction: transactionKind, after };
  };

  for (;;) {
    const { done, value } = replayed.next(answer);
    if (done) {
      const { transaction: kind, after } = value.replayed;
      if (answer === 'failed') return stop(undone ?? after, kind);
      if (pass(Number.POSITIVE_INFINITY) !== undefined) return stop(transaction.open ? start : after, kind);
      const refused = await transaction.end();
      if (refused === undefined) return { steps, outcome: 'applied', transaction: kind, after };
      steps.push(refusedCommit(parsed.statements.at(-1), refused));
      return stop(start, kind);
    }
    const current: ReplayedStatement = value;
    const [first] = current.steps;
    if (pass(order(current.statement)) !== undefined) {
      answer = 'failed';
      continue;
    }
    const refused = await transaction.align(first?.session.inTransaction ?? false, current.transaction);
    if (refused !== undefined) {
      steps.push(refusedCommit(parsed.statements[reached - 1], refused));
      undone = start;
      answer = 'failed';
      continue;
    }
    if (first !== undefined && number !== current.transaction) start = first.before;
    number = current.transaction;
    reached++;
    const lacked = await lackedBy(current.statement, ground.session);
    if (lacked !== undefined) ground.lacking.add(lacked.extension);
    const why = isCopyFromInput(current.statement) ? 'the rows of COPY are not loaded' : lacked?.why;
    if (why !== undefined) {
      steps.push(notRun(placeOf(current.statement, current.transaction), why));
      answer = 'done';
      continue;
    }
    const step = observed ? await take(ground, current, transaction.open) : await carryOut(ground, current);
    const remarks = parsed.problems.filter((problem) => isWithin(problem, current.statement));
    steps.push({ ...step, cause: step.cause ?? causeOf(step, remarks) });
    if (step.outcome === 'done') transaction.follow(current.statement);
    answer = step.outcome === 'done' ? 'done' : 'failed';
  }
}

/** The rows of COPY FROM STDIN travel outside the statement. */
function isCopyFromInput(statement: Statement): boolean {
  return isKind(statement, 'CopyStmt') && statement.node.is_from === true && statement.node.filename === undefined;
}

function refusedCommit(
  last: Statement | undefined,
  error: NonNullable<ReturnType<typeof unobserved>['error']>,
): StepTrace {
  if (last === undefined) throw new Error('a transaction without a statement cannot be refused');
  const difference = { component: 'error', predicted: '', observed: error.code } as const;
  return {
    ...placeOf(last, -1),
    sql: 'commit',
    kind: 'TransactionStmt',
    outcome: 'failed',
    newborn: [],
    predicted: { effects: [], transactionBlock: 'allowed', understood: true },
    observed: unobserved(error),
    differences: [difference],
    unforeseen: [],
    cause: undefined,
  };
}
