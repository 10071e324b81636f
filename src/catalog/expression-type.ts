import {
  type A_Expr,
  type A_Indirection,
  type FuncCall,
  type Node,
  type SQLValueFunctionOp,
  strings,
} from '../sql/tree.js';
import type { Catalog, Relation, Table, TypeRef } from './catalog.js';
import { literalOf } from './literal.js';
import { findRoutines, typeByOid } from './lookup.js';
import { describe } from './query.js';
import { shapeOfRelation } from './query-from.js';
import { fieldOfRow, type Place, Reads, resolve, type Shape } from './query-scope.js';
import { builtInType, typeRef } from './type-ref.js';

const boolean = builtInType('bool');

/**
 * The type of an expression where it is easily told: a column, a cast, a constant, a condition, a function whose result does not
 * depend on its arguments. Undefined otherwise.
 */
export function typeOfExpression(node: Node, place: Place): TypeRef | undefined {
  // nothing is read by asking: the expression is read where it stands
  const { seen: _, ...asked } = place;
  return typeOf(node, { ...asked, reads: new Reads() }, 0);
}

/** The type of an expression over the columns of one table, or over none. */
export function typeInTable(node: Node, table: Table | undefined, catalog: Catalog): TypeRef | undefined {
  return typeOfExpression(node, placeIn(table, catalog));
}

/** Where an expression over the columns of one relation stands, or over none; the row may go by other names, as OLD and NEW. */
export function placeIn(relation: Relation | undefined, catalog: Catalog, names?: readonly string[]): Place {
  const items =
    relation === undefined
      ? []
      : (names ?? [relation.name]).map((name) => ({
          ...shapeOfRelation(relation),
          name,
          ...(names === undefined && { schema: relation.schema }),
        }));
  const levels = items.length === 0 ? [] : [items];
  return { catalog, reads: new Reads(), levels, queries: new Map(), depth: 0 };
}

function typeOf(node: Node | undefined, place: Place, depth: number): TypeRef | undefined {
  if (node === undefined || depth > 50) return undefined;
  const inner = (part: Node | undefined) => typeOf(part, place, depth + 1);
  const common = (parts: readonly Node[] | undefined) => commonType(parts ?? [], inner);
  if ('ColumnRef' in node) return resolve(strings(node.ColumnRef.fields), place)?.type;
  if ('A_Indirection' in node) {
    const field = fieldOfRow(node.A_Indirection, place);
    if (field !== undefined) return resolve(field, place)?.type;
    const name = fieldName(node.A_Indirection);
    const row = name === undefined ? undefined : inner(node.A_Indirection.arg);
    return row && fieldsOf(row, place.catalog)?.outputs.find((output) => output.name === name)?.type;
  }
  if ('TypeCast' in node) return knownOrText(typeRef(place.catalog, node.TypeCast.typeName));
  if ('A_Const' in node) return constantType(node);
  if ('CollateClause' in node) return inner(node.CollateClause.arg);
  if ('BoolExpr' in node || 'NullTest' in node || 'BooleanTest' in node) return boolean;
  if ('A_Expr' in node)
    return conditions.has(node.A_Expr.kind ?? 'AEXPR_OP') || isComparison(node.A_Expr) ? boolean : undefined;
  if ('CoalesceExpr' in node) return common(node.CoalesceExpr.args);
  if ('MinMaxExpr' in node) return common(node.MinMaxExpr.args);
  if ('CaseExpr' in node) {
    const { args = [], defresult } = node.CaseExpr;
    const results = args.flatMap((when) => ('CaseWhen' in when ? (when.CaseWhen.result ?? []) : []));
    return common(defresult === undefined ? results : [...results, defresult]);
  }
  if ('SQLValueFunction' in node) return valueFunctions[node.SQLValueFunction.op ?? 'SVFOP_CURRENT_USER'];
  if ('FuncCall' in node) return resultType(node.FuncCall, place, depth);
  if (!('SubLink' in node)) return undefined;
  const { subLinkType, subselect } = node.SubLink;
  if (subLinkType === 'EXISTS_SUBLINK' || subLinkType === 'ANY_SUBLINK' || subLinkType === 'ALL_SUBLINK')
    return boolean;
  if (subselect === undefined || subLinkType !== 'EXPR_SUBLINK') return undefined;
  return describe(subselect, { ...place, depth: place.depth + 1 }).outputs[0]?.type;
}

/** The one field that is taken of a row: `(row).field`. */
export function fieldName({ indirection }: A_Indirection): string | undefined {
  const [name, ...more] = strings(indirection);
  return more.length === 0 && indirection?.length === 1 ? name : undefined;
}

/** The fields of a composite type; undefined for any other. */
export function fieldsOf({ oid, dimensions }: TypeRef, catalog: Catalog): Shape | undefined {
  const type = oid === undefined || dimensions > 0 ? undefined : typeByOid(catalog, oid);
  const relation = type?.kind === 'composite' ? catalog.relations.get(type.relation) : undefined;
  return relation && shapeOfRelation(relation);
}

/** The type of several expressions that make one value: that of each, where bare strings and NULL take on any (select_common_type). */
function commonType(parts: readonly Node[], typeOfPart: (part: Node) => TypeRef | undefined): TypeRef | undefined {
  const typed = parts.filter((part) => {
    const literal = literalOf(part);
    return literal === undefined || literal.type !== undefined;
  });
  const [type, ...others] = (typed.length === 0 ? parts : typed).map(typeOfPart);
  if (type === undefined) return undefined;
  const same = others.every((other) => other?.name === type.name && other.dimensions === type.dimensions);
  return same ? type : undefined;
}

/** What stays `unknown` in the list of a SELECT becomes text. */
function knownOrText(type: TypeRef | undefined): TypeRef | undefined {
  return type?.name === 'unknown' ? builtInType('text') : type;
}

function constantType(node: Node): TypeRef | undefined {
  const literal = literalOf(node);
  return literal && knownOrText(builtInType(literal.type ?? 'unknown'));
}

const conditions: ReadonlySet<NonNullable<A_Expr['kind']>> = new Set([
  'AEXPR_OP_ANY',
  'AEXPR_OP_ALL',
  'AEXPR_DISTINCT',
  'AEXPR_NOT_DISTINCT',
  'AEXPR_IN',
  'AEXPR_LIKE',
  'AEXPR_ILIKE',
  'AEXPR_SIMILAR',
  'AEXPR_BETWEEN',
  'AEXPR_NOT_BETWEEN',
  'AEXPR_BETWEEN_SYM',
  'AEXPR_NOT_BETWEEN_SYM',
]);

const comparisons: ReadonlySet<string> = new Set([
  '=',
  '<>',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  '@>',
  '<@',
  '&&',
  '~',
  '~*',
  '!~',
  '!~*',
]);

function isComparison({ kind, name }: A_Expr): boolean {
  return (kind ?? 'AEXPR_OP') === 'AEXPR_OP' && comparisons.has(strings(name).at(-1) ?? '');
}

const valueFunctions: { readonly [O in SQLValueFunctionOp]: TypeRef } = {
  SVFOP_CURRENT_DATE: builtInType('date'),
  SVFOP_CURRENT_TIME: builtInType('timetz'),
  SVFOP_CURRENT_TIME_N: builtInType('timetz'),
  SVFOP_CURRENT_TIMESTAMP: builtInType('timestamptz'),
  SVFOP_CURRENT_TIMESTAMP_N: builtInType('timestamptz'),
  SVFOP_LOCALTIME: builtInType('time'),
  SVFOP_LOCALTIME_N: builtInType('time'),
  SVFOP_LOCALTIMESTAMP: builtInType('timestamp'),
  SVFOP_LOCALTIMESTAMP_N: builtInType('timestamp'),
  SVFOP_CURRENT_ROLE: builtInType('name'),
  SVFOP_CURRENT_USER: builtInType('name'),
  SVFOP_USER: builtInType('name'),
  SVFOP_SESSION_USER: builtInType('name'),
  SVFOP_CURRENT_CATALOG: builtInType('name'),
  SVFOP_CURRENT_SCHEMA: builtInType('name'),
};

/** Functions of pg_catalog that views call most and whose every overload gives the same type. */
const results: { readonly [name: string]: string } = {
  count: 'int8',
  row_to_json: 'json',
  row_number: 'int8',
  rank: 'int8',
  dense_rank: 'int8',
  now: 'timestamptz',
  concat: 'text',
  concat_ws: 'text',
  format: 'text',
  json_build_object: 'json',
  jsonb_build_object: 'jsonb',
  json_agg: 'json',
  jsonb_agg: 'jsonb',
  to_json: 'json',
  to_jsonb: 'jsonb',
  to_char: 'text',
  bool_and: 'bool',
  bool_or: 'bool',
  gen_random_uuid: 'uuid',
};

/** Functions that give text for strings, and something else for ranges or bytea. */
const ofStrings: ReadonlySet<string> = new Set(['lower', 'upper', 'string_agg']);
const stringTypes: ReadonlySet<string> = new Set(['text', 'varchar', 'bpchar', 'name']);

function isPolymorphic(type: TypeRef | undefined): boolean {
  return type?.schema === 'pg_catalog' && type.name.startsWith('any');
}

function resultType({ funcname, args = [] }: FuncCall, place: Place, depth: number): TypeRef | undefined {
  const name = strings(funcname);
  const routines = findRoutines(place.catalog, name);
  const [routine, ...overloads] = routines;
  // what a polymorphic function gives hangs on its arguments
  if (routine !== undefined)
    return overloads.length === 0 && !isPolymorphic(routine.returns) ? routine.returns : undefined;
  const own = name.length === 1 || name[0] === 'pg_catalog' ? name.at(-1) : undefined;
  if (own !== undefined && ofStrings.has(own)) {
    const given = typeOf(args[0], place, depth + 1);
    return given !== undefined && given.dimensions === 0 && stringTypes.has(given.name)
      ? builtInType('text')
      : undefined;
  }
  const result = own === undefined || !Object.hasOwn(results, own) ? undefined : results[own];
  return result === undefined ? undefined : builtInType(result);
}
