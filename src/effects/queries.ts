import type { Catalog } from '../catalog/catalog.js';
import { isDeeperThan } from '../catalog/expression.js';
import { findRoutines } from '../catalog/lookup.js';
import { describeQuery } from '../catalog/query.js';
import { typeRef } from '../catalog/type-ref.js';
import type { Node } from '../sql/tree.js';
import { functionCalls, visit } from '../sql/walk.js';
import { calledRoutines } from './calls.js';
import type { PredictContext } from './context.js';
import { all, type Draft, fail, nothing, unsure } from './draft.js';
import { uncommittedLabel } from './enum-use.js';
import { runBody } from './fire.js';
import { planInsert } from './insert.js';
import { keepsColumn } from './kept-column.js';
import { literalRefusal } from './literal-refusal.js';
import { lookUp } from './lookups.js';
import { planMerge } from './merge.js';
import { planDelete, planUpdate } from './modify.js';
import { planQuery } from './query.js';
import type { Planned, QueryPlace } from './query-plan.js';
import { queryRefusal } from './query-refusal.js';
import type { Scope } from './query-terms.js';
import { isUnknownFunction, unknownFunction, volatility } from './volatility.js';

/** Expressions nested deeper than this would be deeper than the stack. */
const deepest = 2000;

/** Plans a query as it stands in a statement: what it reads and changes, what the functions do that it calls, what is refused. */
export function predictQuery(query: Node, context: PredictContext): Draft {
  return predicted(query, context).draft;
}

/** The prediction of a query, and what refuses it by its clauses and expressions alone. */
function predicted(query: Node, context: PredictContext): { readonly draft: Draft; readonly refusal?: Draft } {
  if (isDeeperThan(query, deepest))
    return { draft: unsure(lookUp({ query }, context, true), 'the query is too deep to follow') };
  const missing: (readonly string[])[] = [];
  const planned = planQuery(query, placeOf(context, missing));
  const refusal = queryRefusal(query, context);
  const early = uncommittedLabel({ List: { items: [query] } }, context.catalog);
  const draft = all(
    refusal?.failure?.code === '42P01' ? refusal : nothing,
    missingName(missing, context),
    early,
    planned.draft,
    ...namesIn(query, context),
    refusal,
    callsIn(query, context),
  );
  return { draft, ...(refusal && { refusal }) };
}

/** What a query calls or casts to that is not there, or cannot be read. */
function namesIn(query: Node, context: PredictContext): readonly Draft[] {
  const drafts: Draft[] = [];
  visit({ List: { items: [query] } }, (kind, node) => {
    if (kind === 'TypeCast') {
      const type = typeRef(context.catalog, node.typeName);
      const refusal = type && literalRefusal(node.arg, type, context);
      if (refusal !== undefined) drafts.push(refusal);
    }
  });
  const unknown = functionCalls(query).find(({ name }) => isUnknownFunction(name, context));
  return unknown === undefined ? drafts : [...drafts, unknownFunction(unknown)];
}

/** The refusal of a query that names columns that do not exist; nothing for one that is right. */
export function refusedQuery(query: Node, context: PredictContext): Draft {
  const { draft, refusal = nothing } = predicted(query, context);
  const isOfNames = draft.failure?.code === '42703' || draft.failure?.code === '42883';
  return isOfNames ? { effects: [], failure: draft.failure } : refusal;
}

/** The refusal of names in the query of a function's body that neither its relations have nor its parameters. */
export function unknownNames(query: Node, context: PredictContext, parameters: Scope): Draft {
  if (isDeeperThan(query, deepest)) return nothing;
  const missing: (readonly string[])[] = [];
  planQuery(query, { ...placeOf(context, missing), outer: parameters });
  return missingName(missing, context);
}

/** The place of a statement's own query. Names that nothing has are collected in `missing`. */
export function placeOf(context: PredictContext, missing: (readonly string[])[]): QueryPlace {
  const { catalog, pg } = context;
  return {
    catalog,
    terms: {
      isVolatile: (node) => volatility(node, { catalog, pg }).volatile,
      keepsColumn: (relation, name, cast) => keepsColumn(catalog, relation, name, cast),
      missing: (parts) => {
        // row.name may also be name(row)
        const isCall = parts.length > 1 && findRoutines(catalog, parts.slice(-1)).length > 0;
        if (!isCall) missing.push(parts);
      },
    },
    outer: undefined,
    outerFew: true,
    tables: new Map(),
    mode: 'AccessShareLock',
    change: (inner, place) => planChange(inner, place, context),
    depth: 0,
  };
}

function planChange(query: Node, place: QueryPlace, context: PredictContext): Planned {
  if ('InsertStmt' in query) return planInsert(query.InsertStmt, place, context);
  if ('UpdateStmt' in query) return planUpdate(query.UpdateStmt, place, context);
  if ('DeleteStmt' in query) return planDelete(query.DeleteStmt, place, context);
  if ('MergeStmt' in query) return planMerge(query.MergeStmt, place, context);
  return { draft: nothing, few: true, columns: [], open: true };
}

/** Within a body a name may be a variable; elsewhere one that no relation has does not exist. */
function missingName([first]: readonly (readonly string[])[], { statement }: PredictContext): Draft {
  const name = first?.at(-1);
  if (first === undefined || name === undefined || statement.parent !== undefined) return nothing;
  // a placeholder stands for a name that the text does not have
  if (!statement.text.toLowerCase().includes(name.toLowerCase())) return nothing;
  return fail(
    first.length === 1 ? `column "${name}" does not exist` : `column ${first.join('.')} does not exist`,
    '42703',
  );
}

/** What the functions do whose bodies the history shows; where rows decide, how often, perhaps never. */
export function callsIn(statement: Node, context: PredictContext): Draft {
  if (context.opened) return nothing;
  return all(
    ...calledRoutines(statement, context.catalog, context.statement.variables).map(({ body, once }) => {
      return runBody(once ? body : body.map((part) => ({ ...part, conditional: true, repeated: true })), context);
    }),
  );
}

/** More names are given than the query has columns. */
export function tooManyNames(query: Node, names: readonly string[], catalog: Catalog): Draft {
  const { outputs, open } = describeQuery(catalog, query);
  return !open && names.length > outputs.length ? fail('too many column names were specified', '42601') : nothing;
}

/** A name that two columns of a query have: a view, or a table made of it, cannot have both. */
export function repeatedColumn(query: Node, aliases: readonly string[], catalog: Catalog): Draft {
  const { outputs, open } = describeQuery(catalog, query);
  const names = outputs.map(({ name }, at) => aliases[at] ?? name);
  const twice = open ? undefined : names.find((name, at) => names.indexOf(name) !== at);
  return twice === undefined ? nothing : fail(`column "${twice}" specified more than once`, '42701');
}
