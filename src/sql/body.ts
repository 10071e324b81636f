import { build, type Draft } from './build.js';
import { constantText, leadingText } from './constant.js';
import { type FragmentPlace, fragmentPlaces } from './fragment-place.js';
import { lex } from './lexer.js';
import { literalPlace } from './literal.js';
import { maskEverywhere } from './mask.js';
import { parseTree, rawStatements } from './parse.js';
import { computedPlace, type Place } from './place.js';
import { type Fragment, fragments } from './plpgsql.js';
import { readText, syntaxError } from './read.js';
import { byteRuler, type Span } from './source.js';
import { isKind, type SqlProblem } from './statement.js';
import { advance, cursorAt } from './token.js';
import { type DefElem, type Node, strings } from './tree.js';

/**
 * Reads what stands in the body of a DO block, a function or a procedure into its statement; every other statement has none.
 * What cannot be read or followed goes to its `unread`; of a DO block to `problems` too, for that runs now.
 */
export function readBody(draft: Draft, problems: SqlProblem[]): void {
  const { statement, unread } = draft;
  if (isKind(statement, 'DoStmt')) {
    const options = definitions(statement.node.args);
    readString(draft, options.get('as'), nameOf(options.get('language')) ?? 'plpgsql', unread);
    for (const problem of unread) problems.push(problem);
  } else if (isKind(statement, 'CreateFunctionStmt')) {
    const options = definitions(statement.node.options);
    if (statement.node.sql_body === undefined) {
      readString(draft, options.get('as'), nameOf(options.get('language')) ?? 'sql', unread);
    } else readGrammarBody(draft, statement.node.sql_body, unread);
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
function readString(draft: Draft, as: DefElem | undefined, language: string, problems: SqlProblem[]): void {
  const { place, range, index } = draft;
  const argument = as?.arg;
  if (argument === undefined || language === 'c' || language === 'internal') return;
  const [content = ''] = strings('List' in argument ? argument.List.items : [argument]);
  const body = literalPlace(place, index(as?.location ?? 0), content) ?? computedPlace(place, range, content);
  if (language === 'plpgsql') readPlpgsql(draft, body, problems);
  else if (language === 'sql') readStatements(draft, body, once, problems);
  else {
    const reason = `its body is in ${language}`;
    problems.push({ ...notUnderstood(place, range, `a body in ${language} cannot be read`), reason });
  }
}

const once = { conditional: false, repeated: false, caught: false };

/** All statements of a text go into the body. */
function readStatements(
  draft: Draft,
  text: Place,
  when: Pick<Fragment, 'conditional' | 'repeated' | 'caught'>,
  problems: SqlProblem[],
): void {
  const outcome = readText(text, draft.statement);
  if ('rule' in outcome) {
    problems.push(outcome);
    return;
  }
  for (const inner of outcome.statements) add(draft, inner, when, problems);
}

function add(
  draft: Draft,
  inner: Draft,
  { conditional, repeated, caught }: Pick<Fragment, 'conditional' | 'repeated' | 'caught'>,
  problems: SqlProblem[],
): void {
  readBody(inner, problems);
  draft.body.push({ statement: inner.statement, conditional, repeated, ...(caught && { caught }) });
}

/** BEGIN ATOMIC … END, or RETURN. */
function readGrammarBody(draft: Draft, body: Node, problems: SqlProblem[]): void {
  const { place, range, index, statement } = draft;
  const items = 'List' in body ? (body.List.items ?? []) : [body];
  const raws = items
    .flatMap((item) => ('List' in item ? (item.List.items ?? []) : [item]))
    .flatMap((node) => rawStatements(node));
  const ranges = atomicRanges(place, range);
  // the last is END; without as many semicolons as statements, each stands for the whole
  const found = ranges.length === raws.length + 1 ? ranges : [];
  for (const [i, raw] of raws.entries()) {
    add(draft, build(place, raw, found[i] ?? range, index, statement), once, problems);
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

function readPlpgsql(draft: Draft, body: Place, problems: SqlProblem[]): void {
  const { place, range } = draft;
  // libpg_query takes a variable of a %ROWTYPE for a scalar and then refuses its fields; of a type that it does not know it takes it for a record
  const sql = place.sql.slice(range.start, range.end).replace(/%rowtype\b/gi, (written) => ' '.repeat(written.length));
  const plain = fragments(sql);
  const masked = 'message' in plain ? maskEverywhere(sql) : sql;
  const again = masked !== sql;
  const found = again ? fragments(masked) : plain;
  if ('message' in found) problems.push(bodyProblem(draft, body, found.message));
  else readFragments(draft, again ? { ...body, sql: maskEverywhere(body.sql) } : body, found, problems);
}

function readFragments(draft: Draft, body: Place, found: readonly Fragment[], problems: SqlProblem[]): void {
  const placeOf = fragmentPlaces(body.sql);
  for (const fragment of found) {
    const at = placeOf(fragment) ?? { start: 0, end: body.sql.length, index: () => 0 };
    if (fragment.role === 'execute') readExecute(draft, body, fragment, at, problems);
    else readFragment(draft, body, fragment, at, problems);
  }
}

function readFragment(draft: Draft, body: Place, fragment: Fragment, at: FragmentPlace, problems: SqlProblem[]): void {
  const prefix = fragment.role === 'expression' ? selectPrefix : '';
  const outcome = parseTree(prefix + fragment.text);
  const index = (location: number) => at.index(Math.max(0, location - prefix.length));
  if ('failure' in outcome) {
    problems.push(syntaxError(body, index(outcome.failure.cursor), { ...outcome.failure, cursor: 0 }));
    return;
  }
  const ruler = byteRuler(prefix + fragment.text);
  for (const raw of outcome.statements) {
    const inner = build(body, raw, at, (location) => index(ruler(location)), draft.statement);
    add(draft, inner, fragment, problems);
  }
}

const selectPrefix = 'SELECT ';

function readExecute(draft: Draft, body: Place, fragment: Fragment, at: FragmentPlace, problems: SqlProblem[]): void {
  const outcome = parseTree(selectPrefix + fragment.text);
  const expression = 'statements' in outcome ? selected(outcome.statements[0]?.node) : undefined;
  const text = constantText(expression);
  if (text === undefined) {
    const message = 'the text of this EXECUTE is put together when it runs and cannot be followed';
    const reason = 'the text of its EXECUTE is put together when it runs';
    problems.push({ ...notUnderstood(body, at, message), reason, ...keepsSchema(leadingText(expression)) });
    return;
  }
  const literal = expression !== undefined && 'A_Const' in expression ? expression.A_Const.location : undefined;
  const ruler = byteRuler(selectPrefix + fragment.text);
  const place =
    literal === undefined ? undefined : literalPlace(body, at.index(ruler(literal) - selectPrefix.length), text);
  readStatements(draft, place ?? computedPlace(body, at, text), fragment, problems);
}

/** Whether what is known of the beginning of a computed text says that it makes, changes and drops no object, and which functions it calls. */
function keepsSchema(beginning: string): Pick<SqlProblem, 'keepsSchema'> {
  if (schemaKeepers.test(beginning)) return { keepsSchema: { calls: [] } };
  // of a SELECT it is the functions that count; one that ends behind SELECT or a schema may call any
  if (!/^\s*select\s+\S/i.test(beginning) || /\.\s*$/.test(beginning)) return {};
  const calls = [...beginning.matchAll(/([\w$.]+)\s*\(/g)].map(([, name = '']) => name.toLowerCase());
  return {
    keepsSchema: { calls: calls.filter((name) => !beforeParenthesis.has(name)).map((name) => name.split('.')) },
  };
}

const schemaKeepers =
  /^\s*(insert|update|delete|merge|copy|grant|revoke|comment|analyze|vacuum|refresh|reindex|notify|listen|set|reset|lock)\b/i;

/** Words of the grammar that stand before a parenthesis and are no functions. */
const beforeParenthesis = new Set(
  'select from where and or not in exists any all some on as join lateral values using when then else case row array over filter by'.split(
    ' ',
  ),
);

function selected(node: object | undefined): Node | undefined {
  if (node === undefined || !('targetList' in node) || !Array.isArray(node.targetList)) return undefined;
  const [target]: Node[] = node.targetList;
  return target !== undefined && 'ResTarget' in target ? target.ResTarget.val : undefined;
}

function notUnderstood(place: Place, range: Span, message: string): SqlProblem {
  return { rule: 'not-understood', message, source: place.source, span: place.span(range.start, range.end) };
}

/** PL/pgSQL's compiler says no place: the token that it names, if it stands in the body once, or the whole statement. */
function bodyProblem(draft: Draft, body: Place, message: string): SqlProblem {
  const rule = message.startsWith('syntax error') ? 'syntax-error' : 'not-understood';
  const token = /at or near "(.+)"$/s.exec(message)?.[1];
  const at = token === undefined ? -1 : body.sql.indexOf(token);
  const unique = token !== undefined && at !== -1 && body.sql.indexOf(token, at + 1) === -1;
  const span = unique ? body.span(at, at + token.length) : draft.statement.span;
  return { rule, message, source: draft.place.source, span };
}
