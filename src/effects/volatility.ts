import type { Catalog, Routine, TypeRef } from '../catalog/catalog.js';
import { findRoutines, findType } from '../catalog/lookup.js';
import { typeRef } from '../catalog/type-ref.js';
import type { A_Const, CaseExpr, FuncCall, Node } from '../sql/tree.js';
import { strings } from '../sql/tree.js';
import { visit } from '../sql/walk.js';
import { all, type Draft, fail, nothing } from './draft.js';
import { builtInVolatility, isAggregate, isSince, overloadsOf, returnTypeOf } from './facts.js';

/** Whether an expression can give another value for each row; `why` names the function that decides, or is not known. */
export interface Volatile {
  readonly volatile: boolean;
  readonly sure: boolean;
  readonly why: string;
}

export interface VolatilityContext {
  readonly catalog: Catalog;
  readonly pg: number;
}

const constant: Volatile = { volatile: false, sure: true, why: 'every row gets the same value' };

/** SQL functions that call one another; deeper chains do not occur, and recursion is not inlined either. */
const inlineDepth = 8;

/**
 * Whether an expression is volatile after planning, as ADD COLUMN asks of a DEFAULT (contain_volatile_functions_after_planning):
 * function by function, with SQL functions inlined and branches left out that a constant decides.
 */
export function volatility(expression: Node | undefined, context: VolatilityContext): Volatile {
  return walk(expression, context, 0);
}

function walk(expression: object | undefined, context: VolatilityContext, depth: number): Volatile {
  let result = constant;
  const found = (next: Volatile) => {
    // a sure answer is better than an unsure one, and "volatile" decides
    if (next.volatile && (!result.volatile || (!result.sure && next.sure))) result = next;
  };
  visit(expression, (kind, node) => {
    if (kind === 'FuncCall') {
      const call = callVolatility(node, context, depth);
      found(call.itself);
      return call.descend;
    }
    if (kind === 'CoalesceExpr') {
      for (const argument of node.args ?? []) {
        found(walk(argument, context, depth));
        if (isConstant(argument)) break;
      }
      return false;
    }
    if (kind === 'CaseExpr') {
      for (const part of liveBranches(node)) found(walk(part, context, depth));
      return false;
    }
    return true;
  });
  return result;
}

function isConstant(node: Node): boolean {
  if ('TypeCast' in node && node.TypeCast.arg) return isConstant(node.TypeCast.arg);
  return 'A_Const' in node && node.A_Const.isnull !== true;
}

function booleanOf(node: Node | undefined): A_Const['boolval'] | undefined {
  return node !== undefined && 'A_Const' in node ? node.A_Const.boolval : undefined;
}

/** The parts of a CASE that are left when its constant conditions are decided. */
function liveBranches({ arg, args, defresult }: CaseExpr): readonly Node[] {
  const live: Node[] = arg ? [arg] : [];
  for (const branch of args ?? []) {
    if (!('CaseWhen' in branch)) continue;
    const { expr, result } = branch.CaseWhen;
    const decided = arg === undefined ? booleanOf(expr) : undefined;
    if (decided !== undefined && decided.boolval !== true) continue;
    live.push(...[expr, result].filter((part) => part !== undefined));
    if (decided?.boolval === true) return live;
  }
  return defresult ? [...live, defresult] : live;
}

interface CallVolatility {
  readonly itself: Volatile;
  /** Whether the arguments count besides: they do not where the body of an SQL function takes their place. */
  readonly descend: boolean;
}

function callVolatility(call: FuncCall, context: VolatilityContext, depth: number): CallVolatility {
  const name = strings(call.funcname);
  const own = routinesFor(call, name, context.catalog);
  if (own.length > 0) {
    const [only] = own;
    const body = own.length === 1 && only !== undefined ? inlineable(only, call, context, depth) : undefined;
    if (body !== undefined) return { itself: walk(body, context, depth + 1), descend: false };
    const each = own.map((routine) => routineVolatility(routine));
    return {
      itself: each.every((one) => one.volatile === each[0]?.volatile) ? (each[0] ?? constant) : unknown(name),
      descend: true,
    };
  }
  // constructors of range types
  if (findType(context.catalog, name)?.kind === 'range') return { itself: constant, descend: true };
  const builtIn =
    name.length === 1 || name[0] === 'pg_catalog' || context.catalog.schemas.get(name[0] ?? '') !== undefined;
  return { itself: builtIn ? builtInCall(name, call, context) : unknown(name), descend: true };
}

function routinesFor(call: FuncCall, name: readonly string[], catalog: Catalog): readonly Routine[] {
  const given = call.args?.length ?? 0;
  return findRoutines(catalog, name).filter((routine) => {
    const inputs = routine.arguments.filter((argument) => !argument.output);
    return given <= inputs.length && given >= inputs.filter((argument) => !argument.hasDefault).length;
  });
}

function routineVolatility({ volatility: declared, name }: Routine): Volatile {
  return declared === 'volatile' ? { volatile: true, sure: true, why: `${name}() is volatile` } : constant;
}

/** What takes the place of the call: the body, and those of the arguments that it uses. A volatile one may be used once at most. */
function inlineable(routine: Routine, call: FuncCall, context: VolatilityContext, depth: number): object | undefined {
  const body = depth < inlineDepth ? inlinedBody(routine) : undefined;
  if (body === undefined) return undefined;
  const uses = argumentUses(routine, body);
  const used = (call.args ?? []).filter((_, at) => (uses[at] ?? 0) > 0);
  const twice = (call.args ?? []).some(
    (argument, at) => (uses[at] ?? 0) > 1 && walk(argument, context, depth + 1).volatile,
  );
  return twice ? undefined : { body, used };
}

/** How often a body uses each of the arguments, by number or by name. */
function argumentUses(routine: Routine, body: Node): readonly number[] {
  const inputs = routine.arguments.filter((argument) => !argument.output);
  const counts = inputs.map(() => 0);
  const count = (at: number) => {
    if (at >= 0 && at < counts.length) counts[at] = (counts[at] ?? 0) + 1;
  };
  visit({ body }, (kind, node) => {
    if (kind === 'ParamRef') count((node.number ?? 0) - 1);
    if (kind === 'ColumnRef') count(inputs.findIndex(({ name }) => name === strings(node.fields).at(-1)));
  });
  return counts;
}

/** The refusal of a function that nothing shows: it may come from elsewhere, or not exist. */
export function unknownFunction(call: { readonly name: readonly string[]; readonly arguments: number }): Draft {
  const given = call.arguments > 0 ? '…' : '';
  const [schema = ''] = call.name;
  return all(
    fail(`function ${call.name.join('.')}(${given}) does not exist`, '42883', false),
    call.name.length > 1 ? fail(`schema "${schema}" does not exist`, '3F000', false) : nothing,
  );
}

/** Whether neither the history nor the recorded facts know a function of this name. */
export function isUnknownFunction(name: readonly string[], { catalog, pg }: VolatilityContext): boolean {
  const last = name.at(-1) ?? '';
  if (findRoutines(catalog, name).length > 0 || findType(catalog, name)?.kind === 'range') return false;
  if (builtInVolatility(last) === undefined && overloadsOf(last, pg) === undefined && !isAggregate(last)) return true;
  // EXTRACT and its like are functions of the grammar's, under names that older servers did not have
  return name.length === 1 && !isSince(last, pg);
}

/**
 * The expression that takes the place of a call: of an SQL function whose body is one SELECT of one value, with nothing else
 * (inline_function of clauses.c).
 */
export function inlinedBody(routine: Routine): Node | undefined {
  if (routine.language !== 'sql' || routine.kind !== 'function' || isFenced(routine)) return undefined;
  const [only, ...more] = routine.definition?.body ?? [];
  if (only === undefined || more.length > 0 || !('targetList' in only.statement.node)) return undefined;
  const { node } = only.statement;
  const [target, ...others] = node.targetList ?? [];
  const plain = Object.entries(node).every(([field, value]) => plainFields.has(field) || isEmpty(value));
  if (!plain || others.length > 0 || target === undefined || !('ResTarget' in target)) return undefined;
  return target.ResTarget.val;
}

/** SECURITY DEFINER and SET need a call of their own. */
function isFenced({ definition }: Routine): boolean {
  return (definition?.node.options ?? []).some(
    (option) =>
      'DefElem' in option &&
      (option.DefElem.defname === 'set' ||
        (option.DefElem.defname === 'security' &&
          option.DefElem.arg !== undefined &&
          'Boolean' in option.DefElem.arg &&
          option.DefElem.arg.Boolean.boolval === true)),
  );
}

const plainFields: ReadonlySet<string> = new Set(['targetList', 'limitOption', 'op']);

function isEmpty(value: unknown): boolean {
  return value === undefined || value === false || (Array.isArray(value) && value.length === 0);
}

function builtInCall(name: readonly string[], call: FuncCall, context: VolatilityContext): Volatile {
  const last = name.at(-1) ?? '';
  const overloads = overloadsOf(last, context.pg);
  if (overloads !== undefined) {
    const given = (call.args ?? []).map((argument) => typeOf(argument, context.catalog));
    const fitting = overloads.filter(
      (overload) =>
        overload.arguments.length === given.length &&
        overload.arguments.every((type, at) => given[at] === undefined || given[at]?.name === type),
    );
    const volatile = fitting.filter((overload) => overload.volatile).length;
    if (volatile === 0) return constant;
    return { volatile: true, sure: volatile === fitting.length, why: `${last}() is volatile` };
  }
  const known = builtInVolatility(last);
  if (known === undefined) return unknown(name);
  return known === 'volatile' ? { volatile: true, sure: true, why: `${last}() is volatile` } : constant;
}

function unknown(name: readonly string[]): Volatile {
  return { volatile: true, sure: false, why: `the history does not show whether ${name.join('.')}() is volatile` };
}

/** The type of an argument where it is plain to see. */
function typeOf(node: Node, catalog: Catalog): TypeRef | undefined {
  if ('TypeCast' in node) return typeRef(catalog, node.TypeCast.typeName);
  const builtIn = (name: string | undefined): TypeRef | undefined =>
    name === undefined ? undefined : { schema: 'pg_catalog', name, modifiers: [], dimensions: 0 };
  if ('A_Const' in node) return builtIn(node.A_Const.sval ? 'text' : undefined);
  if ('SQLValueFunction' in node) return builtIn(valueFunctions[node.SQLValueFunction.op ?? '']);
  if ('FuncCall' in node && (node.FuncCall.args ?? []).length === 0)
    return builtIn(returnTypeOf(strings(node.FuncCall.funcname).at(-1) ?? ''));
  return undefined;
}

const valueFunctions: Readonly<Record<string, string>> = {
  SVFOP_CURRENT_DATE: 'date',
  SVFOP_CURRENT_TIME: 'timetz',
  SVFOP_CURRENT_TIME_N: 'timetz',
  SVFOP_CURRENT_TIMESTAMP: 'timestamptz',
  SVFOP_CURRENT_TIMESTAMP_N: 'timestamptz',
  SVFOP_LOCALTIME: 'time',
  SVFOP_LOCALTIME_N: 'time',
  SVFOP_LOCALTIMESTAMP: 'timestamp',
  SVFOP_LOCALTIMESTAMP_N: 'timestamp',
};
