import { build, type Draft } from './build.js';
import { type FragmentPlace, fragmentPlaces } from './fragment-place.js';
import { literalPlace } from './literal.js';
import { maskEverywhere } from './mask.js';
import { parseTree, type RawStatement } from './parse.js';
import { computedPlace, type Place } from './place.js';
import { type Circumstances, type Fragment, type Routine, type Run, readRoutine } from './plpgsql.js';
import { syntaxError } from './read.js';
import { expressionOf, selectOf } from './rows.js';
import { byteRuler } from './source.js';
import type { SqlProblem, Statement } from './statement.js';
import { unknownLiteral } from './text-functions.js';
import type { Node } from './tree.js';
import { unknownParameter } from './unknown-value.js';
import { constantText, executedTexts, type Known, leadingText, type Scope } from './values.js';
import { columnRefs, functionCalls } from './walk.js';

/** What a procedural body runs: a statement, a text of statements; or why that cannot be told. */
export type Found =
  | (Circumstances & { readonly inner: Draft })
  | (Circumstances & { readonly text: Place })
  | { readonly problem: SqlProblem };

/** A body in PL/pgSQL. */
export interface Procedure {
  /** What it runs where the parameters have these values. */
  readonly read: (parameters?: ReadonlyMap<string, Known>) => readonly Found[];
  /** Whether that depends on them. */
  readonly depends: boolean;
}

/** Reads the body of a DO block or a function whose whole text is `written`. */
export function readProcedure(statement: Statement, written: string, body: Place): Procedure {
  // libpg_query takes a variable of a %ROWTYPE for a scalar and then refuses its fields; of a type that it does not know it takes it for a record
  const sql = written.replace(/%rowtype\b/gi, (found) => ' '.repeat(found.length));
  const plain = readRoutine(sql);
  const masked = 'message' in plain ? maskEverywhere({ ...body, sql }).sql : sql;
  const again = masked !== sql;
  const routine = again ? readRoutine(masked) : plain;
  if ('message' in routine) {
    const problem = bodyProblem(statement, body, routine.message);
    return { read: () => [{ problem }], depends: false };
  }
  const place = again ? { ...body, ...maskEverywhere(body) } : body;
  const reader = new Reader(statement, place, routine);
  return { read: (parameters) => reader.read(parameters), depends: reader.depends };
}

const selectPrefix = 'SELECT ';

/** A fragment of a body with what need not be found out in every turn of a loop. */
interface Passage {
  readonly at: FragmentPlace;
  /** The expression of an EXECUTE. */
  readonly expression?: Node | undefined;
  readonly problem?: SqlProblem;
  readonly raws: readonly RawStatement[];
  /** The names in the arguments of the functions that it calls. */
  readonly arguments: readonly string[];
}

/** What runs in one or several turns of the loops that it stands in. */
interface Turns {
  readonly run: Run;
  readonly passage: Passage;
  readonly text: string | undefined;
  readonly variables: ReadonlyMap<string, Known>;
  times: number;
}

class Reader {
  private readonly passages = new Map<Fragment, Passage>();
  readonly depends: boolean;

  constructor(
    private readonly statement: Statement,
    private readonly body: Place,
    private readonly routine: Routine,
  ) {
    const placeOf = fragmentPlaces(body.sql);
    for (const { fragment } of routine.runs) {
      const at = placeOf(fragment) ?? { start: 0, end: body.sql.length, index: () => 0 };
      this.passages.set(fragment, { at, ...this.contentOf(fragment, at) });
    }
    this.depends = [...this.passages.values()].some(
      ({ expression, arguments: names }) =>
        names.length > 0 || (expression !== undefined && constantText(expression) === undefined),
    );
  }

  private contentOf(fragment: Fragment, { index }: FragmentPlace): Omit<Passage, 'at'> {
    if (fragment.role === 'execute') {
      return { raws: [], arguments: [], expression: expressionOf(selectOf(selectPrefix + fragment.text)) };
    }
    const prefix = prefixOf(fragment);
    const outcome = parseTree(prefix + fragment.text, this.body.standIns);
    if ('statements' in outcome) return { raws: outcome.statements, arguments: argumentsOf(outcome.statements) };
    const start = index(Math.max(0, outcome.failure.cursor - prefix.length));
    return { raws: [], arguments: [], problem: syntaxError(this.body, start, { ...outcome.failure, cursor: 0 }) };
  }

  read(parameters: ReadonlyMap<string, Known> = new Map()): readonly Found[] {
    const { runs, follow } = this.routine;
    return this.turnsOf(this.depends ? follow(parameters) : runs).flatMap((turns) => this.found(turns));
  }

  /** The runs, of those that are the same in several turns of a loop the first. */
  private turnsOf(runs: readonly Run[]): readonly Turns[] {
    const found = new Map<Fragment, Map<string, Turns>>();
    const all: Turns[] = [];
    let length = 0;
    for (const run of runs) {
      const passage = this.passages.get(run.fragment);
      if (passage === undefined) continue;
      const texts = length > longest ? [] : followedTexts(passage.expression, run.scope);
      const variables = new Map(passage.arguments.flatMap((name) => valueIn(run, name)));
      const same = found.get(run.fragment) ?? new Map<string, Turns>();
      found.set(run.fragment, same);
      // of several texts one runs
      const here = texts.length > 1 ? { ...run, conditional: true } : run;
      for (const text of texts.length === 0 ? [undefined] : texts) {
        length += text?.length ?? 0;
        const key = text ?? JSON.stringify([...variables], plain);
        const first = same.get(key);
        if (first !== undefined) first.times++;
        else {
          const turns = { run: here, passage, text, variables, times: 1 };
          same.set(key, turns);
          all.push(turns);
        }
      }
    }
    return all;
  }

  private found(turns: Turns): readonly Found[] {
    const { run, passage } = turns;
    const { fragment, conditional, caught } = run;
    const when = { conditional, repeated: run.repeated || turns.times > 1, caught };
    if (passage.problem !== undefined) return [{ problem: passage.problem }];
    if (fragment.role === 'execute') return [this.executed(turns, when)];
    const prefix = prefixOf(fragment);
    const ruler = byteRuler(prefix + fragment.text);
    const index = (location: number) => passage.at.index(Math.max(0, ruler(location) - prefix.length));
    const within = { parent: this.statement, ...(turns.variables.size > 0 && { variables: turns.variables }) };
    return passage.raws.map((raw) => ({ inner: build(this.body, raw, passage.at, index, within), ...when }));
  }

  private executed({ run, passage, text }: Turns, when: Circumstances): Found {
    const { expression, at } = passage;
    const { body } = this;
    if (text === undefined) {
      const message = 'the text of this EXECUTE is put together when it runs and cannot be followed';
      const reason = 'the text of its EXECUTE is put together when it runs';
      const where = { source: body.source, span: body.span(at.start, at.end) };
      const kept = keepsSchema(leadingText(expression, run.scope));
      return { problem: { rule: 'not-understood', message, ...where, reason, ...kept } };
    }
    const literal = expression !== undefined && 'A_Const' in expression ? expression.A_Const.location : undefined;
    const ruler = byteRuler(selectPrefix + run.fragment.text);
    const place =
      literal === undefined ? undefined : literalPlace(body, at.index(ruler(literal) - selectPrefix.length), text);
    return { text: place ?? computedPlace(body, at, text), ...when };
  }
}

/** What is put together in loops can be more than is worth reading. */
const longest = 200_000;

/** Of what an EXECUTE runs one; a parameter stands for each literal that is not known, where the grammar has room for one. */
function followedTexts(expression: Node | undefined, scope: Scope): readonly string[] {
  const texts = executedTexts(expression, scope);
  const shown = texts.map((text) => text.replaceAll(unknownLiteral, unknownParameter));
  return shown.every((text, at) => text === texts[at] || 'statements' in parseTree(text)) ? shown : [];
}

function prefixOf({ role }: Fragment): string {
  return role === 'expression' ? selectPrefix : '';
}

function valueIn({ scope }: Run, name: string): readonly (readonly [string, Known])[] {
  const value = scope.get(name);
  return value === undefined ? [] : [[name, value]];
}

/** Rows hold maps. */
function plain(_: string, value: unknown): unknown {
  return value instanceof Map ? [...value] : value;
}

function argumentsOf(raws: readonly RawStatement[]): readonly string[] {
  const calls = raws.flatMap(({ kind, node }) =>
    kind === 'SelectStmt' || kind === 'CallStmt' ? functionCalls({ [kind]: node }) : [],
  );
  const names = calls.flatMap(({ node }) => columnRefs({ args: node.args }).flatMap(({ parts }) => parts.slice(0, 1)));
  return [...new Set(names)];
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
  /^\s*(insert|update|delete|merge|copy|grant|revoke|comment|analyze|vacuum|refresh|reindex|notify|listen|set|reset|lock|alter\s+(database|system|role|user(?!\s+mapping)|group)|(create|drop)\s+(role|user(?!\s+mapping)|group))\b/i;

/** Words of the grammar that stand before a parenthesis and are no functions. */
const beforeParenthesis = new Set(
  'select from where and or not in exists any all some on as join lateral values using when then else case row array over filter by'.split(
    ' ',
  ),
);

/** PL/pgSQL's compiler says no place: the token that it names, if it stands in the body once, or the whole statement. */
function bodyProblem(statement: Statement, body: Place, message: string): SqlProblem {
  const rule = message.startsWith('syntax error') ? 'syntax-error' : 'not-understood';
  const token = /at or near "(.+)"$/s.exec(message)?.[1];
  const at = token === undefined ? -1 : body.sql.indexOf(token);
  const unique = token !== undefined && at !== -1 && body.sql.indexOf(token, at + 1) === -1;
  const span = unique ? body.span(at, at + token.length) : statement.span;
  return { rule, message, source: statement.source, span };
}
