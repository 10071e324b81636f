import { type A_Expr, type Node, strings } from '../sql/tree.js';
import { referencedColumn } from './expression.js';
import { literalOf } from './literal.js';
import type { Scope } from './operand.js';

/** The text of a column that is known to be a constant. */
export type KnownText = (column: string) => string | undefined;

/** Types whose values match as they are written: not citext, nor char(n) with its blanks. */
const texts: ReadonlySet<string | undefined> = new Set(['text', 'varchar']);

/** The columns that conditions make equal to a text. */
export function knownTexts(conditions: readonly Node[], { typeOf }: Scope): KnownText {
  const known = new Map<string, string>();
  for (const condition of conditions) {
    if (!('A_Expr' in condition) || strings(condition.A_Expr.name).at(-1) !== '=') continue;
    const { lexpr, rexpr } = condition.A_Expr;
    const column = lexpr && referencedColumn(lexpr);
    const text = literalOf(rexpr)?.text;
    if (column !== undefined && text !== undefined && texts.has(typeOf(column)?.name)) known.set(column, text);
  }
  return (column) => known.get(column);
}

/** A condition with true or false in the place of what a known text matches, or is as long as, by itself. */
export function decided(node: Node, textOf: KnownText): Node {
  if ('BoolExpr' in node) {
    const { args = [], ...rest } = node.BoolExpr;
    return { BoolExpr: { ...rest, args: args.map((arg) => decided(arg, textOf)) } };
  }
  const answer = 'A_Expr' in node ? (matches(node.A_Expr, textOf) ?? measured(node.A_Expr, textOf)) : undefined;
  return answer === undefined ? node : { A_Const: { boolval: { boolval: answer } } };
}

function matches({ name, lexpr, rexpr }: A_Expr, textOf: KnownText): boolean | undefined {
  const [, not, operator, anyCase] = /^(!?)(~~?)(\*?)$/.exec(strings(name).at(-1) ?? '') ?? [];
  const text = operator === undefined ? undefined : textBehind(lexpr, textOf);
  const pattern = literalOf(rexpr)?.text;
  if (text === undefined || pattern === undefined || text.length > longestText) return undefined;
  const source = operator === '~~' ? fromLike(pattern) : fromExpression(pattern);
  if (source === undefined) return undefined;
  return new RegExp(source, anyCase === '' ? 's' : 'si').test(text) === (not === '');
}

/** Long texts and many repetitions would take long to be told apart. */
const longestText = 100;
const mostRepetitions = 4;

function textBehind(node: Node | undefined, textOf: KnownText): string | undefined {
  const inner = node !== undefined && 'TypeCast' in node ? node.TypeCast.arg : node;
  const column = inner && referencedColumn(inner);
  return column === undefined ? undefined : textOf(column);
}

function fromLike(pattern: string): string | undefined {
  if (pattern.includes('\\') || pattern.split('%').length > mostRepetitions) return undefined;
  const parts = [...pattern].map((each) => (each === '%' ? '.*' : each === '_' ? '.' : each.replace(/\W/, '\\$&')));
  return `^${parts.join('').replace(/(\.\*)+/g, '.*')}$`;
}

/** Regular expressions that mean the same to JavaScript, and are done in no time: no classes by name, no repetition within a repetition. */
function fromExpression(pattern: string): string | undefined {
  const plain = /^(?:\\[.dws@+/\\-]|[^\\])*$/.test(pattern) && !/\(\?|\[\[|\[\.|\[=|\[\]|\*\*\*/.test(pattern);
  const repetitions = pattern.match(/[*+{]/g)?.length ?? 0;
  if (!plain || /\)[*+{]/.test(pattern) || repetitions > mostRepetitions) return undefined;
  try {
    new RegExp(pattern, 's');
    return pattern;
  } catch {
    return undefined;
  }
}

const comparisons: { readonly [operator: string]: (a: number, b: number) => boolean } = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '=': (a, b) => a === b,
  '>=': (a, b) => a >= b,
  '>': (a, b) => a > b,
  '<>': (a, b) => a !== b,
};

const lengths: ReadonlySet<string> = new Set(['length', 'char_length', 'character_length']);

function measured({ name, lexpr, rexpr }: A_Expr, textOf: KnownText): boolean | undefined {
  const call = lexpr !== undefined && 'FuncCall' in lexpr ? lexpr.FuncCall : undefined;
  if (call === undefined || !lengths.has(strings(call.funcname).at(-1) ?? '') || call.args?.length !== 1)
    return undefined;
  const text = textBehind(call.args[0], textOf);
  const limit = literalOf(rexpr);
  const operator = strings(name).at(-1) ?? '';
  if (text === undefined || limit?.type !== 'int4' || !Object.hasOwn(comparisons, operator)) return undefined;
  return comparisons[operator]?.([...text].length, Number(limit.text));
}
