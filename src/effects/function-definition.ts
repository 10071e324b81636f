import { typeRef } from '../catalog/type-ref.js';
import { type CreateFunctionStmt, type FunctionParameter, type Node, strings, type TypeName } from '../sql/tree.js';
import { type Draft, fail } from './draft.js';
import { literalRefusal } from './literal-refusal.js';
import { optionsOf, textOf } from './options.js';
import { inputsOf, parametersOf, resultOf } from './routine-signature.js';
import { settingRefusal } from './setting-value.js';
import { typeName } from './type-name.js';
import { isKnownType, type TypeContext } from './types.js';

type Refuse = (node: CreateFunctionStmt, context: TypeContext) => Draft | undefined;

/** What the server refuses of the options, the parameters and the result of a routine, in the order in which it looks (CreateFunction). */
export const definitionRefusal: Refuse = (node, context) => {
  const body = optionMissing(node, 'as', 'no function body specified');
  const early = optionRefusal(node) ?? (context.pg < 14 ? body : undefined);
  return (
    early ??
    optionMissing(node, 'language', 'no language specified') ??
    languageRefusal(node, context) ??
    parameterRefusal(node, context) ??
    resultRefusal(node, context) ??
    rowsRefusal(node) ??
    settingsRefusal(node, context) ??
    body
  );
};

/** The settings that a function is called with. */
function settingsRefusal({ options }: CreateFunctionStmt, { pg }: TypeContext): Draft | undefined {
  const settings = (options ?? []).flatMap((option) => {
    const arg = 'DefElem' in option ? option.DefElem.arg : undefined;
    return arg !== undefined && 'VariableSetStmt' in arg ? [settingRefusal(arg.VariableSetStmt, 'session', pg)] : [];
  });
  return settings.find(({ failure }) => failure !== undefined);
}

function optionMissing({ options, sql_body }: CreateFunctionStmt, name: string, message: string): Draft | undefined {
  return sql_body !== undefined || optionsOf(options).has(name) ? undefined : fail(message, '42P13');
}

/** Options that only a function can have. */
const notOfProcedures: ReadonlySet<string> = new Set([
  'window',
  'volatility',
  'strict',
  'leakproof',
  'cost',
  'rows',
  'support',
  'parallel',
]);

const parallels: ReadonlySet<string> = new Set(['safe', 'restricted', 'unsafe']);

/** An option that procedures do not have. */
export function procedureOptionRefusal(options: readonly Node[] | undefined): Draft | undefined {
  const names = (options ?? []).flatMap((option) => ('DefElem' in option ? (option.DefElem.defname ?? []) : []));
  return names.some((name) => notOfProcedures.has(name))
    ? fail('invalid attribute in procedure definition', '42P13')
    : undefined;
}

function optionRefusal({ options, is_procedure }: CreateFunctionStmt): Draft | undefined {
  const unfit = is_procedure ? procedureOptionRefusal(options) : undefined;
  if (unfit !== undefined) return unfit;
  const seen = new Set<string>();
  for (const option of options ?? []) {
    const { defname = '' } = 'DefElem' in option ? option.DefElem : {};
    // each SET is an option by itself
    if (seen.has(defname) && defname !== 'set') return fail('conflicting or redundant options', '42601');
    seen.add(defname);
  }
  const given = optionsOf(options);
  const parallel = textOf(given.get('parallel'));
  if (parallel !== undefined && !parallels.has(parallel))
    return fail('parameter "parallel" must be SAFE, RESTRICTED, or UNSAFE', '42601');
  const idle = ['cost', 'rows'].find((name) => textOf(given.get(name)) === '0');
  return idle === undefined ? undefined : fail(`${idle.toUpperCase()} must be positive`, '22023');
}

function rowsRefusal(node: CreateFunctionStmt): Draft | undefined {
  return optionsOf(node.options).has('rows') && !resultOf(node).set
    ? fail('ROWS is not applicable when function does not return a set', '22023')
    : undefined;
}

const ownLanguages: ReadonlySet<string> = new Set(['internal', 'c', 'sql', 'plpgsql']);

/** A language that the history does not show may be there. */
function languageRefusal({ options }: CreateFunctionStmt, { catalog }: TypeContext): Draft | undefined {
  const name = textOf(optionsOf(options).get('language'))?.toLowerCase();
  if (name === undefined || ownLanguages.has(name) || catalog.extensions.has(name)) return undefined;
  return fail(`language "${name}" does not exist`, '42704', false);
}

const resultModes: ReadonlySet<string> = new Set(['FUNC_PARAM_OUT', 'FUNC_PARAM_TABLE']);

const isOutput = ({ mode }: FunctionParameter): boolean => resultModes.has(mode ?? '');

function parameterRefusal(node: CreateFunctionStmt, context: TypeContext): Draft | undefined {
  const parameters = parametersOf(node);
  for (const { argType, mode } of parameters) {
    const unknown = unknownType(argType, context);
    if (unknown !== undefined) return unknown;
    if (argType?.setof) return fail('functions cannot accept set arguments', '42P13');
    const type = typeRef(context.catalog, argType);
    if (
      mode === 'FUNC_PARAM_VARIADIC' &&
      type?.dimensions === 0 &&
      type.schema === 'pg_catalog' &&
      !/^any/.test(type.name)
    )
      return fail('VARIADIC parameter must be an array', '42P13');
  }
  return misplaced(parameters) ?? namedTwice(parameters) ?? defaultRefusal(node, context);
}

/** VARIADIC is the last that is given; behind a parameter with a default all have one. */
function misplaced(parameters: readonly FunctionParameter[]): Draft | undefined {
  let variadic = false;
  let optional = false;
  for (const parameter of parameters) {
    const hasDefault = parameter.defexpr !== undefined;
    if (isOutput(parameter)) {
      if (hasDefault) return fail('only input parameters can have default values', '42P13');
      continue;
    }
    if (variadic) return fail('VARIADIC parameter must be the last input parameter', '42P13');
    variadic = parameter.mode === 'FUNC_PARAM_VARIADIC';
    if (optional && !hasDefault && !variadic)
      return fail('input parameters after one with a default value must also have defaults', '42P13');
    optional ||= hasDefault;
  }
  return undefined;
}

/** What is only given and what is only returned may bear one name. */
function namedTwice(parameters: readonly FunctionParameter[]): Draft | undefined {
  const isBoth = ({ mode }: FunctionParameter) => mode === 'FUNC_PARAM_INOUT';
  const collide = (a: FunctionParameter, b: FunctionParameter) =>
    a.name === b.name && (isBoth(a) || isBoth(b) || isOutput(a) === isOutput(b));
  const again = parameters.find(
    (one, at) => (one.name ?? '') !== '' && parameters.slice(0, at).some((before) => collide(before, one)),
  );
  return again && fail(`parameter name "${again.name}" used more than once`, '42P13');
}

function defaultRefusal(node: CreateFunctionStmt, context: TypeContext): Draft | undefined {
  for (const { defexpr, argType } of inputsOf(node)) {
    const type = typeRef(context.catalog, argType);
    const refusal = type && literalRefusal(defexpr, type, context);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

function resultRefusal(node: CreateFunctionStmt, context: TypeContext): Draft | undefined {
  const { returnType, is_procedure } = node;
  if (is_procedure) return undefined;
  const { columns, type } = resultOf(node);
  if (columns === undefined && type === undefined) return fail('function result type must be specified', '42P13');
  const unknown = unknownType(returnType, context);
  if (unknown !== undefined || returnType === undefined) return unknown;
  if (parametersOf(node).some(({ mode }) => mode === 'FUNC_PARAM_TABLE')) return undefined;
  const given = typeRef(context.catalog, returnType);
  const wanted = typeRef(context.catalog, type);
  const fits = columns === undefined ? given?.name === wanted?.name : given?.name === 'record';
  if (given === undefined || fits) return undefined;
  const shown = columns !== undefined || wanted === undefined ? 'record' : typeName(context.catalog, wanted);
  return fail(`function result type must be ${shown} because of OUT parameters`, '42P13');
}

function unknownType(type: TypeName | undefined, context: TypeContext): Draft | undefined {
  const found = typeRef(context.catalog, type);
  if (found === undefined || isKnownType(context, found)) return undefined;
  return fail(`type "${strings(type?.names).join('.')}" does not exist`, '42704', false);
}
