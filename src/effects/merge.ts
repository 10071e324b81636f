import type { Catalog } from '../catalog/catalog.js';
import { findRelation, indexesOf, isTable } from '../catalog/lookup.js';
import { type MergeStmt, type MergeWhenClause, type Node, strings } from '../sql/tree.js';
import { columnRefs } from '../sql/walk.js';
import { askBound, assignments, notChanged, routed, shownAs } from './change.js';
import type { PredictContext } from './context.js';
import { all, type Draft, fail, lock, nothing } from './draft.js';
import { fire } from './fire.js';
import { checkReferences } from './foreign-key-checks.js';
import { subqueriesOf } from './insert.js';
import { deleted, type Found, find, outcome, touch, updated } from './modify.js';
import { planQuery } from './query.js';
import { conditionsOf, conjuncts } from './query-conditions.js';
import type { Graph, Planned, QueryPlace } from './query-plan.js';
import { readSubqueries } from './query-select.js';
import type { Scope } from './query-terms.js';
import { withTables } from './query-with.js';

export function planMerge(node: MergeStmt, place: QueryPlace, context: PredictContext): Planned {
  const { catalog } = context;
  const { tables, draft: common } = withTables(node.withClause, node, place, planQuery);
  const inner: QueryPlace = { ...place, tables };
  const clauses = (node.mergeWhenClauses ?? []).flatMap((clause) =>
    'MergeWhenClause' in clause ? [clause.MergeWhenClause] : [],
  );
  const read = (scope: Scope, graph: Graph) => {
    // rows of the target that the source does not match are wanted too: nothing restricts the target
    const outer = clauses.some(({ matchKind }) => matchKind === 'MERGE_WHEN_NOT_MATCHED_BY_SOURCE');
    const [first] = graph.sources;
    const restricts = outer && first !== undefined ? new Set(graph.sources.filter((one) => one !== first)) : undefined;
    for (const part of conjuncts(node.joinCondition)) {
      readSubqueries(part, scope, graph, inner);
      graph.conditions.push(...conditionsOf(part, scope, inner.terms, restricts));
    }
  };
  const sources = node.sourceRelation === undefined ? [] : [node.sourceRelation];
  const { found, planned } = find(node.relation, sources, read, inner);
  if (found === undefined)
    return outcome(all(common, planned.draft, notChanged(catalog, node.relation ?? {}, 'MERGE')), planned.few);
  const ruled = found.table.rules.length > 0; // unless they are switched off
  if (ruled || (context.pg < 17 && found.through?.kind === 'view'))
    return outcome(fail(`cannot execute MERGE on relation "${node.relation?.relname}"`, '0A000', !ruled), true);
  const acting = clauses.some(({ commandType }) => commandType !== 'CMD_NOTHING');
  const own = acting ? touch(found, 'its rows are merged with others') : planned.draft;
  const each = clauses.map((clause) => merged(clause, found, inner, context));
  return outcome(all(common, own, matchedTwice(node, clauses, catalog), ...each), !found.many);
}

/** A row that several rows of the source match cannot be changed for each of them; a unique index that the join goes by lets one match. */
function matchedTwice(
  { sourceRelation, joinCondition }: MergeStmt,
  clauses: readonly MergeWhenClause[],
  catalog: Catalog,
): Draft {
  const changes = clauses.some(
    ({ matchKind, commandType }) =>
      matchKind === 'MERGE_WHEN_MATCHED' && (commandType === 'CMD_UPDATE' || commandType === 'CMD_DELETE'),
  );
  if (!changes || isUniqueSource(sourceRelation, joinCondition, catalog)) return nothing;
  return fail('MERGE command cannot affect row a second time', '21000', false);
}

function isUniqueSource(source: Node | undefined, condition: Node | undefined, catalog: Catalog): boolean {
  const range = source !== undefined && 'RangeVar' in source ? source.RangeVar : undefined;
  const table = findRelation(catalog, range);
  if (table === undefined || !isTable(table)) return false;
  const named = new Set(
    conjuncts(condition).flatMap((part) => {
      const isEqual = 'A_Expr' in part && part.A_Expr.kind === 'AEXPR_OP' && strings(part.A_Expr.name).at(-1) === '=';
      return isEqual
        ? columnRefs({ part }).flatMap(({ parts }) => (parts[0] === shownAs(range) ? parts.slice(-1) : []))
        : [];
    }),
  );
  return indexesOf(catalog, table).some(
    ({ unique, predicate, keys }) =>
      unique && predicate === undefined && keys.every(({ column }) => column !== undefined && named.has(column)),
  );
}

function merged(clause: MergeWhenClause, found: Found, place: QueryPlace, context: PredictContext): Draft {
  const subqueries = subqueriesOf([...(clause.targetList ?? []), ...(clause.values ?? [])], place, found.items);
  const set = assignments(clause.targetList);
  const early = all(subqueries, askBound(context.catalog, found.table));
  if (clause.commandType === 'CMD_UPDATE') return all(early, updated(found, set, context));
  if (clause.commandType === 'CMD_DELETE') return all(subqueries, deleted(found, context));
  if (clause.commandType !== 'CMD_INSERT') return subqueries;
  const { table, many } = found;
  const names = clause.targetList === undefined ? table.columns.map(({ name }) => name) : [...set.keys()];
  const places = routed(context.catalog, table, undefined);
  const values = new Map(names.map((name): [string, Node | undefined] => [name, undefined]));
  return all(
    early,
    checkReferences(context.catalog, table, { values, many, perhapsSame: true }),
    ...places.map(({ relation, sure }) => lock(relation, 'RowExclusiveLock', 'rows may go to this partition', sure)),
    fire(table, { event: 'insert' }, context),
  );
}
