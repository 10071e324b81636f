import type { Place } from '../catalog/query-scope.js';
import { type IndexElem, type Node, strings } from '../sql/tree.js';
import { uncollatable, unknownCollation } from './collation.js';
import type { Draft } from './draft.js';
import { classRefusal } from './operator-class.js';
import { typeOfValue } from './typed-expression.js';
import type { TypeContext } from './types.js';

/** A collation or an operator class that the values of a key do not take, or that there is not (ComputeIndexAttrs). */
export function keyRefusal(
  { name, expr, collation, opclass }: IndexElem,
  method: string,
  place: Place,
  context: TypeContext,
): Draft | undefined {
  const value: Node | undefined = name === undefined ? expr : { ColumnRef: { fields: [{ String: { sval: name } }] } };
  const type = value && typeOfValue(value, place, context);
  const clause = collation && { collname: collation };
  const known = typeof type === 'object' ? type : undefined;
  return (
    unknownCollation(clause, context.catalog) ??
    uncollatable(clause, known, context) ??
    (known && classRefusal(known, method, strings(opclass)[0], context))
  );
}
