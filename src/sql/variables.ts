import type { PlpgsqlNode, PlpgsqlValue } from './parse.js';
import { child, list, nodesIn, numberOf, textOf } from './plpgsql-tree.js';
import { expressionOf, type Rows, rowsOf, selectOf, series } from './rows.js';
import type { Node, SelectStmt } from './tree.js';
import { evaluate, isRow, type Known, oneOf, type Scope, typed } from './values.js';

/** The values of a routine's parameters, by name and as `$1`. */
export type Parameters = ReadonlyMap<string, Known>;

type Names = ReadonlySet<string>;
type Values = ReadonlyMap<string, () => Known>;

const noNames: Names = new Set();
const ofHandlers: Names = new Set(['sqlstate', 'sqlerrm']);

/** A loop over what is written out. */
export interface Turns {
  /** Each gives the loop's variable its value. */
  readonly each: readonly (() => void)[];
  /** Every turn is taken, to its end. */
  readonly sure: boolean;
}

/** The target of an assignment stands before its expression; what is assigned to is a whole variable or a part of one. */
const target = /^([\w$]+|"(?:[^"]|"")*")((?:\.|\[)[^:=]*)?\s*:?=\s*/;

/** An assignment's expression. */
export function assigned(text: string): string {
  return text.replace(/^[\w.$"[\]]+\s*:?=\s*/, '');
}

/** A chain of values that wait to be computed is as deep as the stack must be. */
const longestChain = 50;

/**
 * The variables of a PL/pgSQL routine as its statements are followed in their order, by name. A value is computed when it is asked for:
 * most are not.
 */
export class Variables {
  private values: Values;
  private waiting = 0;
  /** The values at the ends of the branches of an IF. */
  private readonly ends: Map<PlpgsqlNode, Readonly<Record<string, Values>>> = new Map();
  /** How many turns of loops are followed yet. */
  private turns = 500;
  private readonly trees: Map<string, SelectStmt | undefined> = new Map();
  /** Names that stand for different variables in different blocks. */
  private readonly ambiguous: Names;
  /** What DECLARE and the list of parameters make: the others are counters of loops, and what an exception handler knows. */
  private readonly locals: readonly Declaration[];
  /** The lines of every BEGIN. */
  private readonly begins: readonly number[];

  constructor(
    private readonly datums: readonly PlpgsqlValue[],
    parameters: Parameters,
    action: PlpgsqlValue | undefined,
  ) {
    this.values = new Map([...parameters].map(([name, value]) => [name, () => value]));
    const nodes = [...nodesIn(action)];
    const counters = nodes.flatMap(([kind, node]) =>
      kind === 'PLpgSQL_stmt_fori' ? (declaration(node.var) ?? []) : [],
    );
    const isCounter = ({ name, line }: Declaration) => counters.some((one) => one.name === name && one.line === line);
    this.locals = datums.flatMap((datum) => {
      const one = declaration(datum);
      return one === undefined || isCounter(one) || ofHandlers.has(one.name) ? [] : one;
    });
    this.begins = nodes.flatMap(([kind, node]) => (kind === 'PLpgSQL_stmt_block' ? numberOf(node.lineno) : []));
    const names = this.locals.map(({ name }) => name);
    this.ambiguous = new Set(names.filter((name, at) => names.indexOf(name) !== at));
  }

  /** The values as they are now. */
  scope(): Scope {
    const { values } = this;
    return { get: (name) => values.get(name)?.() };
  }

  /** A construct begins. Of a loop over what is written out: its turns, each of which gives the loop's variable its value. */
  enter(kind: string, node: PlpgsqlNode): Turns | undefined {
    if (kind === 'PLpgSQL_stmt_block') this.declare(node);
    const [into, items, all] = this.items(kind, node) ?? [];
    if (items === undefined || items.length > this.turns) return undefined;
    this.turns -= items.length;
    const written = this.written(node.body);
    // what stands behind an EXIT or CONTINUE may be left out
    const sure = all !== false && !isLeft(node);
    const each = items.map((item) => () => {
      if (!sure) this.forget(written);
      this.bind(into, item);
    });
    return { each, sure };
  }

  /** A construct is over, which may have been followed turn by turn. */
  leave(kind: string, node: PlpgsqlNode, turns: Turns | undefined): void {
    // the variable of a loop over numbers is its own
    if (kind === 'PLpgSQL_stmt_fori') this.forget(new Set([declaration(node.var)?.name ?? '']));
    if (turns !== undefined) this.forget(turns.sure ? noNames : this.written({ [kind]: node }));
    else if (kind === 'PLpgSQL_stmt_assign') this.execute(node);
    else if (kind === 'PLpgSQL_stmt_execsql' && node.into === true) {
      const rows = this.rows(textOf(node.sqlstmt));
      this.bind(node.target, rows?.all && rows.rows.length === 1 ? rows.rows[0] : undefined);
    } else if (kind === 'PLpgSQL_stmt_if' && node.elsif_list === undefined && !isLeft(node)) this.join(node);
    else if (kind !== 'PLpgSQL_stmt_block' || node.exceptions !== undefined || isLeft(node)) {
      this.forget(this.written({ [kind]: node }));
    }
  }

  /** After IF a variable that it writes has the value of one branch or of the other; without ELSE the one from before. */
  private join(node: PlpgsqlNode): void {
    const ends = [this.ends.get(node)?.then_body, this.ends.get(node)?.else_body ?? this.values];
    this.ends.delete(node);
    const names = this.written({ PLpgSQL_stmt_if: node });
    this.forget(names);
    for (const name of names) this.set(name, () => oneOf(ends.map((values) => values?.get(name)?.())));
  }

  /** A part of a construct that may not run, or again and again: each begins with the same values, and afterwards that is said again. */
  branch(kind: string, node: PlpgsqlNode, field: string, run: () => void): void {
    const { values } = this;
    // what a loop writes is there in its next turn; what fails half-way has written some of it
    if (field === 'body') this.forget(this.written({ [kind]: node }));
    if (field === 'exceptions') this.forget(this.written(node.body));
    run();
    if (kind === 'PLpgSQL_stmt_if') this.ends.set(node, { ...this.ends.get(node), [field]: this.values });
    this.values = values;
  }

  /** What a loop goes through, if that is written out, with what takes each item. */
  private items(
    kind: string,
    node: PlpgsqlNode,
  ): readonly [into: PlpgsqlValue, items: readonly Known[], all?: boolean] | undefined {
    if (kind === 'PLpgSQL_stmt_foreach_a' && node.slice === undefined) {
      const array = this.value(textOf(node.expr));
      return isArray(array) ? [numberOf(node.varno), array] : undefined;
    }
    if (node.var === undefined) return undefined;
    if (kind === 'PLpgSQL_stmt_fori') {
      const [lower, upper, step] = [node.lower, node.upper, node.step].map((bound) => this.value(textOf(bound)));
      const by = node.step === undefined ? '1' : step;
      const numbers = series(lower, upper, node.reverse === undefined || typeof by !== 'string' ? by : `-${by}`);
      return numbers && [node.var, numbers];
    }
    const rows = kind === 'PLpgSQL_stmt_fors' ? this.rows(textOf(node.query)) : undefined;
    return rows && [node.var, rows.rows, rows.all];
  }

  private forget(names: Names): void {
    if (names.size > 0) this.values = new Map([...this.values].filter(([name]) => !names.has(name)));
  }

  private value(text: string | undefined): Known {
    return text === undefined ? undefined : evaluate(this.expression(text), this.scope());
  }

  private expression(text: string): Node | undefined {
    return expressionOf(this.query(`SELECT ${text}`));
  }

  private rows(text: string | undefined): Rows | undefined {
    // a query of a table gives what is in the table
    if (text === undefined || (/\bfrom\b/i.test(text) && !/\b(values|unnest|generate_series)\b/i.test(text)))
      return undefined;
    const query = this.query(text);
    return query && rowsOf(query, this.scope());
  }

  private query(text: string): SelectStmt | undefined {
    if (!this.trees.has(text)) this.trees.set(text, selectOf(text));
    return this.trees.get(text);
  }

  /** The variables of a block begin anew: those that are declared between the last BEGIN and its own. */
  private declare(block: PlpgsqlNode): void {
    const to = numberOf(block.lineno);
    const from = Math.max(0, ...this.begins.filter((line) => line < to));
    for (const { name, type, initial, line } of this.locals) {
      if (line <= from || line > to) continue;
      if (type === 'record' || initial === undefined) this.set(name, () => null);
      else this.assign(name, type, initial);
    }
  }

  private execute(node: PlpgsqlNode): void {
    const one = this.declared(numberOf(node.varno));
    const text = textOf(node.expr);
    if (one === undefined || text === undefined) return;
    if (target.exec(text)?.[2] !== undefined || one.part || one.type === 'record') this.forget(new Set([one.name]));
    else this.assign(one.name, one.type, assigned(text));
  }

  private assign(name: string, type: string, text: string): void {
    const { values } = this;
    const scope: Scope = { get: (other) => values.get(other)?.() };
    const node = () => evaluate(this.expression(text), scope);
    this.set(name, () => typed(node(), type));
  }

  /** Gives the variable with a number, or the row or record that a query goes into, a value. */
  private bind(into: PlpgsqlValue | undefined, value: Known): void {
    if (typeof into === 'number') {
      const one = this.declared(into);
      if (one !== undefined) this.set(one.name, () => typed(value, one.type));
      return;
    }
    const record = declaration(into);
    const row = isRow(value) ? value : undefined;
    if (record !== undefined && !record.part) {
      this.set(record.name, () => (record.type === 'record' ? row : typed(value, record.type)));
      return;
    }
    const columns = [...(row?.fields.values() ?? [])];
    for (const [at, field] of list(child(into, 'PLpgSQL_row')?.fields).entries()) {
      if (typeof field === 'object' && !Array.isArray(field) && 'varno' in field)
        this.bind(numberOf(field.varno), columns[at]);
    }
  }

  private set(name: string, value: () => Known): void {
    if (this.ambiguous.has(name)) return;
    let known: { readonly value: Known } | undefined;
    const once = () => {
      known ??= { value: value() };
      return known.value;
    };
    this.values = new Map(this.values).set(name, once);
    if (++this.waiting % longestChain === 0) once();
  }

  /** The variables that a part of a routine writes. */
  private written(value: PlpgsqlValue | undefined): Names {
    const names = new Set<string>();
    const add = (into: number) => names.add(this.declared(into)?.name ?? '');
    for (const [kind, node] of nodesIn(value)) {
      if (kind === 'PLpgSQL_stmt_assign' || kind === 'PLpgSQL_stmt_foreach_a') add(numberOf(node.varno));
      else if (kind === 'PLpgSQL_diag_item') add(numberOf(node.target));
      else if (kind === 'PLpgSQL_rec') names.add(String(node.refname));
      else if (kind === 'PLpgSQL_row')
        for (const field of list(node.fields)) {
          if (typeof field === 'object' && !Array.isArray(field) && 'name' in field) names.add(String(field.name));
        }
      // what a procedure gives back is not told from what it is given
      else if (kind === 'PLpgSQL_stmt_call')
        for (const word of textOf(node.expr)?.match(/[\w$]+/g) ?? []) names.add(word.toLowerCase());
    }
    return names;
  }

  private declared(number: number): Declaration | undefined {
    const datum = this.datums[number];
    const field = child(datum, 'PLpgSQL_recfield');
    if (field === undefined) return declaration(datum);
    const record = declaration(this.datums[numberOf(field.recparentno)]);
    return record && { ...record, part: true };
  }
}

/** Whether a part of a routine may be left before its end. */
export function isLeft(node: PlpgsqlNode): boolean {
  for (const [kind] of nodesIn(node)) if (kind === 'PLpgSQL_stmt_exit' || kind === 'PLpgSQL_stmt_return') return true;
  return false;
}

function isArray(value: Known): value is readonly Known[] {
  return Array.isArray(value);
}

interface Declaration {
  readonly name: string;
  readonly type: string;
  readonly line: number;
  readonly initial: string | undefined;
  /** A field of it is meant. */
  readonly part: boolean;
}

function declaration(datum: PlpgsqlValue | undefined): Declaration | undefined {
  const node = child(datum, 'PLpgSQL_var') ?? child(datum, 'PLpgSQL_rec');
  if (node === undefined) return undefined;
  const type = child(node.datatype, 'PLpgSQL_type')?.typname;
  return {
    name: String(node.refname),
    type: typeof type === 'string' ? type : '',
    line: numberOf(node.lineno),
    initial: textOf(node.default_val),
    part: false,
  };
}
