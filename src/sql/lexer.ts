import type { Placeholder } from './placeholder.js';
import type { Span } from './source.js';
import { advance, type Cursor, cursorAt } from './token.js';

/** A statement of a text, found without a grammar. Indexes are UTF-16 indexes of the text that was split. */
export interface LexedStatement extends Span {
  /** The index from which the next statement is looked for: after the semicolon, the meta-command or the COPY data. */
  readonly next: number;
  readonly placeholders: readonly Placeholder[];
  /** A semicolon stands within its parentheses or BEGIN ATOMIC, or a quote never ends: it may have swallowed others. */
  readonly greedy: boolean;
}

/** A psql meta-command: its name without the backslash, and the rest of its line. */
export interface MetaCommand extends Span {
  readonly name: string;
  readonly argument: string;
}

/** Where the parts of a text stand. */
export interface Lexed {
  readonly statements: readonly LexedStatement[];
  readonly comments: readonly Span[];
  readonly metaCommands: readonly MetaCommand[];
  /** The data of COPY … FROM STDIN. */
  readonly data: readonly Span[];
}

/** Meta-commands that send what stands before them, as a semicolon does (psql's manual). */
const sends = new Set(['g', 'gx', 'gexec', 'gset', 'gdesc', 'watch', 'crosstabview', 'bind', 'sendpipeline', 'parse']);
const discards = new Set(['r', 'reset']);

/** Splits a text into statements, and finds its comments, psql meta-commands and COPY data. */
export function lex(text: string): Lexed {
  const statements: LexedStatement[] = [];
  const rest: Rest = { comments: [], metaCommands: [], data: [], noData: false };
  for (let at = 0; ; ) {
    const statement = readStatement(text, at, rest);
    if (statement === undefined) return { statements, ...rest };
    if (statement.end > statement.start) statements.push(statement);
    at = statement.next;
  }
}

/** What is found beside the statements. */
export interface Rest {
  readonly comments: Span[];
  readonly metaCommands: MetaCommand[];
  readonly data: Span[];
  /** No line `\.` follows any more. */
  noData: boolean;
}

/** Reads one statement from `from` on; an empty one where only a semicolon stands, undefined at the end of the text. */
export function readStatement(text: string, from: number, rest: Rest): LexedStatement | undefined {
  const cursor = cursorAt(text, from);
  const placeholders: Placeholder[] = [];
  let start = -1;
  let end = from;
  let parentheses = 0;
  let atomic = 0;
  let words = 0;
  let first = '';
  let routine = false;
  let previous = '';
  let fromStdin = false;
  let greedy = false;
  for (;;) {
    advance(cursor);
    if (cursor.kind === 'comment') {
      rest.comments.push({ start: cursor.start, end: cursor.end });
      continue;
    }
    if (cursor.kind === 'end') {
      if (start === -1) return undefined;
      return { start, end, next: cursor.end, placeholders, greedy: greedy || cursor.unterminated };
    }
    if (cursor.kind === 'backslash') {
      const command = metaCommand(cursor);
      rest.metaCommands.push(command);
      if (sends.has(command.name) && start !== -1) return { start, end, next: command.end, placeholders, greedy };
      if (discards.has(command.name)) {
        start = -1;
        parentheses = 0;
        placeholders.length = 0;
      }
      continue;
    }
    if (cursor.kind === 'symbol' && cursor.code === 59) {
      if (parentheses === 0 && atomic === 0) {
        const data = fromStdin && parentheses === 0 ? copyData(text, cursor.end, rest) : undefined;
        if (data !== undefined) rest.data.push(data);
        return {
          start: start === -1 ? cursor.start : start,
          end: start === -1 ? cursor.start : end,
          next: data?.end ?? cursor.end,
          placeholders,
          greedy,
        };
      }
      greedy = true;
    }
    if (start === -1) start = cursor.start;
    end = cursor.end;
    if (cursor.kind === 'symbol') {
      if (cursor.code === 40) parentheses++;
      else if (cursor.code === 41 && parentheses > 0) parentheses--;
    } else if (cursor.kind === 'placeholder') {
      if (cursor.placeholder !== undefined) placeholders.push(cursor.placeholder);
    } else if (cursor.kind === 'word') {
      words++;
      if (words === 1) first = keyword(cursor);
      else if (first === 'create' && words <= 4) {
        const word = keyword(cursor);
        if (word === 'function' || word === 'procedure') routine = true;
      } else if (first === 'copy') {
        const word = keyword(cursor);
        if (word === 'stdin' && previous === 'from') fromStdin = true;
        previous = word;
      }
      if (routine && parentheses === 0) {
        const word = keyword(cursor);
        if (word === 'begin' || (word === 'case' && atomic > 0)) atomic++;
        else if (word === 'end' && atomic > 0) atomic--;
      }
    }
  }
}

function keyword(cursor: Cursor): string {
  return cursor.end - cursor.start > 12 ? '' : cursor.text.slice(cursor.start, cursor.end).toLowerCase();
}

/** The meta-command at a backslash, to the end of its line or to `\\`; the cursor is moved behind it. */
function metaCommand(cursor: Cursor): MetaCommand {
  const { text, start } = cursor;
  let newline = text.indexOf('\n', start);
  if (newline === -1) newline = text.length;
  const line = text.slice(start, newline).trimEnd();
  const separator = line.indexOf('\\\\', 1);
  const command = separator === -1 ? line : line.slice(0, separator);
  const [, name = '', argument = ''] = /^\\(\w+|.?)\s*(.*)$/s.exec(command) ?? [];
  cursor.end = start + Math.max(1, separator === -1 ? line.length : separator + 2);
  return { name, argument: argument.trim(), start, end: cursor.end };
}

/** The lines after COPY … FROM STDIN; up to the line `\.`. */
function copyData(text: string, from: number, rest: Rest): Span | undefined {
  if (rest.noData) return undefined;
  const line = text.indexOf('\n', from);
  const close = line === -1 ? -1 : text.slice(line, line + 3) === '\n\\.' ? line : text.indexOf('\n\\.', line);
  if (close === -1) {
    rest.noData = true;
    return undefined;
  }
  const end = text.indexOf('\n', close + 1);
  return { start: from, end: end === -1 ? text.length : end };
}
