import { literalOf } from '../catalog/literal.js';
import { type Node, strings } from '../sql/tree.js';

const functions: ReadonlySet<string> = new Set(
  'now transaction_timestamp statement_timestamp clock_timestamp'.split(' '),
);

const words: ReadonlySet<string> = new Set([
  'SVFOP_CURRENT_DATE',
  'SVFOP_CURRENT_TIMESTAMP',
  'SVFOP_CURRENT_TIMESTAMP_N',
  'SVFOP_LOCALTIMESTAMP',
  'SVFOP_LOCALTIMESTAMP_N',
]);

/** Whether an expression is the time at which it is worked out. */
export function isNow(node: Node | undefined): boolean {
  if (node === undefined) return false;
  if ('TypeCast' in node) return isNow(node.TypeCast.arg);
  if ('SQLValueFunction' in node) return words.has(node.SQLValueFunction.op ?? '');
  if (!('FuncCall' in node) || (node.FuncCall.args ?? []).length > 0) return false;
  return functions.has(strings(node.FuncCall.funcname).at(-1) ?? '');
}

/** The releases of which the effects are told are younger than this day: now is later. */
export const earliest = '2025-01-01';

/** A value of which something is known before it is worked out. */
export function isForeseen(node: Node | undefined): boolean {
  return literalOf(node) !== undefined || isNow(node);
}
