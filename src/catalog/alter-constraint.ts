import type { Catalog, Constraint, Table } from './catalog.js';
import { changeTable } from './change.js';
import { addConstraint } from './constraint-definition.js';
import { inheritedConstraint } from './inherited.js';
import { tables } from './lookup.js';
import { dropConstraint } from './removal.js';
import { onTable, type TableCommand } from './table-command.js';
import { withColumn } from './with-column.js';

const add: TableCommand = (catalog, table, { def }, options) =>
  def !== undefined && 'Constraint' in def ? addConstraint(catalog, table.oid, def.Constraint, options) : catalog;

const drop: TableCommand = (catalog, table, { name }, { only }) => {
  const constraint = table.constraints.find((one) => one.name === name);
  if (constraint === undefined) return catalog;
  const kept = only
    ? changeInherited(catalog, table, constraint, (own) => ({ ...own, inherited: false }), false)
    : catalog;
  return dropConstraint(kept, table.oid, constraint.name);
};

const validate: TableCommand = (catalog, table, { name }) =>
  changeConstraint(catalog, table, name, (constraint) => ({ ...constraint, validated: constraint.enforced }));

const alter: TableCommand = (catalog, table, { def }) => {
  if (def === undefined || !('ATAlterConstraint' in def)) return catalog;
  const { ATAlterConstraint: asked } = def;
  return changeConstraint(catalog, table, asked.conname, (constraint) => ({
    ...constraint,
    ...(asked.alterDeferrability && { deferrable: asked.deferrable ?? false }),
    ...(asked.alterInheritability && { noInherit: asked.noinherit ?? false }),
    ...(asked.alterEnforceability && enforcement(constraint, asked.is_enforced ?? false)),
  }));
};

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
  const below = changeInherited(catalog, table, constraint, change, true);
  return changeTable(below, table.oid, (now) => replaced(now, constraint, change(constraint)));
}

function changeInherited(
  catalog: Catalog,
  table: Table,
  constraint: Constraint,
  change: (constraint: Constraint) => Constraint,
  deep: boolean,
): Catalog {
  return tables(catalog, table.children).reduce((now, child) => {
    const own = inheritedConstraint(child, constraint);
    if (own === undefined) return now;
    const changed = changeTable(now, child.oid, (one) => replaced(one, own, change(own)));
    return deep ? changeInherited(changed, child, own, change, true) : changed;
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
