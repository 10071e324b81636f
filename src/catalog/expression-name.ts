import type { Node, SelectStmt, SubLink } from '../sql/tree.js';
import { strings } from '../sql/tree.js';

/**
 * A name with how well it fits: 2 for the name of a column or function, 1 for that of a type or CASE, which the name of something
 * inside goes before.
 */
interface Found {
  readonly name: string;
  readonly strength: 1 | 2;
}

/**
 * The name that PostgreSQL gives a result column or an index column of this expression; undefined where it has none ("?column?",
 * "expr"). FigureColname of parse_target.c.
 */
export function nameOfExpression(expression: Node | undefined): string | undefined {
  return figure(expression)?.name;
}

function sure(name: string | undefined): Found | undefined {
  return name === undefined ? undefined : { name, strength: 2 };
}

function figure(node: Node | undefined): Found | undefined {
  if (node === undefined) return undefined;
  if ('ColumnRef' in node) return sure(strings(node.ColumnRef.fields).at(-1));
  if ('FuncCall' in node) return sure(strings(node.FuncCall.funcname).at(-1));
  if ('A_Indirection' in node)
    return sure(strings(node.A_Indirection.indirection).at(-1)) ?? figure(node.A_Indirection.arg);
  if ('TypeCast' in node) return orWeaker(figure(node.TypeCast.arg), strings(node.TypeCast.typeName?.names).at(-1));
  if ('CaseExpr' in node) return orWeaker(figure(node.CaseExpr.defresult), 'case');
  if ('CollateClause' in node) return figure(node.CollateClause.arg);
  if ('SubLink' in node) return figureOfSubLink(node.SubLink);
  if ('A_Expr' in node) return node.A_Expr.kind === 'AEXPR_NULLIF' ? sure('nullif') : undefined;
  if ('MinMaxExpr' in node) return sure(operations[node.MinMaxExpr.op ?? '']);
  if ('SQLValueFunction' in node) return sure(operations[node.SQLValueFunction.op ?? '']);
  if ('XmlExpr' in node) return sure(operations[node.XmlExpr.op ?? '']);
  if ('JsonFuncExpr' in node) return sure(operations[node.JsonFuncExpr.op ?? '']);
  return sure(kinds[Object.keys(node)[0] ?? '']);
}

/** What is inside, if it has a name of its own; the weaker name if not. */
function orWeaker(inside: Found | undefined, weaker: string | undefined): Found | undefined {
  if (inside?.strength === 2 || weaker === undefined) return inside;
  return { name: weaker, strength: 1 };
}

function figureOfSubLink({ subLinkType, subselect }: SubLink): Found | undefined {
  if (subLinkType === 'EXISTS_SUBLINK') return sure('exists');
  if (subLinkType === 'ARRAY_SUBLINK') return sure('array');
  if (subLinkType !== 'EXPR_SUBLINK' || subselect === undefined || !('SelectStmt' in subselect)) return undefined;
  const target = leftmost(subselect.SelectStmt).targetList?.[0];
  if (target === undefined || !('ResTarget' in target)) return undefined;
  return sure(target.ResTarget.name) ?? figure(target.ResTarget.val);
}

/** The first arm of a UNION, which names the columns of all. */
export function leftmost(select: SelectStmt): SelectStmt {
  let first = select;
  while (first.larg !== undefined) first = first.larg;
  return first;
}

const kinds: Readonly<Record<string, string>> = {
  GroupingFunc: 'grouping',
  MergeSupportFunc: 'merge_action',
  A_ArrayExpr: 'array',
  RowExpr: 'row',
  CoalesceExpr: 'coalesce',
  XmlSerialize: 'xmlserialize',
  JsonParseExpr: 'json',
  JsonScalarExpr: 'json_scalar',
  JsonSerializeExpr: 'json_serialize',
  JsonObjectConstructor: 'json_object',
  JsonArrayConstructor: 'json_array',
  JsonArrayQueryConstructor: 'json_array',
  JsonObjectAgg: 'json_objectagg',
  JsonArrayAgg: 'json_arrayagg',
};

const operations: Readonly<Record<string, string>> = {
  IS_GREATEST: 'greatest',
  IS_LEAST: 'least',
  SVFOP_CURRENT_DATE: 'current_date',
  SVFOP_CURRENT_TIME: 'current_time',
  SVFOP_CURRENT_TIME_N: 'current_time',
  SVFOP_CURRENT_TIMESTAMP: 'current_timestamp',
  SVFOP_CURRENT_TIMESTAMP_N: 'current_timestamp',
  SVFOP_LOCALTIME: 'localtime',
  SVFOP_LOCALTIME_N: 'localtime',
  SVFOP_LOCALTIMESTAMP: 'localtimestamp',
  SVFOP_LOCALTIMESTAMP_N: 'localtimestamp',
  SVFOP_CURRENT_ROLE: 'current_role',
  SVFOP_CURRENT_USER: 'current_user',
  SVFOP_USER: 'user',
  SVFOP_SESSION_USER: 'session_user',
  SVFOP_CURRENT_CATALOG: 'current_catalog',
  SVFOP_CURRENT_SCHEMA: 'current_schema',
  IS_XMLCONCAT: 'xmlconcat',
  IS_XMLELEMENT: 'xmlelement',
  IS_XMLFOREST: 'xmlforest',
  IS_XMLPARSE: 'xmlparse',
  IS_XMLPI: 'xmlpi',
  IS_XMLROOT: 'xmlroot',
  IS_XMLSERIALIZE: 'xmlserialize',
  JSON_EXISTS_OP: 'json_exists',
  JSON_QUERY_OP: 'json_query',
  JSON_VALUE_OP: 'json_value',
  JSON_TABLE_OP: 'json_table',
};
