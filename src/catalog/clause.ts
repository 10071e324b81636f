import { type A_Expr, type Node, strings } from '../sql/tree.js';
import { isNullConstant } from '../sql/values.js';
import { expressionKey, isDeeperThan, referencedColumn } from './expression.js';
import { type Literal, literalOf, literalsOf, typeOfName } from './literal.js';
import { exactKey, type Operand, operandOf, type Scope } from './operand.js';
import { booleanValue, type Value, valueFor } from './value.js';

export type Comparator = '<' | '<=' | '=' | '>=' | '>' | '<>';

/** A condition over one table in the terms in which PostgreSQL's planner reasons about it (predtest.c). */
export type Clause =
  | { readonly kind: 'constant'; readonly value: boolean | null }
  | { readonly kind: 'and' | 'or'; readonly clauses: readonly Clause[] }
  | { readonly kind: 'null test'; readonly operand: string; readonly isNull: boolean }
  | Comparison
  | ArrayComparison
  /** Anything else: it proves itself alone. */
  | { readonly kind: 'other'; readonly key: string; readonly negated: boolean };

export interface Comparison {
  readonly kind: 'comparison';
  readonly operand: Operand;
  readonly operator: Comparator;
  readonly value: Value;
}

/** `operand = ANY (values)`, `operand <> ALL (values)`, IN, NOT IN. */
export interface ArrayComparison {
  readonly kind: 'any' | 'all';
  readonly operand: Operand;
  readonly operator: Comparator;
  readonly values: readonly Value[];
}

/** All of them; constants fold as eval_const_expressions does. */
export function and(clauses: readonly Clause[]): Clause {
  return joined('and', clauses);
}

/** Any of them. */
export function or(clauses: readonly Clause[]): Clause {
  return joined('or', clauses);
}

function joined(kind: 'and' | 'or', clauses: readonly Clause[]): Clause {
  const neutral = kind === 'and';
  const parts: Clause[] = [];
  let unknown: Clause | undefined;
  for (const clause of clauses) {
    if (clause.kind === kind) parts.push(...clause.clauses);
    else if (clause.kind !== 'constant') parts.push(clause);
    else if (clause.value === null) unknown = clause;
    else if (clause.value !== neutral) return clause;
  }
  if (unknown !== undefined) parts.push(unknown);
  const [only, ...more] = parts;
  if (only === undefined) return { kind: 'constant', value: neutral };
  return more.length === 0 ? only : { kind, clauses: parts };
}

const opposites: { readonly [O in Comparator]: Comparator } = {
  '<': '>=',
  '<=': '>',
  '=': '<>',
  '>=': '<',
  '>': '<=',
  '<>': '=',
};
const mirrored: { readonly [O in Comparator]: Comparator } = {
  '<': '>',
  '<=': '>=',
  '=': '=',
  '>=': '<=',
  '>': '<',
  '<>': '<>',
};

/** NOT, pushed down to what cannot be split, as negate_clause does. */
export function not(clause: Clause): Clause {
  switch (clause.kind) {
    case 'constant':
      return { kind: 'constant', value: clause.value === null ? null : !clause.value };
    case 'and':
      return or(clause.clauses.map(not));
    case 'or':
      return and(clause.clauses.map(not));
    case 'null test':
      return { ...clause, isNull: !clause.isNull };
    case 'comparison':
      return { ...clause, operator: opposites[clause.operator] };
    case 'any':
    case 'all':
      return { ...clause, kind: clause.kind === 'any' ? 'all' : 'any', operator: opposites[clause.operator] };
    case 'other':
      return { ...clause, negated: !clause.negated };
  }
}

/** `operand operator value`; a comparison with NULL is NULL, one of a boolean with a constant is the boolean or its negation. */
export function comparison(operand: Operand, operator: Comparator, value: Value): Clause {
  if (value.kind === 'null') return { kind: 'constant', value: null };
  if (value.kind === 'boolean' && (operator === '=' || operator === '<>')) {
    return { kind: 'other', key: operand.key, negated: value.value !== (operator === '=') };
  }
  return { kind: 'comparison', operand, operator, value };
}

/** The condition that an expression of the grammar's tree is. One that is nested beyond reason proves itself alone. */
export function clauseOf(node: Node, scope: Scope): Clause {
  return isDeeperThan(node, 500) ? { kind: 'other', key: expressionKey(node), negated: false } : read(node, scope);
}

function read(node: Node, scope: Scope): Clause {
  return understood(node, scope) ?? { kind: 'other', key: exactKey(node, scope), negated: false };
}

function understood(node: Node, scope: Scope): Clause | undefined {
  if ('BoolExpr' in node) {
    const parts = (node.BoolExpr.args ?? []).map((arg) => read(arg, scope));
    if (node.BoolExpr.boolop === 'NOT_EXPR') return not(and(parts));
    return node.BoolExpr.boolop === 'OR_EXPR' ? or(parts) : and(parts);
  }
  if ('NullTest' in node) return nullTest(node.NullTest.arg, node.NullTest.nulltesttype === 'IS_NULL', scope);
  const literal = literalOf(node);
  if (literal !== undefined) return truth(literal);
  if ('A_Expr' in node) return forms[node.A_Expr.kind ?? 'AEXPR_OP']?.(node.A_Expr, scope);
  if ('TypeCast' in node && typeOfName(node.TypeCast.typeName) === 'bool' && node.TypeCast.arg !== undefined) {
    const inner = read(node.TypeCast.arg, scope);
    return inner.kind === 'other' ? undefined : inner;
  }
  return undefined;
}

function truth({ text, type }: Literal): Clause | undefined {
  if (text === undefined) return { kind: 'constant', value: null };
  if (type !== undefined && type !== 'bool') return undefined;
  const value = booleanValue(text);
  return value?.kind === 'boolean' ? { kind: 'constant', value: value.value } : undefined;
}

/** A test of a row is one of each of its fields; a column of a composite type is not: its fields count too. */
function nullTest(arg: Node | undefined, isNull: boolean, scope: Scope): Clause | undefined {
  if (arg === undefined) return undefined;
  if ('RowExpr' in arg) {
    const tests = (arg.RowExpr.args ?? []).flatMap((field) => nullTest(field, isNull, scope) ?? []);
    return tests.length === arg.RowExpr.args?.length ? and(tests) : undefined;
  }
  const literal = literalOf(arg);
  if (literal !== undefined) return { kind: 'constant', value: (literal.text === undefined) === isNull };
  const column = referencedColumn(arg);
  if (column !== undefined && scope.typeOf(column)?.composite) return undefined;
  return { kind: 'null test', operand: exactKey(arg, scope), isNull };
}

type Form = (node: A_Expr, scope: Scope) => Clause | undefined;

const forms: { readonly [K in NonNullable<A_Expr['kind']>]?: Form } = {
  AEXPR_OP: (node, scope) => compared(node.lexpr, strings(node.name).at(-1), node.rexpr, scope),
  AEXPR_IN: (node, scope) => listed(node, scope),
  AEXPR_OP_ANY: (node, scope) => quantified('any', node, scope),
  AEXPR_OP_ALL: (node, scope) => quantified('all', node, scope),
  AEXPR_BETWEEN: (node, scope) => between(node, scope, false),
  AEXPR_NOT_BETWEEN: (node, scope) => negated(between(node, scope, false)),
  AEXPR_BETWEEN_SYM: (node, scope) => between(node, scope, true),
  AEXPR_NOT_BETWEEN_SYM: (node, scope) => negated(between(node, scope, true)),
  // the parser makes a null test of a comparison with a bare NULL: transformAExprDistinct
  AEXPR_DISTINCT: (node, scope) => distinctFromNull(node, scope, false),
  AEXPR_NOT_DISTINCT: (node, scope) => distinctFromNull(node, scope, true),
};

function negated(clause: Clause | undefined): Clause | undefined {
  return clause && not(clause);
}

function distinctFromNull({ lexpr, rexpr }: A_Expr, scope: Scope, isNull: boolean): Clause | undefined {
  if (isNullConstant(rexpr)) return nullTest(lexpr, isNull, scope);
  return isNullConstant(lexpr) ? nullTest(rexpr, isNull, scope) : undefined;
}

const comparators = new Map<string, Comparator>([
  ['<', '<'],
  ['<=', '<='],
  ['=', '='],
  ['>=', '>='],
  ['>', '>'],
  ['<>', '<>'],
  ['!=', '<>'],
]);

function compared(
  left: Node | undefined,
  name: string | undefined,
  right: Node | undefined,
  scope: Scope,
): Clause | undefined {
  const operator = comparators.get(name ?? '');
  if (operator === undefined || left === undefined || right === undefined) return undefined;
  if ('RowExpr' in left && 'RowExpr' in right)
    return rowsCompared(left.RowExpr.args, operator, right.RowExpr.args, scope);
  const constant = literalOf(right);
  if (constant !== undefined) return withConstant(left, operator, constant, scope);
  const flipped = literalOf(left);
  return flipped && withConstant(right, mirrored[operator], flipped, scope);
}

function rowsCompared(
  left: readonly Node[] | undefined,
  operator: Comparator,
  right: readonly Node[] | undefined,
  scope: Scope,
): Clause | undefined {
  if ((operator !== '=' && operator !== '<>') || left === undefined || left.length !== right?.length) return undefined;
  const parts = left.flatMap((field, at) => compared(field, operator, right[at], scope) ?? []);
  if (parts.length !== left.length) return undefined;
  return operator === '=' ? and(parts) : or(parts);
}

function withConstant(node: Node, operator: Comparator, literal: Literal, scope: Scope): Clause | undefined {
  const own = literalOf(node);
  if (own !== undefined) return constantsCompared(own, operator, literal);
  if (literal.type === 'bool' && (operator === '=' || operator === '<>')) {
    const known = truth(literal);
    if (known?.kind !== 'constant') return undefined;
    if (known.value === null) return known;
    const clause = read(node, scope);
    return known.value === (operator === '=') ? clause : not(clause);
  }
  const operand = operandOf(node, scope);
  const value = valueFor(literal, operand.type);
  return value && comparison(operand, operator, value);
}

function constantsCompared(a: Literal, operator: Comparator, b: Literal): Clause | undefined {
  if (a.text === undefined || b.text === undefined) return { kind: 'constant', value: null };
  if (operator !== '=' && operator !== '<>') return undefined;
  // `1 = 1`, `1 = 2`: what generators write for "always" and "never"
  return a.type === b.type ? { kind: 'constant', value: (a.text === b.text) === (operator === '=') } : undefined;
}

function between({ lexpr, rexpr }: A_Expr, scope: Scope, symmetric: boolean): Clause | undefined {
  const [low, high] = rexpr !== undefined && 'List' in rexpr ? (rexpr.List.items ?? []) : [];
  const within = (from: Node | undefined, to: Node | undefined) => {
    const parts = [compared(lexpr, '>=', from, scope), compared(lexpr, '<=', to, scope)].flatMap((part) => part ?? []);
    return parts.length === 2 ? and(parts) : undefined;
  };
  const straight = within(low, high);
  if (!symmetric || straight === undefined) return straight;
  const reversed = within(high, low);
  return reversed && or([straight, reversed]);
}

function listed(node: A_Expr, scope: Scope): Clause | undefined {
  const { lexpr, rexpr } = node;
  const operator = comparators.get(strings(node.name).at(-1) ?? '');
  if (operator === undefined || rexpr === undefined || !('List' in rexpr)) return undefined;
  const items = rexpr.List.items ?? [];
  const kind = operator === '=' ? 'any' : 'all';
  if (items.length > 1 && lexpr !== undefined && !('RowExpr' in lexpr)) return quantified(kind, node, scope);
  const parts = items.flatMap((item) => compared(lexpr, operator, item, scope) ?? []);
  if (parts.length !== items.length) return undefined;
  return kind === 'any' ? or(parts) : and(parts);
}

function quantified(kind: 'any' | 'all', { lexpr, name, rexpr }: A_Expr, scope: Scope): Clause | undefined {
  const operator = comparators.get(strings(name).at(-1) ?? '');
  const literals = literalsOf(rexpr);
  if (operator === undefined || lexpr === undefined || literals === undefined) return undefined;
  const operand = operandOf(lexpr, scope);
  const values = literals.flatMap((literal) => valueFor(literal, operand.type) ?? []);
  return values.length === literals.length ? { kind, operand, operator, values } : undefined;
}
