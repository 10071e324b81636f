import type { ApplyOptions } from './applies.js';
import type { Catalog, Constraint, Table } from './catalog.js';
import { changeTable } from './change.js';
import { addConstraint } from './constraint-definition.js';
import { hasFromOther, inheritedConstraint, ownConstraint } from './inherited.js';
import { tables } from './lookup.js';
import { setNotNull } from './not-null.js';
import { dropConstraint, dropConstraintAlone } from './removal.js';
import { onTable, type TableCommand } from './table-command.js';
import { withColumn } from './with-column.js';

const add: TableCommand = (catalog, table, { def }, options) =>
  def !== undefined && 'Constraint' in def ? addConstraint(catalog, table.oid, def.Constraint, options) : catalog;

const drop: TableCommand = (catalog, table, { name }, { only }) => {
  const constraint = table.constraints.find((one) => one.name === name);
  if (constraint === undefined) return catalog;
  return only ? dropConstraintAlone(catalog, table, constraint) : dropConstraint(catalog, table.oid, constraint.name);
};

const validate: TableCommand = (catalog, table, { name }) =>
  changeConstraint(catalog, table, name, (constraint) => ({ ...constraint, validated: constraint.enforced }));

const alter: TableCommand = (catalog, table, { def }, options) => {
  if (def === undefined || !('ATAlterConstraint' in def)) return catalog;
  const { ATAlterConstraint: asked } = def;
  if (asked.alterInheritability)
    return alterInheritance(catalog, table, asked.conname, asked.noinherit ?? false, options);
  return changeConstraint(catalog, table, asked.conname, (constraint) => ({
    ...constraint,
    ...(asked.alterDeferrability && { deferrable: asked.deferrable ?? false }),
    ...(asked.alterEnforceability && enforcement(constraint, asked.is_enforced ?? false)),
  }));
};

/** ALTER CONSTRAINT … INHERIT or NO INHERIT of a NOT NULL. */
function alterInheritance(
  catalog: Catalog,
  table: Table,
  name: string | undefined,
  noInherit: boolean,
  options: ApplyOptions,
): Catalog {
  const constraint = table.constraints.find((one) => one.name === name);
  const [column] = constraint?.columns ?? [];
  if (constraint?.kind !== 'not null' || column === undefined) return catalog;
  const { validated } = constraint;
  const altered = changeTable(catalog, table.oid, (now) => replaced(now, constraint, { ...constraint, noInherit }));
  return tables(altered, table.children).reduce((now, child) => {
    if (!noInherit) return setNotNull(now, child.oid, column, options, { name, validated, inherited: true });
    const own = inheritedConstraint(child, constraint);
    if (own === undefined || hasFromOther(now, child, table, constraint)) return now;
    return changeTable(now, child.oid, (one) => replaced(one, own, ownConstraint(own)));
  }, altered);
}

/** What is enforced from now on is checked at once. */
function enforcement(constraint: Constraint, enforced: boolean): Pick<Constraint, 'enforced' | 'validated'> {
  return { enforced, validated: enforced && (!constraint.enforced || constraint.validated) };
}

/** Changes a constraint by name, and what children have of it. */
function changeConstraint(
  catalog: Catalog,
  table: Table,
  name: string | undefined,
  change: (constraint: Constraint) => Constraint,
): Catalog {
  const constraint = table.constraints.find((one) => one.name === name);
  if (constraint === undefined) return catalog;
  const below = changeInherited(catalog, table, constraint, change);
  return changeTable(below, table.oid, (now) => replaced(now, constraint, change(constraint)));
}

function changeInherited(
  catalog: Catalog,
  table: Table,
  constraint: Constraint,
  change: (constraint: Constraint) => Constraint,
): Catalog {
  return tables(catalog, table.children).reduce((now, child) => {
    const own = inheritedConstraint(child, constraint);
    if (own === undefined) return now;
    const changed = changeTable(now, child.oid, (one) => replaced(one, own, change(own)));
    return changeInherited(changed, child, own, change);
  }, catalog);
}

/** A NOT NULL that is valid is one that the column can be relied on for. */
function replaced(table: Table, old: Constraint, now: Constraint): Table {
  const constraints = table.constraints.map((one) => (one === old ? now : one));
  const changed = { ...table, constraints };
  return now.kind === 'not null' && now.validated
    ? withColumn(changed, now.columns[0], (column) => ({ ...column, notNull: true }))
    : changed;
}

/** The commands of ALTER TABLE that change a constraint. */
export const constraintCommands = {
  AT_AddConstraint: onTable(add),
  AT_DropConstraint: onTable(drop),
  AT_ValidateConstraint: onTable(validate),
  AT_AlterConstraint: onTable(alter),
} as const;
