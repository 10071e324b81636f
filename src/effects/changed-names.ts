import type { Relation } from '../catalog/catalog.js';
import { findRelation, isTable } from '../catalog/lookup.js';
import type { Place } from '../catalog/query-scope.js';
import type {
  DeleteStmt,
  InsertStmt,
  Node,
  OnConflictClause,
  RangeVar,
  ReturningClause,
  SelectStmt,
  UpdateStmt,
} from '../sql/tree.js';
import type { PredictContext } from './context.js';
import { type Draft, fail } from './draft.js';
import { missingColumn } from './relations.js';
import { missingEntry, ownRefs, type Part, partsOf, rowNames } from './select-refusal.js';
import { unknownReference } from './unknown-reference.js';

// What the expressions of INSERT, UPDATE, DELETE and MERGE may name.

/** A statement that changes rows as the query that finds them and works out what they get. */
export function asSelect(
  target: RangeVar | undefined,
  from: readonly Node[],
  given: readonly Node[],
  rest: { readonly whereClause: Node | undefined; readonly withClause: SelectStmt['withClause'] | undefined },
): SelectStmt {
  return {
    fromClause: [...(target === undefined ? [] : [{ RangeVar: target }]), ...from],
    targetList: given.map((val) => ({ ResTarget: { val } })),
    ...(rest.whereClause && { whereClause: rest.whereClause }),
    ...(rest.withClause && { withClause: rest.withClause }),
  };
}

/** Names in the expressions of a change that none of its relations has: 42703. */
export function unknownColumns(all: readonly Part[], { statement }: PredictContext): Draft | undefined {
  if (statement.parent !== undefined) return undefined;
  for (const [part, place] of all) {
    if ('SelectStmt' in part || 'JoinExpr' in part) continue;
    for (const { parts, star } of ownRefs([part])) {
      const refusal = star ? undefined : unknownColumn(parts, place, statement.text);
      if (refusal !== undefined) return refusal;
    }
  }
  return undefined;
}

/** A name that the statement does not write was put in by its reader. */
function unknownColumn(parts: readonly string[], place: Place, text: string): Draft | undefined {
  const [name = '', item = ''] = parts.toReversed();
  if (rowNames.has(item) || unknownReference(parts, place) !== 'column') return undefined;
  if (!text.toLowerCase().includes(name.toLowerCase())) return undefined;
  return fail(`column "${parts.join('.')}" does not exist`, '42703');
}

/** The refusal of names in RETURNING, which speaks of the target and of what else the statement reads. */
export function returnedNames(
  {
    relation,
    returningClause,
    withClause,
  }: Pick<UpdateStmt & DeleteStmt & InsertStmt, 'relation' | 'returningClause' | 'withClause'>,
  from: readonly Node[],
  context: PredictContext,
): Draft | undefined {
  const values = valuesOf(returningClause);
  // since 18 the rows may have names of their own there
  return values.length === 0 || returningClause?.options !== undefined
    ? undefined
    : namesRefusal({ relation, from, values, withClause }, context);
}

function valuesOf(clause: ReturningClause | undefined): readonly Node[] {
  return (clause?.exprs ?? []).flatMap((target) => ('ResTarget' in target ? (target.ResTarget.val ?? []) : []));
}

/** The refusal of names in ON CONFLICT: of columns that it looks at, sets and names. */
export function conflictNames({ relation, onConflictClause }: InsertStmt, context: PredictContext): Draft | undefined {
  const table = findRelation(context.catalog, relation);
  if (onConflictClause === undefined || table === undefined) return undefined;
  const { targetList = [], whereClause, infer } = onConflictClause;
  const named = [...elementsOf(infer), ...targetList].flatMap((one) =>
    'IndexElem' in one ? (one.IndexElem.name ?? []) : 'ResTarget' in one ? (one.ResTarget.name ?? []) : [],
  );
  const missing = named.map((name) => missingColumn(table, name)).find(({ failure }) => failure !== undefined);
  if (missing !== undefined) return missing;
  const values = [
    ...targetList.flatMap((one) => ('ResTarget' in one ? (one.ResTarget.val ?? []) : [])),
    ...(whereClause === undefined ? [] : [whereClause]),
  ];
  const proposed = ownRefs(values).flatMap(({ parts }) => (parts.at(-2) === 'excluded' ? (parts.at(-1) ?? []) : []));
  return (
    proposed.map((name) => missingColumn(table, name)).find(({ failure }) => failure !== undefined) ??
    namesRefusal({ relation, from: [], values, withClause: undefined }, context) ??
    underRules(table)
  );
}

/** Which of the two a rule would speak of is not said. */
function underRules(table: Relation): Draft | undefined {
  const rules = isTable(table) ? table.rules : [];
  const ruled = rules.some(({ definition: { node } }) => node.event === 'CMD_INSERT' || node.event === 'CMD_UPDATE');
  return ruled
    ? fail('INSERT with ON CONFLICT clause cannot be used with table that has INSERT or UPDATE rules', '0A000')
    : undefined;
}

function elementsOf(infer: OnConflictClause['infer']): readonly Node[] {
  return infer?.indexElems ?? [];
}

interface Named {
  readonly relation: RangeVar | undefined;
  readonly from: readonly Node[];
  readonly values: readonly Node[];
  readonly withClause: SelectStmt['withClause'] | undefined;
}

function namesRefusal({ relation, from, values, withClause }: Named, context: PredictContext): Draft | undefined {
  const parts = partsOf(asSelect(relation, from, values, { whereClause: undefined, withClause }), context.catalog);
  return (
    unknownColumns(parts, context) ??
    parts.map(([part, place]) => ('SelectStmt' in part ? undefined : missingEntry(part, place, context))).find(Boolean)
  );
}
