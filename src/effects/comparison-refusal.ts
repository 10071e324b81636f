import type { Table, TypeRef } from '../catalog/catalog.js';
import { fieldName, fieldsOf, placeIn } from '../catalog/expression-type.js';
import { literalOf } from '../catalog/literal.js';
import { findRoutines } from '../catalog/lookup.js';
import { outputsWithin } from '../catalog/query.js';
import { fieldOfRow, type Place } from '../catalog/query-scope.js';
import { builtInType, typeRef } from '../catalog/type-ref.js';
import {
  type A_Expr,
  type A_Indirection,
  type FuncCall,
  type Node,
  type SubLink,
  strings,
  type TypeCast,
} from '../sql/tree.js';
import { type Visited, visit } from '../sql/walk.js';
import { callRefusal } from './call-refusal.js';
import { commonRefusal } from './common-type.js';
import { type Draft, fail } from './draft.js';
import { comparison } from './foreign-key.js';
import { literalRefusal } from './literal-refusal.js';
import { namedInCall } from './named-in-call.js';
import type { Given, Resolved } from './overload.js';
import { functionSignatures } from './signatures.js';
import { typeName } from './type-name.js';
import { resolveFunction, resolveOperands, resolveOperator, shownType, typeOfValue } from './typed-expression.js';
import { baseType, convert, isKnownType, isRecorded, type TypeContext } from './types.js';

/** What conditions and values of several parts ask of them. */
function partsRefusal([kind, node]: Visited, place: Place, context: TypeContext): Draft | undefined {
  if (kind === 'BoolExpr') {
    const word = (node.boolop ?? 'AND_EXPR').replace('_EXPR', '');
    return first(node.args ?? [], (part) => notBoolean(part, word, place, context));
  }
  if (kind === 'CaseExpr') {
    const whens = (node.args ?? []).flatMap((when) => ('CaseWhen' in when ? [when.CaseWhen] : []));
    const results = [...whens.map(({ result }) => result), node.defresult].flatMap((result) => result ?? []);
    const conditions = node.arg === undefined ? whens.flatMap(({ expr }) => expr ?? []) : [];
    return (
      first(conditions, (condition) => notBoolean(condition, 'CASE/WHEN', place, context)) ??
      commonRefusal(results, 'CASE', place, context)
    );
  }
  if (kind === 'CoalesceExpr') return commonRefusal(node.args ?? [], 'COALESCE', place, context);
  if (kind === 'MinMaxExpr') return commonRefusal(node.args ?? [], 'GREATEST', place, context);
  if (kind === 'A_ArrayExpr') return commonRefusal(node.elements ?? [], 'ARRAY', place, context);
  if (kind === 'TypeCast') return castRefusal(node, place, context);
  if (kind === 'A_Indirection') return fieldRefusal(node, place, context);
  return kind === 'A_Expr' ? severalRefusal(node, place, context) : undefined;
}

/** A field that a row does not have; row.name may also be name(row). */
function fieldRefusal(node: A_Indirection, place: Place, context: TypeContext): Draft | undefined {
  const { catalog } = context;
  const name = fieldName(node);
  if (name === undefined || node.arg === undefined || fieldOfRow(node, place) !== undefined) return undefined;
  const row = typeOfValue(node.arg, place, context);
  if (typeof row !== 'object' || findRoutines(catalog, [name]).length > 0) return undefined;
  const fields = fieldsOf(row, catalog);
  if (fields === undefined)
    return isRecorded(context, row) && row.name !== 'record' && functionSignatures(name, context.pg).length === 0
      ? fail(
          `column notation .${name} applied to type ${typeName(catalog, row)}, which is not a composite type`,
          '42809',
        )
      : undefined;
  return fields.open || fields.outputs.some((field) => field.name === name)
    ? undefined
    : fail(`column "${name}" not found in data type ${typeName(catalog, row)}`, '42703');
}

/** BETWEEN is two comparisons, x = ANY (array) one with each element. */
function severalRefusal({ kind, name, lexpr, rexpr }: A_Expr, place: Place, context: TypeContext): Draft | undefined {
  if (lexpr === undefined || rexpr === undefined || 'RowExpr' in lexpr) return undefined;
  const left = typeOfValue(lexpr, place, context);
  const refuse = (operator: string, right: Given) => {
    if (left === undefined || right === undefined || resolveOperands(operator, [left, right], context) !== 'none')
      return undefined;
    const [from, to] = [left, right].map((type) => typeName(context.catalog, shownType(type)));
    return fail(`operator does not exist: ${from} ${operator} ${to}`, '42883', standard.has(operator));
  };
  if (kind?.includes('BETWEEN') && 'List' in rexpr) {
    const [low, high] = rexpr.List.items ?? [];
    const bounds = [low, high].map((bound) => (bound === undefined ? undefined : typeOfValue(bound, place, context)));
    return (
      refuse('>=', bounds[0]) ??
      refuse('<=', bounds[1]) ??
      (typeof left === 'object' ? first([low, high], (bound) => literalRefusal(bound, left, context)) : undefined)
    );
  }
  if (kind !== 'AEXPR_OP_ANY' && kind !== 'AEXPR_OP_ALL') return undefined;
  const array =
    'A_ArrayExpr' in rexpr
      ? elementsOf(rexpr.A_ArrayExpr.elements, place, context)
      : typeOfValue(rexpr, place, context);
  if (typeof array !== 'object') return undefined;
  if (
    array.dimensions === 0 &&
    array.schema === 'pg_catalog' &&
    !array.name.endsWith('vector') &&
    !('A_ArrayExpr' in rexpr)
  )
    return fail('op ANY/ALL (array) requires array on right side', '42809');
  return refuse(strings(name).at(-1) ?? '=', { ...array, dimensions: 0 });
}

/** The type of the elements of ARRAY[…]; bare strings are texts. */
function elementsOf(elements: readonly Node[] | undefined, place: Place, context: TypeContext): TypeRef | undefined {
  const types = (elements ?? []).map((element) => typeOfValue(element, place, context));
  if (types.includes(undefined)) return undefined;
  const known = types.filter((type): type is TypeRef => typeof type === 'object');
  return known[0] ?? (types.length > 0 ? builtInType('text') : undefined);
}

function first<T>(items: readonly T[], refuse: (item: T) => Draft | undefined): Draft | undefined {
  for (const item of items) {
    const refusal = refuse(item);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** A condition that is no condition. */
export function notBoolean(
  condition: Node | undefined,
  where: string,
  place: Place,
  context: TypeContext,
): Draft | undefined {
  if (condition === undefined) return undefined;
  const type = typeOfValue(condition, place, context);
  if (type === 'string') return literalRefusal(condition, builtInType('bool'), context);
  if (type === undefined) return undefined;
  const base = baseType(context.catalog, type);
  if (!isRecorded(context, base) || (base.name === 'bool' && base.dimensions === 0)) return undefined;
  return fail(`argument of ${where} must be type boolean, not type ${typeName(context.catalog, type)}`, '42804');
}

/** A cast that there is not. */
function castRefusal({ arg, typeName: written }: TypeCast, place: Place, context: TypeContext): Draft | undefined {
  const to = typeRef(context.catalog, written);
  const from = arg === undefined || to === undefined ? undefined : typeOfValue(arg, place, context);
  if (from === 'string' && to !== undefined) return literalRefusal(arg, to, context);
  if (to === undefined || typeof from !== 'object' || from.name === 'record') return undefined;
  if (!isKnownType(context, from) || !isKnownType(context, to)) return undefined;
  if (!('noCast' in convert({ type: from, fate: 'kept' }, to, context, 'explicit'))) return undefined;
  return fail(`cannot cast type ${typeName(context.catalog, from)} to ${typeName(context.catalog, to)}`, '42846');
}

/** x IN (SELECT …) compares with what the subquery gives. */
function anyRefusal(
  { subLinkType, testexpr, subselect, operName }: SubLink,
  place: Place,
  context: TypeContext,
): Draft | undefined {
  if (subLinkType !== 'ANY_SUBLINK' || testexpr === undefined || subselect === undefined) return undefined;
  const outputs = outputsWithin(subselect, place);
  if (outputs === undefined) return undefined;
  const tested = 'RowExpr' in testexpr ? (testexpr.RowExpr.args ?? []) : [testexpr];
  if (outputs.length !== tested.length)
    return fail(`subquery has too ${outputs.length > tested.length ? 'many' : 'few'} columns`, '42601');
  const name = strings(operName).at(-1) ?? '=';
  return first([...tested.entries()], ([at, one]) => {
    const left = typeOfValue(one, place, context);
    const right = outputs[at]?.type;
    if (typeof left !== 'object' || right === undefined || resolveOperands(name, [left, right], context) !== 'none')
      return undefined;
    const [from, to] = [typeName(context.catalog, left), typeName(context.catalog, right)];
    return fail(`operator does not exist: ${from} ${name} ${to}`, '42883', standard.has(name));
  });
}

/** Rows are compared column by column. */
function rowsRefusal({ kind, name, lexpr, rexpr }: A_Expr, place: Place, context: TypeContext): Draft | undefined {
  if (lexpr === undefined || rexpr === undefined || !('RowExpr' in lexpr)) return undefined;
  const left = lexpr.RowExpr.args ?? [];
  const rows = kind === 'AEXPR_IN' && 'List' in rexpr ? (rexpr.List.items ?? []) : [rexpr];
  return first(rows, (row) => {
    if (!('RowExpr' in row)) return undefined;
    const right = row.RowExpr.args ?? [];
    if (left.length !== right.length) return fail('unequal number of entries in row expressions', '42601');
    return first([...left.entries()], ([at, one]) => {
      const other = right[at];
      const pair: A_Expr = { kind: 'AEXPR_OP', lexpr: one, ...(name && { name }), ...(other && { rexpr: other }) };
      return refused(pair, place, context, undefined) ?? noOperator(pair, place, context);
    });
  });
}

/** IS DISTINCT FROM and NULLIF compare as = does. */
const comparing: ReadonlySet<A_Expr['kind']> = new Set([
  'AEXPR_OP',
  'AEXPR_IN',
  'AEXPR_NULLIF',
  'AEXPR_DISTINCT',
  'AEXPR_NOT_DISTINCT',
]);

const comparisons: ReadonlySet<string> = new Set(['=', '<>', '<', '<=', '>', '>=']);

/**
 * The refusal of an expression over a table in which two values are compared that have no such operator between them, or a function of the
 * history is called with what it does not take. `before` is the table
 * as it was when the expression was stored: a bare string has the type that it was taken for then.
 */
export function comparisonRefusal(
  expression: Node | undefined,
  table: Table,
  context: TypeContext,
  before?: Table,
): Draft | undefined {
  const { catalog } = context;
  return refusalIn(expression, placeIn(table, catalog), context, before && placeIn(before, catalog));
}

/** The same wherever the expression stands; what its subqueries are made of is left to them. */
export function refusalIn(
  expression: Node | undefined,
  place: Place,
  context: TypeContext,
  before?: Place,
): Draft | undefined {
  let refusal: Draft | undefined;
  visit({ expression }, (...visited) => {
    const [kind, node] = visited;
    if (kind === 'SubLink') {
      refusal ??= anyRefusal(node, place, context);
      return false;
    }
    refusal ??= partsRefusal(visited, place, context);
    if (kind === 'A_Expr')
      refusal ??=
        rowsRefusal(node, place, context) ?? refused(node, place, context, before) ?? noOperator(node, place, context);
    if (kind === 'FuncCall')
      refusal ??= callRefusal(node, place, context) ?? noFunction(node, place, context) ?? namedInCall(node, context);
    return refusal === undefined;
  });
  return refusal;
}

function refused(
  { kind, name, lexpr, rexpr }: A_Expr,
  place: Place,
  context: TypeContext,
  before: Place | undefined,
): Draft | undefined {
  const operator = strings(name).at(-1) ?? '';
  if (!comparing.has(kind) || !comparisons.has(operator)) return undefined;
  // x IN (a, b) is x = ANY of an array
  const other = rexpr !== undefined && 'List' in rexpr ? rexpr.List.items?.[0] : rexpr;
  if (lexpr === undefined || other === undefined) return undefined;
  const unread = before === undefined ? unreadable(lexpr, rexpr, place, context) : undefined;
  if (unread !== undefined) return unread;
  const sides: readonly (readonly [Node, Node])[] = [
    [lexpr, other],
    [other, lexpr],
  ];
  const [left, right] = sides.map(
    ([side, opposite]) => typeOf(side, place, context) ?? (before && storedType(side, opposite, before, context)),
  );
  if (left === undefined || right === undefined) return undefined;
  if (comparison(left, right, context) !== 'none' || comparison(right, left, context) !== 'none') return undefined;
  const [from, to] = [typeName(context.catalog, left), typeName(context.catalog, right)];
  return fail(`operator does not exist: ${from} ${operator} ${to}`, '42883');
}

/** Operators that extensions give more types do not have refusals that are sure. */
const standard: ReadonlySet<string> = new Set(
  '= <> < <= > >= + - * / || ~ !~ ~* !~* ~~ !~~ ~~* !~~* -> ->> #>> ?'.split(' '),
);

/** An operator of PostgreSQL that does not take the types of its operands. */
function noOperator(node: A_Expr, place: Place, context: TypeContext): Draft | undefined {
  const resolved = resolveOperator(node, place, context);
  if (typeof resolved === 'object') {
    const operands = node.lexpr === undefined ? [node.rexpr] : [node.lexpr, node.rexpr];
    return unreadableArguments(operands, resolved, context);
  }
  if (resolved !== 'none') return undefined;
  const operator = strings(node.name).at(-1) ?? '';
  const shown = [node.lexpr, node.rexpr].flatMap((side) =>
    side === undefined ? [] : [shownOperand(side, place, context)],
  );
  const message = `operator does not exist: ${shown.length > 1 ? shown.join(` ${operator} `) : `${operator} ${shown}`}`;
  return fail(message, '42883', standard.has(operator));
}

/** A function of PostgreSQL that does not take the types of its arguments, or cannot read a bare string as what it takes. */
function noFunction(node: FuncCall, place: Place, context: TypeContext): Draft | undefined {
  // several arrays side by side are a form of FROM
  if ((node.args ?? []).length > 1 && strings(node.funcname).at(-1) === 'unnest') return undefined;
  const resolved = resolveFunction(node, place, context);
  if (typeof resolved === 'object') return unreadableArguments(node.args ?? [], resolved, context);
  if (resolved !== 'none') return undefined;
  const shown = (node.args ?? []).map((argument) => shownOperand(argument, place, context));
  return fail(`function ${strings(node.funcname).at(-1)}(${shown.join(', ')}) does not exist`, '42883');
}

/** A bare string that cannot be read as what a function or an operator takes. */
function unreadableArguments(
  given: readonly (Node | undefined)[],
  { signature }: Resolved,
  context: TypeContext,
): Draft | undefined {
  return first([...given.entries()], ([at, argument]) => {
    const name = signature.arguments[at] ?? 'any';
    return /^(_|any)/.test(name) ? undefined : literalRefusal(argument, builtInType(name), context);
  });
}

function shownOperand(node: Node, place: Place, context: TypeContext): string {
  return typeName(context.catalog, shownType(typeOfValue(node, place, context)));
}

/** A bare string that cannot be read as a value of the type that it is compared with. */
function unreadable(left: Node, right: Node | undefined, place: Place, context: TypeContext): Draft | undefined {
  const others = right === undefined ? [] : 'List' in right ? (right.List.items ?? []) : [right];
  const type = typeOf(left, place, context);
  if (type !== undefined)
    for (const other of others) {
      const refusal = literalRefusal(other, type, context);
      if (refusal !== undefined) return refusal;
    }
  const [only, ...more] = others;
  const opposite = only === undefined || more.length > 0 ? undefined : typeOf(only, place, context);
  return opposite && literalRefusal(left, opposite, context);
}

/** A varchar is compared as the text that it is cast to, whatever it becomes. */
function storedType(node: Node, opposite: Node, before: Place, context: TypeContext): TypeRef | undefined {
  const type = isBareString(node) ? typeOf(opposite, before, context) : undefined;
  return type?.name === 'varchar' ? undefined : type;
}

function isBareString(node: Node): boolean {
  const literal = literalOf(node);
  return literal !== undefined && literal.type === undefined && literal.text !== undefined;
}

/** A bare string takes the type of the other side. */
function typeOf(node: Node, place: Place, context: TypeContext): TypeRef | undefined {
  const type = typeOfValue(node, place, context);
  return typeof type === 'object' ? type : undefined;
}
