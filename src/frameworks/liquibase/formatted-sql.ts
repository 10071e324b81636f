import type { Piece } from '../../sql/piece.js';
import type { Span } from '../../sql/source.js';
import type { FileEntry, MigrationProblem } from '../framework.js';
import { behind, isBlank, type Marker, markers, problem, unreadable } from '../sql-files.js';
import { type ChangeSet, isForPostgres, isForPostgresContext, splitAt, substituted } from './change-set.js';
import { cutFaults } from './cut.js';

/** The first line of a formatted SQL changelog: AbstractFormattedChangeLogParser. */
export const formattedHeader = /^\s*--\s*liquibase\s*formatted/i;
const changeSetLine = /^[ \t]*--[ \t]*changeset[ \t]+("[^"\n]+"|[^:\n]+):[ \t]*("[^"\n]+"|\S+)(.*)$/gim;
const nearlyChangeSet = /^[ \t]*-{1,2}[ \t]*changeset\b.*$/gim;
const rollbackLine = /^[ \t]*--[ \t]*rollback[ \t](.*?)\r?$/gim;
const rollbackBlock = /^[ \t]*\/\*[ \t]*liquibase[ \t]*rollback[ \t]*\r?\n([\s\S]*?)\*\//gim;
const ignoreLine = /^[ \t]*--[ \t]*ignoreLines:(\w+)[ \t]*\r?$/gim;
const propertyLine = /^[ \t]*--[ \t]*property[ \t]+(.*)$/gim;

/** What a file of formatted SQL holds, in order. */
export interface FormattedSql {
  readonly changeSets: readonly ChangeSet[];
  readonly others: number;
  readonly problems: readonly MigrationProblem[];
}

/** Reads formatted SQL. Properties it declares are added to `properties`. */
export function readFormattedSql(entry: FileEntry, properties: Map<string, string>): FormattedSql {
  const source = entry.source();
  const { text } = source;
  for (const { groups } of markers(text, propertyLine)) {
    const line = groups[0] ?? '';
    const [name, value] = [option(line, 'name'), option(line, 'value')];
    if (name !== undefined && value !== undefined && !properties.has(name) && isOwn(line)) properties.set(name, value);
  }
  const ignored = ignoredIn(text);
  const isIgnored = (line: Marker) => ignored.some(({ start, end }) => start <= line.start && line.start < end);
  const heads = markers(text, changeSetLine).filter((line) => !isIgnored(line));
  const sections = heads.map((head, at) => ({
    head,
    span: { start: head.next, end: heads[at + 1]?.start ?? text.length },
  }));
  const own = sections.filter(({ head }) => isOwn(head.groups[2] ?? ''));
  const refused = markers(text, nearlyChangeSet).filter(
    (line) => !isIgnored(line) && !heads.some((head) => head.start <= line.start && line.start < head.next),
  );
  const [first] = heads;
  const header = formattedHeader.exec(text)?.[0].length ?? 0;
  const firstLine = text.indexOf('\n', header);
  const early = { start: firstLine === -1 ? text.length : firstLine, end: first?.start ?? text.length };
  return {
    changeSets: own.map(({ head, span }) => changeSetOf(entry, head, span, properties, ignored)),
    others: sections.length - own.length,
    problems: [
      ...unreadable([entry]),
      ...refused.map((line) =>
        problem('marker-refused', 'Liquibase wants --changeset <author>:<id>, and refuses the file', source, line),
      ),
      ...(isBlank(source.slice(early))
        ? []
        : [
            problem(
              'statement-outside-section',
              'Liquibase passes over what stands before the first --changeset',
              source,
              early,
            ),
          ]),
    ],
  };
}

function isOwn(options: string): boolean {
  return (
    isForPostgres(option(options, 'dbms')) &&
    isForPostgresContext(option(options, 'context(?:Filter)?')) &&
    option(options, 'ignore')?.toLowerCase() !== 'true'
  );
}

/** `name:value`, the value perhaps in quotes. */
function option(line: string, name: string): string | undefined {
  const [, quoted, bare] = new RegExp(`(?:^|\\s)${name}:\\s*(?:"([^"]*)"|(\\S+))`, 'i').exec(line) ?? [];
  return quoted ?? bare;
}

function changeSetOf(
  entry: FileEntry,
  head: Marker,
  span: Span,
  properties: ReadonlyMap<string, string>,
  ignored: readonly Span[],
): ChangeSet {
  const source = entry.source();
  const [author = '', id = '', rest = ''] = head.groups;
  const bare = (text: string) => text.trim().replace(/^"(.*)"$/, '$1');
  const body = source.slice(span);
  const [, comment = ''] = /^[ \t]*--[ \t]*comment:?[ \t]+(.*?)\r?$/im.exec(body) ?? [];
  const is = (name: string) => option(rest, name)?.toLowerCase() === 'true';
  const delimiter = option(rest, 'endDelimiter');
  const pieces = besides(span, ignored).flatMap((stretch) => splitAt(source, stretch, delimiter));
  const split = option(rest, 'splitStatements')?.toLowerCase() !== 'false';
  return {
    author: bare(author),
    id: bare(id),
    file: entry.path,
    up: pieces.map((piece) => substituted(piece, properties)),
    down: declared(body)
      ? rollbackOf(source.text, span, entry).map((piece) => substituted(piece, properties))
      : 'missing',
    runInTransaction: option(rest, 'runInTransaction')?.toLowerCase() !== 'false',
    ...(option(rest, 'runInTransaction') === undefined && { optOut: behind(source, head, 'runInTransaction:false') }),
    split,
    comment,
    repeatable: is('runOnChange') || is('runAlways'),
    conditional: /^[ \t]*--[ \t]*precondition-/im.test(body),
    problems: split && delimiter === undefined ? cutFaults(pieces) : [],
  };
}

/**
 * What Liquibase does not look at, not even for `--changeset`: as many lines as `ignoreLines:` says, or all as far as `ignoreLines:end`.
 * Measured on 4.28.
 */
function ignoredIn(text: string): readonly Span[] {
  const found: Span[] = [];
  let open: number | undefined;
  let behind = 0;
  for (const { start, next, groups } of markers(text, ignoreLine)) {
    const [what = ''] = groups;
    if (/^end$/i.test(what)) {
      if (open !== undefined) found.push({ start: open, end: next });
      open = undefined;
    } else if (start < behind || open !== undefined) {
    } else if (/^start$/i.test(what)) {
      open = start;
    } else {
      behind = linesOn(text, next, Number(what));
      found.push({ start, end: behind });
    }
  }
  return open === undefined ? found : [...found, { start: open, end: text.length }];
}

/** The index behind so many lines. */
function linesOn(text: string, from: number, lines: number): number {
  let at = from;
  for (let line = 0; line < lines && at < text.length; line++) {
    const newline = text.indexOf('\n', at);
    at = newline === -1 ? text.length : newline + 1;
  }
  return at;
}

/** The stretches of a span that are not ignored. */
function besides(span: Span, ignored: readonly Span[]): readonly Span[] {
  const within = ignored.filter(({ start, end }) => start < span.end && end > span.start);
  const bounds = [span.start, ...within.flatMap(({ start, end }) => [start, end]), span.end];
  return Array.from({ length: bounds.length / 2 }, (_, at) => ({
    start: bounds[2 * at] ?? span.start,
    end: Math.min(bounds[2 * at + 1] ?? span.end, span.end),
  })).filter(({ start, end }) => start < end);
}

/** A change set that says that nothing is to be rolled back has a way back: an empty one. */
function declared(body: string): boolean {
  return /^[ \t]*--[ \t]*rollback\b/im.test(body) || /\/\*[ \t]*liquibase[ \t]*rollback/i.test(body);
}

/** The SQL behind `--rollback`, line by line, or that of a block. A statement over several such lines is put together. */
function rollbackOf(text: string, section: Span, entry: FileEntry): readonly Piece[] {
  const source = entry.source();
  const body = text.slice(section.start, section.end);
  const blocks = [...body.matchAll(rollbackBlock)].map((match): Piece => {
    const start = section.start + match.index + match[0].indexOf(match[1] ?? '');
    return { source, span: { start, end: start + (match[1] ?? '').length } };
  });
  const lines = [...body.matchAll(rollbackLine)].flatMap((match): { sql: string; span: Span } | [] => {
    const sql = match[1] ?? '';
    if (/^\s*(?:not required|empty)\s*;?\s*$/i.test(sql) || /^\s*changesetId:/i.test(sql)) return [];
    const end = section.start + match.index + match[0].replace(/\r$/, '').length;
    return { sql, span: { start: end - sql.length, end } };
  });
  const whole = lines.every(({ sql }) => /;\s*$/.test(sql)) || lines.length === 1;
  const [first] = lines;
  if (first === undefined) return blocks;
  if (whole) return [...lines.map(({ span }): Piece => ({ source, span })), ...blocks];
  const span = { start: first.span.start, end: lines.at(-1)?.span.end ?? first.span.end };
  return [{ source, span, rendered: lines.map(({ sql }) => sql).join('\n') }, ...blocks];
}
