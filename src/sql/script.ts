import { readBody } from './body.js';
import { foreignDialect } from './dialect.js';
import { type Lexed, lex, placeholdersOf } from './lexer.js';
import { maskAll } from './mask.js';
import { effectOf, type MetaCommand } from './meta-command.js';
import type { Piece } from './piece.js';
import { type Place, placeOf } from './place.js';
import { noStandIns, type PlaceholderSyntax, standInsOf } from './placeholder.js';
import { readAll } from './read.js';
import { type Recovered, recover } from './recover.js';
import type { Comment, ParsedScript, SqlProblem, Statement } from './statement.js';

export interface ScriptOptions {
  /** Words that the runner replaces before PostgreSQL sees the text. */
  readonly placeholders?: readonly PlaceholderSyntax[];
  /** psql reads the text: its meta-commands are executed. */
  readonly psql?: boolean;
}

/**
 * Splits and parses the pieces of a script. What cannot be read is a problem at its place, and the rest is kept; a script in the
 * dialect of another database is one problem. Never throws on bad SQL. {@link loadParser} must have been awaited.
 */
export function parseScript(pieces: readonly Piece[], options: ScriptOptions = {}): ParsedScript {
  const readings = pieces.map((piece) => readPiece(placeOf(piece), optionsFor(piece, options)));
  const foreign = foreignDialect(readings);
  const comments = readings.flatMap((reading) => reading.comments);
  if (foreign !== undefined) return { statements: [], problems: [foreign], comments };
  const statements: Statement[] = [];
  const problems: SqlProblem[] = [];
  const unknown = new Set<string>();
  for (const reading of readings) {
    for (const draft of reading.drafts) {
      readBody(draft, problems);
      statements.push(draft.statement);
    }
    for (const failure of reading.failures) problems.push(failure.problem);
    for (const problem of reading.metaProblems) problems.push(problem);
    for (const { name, problem } of reading.placeholders) {
      if (!unknown.has(name)) problems.push(problem);
      unknown.add(name);
    }
  }
  return { statements, problems: problems.sort(inOrder(pieces)), comments };
}

/** What {@link parseScript} gives the parser first for a piece: to be parsed in another thread (`setAhead`). */
export function textToParse(piece: Piece, options: ScriptOptions = {}): string {
  const { text } = placeOf(piece);
  const enabled = optionsFor(piece, options).placeholders ?? [];
  return maskAll(text, lex(text, 0, enabled), enabled);
}

function optionsFor({ verbatim }: Piece, options: ScriptOptions): ScriptOptions {
  return verbatim ? { ...options, placeholders: [] } : options;
}

interface Reading extends Recovered {
  readonly comments: readonly Comment[];
  readonly metaProblems: readonly SqlProblem[];
}

function readPiece(written: Place, options: ScriptOptions): Reading {
  const enabled = options.placeholders ?? [];
  const first = lex(written.text, 0, enabled);
  const sql = maskAll(written.text, first, enabled);
  const names = sql === written.text ? noStandIns.names : standInsOf(sql, placeholdersOf(first));
  const place = { ...written, sql, standIns: { names, syntaxes: enabled } };
  const all = readAll(place, first);
  const recovered =
    'statements' in all
      ? { drafts: all.statements, failures: [], placeholders: [], lexed: first }
      : recover(place, first, enabled);
  const { lexed } = recovered;
  return {
    ...recovered,
    comments: commentsOf(written, lexed),
    metaProblems: lexed.metaCommands.flatMap((command) => metaProblem(written, command, options.psql ?? false)),
  };
}

function commentsOf(place: Place, lexed: Lexed): Comment[] {
  return lexed.comments.map(({ start, end }) => {
    return { text: place.text.slice(start, end), source: place.source, span: place.span(start, end) };
  });
}

function metaProblem(place: Place, command: MetaCommand, psql: boolean): SqlProblem[] {
  const at = { source: place.source, span: place.span(command.start, command.end) };
  if (!psql) return [{ rule: 'syntax-error', message: 'syntax error at or near "\\"', ...at }];
  const effect = effectOf(command);
  if (effect === 'includes') {
    return [{ rule: 'not-understood', message: `the SQL that \\${command.name} brings in is not followed`, ...at }];
  }
  if (effect === 'runs') {
    return [{ rule: 'not-understood', message: 'the statements that \\gexec runs are known only when it runs', ...at }];
  }
  return [];
}

/** By piece, then by place in it. */
function inOrder(pieces: readonly Piece[]): (a: SqlProblem, b: SqlProblem) => number {
  const files = new Map<unknown, number>();
  for (const { source } of pieces) if (!files.has(source)) files.set(source, files.size);
  const file = (problem: SqlProblem) => files.get(problem.source) ?? 0;
  return (a, b) => file(a) - file(b) || a.span.start - b.span.start || a.span.end - b.span.end;
}
