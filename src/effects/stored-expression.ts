import { placeIn } from '../catalog/expression-type.js';
import { columnOf } from '../catalog/lookup.js';
import type { Place } from '../catalog/query-scope.js';
import type { IndexElem, Node } from '../sql/tree.js';
import { functionCalls } from '../sql/walk.js';
import { refusalIn } from './comparison-refusal.js';
import { type Draft, fail } from './draft.js';
import { evaluationRefusal } from './evaluated.js';
import { type ExpressionKind, expressionKinds, expressionRefusal } from './expression-refusal.js';
import { isComplete, type Stored, systemColumns } from './relations.js';
import { ownRefs } from './select-refusal.js';
import type { TypeContext } from './types.js';
import { unknownReference } from './unknown-reference.js';
import { isUnknownFunction, unknownFunction } from './volatility.js';

/**
 * The refusal of an expression that stands by itself, as those that the schema keeps do: what it may not hold there, names that mean nothing,
 * operators and functions that do not take what they are given.
 */
export function storedRefusal(
  expression: Node | undefined,
  kind: ExpressionKind,
  place: Place,
  context: TypeContext,
): Draft | undefined {
  if (expression === undefined) return undefined;
  const call = functionCalls({ expression }).find(({ name }) => isUnknownFunction(name, context));
  return (
    expressionRefusal(expression, kind, context.catalog) ??
    unknownName(expression, place) ??
    refusalIn(expression, place, context) ??
    (call && unknownFunction(call)) ??
    evaluationRefusal(expression)
  );
}

/** Columns that the keys of an index or an exclusion constraint name, and their expressions. */
export function keyExpressionRefusal(
  elements: readonly IndexElem[],
  relation: Stored,
  context: TypeContext,
): Draft | undefined {
  const known = new Set(relation.columns.map(({ name }) => name));
  for (const { name, expr } of elements) {
    if (name !== undefined && systemColumns.has(name) && columnOf(relation, name) === undefined)
      return fail('index creation on system columns is not supported', '0A000');
    if (name !== undefined && !known.has(name) && isComplete(relation))
      return fail(`column "${name}" does not exist`, '42703');
    const refusal = storedRefusal(expr, expressionKinds.indexKey, placeIn(relation, context.catalog), context);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** A column that nothing has which the expression could mean. */
function unknownName(expression: Node, place: Place): Draft | undefined {
  for (const { parts, star } of ownRefs([expression])) {
    const unknown = star ? undefined : unknownReference(parts, place);
    if (unknown === 'item') return fail(`missing FROM-clause entry for table "${parts.at(-2)}"`, '42P01');
    if (unknown === 'column') return fail(`column "${parts.join('.')}" does not exist`, '42703');
  }
  return undefined;
}
