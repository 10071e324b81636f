import type { Table, TypeRef } from '../catalog/catalog.js';
import { typeInTable } from '../catalog/expression-type.js';
import { literalOf } from '../catalog/literal.js';
import { type A_Expr, type Node, strings } from '../sql/tree.js';
import { visit } from '../sql/walk.js';
import { callRefusal } from './call-refusal.js';
import { type Draft, fail } from './draft.js';
import { comparison } from './foreign-key.js';
import { literalRefusal } from './literal-refusal.js';
import { typeName } from './type-name.js';
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
    if (kind === 'A_Expr') refusal ??= refused(node, table, context, before);
    if (kind === 'FuncCall') refusal ??= callRefusal(node, table, context);
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
function typeOf(node: Node, table: Table, { catalog }: TypeContext): TypeRef | undefined {
  const literal = literalOf(node);
  return literal !== undefined && literal.type === undefined ? undefined : typeInTable(node, table, catalog);
}
