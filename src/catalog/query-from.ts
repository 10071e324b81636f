import { type Alias, type JoinExpr, type Node, type RangeFunction, type RangeVar, strings } from '../sql/tree.js';
import type { Relation } from './catalog.js';
import { nameOfExpression } from './expression-name.js';
import { typeOfExpression } from './expression-type.js';
import { findRelation, findRoutines, typeByOid } from './lookup.js';
import { describe, readExpression, renamed } from './query.js';
import { type Item, type Output, type Place, read, resolve, type Shape } from './query-scope.js';
import { builtInType, typeRef } from './type-ref.js';

/** What FROM offers: the items by name, and the columns that `*` means. */
export interface From extends Shape {
  readonly items: readonly Item[];
}

const nothing: From = { items: [], outputs: [], open: false };

/** Reads what stands in FROM. Later items may refer to earlier ones (LATERAL), as functions do. */
export function fromClause(nodes: readonly Node[], place: Place): From {
  return nodes.reduce((before, node) => beside(before, fromNode(node, before.items, place)), nothing);
}

function beside(left: From, right: From): From {
  return {
    items: [...left.items, ...right.items],
    outputs: [...left.outputs, ...right.outputs],
    open: left.open || right.open,
  };
}

function fromNode(node: Node, before: readonly Item[], place: Place): From {
  const lateral: Place = { ...place, levels: [before, ...place.levels] };
  if ('RangeVar' in node) return fromRelation(node.RangeVar, place);
  if ('JoinExpr' in node) return fromJoin(node.JoinExpr, before, place);
  if ('RangeSubselect' in node) {
    const { subquery, alias, lateral: isLateral } = node.RangeSubselect;
    const shape = subquery === undefined ? unknown : describe(subquery, isLateral ? lateral : place);
    return asItem(renamed(shape, []), alias, '');
  }
  if ('RangeFunction' in node) return fromFunction(node.RangeFunction, lateral);
  if ('RangeTableSample' in node && node.RangeTableSample.relation !== undefined) {
    return fromNode(node.RangeTableSample.relation, before, place);
  }
  readExpression(node, lateral);
  const alias =
    'RangeTableFunc' in node ? node.RangeTableFunc.alias : 'JsonTable' in node ? node.JsonTable.alias : undefined;
  return asItem(unknown, alias, '');
}

const unknown: Shape = { outputs: [], open: true };

function asItem(shape: Shape, alias: Alias | undefined, name: string, relation?: Relation): From {
  const names = strings(alias?.colnames);
  const outputs = shape.outputs.map((output, at) => ({ ...output, name: names[at] ?? output.name }));
  // names given to columns that are not known name them
  const more = names
    .slice(outputs.length)
    .map((column): Output => ({ name: column, type: undefined, notNull: false, sources: [] }));
  const all = { outputs: [...outputs, ...more], open: shape.open };
  const item: Item = {
    ...all,
    name: alias?.aliasname ?? name,
    ...(relation !== undefined && { relation: relation.oid, ...(alias === undefined && { schema: relation.schema }) }),
  };
  return { ...all, items: [item] };
}

function fromRelation(range: RangeVar, place: Place): From {
  const { relname = '', schemaname, alias } = range;
  const query = schemaname === undefined ? place.queries.get(relname) : undefined;
  if (query !== undefined) return asItem(query, alias, relname);
  const relation = findRelation(place.catalog, range);
  if (relation === undefined) return asItem(unknown, alias, relname);
  place.reads.relation(relation.oid);
  return asItem(shapeOfRelation(relation), alias, relname, relation);
}

/** The columns of a relation as a query reads them. */
export function shapeOfRelation(relation: Relation): Shape {
  if (!('columns' in relation)) return { outputs: [], open: relation.kind === 'sequence' };
  const outputs = relation.columns.map(({ name, type, notNull, collation }) => ({
    name,
    type,
    notNull,
    sources: [{ relation: relation.oid, column: name }],
    ...(collation !== undefined && { collation }),
  }));
  return { outputs, open: 'complete' in relation && !relation.complete };
}

function fromJoin(join: JoinExpr, before: readonly Item[], place: Place): From {
  const left = join.larg === undefined ? nothing : fromNode(join.larg, before, place);
  const right = join.rarg === undefined ? nothing : fromNode(join.rarg, [...before, ...left.items], place);
  const both = beside(left, right);
  const inside: Place = { ...place, levels: [both.items, ...place.levels] };
  place.seen?.({ JoinExpr: join }, inside);
  if (join.quals !== undefined) readExpression(join.quals, inside);
  const shared = join.isNatural ? commonNames(left, right) : strings(join.usingClause);
  const columns = shared.map((name) => mergedColumn(name, left, right, place));
  const isRest = (output: Output) => !shared.includes(output.name);
  const outputs = [...columns, ...left.outputs.filter(isRest), ...right.outputs.filter(isRest)];
  if (join.alias !== undefined) return asItem({ outputs, open: both.open }, join.alias, '');
  // USING (…) AS name has the merged columns beside the items
  const using = join.join_using_alias?.aliasname;
  const named = using === undefined ? [] : [{ name: using, outputs: columns, open: false }];
  return { items: [...both.items, ...named], outputs, open: both.open };
}

function commonNames(left: Shape, right: Shape): readonly string[] {
  const names = new Set(right.outputs.map(({ name }) => name));
  return left.outputs.flatMap(({ name }) => (names.has(name) ? [name] : []));
}

/** A column of USING is read on both sides. */
function mergedColumn(name: string, left: From, right: From, place: Place): Output {
  const sides = [left, right].map((side) => resolve([name], { ...place, levels: [side.items] }));
  const known = sides.flatMap((side) => side ?? []);
  for (const output of known) read(output, place.reads);
  const [type, other = type] = known.map((output) => output.type);
  const same = type?.name === other?.name && type?.dimensions === other?.dimensions;
  return { name, type: same ? type : undefined, notNull: false, sources: known.flatMap(({ sources }) => sources) };
}

function fromFunction({ functions, alias, coldeflist, ordinality }: RangeFunction, place: Place): From {
  const calls = (functions ?? []).flatMap((list) => ('List' in list ? (list.List.items?.[0] ?? []) : []));
  for (const call of calls) readExpression(call, place);
  const [only, ...more] = calls;
  const shapes = calls.map((call) => shapeOfCall(call, place, alias, more.length > 0));
  const declared = (coldeflist ?? []).flatMap((node): Output[] =>
    'ColumnDef' in node
      ? [
          {
            name: node.ColumnDef.colname ?? '',
            type: typeRef(place.catalog, node.ColumnDef.typeName),
            notNull: false,
            sources: [],
          },
        ]
      : [],
  );
  const outputs = declared.length > 0 ? declared : shapes.flatMap((shape) => shape.outputs);
  const position: Output = {
    name: 'ordinality',
    type: builtInType('int8'),
    notNull: false,
    sources: [],
  };
  const open = declared.length === 0 && shapes.some((shape) => shape.open);
  const all = ordinality && !open ? [...outputs, position] : outputs;
  return asItem({ outputs: all, open }, alias, nameOfExpression(only) ?? '');
}

/** The columns of a function in FROM: its OUT and TABLE arguments, the fields of a row type, or one named after alias or function. */
function shapeOfCall(call: Node, place: Place, alias: Alias | undefined, several: boolean): Shape {
  const name = 'FuncCall' in call ? strings(call.FuncCall.funcname) : [];
  const [routine, ...overloads] = findRoutines(place.catalog, name);
  const single = (several ? undefined : alias?.aliasname) ?? name.at(-1) ?? '';
  if (routine === undefined) return shapeOfBuiltIn(name.at(-1) ?? '', single, argumentsOf(call));
  if (overloads.length > 0) return unknown;
  const out = routine.arguments.filter(({ output }) => output);
  const own = { notNull: false, sources: [] };
  if (out.length > 0)
    return { outputs: out.map((argument) => ({ name: argument.name, type: argument.type, ...own })), open: false };
  const returned = routine.returns?.oid === undefined ? undefined : typeByOid(place.catalog, routine.returns.oid);
  if (returned?.kind === 'composite') {
    const relation = place.catalog.relations.get(returned.relation);
    if (relation === undefined) return unknown;
    // pg_depend has the columns of a table whose row type a function in FROM returns
    const shape = shapeOfRelation(relation);
    return relation.kind === 'composite type' ? renamed(shape, []) : shape;
  }
  if (routine.returns?.name === 'record') return unknown;
  return { outputs: [{ name: single, type: typeOfExpression(call, place), ...own }], open: false };
}

/** The columns of the functions of pg_catalog that stand in FROM most; '' is the name of the alias or function. */
const builtInColumns: { readonly [name: string]: readonly string[] } = {
  generate_series: [''],
  generate_subscripts: [''],
  unnest: [''],
  regexp_split_to_table: [''],
  string_to_table: [''],
  json_object_keys: [''],
  jsonb_object_keys: [''],
  json_array_elements: ['value'],
  jsonb_array_elements: ['value'],
  json_array_elements_text: ['value'],
  jsonb_array_elements_text: ['value'],
  json_each: ['key', 'value'],
  jsonb_each: ['key', 'value'],
  json_each_text: ['key', 'value'],
  jsonb_each_text: ['key', 'value'],
};

function argumentsOf(call: Node): number {
  return 'FuncCall' in call ? (call.FuncCall.args?.length ?? 0) : 0;
}

function shapeOfBuiltIn(name: string, single: string, given: number): Shape {
  // unnest(a, b) gives a column for each
  if (!Object.hasOwn(builtInColumns, name) || (name === 'unnest' && given !== 1)) return unknown;
  const columns = builtInColumns[name] ?? [];
  const outputs = columns.map((column) => ({ name: column || single, type: undefined, notNull: false, sources: [] }));
  return { outputs, open: false };
}
