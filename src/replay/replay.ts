import { blaming } from '../bug.js';
import { apply } from '../catalog/apply.js';
import type { Catalog } from '../catalog/catalog.js';
import { settings as settingsOf } from '../catalog/lookup.js';
import { startSession } from '../catalog/transaction.js';
import type { Prediction } from '../effects/effect.js';
import { predict } from '../effects/predict.js';
import type { History, Migration, Script } from '../frameworks/framework.js';
import type { Direction, JudgedMigration, Step } from '../rule.js';
import { parseScript } from '../sql/script.js';
import type { BodyStatement, Comment, ParsedScript, SqlProblem, Statement } from '../sql/statement.js';
import { refusedOutside } from './block-needed.js';
import { refusedEnding } from './body-transaction.js';
import { calledBodies, unreadBodies } from './calls.js';
import { foreseen, hasHidden, hiddenBefore, hide, isHidden, runsUnread } from './hidden.js';
import type { Memory } from './memory.js';
import { creation, felt, markBorn, newness, withoutRows } from './newborn.js';
import { startOf } from './start.js';
import { targetOf } from './target.js';
import { Transactions } from './transactions.js';
import { withUnseen } from './unseen.js';
import { type Piece, withWayBack } from './way-back.js';

/** What a replay depends on besides the history. */
export interface ReplayOptions {
  /** The oldest server major the migrations run on, 13 to 18. */
  readonly pg: number;
  /** Settings that the role or the database gives every session (lock_timeout, timezone …), by lower-case name. */
  readonly settings: Readonly<Record<string, string>>;
  /** Which migrations are judged; the others are context: applied, but neither predicted nor checked. */
  readonly judged: (migration: Migration, index: number) => boolean;
  /** The judged migrations are one deploy (--since, --changed): what one of them creates is new for all of them. */
  readonly oneDeploy: boolean;
  /** What an earlier replay has found of the context before the first judged migration. */
  readonly memory?: Memory;
}

/** One direction of a migration after its replay. */
export interface ReplayedScript {
  readonly direction: Direction;
  readonly script: Script;
  readonly steps: readonly Step[];
  /** The number of the transaction each step belongs to, by position in `steps`. */
  readonly transactions: readonly number[];
  readonly problems: readonly SqlProblem[];
  readonly comments: readonly Comment[];
  readonly after: Catalog;
  /** Whether all of it is one transaction, each statement its own, or the runner was told to open none. */
  readonly transaction: 'whole' | 'statement' | 'none';
}

/** A migration after its replay, with everything that rules and reporters need. */
export interface ReplayedMigration extends JudgedMigration {
  readonly index: number;
  readonly scripts: readonly ReplayedScript[];
}

/** The longest chain of functions that call functions which is followed; deeper ones are recursive in practice. */
const callDepth = 6;
/** Functions that call functions many times over: of what one statement runs, no more is followed. */
const mostInside = 2000;

/**
 * Applies a history's migrations one after another to an empty catalog and gives those that are judged, each with its
 * steps: every statement with the catalog before and after it, its effects, the session and the locks held so far.
 * The way back is applied to the state that the way up leaves, and then forgotten.
 */
export function* replay(history: History, options: ReplayOptions): Generator<ReplayedMigration> {
  const first = history.migrations.findIndex(options.judged);
  const last = history.migrations.findLastIndex(options.judged);
  const known = first > 0 ? options.memory?.recall(first) : undefined;
  let catalog = startOf(history, known, options);
  let leftBehind = known?.leftBehind ?? {};
  let deploy: number | undefined;
  let earlier: Transactions | undefined;
  const pieces: Piece[] = [];
  for (const [index, migration] of history.migrations.slice(0, last + 1).entries()) {
    if (index < (known?.next ?? 0)) continue;
    if (index === first) options.memory?.keep({ next: index, catalog, leftBehind });
    const goesOn = migration.up.transaction.scope === 'run' ? earlier : undefined;
    leftBehind = { ...leftBehind, ...catalog.settings.session };
    const reached = goesOn?.catalog ?? startSession(catalog);
    const before = hasHidden(migration) ? hide(reached) : reached;
    if (!options.judged(migration, index)) {
      // what lies between two judged ones has been deployed: what it creates is known
      deploy = undefined;
      earlier = undefined;
      catalog = applyOnly(migration.up, before, index, options.pg);
      continue;
    }
    deploy ??= index;
    const since = options.oneDeploy ? deploy : firstOfDeploy(history, index);
    const run = {
      migration,
      index,
      since,
      options,
      ordered: history.unordered !== true && migration.conditional !== true,
    };
    const { replayed: up, transactions } = runScript(migration.up, 'up', before, run, goesOn);
    // migrations that went out one by one were transactions of their own: only what is deployed together shares one
    earlier = options.oneDeploy && migration.up.transaction.scope === 'run' ? transactions.pause() : undefined;
    catalog = up.after;
    pieces.push({ run, before, leftBehind, up });
    const next = history.migrations[index + 1];
    const goesOnNext =
      migration.cutFrom !== undefined && next?.cutFrom === migration.cutFrom && options.judged(next, index + 1);
    if (goesOnNext) continue;
    yield* withWayBack(
      pieces.splice(0),
      history,
      (script, reached, back) => runScript(script, 'down', reached, back).replayed,
    );
  }
}

/** The number of the first of the migrations before this one that go out with it. */
function firstOfDeploy({ migrations }: History, index: number): number {
  const key = migrations[index]?.deploy;
  let first = index;
  while (key !== undefined && migrations[first - 1]?.deploy === key) first--;
  return first;
}

/** The migration that a script belongs to, and how it is replayed. */
export interface Run {
  readonly migration: Migration;
  readonly index: number;
  readonly since: number;
  readonly options: ReplayOptions;
  readonly ordered: boolean;
}

/** The statements of a script, and what of it cannot be read. */
export function parse(script: Script): ParsedScript {
  return parseScript(script.pieces, {
    ...(script.placeholders && { placeholders: script.placeholders }),
    ...(script.psql !== undefined && { psql: script.psql }),
  });
}

/** Context: what the script leaves behind, at the least cost. */
function applyOnly(script: Script, before: Catalog, born: number, pg: number): Catalog {
  const parsed = parse(script);
  const { statements } = parsed;
  const isUnreadBefore = hiddenBefore(script, parsed);
  const transactions = new Transactions(script, before, statements);
  for (const statement of statements) {
    transactions.begin(statement);
    if (isUnreadBefore(statement)) transactions.catalog = hide(transactions.catalog);
    let unseen = false;
    for (const part of executed(statement, transactions.catalog)) {
      const inner = part.statement;
      unseen ||= isHidden(inner, transactions.catalog, pg);
      if (unseen) transactions.catalog = hide(transactions.catalog);
      const reached = transactions.catalog;
      const after = blaming('applying', inner, () => apply(inner, reached, { born, pg }));
      transactions.catalog = reachedBy(part, reached, after);
    }
    // what a body does after what cannot be followed may be followed by more of it
    if (unseen) transactions.catalog = hide(transactions.catalog);
    transactions.end(statement);
  }
  if (isUnreadBefore()) transactions.catalog = hide(transactions.catalog);
  return transactions.finish();
}

function runScript(script: Script, direction: Direction, before: Catalog, run: Run, earlier?: Transactions): ScriptEnd {
  const statements = replayScript(script, direction, before, run, earlier);
  for (;;) {
    const { done, value } = statements.next('done');
    if (done) return value;
  }
}

/** A statement of a script at its turn. */
export interface ReplayedStatement {
  readonly statement: Statement;
  /** Its steps: one, or one for each command of an ALTER TABLE, and those of what its body or the functions it calls do. */
  readonly steps: readonly Step[];
  /** The number of its transaction. */
  readonly transaction: number;
  /** It runs what cannot be followed: what it does beside that is all that its steps tell. */
  readonly hidden: boolean;
}

/** What a replay of a script leaves: its steps, and the state in which the next script of the same run finds its transaction. */
export interface ScriptEnd {
  readonly replayed: ReplayedScript;
  readonly transactions: Transactions;
}

/** What became of a statement where it really ran: the runner stops at one that failed. */
export type Outcome = 'done' | 'failed';

/**
 * Replays one direction of a migration, statement by statement; each is answered with what became of it. After a failure the transaction
 * is rolled back, and the script ends.
 */
export function* replayScript(
  script: Script,
  direction: Direction,
  before: Catalog,
  run: Run,
  earlier?: Transactions,
): Generator<ReplayedStatement, ScriptEnd, Outcome> {
  const parsed = parse(script);
  const transactions = new Transactions(script, before, parsed.statements, earlier);
  const steps: Step[] = [];
  const numbers: number[] = [];
  const problems = [...parsed.problems];
  const isUnreadBefore = hiddenBefore(script, parsed);
  for (const statement of parsed.statements) {
    transactions.begin(statement);
    if (isUnreadBefore(statement)) transactions.catalog = hide(transactions.catalog);
    const reached = transactions.catalog;
    const first = steps.length;
    let hidden = false;
    let unseen = false;
    for (const part of executed(statement, reached)) {
      unseen ||= isHidden(part.statement, transactions.catalog, run.options.pg);
      if (unseen) transactions.catalog = hide(transactions.catalog);
      hidden ||= runsUnread(part.statement, transactions.catalog, run.options.pg);
      problems.push(...unreadBodies(part.statement, transactions.catalog));
      for (const step of stepsOf(part, script, direction, transactions, run)) {
        steps.push(step);
        numbers.push(transactions.number);
      }
    }
    if (unseen) transactions.catalog = hide(transactions.catalog);
    const outcome = yield { statement, steps: steps.slice(first), transaction: transactions.number, hidden };
    if (outcome === 'failed') {
      transactions.fail(reached);
      break;
    }
    transactions.end(statement);
  }
  if (isUnreadBefore()) transactions.catalog = hide(transactions.catalog);
  const replayed: ReplayedScript = {
    direction,
    script,
    steps,
    transactions: numbers,
    problems,
    comments: parsed.comments,
    after: transactions.finish(),
    transaction:
      script.transaction.optedOut && !transactions.whole ? 'none' : transactions.whole ? 'whole' : 'statement',
  };
  return { replayed, transactions };
}

/** A statement that runs; `opened` when what its body does follows as statements of their own. */
interface Executed extends BodyStatement {
  readonly opened: boolean;
}

/** The statement itself and, of a DO block or a call of a function whose body is known, what runs inside. */
function executed(statement: Statement, catalog: Catalog, depth = 0, room = { left: mostInside }): readonly Executed[] {
  const body = statement.kind === 'DoStmt' ? statement.body : calledBodies(statement, catalog);
  const opened = body.length > 0 && depth < callDepth && room.left > 0;
  const self: Executed = { statement, conditional: false, repeated: false, opened };
  if (!opened) return [self];
  room.left -= body.length;
  const inner = body.flatMap((part) =>
    executed(part.statement, catalog, depth + 1, room).map((nested) => ({
      ...nested,
      conditional: nested.conditional || part.conditional,
      repeated: nested.repeated || part.repeated,
      caught: nested.caught === true || part.caught === true,
    })),
  );
  return [self, ...inner];
}

/** The catalog after a part that ran; one that may not have run, or not to its end, may have left the names that it takes. */
function reachedBy({ conditional, caught }: Executed, before: Catalog, after: Catalog): Catalog {
  return conditional || caught === true ? { ...after, goneNames: before.goneNames } : after;
}

/** What the statements of a body do and where they fail is told by themselves; that they stand in a body (25001) is not. */
function withoutBody(whole: Prediction, own: Prediction): Prediction {
  const { effects, failure } = own;
  const { failure: inBody, ...prediction } = whole;
  const told = inBody?.code === '25001' ? inBody : failure;
  return { ...prediction, effects, ...(told && { failure: told }) };
}

/** The steps of one statement: of an ALTER TABLE one a command, else one. Moves the catalog past it. */
function stepsOf(
  part: Executed,
  script: Script,
  direction: Direction,
  transactions: Transactions,
  run: Run,
): readonly Step[] {
  const { statement } = part;
  const { pg } = run.options;
  const before = transactions.catalog;
  const settings = { ...run.options.settings, ...settingsOf(before) };
  const timeZone = settings.timezone;
  const applying = { born: run.index, pg };
  const after = blaming('applying', statement, () => apply(statement, before, applying));
  const ownRows = transactions.hasWritten;
  const options = { pg, after, ownRows, ...(timeZone !== undefined && { timeZone }) };
  const whole = blaming('predicting', statement, () => predict(statement, before, options));
  // what a body does is told by the steps of its statements, each with the catalog as the ones before it leave it
  const known = part.opened ? withoutBody(whole, predict(statement, before, { ...options, opened: true })) : whole;
  const prediction = withUnseen(known, statement, before, run.since, { predict: options, apply: applying });
  transactions.catalog = reachedBy(part, before, after);

  const isNew = newness(before, after, run.since);
  const isCreated = creation(before, after, run.since);
  const session = transactions.session(settings);
  const step = (of: Statement, told: Prediction): Step => {
    const relation = targetOf(of, before);
    const ending = refusedEnding(of, { ...part, first: transactions.first, session, script, pg });
    const { explicit } = transactions;
    const outside = refusedOutside(of, { explicit, inTransaction: session.inTransaction, script });
    const failure = ending ?? outside ?? (told.failure && foreseen(told.failure, relation, before));
    const allEffects = markBorn(withoutRows(told.effects, of.kind, relation, before, isNew), isNew, isCreated);
    return {
      kind: of.kind,
      node: of.node,
      statement: of,
      relation,
      effects: felt(allEffects, relation !== undefined && transactions.isEmpty(relation, of)),
      allEffects,
      transactionBlock: told.transactionBlock,
      understood: told.understood,
      before,
      after,
      session,
      pg,
      migration: run.migration,
      script,
      direction,
      conditional: part.conditional,
      repeated: part.repeated,
      since: run.since,
      isNew,
      // at the end: what follows what is spread costs a look-up each, and there is a step for every statement
      ...(failure && { failure: { ...failure, sure: failure.sure && run.ordered && !part.caught } }),
    };
  };
  const commands = statement.commands.map((command, at) => step(command, prediction.commands?.[at] ?? prediction));
  const steps = commands.length > 0 ? commands : [step(statement, prediction)];
  for (const taken of steps) transactions.hold(taken);
  return steps;
}
