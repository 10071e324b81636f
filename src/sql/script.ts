import { build } from './build.js';
import { type Lexed, type LexedStatement, lex } from './lexer.js';
import { parseTree } from './parse.js';
import type { Piece } from './piece.js';
import { type Place, placeOf } from './place.js';
import type { PlaceholderSyntax } from './placeholder.js';
import { byteRuler, type Span } from './source.js';
import type { Comment, ParsedScript, SqlProblem, Statement } from './statement.js';

export interface ScriptOptions {
  /** Words that the runner replaces before PostgreSQL sees the text. */
  readonly placeholders?: readonly PlaceholderSyntax[];
  /** psql reads the text: its meta-commands are executed. */
  readonly psql?: boolean;
}

/** Splits and parses the pieces of a script. What cannot be read is a problem at its place; the rest is kept. Never throws on bad SQL. */
export function parseScript(pieces: readonly Piece[], _options: ScriptOptions = {}): ParsedScript {
  const statements: Statement[] = [];
  const problems: SqlProblem[] = [];
  const comments: Comment[] = [];
  for (const piece of pieces) {
    const place = placeOf(piece);
    const lexed = lex(place.text);
    for (const { start, end } of lexed.comments) {
      comments.push({ text: place.text.slice(start, end), source: place.source, span: place.span(start, end) });
    }
    readPlace(place, lexed, statements, problems);
  }
  return { statements, problems, comments };
}

function readPlace(place: Place, lexed: Lexed, statements: Statement[], problems: SqlProblem[]): void {
  const whole = readWhole(place, lexed);
  if (whole !== undefined) {
    statements.push(...whole);
    return;
  }
  for (const lexedStatement of lexed.statements) {
    const one = readOne(place, lexedStatement);
    if ('rule' in one) problems.push(one);
    else statements.push(one);
  }
}

/** All statements in one call of the parser; undefined when the grammar or the count of statements says otherwise. */
function readWhole(place: Place, lexed: Lexed): Statement[] | undefined {
  const outcome = parseTree(place.text);
  if ('failure' in outcome || outcome.statements.length !== lexed.statements.length) return undefined;
  const index = byteRuler(place.text);
  const statements: Statement[] = [];
  for (const [i, raw] of outcome.statements.entries()) {
    const range = lexed.statements[i];
    if (range === undefined || index(raw.location) > range.start) return undefined;
    statements.push(build(place, raw, range, index));
  }
  return statements;
}

function readOne(place: Place, range: LexedStatement): Statement | SqlProblem {
  const text = place.text.slice(range.start, range.end);
  const outcome = parseTree(text);
  if ('failure' in outcome) return syntaxError(place, range, text, outcome.failure.cursor, outcome.failure.message);
  const [raw] = outcome.statements;
  if (raw === undefined) return syntaxError(place, range, text, 0, 'not a statement');
  const ruler = byteRuler(text);
  return build(place, raw, range, (location) => range.start + ruler(location));
}

function syntaxError(place: Place, range: Span, text: string, cursor: number, message: string): SqlProblem {
  const token = /^(\w+|.)?/u.exec(text.slice(cursor, cursor + 63))?.[0] ?? '';
  const start = range.start + cursor;
  return { rule: 'syntax-error', message, source: place.source, span: place.span(start, start + token.length) };
}
