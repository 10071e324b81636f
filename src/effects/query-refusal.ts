import type { TypeRef } from '../catalog/catalog.js';
import { literalOf } from '../catalog/literal.js';
import { columnOf, findRelation } from '../catalog/lookup.js';
import { describeQuery } from '../catalog/query.js';
import type { Place } from '../catalog/query-scope.js';
import type { DeleteStmt, InsertStmt, MergeStmt, Node, RangeVar, SelectStmt, UpdateStmt } from '../sql/tree.js';
import { asSelect, conflictNames, returnedNames, unknownColumns } from './changed-names.js';
import { misfit } from './common-type.js';
import type { PredictContext } from './context.js';
import { type Draft, fail } from './draft.js';
import { clause, expressionKinds, expressionRefusal } from './expression-refusal.js';
import { literalRefusal } from './literal-refusal.js';
import { multiAssignRefusal, spread } from './multi-assign.js';
import { missingColumn } from './relations.js';
import { type Part, partsOf, selectRefusal, valuesRefusal } from './select-refusal.js';
import { typeOfValue } from './typed-expression.js';

/** The refusal of a query by what its clauses and expressions are. */
export function queryRefusal(query: Node, context: PredictContext): Draft | undefined {
  if ('InsertStmt' in query) return insertRefusal(query.InsertStmt, context);
  if ('UpdateStmt' in query) return updateRefusal(query.UpdateStmt, context);
  if ('DeleteStmt' in query) return deleteRefusal(query.DeleteStmt, context);
  if ('MergeStmt' in query) return mergeRefusal(query.MergeStmt, context);
  if (!('SelectStmt' in query)) return undefined;
  return selectRefusal(query.SelectStmt, partsOf(query.SelectStmt, context.catalog), context);
}

function updateRefusal(node: UpdateStmt, context: PredictContext): Draft | undefined {
  const { relation, fromClause = [], targetList = [], whereClause, withClause } = node;
  const sets = spread(targetList).flatMap((target) => ('ResTarget' in target ? [target.ResTarget] : []));
  const names = sets.filter(({ indirection }) => indirection === undefined).map(({ name }) => name);
  const values = sets.flatMap(({ val }) => (val === undefined || isNoValue(val) ? [] : [val]));
  const query = asSelect(relation, fromClause, values, { whereClause, withClause });
  const parts = partsOf(query, context.catalog);
  const again = names.find((name, at) => names.indexOf(name) !== at);
  const table = findRelation(context.catalog, relation);
  const where = parts.at(-1)?.[1];
  return (
    unknownColumns(parts, context) ??
    (where && multiAssignRefusal(targetList, (name) => columnOf(table, name)?.type, where, context)) ??
    (again === undefined ? undefined : fail(`multiple assignments to same column "${again}"`, '42601')) ??
    values.map((value) => expressionRefusal(value, clause('UPDATE'), context.catalog)).find(Boolean) ??
    selectRefusal(query, parts, context) ??
    assignedRefusal(sets, parts, relation, context) ??
    elementRefusal(sets, relation, context) ??
    returnedNames(node, fromClause, context)
  );
}

/** A bare string that the elements of an array cannot be read from. */
function elementRefusal(
  sets: readonly { readonly name?: string; readonly val?: Node; readonly indirection?: readonly Node[] }[],
  range: RangeVar | undefined,
  context: PredictContext,
): Draft | undefined {
  const relation = findRelation(context.catalog, range);
  return sets
    .map(({ name, val, indirection = [] }) => {
      const type = columnOf(relation, name)?.type;
      const [step, ...more] = indirection;
      if (type === undefined || type.dimensions === 0 || step === undefined || more.length > 0) return undefined;
      return 'A_Indices' in step && !step.A_Indices.is_slice
        ? literalRefusal(val, { ...type, dimensions: 0 }, context)
        : undefined;
    })
    .find(Boolean);
}

/** DEFAULT, and the sides of (a, b) = …, which stand for themselves. */
function isNoValue(value: Node): boolean {
  return 'SetToDefault' in value || 'MultiAssignRef' in value;
}

function deleteRefusal(node: DeleteStmt, context: PredictContext): Draft | undefined {
  const { relation, usingClause = [], whereClause, withClause } = node;
  const query = asSelect(relation, usingClause, [], { whereClause, withClause });
  const parts = partsOf(query, context.catalog);
  return (
    unknownColumns(parts, context) ?? selectRefusal(query, parts, context) ?? returnedNames(node, usingClause, context)
  );
}

/** Conditions and values of each WHEN are about the rows of both sides. */
function mergeRefusal(node: MergeStmt, context: PredictContext): Draft | undefined {
  const { relation, sourceRelation, joinCondition, withClause } = node;
  const clauses = (node.mergeWhenClauses ?? []).flatMap((one) =>
    'MergeWhenClause' in one ? [one.MergeWhenClause] : [],
  );
  const conditions = clauses.flatMap(({ condition }) => condition ?? []);
  const sets = clauses.flatMap(({ targetList, commandType }) =>
    commandType === 'CMD_UPDATE'
      ? spread(targetList).flatMap((target) => ('ResTarget' in target ? [target.ResTarget] : []))
      : [],
  );
  const given = [...sets.flatMap(({ val }) => val ?? []), ...clauses.flatMap(({ values }) => values ?? [])];
  const wrong = conditions
    .map((one) => expressionRefusal(one, expressionKinds.mergeWhen, context.catalog))
    .find(Boolean);
  if (wrong !== undefined) return wrong;
  const table = findRelation(context.catalog, relation);
  const unknown = table && sets.map(({ name }) => missingColumn(table, name ?? '')).find(({ failure }) => failure);
  if (unknown !== undefined) return unknown;
  const values = [...conditions, ...given.filter((value) => !isNoValue(value))];
  const from = sourceRelation === undefined ? [] : [sourceRelation];
  const query = asSelect(relation, from, values, { whereClause: joinCondition, withClause });
  const parts = partsOf(query, context.catalog);
  return (
    unknownColumns(parts, context) ??
    selectRefusal(query, parts, context) ??
    assignedRefusal(sets, parts, relation, context)
  );
}

function insertRefusal(node: InsertStmt, context: PredictContext): Draft | undefined {
  const { selectStmt, cols } = node;
  const names = (cols ?? []).flatMap((col) => ('ResTarget' in col ? [col.ResTarget.name ?? ''] : []));
  const again = names.find((name, at) => names.indexOf(name) !== at);
  if (again !== undefined) return fail(`column "${again}" specified more than once`, '42701');
  const changed = conflictNames(node, context) ?? returnedNames(node, [], context);
  if (selectStmt === undefined || !('SelectStmt' in selectStmt)) return changed;
  const select = selectStmt.SelectStmt;
  const query = node.withClause === undefined ? select : { ...select, withClause: node.withClause };
  const width = widthOf(select, context);
  if (cols !== undefined && width !== undefined && width < names.length)
    return fail('INSERT has more target columns than expressions', '42601');
  const unequal = select.valuesLists === undefined ? undefined : valuesRefusal(select.valuesLists);
  if (unequal !== undefined) return unequal;
  const parts = partsOf(query, context.catalog);
  return (
    unknownColumns(parts, context) ??
    selectRefusal(query, parts, context) ??
    insertedRefusal(node, select, parts, context) ??
    changed
  );
}

function widthOf(select: SelectStmt, { catalog }: PredictContext): number | undefined {
  const [first] = select.valuesLists ?? [];
  if (first !== undefined) return 'List' in first ? (first.List.items ?? []).length : undefined;
  const { outputs, open } = describeQuery(catalog, { SelectStmt: select });
  return open ? undefined : outputs.length;
}

/** A value of a type that its column does not take. */
function assignedRefusal(
  sets: readonly { readonly name?: string; readonly val?: Node; readonly indirection?: readonly Node[] }[],
  parts: readonly Part[],
  range: RangeVar | undefined,
  context: PredictContext,
): Draft | undefined {
  const relation = findRelation(context.catalog, range);
  const assigned = sets.filter(
    ({ val, indirection }) => val !== undefined && !isNoValue(val) && indirection === undefined,
  );
  let refusal: Draft | undefined;
  for (const [part, place] of parts) {
    const set = assigned.find(({ val }) => val === part);
    const type = set && columnOf(relation, set.name)?.type;
    if (set !== undefined && type !== undefined) refusal ??= typeRefusal(set.name ?? '', part, type, place, context);
  }
  return refusal;
}

function insertedRefusal(
  { cols, relation: range }: InsertStmt,
  select: SelectStmt,
  parts: readonly Part[],
  context: PredictContext,
): Draft | undefined {
  const relation = findRelation(context.catalog, range);
  if (relation === undefined || !('columns' in relation)) return undefined;
  const columns =
    cols === undefined
      ? relation.columns
      : cols.flatMap((col) =>
          'ResTarget' in col && !col.ResTarget.indirection ? (columnOf(relation, col.ResTarget.name) ?? []) : [],
        );
  if (cols !== undefined && columns.length !== cols.length) return undefined;
  const lists = select.valuesLists;
  let refusal: Draft | undefined;
  if (lists === undefined) {
    const { outputs, open } = describeQuery(context.catalog, { SelectStmt: select });
    for (const [at, { type: from }] of open ? [] : outputs.entries()) {
      const to = columns[at]?.type;
      const target = select.targetList?.[at];
      const literal = literalOf(target !== undefined && 'ResTarget' in target ? target.ResTarget.val : undefined);
      if (from === undefined || to === undefined || (literal !== undefined && literal.type === undefined)) continue;
      refusal ??= misfit(columns[at]?.name ?? '', from, to, context);
    }
    return refusal;
  }
  for (const [part, place] of parts) {
    if (!('List' in part) || !lists.includes(part)) continue;
    for (const [at, value] of (part.List.items ?? []).entries()) {
      const type = columns[at]?.type;
      if (type !== undefined && !isNoValue(value))
        refusal ??= typeRefusal(columns[at]?.name ?? '', value, type, place, context);
    }
  }
  return refusal;
}

function typeRefusal(
  name: string,
  value: Node,
  type: TypeRef | undefined,
  place: Place,
  context: PredictContext,
): Draft | undefined {
  const from = typeOfValue(value, place, context);
  return type === undefined || typeof from !== 'object' ? undefined : misfit(name, from, type, context);
}
