import { parseTree, type RawStatement } from './parse.js';
import { textFunctions } from './text-functions.js';
import { type Alias, type FuncCall, type Node, type RangeFunction, type SelectStmt, strings } from './tree.js';
import { evaluate, type Known, type Row, type Scope } from './values.js';
import { functionCalls } from './walk.js';

/** What may leave out rows of a query, or give them in another order. */
const choosing = ['whereClause', 'sortClause', 'limitCount', 'limitOffset', 'distinctClause'] as const;
/** What a query must have nothing of, to give rows that are written in it. */
const others = ['groupClause', 'havingClause', 'windowClause', 'withClause', 'intoClause'] as const;

/** The rows that a query can give. */
export interface Rows {
  readonly rows: readonly Row[];
  /** It gives all of them, in this order. */
  readonly all: boolean;
}

/** The rows of a query that reads no table: VALUES, a SELECT of values, of unnest(ARRAY[…]), of such a list. Undefined if it may give others. */
export function rowsOf(query: SelectStmt, scope: Scope): Rows | undefined {
  if (others.some((clause) => query[clause] !== undefined)) return undefined;
  const all = isWhole(query);
  if (query.larg !== undefined && query.rarg !== undefined) {
    const [left, right] = [rowsOf(query.larg, scope), rowsOf(query.rarg, scope)];
    if (query.op !== 'SETOP_UNION' || query.all !== true || left === undefined || right === undefined) return undefined;
    const names = [...(left.rows[0]?.fields.keys() ?? [])];
    return { rows: [...left.rows, ...right.rows.map((row) => renamed(row, names))], all: all && left.all && right.all };
  }
  if (query.valuesLists !== undefined) return { rows: valuesOf(query.valuesLists, scope), all };
  const scopes = scopesOf(query, scope);
  const rows = scopes?.scopes.map((own) => targetsOf(query.targetList ?? [], own));
  if (scopes === undefined || !rows?.every((some) => some !== undefined)) return undefined;
  return { rows: rows.flat(), all: all && scopes.all };
}

function isWhole(query: SelectStmt): boolean {
  return choosing.every((clause) => query[clause] === undefined);
}

/** The scope of one row of a FROM. */
export interface RowScope extends Scope {
  readonly row?: Row;
}

/** The scopes in which the list of a SELECT is evaluated: one for each row of its FROM, if those are written out and none is left out. */
export function rowScopes(query: SelectStmt, scope: Scope): readonly RowScope[] | undefined {
  const found = isWhole(query) ? scopesOf(query, scope) : undefined;
  return found?.all ? found.scopes : undefined;
}

function scopesOf({ fromClause = [] }: SelectStmt, scope: Scope) {
  const [item, ...more] = fromClause;
  if (more.length > 0) return undefined;
  if (item === undefined) return { scopes: [scope], all: true };
  const found = itemRows(item, scope);
  const scopes = found?.rows.map(
    ({ alias, row }): RowScope => ({
      row,
      get: (name) => (row.fields.has(name) ? row.fields.get(name) : name === alias ? row : scope.get(name)),
    }),
  );
  return found && scopes && { scopes, all: found.all };
}

interface ItemRow {
  readonly alias: string;
  readonly row: Row;
}

function itemRows(item: Node, scope: Scope): { readonly rows: readonly ItemRow[]; readonly all: boolean } | undefined {
  if ('RangeSubselect' in item) {
    const { subquery, alias, lateral } = item.RangeSubselect;
    if (lateral === true || subquery === undefined || !('SelectStmt' in subquery)) return undefined;
    const found = rowsOf(subquery.SelectStmt, scope);
    return found && { rows: found.rows.map((row) => aliased(row, alias)), all: found.all };
  }
  const rows = 'RangeFunction' in item ? functionRows(item.RangeFunction, scope) : undefined;
  return rows && { rows, all: true };
}

function functionRows(item: RangeFunction, scope: Scope): readonly ItemRow[] | undefined {
  const [list, ...more] = item.functions ?? [];
  const first = list !== undefined && 'List' in list ? list.List.items?.[0] : undefined;
  if (more.length > 0 || item.ordinality === true || first === undefined || !('FuncCall' in first)) return undefined;
  const name = strings(first.FuncCall.funcname).at(-1) ?? '';
  const values = setOf(first.FuncCall, scope);
  // a function's one column is called as its alias
  const column = item.alias?.aliasname ?? name;
  return values?.map((value) => aliased({ fields: new Map([[column, value]]) }, item.alias ?? { aliasname: name }));
}

function aliased(row: Row, alias: Alias | undefined): ItemRow {
  return { alias: alias?.aliasname ?? '', row: renamed(row, strings(alias?.colnames)) };
}

/** A row whose first columns have other names. */
function renamed({ fields }: Row, names: readonly string[]): Row {
  return { fields: new Map([...fields].map(([name, value], at) => [names[at] ?? name, value])) };
}

/** The values of unnest() and generate_series(). */
function setOf(call: FuncCall, scope: Scope): readonly Known[] | undefined {
  const [first, second, ...more] = (call.args ?? []).map((argument) => evaluate(argument, scope));
  const name = strings(call.funcname).at(-1);
  if (name === 'unnest') return Array.isArray(first) && second === undefined ? first : undefined;
  if (name === 'generate_series' && more.length === 0) return series(first, second);
  return undefined;
}

/** The numbers of a range, unless there are too many to be followed. */
export function series(from: Known, to: Known, step: Known = '1'): readonly string[] | undefined {
  const [first, last, by] = [from, to, step].map((value) =>
    typeof value === 'string' && /^-?\d{1,9}$/.test(value) ? Number(value) : Number.NaN,
  );
  if (first === undefined || last === undefined || by === undefined) return undefined;
  const count = Math.floor((last - first) / by) + 1;
  if (!Number.isFinite(count) || count > 1000) return undefined;
  return Array.from({ length: Math.max(0, count) }, (_, at) => String(first + at * by));
}

function valuesOf(lists: readonly Node[], scope: Scope): readonly Row[] {
  return lists.map((list) => {
    const items = 'List' in list ? (list.List.items ?? []) : [];
    return { fields: new Map(items.map((item, at) => [`column${at + 1}`, evaluate(item, scope)])) };
  });
}

/** The rows that the list of a SELECT gives for one row: several where it is unnest(). Undefined where a function may give any number. */
function targetsOf(targets: readonly Node[], scope: RowScope): readonly Row[] | undefined {
  const columns = targets.map(target);
  const [only, ...more] = columns;
  if (only !== undefined && more.length === 0) {
    const [name, node] = only;
    if (isStar(node)) return scope.row && [scope.row];
    const set = node !== undefined && 'FuncCall' in node ? setOf(node.FuncCall, scope) : undefined;
    if (set !== undefined) return set.map((value) => ({ fields: new Map([[name, value]]) }));
  }
  if (columns.some(([, node]) => node === undefined || isStar(node) || mayBeSet(node))) return undefined;
  return [{ fields: new Map(columns.map(([name, node]) => [name, evaluate(node, scope)])) }];
}

/** A column of a list with its name (FigureColname of parse_target.c). */
function target(item: Node): readonly [name: string, value: Node | undefined] {
  const { name, val } = 'ResTarget' in item ? item.ResTarget : {};
  return [name ?? nameOf(val), val];
}

function nameOf(node: Node | undefined): string {
  if (node === undefined) return '';
  if ('ColumnRef' in node) return strings(node.ColumnRef.fields).at(-1) ?? '';
  if ('FuncCall' in node) return strings(node.FuncCall.funcname).at(-1) ?? '';
  if ('TypeCast' in node) {
    const { arg, typeName } = node.TypeCast;
    const inner = nameOf(arg);
    return inner === '?column?' ? (strings(typeName?.names).at(-1) ?? inner) : inner;
  }
  return 'A_ArrayExpr' in node ? 'array' : 'CoalesceExpr' in node ? 'coalesce' : '?column?';
}

function isStar(node: Node | undefined): boolean {
  if (node === undefined || !('ColumnRef' in node)) return false;
  return (node.ColumnRef.fields ?? []).some((field) => 'A_Star' in field);
}

function mayBeSet(node: Node): boolean {
  return functionCalls(node).some(({ name }) => textFunctions[name.at(-1) ?? ''] === undefined);
}

/** The SELECT or VALUES that a text is; undefined when it is anything else. */
export function selectOf(text: string): SelectStmt | undefined {
  const outcome = parseTree(text);
  const [only, ...more] = 'statements' in outcome ? outcome.statements : [];
  return only !== undefined && more.length === 0 && isSelect(only) ? only.node : undefined;
}

/** The one expression of a SELECT. */
export function expressionOf(query: SelectStmt | undefined): Node | undefined {
  const [item, ...more] = query?.targetList ?? [];
  return item !== undefined && more.length === 0 && 'ResTarget' in item ? item.ResTarget.val : undefined;
}

function isSelect(raw: RawStatement): raw is RawStatement & { readonly node: SelectStmt } {
  return raw.kind === 'SelectStmt';
}
