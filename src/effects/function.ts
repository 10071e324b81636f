import { settings } from '../catalog/lookup.js';
import { typeRef } from '../catalog/type-ref.js';
import { type CreateFunctionStmt, type FunctionParameter, strings } from '../sql/tree.js';
import type { Predict, PredictContext, PredictTable } from './context.js';
import { all, type Draft, fail, nothing } from './draft.js';
import { lookUp } from './lookups.js';
import { optionsOf, textOf } from './options.js';
import { routinesWithArguments } from './routines.js';

const queries: ReadonlySet<string> = new Set(['SelectStmt', 'InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt']);

/** The body of an SQL function is looked at when the function is made; that of a PL/pgSQL function is not. */
const createFunction: Predict<'CreateFunctionStmt'> = (node, context) => {
  const { catalog, statement } = context;
  const refused = refusedReplacement(node, context);
  if (refused.failure !== undefined) return refused;
  const language = textOf(optionsOf(node.options).get('language')) ?? (node.sql_body === undefined ? '' : 'sql');
  if (language.toLowerCase() !== 'sql') return nothing;
  // what a body means shows only with the types that it is called with
  if (inputsOf(node).some(({ argType }) => /^any/.test(strings(argType?.names).at(-1) ?? ''))) return nothing;
  const unchecked = /^(off|false|no|0)$/i.test(settings(catalog).check_function_bodies ?? 'on');
  if (unchecked && node.sql_body === undefined) return nothing;
  const looked = statement.body.flatMap(({ statement: inner }): Draft[] =>
    queries.has(inner.kind) ? [lookUp({ [inner.kind]: inner.node }, context, true)] : [],
  );
  return all(...looked);
};

/** CREATE OR REPLACE keeps the type of the result. */
function refusedReplacement(node: CreateFunctionStmt, { catalog }: PredictContext): Draft {
  const objargs = inputsOf(node).flatMap(({ argType }) => (argType === undefined ? [] : [{ TypeName: argType }]));
  const name = strings(node.funcname);
  const [old, ...more] = routinesWithArguments(catalog, { objname: node.funcname ?? [], objargs });
  if (old === undefined || more.length > 0) return nothing;
  if (!node.replace) return fail(`function "${name.at(-1)}" already exists with same argument types`, '42723');
  const now = typeRef(catalog, node.returnType);
  const same =
    old.returns === undefined ||
    now === undefined ||
    (old.returns.name === now.name && old.returns.dimensions === now.dimensions);
  return same ? nothing : fail('cannot change return type of existing function', '42P13');
}

function inputsOf({ parameters }: CreateFunctionStmt): readonly FunctionParameter[] {
  return (parameters ?? []).flatMap((parameter) =>
    'FunctionParameter' in parameter && !outputs.has(parameter.FunctionParameter.mode ?? '')
      ? [parameter.FunctionParameter]
      : [],
  );
}

const outputs: ReadonlySet<string> = new Set(['FUNC_PARAM_OUT', 'FUNC_PARAM_TABLE']);

/** Functions, procedures and what else is made of names alone. */
export const functions: PredictTable = {
  CreateFunctionStmt: createFunction,
  AlterFunctionStmt: () => nothing,
};
