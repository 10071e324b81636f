import { qualifiedName } from '../sql/names.js';
import type { Node } from '../sql/tree.js';
import type { Catalog, Column, Constraint, Index, Oid, Relation, Table, View } from './catalog.js';
import { hasFromOther, inheritedConstraint } from './inherited.js';
import { columnOf, dependentsOf, indexesOf, isIndex, isTable, tables } from './lookup.js';
import { columnsIn, columnsOfIndex, columnsOfKeys } from './mentions.js';
import { usesInQuery, usesOfExpression } from './uses.js';

/** What a drop takes along: a whole object, or a part of a relation. */
export type Doomed =
  | { readonly kind: 'object'; readonly oid: Oid }
  | {
      readonly kind: 'column' | 'default' | 'constraint' | 'trigger' | 'policy' | 'rule';
      readonly table: Oid;
      readonly name: string;
      /** Of a CHECK or NOT NULL: by ALTER TABLE, which goes through the children, and not for something that it depends on. */
      readonly asked?: boolean;
    };

/** What belongs to an object and goes with it, CASCADE or not. */
export function doomedWithObject(catalog: Catalog, oid: Oid): readonly Doomed[] {
  const relation = catalog.relations.get(oid);
  if (relation === undefined) {
    const type = catalog.types.get(oid);
    return type?.kind === 'composite' ? objects([type.relation]) : [];
  }
  if (relation.kind === 'composite type') return objects([relation.type]);
  if (isTable(relation)) return objects([...relation.indexes, ...ownedSequences(catalog, oid)]);
  if (relation.kind === 'materialized view') return objects(relation.indexes);
  if (isIndex(relation)) return objects(relation.children);
  if (relation.kind === 'sequence' && relation.ownedBy !== undefined)
    return defaultsOf(catalog, relation.ownedBy.table, oid);
  return [];
}

function ownedSequences(catalog: Catalog, table: Oid, column?: string): readonly Oid[] {
  return dependentsOf(catalog, table).filter((oid) => {
    const sequence = catalog.relations.get(oid);
    if (sequence?.kind !== 'sequence' || sequence.ownedBy?.table !== table) return false;
    return column === undefined || sequence.ownedBy.column === column;
  });
}

function defaultsOf(catalog: Catalog, table: Oid, sequence: Oid): readonly Doomed[] {
  const owner = catalog.relations.get(table);
  if (owner === undefined || !isTable(owner)) return [];
  return owner.columns
    .filter((column) => draws(column, sequence))
    .map(({ name }) => ({ kind: 'default', table, name }));
}

/** Whether a column takes its values from a sequence of its own, as serial and IDENTITY make it. */
function draws({ sequence }: Column, oid: Oid): boolean {
  return sequence === oid;
}

/** What depends on an object in pg_depend: it goes with CASCADE, partitions also without. */
export function doomedByObject(catalog: Catalog, oid: Oid): readonly Doomed[] {
  const dropped = catalog.relations.get(oid);
  if (dropped !== undefined && isIndex(dropped)) return doomedKeys(catalog, dropped);
  return dependentsOf(catalog, oid).flatMap((dependent) => {
    const relation = catalog.relations.get(dependent);
    if (relation === undefined) return doomedType(catalog, dependent);
    if (relation.kind === 'view' && !usesInQuery(catalog, relation, oid)) return doomedInView(catalog, relation, oid);
    return isTable(relation) ? doomedInTable(catalog, relation, oid) : doomedRelation(relation, oid);
  });
}

/** Rules and triggers of a view that it can be without. */
function doomedInView(catalog: Catalog, view: View, oid: Oid): readonly Doomed[] {
  const called = calledBy(catalog, oid);
  return [
    ...view.triggers
      .filter(({ function: name }) => name === called)
      .map(({ name }): Doomed => ({ kind: 'trigger', table: view.oid, name })),
    ...view.rules
      .filter(({ relations }) => relations.includes(oid))
      .map(({ name }): Doomed => ({ kind: 'rule', table: view.oid, name })),
  ];
}

/** The name by which a trigger calls a function. */
function calledBy(catalog: Catalog, oid: Oid): string | undefined {
  const routine = catalog.routines.get(oid);
  return routine && qualifiedName(routine.schema, routine.name);
}

function doomedType(catalog: Catalog, dependent: Oid): readonly Doomed[] {
  return objects([dependent]).filter(() => catalog.types.has(dependent) || catalog.routines.has(dependent));
}

function doomedRelation(relation: Relation, oid: Oid): readonly Doomed[] {
  if (relation.kind === 'composite type')
    return relation.columns
      .filter(({ type }) => type?.oid === oid)
      .map(({ name }) => ({ kind: 'column', table: relation.oid, name }));
  return objects([relation.oid]);
}

function doomedInTable(catalog: Catalog, table: Table, oid: Oid): readonly Doomed[] {
  const uses = (expression: Node | undefined) => usesOfExpression(catalog, expression).includes(oid);
  const inKey = table.partitionBy?.keys.some(({ expression }) => uses(expression)) ?? false;
  if (table.parents.includes(oid) || table.ofType === oid || inKey) return objects([table.oid]);
  const part =
    (kind: 'column' | 'default' | 'constraint' | 'trigger' | 'policy' | 'rule') =>
    (named: { readonly name: string }) => ({
      kind,
      table: table.oid,
      name: named.name,
    });
  const trigger = calledBy(catalog, oid);
  return [
    // the default of a generated column cannot be had without the column (pg_depend: internal)
    ...table.columns
      .filter(({ type, generated }) => type?.oid === oid || uses(generated?.expression))
      .map(part('column')),
    ...table.columns.filter((column) => draws(column, oid) || uses(column.default)).map(part('default')),
    ...table.constraints
      .filter(({ references, expression }) => references?.table === oid || uses(expression))
      .map(part('constraint')),
    ...table.triggers.filter(({ from, function: called }) => from === oid || called === trigger).map(part('trigger')),
    ...table.policies
      .filter(
        ({ reads, using, withCheck }) =>
          reads.some(({ relation }) => relation === oid) || uses(using) || uses(withCheck),
      )
      .map(part('policy')),
    ...table.rules.filter(({ relations }) => relations.includes(oid)).map(part('rule')),
  ];
}

/** What involves a column: PostgreSQL drops indexes and constraints of its own table without being asked, the rest with CASCADE. */
export function doomedByColumn(
  catalog: Catalog,
  relation: Extract<Relation, { columns: readonly Column[] }>,
  column: Column,
): readonly Doomed[] {
  const { name } = column;
  const readers = dependentsOf(catalog, relation.oid).filter((oid) => readsColumn(catalog, oid, relation.oid, name));
  const indexes = 'indexes' in relation ? indexesOf(catalog, relation) : [];
  const involved = indexes.filter((index) => index.constraint === undefined && columnsOfIndex(index).has(name));
  // a partitioned table cannot be without a column of its key
  const inKey = isTable(relation) && columnsOfKeys(relation.partitionBy?.keys ?? []).has(name);
  const whole = objects([
    ...(inKey ? [relation.oid] : []),
    ...readers,
    ...ownedSequences(catalog, relation.oid, name),
    ...involved.map(({ oid }) => oid),
  ]);
  return isTable(relation) ? [...whole, ...doomedPartsByColumn(catalog, relation, name)] : whole;
}

/** Whether a view or a function reads the column. */
function readsColumn(catalog: Catalog, dependent: Oid, relation: Oid, name: string): boolean {
  const reader = catalog.relations.get(dependent) ?? catalog.routines.get(dependent);
  if (reader === undefined || !('reads' in reader)) return false;
  return reader.reads.some((read) => read.relation === relation && read.columns !== '*' && read.columns.includes(name));
}

function doomedPartsByColumn(catalog: Catalog, table: Table, name: string): readonly Doomed[] {
  const behind = new Set(
    indexesOf(catalog, table).flatMap((index) => (columnsOfIndex(index).has(name) ? [index.oid] : [])),
  );
  const own = table.constraints.filter(
    ({ columns, expression, index }) =>
      columns.includes(name) || columnsIn(expression).has(name) || (index !== undefined && behind.has(index)),
  );
  return [
    ...own.map((constraint) => constraintOf(table, constraint)),
    ...foreignKeysTo(catalog, table, ({ columns }) => columns.includes(name)),
    ...table.triggers
      .filter(({ columns }) => columns.includes(name))
      .map((trigger) => partOf('trigger', table, trigger)),
    ...table.policies.filter(({ columns }) => columns.includes(name)).map((policy) => partOf('policy', table, policy)),
    ...table.rules.filter(({ columns }) => columns.includes(name)).map((rule) => partOf('rule', table, rule)),
    ...policiesReading(catalog, table, name),
    ...rulesReading(catalog, table, name),
    ...table.columns
      .filter((column) => columnsIn(column.generated?.expression).has(name))
      .map((column) => partOf('column', table, column)),
    ...tables(catalog, table.children)
      .filter((child) => hasOnlyFrom(catalog, child, name, table.oid))
      .map((child) => partOf('column', child, { name })),
  ];
}

/** Policies of other tables that read the column in a subquery. */
export function policiesReading(catalog: Catalog, table: Table, name: string): readonly Doomed[] {
  return tables(catalog, dependentsOf(catalog, table.oid)).flatMap((other) =>
    other.policies
      .filter(({ reads }) => reads.some(({ relation, columns }) => relation === table.oid && columns.includes(name)))
      .map((policy) => partOf('policy', other, policy)),
  );
}

/** Rules of other tables whose actions have to do with the column. */
export function rulesReading(catalog: Catalog, table: Table, name: string): readonly Doomed[] {
  return tables(catalog, dependentsOf(catalog, table.oid)).flatMap((other) =>
    other.rules
      .filter(({ reads }) => reads.some(({ relation, columns }) => relation === table.oid && columns.includes(name)))
      .map((rule) => partOf('rule', other, rule)),
  );
}

function partOf(
  kind: 'column' | 'trigger' | 'policy' | 'rule',
  table: Table,
  { name }: { readonly name: string },
): Doomed {
  return { kind, table: table.oid, name };
}

function constraintOf(table: Table, { name }: Constraint): Doomed {
  return { kind: 'constraint', table: table.oid, name };
}

/** A child keeps a column that it declares itself or that it has from another parent too. */
function hasOnlyFrom(catalog: Catalog, child: Table, name: string, parent: Oid): boolean {
  const column = columnOf(child, name);
  if (column === undefined || !column.inherited || column.local) return false;
  return !tables(catalog, child.parents).some((other) => other.oid !== parent && columnOf(other, name) !== undefined);
}

/** Foreign keys that rely on a unique index. */
function doomedKeys(catalog: Catalog, index: Index): readonly Doomed[] {
  const table = catalog.relations.get(index.table);
  if (!index.unique || table === undefined || !isTable(table)) return [];
  return foreignKeysTo(catalog, table, (references) => references.index === index.oid);
}

/** Foreign keys anywhere to this table that rely on something of it. */
function foreignKeysTo(
  catalog: Catalog,
  table: Table,
  rely: (references: NonNullable<Constraint['references']>) => boolean,
): readonly Doomed[] {
  const others = [table, ...tables(catalog, dependentsOf(catalog, table.oid))];
  return others.flatMap((other) =>
    other.constraints
      .filter(({ references }) => references?.table === table.oid && rely(references))
      .map((constraint) => constraintOf(other, constraint)),
  );
}

/** What a constraint takes along. */
export function doomedByConstraint(
  catalog: Catalog,
  table: Table,
  constraint: Constraint,
  asked: boolean,
): readonly Doomed[] {
  const { index, kind, name, columns } = constraint;
  const key = new Set(columns);
  const sameColumns = (others: readonly string[]) => others.length === key.size && others.every((one) => key.has(one));
  const isKey = kind === 'primary key' || kind === 'unique';
  // the constraints of partitions' indexes go with the indexes
  const inherits = index === undefined && !constraint.noInherit && (asked || kind === 'foreign key');
  return [
    ...(index === undefined ? [] : objects([index])),
    ...(isKey
      ? foreignKeysTo(catalog, table, (references) =>
          references.index === undefined ? sameColumns(references.columns) : references.index === index,
        )
      : []),
    ...tables(catalog, inherits ? table.children : []).flatMap((child) =>
      inheritedAs(catalog, child, table, constraint),
    ),
  ].filter((doomed) => doomed.kind !== 'constraint' || doomed.table !== table.oid || doomed.name !== name);
}

function inheritedAs(catalog: Catalog, child: Table, parent: Table, constraint: Constraint): readonly Doomed[] {
  const found = inheritedConstraint(child, constraint);
  if (found === undefined || found.local || hasFromOther(catalog, child, parent, constraint)) return [];
  return [{ kind: 'constraint', table: child.oid, name: found.name, asked: true }];
}

function objects(oids: readonly Oid[]): readonly Doomed[] {
  return oids.map((oid) => ({ kind: 'object', oid }));
}
