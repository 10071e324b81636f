import type { CreateFunctionStmt, FunctionParameter, TypeName } from '../sql/tree.js';

/** All parameters of a routine, those that it returns too. */
export function parametersOf({ parameters }: CreateFunctionStmt): readonly FunctionParameter[] {
  return (parameters ?? []).flatMap((one) => ('FunctionParameter' in one ? [one.FunctionParameter] : []));
}

/** The parameters that it is called with. */
export function inputsOf(node: CreateFunctionStmt): readonly FunctionParameter[] {
  return parametersOf(node).filter(({ mode }) => !returned.has(mode ?? ''));
}

const returned: ReadonlySet<string> = new Set(['FUNC_PARAM_OUT', 'FUNC_PARAM_TABLE']);

/** What a routine gives: one value, or a row of named columns; of either perhaps many. */
export interface Result {
  readonly set: boolean;
  /** The columns of a row; undefined where it is a value of one type. */
  readonly columns?: readonly FunctionParameter[];
  /** Undefined of a procedure without OUT parameters. */
  readonly type?: TypeName | undefined;
}

/** The result as it is written, or as OUT parameters and the columns of TABLE make it. */
export function resultOf(node: CreateFunctionStmt): Result {
  const given = parametersOf(node).filter(({ mode }) => returned.has(mode ?? '') || mode === 'FUNC_PARAM_INOUT');
  const table = given.some(({ mode }) => mode === 'FUNC_PARAM_TABLE');
  const set = node.returnType?.setof === true || table;
  const [only, ...more] = table ? given.filter(({ mode }) => mode === 'FUNC_PARAM_TABLE') : given;
  // a procedure gives a row even of one
  if (only !== undefined && (more.length > 0 || node.is_procedure)) return { set, columns: [only, ...more] };
  return { set, type: only?.argType ?? node.returnType };
}
