import type { Catalog, Column, Constraint, Table } from './catalog.js';
import { tables } from './lookup.js';

/**
 * The constraint of a child or partition that it has from this one of its parent. A CHECK is the same by its name; a NOT NULL and
 * a foreign key may have another name in the child, which it has where the parent's is taken.
 */
export function inheritedConstraint(child: Table, parent: Constraint): Constraint | undefined {
  const found = child.constraints.filter(
    (constraint) => constraint.inherited && constraint.kind === parent.kind && same(constraint, parent),
  );
  return found.find(({ name }) => name === parent.name) ?? found[0];
}

function same(constraint: Constraint, parent: Constraint): boolean {
  if (parent.kind === 'check') return constraint.name === parent.name;
  const sameColumns =
    constraint.columns.length === parent.columns.length &&
    constraint.columns.every((column, at) => column === parent.columns[at]);
  return sameColumns && constraint.references?.table === parent.references?.table;
}

/** Whether a table has what its children would have as this constraint. */
export function inheritable(table: Table, wanted: Constraint): boolean {
  return table.constraints.some(
    ({ kind, name, noInherit, columns }) =>
      kind === wanted.kind &&
      !noInherit &&
      (kind === 'not null' ? columns[0] === wanted.columns[0] : name === wanted.name),
  );
}

/** Whether a child has this constraint of one parent from another as well. */
export function hasFromOther(catalog: Catalog, child: Table, parent: Table, constraint: Constraint): boolean {
  return tables(catalog, child.parents).some((other) => other.oid !== parent.oid && inheritable(other, constraint));
}

/** The column as one that comes from no parent any more. */
export function ownColumn({ local: _, ...column }: Column): Column {
  return { ...column, inherited: false };
}

/** The constraint as one that comes from no parent any more. */
export function ownConstraint({ local: _, ...constraint }: Constraint): Constraint {
  return { ...constraint, inherited: false };
}
