import type { Table } from '../catalog/catalog.js';
import { typeInTable } from '../catalog/expression-type.js';
import { literalOf } from '../catalog/literal.js';
import { type A_Expr, type Node, strings } from '../sql/tree.js';
import { visit } from '../sql/walk.js';
import { type Draft, fail } from './draft.js';
import { comparison } from './foreign-key.js';
import { typeName } from './type-name.js';
import type { TypeContext } from './types.js';

const comparisons: ReadonlySet<string> = new Set(['=', '<>', '<', '<=', '>', '>=']);

/** The refusal of an expression over a table in which two values are compared that have no such operator between them. */
export function comparisonRefusal(expression: Node | undefined, table: Table, context: TypeContext): Draft | undefined {
  let refusal: Draft | undefined;
  visit({ expression }, (kind, node) => {
    if (kind === 'A_Expr') refusal ??= refused(node, table, context);
    return refusal === undefined;
  });
  return refusal;
}

function refused({ kind, name, lexpr, rexpr }: A_Expr, table: Table, context: TypeContext): Draft | undefined {
  const operator = strings(name).at(-1) ?? '';
  if (kind !== 'AEXPR_OP' || !comparisons.has(operator) || lexpr === undefined || rexpr === undefined) return undefined;
  const [left, right] = [lexpr, rexpr].map((side) => typeOf(side, table, context));
  if (left === undefined || right === undefined) return undefined;
  if (comparison(left, right, context) !== 'none' || comparison(right, left, context) !== 'none') return undefined;
  const [from, to] = [typeName(context.catalog, left), typeName(context.catalog, right)];
  return fail(`operator does not exist: ${from} ${operator} ${to}`, '42883');
}

/** A bare string takes the type of the other side. */
function typeOf(node: Node, table: Table, { catalog }: TypeContext) {
  const literal = literalOf(node);
  return literal !== undefined && literal.type === undefined ? undefined : typeInTable(node, table, catalog);
}
