import type { Catalog, Column, Constraint, Oid, Table, View } from './catalog.js';
import { changeTable, forget, putRelation } from './change.js';
import { type Doomed, doomedByColumn, doomedByConstraint, doomedByObject, doomedWithObject } from './doomed.js';
import { inheritable, inheritedConstraint, ownColumn, ownConstraint } from './inherited.js';
import { columnOf, isIndex, isTable, tables } from './lookup.js';
import { forgetColumnInOthers, forgetEventTriggers, forgetInOthers } from './others.js';
import { withColumn } from './with-column.js';

/**
 * Drops a relation, type, function or procedure with all that PostgreSQL drops along, as with CASCADE: without it the server refuses
 * when there is something left to take along, so a statement that has succeeded says the same.
 */
export function dropObject(catalog: Catalog, oid: Oid): Catalog {
  return drop(catalog, [{ kind: 'object', oid }]);
}

/** Drops a column with its indexes, constraints, owned sequences, and the same column of children that have it from here. */
export function dropColumn(catalog: Catalog, table: Oid, name: string): Catalog {
  return drop(catalog, [{ kind: 'column', table, name }]);
}

/** Drops a constraint with its index, the foreign keys that rely on it, and what children or partitions have of it. */
export function dropConstraint(catalog: Catalog, table: Oid, name: string): Catalog {
  return drop(catalog, [{ kind: 'constraint', table, name, asked: true }]);
}

/** Drops a constraint of ALTER TABLE ONLY: children keep what they have of it, as their own. */
export function dropConstraintAlone(catalog: Catalog, table: Table, constraint: Constraint): Catalog {
  const kept = tables(catalog, table.children).reduce((now, child) => {
    const own = inheritedConstraint(child, constraint);
    return changeTable(now, child.oid, (one) => ({
      ...one,
      constraints: one.constraints.map((other) => (other === own ? { ...other, local: true } : other)),
    }));
  }, catalog);
  return dropConstraint(kept, table.oid, constraint.name);
}

/** Without recursion: chains of views may be long. What is gone already when its turn comes costs nothing. */
function drop(start: Catalog, first: readonly Doomed[]): Catalog {
  let catalog = start;
  const waiting = [...first];
  for (let doomed = waiting.pop(); doomed !== undefined; doomed = waiting.pop()) {
    const [after, more] = dropOne(catalog, doomed);
    catalog = after;
    waiting.push(...more);
  }
  return catalog;
}

function dropOne(catalog: Catalog, doomed: Doomed): readonly [Catalog, readonly Doomed[]] {
  if (doomed.kind === 'object') return removeObject(catalog, doomed.oid);
  const relation = catalog.relations.get(doomed.table);
  if (relation === undefined) return [catalog, []];
  if (doomed.kind === 'default') return [withoutDefault(catalog, doomed.table, doomed.name), []];
  if (doomed.kind === 'column') {
    const column = columnOf(relation, doomed.name);
    if (column === undefined || !('columns' in relation)) return [catalog, []];
    const more = doomedByColumn(catalog, relation, column);
    const columns = relation.columns.filter((other) => other !== column);
    const after = forgetColumnInOthers(putRelation(catalog, { ...relation, columns }), relation.oid, doomed.name);
    return [isTable(relation) ? disinheritColumn(after, relation, column) : after, more];
  }
  if (relation.kind === 'view') return [putRelation(catalog, withoutPartOfView(relation, doomed)), []];
  if (!isTable(relation)) return [catalog, []];
  if (doomed.kind === 'constraint') return removeConstraint(catalog, relation, doomed.name, doomed.asked ?? false);
  const { kind, name } = doomed;
  return [changeTable(catalog, relation.oid, (table) => withoutPart(table, kind, name)), []];
}

function removeObject(catalog: Catalog, oid: Oid): readonly [Catalog, readonly Doomed[]] {
  const more = [...doomedWithObject(catalog, oid), ...doomedByObject(catalog, oid)];
  const relation = catalog.relations.get(oid);
  let after = forget(catalog, oid);
  if (relation === undefined) return [catalog.routines.has(oid) ? forgetEventTriggers(after, oid) : after, more];
  after = forgetInOthers(after, oid);
  if (isIndex(relation)) after = unlinkIndex(after, relation.oid, relation.table, relation.parent);
  if (isTable(relation)) {
    for (const parent of relation.parents) {
      after = changeTable(after, parent, (table) => ({ ...table, children: without(table.children, oid) }));
    }
  }
  return [after, more];
}

function unlinkIndex(catalog: Catalog, oid: Oid, table: Oid, parent: Oid | undefined): Catalog {
  let after = changeTable(catalog, table, ({ clusteredOn, ...rest }) => ({
    ...rest,
    ...(clusteredOn !== undefined && clusteredOn !== oid && { clusteredOn }),
    indexes: without(rest.indexes, oid),
    constraints: rest.constraints.filter(({ index }) => index !== oid),
  }));
  const owner = after.relations.get(table);
  if (owner?.kind === 'materialized view')
    after = putRelation(after, { ...owner, indexes: without(owner.indexes, oid) });
  const above = parent === undefined ? undefined : after.relations.get(parent);
  if (above !== undefined && isIndex(above))
    after = putRelation(after, { ...above, children: without(above.children, oid) });
  return after;
}

function removeConstraint(
  catalog: Catalog,
  table: Table,
  name: string,
  asked: boolean,
): readonly [Catalog, readonly Doomed[]] {
  const constraint = table.constraints.find((other) => other.name === name);
  if (constraint === undefined) return [catalog, []];
  const more = doomedByConstraint(catalog, table, constraint, asked);
  const nullable = (column: Column) =>
    constraint.kind === 'not null' && constraint.columns.includes(column.name) ? { ...column, notNull: false } : column;
  const after = changeTable(catalog, table.oid, (now) => ({
    ...now,
    columns: now.columns.map(nullable),
    constraints: now.constraints.filter((other) => other.name !== name),
  }));
  return [asked ? disinheritConstraint(after, table, constraint) : after, more];
}

/** What a child declares itself, and has from no other parent, is its own when the parent's goes. */
function disinheritColumn(catalog: Catalog, parent: Table, { name }: Column): Catalog {
  return tables(catalog, parent.children)
    .filter(
      (child) => columnOf(child, name)?.local && !tables(catalog, child.parents).some((one) => columnOf(one, name)),
    )
    .reduce((now, { oid }) => changeTable(now, oid, (child) => withColumn(child, name, ownColumn)), catalog);
}

function disinheritConstraint(catalog: Catalog, parent: Table, constraint: Constraint): Catalog {
  return tables(catalog, parent.children).reduce((now, child) => {
    const own = inheritedConstraint(child, constraint);
    if (!own?.local || tables(now, child.parents).some((one) => inheritable(one, constraint))) return now;
    return changeTable(now, child.oid, (one) => ({
      ...one,
      constraints: one.constraints.map((other) => (other === own ? ownConstraint(own) : other)),
    }));
  }, catalog);
}

function withoutDefault(catalog: Catalog, oid: Oid, name: string): Catalog {
  return changeTable(catalog, oid, (table) => ({
    ...table,
    columns: table.columns.map((column) => {
      if (column.name !== name) return column;
      const { default: _, sequence: __, identity: ___, ...rest } = column;
      return rest;
    }),
  }));
}

function withoutPart(table: Table, kind: 'trigger' | 'policy' | 'rule', name: string): Table {
  if (kind === 'rule') return { ...table, rules: table.rules.filter((rule) => rule.name !== name) };
  return kind === 'trigger'
    ? { ...table, triggers: table.triggers.filter((trigger) => trigger.name !== name) }
    : { ...table, policies: table.policies.filter((policy) => policy.name !== name) };
}

function withoutPartOfView(view: View, { kind, name }: { readonly kind: string; readonly name: string }): View {
  if (kind === 'rule') return { ...view, rules: view.rules.filter((rule) => rule.name !== name) };
  return kind === 'trigger' ? { ...view, triggers: view.triggers.filter((trigger) => trigger.name !== name) } : view;
}

function without(oids: readonly Oid[], oid: Oid): readonly Oid[] {
  return oids.filter((other) => other !== oid);
}
