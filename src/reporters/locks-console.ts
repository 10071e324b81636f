import type { MigrationReport, Report, StepReport } from '../diagnostic.js';
import type { LockMode, Work } from '../effects/effect.js';
import { blocks } from '../effects/locks.js';
import { list } from '../wording.js';
import { type Lane, lanes, longestStretch, summedUp } from './lock-chart.js';
import type { ReporterOptions } from './reporter.js';
import type { Style } from './style.js';
import { clip, columns, oneLine, pad, visible, wrap } from './terminal.js';
import { count, lockName, whoWaits } from './words.js';

/** More lanes are counted, not drawn. */
const mostLanes = 12;

/**
 * The lock timeline for people: each migration with its statements, and below them a bar for each relation that shows from which
 * statement to which its lock is held, how strong it is, what is done meanwhile, and who waits.
 */
export default function writeLocksConsole(report: Report, options: ReporterOptions): string {
  const migrations = report.histories
    .flatMap((history) => history.migrations)
    .filter((migration) => migration.judged && migration.steps.length + migration.unreadable > 0);
  const drawn = migrations.map((migration) => picture(migration, options).join('\n'));
  const legend = drawn.length === 0 ? 'no statements' : legendOf(options);
  return `${[...drawn, legend].join('\n\n')}\n`;
}

const transactions: Readonly<Record<MigrationReport['transaction'], string>> = {
  whole: 'one transaction: locks are held to its end',
  statement: 'each statement is a transaction of its own',
  none: 'no transaction: each statement by itself',
};

/** How the statements share transactions: a file may open its own. */
function sharing({ transaction, steps }: MigrationReport): string {
  const numbers = new Set(steps.map((step) => step.transaction));
  if (transaction === 'whole' || numbers.size === steps.length) return transactions[transaction];
  return numbers.size === 1
    ? transactions.whole
    : 'some statements share a transaction and hold its locks to its end, each other one is its own';
}

/** One migration's timeline, line by line. */
export function picture(migration: MigrationReport, options: ReporterOptions): readonly string[] {
  const { style } = options;
  const all = lanes(migration);
  const known = all.filter((lane) => !lane.isNew);
  // a new index says nothing of who waits for its table
  const born = all.filter(({ isNew, kind }) => isNew && kind === 'table').map((lane) => visible(lane.relation));
  return [
    ...heading(migration, options),
    ...statements(migration, options),
    ...(known.length > 0 ? ['', ...chart(migration, known, options)] : []),
    ...(born.length > 0
      ? [`  ${style.dim(`new here, nobody waits: ${clip(born.join(', '), options.width - 28)}`)}`]
      : []),
    ...(migration.unreadable > 0
      ? told(
          `${count(migration.unreadable, 'statement')} could not be read: it may lock anything`,
          style.yellow,
          options.width,
        )
      : []),
    ...verdict(migration, known, options),
  ];
}

/** Which migration it is, and how it runs: on one line where there is room. */
function heading(migration: MigrationReport, { style, width }: ReporterOptions) {
  const { file, id, direction } = migration;
  const way = direction === 'down' ? ', way back' : '';
  const path = visible(file);
  const rest = `  migration ${visible(id)}${way}; ${sharing(migration)}`;
  if (columns(path + rest) <= width) return [`${style.bold(path)}${style.dim(rest)}`];
  return [style.bold(path), ...wrap(rest.trim(), Math.max(20, width - 4)).map((line) => style.dim(`  ${line}`))];
}

/** The statements, numbered as the columns of the chart. */
function statements(migration: MigrationReport, { style, width }: ReporterOptions): readonly string[] {
  const digits = String(migration.steps.length).length;
  return migration.steps.map((step, index) => {
    const number = String(index + 1).padStart(digits + 2);
    const trouble = troubleOf(step);
    const tail = trouble === '' ? '' : ` ${trouble}`;
    const room = Math.max(20, width - columns(number) - 8 - columns(tail));
    const { line } = step.source.position(step.span.start);
    return `${number} ${style.dim(pad(`:${line}`, 6))}${clip(oneLine(step.sql), room)}${style.yellow(tail)}`;
  });
}

function troubleOf(step: StepReport): string {
  if (step.failure !== undefined) return `(fails: ${visible(step.failure)})`;
  return step.understood ? '' : '(not understood: what it locks is not known)';
}

/** How much a lock keeps waiting, as a shade: it reads without colours too. */
function shade(mode: LockMode, style: Style): (length: number) => string {
  const waiting = blocks(mode);
  if (waiting.includes('reads')) return (length) => style.red('█'.repeat(length));
  if (waiting.includes('writes')) return (length) => style.yellow('▓'.repeat(length));
  return (length) => style.dim('░'.repeat(length));
}

const letters: Readonly<Record<Work, string>> = { none: '', scan: 'S', build: 'B', rewrite: 'R', rows: 'W' };

/** What stands left and right of the bars, and the columns that they have. */
interface Layout {
  readonly left: number;
  /** 0: the shade alone tells the lock. */
  readonly lock: number;
  readonly waiting: readonly string[];
  readonly room: number;
}

/** On a narrow terminal goes first who waits, which the shades tell too, then the end of long names, then the name of the lock. */
function layoutOf(shown: readonly Lane[], steps: number, width: number): Layout {
  const left = Math.min(40, Math.max(...shown.map((lane) => columns(laneName(lane)))));
  const lock = Math.max(...shown.map((lane) => lockName(lane.strongest).length));
  const waiting = shown.map((lane) => `${whoWaits(lane.strongest)}${lane.sure ? '' : ' (at worst)'}`);
  const brief = shown.map((lane) => (lane.sure ? '' : 'at worst'));
  const layout = (names: number, lockName: number, words: readonly string[]): Layout => {
    const beside = [Math.min(left, names), lockName, Math.max(...words.map(columns))].filter((each) => each > 0);
    const room = width - 3 - beside.reduce((sum, each) => sum + each + 2, 0);
    return { left: Math.min(left, names), lock: lockName, waiting: words, room };
  };
  const layouts = [layout(40, lock, waiting), layout(40, lock, brief), layout(24, lock, brief), layout(24, 0, brief)];
  // a column for each statement if that can be had, and some bar at least
  const enough = [Math.min(Math.max(20, steps), 3 * steps), Math.min(20, 3 * steps)];
  const found = enough.flatMap((least) => layouts.find(({ room }) => room >= least) ?? []);
  return found[0] ?? layout(16, 0, brief);
}

function chart(
  migration: MigrationReport,
  known: readonly Lane[],
  { style, width }: ReporterOptions,
): readonly string[] {
  const shown = known.slice(0, mostLanes);
  const steps = migration.steps.length;
  const { left, lock, waiting, room } = layoutOf(shown, steps, width);
  // 7 columns hold a statement's work and some bar around it; a long migration is drawn finer, at last several statements to a column
  const cell = Math.max(1, Math.min(7, Math.floor(room / steps)));
  const share = Math.ceil(steps / Math.max(1, room));
  const boundary = (at: number) => at > 0 && migration.steps[at]?.transaction !== migration.steps[at - 1]?.transaction;
  const numbers = numbersAbove(steps, cell, share);
  const head = `  ${' '.repeat(left + 2 + (lock > 0 ? lock + 2 : 0))}${style.dim(numbers)}`;
  const rows = shown.map((lane, index) => {
    const bar = summedUp(lane.cells, share).map((each, at) =>
      cellText(each.lock, each.works, cell, boundary(at + 1), style),
    );
    const name = pad(clip(laneName(lane), left), left);
    const mode = lock > 0 ? `  ${pad(lockName(lane.strongest), lock)}` : '';
    return `  ${name}${mode}  ${bar.join('')}  ${waiting[index]}`.trimEnd();
  });
  const more = known.length - shown.length;
  return [
    head,
    ...rows,
    ...(more > 0 ? [style.dim(`  and ${count(more, 'weaker lane')} more: --format json`)] : []),
    ...(share > 1 ? [style.dim(`  a column stands for ${count(share, 'statement')}`)] : []),
  ];
}

function laneName(lane: Lane): string {
  return `${visible(lane.relation)}${lane.kind === 'index' ? ' (index)' : ''}`;
}

/** The statements' numbers above their columns: of narrow columns each second, fifth or tenth, so that they can be told from each other. */
function numbersAbove(steps: number, cell: number, share: number): string {
  const digits = String(steps).length;
  const stride = [1, 2, 5, 10].find((each) => each * cell > digits) ?? 10;
  let line = '';
  for (let column = 1; (column - 1) * share < steps; column++)
    if (column === 1 || column % stride === 0)
      line = pad(line, (column - 1) * cell) + (share === 1 ? column : (column - 1) * share + 1);
  return line;
}

/** A statement's part of a bar: the shade of its lock, with the letters of its work; the last column stays free between transactions. */
function cellText(
  lock: LockMode | undefined,
  works: readonly Work[],
  cell: number,
  last: boolean,
  style: Style,
): string {
  if (lock === undefined) return `${style.dim('·')}${' '.repeat(cell - 1)}`;
  const gap = last && cell > 1 ? 1 : 0;
  const length = cell - gap;
  const word = works
    .map((work) => letters[work])
    .join('')
    .slice(0, length);
  const fill = shade(lock, style);
  const before = Math.floor((length - word.length) / 2);
  return `${fill(before)}${style.bold(word)}${fill(length - word.length - before)}${' '.repeat(gap)}`;
}

const doing: Readonly<Record<Work, string>> = {
  none: '',
  scan: 'a table is read in full',
  build: 'an index is built',
  rewrite: 'a table is rewritten',
  rows: 'rows are written',
};

/** The line a reviewer looks for: for how long nobody can even read. */
function verdict(
  migration: MigrationReport,
  known: readonly Lane[],
  { style, width }: ReporterOptions,
): readonly string[] {
  const stretch = longestStretch(migration, known);
  if (stretch === undefined) {
    const blind = migration.unreadable > 0 || migration.steps.some((step) => !step.understood);
    const words = 'no ACCESS EXCLUSIVE lock is held while there is work';
    return blind ? told(`as far as it is understood, ${words}`, style.yellow, width) : told(words, style.green, width);
  }
  const { from, to, works, lane } = stretch;
  const which = from === to ? `during statement ${from + 1}` : `from statement ${from + 1} to ${to + 1}`;
  const what = list(works.map((work) => doing[work]));
  return told(
    `longest ACCESS EXCLUSIVE with work: nobody reads or writes ${visible(lane.relation)} ${which}, while ${what}`,
    style.red,
    width,
  );
}

/** A sentence below a chart, its further lines indented more. */
function told(words: string, paint: (text: string) => string, width: number): readonly string[] {
  return wrap(words, width - 4).map((line, at) => `${at === 0 ? '  ' : '    '}${paint(line)}`);
}

/** What the shades and letters mean. */
export function legendOf({ style, width }: Pick<ReporterOptions, 'style' | 'width'>): string {
  const part = (mode: LockMode, words: string) => [shade(mode, style)(2), words] as const;
  const shades = [
    part('AccessExclusiveLock', 'reads and writes wait'),
    part('ShareLock', 'writes wait'),
    part('AccessShareLock', 'only DDL or autovacuum waits'),
  ];
  const works = ['S table read in full', 'B index built', 'R table rewritten', 'W rows written'];
  const onOne = (words: readonly string[]) => words.join('  ').length <= width;
  const between = (words: readonly string[]) => (onOne(words) ? '  ' : '\n');
  const shadeWords = shades.map(([, words]) => `██ ${words}`);
  return [
    shades.map((each) => each.join(' ')).join(between(shadeWords)),
    works.map((each) => style.dim(each)).join(between(works)),
  ].join('\n');
}
