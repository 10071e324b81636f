import type { Catalog } from '../catalog/catalog.js';
import { emptyCatalog } from '../catalog/lookup.js';
import type { Snapshot } from '../catalog/snapshot.js';
import { startSession } from '../catalog/transaction.js';
import type { History, Migration, Script } from '../frameworks/framework.js';
import { parse, type Run, replayScript } from '../replay/replay.js';
import { fileOf } from '../replay/timeline.js';
import type { Direction } from '../rule.js';
import { quoteLiteral } from '../sql/names.js';
import type { Database } from './database.js';
import type { HistoryTrace, MigrationTrace, StepTrace } from './report.js';
import { checkRepeated, checkRestored, type Finding, refusedFinding } from './roundtrip.js';
import { schemaOf } from './schema.js';
import { runScript, type ScriptTrace } from './script.js';
import { type NotSeeded, type Seeded, seed } from './seed/seed.js';
import type { Session } from './session.js';
import { notRun } from './take.js';

/** How histories are traced. */
export interface TraceOptions {
  /** Which migrations are looked at; the others are context: carried out, on a database that is to be used as it is taken as applied. */
  readonly judged: (history: History, migration: Migration, index: number) => boolean;
  /** Which of the others are carried out on a database that is to be used, too: what nobody else has made there. */
  readonly made: (migration: Migration) => boolean;
  /** Settings that the role or the database gives every session, by lower-case name. */
  readonly settings: Readonly<Record<string, string>>;
  /** How many synthetic rows every table gets; 0 for none. */
  readonly seedRows: number;
  /** Each migration is run up, down and up, and the schemas are compared. */
  readonly roundtrip: boolean;
  /** Hears how many migrations are done, and which one is under way. */
  readonly onProgress: (done: number, doing: string) => void;
}

/** Runs a history from an empty database on, as its runner would: up to the first migration that fails. */
export async function traceHistory(
  history: History,
  database: Database,
  options: TraceOptions,
  done: number,
): Promise<HistoryTrace> {
  const tracer = new Tracer(history, database, options);
  const last = history.migrations.findLastIndex((migration, index) => options.judged(history, migration, index));
  const migrations: MigrationTrace[] = [];
  for (const [index, migration] of history.migrations.slice(0, last + 1).entries()) {
    options.onProgress(done + index, migration.file);
    migrations.push(...(await tracer.trace(migration, index)));
  }
  const { framework, root } = history;
  return {
    framework,
    root,
    assumptions: [...history.assumptions, ...assumptionsOf(history)],
    problems: history.problems.map(({ message }) => message),
    stopped: tracer.stopped,
    migrations,
  };
}

function assumptionsOf({ migrations }: History): readonly string[] {
  return migrations.some(({ up }) => up.transaction.scope === 'run')
    ? ['the runner makes one transaction of all pending migrations: each was run as if it alone were pending']
    : [];
}

/** A way of a migration that was run, and the schema that it left behind where that is asked for. */
interface Way extends ScriptTrace {
  readonly notSeeded: readonly NotSeeded[];
  readonly schema: Snapshot | undefined;
}

interface WayOptions {
  readonly before: Catalog;
  readonly index: number;
  readonly observed: boolean;
  readonly rows: boolean;
}

/** On synthetic rows a loop may never end that ends on those of life; the migration is then run once more without them. */
const patience = '60s';

/** Runs the migrations of one history after another. A class because it follows the state of a database. */
class Tracer {
  readonly #history: History;
  readonly #database: Database;
  readonly #options: TraceOptions;
  #catalog: Catalog;
  #seeded: Seeded = new Map();
  readonly #lacking = new Set<string>();
  /** What the database's checkpoint holds: so many migrations, none of the synthetic rows. */
  #kept: { readonly count: number; readonly catalog: Catalog } | undefined;
  /** Why nothing more is run; for people. */
  stopped: string | undefined;

  constructor(history: History, database: Database, options: TraceOptions) {
    this.#history = history;
    this.#database = database;
    this.#options = options;
    this.#catalog = emptyCatalog(options.settings.search_path);
  }

  /** Runs the next migration. */
  async trace(migration: Migration, index: number): Promise<readonly MigrationTrace[]> {
    const context = !this.#options.judged(this.#history, migration, index);
    if (this.stopped !== undefined) return [unreached(migration, this.stopped, context)];
    if (context) return this.#asContext(migration, index);
    const { roundtrip, seedRows } = this.#options;
    const before = roundtrip ? await this.#schema() : undefined;
    const rows = seedRows > 0;
    const up = await this.#way(migration.up, 'up', migration, { before: this.#catalog, index, observed: true, rows });
    const first = traced(migration, 'up', up);
    if (up.outcome === 'failed') {
      if (!rows || this.#seeded.size === 0) return [this.#stop(first, migration, up.after)];
      return [first, ...(await this.#withoutRows(migration, index))];
    }
    this.#catalog = up.after;
    return before === undefined ? [first] : [first, ...(await this.#back(migration, index, before, up))];
  }

  /** An earlier migration: it is carried out and not looked at; in a database that has it already, it only is followed. */
  async #asContext(migration: Migration, index: number): Promise<readonly MigrationTrace[]> {
    if (this.#database.renew === undefined && !this.#options.made(migration)) {
      this.#catalog = this.#followed(migration, index);
      return [{ ...unreached(migration, 'the database is taken to have it already', true), steps: [] }];
    }
    const way = { before: this.#catalog, index, observed: false, rows: false };
    const up = await this.#way(migration.up, 'up', migration, way);
    const trace = { ...traced(migration, 'up', up), context: true };
    if (up.outcome === 'failed') return [this.#stop(trace, migration, up.after)];
    this.#catalog = up.after;
    return [trace];
  }

  #followed(migration: Migration, index: number): Catalog {
    const replayed = replayScript(migration.up, 'up', startSession(this.#catalog), this.#run(migration, index));
    for (;;) {
      const { done, value } = replayed.next('done');
      if (done) return value.replayed.after;
    }
  }

  #stop(trace: MigrationTrace, migration: Migration, after: Catalog): MigrationTrace {
    this.#catalog = after;
    this.stopped = `the runner has stopped at ${migration.file}`;
    return trace;
  }

  /** Once more on empty tables, after it failed on synthetic rows: what is after it can then be looked at too. */
  async #withoutRows(migration: Migration, index: number): Promise<readonly MigrationTrace[]> {
    this.#catalog = await this.#rebuild(index);
    if (this.stopped !== undefined) return [];
    const way = { before: this.#catalog, index, observed: true, rows: false };
    const up = await this.#way(migration.up, 'up', migration, way);
    const again = {
      ...traced(migration, 'up', up),
      notes: ['again, on empty tables: it failed on the synthetic rows'],
    };
    if (up.outcome === 'failed') return [this.#stop(again, migration, up.after)];
    this.#catalog = up.after;
    return [again];
  }

  /** The way back and the way up again. */
  async #back(migration: Migration, index: number, before: Snapshot, first: Way): Promise<readonly MigrationTrace[]> {
    if ('none' in migration.down || isEmpty(migration.down)) return [];
    // the way back is run while the code is live that knows what the way up made: half a migration later nothing of it is new
    const back = { before: first.after, index: index + 0.5, observed: true, rows: false };
    const down = await this.#way(migration.down, 'down', migration, back);
    const downTrace = traced(migration, 'down', down);
    if (down.outcome === 'failed') {
      await this.#restore(index + 1, migration);
      return [{ ...downTrace, findings: [refusedFinding('the way back', errorOf(down.steps))] }];
    }
    const restored = checkRestored(before, down.schema ?? new Map());
    const way = { before: down.after, index, observed: false, rows: false };
    const up = await this.#way(migration.up, 'up', migration, way);
    const again = { ...traced(migration, 'up', up), notes: ['once more, after the way back'] };
    const findings: readonly Finding[] =
      up.outcome === 'failed'
        ? [refusedFinding('after up and down, up', errorOf(up.steps))]
        : checkRepeated(first.schema ?? new Map(), up.schema ?? new Map());
    // what comes after is looked at where the way up alone leads
    const elsewhere = restored.length > 0 || findings.length > 0;
    if (up.outcome === 'failed' || (elsewhere && this.#database.renew !== undefined))
      await this.#restore(index + 1, migration);
    else this.#catalog = up.after;
    return [
      { ...downTrace, findings: restored },
      { ...again, findings: restored.length > 0 && up.outcome === 'applied' ? [] : findings },
    ];
  }

  /** Puts the database where it would be without the way back. */
  async #restore(count: number, migration: Migration): Promise<void> {
    if (this.#database.renew === undefined) this.stopped = `the way back of ${migration.file} has failed`;
    else this.#catalog = await this.#rebuild(count);
  }

  /**
   * A database with the first `count` migrations and no synthetic rows; they have run before, but roles may have outlived the database. Where it
   * came to is set aside: however often it has to be made, each migration is run in it once.
   */
  async #rebuild(count: number): Promise<Catalog> {
    const kept = this.#kept !== undefined && (await this.#database.checkpoint?.recall()) ? this.#kept : undefined;
    if (kept === undefined) await this.#database.renew?.();
    this.#seeded = new Map();
    let catalog = kept?.catalog ?? emptyCatalog(this.#options.settings.search_path);
    const from = kept?.count ?? 0;
    for (const [at, migration] of this.#history.migrations.slice(from, count).entries()) {
      const way = { before: catalog, index: from + at, observed: false, rows: false };
      const done = await this.#way(migration.up, 'up', migration, way);
      catalog = done.after;
      if (done.outcome === 'applied') continue;
      this.stopped = `${migration.file} cannot be run a second time on this server: ${errorOf(done.steps)}`;
      return catalog;
    }
    this.#kept = (await this.#database.checkpoint?.keep()) ? { count, catalog } : undefined;
    return catalog;
  }

  /** Runs one direction in a session of its own. */
  async #way(script: Script, direction: Direction, migration: Migration, way: WayOptions): Promise<Way> {
    const { before, index, observed, rows } = way;
    const notSeeded = rows
      ? await this.#inSession((session) => seed(session, this.#options.seedRows, this.#seeded))
      : [];
    const done = await this.#inSession(async (session) => {
      if (rows) await session.query(`set statement_timeout = '${patience}'`);
      for (const [name, value] of Object.entries(this.#options.settings))
        await session.query(`select set_config(${quoteLiteral(name)}, ${quoteLiteral(value)}, false)`);
      const open = this.#database.single ? undefined : () => this.#database.connect();
      const run = this.#run(migration, index);
      const ground = { session, open, lacking: this.#lacking };
      return runScript({ ground, script, direction, before: startSession(before), run, observed });
    });
    const compared = this.#options.roundtrip && done.outcome === 'applied';
    return { ...done, notSeeded, schema: compared ? await this.#schema() : undefined };
  }

  #run(migration: Migration, index: number): Run {
    const { settings, judged } = this.#options;
    return {
      migration,
      index,
      since: index,
      ordered: this.#history.unordered !== true,
      options: {
        pg: this.#database.major,
        settings,
        judged: (each, at) => judged(this.#history, each, at),
        oneDeploy: false,
      },
    };
  }

  #schema(): Promise<Snapshot> {
    return this.#inSession(schemaOf);
  }

  async #inSession<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const session = await this.#database.connect();
    try {
      return await work(session);
    } finally {
      await session.close();
    }
  }
}

/** A way back without a statement is none; `check` has a rule for it. */
function isEmpty(script: Script): boolean {
  const { statements, problems } = parse(script);
  return statements.length === 0 && problems.length === 0;
}

function errorOf(steps: readonly StepTrace[]): string {
  return (
    steps.find(({ outcome }) => outcome === 'failed')?.observed?.error?.message ??
    steps.find(({ outcome }) => outcome === 'not run')?.cause ??
    ''
  );
}

function traced(migration: Migration, direction: Direction, way: Way): MigrationTrace {
  const { outcome, transaction, steps, notSeeded } = way;
  return {
    ...named(migration, direction),
    transaction,
    outcome,
    notSeeded,
    steps: direction === 'up' ? [...unread(migration), ...steps] : steps,
  };
}

/** What every trace of a migration says of it. */
function named(migration: Migration, direction: Direction) {
  const { id, name, up, down } = migration;
  const file = fileOf(migration, direction);
  const { transaction } = direction === 'up' || 'none' in down ? up : down;
  return { id, name, file, direction, why: transaction.why, context: false, notes: [], findings: [], notSeeded: [] };
}

/** What the reader of the framework could not make SQL of. */
function unread({ problems }: Migration): readonly StepTrace[] {
  return problems
    .filter(({ rule }) => unreadRules.has(rule))
    .map(({ source, span, message }) => notRun({ sql: source.slice(span), source, span, kind: '' }, message));
}

const unreadRules: ReadonlySet<string> = new Set(['syntax-error', 'not-understood', 'unreadable-migration']);

function unreached(migration: Migration, why: string, context: boolean): MigrationTrace {
  const { statements, problems } = parse(migration.up);
  const nowhere = problems.filter(
    ({ source, span }) =>
      !statements.some((each) => each.source === source && each.span.start <= span.start && span.end <= each.span.end),
  );
  const steps = [
    ...statements.map((statement) => notRun({ ...statement, sql: statement.text }, why)),
    ...nowhere.map((problem) => notRun({ ...problem, sql: problem.source.slice(problem.span), kind: '' }, why)),
  ];
  const { scope, batch } = migration.up.transaction;
  // several statements in one message are a transaction
  const single = scope === 'none' && (batch === 'statement' || statements.length < 2);
  const transaction = single ? 'statement' : 'whole';
  return { ...named(migration, 'up'), context, transaction, outcome: 'not run', notes: [why], steps };
}
