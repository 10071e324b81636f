import { type CommonTableExpr, type Node, type SelectStmt, strings, type WithClause } from '../sql/tree.js';
import { visit } from '../sql/walk.js';
import { all, type Draft, nothing } from './draft.js';
import { locksOnly } from './locks-only.js';
import type { CommonTable, Planned, QueryPlace } from './query-plan.js';

/** Plans a query of any kind. */
export type Plan = (query: Node, place: QueryPlace) => Planned;

interface With {
  readonly tables: ReadonlyMap<string, CommonTable>;
  /** What the queries do that are run by themselves. */
  readonly draft: Draft;
}

/** The queries of WITH. One that is used once takes the place of its name; one that changes rows is run in any case. */
export function withTables(clause: WithClause | undefined, around: object, place: QueryPlace, plan: Plan): With {
  let result: With = { tables: place.tables, draft: nothing };
  for (const node of clause?.ctes ?? []) {
    if (!('CommonTableExpr' in node)) continue;
    const { ctename = '' } = node.CommonTableExpr;
    const times = usesOf(ctename, around);
    const inner: QueryPlace = { ...place, tables: result.tables, mode: 'AccessShareLock' };
    const [table, draft] = tableOf(node.CommonTableExpr, times, clause?.recursive === true, inner, plan);
    result = { tables: new Map([...result.tables, [ctename, table]]), draft: all(result.draft, draft) };
  }
  return result;
}

/** How often FROM names it. */
function usesOf(name: string, around: object): number {
  let times = 0;
  visit(around, (kind, node) => {
    if (kind === 'RangeVar' && node.relname === name && node.schemaname === undefined) times++;
  });
  return times;
}

function tableOf(
  expression: CommonTableExpr,
  times: number,
  recursive: boolean,
  place: QueryPlace,
  plan: Plan,
): readonly [CommonTable, Draft] {
  const { ctename = '', ctequery = { SelectStmt: {} }, ctematerialized } = expression;
  const names = strings(expression.aliascolnames);
  const itself = recursive && usesOf(ctename, { ctequery }) > 0;
  const table: CommonTable = { query: ctequery, names, planned: undefined, place };
  const isSelect = 'SelectStmt' in ctequery;
  const inlined =
    ctematerialized === 'CTEMaterializeNever' || (times === 1 && ctematerialized !== 'CTEMaterializeAlways');
  if (isSelect && inlined && !itself && !isLocking(ctequery.SelectStmt)) return [table, nothing];
  const planned = plan(ctequery, itself ? { ...place, tables: withItself(table, ctename, place) } : place);
  const columns = names.length > 0 ? names : planned.columns;
  // a SELECT that nothing uses is not run
  const draft = isSelect && times === 0 ? locksOnly(planned.draft) : planned.draft;
  return [{ ...table, planned: { ...planned, columns } }, draft];
}

function isLocking(query: SelectStmt): boolean {
  return query.lockingClause !== undefined;
}

/** In a recursive query its own name stands for the rows of the last round. */
function withItself(table: CommonTable, name: string, place: QueryPlace): ReadonlyMap<string, CommonTable> {
  const rows: Planned = { draft: nothing, few: true, columns: table.names, open: true };
  return new Map([...place.tables, [name, { ...table, planned: rows }]]);
}
