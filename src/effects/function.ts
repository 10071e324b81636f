import { settings } from '../catalog/lookup.js';
import type { Predict, PredictTable } from './context.js';
import { all, type Draft, nothing } from './draft.js';
import { lookUp } from './lookups.js';
import { optionsOf, textOf } from './options.js';

const queries: ReadonlySet<string> = new Set(['SelectStmt', 'InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt']);

/** The body of an SQL function is looked at when the function is made; that of a PL/pgSQL function is not. */
const createFunction: Predict<'CreateFunctionStmt'> = (node, context) => {
  const { catalog, statement } = context;
  const language = textOf(optionsOf(node.options).get('language')) ?? (node.sql_body === undefined ? '' : 'sql');
  if (language.toLowerCase() !== 'sql') return nothing;
  const unchecked = /^(off|false|no|0)$/i.test(settings(catalog).check_function_bodies ?? 'on');
  if (unchecked && node.sql_body === undefined) return nothing;
  const looked = statement.body.flatMap(({ statement: inner }): Draft[] =>
    queries.has(inner.kind) ? [lookUp({ [inner.kind]: inner.node }, context, true)] : [],
  );
  return all(...looked);
};

/** Functions, procedures and what else is made of names alone. */
export const functions: PredictTable = {
  CreateFunctionStmt: createFunction,
  AlterFunctionStmt: () => nothing,
};
