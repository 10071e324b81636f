import type { Catalog, Oid, Routine } from '../catalog/catalog.js';
import { findRoutines } from '../catalog/lookup.js';
import type { FuncCall, Node, SelectStmt } from '../sql/tree.js';
import { functionCalls, visit } from '../sql/walk.js';

/** A routine that a statement calls. */
export interface Called {
  readonly routine: Routine;
  /** It runs once, whatever rows there are; else as often as there are rows, perhaps never. */
  readonly once: boolean;
}

/** The routines of the history that a statement calls. */
export function calledRoutines(statement: Node, catalog: Catalog): readonly Called[] {
  if (catalog.routines.size === 0) return [];
  const found = new Map<Oid, Called>();
  let surely: ReadonlySet<FuncCall> | undefined;
  for (const call of functionCalls(statement)) {
    for (const routine of findRoutines(catalog, call.name)) {
      if (!takes(routine, call.arguments)) continue;
      surely ??= callsOnce(statement);
      const once = surely.has(call.node) || found.get(routine.oid)?.once === true;
      found.set(routine.oid, { routine, once });
    }
  }
  return [...found.values()];
}

function takes(routine: Routine, given: number): boolean {
  const inputs = routine.arguments.filter((argument) => !argument.output);
  return given <= inputs.length && given >= inputs.filter((argument) => !argument.hasDefault).length;
}

/** What may leave out a part of itself: the arm of a CASE, the right side of AND, a subquery that nobody asks. */
const choosing: ReadonlySet<string> = new Set(['CaseExpr', 'CoalesceExpr', 'BoolExpr', 'SubLink', 'WithClause']);

function callsOnce(statement: Node): ReadonlySet<FuncCall> {
  const calls = new Set<FuncCall>();
  for (const root of unconditional(statement)) {
    visit(root, (kind, node) => {
      if (choosing.has(kind)) return false;
      if (kind === 'FuncCall') calls.add(node);
      return true;
    });
  }
  return calls;
}

/** The parts of a statement that no row decides. */
function unconditional(statement: Node): readonly object[] {
  if ('CallStmt' in statement) return [statement];
  if ('SelectStmt' in statement) return unconditionalOf(statement.SelectStmt);
  if ('InsertStmt' in statement && statement.InsertStmt.selectStmt !== undefined)
    return unconditional(statement.InsertStmt.selectStmt);
  return [];
}

/** The list of a SELECT without FROM or from a list of values, a function that is all of FROM, VALUES. */
function unconditionalOf(query: SelectStmt): readonly object[] {
  if (query.larg !== undefined && query.rarg !== undefined)
    return [...unconditionalOf(query.larg), ...unconditionalOf(query.rarg)];
  const { fromClause = [], targetList, whereClause, valuesLists } = query;
  if (valuesLists !== undefined) return [{ valuesLists }];
  const [only, ...more] = fromClause;
  if (more.length > 0) return [];
  const list = whereClause === undefined ? [{ targetList }] : [];
  if (only === undefined || isValues(only)) return list;
  return 'RangeFunction' in only ? [only] : [];
}

function isValues(item: Node): boolean {
  const query = 'RangeSubselect' in item ? item.RangeSubselect.subquery : undefined;
  return query !== undefined && 'SelectStmt' in query && query.SelectStmt.valuesLists !== undefined;
}
