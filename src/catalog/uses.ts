import { type Node, strings } from '../sql/tree.js';
import { visit } from '../sql/walk.js';
import type { Catalog, Column, Oid, Relation, Routine, Table, Type } from './catalog.js';
import { findRelationNamed, findRoutines, findType, isIndex, isTable } from './lookup.js';

/** What has an oid. */
export type CatalogObject = Relation | Type | Routine;

const known = new WeakMap<CatalogObject, ReadonlySet<Oid>>();

/**
 * The oids of the objects that this one cannot be without: what pg_depend has as its references. An index does not list its table,
 * which lists the index. As in pg_depend, names are resolved once, when the object comes to be what it is.
 */
export function usesOf(catalog: Catalog, object: CatalogObject): ReadonlySet<Oid> {
  const before = known.get(object);
  if (before !== undefined) return before;
  const found = new Set<Oid>();
  for (const oid of references(catalog, object)) if (oid !== undefined && oid !== object.oid) found.add(oid);
  for (const expression of expressions(object)) {
    for (const oid of usesOfExpression(catalog, expression)) if (oid !== object.oid) found.add(oid);
  }
  known.set(object, found);
  return found;
}

/** The functions, types and sequences that an expression names, as far as the history created them. */
export function usesOfExpression(catalog: Catalog, expression: Node | undefined): readonly Oid[] {
  if (expression === undefined) return [];
  const { functions, types, sequences } = namesIn(expression);
  return [
    ...(catalog.routines.size === 0 ? [] : functions.flatMap((name) => findRoutines(catalog, name))),
    ...(catalog.types.size === 0 ? [] : types.flatMap((name) => findType(catalog, name) ?? [])),
    ...sequences.flatMap((name) => findRelationNamed(catalog, name) ?? []),
  ].map(({ oid }) => oid);
}

function references(catalog: Catalog, object: CatalogObject): Iterable<Oid | undefined> {
  if (object.kind === 'domain') return [object.base.oid];
  if (object.kind === 'range') return [object.subtype.oid];
  if (object.kind === 'composite') return [object.relation];
  if (object.kind === 'view' || object.kind === 'materialized view')
    return [...typesOf(object.columns), ...object.reads.map(({ relation }) => relation)];
  if (object.kind === 'sequence') return [object.ownedBy?.table];
  if (object.kind === 'composite type') return typesOf(object.columns);
  if ('arguments' in object)
    return [
      ...object.arguments.map(({ type }) => type?.oid),
      object.returns?.oid,
      ...object.reads.map(({ relation }) => relation),
    ];
  return 'constraints' in object ? referencesOfTable(catalog, object) : [];
}

function* referencesOfTable(catalog: Catalog, table: Table): Iterable<Oid | undefined> {
  yield* table.parents;
  yield table.ofType;
  for (const { type, sequence } of table.columns) {
    yield type?.oid;
    yield sequence;
  }
  for (const { references } of table.constraints) yield references?.table;
  for (const trigger of table.triggers) {
    yield trigger.from;
    yield* catalog.routineNames.get(trigger.function) ?? [];
  }
  for (const { reads } of table.policies) for (const { relation } of reads) yield relation;
}

function typesOf(columns: readonly Column[]): readonly (Oid | undefined)[] {
  return columns.map(({ type }) => type?.oid);
}

function expressions(object: CatalogObject): Iterable<Node | undefined> {
  if (object.kind === 'domain') return [object.default, ...object.checks.map(({ expression }) => expression)];
  if (object.kind === 'view' || object.kind === 'materialized view') return [object.query];
  if ('arguments' in object) return expressionsOfRoutine(object);
  if (!isRelation(object)) return [];
  if (isIndex(object)) return [object.predicate, ...object.keys.map(({ expression }) => expression)];
  return isTable(object) ? expressionsOfTable(object) : [];
}

function* expressionsOfTable(table: Table): Iterable<Node | undefined> {
  for (const column of table.columns) {
    yield column.default;
    yield column.generated?.expression;
  }
  for (const { expression } of table.constraints) yield expression;
  for (const { using, withCheck } of table.policies) {
    yield using;
    yield withCheck;
  }
  for (const { expression } of table.partitionBy?.keys ?? []) yield expression;
}

/** The defaults of its arguments, and a body that is parsed when the function is made (BEGIN ATOMIC). */
function expressionsOfRoutine({ definition }: Routine): readonly (Node | undefined)[] {
  const parameters = definition?.node.parameters ?? [];
  const defaults = parameters.map((node) => ('FunctionParameter' in node ? node.FunctionParameter.defexpr : undefined));
  return [...defaults, definition?.node.sql_body];
}

function isRelation(object: CatalogObject): object is Relation {
  return 'table' in object || 'constraints' in object;
}

interface Names {
  readonly functions: readonly (readonly string[])[];
  readonly types: readonly (readonly string[])[];
  readonly sequences: readonly (readonly string[])[];
}

const seen = new WeakMap<Node, Names>();

/** A table is looked at again on each of its changes, its expressions but once. */
function namesIn(expression: Node): Names {
  const known = seen.get(expression);
  if (known !== undefined) return known;
  const functions: string[][] = [];
  const types: string[][] = [];
  const sequences: string[][] = [];
  visit(expression, (kind, node) => {
    if (kind === 'TypeName') types.push(strings(node.names));
    if (kind !== 'FuncCall') return;
    const name = strings(node.funcname);
    functions.push(name);
    const sequence = node.args?.[0] && literal(node.args[0]);
    if (sequence !== undefined && sequenceFunctions.has(name.at(-1) ?? '')) sequences.push(nameParts(sequence));
  });
  const names = { functions, types, sequences };
  seen.set(expression, names);
  return names;
}

const sequenceFunctions: ReadonlySet<string> = new Set(['nextval', 'currval', 'setval']);

/** The text of 'text' or 'text'::regclass. */
function literal(node: Node): string | undefined {
  if ('TypeCast' in node && node.TypeCast.arg !== undefined) return literal(node.TypeCast.arg);
  return 'A_Const' in node ? node.A_Const.sval?.sval : undefined;
}

/** The parts of a name as regclass reads it: `"A".b` is A and b. */
export function nameParts(name: string): string[] {
  return [...name.matchAll(/"((?:[^"]|"")*)"|([^."]+)/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain?.trim().toLowerCase() ?? '',
  );
}
