import type { History } from '../frameworks/framework.js';
import { parse } from '../replay/replay.js';
import { visible } from '../reporters/terminal.js';
import { isKind } from '../sql/statement.js';
import writeTraceConsole from '../trace/console.js';
import { type Database, openDatabase } from '../trace/database.js';
import { isInterrupted } from '../trace/interrupt.js';
import writeTraceJson from '../trace/json.js';
import { isClean, type TraceReport } from '../trace/report.js';
import { type TraceOptions, traceHistory } from '../trace/run.js';
import { serverWide } from '../trace/server-wide.js';
import { UserError } from '../user-error.js';
import { version } from '../version.js';
import type { TraceFlags } from './flags.js';
import { type Io, styleFor } from './io.js';
import { exit } from './main.js';
import { prepare } from './prepare.js';
import { progress } from './progress.js';
import { openProject } from './project.js';

/** `lockkeeper trace`: the migrations on a real server, what they do beside what was predicted. */
export async function run(paths: readonly string[], flags: TraceFlags, io: Io): Promise<number> {
  const { seedRows = 0, roundtrip = false, inPlace = false } = flags;
  if (inPlace && seedRows > 0)
    throw new UserError('--seed-rows with --in-place: the synthetic rows would stay in the database');
  const project = await openProject(paths, { ...flags, rule: {} }, io, {});
  project.ahead();
  const { histories, judged, made } = prepare(
    flags.prepare,
    project.histories.filter(({ migrations }) => migrations.length > 0),
    project.options.judged ?? (() => true),
    io.cwd,
  );
  if (inPlace && histories.length > 1) {
    const roots = histories.map(({ root }) => root || '.').join(', ');
    throw new UserError(`--in-place: several folders of migrations are found (${roots}), name the one to run`);
  }
  const line = progress(
    io.stderr,
    histories.reduce((sum, history) => sum + countOf(history, judged), 0),
  );
  line.show(0, `${flags.databaseUrl === undefined ? 'starting' : 'reaching'} the server`);
  const wanted = { server: flags.server, url: flags.databaseUrl, inPlace };
  const say = (text: string) => {
    line.clear();
    io.stderr.write(`lockkeeper: ${text}\n`);
  };
  try {
    const extensions = [...new Set(histories.flatMap(extensionsOf))];
    const database = await openDatabase(wanted, { cwd: io.cwd, extensions, say });
    if (database.shared) sayWhatStays(histories, say);
    const settings = project.options.settings ?? {};
    const report = await traceAll(histories, database, {
      judged,
      made,
      settings,
      seedRows,
      roundtrip,
      onProgress: line.show,
    });
    line.clear();
    const options = { style: styleFor(io.stdout, io.env), width: io.stdout.columns ?? 120, version, prefix: '' };
    io.stdout.write(flags.format === 'json' ? writeTraceJson(report) : writeTraceConsole(report, options));
    return isClean(report) ? exit.clean : exit.findings;
  } catch (error) {
    line.clear();
    // what was cut off by a signal fails somehow; the process ends as soon as all is tidied up
    if (isInterrupted()) return new Promise(() => {});
    throw error;
  }
}

/** A scratch database is dropped; what belongs to the whole server is not. */
function sayWhatStays(histories: readonly History[], say: (text: string) => void): void {
  const found = histories.flatMap(serverWide);
  const [first] = found;
  if (first === undefined) return;
  const place = `${visible(first.source.file)}:${first.line}${found.length > 1 ? ` and ${found.length - 1} more` : ''}`;
  say(`roles, databases, tablespaces and settings of the whole server are changed, and stay so: ${place}`);
}

/** How many migrations are run, context included. */
function countOf(history: History, judged: TraceOptions['judged']): number {
  return 1 + history.migrations.findLastIndex((migration, index) => judged(history, migration, index));
}

async function traceAll(
  histories: readonly History[],
  database: Database,
  options: TraceOptions,
): Promise<TraceReport> {
  const traced: TraceReport['histories'][number][] = [];
  try {
    // what the server gives every session is known here, and predicted with
    const session = await database.connect();
    const [row] = await session.query('show timezone');
    await session.close();
    const settings = { timezone: row?.TimeZone ?? 'UTC', ...options.settings };
    let done = 0;
    for (const history of histories) {
      if (traced.length > 0) await database.renew?.();
      traced.push(await traceHistory(history, database, { ...options, settings }, done));
      done += countOf(history, options.judged);
    }
  } finally {
    if (!isInterrupted()) await database.close();
  }
  const { name, major, single } = database;
  const { seedRows, roundtrip } = options;
  return { server: name, major, single, seedRows, roundtrip, histories: traced };
}

/** The extensions that a history creates: some servers have to be told before. */
function extensionsOf(history: History): readonly string[] {
  return history.migrations
    .flatMap(({ up }) => parse(up).statements)
    .flatMap((statement) =>
      isKind(statement, 'CreateExtensionStmt') && statement.node.extname !== undefined ? [statement.node.extname] : [],
    );
}
