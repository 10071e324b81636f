import { type ColumnRef, type Node, type ResTarget, type SelectStmt, strings, type WithClause } from '../sql/tree.js';
import { rangeVars, visit } from '../sql/walk.js';
import type { Catalog, Read } from './catalog.js';
import { nameOfExpression } from './expression-name.js';
import { typeOfExpression } from './expression-type.js';
import { findRelation } from './lookup.js';
import { fromClause } from './query-from.js';
import {
  fieldOfRow,
  type Output,
  type Place,
  Reads,
  resolve,
  resolveRow,
  resolveStar,
  type Shape,
} from './query-scope.js';

/** What a query reads and the columns it gives. */
export interface QueryDescription extends Shape {
  readonly reads: readonly Read[];
}

/** Queries nested deeper than this are taken as reading all of what they name. */
const deepest = 100;

/** What a SELECT or VALUES reads, as pg_depend would have it of a view, and the columns that it gives; `seen` is shown every expression at its place. */
export function describeQuery(catalog: Catalog, query: Node, seen?: Place['seen']): QueryDescription {
  const reads = new Reads();
  const place: Place = { catalog, reads, levels: [], queries: new Map(), depth: 0, ...(seen && { seen }) };
  const shape = describe(query, place);
  return { ...shape, reads: reads.list() };
}

/** The columns that a query within an expression gives, looked at on the side: nothing of it is seen or counted as read. Undefined where not all are known. */
export function outputsWithin(query: Node, { seen: _, ...place }: Place): readonly Output[] | undefined {
  const { outputs, open } = describe(query, { ...place, reads: new Reads() });
  return open ? undefined : outputs;
}

/**
 * What an expression over a table reads besides it: the relations of its subqueries (a policy's USING). Columns of the table itself are
 * resolved, but not listed.
 */
export function readsOfExpression(
  catalog: Catalog,
  expression: Node | undefined,
  own: Shape & { readonly name: string },
): readonly Read[] {
  if (expression === undefined) return [];
  const reads = new Reads();
  readExpression(expression, { catalog, reads, levels: [[own]], queries: new Map(), depth: 0 });
  return reads.list();
}

/** Describes any query: of one that changes rows (in WITH, in a function's body) all that it names is read. */
export function describe(query: Node, place: Place): Shape {
  if ('SelectStmt' in query && place.depth < deepest) return describeSelect(query.SelectStmt, place);
  for (const range of rangeVars(query)) {
    const relation = findRelation(place.catalog, range);
    if (relation !== undefined) place.reads.whole(relation.oid);
  }
  return { outputs: [], open: true };
}

function describeSelect(select: SelectStmt, outside: Place): Shape {
  const place = { ...withQueries(select.withClause, outside), depth: outside.depth + 1 };
  if (select.larg !== undefined && select.rarg !== undefined) {
    place.seen?.({ SelectStmt: select }, place);
    const left = describe({ SelectStmt: select.larg }, place);
    const right = describe({ SelectStmt: select.rarg }, place);
    return {
      outputs: left.outputs.map((output, at) => merged(output, right.outputs[at])),
      open: left.open || right.open,
    };
  }
  if (select.valuesLists !== undefined) return describeValues(select.valuesLists, place);
  const from = fromClause(select.fromClause ?? [], place);
  const inside: Place = { ...place, levels: [from.items, ...place.levels] };
  place.seen?.({ SelectStmt: select }, inside);
  const shape = describeTargets(select.targetList ?? [], from, inside);
  for (const part of [select.whereClause, select.havingClause, select.limitCount, select.limitOffset]) {
    if (part !== undefined) readExpression(part, inside);
  }
  const sorts = [
    ...(select.sortClause ?? []),
    ...(select.distinctClause ?? []),
    ...(select.groupClause ?? []),
    ...(select.windowClause ?? []),
  ];
  for (const part of sorts) readSort(part, shape, inside);
  return shape;
}

function withQueries(clause: WithClause | undefined, place: Place): Place {
  if (clause === undefined) return place;
  const queries = new Map(place.queries);
  for (const node of clause.ctes ?? []) {
    if (!('CommonTableExpr' in node)) continue;
    const { ctename = '', ctequery, aliascolnames } = node.CommonTableExpr;
    if (ctequery === undefined) continue;
    const names = strings(aliascolnames);
    if (clause.recursive) queries.set(ctename, renamed(firstArm(ctequery, { ...place, queries }), names));
    // a place is looked at later too, and the queries that follow are not seen there
    const inside: Place = { ...place, queries: new Map(queries) };
    queries.set(ctename, renamed(describe(ctequery, inside), names));
  }
  return { ...place, queries };
}

/** The columns of WITH RECURSIVE are those of the arm that does not refer to itself. */
function firstArm(query: Node, place: Place): Shape {
  const unknown: Shape = { outputs: [], open: true };
  if (!('SelectStmt' in query) || query.SelectStmt.larg === undefined) return unknown;
  return describe({ SelectStmt: query.SelectStmt.larg }, { ...place, reads: new Reads() });
}

/** The columns of a subquery as the outside sees them: what made them has been read. */
export function renamed(shape: Shape, names: readonly string[]): Shape {
  const outputs = shape.outputs.map((output, at) => ({ ...output, name: names[at] ?? output.name, sources: [] }));
  return { outputs, open: shape.open };
}

function merged(left: Output, right: Output | undefined): Output {
  const same = left.type === undefined || right?.type === undefined || left.type.name === right.type.name;
  return { ...left, type: same ? left.type : undefined, sources: [] };
}

function describeValues(lists: readonly Node[], place: Place): Shape {
  for (const list of lists) readExpression(list, place);
  const [first] = lists;
  const values = first !== undefined && 'List' in first ? (first.List.items ?? []) : [];
  const outputs = values.map((value, at) => ({
    name: `column${at + 1}`,
    type: typeOfExpression(value, place),
    notNull: false,
    sources: [],
  }));
  return { outputs, open: false };
}

function describeTargets(targets: readonly Node[], star: Shape, place: Place): Shape {
  const shapes = targets.map((node) => ('ResTarget' in node ? describeTarget(node.ResTarget, star, place) : undefined));
  return {
    outputs: shapes.flatMap((shape) => shape?.outputs ?? []),
    open: shapes.some((shape) => shape === undefined || shape.open),
  };
}

function describeTarget({ name, val }: ResTarget, star: Shape, place: Place): Shape | undefined {
  if (val === undefined) return undefined;
  if ('ColumnRef' in val && isStar(val.ColumnRef)) {
    return resolveStar(strings(val.ColumnRef.fields), star, place);
  }
  readExpression(val, place);
  const column = 'ColumnRef' in val ? resolve(strings(val.ColumnRef.fields), place) : undefined;
  const type = typeOfExpression(val, place);
  const collation = column?.collation;
  const output = {
    name: name ?? nameOfExpression(val) ?? '?column?',
    type,
    notNull: column?.notNull ?? false,
    sources: column?.sources ?? [],
  };
  return { outputs: [{ ...output, ...(collation !== undefined && { collation }) }], open: false };
}

/** ORDER BY, GROUP BY and DISTINCT ON may name a column of the output. */
function readSort(node: Node, shape: Shape, place: Place): void {
  const sorted = 'SortBy' in node ? node.SortBy.node : node;
  if (sorted === undefined) return;
  const [name, ...more] = 'ColumnRef' in sorted ? strings(sorted.ColumnRef.fields) : [];
  if (name !== undefined && more.length === 0 && shape.outputs.some((output) => output.name === name)) return;
  readExpression(sorted, place);
}

const nothing: Shape = { outputs: [], open: true };

function isStar({ fields }: ColumnRef): boolean {
  return fields?.some((field) => 'A_Star' in field) === true;
}

/** Reads the columns of an expression, those of its subqueries too. */
export function readExpression(expression: Node, place: Place): void {
  place.seen?.(expression, place);
  visit(expression, (kind, node) => {
    if (kind === 'ColumnRef') {
      if (isStar(node)) resolveRow(strings(node.fields), place);
      else resolve(strings(node.fields), place);
      return false;
    }
    if (kind === 'RowExpr') {
      for (const field of node.args ?? []) {
        if ('ColumnRef' in field && isStar(field.ColumnRef))
          resolveStar(strings(field.ColumnRef.fields), nothing, place);
      }
    }
    if (kind === 'A_Indirection') {
      const field = fieldOfRow(node, place);
      if (field === undefined) return true;
      resolve(field, place);
      return false;
    }
    if (kind === 'JsonArrayQueryConstructor' && node.query !== undefined) {
      describe(node.query, { ...place, depth: place.depth + 1 });
      return false;
    }
    if (kind !== 'SubLink') return true;
    if (node.testexpr !== undefined) readExpression(node.testexpr, place);
    if (node.subselect !== undefined) describe(node.subselect, { ...place, depth: place.depth + 1 });
    return false;
  });
}
