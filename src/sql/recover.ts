import { build, type Draft } from './build.js';
import type { Lexed, LexedStatement } from './lexer.js';
import { maskOne } from './mask.js';
import { type ParseFailure, parseTree, type RawStatement } from './parse.js';
import type { Place } from './place.js';
import {
  isContinued,
  isControl,
  type Placeholder,
  type PlaceholderSyntax,
  type StandIn,
  standInsOf,
} from './placeholder.js';
import { syntaxError } from './read.js';
import { splitAgain, swallowed } from './resync.js';
import { byteRuler, type Span } from './source.js';
import type { SqlProblem } from './statement.js';

/** A statement that the grammar refuses. */
export interface Failure {
  readonly text: string;
  readonly problem: SqlProblem;
}

/** What a text that the grammar refuses as a whole still contains. */
export interface Recovered {
  readonly drafts: readonly Draft[];
  readonly failures: readonly Failure[];
  /** Placeholders that nothing replaces, in statements that could be read all the same. */
  readonly placeholders: readonly { readonly name: string; readonly problem: SqlProblem }[];
  /** The text split anew, where a statement had swallowed those after it. */
  readonly lexed: Lexed;
}

/** Each new split reads the rest of the text again; more mistakes than this are no slip of a hand. */
const mostSplits = 50;

/** Reads a text statement by statement, so that a bad one costs only itself. */
export function recover(place: Place, first: Lexed, enabled: readonly PlaceholderSyntax[]): Recovered {
  const drafts: Draft[] = [];
  const failures: Failure[] = [];
  const placeholders: { name: string; problem: SqlProblem }[] = [];
  let lexed = first;
  let splits = 0;
  for (let i = 0; i < lexed.statements.length; i++) {
    const statement = lexed.statements[i];
    if (statement === undefined) break;
    const outcome = readOne(place, statement, enabled);
    if ('draft' in outcome) {
      drafts.push(outcome.draft);
      for (const placeholder of outcome.unknown)
        if (!isContinued(placeholder)) placeholders.push(unknownPlaceholder(place, placeholder));
      continue;
    }
    const end = splits < mostSplits ? swallowed(place.text, statement) : undefined;
    if (end === undefined) {
      failures.push(failureOf(place, statement, outcome.failure));
    } else {
      splits++;
      lexed = splitAgain(place.text, lexed, i, end, enabled);
      i--;
    }
  }
  if (lexed.openComment !== undefined) failures.push(openComment(place, lexed.openComment));
  return { drafts, failures, placeholders, lexed };
}

function textOf(place: Place, { start, end }: Span): string {
  return place.text.slice(start, end);
}

function failureOf(place: Place, statement: LexedStatement, failure: ParseFailure): Failure {
  const text = textOf(place, statement);
  // \copy takes file names without quotes, which COPY does not
  if (place.text[statement.start - 1] !== '\\') return { text, problem: syntaxError(place, statement.start, failure) };
  const span = place.span(statement.start, statement.end);
  return {
    text,
    problem: { rule: 'not-understood', message: 'this \\copy is not followed', source: place.source, span },
  };
}

function openComment(place: Place, comment: Span): Failure {
  const failure = { message: 'unterminated /* comment', cursor: 0 };
  return { text: textOf(place, comment), problem: syntaxError(place, comment.start, failure) };
}

function unknownPlaceholder(place: Place, placeholder: Placeholder): { name: string; problem: SqlProblem } {
  const written = textOf(place, placeholder);
  const message = isControl(placeholder)
    ? `nothing says what ${written} decides; the statement is read as if all that it governs stood there`
    : `nothing says what ${written} stands for; the statement is read as if a name stood there`;
  const span = place.span(placeholder.start, placeholder.end);
  return { name: written, problem: { rule: 'unknown-placeholder', message, source: place.source, span } };
}

type One = { readonly draft: Draft; readonly unknown: readonly Placeholder[] } | { readonly failure: ParseFailure };

/** What is tried in the place of a placeholder, one after the other. A colon may be no placeholder at all. */
const tries: Readonly<Record<PlaceholderSyntax, readonly StandIn[]>> = {
  'dollar-brace': ['identifier', 'nothing', 'number', 'string'],
  'double-brace': ['identifier', 'nothing', 'number', 'string'],
  'dollar-percent': ['identifier', 'nothing', 'number', 'string'],
  colon: ['identifier', 'number', 'string', 'itself'],
};
const mostTries = 24;

/**
 * Reads one statement. Placeholders that the runner replaces are replaced from the start, others only if the statement cannot be
 * read as it stands.
 */
function readOne(place: Place, statement: LexedStatement, enabled: readonly PlaceholderSyntax[]): One {
  const known = statement.placeholders.filter((placeholder) => enabled.includes(placeholder.syntax));
  const plain = tryStandIns(place, statement, known);
  if ('draft' in plain || known.length === statement.placeholders.length) return plain;
  const replaced = tryStandIns(place, statement, statement.placeholders);
  if ('failure' in replaced) return plain;
  const unknown = statement.placeholders.filter((placeholder) => !known.includes(placeholder));
  return { draft: replaced.draft, unknown };
}

/** Tries stand-ins; where one does not do, the parser's cursor says which. */
function tryStandIns(place: Place, statement: LexedStatement, placeholders: readonly Placeholder[]): One {
  const choices = new Map<Placeholder, StandIn>(placeholders.map((placeholder) => [placeholder, 'identifier']));
  let farthest: ParseFailure | undefined;
  for (let count = 0; ; count++) {
    const sql = maskOne(place.text, statement, choices);
    const standIns = { ...place.standIns, names: standInsOf(sql, placeholders, statement.start) };
    const outcome = parseTree(sql, standIns);
    const raw = 'statements' in outcome ? outcome.statements[0] : undefined;
    if (raw !== undefined) return { draft: draftOf(place, statement, { sql, standIns }, raw), unknown: [] };
    const failure = 'failure' in outcome ? outcome.failure : { message: 'syntax error at end of input', cursor: 0 };
    if (farthest === undefined || failure.cursor > farthest.cursor) farthest = failure;
    const culprit = placeholders.findLast(({ start }) => start <= statement.start + failure.cursor) ?? placeholders[0];
    if (culprit === undefined || count === mostTries) return { failure: farthest };
    const order = tries[culprit.syntax];
    const next = order[order.indexOf(choices.get(culprit) ?? 'identifier') + 1];
    if (next === undefined) return { failure: farthest };
    choices.set(culprit, next);
  }
}

function draftOf(
  place: Place,
  statement: LexedStatement,
  masked: Pick<Place, 'sql' | 'standIns'>,
  raw: RawStatement,
): Draft {
  const { start, end } = statement;
  // a place of its own: the whole text with one statement replaced would be copied for every statement
  const own: Place = {
    source: place.source,
    text: place.text.slice(start, end),
    ...masked,
    span: (from, to) => place.span(start + from, start + to),
  };
  return build(own, raw, { start: 0, end: end - start }, byteRuler(own.sql));
}
