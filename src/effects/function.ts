import type { Predict, PredictTable } from './context.js';
import { fail, nothing } from './draft.js';
import { checkBody } from './function-body.js';
import { definitionRefusal, procedureOptionRefusal } from './function-definition.js';
import { replacementRefusal } from './replaced-function.js';
import { namedRoutineRefusal, routinesWithArguments } from './routines.js';

const createFunction: Predict<'CreateFunctionStmt'> = (node, context) =>
  definitionRefusal(node, context) ?? replacementRefusal(node, context.catalog) ?? checkBody(node, context);

const alterFunction: Predict<'AlterFunctionStmt'> = ({ func, objtype, actions }, context) => {
  if (func === undefined) return nothing;
  const refusal = namedRoutineRefusal(objtype, { ObjectWithArgs: func }, context);
  if (refusal !== undefined) return refusal;
  const [routine] = routinesWithArguments(context.catalog, func);
  if (routine?.kind === 'aggregate') return fail(`"${routine.name}" is an aggregate function`, '42809');
  return routine?.kind === 'procedure' ? (procedureOptionRefusal(actions) ?? nothing) : nothing;
};

/** Functions, procedures and what else is made of names alone. */
export const functions: PredictTable = {
  CreateFunctionStmt: createFunction,
  AlterFunctionStmt: alterFunction,
};
