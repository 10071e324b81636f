import { build, type Draft } from './build.js';
import { lex } from './lexer.js';
import { literalPlace } from './literal.js';
import { rawStatements } from './parse.js';
import { computedPlace, type Place } from './place.js';
import type { Circumstances } from './plpgsql.js';
import { type Found, readProcedure } from './procedure.js';
import { readText } from './read.js';
import type { Span } from './source.js';
import { type BodyStatement, isKind, type SqlProblem, type Statement } from './statement.js';
import { advance, cursorAt } from './token.js';
import { type DefElem, type Node, strings } from './tree.js';
import type { Known } from './values.js';

/** What a body is read into. */
interface Into {
  readonly statement: Statement;
  readonly body: BodyStatement[];
  readonly unread: SqlProblem[];
}

/**
 * Reads what stands in the body of a DO block, a function or a procedure into its statement; every other statement has none.
 * What cannot be read or followed goes to its `unread`; of a DO block to `problems` too, for that runs now.
 */
export function readBody(draft: Draft, problems: SqlProblem[]): void {
  const { statement, unread } = draft;
  if (isKind(statement, 'DoStmt')) {
    const options = definitions(statement.node.args);
    readString(draft, options.get('as'), nameOf(options.get('language')) ?? 'plpgsql');
    for (const problem of unread) problems.push(problem);
  } else if (isKind(statement, 'CreateFunctionStmt')) {
    const options = definitions(statement.node.options);
    if (statement.node.sql_body === undefined) {
      readString(draft, options.get('as'), nameOf(options.get('language')) ?? 'sql');
    } else readGrammarBody(draft, statement.node.sql_body);
  }
}

function definitions(nodes: readonly Node[] | undefined): ReadonlyMap<string, DefElem> {
  const found = new Map<string, DefElem>();
  for (const node of nodes ?? []) if ('DefElem' in node) found.set(node.DefElem.defname ?? '', node.DefElem);
  return found;
}

function nameOf(definition: DefElem | undefined): string | undefined {
  return definition?.arg === undefined ? undefined : strings([definition.arg])[0]?.toLowerCase();
}

/** A body that is a string literal. */
function readString(draft: Draft, as: DefElem | undefined, language: string): void {
  const { statement, place, range, index, unread } = draft;
  const argument = as?.arg;
  if (argument === undefined || language === 'c' || language === 'internal') return;
  const [content = ''] = strings('List' in argument ? argument.List.items : [argument]);
  const body = literalPlace(place, index(as?.location ?? 0), content) ?? computedPlace(place, range, content);
  if (language === 'plpgsql') {
    const { read, depends } = readProcedure(statement, place.sql.slice(range.start, range.end), body);
    take(draft, read());
    if (depends) draft.again = remembering((parameters) => readCalled(statement, read(parameters)));
  } else if (language === 'sql') readStatements(draft, body, once);
  else {
    const message = `a body in ${language} cannot be read`;
    const { span } = statement;
    unread.push({ rule: 'not-understood', message, source: place.source, span, reason: `its body is in ${language}` });
  }
}

const once = { conditional: false, repeated: false, caught: false };

function readCalled(statement: Statement, found: readonly Found[]): Omit<Into, 'statement'> {
  const into: Into = { statement, body: [], unread: [] };
  take(into, found);
  return into;
}

/** A call is asked for several times, and a statement may make several. */
function remembering<T>(read: (parameters: ReadonlyMap<string, Known>) => T) {
  const known = new Map<string, T>();
  return (parameters: ReadonlyMap<string, Known>): T => {
    const key = JSON.stringify([...parameters]);
    const value = known.get(key) ?? read(parameters);
    if (known.size === 50) known.clear();
    known.set(key, value);
    return value;
  };
}

function take(into: Into, found: readonly Found[]): void {
  for (const one of found) {
    if ('problem' in one) into.unread.push(one.problem);
    else if ('text' in one) readStatements(into, one.text, one);
    else add(into, one.inner, one);
  }
}

/** All statements of a text go into the body. */
function readStatements(into: Into, text: Place, when: Circumstances): void {
  const outcome = readText(text, into.statement);
  if ('rule' in outcome) into.unread.push(outcome);
  else for (const inner of outcome.statements) add(into, inner, when);
}

function add(into: Into, inner: Draft, { conditional, repeated, caught }: Circumstances): void {
  readBody(inner, into.unread);
  into.body.push({ statement: inner.statement, conditional, repeated, ...(caught && { caught }) });
}

/** BEGIN ATOMIC … END, or RETURN. */
function readGrammarBody(draft: Draft, body: Node): void {
  const { place, range, index, statement } = draft;
  const items = 'List' in body ? (body.List.items ?? []) : [body];
  const raws = items
    .flatMap((item) => ('List' in item ? (item.List.items ?? []) : [item]))
    .flatMap((node) => rawStatements(node));
  const ranges = atomicRanges(place, range);
  // the last is END; without as many semicolons as statements, each stands for the whole
  const found = ranges.length === raws.length + 1 ? ranges : [];
  for (const [i, raw] of raws.entries()) {
    add(draft, build(place, raw, found[i] ?? range, index, { parent: statement }), once);
  }
}

function atomicRanges(place: Place, range: Span): readonly Span[] {
  const cursor = cursorAt(place.sql, range.start);
  for (advance(cursor); cursor.kind !== 'end' && cursor.start < range.end; advance(cursor)) {
    if (cursor.kind === 'word' && /^atomic$/i.test(place.sql.slice(cursor.start, cursor.end))) {
      return lex(place.sql.slice(0, range.end), cursor.end).statements;
    }
  }
  return [];
}
