import { build, type Draft } from './build.js';
import { type Lexed, type LexedStatement, lex } from './lexer.js';
import { maskEverywhere } from './mask.js';
import { type ParseFailure, parseTree, type RawStatement } from './parse.js';
import type { Place } from './place.js';
import { byteRuler, type Ruler, type Span } from './source.js';
import type { SqlProblem, Statement } from './statement.js';
import { advance, cursorAt } from './token.js';

/** Reads a whole text in one call of the parser: all of its statements, or the first thing that the grammar refuses. */
export function readAll(
  place: Place,
  lexed: Lexed,
  parent?: Statement,
): { readonly statements: readonly Draft[] } | { readonly failure: ParseFailure } {
  const outcome = parseTree(place.sql, place.standIns);
  if ('failure' in outcome) return outcome;
  const index = byteRuler(place.sql);
  const ranges = rangesOf(place, outcome.statements, lexed.statements, index);
  return {
    statements: outcome.statements.map((raw, i) =>
      build(place, raw, ranges[i] ?? nowhere, index, parent && { parent }),
    ),
  };
}

const nowhere: Span = { start: 0, end: 0 };

/** Where the parser's statements stand, from first to last token. Where the lexer has split otherwise, the parser is right. */
function rangesOf(
  place: Place,
  raws: readonly RawStatement[],
  lexed: readonly LexedStatement[],
  index: Ruler,
): readonly Span[] {
  const agrees = raws.length === lexed.length && raws.every((raw, i) => index(raw.location) <= (lexed[i]?.start ?? -1));
  if (agrees) return lexed;
  return raws.map((raw) => {
    const cursor = cursorAt(place.sql, index(raw.location));
    do advance(cursor);
    while (cursor.kind === 'comment');
    const end = raw.length === 0 ? place.sql.length : index(raw.location + raw.length);
    return { start: cursor.start, end: cursor.start + place.sql.slice(cursor.start, end).trimEnd().length };
  });
}

/** Reads a text of its own (a body, an EXECUTE): its statements, or one problem for the whole of it. */
export function readText(place: Place, parent: Statement): { readonly statements: readonly Draft[] } | SqlProblem {
  const lexed = lex(place.sql);
  const plain = readAll(place, lexed, parent);
  if (!('failure' in plain)) return plain;
  const bare = maskEverywhere(place);
  const masked = bare.sql === place.sql ? plain : readAll({ ...place, ...bare }, lexed, parent);
  return 'failure' in masked ? syntaxError(place, 0, plain.failure) : masked;
}

/** The problem of a failure of a text that begins at `start` of a place; it stands at the token that the parser stumbled over. */
export function syntaxError(place: Place, start: number, failure: ParseFailure): SqlProblem {
  const cursor = cursorAt(place.sql, Math.min(start + failure.cursor, place.sql.length));
  advance(cursor);
  // an unterminated quote reaches to the end of the file: its first line says enough
  const line = place.sql.indexOf('\n', cursor.start);
  const end = cursor.unterminated && line !== -1 ? line : cursor.end;
  const token = place.sql.slice(cursor.start, end);
  return {
    rule: 'syntax-error',
    // the server saw a stand-in where its author wrote a placeholder
    message: shortened(failure.message.replace(`"${token}"`, () => `"${place.text.slice(cursor.start, end)}"`)),
    source: place.source,
    span: place.span(cursor.start, end),
  };
}

/** The server quotes an unterminated token whole, which can be the rest of the file. */
function shortened(message: string): string {
  const line = message.indexOf('\n');
  const end = Math.min(line === -1 ? message.length : line, 120);
  return end === message.length ? message : `${message.slice(0, end)}…"`;
}
