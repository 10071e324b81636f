import { type Node, strings } from '../sql/tree.js';
import { rangeVars, visit } from '../sql/walk.js';
import type { Catalog, Column, Constraint, Index, IndexKey, Oid, Read, Relation, Table } from './catalog.js';
import { changeTable, putRelation, putRoutine } from './change.js';
import { columnOf, dependentsOf, findRelation, indexesOf, isTable, tables } from './lookup.js';
import { columnsIn } from './mentions.js';
import { renameColumnInOthers } from './others.js';

/** The relations that have columns. */
type WithColumns = Extract<Relation, { columns: readonly Column[] }>;

/** Renames a column wherever the catalog speaks of it: indexes, constraints, foreign keys to it, children, what reads it. */
export function renameColumn(catalog: Catalog, relation: WithColumns, from: string, to: string): Catalog {
  const rename: Rename = { from, to };
  const own = renameColumnInOthers(putRelation(catalog, renamedIn(relation, rename)), relation.oid, from, to);
  const indexes = 'indexes' in relation ? indexesOf(own, relation) : [];
  const indexed = indexes.reduce((now, index) => putRelation(now, renamedIndex(index, rename)), own);
  const dependents = [...dependentsOf(indexed, relation.oid), relation.oid];
  const referred = dependents.reduce((now, oid) => renamedInDependent(now, oid, relation.oid, rename), indexed);
  if (!isTable(relation)) return referred;
  return tables(referred, relation.children)
    .filter((child) => columnOf(child, from)?.inherited)
    .reduce((now, child) => renameColumn(now, child, from, to), referred);
}

interface Rename {
  readonly from: string;
  readonly to: string;
}

function name(old: string, { from, to }: Rename): string {
  return old === from ? to : old;
}

function names(old: readonly string[], rename: Rename): readonly string[] {
  return old.includes(rename.from) ? old.map((one) => name(one, rename)) : old;
}

function renamedIn(relation: WithColumns, rename: Rename): WithColumns {
  const columns = relation.columns.map((column) => renamedColumn(column, rename));
  return isTable(relation) ? renamedTable({ ...relation, columns }, rename) : { ...relation, columns };
}

function renamedColumn(column: Column, rename: Rename): Column {
  const { generated } = column;
  return {
    ...column,
    name: name(column.name, rename),
    ...(generated && { generated: { ...generated, expression: expression(generated.expression, rename) } }),
  };
}

function renamedTable(table: Table, rename: Rename): Table {
  return {
    ...table,
    constraints: table.constraints.map((constraint) => renamedConstraint(constraint, rename)),
    triggers: table.triggers.map((trigger) => ({ ...trigger, columns: names(trigger.columns, rename) })),
    rules: table.rules.map((rule) => ({ ...rule, columns: names(rule.columns, rename) })),
    policies: table.policies.map((policy) => ({
      ...policy,
      columns: names(policy.columns, rename),
      ...(policy.using && { using: expression(policy.using, rename) }),
      ...(policy.withCheck && { withCheck: expression(policy.withCheck, rename) }),
    })),
    ...(table.partitionBy && {
      partitionBy: { ...table.partitionBy, keys: table.partitionBy.keys.map((key) => renamedKey(key, rename)) },
    }),
  };
}

function renamedConstraint(constraint: Constraint, rename: Rename): Constraint {
  return {
    ...constraint,
    columns: names(constraint.columns, rename),
    ...(constraint.expression && { expression: expression(constraint.expression, rename) }),
  };
}

function renamedIndex(index: Index, rename: Rename): Index {
  return {
    ...index,
    keys: index.keys.map((key) => renamedKey(key, rename)),
    include: names(index.include, rename),
    ...(index.predicate && { predicate: expression(index.predicate, rename) }),
  };
}

function renamedKey(key: IndexKey, rename: Rename): IndexKey {
  return {
    ...key,
    ...(key.column !== undefined && { column: name(key.column, rename) }),
    ...(key.expression && { expression: expression(key.expression, rename) }),
  };
}

/** The expression with the column under its new name; the tree that was there stays as it is. */
function expression(old: Node, { from, to }: Rename): Node {
  if (!columnsIn(old).has(from)) return old;
  const copy = structuredClone(old);
  visit(copy, (kind, node) => {
    const last = kind === 'ColumnRef' ? node.fields?.at(-1) : undefined;
    if (last !== undefined && 'String' in last && last.String.sval === from) last.String.sval = to;
  });
  return copy;
}

/** Foreign keys to the column; views, routines and policies that read it; sequences that belong to it. */
function renamedInDependent(catalog: Catalog, dependent: Oid, relation: Oid, rename: Rename): Catalog {
  const routine = catalog.routines.get(dependent);
  if (routine !== undefined) return putRoutine(catalog, { ...routine, reads: readsOf(routine, relation, rename) });
  const object = catalog.relations.get(dependent);
  if (object === undefined) return catalog;
  if (object.kind === 'sequence') {
    const { ownedBy } = object;
    return ownedBy?.table === relation && ownedBy.column === rename.from
      ? putRelation(catalog, { ...object, ownedBy: { table: relation, column: rename.to } })
      : catalog;
  }
  if (object.kind === 'view' || object.kind === 'materialized view') {
    const { query } = object;
    const read = { ...object, reads: readsOf(object, relation, rename) };
    return putRelation(
      catalog,
      query === undefined ? read : { ...read, query: inQuery(catalog, read, query, relation, rename) },
    );
  }
  return changeTable(catalog, dependent, (table) => ({
    ...table,
    constraints: table.constraints.map((constraint) => {
      const { references } = constraint;
      return references?.table === relation
        ? { ...constraint, references: { ...references, columns: names(references.columns, rename) } }
        : constraint;
    }),
    policies: table.policies.map((policy) => ({ ...policy, reads: readsOf(policy, relation, rename) })),
    rules: table.rules.map((rule) => ({ ...rule, reads: readsOf(rule, relation, rename) })),
  }));
}

/** The query of a view with the column under its new name, wherever it is clear that it is this one. */
function inQuery(
  catalog: Catalog,
  { reads }: { readonly reads: readonly Read[] },
  old: Node,
  relation: Oid,
  { from, to }: Rename,
): Node {
  if (!columnsIn(old).has(from)) return old;
  const isAlone = !reads.some((read) => {
    const other = read.relation === relation ? undefined : catalog.relations.get(read.relation);
    return other !== undefined && 'columns' in other && columnOf(other, from) !== undefined;
  });
  const names = namesOf(catalog, old, relation);
  const copy = structuredClone(old);
  visit(copy, (kind, node) => {
    if (kind !== 'ColumnRef') return;
    const last = node.fields?.at(-1);
    const [of] = strings(node.fields?.slice(-2, -1));
    if (last === undefined || !('String' in last) || last.String.sval !== from) return;
    if (of === undefined ? isAlone : names.has(of)) last.String.sval = to;
  });
  return copy;
}

/** The names that a query gives to the relation and to no other. */
function namesOf(catalog: Catalog, query: Node, relation: Oid): ReadonlySet<string> {
  const ranges = rangeVars(query).map((range) => ({
    name: range.alias?.aliasname ?? range.relname ?? '',
    isIt: findRelation(catalog, range)?.oid === relation,
  }));
  const others = new Set(ranges.filter(({ isIt }) => !isIt).map(({ name: other }) => other));
  return new Set(ranges.filter(({ isIt, name: own }) => isIt && !others.has(own)).map(({ name: own }) => own));
}

function readsOf({ reads }: { readonly reads: readonly Read[] }, relation: Oid, rename: Rename): readonly Read[] {
  return reads.map((read) =>
    read.relation === relation && read.columns !== '*' ? { ...read, columns: names(read.columns, rename) } : read,
  );
}
