import type { TypeRef } from '../catalog/catalog.js';
import { outputsWithin } from '../catalog/query.js';
import type { Place } from '../catalog/query-scope.js';
import type { MultiAssignRef, Node, UpdateStmt } from '../sql/tree.js';
import { misfit } from './common-type.js';
import { type Draft, fail } from './draft.js';
import type { TypeContext } from './types.js';

// SET (a, b) = …: each column refers to the one source by its place.

type Targets = UpdateStmt['targetList'];

/** The same assignments with SET (a, b) = (1, 2) as SET a = 1, b = 2. */
export function spread(targets: Targets): readonly Node[] {
  return (targets ?? []).map((target) => {
    const value = multiple(target);
    if (value === undefined || !('ResTarget' in target)) return target;
    const row = valuesOf(value) ?? [];
    const own = row.length === value.ncolumns ? row[(value.colno ?? 1) - 1] : undefined;
    return own === undefined ? target : { ResTarget: { ...target.ResTarget, val: own } };
  });
}

function multiple(target: Node): MultiAssignRef | undefined {
  const value = 'ResTarget' in target ? target.ResTarget.val : undefined;
  return value !== undefined && 'MultiAssignRef' in value ? value.MultiAssignRef : undefined;
}

function valuesOf({ source }: MultiAssignRef): readonly Node[] | undefined {
  return source !== undefined && 'RowExpr' in source ? (source.RowExpr.args ?? []) : undefined;
}

/** The refusal of a source that is no row, has another number of values, or of a subquery with values that a column does not take. */
export function multiAssignRefusal(
  targets: Targets,
  typeOf: (column: string) => TypeRef | undefined,
  place: Place,
  context: TypeContext,
): Draft | undefined {
  for (const target of targets ?? []) {
    const value = multiple(target);
    const refusal = value && sourceRefusal(value, place);
    if (refusal !== undefined) return refusal;
    const name = 'ResTarget' in target ? (target.ResTarget.name ?? '') : '';
    const [to, from] = [typeOf(name), value && outputsOf(value, place)?.[(value.colno ?? 1) - 1]];
    const wrong = to && from && misfit(name, from, to, context);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

function sourceRefusal(value: MultiAssignRef, place: Place): Draft | undefined {
  const { source, ncolumns } = value;
  if (source === undefined) return undefined;
  if (!('RowExpr' in source) && !('SubLink' in source))
    return fail('source for a multiple-column UPDATE item must be a sub-SELECT or ROW() expression', '0A000');
  const width = valuesOf(value)?.length ?? outputsOf(value, place)?.length;
  return width === undefined || width === ncolumns
    ? undefined
    : fail('number of columns does not match number of values', '42601');
}

/** The types of what a subquery gives. */
function outputsOf({ source }: MultiAssignRef, place: Place): readonly (TypeRef | undefined)[] | undefined {
  const query = source !== undefined && 'SubLink' in source ? source.SubLink.subselect : undefined;
  return query && outputsWithin(query, place)?.map(({ type }) => type);
}
