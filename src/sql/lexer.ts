import { effectOf, type MetaCommand, metaCommandAt } from './meta-command.js';
import { type Placeholder, type PlaceholderSyntax, placeholderAt } from './placeholder.js';
import type { Span } from './source.js';
import { advance, type Cursor, cursorAt } from './token.js';

/** A statement of a text, found without a grammar. Indexes are UTF-16 indexes of the text that was split. */
export interface LexedStatement extends Span {
  /** Words in it that a runner may replace; those within quotes are left to the quotes, those within dollar quotes are here. */
  readonly placeholders: readonly Placeholder[];
  /** Meta-commands that stand within it. */
  readonly metaCommands: readonly MetaCommand[];
  /** The quote in which it ends is never closed. */
  readonly unterminated: boolean;
}

/** Where the parts of a text stand. */
export interface Lexed {
  readonly statements: readonly LexedStatement[];
  readonly comments: readonly Span[];
  readonly metaCommands: readonly MetaCommand[];
  /** The data of COPY … FROM STDIN, with its line `\.`. */
  readonly data: readonly Span[];
  /** The comment that is never closed. */
  readonly openComment: Span | undefined;
}

interface Found {
  readonly statements: LexedStatement[];
  readonly comments: Span[];
  readonly metaCommands: MetaCommand[];
  readonly data: Span[];
  /** No line `\.` follows any more. */
  noData: boolean;
  openComment: Span | undefined;
}

/** The statement that is being read. */
interface OpenStatement {
  start: number;
  end: number;
  parentheses: number;
  /** Open BEGIN ATOMIC and CASE. */
  atomic: number;
  words: number;
  /** The first word and the one before the current, in lower case; '' for long ones. */
  first: string;
  previous: string;
  /** CREATE FUNCTION or PROCEDURE, whose body may be BEGIN ATOMIC … END. */
  routine: boolean;
  copiesIn: boolean;
  placeholders: Placeholder[];
  metaCommands: MetaCommand[];
}

function begin(): OpenStatement {
  return {
    start: -1,
    end: -1,
    parentheses: 0,
    atomic: 0,
    words: 0,
    first: '',
    previous: '',
    routine: false,
    copiesIn: false,
    placeholders: [],
    metaCommands: [],
  };
}

/**
 * Splits a text into statements from an index on, and finds its comments, psql meta-commands and COPY data. Quotes within
 * `{{ … }}` close nothing where that is a placeholder.
 */
export function lex(text: string, from = 0, enabled: readonly PlaceholderSyntax[] = []): Lexed {
  const found: Found = {
    statements: [],
    comments: [],
    metaCommands: [],
    data: [],
    noData: false,
    openComment: undefined,
  };
  const cursor = cursorAt(text, from, enabled.includes('double-brace'));
  while (cursor.end < text.length) readStatement(cursor, found);
  return found;
}

/** Reads to the end of one statement; there may be none before the next semicolon. */
function readStatement(cursor: Cursor, found: Found): void {
  let open = begin();
  cursor.slices = 0;
  for (advance(cursor); ; advance(cursor)) {
    if (cursor.kind === 'comment') {
      const comment = { start: cursor.start, end: cursor.end };
      found.comments.push(comment);
      if (cursor.unterminated) found.openComment = comment;
    } else if (cursor.kind === 'end') {
      close(open, cursor.unterminated, found);
      return;
    } else if (cursor.kind === 'backslash') {
      const effect = readMetaCommand(cursor, open, found);
      if (effect === 'discards') open = begin();
      else if (effect === 'sends') return;
    } else if (cursor.code === 59 && cursor.kind === 'symbol' && open.parentheses === 0 && open.atomic === 0) {
      close(open, false, found);
      if (open.copiesIn) skipData(cursor, found);
      return;
    } else take(cursor, open);
  }
}

function close({ start, end, placeholders, metaCommands }: OpenStatement, unterminated: boolean, found: Found): void {
  if (start !== -1) found.statements.push({ start, end, placeholders, metaCommands, unterminated });
}

/** Adds a token to the statement. */
function take(cursor: Cursor, open: OpenStatement): void {
  if (open.start === -1) open.start = cursor.start;
  open.end = cursor.end;
  switch (cursor.kind) {
    case 'symbol':
      if (cursor.code === 40) open.parentheses++;
      else if (cursor.code === 41 && open.parentheses > 0) open.parentheses--;
      return;
    case 'word':
      open.words++;
      if (open.words === 1) open.first = keyword(cursor);
      else if (open.routine) takeRoutineWord(keyword(cursor), open);
      else if (open.first === 'create' && open.words <= 4) {
        const word = keyword(cursor);
        open.routine = word === 'function' || word === 'procedure';
      } else if (open.first === 'copy') {
        const word = keyword(cursor);
        if (open.previous === 'from' && (word === 'stdin' || word === 'pstdin')) open.copiesIn = true;
        open.previous = word;
      }
      return;
    case 'placeholder':
      if (cursor.placeholder !== undefined) open.placeholders.push(cursor.placeholder);
      return;
    case 'quoted-name':
    case 'string':
      for (const placeholder of placeholdersWithin(cursor)) open.placeholders.push(placeholder);
  }
}

/** As psql counts (psqlscan.l): CASE … END within BEGIN ATOMIC … END. */
function takeRoutineWord(word: string, open: OpenStatement): void {
  if (word === 'atomic' && open.previous === 'begin') open.atomic = 1;
  else if (word === 'case' && open.atomic > 0) open.atomic++;
  else if (word === 'end' && open.atomic > 0) open.atomic--;
  open.previous = word;
}

function keyword(cursor: Cursor): string {
  return cursor.end - cursor.start > 12 ? '' : cursor.text.slice(cursor.start, cursor.end).toLowerCase();
}

function placeholdersWithin(cursor: Cursor): Placeholder[] {
  if (cursor.code === 36) return placeholdersOfBody(cursor);
  return cursor.templated ? templatesWithin(cursor) : [];
}

/** Placeholders in a dollar-quoted body: every runner but psql, whose syntax is the colon, replaces them there too. */
function placeholdersOfBody({ text, start, end }: Cursor): Placeholder[] {
  const open = text.indexOf('$', start + 1) + 1;
  const body = text.slice(open, end - (open - start));
  if (!/\$\{|\$%|\{\{/.test(body)) return [];
  return lex(body, 0, ['double-brace'])
    .statements.flatMap((statement) => statement.placeholders)
    .filter((placeholder) => placeholder.syntax !== 'colon')
    .map((placeholder) => ({ ...placeholder, start: open + placeholder.start, end: open + placeholder.end }));
}

/** The `{{ … }}` of a quoted name or string, which must go because of the quotes in them. */
function templatesWithin({ text, start, end }: Cursor): Placeholder[] {
  const found: Placeholder[] = [];
  for (let at = text.indexOf('{{', start); at !== -1 && at < end; at = text.indexOf('{{', at + 2)) {
    const placeholder = placeholderAt(text, at);
    if (placeholder !== undefined) found.push(placeholder);
  }
  return found;
}

function readMetaCommand(cursor: Cursor, open: OpenStatement, found: Found): 'sends' | 'discards' | undefined {
  const command = metaCommandAt(cursor.text, cursor.start);
  const effect = effectOf(command);
  found.metaCommands.push(command);
  cursor.end = command.end;
  if (effect === 'discards') return effect;
  if (open.start !== -1) {
    if (effect === 'sends' || effect === 'runs') {
      close(open, false, found);
      return 'sends';
    }
    open.metaCommands.push(command);
  } else if (effect === 'copy') {
    const statement = { start: command.start + 1, end: command.end };
    found.statements.push({ ...statement, placeholders: [], metaCommands: [], unterminated: false });
    if (/\bfrom\s+p?stdin\b/i.test(command.argument)) skipData(cursor, found);
  }
  return undefined;
}

/** Moves the cursor behind the data of a COPY FROM STDIN: the following lines up to `\.`. Without such a line there is none. */
function skipData(cursor: Cursor, found: Found): void {
  if (found.noData) return;
  const { text, end: start } = cursor;
  const line = text.indexOf('\n', start);
  const last = line === -1 ? -1 : text.indexOf('\n\\.', line);
  found.noData = last === -1;
  if (last === -1) return;
  const newline = text.indexOf('\n', last + 1);
  cursor.end = newline === -1 ? text.length : newline;
  found.data.push({ start: line, end: cursor.end });
}

/** The placeholders of all statements. */
export function placeholdersOf({ statements }: Lexed): readonly Placeholder[] {
  return statements.flatMap(({ placeholders }) => placeholders);
}
