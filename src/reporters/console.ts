import { type Diagnostic, type Report, summarize } from '../diagnostic.js';
import { blocks } from '../effects/locks.js';
import type { Level, Rule } from '../rule.js';
import { isSql } from '../wording.js';
import { codeFrame } from './frame.js';
import type { ReporterOptions } from './reporter.js';
import type { Style } from './style.js';
import { columns, fill, oneLine, visible, wrap } from './terminal.js';
import { ruleCounts, toldInShort } from './told.js';
import {
  assumptions,
  count,
  coverage,
  isOpen,
  type LockedRelation,
  levelCounts,
  lockedRelations,
  lockName,
  setAside,
  whoWaits,
  workWords,
} from './words.js';

/** More relations of one statement are counted, not listed. */
const mostRelations = 6;

/** For people at a terminal: each finding with its code, the locks and whom they keep waiting, why, and what to do instead. */
export default function writeConsole(report: Report, options: ReporterOptions): string {
  const explained = new Set<string>();
  const rules = new Map(report.rules.map((rule) => [rule.id, rule]));
  const short = toldInShort(report);
  const lines: string[] = [];
  let before: Diagnostic | undefined;
  for (const diagnostic of report.diagnostics.filter(isOpen)) {
    const brief = short.has(diagnostic);
    // of findings in short each is its own paragraph already
    if (before !== undefined && !(brief && short.has(before))) lines.push('');
    const reason = explained.has(diagnostic.rule) ? undefined : rules.get(diagnostic.rule);
    explained.add(diagnostic.rule);
    lines.push(...(brief ? findingInShort(diagnostic, options) : finding(diagnostic, reason, options)));
    before = diagnostic;
  }
  if (before !== undefined) lines.push('');
  return `${[...lines, ...summary(report, short.size, options)].join('\n')}\n`;
}

const paint: Readonly<Record<Level, (style: Style) => (text: string) => string>> = {
  error: (style) => style.red,
  warning: (style) => style.yellow,
  note: (style) => style.cyan,
};

/** What it is and where. */
function heading(diagnostic: Diagnostic, { style, width }: ReporterOptions): readonly [string, string] {
  const { source, span, level, rule, message } = diagnostic;
  const { line, column } = source.position(span.start);
  const [first = '', ...more] = folded(`${level} ${rule}: ${oneLine(message)}`, width);
  const words = [first.slice(`${level} ${rule}:`.length), ...more.map((each) => `  ${each}`)];
  return [
    `${paint[level](style)(style.bold(level))} ${style.bold(rule)}:${words.join('\n')}`,
    `  ${style.cyan(`${visible(source.file)}:${line}:${column}`)}`,
  ];
}

/** As wide as a pipe is taken to be. There a message keeps its line, for those who search it; a narrower terminal would break it within words. */
const pipe = 120;

function folded(text: string, width: number): readonly string[] {
  return width < pipe ? wrap(text, Math.max(40, width - 2)) : [text];
}

/** A finding of a rule that has been told in full: what, where, under which lock; on as few lines as have room. */
function findingInShort(diagnostic: Diagnostic, options: ReporterOptions): readonly string[] {
  const { style, width } = options;
  const { source, span, direction, related } = diagnostic;
  const [what, place] = heading(diagnostic, options);
  const [lock, ...others] = shownLocks(diagnostic);
  const facts = [
    ...(direction === 'down' ? ['way back'] : []),
    ...(lock === undefined
      ? []
      : [`${lockAndWork(lock)}${others.length > 0 ? `; ${count(others.length, 'more lock')}` : ''}`]),
    ...related.map(
      (other) =>
        `see ${other.source === source ? 'line ' : `${visible(other.source.file)}:`}${other.source.position(other.span.start).line}`,
    ),
  ].join('; ');
  if (facts === '') return [what, place];
  const { line, column } = source.position(span.start);
  const taken = columns(`  ${visible(source.file)}:${line}:${column}  ${facts}`);
  return taken > width ? [what, place, `  ${style.dim(facts)}`] : [what, `${place}  ${style.dim(facts)}`];
}

/** One finding; `rule` is given where its reason has not been told yet. */
function finding(diagnostic: Diagnostic, rule: Rule | undefined, options: ReporterOptions): readonly string[] {
  const { style, width } = options;
  const { source, span, migration, direction } = diagnostic;
  const where = [
    migration === undefined ? '' : `migration ${visible(migration)}`,
    direction === 'down' ? 'way back' : '',
  ]
    .filter((part) => part !== '')
    .join(', ');
  const [what, place] = heading(diagnostic, options);
  const part = (name: string, lines: readonly string[]) => labelled(name, lines, style);
  const room = Math.max(40, Math.min(width, 120) - indent);
  return [
    what,
    `${place}${where === '' ? '' : style.dim(`  ${where}`)}`,
    ...codeFrame(source, span, style, Math.min(width, 160)),
    ...part('lock', width < pipe ? locks(diagnostic).flatMap((line) => wrap(line, room)) : locks(diagnostic)),
    ...diagnostic.related.flatMap((other) => {
      const at = other.source.position(other.span.start);
      return part('see', [`${visible(other.source.file)}:${at.line}:${at.column}: ${visible(other.message)}`]);
    }),
    ...part('why', rule === undefined ? [] : wrap(rule.why, room)),
    ...part('instead', remedy(diagnostic.instead, room)),
    ...part('fix', diagnostic.fix === undefined ? [] : [`lockkeeper fix: ${visible(diagnostic.fix.title)}`]),
  ];
}

const indent = 10;

/** A block with its name in the margin; nothing when it has no lines. */
function labelled(name: string, lines: readonly string[], style: Style): readonly string[] {
  return lines.map((line, index) =>
    `${index === 0 ? style.dim(`  ${name}`.padEnd(indent)) : ' '.repeat(indent)}${line}`.trimEnd(),
  );
}

/** SQL keeps its lines, so that it can be pasted; a sentence is wrapped. */
function remedy(instead: string, room: number): readonly string[] {
  if (instead === '') return [];
  return isSql(instead) ? visible(instead).split('\n') : wrap(visible(instead), room);
}

function locks(diagnostic: Diagnostic): readonly string[] {
  const shown = shownLocks(diagnostic);
  const more = shown.length - mostRelations;
  return [
    ...shown.slice(0, mostRelations).map(lockLine),
    ...(more > 0 ? [`and ${more} more: lockkeeper locks ${visible(diagnostic.source.file)}`] : []),
  ];
}

/** What keeps somebody waiting, or takes time; of a statement that does neither its strongest lock. */
function shownLocks(diagnostic: Diagnostic): readonly LockedRelation[] {
  const felt = lockedRelations(diagnostic.effects);
  const blocking = felt.filter((each) => each.works.length > 0 || (!each.isNew && blocksUsers(each)));
  return blocking.length > 0 ? blocking : felt.slice(0, 1);
}

function blocksUsers({ lock }: LockedRelation): boolean {
  return blocks(lock).includes('writes');
}

function lockLine(locked: LockedRelation): string {
  const { relation, kind, lock, works, sure, isNew } = locked;
  const work = workWords(works);
  if (isNew)
    return `new ${kind} ${visible(relation)}: ${work === '' ? 'nobody waits for it' : `the statement ${work}`}`;
  const doubt = sure ? '' : ' (at worst: the history does not show enough)';
  return `${lockAndWork(locked)}: ${whoWaits(lock)}${doubt}`;
}

/** `SHARE on public.account, reads all of it`. */
function lockAndWork({ relation, kind, lock, works }: LockedRelation): string {
  const work = workWords(works);
  return `${lockName(lock)} on ${kind === 'index' ? 'index ' : ''}${visible(relation)}${work === '' ? '' : `, ${work}`}`;
}

/** The last lines: what was found, on what it rests, and what was taken for granted. */
function summary(report: Report, short: number, options: ReporterOptions): readonly string[] {
  const { style } = options;
  const counts = summarize(report);
  const worst: Level | undefined =
    counts.errors > 0 ? 'error' : counts.warnings > 0 ? 'warning' : counts.notes > 0 ? 'note' : undefined;
  const color = worst === undefined ? style.green : paint[worst](style);
  const aside = setAside(counts);
  const fixable = report.diagnostics.filter((each) => isOpen(each) && each.fix !== undefined).length;
  return [
    `${color(style.bold(levelCounts(counts)))}${aside === '' ? '' : style.dim(` (${aside})`)}`,
    ...(short > 0 ? foldedLines(report, short, options) : []),
    ...[
      `${coverage(counts)}; PostgreSQL ${report.pg} and later`,
      ...(fixable > 0 ? [`${fixable} fixable: lockkeeper fix --dry-run`] : []),
      ...assumptions(report).map((assumption) => `assumed: ${visible(assumption)}`),
    ]
      .flatMap((line) => folded(line, options.width))
      .map(style.dim),
  ];
}

/** Of many findings: how many each rule has, and where those told in short are told in full. */
function foldedLines(report: Report, short: number, { style, width }: ReporterOptions): readonly string[] {
  const room = Math.max(40, Math.min(width, 120) - indent);
  return [
    ...ruleCounts(report).flatMap(({ level, rules }) =>
      labelled(
        level,
        fill(
          rules.map((rule, index) => (index < rules.length - 1 ? `${rule},` : rule)),
          room,
        ),
        style,
      ),
    ),
    style.dim(
      `${short} are told in short, others of the same rules in full; lockkeeper check FILE tells a migration's in full`,
    ),
  ];
}
