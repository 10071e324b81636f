import { literalOf } from '../catalog/literal.js';
import { type Node, type RangeFunction, type SelectStmt, strings } from '../sql/tree.js';
import { columnRefs } from '../sql/walk.js';
import { asConditions } from './change.js';
import { isForeseen, isNow } from './moment.js';

/** One row by column; undefined for a value that is no constant. */
export type Row = ReadonlyMap<string, Node | undefined>;

/** Rows that a query gives among others, if it gives any. */
export interface Selected {
  readonly rows: readonly Row[];
  /** It surely gives them. */
  readonly sure: boolean;
  /** They stand for all: what they have in common all have, and of two the others are between them. */
  readonly ends?: true;
}

/** What is known of the rows of an INSERT … SELECT: its constants, and the first and last row of one over generate_series. */
export function selectedRows(query: Node | undefined, names: readonly string[]): Selected | undefined {
  const select = query !== undefined && 'SelectStmt' in query ? query.SelectStmt : undefined;
  if (select === undefined || (select.op !== undefined && select.op !== 'SETOP_NONE')) return undefined;
  if (select.valuesLists !== undefined || hasStar(select)) return undefined;
  const series = seriesOf(select);
  const ends = series?.ends ?? [undefined];
  const rows = ends.map((end): Row => {
    const variable = series !== undefined && end !== undefined ? { name: series.name, value: end } : undefined;
    return new Map(names.map((name, at) => [name, constantIn(select.targetList?.[at], variable)]));
  });
  const { whereClause, limitCount, limitOffset, groupClause, havingClause } = select;
  const filtered = [whereClause, limitCount, limitOffset, groupClause, havingClause].some((part) => part !== undefined);
  const sure = !filtered && (series?.some ?? select.fromClause === undefined);
  return { rows, sure, ...((series === undefined || (series.some && ends.length === 2)) && { ends: true }) };
}

function hasStar({ targetList = [] }: SelectStmt): boolean {
  return targetList.some((target) => {
    const value = 'ResTarget' in target ? target.ResTarget.val : undefined;
    return value !== undefined && 'ColumnRef' in value && value.ColumnRef.fields?.some((field) => 'A_Star' in field);
  });
}

interface Variable {
  readonly name: string;
  readonly value: Node;
}

/** A value that can be told before the query runs, with the variable in its place. */
function constantIn(target: Node | undefined, variable: Variable | undefined): Node | undefined {
  const written = target !== undefined && 'ResTarget' in target ? target.ResTarget.val : undefined;
  if (written === undefined) return undefined;
  const value = variable === undefined ? written : replaced(written, variable);
  return 'SetToDefault' in value || isForeseen(value) ? value : undefined;
}

function replaced(node: Node, variable: Variable): Node {
  if ('ColumnRef' in node) return strings(node.ColumnRef.fields).at(-1) === variable.name ? variable.value : node;
  if ('TypeCast' in node && node.TypeCast.arg !== undefined)
    return { TypeCast: { ...node.TypeCast, arg: replaced(node.TypeCast.arg, variable) } };
  if (!('A_Expr' in node)) return node;
  const { lexpr, rexpr } = node.A_Expr;
  // a square does not grow with the variable
  if ([lexpr, rexpr].every((side) => side !== undefined && holds(side, variable))) return node;
  return {
    A_Expr: {
      ...node.A_Expr,
      ...(lexpr && { lexpr: replaced(lexpr, variable) }),
      ...(rexpr && { rexpr: replaced(rexpr, variable) }),
    },
  };
}

function holds(node: Node, { name }: Variable): boolean {
  return columnRefs({ node }).some(({ parts }) => parts.at(-1) === name);
}

/** The constants that all the rows of a query have. */
export function sharedRow({ rows: [first, last = first], ends }: Selected, names: readonly string[]): Row {
  const shared = (name: string): Node | undefined => {
    const value = first?.get(name);
    const [own, other] = [literalOf(value), literalOf(last?.get(name))];
    const same = own !== undefined && other !== undefined && own.text === other.text && own.type === other.type;
    return ends && same ? value : undefined;
  };
  return new Map(names.map((name) => [name, shared(name)]));
}

/** What is known of all the rows of a query by those that stand for them: what these have in common, and integers between theirs. */
export function betweenEnds([first, last = first]: readonly Row[]): readonly Node[] {
  if (first === undefined || last === undefined) return [];
  return [...first].flatMap(([column, value]): readonly Node[] => {
    if (isNow(value) && isNow(last.get(column))) return asConditions(new Map([[column, value]]));
    const other = last.get(column);
    const [from, to] = [literalOf(value), literalOf(other)];
    if (value === undefined || other === undefined || from === undefined || to === undefined) return [];
    if (from.text === to.text && from.type === to.type) return asConditions(new Map([[column, value]]));
    if (!isInteger(from.type) || !isInteger(to.type)) return [];
    const [low, high] = Number(from.text) < Number(to.text) ? [value, other] : [other, value];
    return [compared(column, '>=', low), compared(column, '<=', high)];
  });
}

function isInteger(type: string | undefined): boolean {
  return type === 'int4' || type === 'int8';
}

function compared(column: string, operator: string, rexpr: Node): Node {
  const lexpr: Node = { ColumnRef: { fields: [{ String: { sval: column } }] } };
  return { A_Expr: { kind: 'AEXPR_OP', name: [{ String: { sval: operator } }], lexpr, rexpr } };
}

interface Series {
  readonly name: string;
  readonly ends: readonly Node[];
  readonly some: boolean;
}

/** The numbers of FROM generate_series(1, 10); of other steps and types the first value alone is known. */
function seriesOf({ fromClause = [] }: SelectStmt): Series | undefined {
  const [only, ...more] = fromClause;
  if (only === undefined || more.length > 0 || !('RangeFunction' in only)) return undefined;
  const call = callOf(only.RangeFunction);
  const [from, to, step] = call ?? [];
  if (from === undefined || to === undefined || literalOf(from) === undefined) return undefined;
  const { alias } = only.RangeFunction;
  const name = strings(alias?.colnames)[0] ?? alias?.aliasname ?? 'generate_series';
  const [first, last] = [from, to].map(wholeNumber);
  if (first === undefined || last === undefined) return { name, ends: [from], some: false };
  if (first > last) return undefined;
  return { name, ends: step === undefined ? [from, to] : [from], some: true };
}

function callOf({ functions = [] }: RangeFunction): readonly Node[] | undefined {
  const [list] = functions;
  const call = list !== undefined && 'List' in list ? list.List.items?.[0] : undefined;
  if (call === undefined || !('FuncCall' in call)) return undefined;
  return strings(call.FuncCall.funcname).at(-1) === 'generate_series' ? call.FuncCall.args : undefined;
}

function wholeNumber(node: Node): number | undefined {
  const text = literalOf(node)?.text;
  return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : undefined;
}
