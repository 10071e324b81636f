import { type Diagnostic, type Report, summarize } from '../diagnostic.js';
import { type Level, levels } from '../rule.js';
import { isSql } from '../wording.js';
import { place, repositoryPath } from './place.js';
import type { ReporterOptions } from './reporter.js';
import { withoutCommands } from './terminal.js';
import { toldInShort, worstFirst } from './told.js';
import {
  assumptions,
  coverage,
  levelCounts,
  lockedRelations,
  lockName,
  setAside,
  whoWaits,
  workWords,
} from './words.js';

/** Markdown for a pull request's comment, a job summary or a wiki: the worst findings first, each with its remedy. */
export default function writeMarkdown(report: Report, options: ReporterOptions): string {
  const found = worstFirst(report).map((each) => finding(each, options));
  return `${[...head(report), ...found, ...notes(assumptions(report))].join('\n\n')}\n`;
}

/**
 * The same for a place that people pass by, a comment or a job summary, in at most `longest` characters: findings of a rule that has
 * been told are lines of a list; where that is still too long, the worst are kept, and then `rest` says where all of them are.
 */
export function markdownWithin(report: Report, longest: number, rest: string, options: ReporterOptions): string {
  const start = head(report).join('\n\n');
  const parts = foldedFindings(report, options);
  const end = notes(assumptions(report)).map((note) => `\n\n${note}`);
  const whole = `${[start, ...parts, ...end].join('')}\n`;
  if (whole.length <= longest) return whole;
  const last = `\n\n${rest.trim()}\n`;
  let text = start;
  for (const part of parts) {
    if (text.length + part.length + last.length > longest) break;
    text += part;
  }
  return text + last;
}

/** Each finding with what parts it from the one before. */
function foldedFindings(report: Report, options: ReporterOptions): readonly string[] {
  const short = toldInShort(report);
  const open = worstFirst(report);
  return levels.flatMap((level) => {
    const of = open.filter((each) => each.level === level);
    const listed = of.filter((each) => short.has(each)).map((each) => `\n${findingInShort(each, options)}`);
    return [
      ...of.filter((each) => !short.has(each)).map((each) => `\n\n${finding(each, options)}`),
      ...listed.map((line, index) => (index === 0 ? `\n\n### ${sign[level]} More of these rules\n${line}` : line)),
    ];
  });
}

function head(report: Report): readonly string[] {
  const counts = summarize(report);
  const aside = setAside(counts);
  return [
    `## Lockkeeper: ${levelCounts(counts)}`,
    `${coverage(counts)}; PostgreSQL ${report.pg} and later.${aside === '' ? '' : ` ${aside}.`}`,
  ];
}

const sign: Readonly<Record<Level, string>> = { error: '🔴', warning: '🟡', note: '🔵' };

function finding(diagnostic: Diagnostic, options: ReporterOptions): string {
  const { line } = place(diagnostic.source, diagnostic.span);
  const locks = lockedRelations(diagnostic.effects)
    .filter((each) => !each.isNew)
    .slice(0, 6)
    .map((each) => {
      const work = workWords(each.works);
      return `- ${lockName(each.lock)} on ${code(each.relation)}${work === '' ? '' : `, ${work}`}: ${whoWaits(each.lock)}`;
    });
  return [
    `### ${sign[diagnostic.level]} ${escapeMarkdown(diagnostic.message)}`,
    `${diagnostic.level} ${code(diagnostic.rule)} in ${placeOf(diagnostic.source.file, line, options)}`,
    ...(locks.length > 0 ? [locks.join('\n')] : []),
    ...(diagnostic.statement === '' ? [] : [fenced(diagnostic.statement, 'sql')]),
    ...(diagnostic.instead === '' ? [] : ['Instead:', remedy(diagnostic.instead)]),
  ].join('\n\n');
}

/** A line of a list: what, where, by which rule. */
function findingInShort({ message, rule, source, span, direction }: Diagnostic, options: ReporterOptions): string {
  const where = placeOf(source.file, place(source, span).line, options);
  return `- ${where}${direction === 'down' ? ', way back' : ''}: ${escapeMarkdown(message)} (${code(rule)})`;
}

/** A place of a file; a reader of a code host knows files by their path in the repository, and is led there. */
function placeOf(file: string, line: number, { prefix, linkTo }: ReporterOptions): string {
  if (linkTo === undefined) return code(`${file}:${line}`);
  const shown = code(`${repositoryPath(prefix, file)}:${line}`);
  const link = linkTo(file, line);
  return link === undefined ? shown : `[${shown}](<${link}>)`;
}

function remedy(instead: string): string {
  return isSql(instead) ? fenced(instead, 'sql') : escapeMarkdown(instead);
}

function notes(assumed: readonly string[]): readonly string[] {
  return assumed.map((assumption) => `Assumed: ${escapeMarkdown(assumption)}`);
}

/** The longest run of backticks in a text. */
function longestTicks(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}

/** A code block whose fence is longer than any in the text, so that the text cannot close it. */
export function fenced(text: string, language: string): string {
  const fence = '`'.repeat(Math.max(3, longestTicks(text) + 1));
  return `${fence}${language}\n${withoutCommands(printable(text)).replace(/\r\n?/g, '\n').replace(/\n+$/, '')}\n${fence}`;
}

/** A code span that the text cannot leave, on one line. */
export function code(text: string): string {
  const flat = printable(text).replace(/\s+/g, ' ');
  const ticks = '`'.repeat(longestTicks(flat) + 1);
  const space = /^[` ]|[` ]$/.test(flat) ? ' ' : '';
  return `${ticks}${space}${flat}${space}${ticks}`;
}

/**
 * Plain text inside markdown: no markup, no HTML, no line break; and no mention, reference or link, which GitHub makes of bare
 * `@name`, `#1` and `https://` whatever is escaped: an empty comment parts them.
 */
export function escapeMarkdown(text: string): string {
  return printable(text)
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_{}[\]()<>#+!|~&$-]/g, '\\$&')
    .replace(/(@|#|:(?=\/\/)|\bwww(?=\.)|\bGH(?=\\-))/g, '$1<!-- -->');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

function printable(text: string): string {
  return text.replace(control, '\ufffd');
}
