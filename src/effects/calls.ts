import type { Catalog, Routine } from '../catalog/catalog.js';
import { findRelationNamed, findRoutines } from '../catalog/lookup.js';
import { partsOfName, sqlName } from '../sql/names.js';
import { rowScopes } from '../sql/rows.js';
import type { Body } from '../sql/statement.js';
import type { FuncCall, FunctionParameter, Node, SelectStmt } from '../sql/tree.js';
import { asType } from '../sql/value-types.js';
import { evaluate, type Known, noScope, type Scope, typeText } from '../sql/values.js';
import { functionCalls, visit } from '../sql/walk.js';

/** A routine that a statement calls. */
export interface Called extends Body {
  readonly routine: Routine;
  /** It runs once, whatever rows there are; else as often as there are rows, perhaps never. */
  readonly once: boolean;
}

/** The routines of the history that a statement calls, with what their bodies do for the arguments that they are given. */
export function calledRoutines(statement: Node, catalog: Catalog, variables: Scope = noScope): readonly Called[] {
  if (catalog.routines.size === 0) return [];
  const found = new Map<Body['body'] | Routine, Called>();
  let surely: ReadonlySet<FuncCall> | undefined;
  for (const call of functionCalls(statement)) {
    for (const routine of findRoutines(catalog, call.name)) {
      if (!takes(routine, call.arguments)) continue;
      surely ??= callsOnce(statement);
      const isOnce = surely.has(call.node);
      const scopes = (isOnce && rowsOf(statement, variables)) || [variables];
      for (const scope of scopes) {
        const body = bodyOf(routine, call.node, catalog, scope);
        const key = body?.body ?? routine;
        const once = isOnce || found.get(key)?.once === true;
        found.set(key, { routine, once, body: body?.body ?? [], unread: body?.unread ?? [] });
      }
    }
  }
  return [...found.values()];
}

/** The rows that a statement calls its functions for, if they are written out. */
function rowsOf(statement: Node, variables: Scope): readonly Scope[] | undefined {
  return 'SelectStmt' in statement ? rowScopes(statement.SelectStmt, variables) : undefined;
}

/** What a routine does when it is called so. */
function bodyOf({ definition }: Routine, call: FuncCall, catalog: Catalog, scope: Scope): Body | undefined {
  if (definition?.called === undefined) return definition && { body: definition.body, unread: definition.unread ?? [] };
  const parameters = (definition.node.parameters ?? []).flatMap((node) =>
    'FunctionParameter' in node ? [node.FunctionParameter] : [],
  );
  const inputs = parameters.filter(({ mode }) => mode !== 'FUNC_PARAM_OUT' && mode !== 'FUNC_PARAM_TABLE');
  const given = new Map<string, Known>();
  for (const [at, parameter] of inputs.entries()) {
    const value = typed(argumentOf(call, parameter, at, scope), parameter, catalog);
    if (value === undefined) continue;
    given.set(`$${at + 1}`, value);
    if (parameter.name !== undefined) given.set(parameter.name, value);
  }
  return definition.called(given);
}

/** The value of an argument: by its name, its place or the parameter's default. */
function argumentOf(
  { args = [], func_variadic }: FuncCall,
  parameter: FunctionParameter,
  at: number,
  scope: Scope,
): Known {
  if (func_variadic === true || parameter.mode === 'FUNC_PARAM_VARIADIC') return undefined;
  for (const [place, node] of args.entries()) {
    if ('NamedArgExpr' in node) {
      if (node.NamedArgExpr.name === parameter.name) return evaluate(node.NamedArgExpr.arg, scope);
    } else if (place === at) return evaluate(node, scope);
  }
  return evaluate(parameter.defexpr);
}

/** The name of a relation is given out without its schema where the search_path leads to it. */
function typed(value: Known, { argType }: FunctionParameter, catalog: Catalog): Known {
  const type = typeText(argType);
  if (type !== 'regclass' || typeof value !== 'string') return asType(value, type);
  const relation = findRelationNamed(catalog, partsOfName(value) ?? []);
  if (relation === undefined) return undefined;
  const { schema, name } = relation;
  return sqlName(findRelationNamed(catalog, [name]) === relation ? undefined : schema, name);
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
