import type { Table, TypeRef } from '../catalog/catalog.js';
import { literalOf } from '../catalog/literal.js';
import { type A_Expr, type FuncCall, type Node, strings } from '../sql/tree.js';
import { visit } from '../sql/walk.js';
import { callRefusal } from './call-refusal.js';
import { type Draft, fail } from './draft.js';
import { comparison } from './foreign-key.js';
import { literalRefusal } from './literal-refusal.js';
import { typeName } from './type-name.js';
import { resolveFunction, resolveOperator, shownType, typeOfValue } from './typed-expression.js';
import type { TypeContext } from './types.js';

const comparisons: ReadonlySet<string> = new Set(['=', '<>', '<', '<=', '>', '>=']);

/**
 * The refusal of an expression over a table in which two values are compared that have no such operator between them, or a function of the
 * history is called with what it does not take. `before` is the table
 * as it was when the expression was stored: a bare string has the type that it was taken for then.
 */
export function comparisonRefusal(
  expression: Node | undefined,
  table: Table,
  context: TypeContext,
  before?: Table,
): Draft | undefined {
  let refusal: Draft | undefined;
  visit({ expression }, (kind, node) => {
    if (kind === 'A_Expr') refusal ??= refused(node, table, context, before) ?? noOperator(node, table, context);
    if (kind === 'FuncCall') refusal ??= callRefusal(node, table, context) ?? noFunction(node, table, context);
    return refusal === undefined;
  });
  return refusal;
}

function refused(
  { kind, name, lexpr, rexpr }: A_Expr,
  table: Table,
  context: TypeContext,
  before: Table | undefined,
): Draft | undefined {
  const operator = strings(name).at(-1) ?? '';
  if ((kind !== 'AEXPR_OP' && kind !== 'AEXPR_IN') || !comparisons.has(operator)) return undefined;
  // x IN (a, b) is x = ANY of an array
  const other = rexpr !== undefined && 'List' in rexpr ? rexpr.List.items?.[0] : rexpr;
  if (lexpr === undefined || other === undefined) return undefined;
  const unread = before === undefined ? unreadable(lexpr, rexpr, table, context) : undefined;
  if (unread !== undefined) return unread;
  const sides: readonly (readonly [Node, Node])[] = [
    [lexpr, other],
    [other, lexpr],
  ];
  const [left, right] = sides.map(
    ([side, opposite]) => typeOf(side, table, context) ?? (before && storedType(side, opposite, before, context)),
  );
  if (left === undefined || right === undefined) return undefined;
  if (comparison(left, right, context) !== 'none' || comparison(right, left, context) !== 'none') return undefined;
  const [from, to] = [typeName(context.catalog, left), typeName(context.catalog, right)];
  return fail(`operator does not exist: ${from} ${operator} ${to}`, '42883');
}

/** Operators that extensions give more types do not have refusals that are sure. */
const standard: ReadonlySet<string> = new Set(
  '= <> < <= > >= + - * / || ~ !~ ~* !~* ~~ !~~ ~~* !~~* -> ->> #>> ?'.split(' '),
);

/** An operator of PostgreSQL that does not take the types of its operands. */
function noOperator(node: A_Expr, table: Table, context: TypeContext): Draft | undefined {
  if (resolveOperator(node, table, context) !== 'none') return undefined;
  const operator = strings(node.name).at(-1) ?? '';
  const shown = [node.lexpr, node.rexpr].flatMap((side) =>
    side === undefined ? [] : [shownOperand(side, table, context)],
  );
  const message = `operator does not exist: ${shown.length > 1 ? shown.join(` ${operator} `) : `${operator} ${shown}`}`;
  return fail(message, '42883', standard.has(operator));
}

/** A function of PostgreSQL that does not take the types of its arguments. */
function noFunction(node: FuncCall, table: Table, context: TypeContext): Draft | undefined {
  if (resolveFunction(node, table, context) !== 'none') return undefined;
  const shown = (node.args ?? []).map((argument) => shownOperand(argument, table, context));
  return fail(`function ${strings(node.funcname).at(-1)}(${shown.join(', ')}) does not exist`, '42883');
}

function shownOperand(node: Node, table: Table, context: TypeContext): string {
  return typeName(context.catalog, shownType(typeOfValue(node, table, context)));
}

/** A bare string that cannot be read as a value of the type that it is compared with. */
function unreadable(left: Node, right: Node | undefined, table: Table, context: TypeContext): Draft | undefined {
  const others = right === undefined ? [] : 'List' in right ? (right.List.items ?? []) : [right];
  const type = typeOf(left, table, context);
  if (type !== undefined)
    for (const other of others) {
      const refusal = literalRefusal(other, type, context);
      if (refusal !== undefined) return refusal;
    }
  const [only, ...more] = others;
  const opposite = only === undefined || more.length > 0 ? undefined : typeOf(only, table, context);
  return opposite && literalRefusal(left, opposite, context);
}

/** A varchar is compared as the text that it is cast to, whatever it becomes. */
function storedType(node: Node, opposite: Node, before: Table, context: TypeContext): TypeRef | undefined {
  const type = isBareString(node) ? typeOf(opposite, before, context) : undefined;
  return type?.name === 'varchar' ? undefined : type;
}

function isBareString(node: Node): boolean {
  const literal = literalOf(node);
  return literal !== undefined && literal.type === undefined && literal.text !== undefined;
}

/** A bare string takes the type of the other side. */
function typeOf(node: Node, table: Table, context: TypeContext): TypeRef | undefined {
  const type = typeOfValue(node, table, context);
  return typeof type === 'object' ? type : undefined;
}
