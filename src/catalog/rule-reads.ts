import type { Node, RangeVar } from '../sql/tree.js';
import { columnRefs } from '../sql/walk.js';
import { mergedReads } from './apply-routine.js';
import type { Catalog, Oid, Read } from './catalog.js';
import { findRelation } from './lookup.js';

/**
 * The columns of other tables that the actions of a rule depend on: those that INSERT and UPDATE give values to
 * (find_expr_references_walker of dependency.c), and those that UPDATE and DELETE name. What a query in an action reads is not followed.
 */
export function readsOfActions(catalog: Catalog, actions: readonly Node[] | undefined, own: Oid): readonly Read[] {
  return mergedReads((actions ?? []).map((action) => readsOfAction(catalog, action))).filter(
    ({ relation }) => relation !== own,
  );
}

function readsOfAction(catalog: Catalog, action: Node): readonly Read[] {
  if ('InsertStmt' in action) {
    const { relation, cols, selectStmt } = action.InsertStmt;
    const columns = cols === undefined ? undefined : namesOf(cols);
    return readsOf(catalog, relation, (all) => columns ?? all.slice(0, widthOf(selectStmt)));
  }
  if ('UpdateStmt' in action) {
    const { relation, targetList, whereClause, fromClause } = action.UpdateStmt;
    const named = namedIn({ targetList, whereClause }, relation, fromClause === undefined);
    return readsOf(catalog, relation, (all) => [...namesOf(targetList), ...named.filter((one) => all.includes(one))]);
  }
  if (!('DeleteStmt' in action)) return [];
  const { relation, whereClause, usingClause } = action.DeleteStmt;
  const named = namedIn({ whereClause }, relation, usingClause === undefined);
  return readsOf(catalog, relation, (all) => named.filter((one) => all.includes(one)));
}

function readsOf(
  catalog: Catalog,
  range: RangeVar | undefined,
  choose: (all: readonly string[]) => readonly string[],
): readonly Read[] {
  const relation = findRelation(catalog, range);
  if (relation === undefined || !('columns' in relation)) return [];
  const columns = choose(relation.columns.map(({ name }) => name));
  return columns.length === 0 ? [] : [{ relation: relation.oid, columns }];
}

function namesOf(targets: readonly Node[] | undefined): readonly string[] {
  return (targets ?? []).flatMap((target) => ('ResTarget' in target ? (target.ResTarget.name ?? []) : []));
}

/** How many columns an INSERT without a list of them fills. */
function widthOf(source: Node | undefined): number {
  const query = source !== undefined && 'SelectStmt' in source ? source.SelectStmt : undefined;
  const [first] = query?.valuesLists ?? [];
  if (first !== undefined) return 'List' in first ? (first.List.items ?? []).length : 0;
  return query?.targetList?.length ?? 0;
}

/** The names that may be columns of the target; alone in its action it needs no name before them. */
function namedIn(part: object, target: RangeVar | undefined, alone: boolean): readonly string[] {
  const shown = target?.alias?.aliasname ?? target?.relname;
  return columnRefs(part).flatMap(({ parts }) => {
    const [name, item] = parts.toReversed();
    return name !== undefined && (item === undefined ? alone : item === shown) ? [name] : [];
  });
}
