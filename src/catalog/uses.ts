import { partsOfName } from '../sql/names.js';
import { type Node, strings } from '../sql/tree.js';
import { visit } from '../sql/walk.js';
import type {
  Catalog,
  Column,
  Constraint,
  MaterializedView,
  Oid,
  Policy,
  Relation,
  Routine,
  Rule,
  Table,
  Trigger,
  Type,
  View,
} from './catalog.js';
import { findRelationNamed, findRoutines, findType } from './lookup.js';

/** What has an oid. */
export type CatalogObject = Relation | Type | Routine;

/**
 * The oids of the objects that this one cannot be without: what pg_depend has as its references. An index does not list its table,
 * which lists the index.
 */
export function usesOf(catalog: Catalog, object: CatalogObject): ReadonlySet<Oid> {
  const found = new Set<Oid>();
  for (const part of partsOf(catalog, object)) collect(found, catalog, part);
  found.delete(object.oid);
  return found;
}

/**
 * What an object uses now and did not before, and the reverse. Most changes add one part to a table: then nothing else of it is
 * looked at.
 */
export function changeOfUses(
  catalog: Catalog,
  old: CatalogObject | undefined,
  now: CatalogObject | undefined,
): { readonly added: readonly Oid[]; readonly removed: readonly Oid[] } {
  if (old !== undefined && now !== undefined && isTableObject(old) && isTableObject(now)) {
    const added = newParts(catalog, old, now);
    const gone = newParts(catalog, now, old);
    if (gone.length === 0) return { added, removed: [] };
    const kept = usesOf(catalog, now);
    return { added, removed: gone.filter((oid) => !kept.has(oid)) };
  }
  const before = old === undefined ? nothing : usesOf(catalog, old);
  const after = now === undefined ? nothing : usesOf(catalog, now);
  return {
    added: [...after].filter((oid) => !before.has(oid)),
    removed: [...before].filter((oid) => !after.has(oid)),
  };
}

/** What the parts of `now` use that `old` does not have. */
function newParts(catalog: Catalog, old: Table, now: Table): readonly Oid[] {
  const isFramed = sameFrame(old, now);
  const rules = without(now.rules, old.rules);
  const columns = without(now.columns, old.columns);
  const constraints = without(now.constraints, old.constraints);
  const triggers = without(now.triggers, old.triggers);
  const policies = without(now.policies, old.policies);
  if (isFramed && columns.length + constraints.length + triggers.length + policies.length + rules.length === 0)
    return none;
  const found = new Set<Oid>();
  if (!isFramed) collect(found, catalog, frame(now));
  for (const column of columns) collect(found, catalog, ofColumn(column));
  for (const constraint of constraints) collect(found, catalog, ofConstraint(constraint));
  for (const trigger of triggers) collect(found, catalog, ofTrigger(catalog, trigger));
  for (const policy of policies) collect(found, catalog, ofPolicy(policy));
  for (const rule of rules) collect(found, catalog, ofRule(rule));
  found.delete(now.oid);
  return found.size === 0 ? none : [...found];
}

const none: readonly never[] = [];
const nothing: ReadonlySet<Oid> = new Set();

function without<T>(all: readonly T[], some: readonly T[]): readonly T[] {
  // most changes leave all lists but one as they are
  return all === some || all.length === 0 ? none : all.filter((one, at) => some[at] !== one && !some.includes(one));
}

function sameFrame(a: Table, b: Table): boolean {
  return a.parents === b.parents && a.ofType === b.ofType && a.partitionBy === b.partitionBy;
}

/** What a part of an object names: by oid, and in expressions. */
interface Part {
  readonly oids: readonly (Oid | undefined)[];
  readonly expressions: readonly (Node | undefined)[];
}

function collect(found: Set<Oid>, catalog: Catalog, { oids, expressions }: Part): void {
  for (const oid of oids) if (oid !== undefined) found.add(oid);
  for (const expression of expressions) {
    if (expression !== undefined) for (const oid of usesOfExpression(catalog, expression)) found.add(oid);
  }
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

function partsOf(catalog: Catalog, object: CatalogObject): readonly Part[] {
  switch (object.kind) {
    case 'table':
    case 'partitioned':
    case 'foreign':
      return [
        frame(object),
        ...object.columns.map(ofColumn),
        ...object.constraints.map(ofConstraint),
        ...object.triggers.map((trigger) => ofTrigger(catalog, trigger)),
        ...object.policies.map(ofPolicy),
        ...object.rules.map(ofRule),
      ];
    case 'index':
    case 'partitioned index':
      return [{ oids: [], expressions: [object.predicate, ...object.keys.map(({ expression }) => expression)] }];
    case 'view':
    case 'materialized view':
      return [
        ofQuery(object),
        ...object.columns.map(ofColumn),
        ...(object.kind === 'view' ? object.triggers.map((trigger) => ofTrigger(catalog, trigger)) : []),
        ...(object.kind === 'view' ? object.rules.map(ofRule) : []),
      ];
    case 'sequence':
      return [{ oids: [object.ownedBy?.table], expressions: [] }];
    case 'composite type':
      return object.columns.map(ofColumn);
    case 'domain':
      return [
        {
          oids: [object.base.oid],
          expressions: [object.default, ...object.checks.map(({ expression }) => expression)],
        },
      ];
    case 'range':
      return [{ oids: [object.subtype.oid], expressions: [] }];
    case 'composite':
      return [{ oids: [object.relation], expressions: [] }];
    case 'enum':
    case 'base':
      return [];
    default:
      return [ofRoutine(object)];
  }
}

function ofQuery({ reads, query }: View | MaterializedView): Part {
  return { oids: reads.map(({ relation }) => relation), expressions: [query] };
}

/** Whether the query of a view, or a column of it, uses an object: without that only its rules and triggers may. */
export function usesInQuery(catalog: Catalog, view: View, oid: Oid): boolean {
  const found = new Set<Oid>();
  for (const part of [ofQuery(view), ...view.columns.map(ofColumn)]) collect(found, catalog, part);
  return found.has(oid);
}

function ofRule({ relations }: Rule): Part {
  return { oids: relations, expressions: [] };
}

function isTableObject(object: CatalogObject): object is Table {
  return object.kind === 'table' || object.kind === 'partitioned' || object.kind === 'foreign';
}

/** What a table is apart from the parts it lists. */
function frame({ parents, ofType, partitionBy }: Table): Part {
  return { oids: [...parents, ofType], expressions: partitionBy?.keys.map(({ expression }) => expression) ?? [] };
}

function ofColumn(column: Column): Part {
  return { oids: [column.type?.oid, column.sequence], expressions: [column.default, column.generated?.expression] };
}

function ofConstraint({ references, expression }: Constraint): Part {
  return { oids: [references?.table], expressions: [expression] };
}

function ofTrigger(catalog: Catalog, { from, function: called }: Trigger): Part {
  return { oids: [from, ...(catalog.routineNames.get(called) ?? [])], expressions: [] };
}

function ofPolicy({ reads, using, withCheck }: Policy): Part {
  return { oids: reads.map(({ relation }) => relation), expressions: [using, withCheck] };
}

/** Besides its types: the defaults of its arguments, and a body that is parsed when the function is made (BEGIN ATOMIC). */
function ofRoutine(routine: Routine): Part {
  const { definition, returns, reads } = routine;
  const defaults = (definition?.node.parameters ?? []).map((node) =>
    'FunctionParameter' in node ? node.FunctionParameter.defexpr : undefined,
  );
  return {
    oids: [...routine.arguments.map(({ type }) => type?.oid), returns?.oid, ...reads.map(({ relation }) => relation)],
    expressions: [...defaults, definition?.node.sql_body],
  };
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
  const sequences: (readonly string[])[] = [];
  visit(expression, (kind, node) => {
    if (kind === 'TypeName') types.push(strings(node.names));
    if (kind !== 'FuncCall') return;
    const name = strings(node.funcname);
    functions.push(name);
    const sequence = node.args?.[0] && literal(node.args[0]);
    const parts = sequence === undefined ? undefined : partsOfName(sequence);
    if (parts !== undefined && sequenceFunctions.has(name.at(-1) ?? '')) sequences.push(parts);
  });
  const names = { functions, types, sequences };
  seen.set(expression, names);
  return names;
}

const sequenceFunctions: ReadonlySet<string> = new Set(['nextval', 'currval', 'setval']);

/** The text of 'text' or 'text'::regclass. What is cast to text first is looked up anew on each call. */
function literal(node: Node): string | undefined {
  if ('TypeCast' in node) {
    const { arg, typeName } = node.TypeCast;
    return arg !== undefined && 'A_Const' in arg && strings(typeName?.names).at(-1) === 'regclass'
      ? literal(arg)
      : undefined;
  }
  return 'A_Const' in node ? node.A_Const.sval?.sval : undefined;
}
