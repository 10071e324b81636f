import { quoteIdentifier, quoteLiteral } from './names.js';
import { type A_Const, type FuncCall, type Node, strings } from './tree.js';

/** The text that an expression always gives: literals, `||`, format() and quote_*() of literals. Undefined when it depends on more. */
export function constantText(node: Node | undefined): string | undefined {
  if (node === undefined) return undefined;
  if ('A_Const' in node) return literal(node.A_Const);
  if ('TypeCast' in node) {
    const type = strings(node.TypeCast.typeName?.names).at(-1) ?? '';
    return texts.has(type) ? constantText(node.TypeCast.arg) : undefined;
  }
  if ('FuncCall' in node) return call(node.FuncCall);
  if ('A_Expr' in node && node.A_Expr.kind === 'AEXPR_OP' && strings(node.A_Expr.name).join('.') === '||') {
    const left = constantText(node.A_Expr.lexpr);
    const right = left === undefined ? undefined : constantText(node.A_Expr.rexpr);
    return left === undefined || right === undefined ? undefined : left + right;
  }
  return undefined;
}

/** The text that an expression begins with, as far as that is constant; '' where nothing of it is. */
export function leadingText(node: Node | undefined): string {
  const whole = constantText(node);
  if (node === undefined || whole !== undefined) return whole ?? '';
  if ('TypeCast' in node) return leadingText(node.TypeCast.arg);
  if ('A_Expr' in node && node.A_Expr.kind === 'AEXPR_OP' && strings(node.A_Expr.name).join('.') === '||') {
    const left = constantText(node.A_Expr.lexpr);
    return left === undefined ? leadingText(node.A_Expr.lexpr) : left + leadingText(node.A_Expr.rexpr);
  }
  if (!('FuncCall' in node)) return '';
  const first = leadingText(node.FuncCall.args?.[0]);
  const name = strings(node.FuncCall.funcname).at(-1);
  if (name === 'format') return first.replace(/%.*$/s, '');
  return name === 'concat' ? first : '';
}

const texts = new Set(['text', 'varchar', 'name']);

function literal(constant: A_Const): string | undefined {
  if (constant.isnull) return undefined;
  if (constant.sval !== undefined) return constant.sval.sval ?? '';
  if (constant.ival !== undefined) return String(constant.ival.ival ?? 0);
  return constant.fval?.fval;
}

function call(node: FuncCall): string | undefined {
  const name = strings(node.funcname).at(-1) ?? '';
  const values: string[] = [];
  for (const argument of node.args ?? []) {
    const value = constantText(argument);
    if (value === undefined) return undefined;
    values.push(value);
  }
  return functions[name]?.(values);
}

const functions: Readonly<Record<string, ((values: readonly string[]) => string | undefined) | undefined>> = {
  format: ([pattern = '', ...values]) => format(pattern, values),
  concat: (values) => values.join(''),
  quote_ident: ([value]) => (value === undefined ? undefined : quoteIdentifier(value)),
  quote_literal: ([value]) => (value === undefined ? undefined : quoteLiteral(value)),
};

/** format() of the server, without widths. */
function format(pattern: string, values: readonly string[]): string | undefined {
  let next = 0;
  let failed = false;
  const text = pattern.replace(/%(?:(\d+)\$)?(.)?/gs, (_, position: string | undefined, type: string | undefined) => {
    if (type === '%') return '%';
    if (position !== undefined) next = Number(position) - 1;
    const value = values[next++];
    const write = type === undefined ? undefined : conversions[type];
    if (value !== undefined && write !== undefined) return write(value);
    failed = true;
    return '';
  });
  return failed ? undefined : text;
}

const conversions: Readonly<Record<string, ((value: string) => string) | undefined>> = {
  s: (value) => value,
  I: quoteIdentifier,
  L: quoteLiteral,
};
