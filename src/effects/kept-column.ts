import type { Catalog, Relation } from '../catalog/catalog.js';
import { typeRef } from '../catalog/type-ref.js';
import { type Node, strings } from '../sql/tree.js';

/** What a cast is of: x::type, CAST (x AS type), or type(x), which is one where no function takes x as it is (func_get_detail). */
export function castArgument(node: Node): Node | undefined {
  if ('TypeCast' in node) return node.TypeCast.arg;
  const [only, ...more] = 'FuncCall' in node ? (node.FuncCall.args ?? []) : [];
  return more.length === 0 ? only : undefined;
}

function typeOfCast(catalog: Catalog, node: Node): string | undefined {
  if ('TypeCast' in node) return typeRef(catalog, node.TypeCast.typeName)?.name;
  return 'FuncCall' in node ? strings(node.FuncCall.funcname).at(-1) : undefined;
}

const texts: ReadonlySet<string> = new Set(['text', 'varchar']);

/** A cast that changes nothing, or from varchar to text, leaves a column that an index serves. */
export function keepsColumn(catalog: Catalog, relation: Relation, name: string, cast: Node): boolean {
  const column = 'columns' in relation ? relation.columns.find((one) => one.name === name) : undefined;
  const [from, to] = [column?.type?.name, typeOfCast(catalog, cast)];
  if (from === undefined || to === undefined || column?.type?.dimensions !== 0) return false;
  return from === to || (texts.has(from) && texts.has(to));
}

/** The column that an expression over a relation is, under casts that leave it: what an index on the one serves, one on the other does. */
export function keptColumn(catalog: Catalog, relation: Relation, node: Node | undefined): string | undefined {
  const casts: Node[] = [];
  let inner = node;
  // no recursion: expressions are deeper than the stack
  for (; inner !== undefined && !('ColumnRef' in inner); inner = castArgument(inner)) casts.push(inner);
  const column = inner && strings(inner.ColumnRef.fields).at(-1);
  return column !== undefined && casts.every((cast) => keepsColumn(catalog, relation, column, cast))
    ? column
    : undefined;
}
