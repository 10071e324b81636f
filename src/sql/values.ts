import { isUnknown, textFunctions } from './text-functions.js';
import { type A_Const, type A_Expr, type ColumnRef, type FuncCall, type Node, strings, type TypeName } from './tree.js';
import { asType } from './value-types.js';

/** A value of a variable or an expression: a text, or a number as text; NULL; an array; a row. */
export type Value = string | null | readonly Known[] | Row | Choice;
/** The fields of a row of a query, by name, in their order. */
export interface Row {
  readonly fields: ReadonlyMap<string, Known>;
}
/** One of several texts: which, is decided when it runs. */
export interface Choice {
  readonly choices: readonly string[];
}

/** Undefined: it is not known. */
export type Known = Value | undefined;

/** The values that names stand for where an expression is evaluated: variables, columns of rows that are written out, `$1`. */
export interface Scope {
  readonly get: (name: string) => Known;
}

/** No name stands for anything. */
export const noScope: Scope = { get: () => undefined };

/** A statement that doubles its own text in a loop would not end. */
const longest = 100_000;

/** The value that an expression always has: literals, names of the scope, `||`, format() and its like. Undefined when it depends on more. */
export function evaluate(node: Node | undefined, scope: Scope = noScope): Known {
  if (node === undefined) return undefined;
  if ('A_Const' in node) return literal(node.A_Const);
  if ('ColumnRef' in node) return reference(node.ColumnRef, scope);
  if ('ParamRef' in node) return scope.get(`$${node.ParamRef.number ?? 0}`);
  if ('TypeCast' in node) return typed(evaluate(node.TypeCast.arg, scope), typeText(node.TypeCast.typeName));
  if ('FuncCall' in node) return call(node.FuncCall, scope);
  if ('A_ArrayExpr' in node) return (node.A_ArrayExpr.elements ?? []).map((element) => evaluate(element, scope));
  if ('CoalesceExpr' in node) return coalesce(node.CoalesceExpr.args ?? [], scope);
  if ('A_Indirection' in node)
    return part(evaluate(node.A_Indirection.arg, scope), node.A_Indirection.indirection, scope);
  if ('CollateClause' in node) return evaluate(node.CollateClause.arg, scope);
  return 'A_Expr' in node && node.A_Expr.kind === 'AEXPR_OP' ? operation(node.A_Expr, scope) : undefined;
}

/** The text that an expression always gives. */
export function constantText(node: Node | undefined, scope: Scope = noScope): string | undefined {
  const value = evaluate(node, scope);
  return typeof value !== 'string' || isUnknown(value) ? undefined : value;
}

/** Whether NULL is written there. */
export function isNullConstant(node: Node | undefined): boolean {
  return node !== undefined && 'A_Const' in node && node.A_Const.isnull === true;
}

/** The texts of which an expression gives one, as far as they are known but for literals in them; none where it cannot be told. */
export function executedTexts(node: Node | undefined, scope: Scope): readonly string[] {
  const value = evaluate(node, scope);
  return isChoice(value) ? value.choices : typeof value === 'string' ? [value] : [];
}

/** More alternatives than this are as good as none. */
const mostChoices = 6;

/** The value that may be one of several: undefined where one of them is no text. */
export function oneOf(values: readonly Known[]): Known {
  const texts = new Set<string>();
  for (const value of values) {
    if (isChoice(value)) for (const text of value.choices) texts.add(text);
    else if (typeof value === 'string') texts.add(value);
    else return undefined;
  }
  const [first, ...more] = texts;
  if (more.length === 0) return first;
  return texts.size > mostChoices ? undefined : { choices: [...texts] };
}

function isChoice(value: Known): value is Choice {
  return typeof value === 'object' && value !== null && 'choices' in value;
}

/** What a function gives for each alternative of its arguments. */
function each(values: readonly Known[], call: (values: readonly Known[]) => Known): Known {
  const at = values.findIndex(isChoice);
  const value = values[at];
  if (!isChoice(value)) return call(values);
  return oneOf(value.choices.map((text) => each(values.with(at, text), call)));
}

/** A value as one of a type. */
export function typed(value: Known, written: string): Known {
  return each([value], ([one]) => asType(one, written));
}

/** The text that an expression begins with, as far as that is known; '' where nothing of it is. */
export function leadingText(node: Node | undefined, scope: Scope = noScope): string {
  const whole = constantText(node, scope);
  if (node === undefined || whole !== undefined) return whole ?? '';
  if ('TypeCast' in node) return leadingText(node.TypeCast.arg, scope);
  if ('A_Expr' in node && isConcatenation(node.A_Expr)) {
    let text = '';
    for (const operand of operands(node.A_Expr)) {
      const value = constantText(operand, scope);
      text += value ?? leadingText(operand, scope);
      if (value === undefined) return text;
    }
    return text;
  }
  if (!('FuncCall' in node)) return '';
  const first = leadingText(node.FuncCall.args?.[0], scope);
  const name = strings(node.FuncCall.funcname).at(-1);
  if (name === 'format') return first.replace(/%.*$/s, '');
  return name === 'concat' ? first : '';
}

/** A type as it is written, for {@link asType}. */
export function typeText(type: TypeName | undefined): string {
  const name = strings(type?.names).at(-1) ?? '';
  const [modifier, ...more] = (type?.typmods ?? []).map((node) => evaluate(node));
  const length =
    modifier === undefined ? '' : `(${typeof modifier === 'string' && more.length === 0 ? modifier : '?'})`;
  return name + length + (type?.arrayBounds ?? []).map(() => '[]').join('');
}

function literal(constant: A_Const): Known {
  if (constant.isnull) return null;
  if (constant.sval !== undefined) return constant.sval.sval ?? '';
  if (constant.ival !== undefined) return String(constant.ival.ival ?? 0);
  return constant.fval?.fval;
}

/** A variable, a field of a row, or a variable behind the name of its function or block. */
function reference({ fields }: ColumnRef, scope: Scope): Known {
  const names = strings(fields);
  const [first = '', second] = names;
  if (names.length !== (fields?.length ?? 0) || names.length > 2) return undefined;
  const value = scope.get(first);
  if (second === undefined) return value;
  return isRow(value) ? value.fields.get(second) : undefined;
}

/** Whether a value is a row. */
export function isRow(value: Known): value is Row {
  return typeof value === 'object' && value !== null && 'fields' in value;
}

/** `array[1]`, `(row).field`. */
function part(value: Known, indirection: readonly Node[] | undefined, scope: Scope): Known {
  const [step, ...more] = indirection ?? [];
  if (step === undefined || more.length > 0) return undefined;
  if ('String' in step) return isRow(value) ? value.fields.get(step.String.sval ?? '') : undefined;
  if (!('A_Indices' in step) || step.A_Indices.is_slice === true || !Array.isArray(value)) return undefined;
  const index = evaluate(step.A_Indices.uidx, scope);
  if (typeof index !== 'string' || !/^\d{1,9}$/.test(index)) return undefined;
  const at = Number(index);
  return at >= 1 && at <= value.length ? value[at - 1] : null;
}

function call(node: FuncCall, scope: Scope): Known {
  const name = strings(node.funcname);
  const own = name.length === 1 || name[0] === 'pg_catalog' ? textFunctions[name.at(-1) ?? ''] : undefined;
  if (own === undefined || node.func_variadic === true) return undefined;
  return each(
    (node.args ?? []).map((argument) => evaluate(argument, scope)),
    (values) => limited(own(values)),
  );
}

function coalesce(args: readonly Node[], scope: Scope): Known {
  for (const argument of args) {
    const value = evaluate(argument, scope);
    if (value !== null) return value;
  }
  return null;
}

function isConcatenation({ kind, name }: A_Expr): boolean {
  return kind === 'AEXPR_OP' && strings(name).join('.') === '||';
}

/** `a || b || c` of many parts is deeper than the stack of JavaScript. */
function operands(expression: A_Expr): readonly (Node | undefined)[] {
  const found: (Node | undefined)[] = [];
  let left: Node | undefined = { A_Expr: expression };
  while (left !== undefined && 'A_Expr' in left && isConcatenation(left.A_Expr)) {
    found.push(left.A_Expr.rexpr);
    left = left.A_Expr.lexpr;
  }
  found.push(left);
  return found.reverse();
}

function operation(expression: A_Expr, scope: Scope): Known {
  if (isConcatenation(expression)) {
    const [first, ...more] = operands(expression);
    return more.reduce<Known>(
      (text, operand) =>
        each([text, evaluate(operand, scope)], ([left, right]) => limited(concatenated(left, right, operand))),
      evaluate(first, scope),
    );
  }
  const calculate = arithmetic[strings(expression.name).join('.')];
  const [left, right] = [evaluate(expression.lexpr, scope), evaluate(expression.rexpr, scope)];
  if (calculate === undefined || !isInteger(left) || !isInteger(right)) return undefined;
  const result = calculate(Number(left), Number(right));
  return Number.isSafeInteger(result) ? String(result) : undefined;
}

const arithmetic: Readonly<Record<string, ((left: number, right: number) => number) | undefined>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
};

function isInteger(value: Known): value is string {
  return typeof value === 'string' && /^-?\d{1,9}$/.test(value);
}

function concatenated(left: Known, right: Known, operand: Node | undefined): Known {
  if (Array.isArray(left)) {
    if (Array.isArray(right)) return [...left, ...right];
    // a literal without a type is taken for an array
    return operand !== undefined && 'A_Const' in operand ? undefined : [...left, right];
  }
  if (left === undefined || right === undefined) return undefined;
  if (left === null || right === null) return null;
  return typeof left === 'string' && typeof right === 'string' ? left + right : undefined;
}

function limited(value: Known): Known {
  const long = (typeof value === 'string' || Array.isArray(value)) && value.length > longest;
  return long ? undefined : value;
}
