import type { TypeRef } from '../catalog/catalog.js';
import { typeOfExpression } from '../catalog/expression-type.js';
import { literalOf } from '../catalog/literal.js';
import { findRoutines } from '../catalog/lookup.js';
import type { Place } from '../catalog/query-scope.js';
import { builtInType } from '../catalog/type-ref.js';
import { type A_Expr, type FuncCall, type Node, strings } from '../sql/tree.js';
import { typeFact } from './facts.js';
import { type Given, type Resolved, resolveOverload } from './overload.js';
import { functionSignatures, operatorSignatures } from './signatures.js';
import type { TypeContext } from './types.js';

/** Expressions nested deeper than this have no type that anyone asks for. */
const deepest = 30;

/** The type of an expression, by the operators and functions that it is made of. */
export function typeOfValue(node: Node, place: Place, context: TypeContext, depth = 0): Given {
  if (depth > deepest) return undefined;
  const literal = literalOf(node);
  if (literal !== undefined && literal.type === undefined) return 'string';
  const resolved =
    'A_Expr' in node
      ? resolveOperator(node.A_Expr, place, context, depth)
      : 'FuncCall' in node
        ? resolveFunction(node.FuncCall, place, context, depth)
        : undefined;
  if (typeof resolved === 'object' && !('A_Expr' in node && node.A_Expr.kind === 'AEXPR_NULLIF'))
    return resolved.result;
  // the recorded signatures know better than the name alone
  const known =
    'FuncCall' in node && functionSignatures(strings(node.FuncCall.funcname).at(-1) ?? '', context.pg).length > 0;
  return known ? undefined : typeOfExpression(node, place);
}

/** The operator of pg_catalog that an expression calls; 'none' where there is none of its name for such operands. */
export function resolveOperator(
  { kind = 'AEXPR_OP', name, lexpr, rexpr }: A_Expr,
  place: Place,
  context: TypeContext,
  depth = 0,
): Resolved | 'none' | undefined {
  if (!plain.has(kind) || rexpr === undefined || 'List' in rexpr) return undefined;
  const operands = lexpr === undefined ? [rexpr] : [lexpr, rexpr];
  if (operands.some((operand) => 'RowExpr' in operand)) return undefined;
  const given = operands.map((operand) => typeOfValue(operand, place, context, depth + 1));
  return resolveOperands(strings(name).at(-1) ?? '', given, context);
}

/** The same by the types of the operands. */
export function resolveOperands(
  name: string,
  given: readonly Given[],
  context: TypeContext,
): Resolved | 'none' | undefined {
  const signatures = operatorSignatures(name, context.pg);
  if (signatures.length === 0 || isOwnOperator(name, context)) return undefined;
  // of a bare string and another operand it is asked first whether both have the type of that one (binary_oper_exact)
  const known = given.find((type): type is TypeRef => typeof type === 'object');
  const both = known && given.includes('string') ? given.map((type) => (type === 'string' ? known : type)) : given;
  const fitting = signatures.filter((signature) => signature.arguments.length === given.length);
  const exact =
    both === given ? undefined : fitting.filter((one) => one.arguments.every((each) => each === known?.name));
  if (exact?.length === 1 && known?.dimensions === 0) return resolveOverload(exact, both, context);
  return resolveOverload(fitting, given, context);
}

const plain: ReadonlySet<string> = new Set([
  'AEXPR_OP',
  'AEXPR_LIKE',
  'AEXPR_ILIKE',
  'AEXPR_SIMILAR',
  'AEXPR_DISTINCT',
  'AEXPR_NOT_DISTINCT',
  'AEXPR_NULLIF',
]);

function isOwnOperator(name: string, { catalog }: TypeContext): boolean {
  for (const other of catalog.others.values())
    if (other.kind === 'operator' && other.name.split('.').at(-1) === name) return true;
  return false;
}

/** The function of pg_catalog that is called; undefined where the name may mean another, 'none' where no such function takes the arguments. */
export function resolveFunction(
  call: FuncCall,
  place: Place,
  context: TypeContext,
  depth = 0,
): Resolved | 'none' | undefined {
  const parts = strings(call.funcname);
  const last = parts.at(-1) ?? '';
  // before 14 EXTRACT was another spelling of date_part
  const name = last === 'extract' && context.pg < 14 ? 'date_part' : last;
  const args = call.args ?? [];
  if (parts.length > 1 && parts[0] !== 'pg_catalog') return undefined;
  if (parts.length === 1 && findRoutines(context.catalog, parts).length > 0) return undefined;
  if (call.func_variadic || call.agg_star || call.agg_within_group) return undefined;
  if (args.some((argument) => 'NamedArgExpr' in argument)) return undefined;
  const signatures = functionSignatures(name, context.pg);
  // of one argument it may be a cast
  if (signatures.length === 0 || (args.length === 1 && typeFact(name, context.pg) !== undefined)) return undefined;
  const given = args.map((argument) => typeOfValue(argument, place, context, depth + 1));
  return resolveOverload(signatures, given, context);
}

/** The type that a value is shown by in messages: a bare string has none. */
export function shownType(given: Given): TypeRef {
  return typeof given === 'object' ? given : builtInType('unknown');
}
