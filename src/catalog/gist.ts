import { type Node, type SelectStmt, type SortBy, strings } from '../sql/tree.js';
import { columnRefs, visit } from '../sql/walk.js';
import type { Catalog } from './catalog.js';
import { literalOf } from './literal.js';
import { resolveRelationName } from './lookup.js';

/**
 * What an expression says, in words that it shares with other ways to write the same: casts, which a change of a column's type adds and takes away,
 * IN and = ANY, parentheses and the table in front of a column make no difference. Two gists that differ are two expressions; two expressions may share one.
 */
export function gistOf(expression: object | undefined): string {
  return words(expression, undefined);
}

/**
 * The gist of a query, with columns in its conditions alone: whoever writes `*` means those that there are, and what is grouped and sorted by may
 * be named in several ways. What it gives is for the caller to compare.
 */
export function gistOfQuery(catalog: Catalog, query: object | undefined): string {
  return words(query, catalog);
}

/** `catalog` stands for a query: names of relations are resolved, columns are told in conditions alone. */
function words(root: object | undefined, catalog: Catalog | undefined): string {
  const found: string[] = [];
  const compared = new Set<object>();
  const places = new Set<object>();
  const compare = (condition: Node | undefined) => {
    for (const { node } of columnRefs(condition)) compared.add(node);
  };
  visit(root === undefined ? undefined : { root }, (kind, node) => {
    switch (kind) {
      case 'A_Const':
        if (!places.has(node)) found.push(constant({ A_Const: node }));
        return false;
      case 'TypeCast':
        if (node.arg === undefined || literalOf(node.arg) === undefined) return undefined;
        found.push(constant(node.arg));
        return false;
      case 'ColumnRef': {
        const last = node.fields?.at(-1);
        if ((catalog === undefined || compared.has(node)) && last !== undefined && 'String' in last)
          found.push(last.String.sval ?? '');
        return false;
      }
      case 'RangeVar':
        if (catalog !== undefined) found.push(resolveRelationName(catalog, node));
        return false;
      case 'FuncCall': {
        const name = strings(node.funcname).at(-1) ?? '';
        // date(a) is a cast
        if (node.args?.length !== 1 || !casts.has(name)) found.push(`${name}(`);
        return undefined;
      }
      case 'A_Expr':
        found.push(operator(node.kind, strings(node.name).at(-1) ?? ''));
        return undefined;
      case 'BoolExpr':
        found.push(node.boolop ?? '');
        return undefined;
      case 'NullTest':
        found.push(node.nulltesttype ?? '');
        return undefined;
      case 'BooleanTest':
        found.push(node.booltesttype ?? '');
        return undefined;
      case 'SQLValueFunction':
        found.push(node.op ?? '');
        return undefined;
      case 'MinMaxExpr':
        found.push(node.op ?? '');
        return undefined;
      case 'SubLink':
        found.push(node.subLinkType ?? '');
        return undefined;
      case 'JoinExpr':
        compare(node.quals);
        found.push(node.jointype ?? '');
        return undefined;
      case 'SetOperationStmt':
        found.push(node.op ?? '');
        return undefined;
      case 'SelectStmt':
        compare(node.whereClause);
        compare(node.havingClause);
        for (const place of ordinals(node)) places.add(place);
        found.push('select', node.op ?? '', node.distinctClause === undefined ? '' : 'distinct');
        return undefined;
      case 'SortBy':
        found.push(orderOf(node));
        return undefined;
      case 'CaseExpr':
      case 'CoalesceExpr':
      case 'A_Indirection':
      case 'XmlExpr':
      case 'RowExpr':
        found.push(kind);
        return undefined;
      default:
        return undefined;
    }
  });
  return found.filter((word) => word !== '').join(' ');
}

/** The numbers in GROUP BY and ORDER BY that stand for columns of the list. */
function ordinals({ groupClause = [], sortClause = [] }: SelectStmt): readonly object[] {
  const sorted = sortClause.flatMap((one) => ('SortBy' in one ? (one.SortBy.node ?? []) : []));
  return [...groupClause, ...sorted].flatMap((one) => ('A_Const' in one ? one.A_Const : []));
}

/** Types with functions of their names, by which the grammar casts too: `date(a)`. */
const casts: ReadonlySet<string> = new Set(
  'bool bpchar char date float4 float8 int2 int4 int8 interval name numeric text time timestamp timestamptz timetz varchar'.split(
    ' ',
  ),
);

const truth: Readonly<Record<string, string>> = {
  t: 'true',
  f: 'false',
  yes: 'true',
  no: 'false',
  on: 'true',
  off: 'false',
};

function constant(node: Node): string {
  const text = literalOf(node)?.text;
  return text === undefined ? 'null' : (truth[text] ?? text);
}

function operator(kind: string | undefined, name: string): string {
  return kind === 'AEXPR_OP' || kind === 'AEXPR_OP_ANY' || kind === 'AEXPR_IN' ? name : `${kind ?? ''} ${name}`;
}

function orderOf({ sortby_dir, sortby_nulls }: SortBy): string {
  return [
    sortby_dir === 'SORTBY_DESC' ? 'desc' : '',
    sortby_nulls === 'SORTBY_NULLS_DEFAULT' ? '' : (sortby_nulls ?? ''),
  ]
    .filter((word) => word !== '')
    .join(' ');
}
