import { type Diagnostic, type Report, summarize } from '../diagnostic.js';
import { blocks } from '../effects/locks.js';
import type { Level, Rule } from '../rule.js';
import { isSql } from '../wording.js';
import { codeFrame } from './frame.js';
import type { ReporterOptions } from './reporter.js';
import type { Style } from './style.js';
import { oneLine, visible, wrap } from './terminal.js';
import {
  assumptions,
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
  const findings = report.diagnostics.filter(isOpen).map((diagnostic) => {
    const rule = rules.get(diagnostic.rule);
    const first = !explained.has(diagnostic.rule);
    explained.add(diagnostic.rule);
    return finding(diagnostic, first ? rule : undefined, options).join('\n');
  });
  return `${[...findings, summary(report, options).join('\n')].join('\n\n')}\n`;
}

const paint: Readonly<Record<Level, (style: Style) => (text: string) => string>> = {
  error: (style) => style.red,
  warning: (style) => style.yellow,
  note: (style) => style.cyan,
};

/** One finding; `rule` is given where its reason has not been told yet. */
function finding(diagnostic: Diagnostic, rule: Rule | undefined, { style, width }: ReporterOptions): readonly string[] {
  const { source, span, level, migration, direction } = diagnostic;
  const { line, column } = source.position(span.start);
  const where = [
    migration === undefined ? '' : `migration ${visible(migration)}`,
    direction === 'down' ? 'way back' : '',
  ]
    .filter((part) => part !== '')
    .join(', ');
  const color = paint[level](style);
  const part = (name: string, lines: readonly string[]) => labelled(name, lines, style);
  const room = Math.max(40, Math.min(width, 120) - indent);
  return [
    `${color(style.bold(level))} ${style.bold(diagnostic.rule)}: ${oneLine(diagnostic.message)}`,
    `  ${style.cyan(`${visible(source.file)}:${line}:${column}`)}${where === '' ? '' : style.dim(`  ${where}`)}`,
    ...codeFrame(source, span, style, Math.min(width, 160)),
    ...part('lock', locks(diagnostic)),
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
  const felt = lockedRelations(diagnostic.effects);
  const blocking = felt.filter((each) => each.works.length > 0 || (!each.isNew && blocksUsers(each)));
  const shown = blocking.length > 0 ? blocking : felt.slice(0, 1);
  const more = shown.length - mostRelations;
  return [
    ...shown.slice(0, mostRelations).map(lockLine),
    ...(more > 0 ? [`and ${more} more: lockkeeper locks ${visible(diagnostic.source.file)}`] : []),
  ];
}

function blocksUsers({ lock }: LockedRelation): boolean {
  return blocks(lock).includes('writes');
}

function lockLine({ relation, kind, lock, works, sure, isNew }: LockedRelation): string {
  const work = workWords(works);
  if (isNew)
    return `new ${kind} ${visible(relation)}: ${work === '' ? 'nobody waits for it' : `the statement ${work}`}`;
  const name = `${kind === 'index' ? 'index ' : ''}${visible(relation)}`;
  const doubt = sure ? '' : ' (at worst: the history does not show enough)';
  return `${lockName(lock)} on ${name}${work === '' ? '' : `, ${work}`}: ${whoWaits(lock)}${doubt}`;
}

/** The last lines: what was found, on what it rests, and what was taken for granted. */
function summary(report: Report, { style }: ReporterOptions): readonly string[] {
  const counts = summarize(report);
  const worst: Level | undefined =
    counts.errors > 0 ? 'error' : counts.warnings > 0 ? 'warning' : counts.notes > 0 ? 'note' : undefined;
  const color = worst === undefined ? style.green : paint[worst](style);
  const aside = setAside(counts);
  const fixable = report.diagnostics.filter((each) => isOpen(each) && each.fix !== undefined).length;
  return [
    `${color(style.bold(levelCounts(counts)))}${aside === '' ? '' : style.dim(` (${aside})`)}`,
    style.dim(`${coverage(counts)}; PostgreSQL ${report.pg} and later`),
    ...(fixable > 0 ? [style.dim(`${fixable} fixable: lockkeeper fix --dry-run`)] : []),
    ...assumptions(report).map((assumption) => style.dim(`assumed: ${visible(assumption)}`)),
  ];
}
