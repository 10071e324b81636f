import type { Table } from '../catalog/catalog.js';
import { provesNotNull } from '../catalog/implication.js';
import { columnOf, tables } from '../catalog/lookup.js';
import { notNullOf } from '../catalog/not-null.js';
import {
  type CommandContext,
  columnNamed,
  family,
  lockBelow,
  missing,
  recurse,
  scanStored,
} from './alter-table-command.js';
import { all, type Draft, fail, nothing } from './draft.js';
import { nullsIn } from './violation.js';

/** Whether a column holds no NULL: marked NOT NULL, and of 18's constraints a valid one. */
export function isNotNull(table: Table, name: string): boolean {
  const constraint = notNullOf(table, name);
  return columnOf(table, name)?.notNull === true && constraint?.validated !== false;
}

/** SET NOT NULL: every table is read in which neither NOT NULL nor a valid CHECK shows that there are no nulls. */
export function setNotNull(name: string | undefined, context: CommandContext): Draft {
  const { table, pg, only } = context;
  const column = columnNamed(context, name);
  if (name === undefined || column === 'missing') return missing(context, name);
  const already = isNotNull(table, name);
  // before 18 a partitioned table is asked for the column before the statement's own ADD COLUMN is carried out
  const added = context.commands.some(
    ({ subtype, def }) =>
      subtype === 'AT_AddColumn' && def !== undefined && 'ColumnDef' in def && def.ColumnDef.colname === name,
  );
  if (added && pg < 18 && table.kind === 'partitioned')
    return fail(`column "${name}" of relation "${table.name}" does not exist`, '42703');
  const hasPartitions = table.kind === 'partitioned' && table.children.length > 0;
  // children of a plain table need not be NOT NULL because it is: only partitions, and since 18 all
  if (already && (table.kind === 'partitioned' || pg >= 18)) return nothing;
  if (only && hasPartitions) return onlyPartitioned(name, context);
  if (only && pg >= 18 && table.children.length > 0) return childrenToo(name, context);
  // since 18 a child that has the constraint is one more time told that it inherits it, and what is below it is not asked
  const hasIt = (child: Table) => pg >= 18 && notNullOf(child, name) !== undefined;
  return all(recurse(context, undefined, hasIt), ...family(context).map((one) => verifyNotNull(one, name, context)));
}

/** The scan that looks for nulls in a column of one table; none where something known rules them out. */
export function verifyNotNull(table: Table, name: string, context: CommandContext): Draft {
  const column = columnOf(table, name);
  if (column === undefined && table.complete) return nothing;
  if (isNotNull(table, name) || provesNotNull(context.catalog, table, name)) return nothing;
  const why = `the rows are searched for nulls in ${name}`;
  const reading = table.complete
    ? scanStored(table, context, why)
    : scanStored(table, context, `${why} (the history does not show whether a CHECK rules them out)`, false);
  return all(reading, nullsIn(table, name));
}

function onlyPartitioned(name: string, context: CommandContext): Draft {
  const nullable = tables(context.catalog, context.table.children).some((child) => !isNotNull(child, name));
  if (context.pg < 18 && !nullable) return lockBelow(context, 'it is looked whether the column is NOT NULL there too');
  return fail('constraint must be added to child tables too', '42P16');
}

/** PostgreSQL 18 lets SET NOT NULL ONLY pass on a plain parent; NOT NULL as a constraint by name it does not. */
function childrenToo(name: string, context: CommandContext): Draft {
  return verifyNotNull(context.table, name, context);
}

/** ADD CONSTRAINT … NOT NULL (18): as SET NOT NULL, but NOT VALID leaves the rows alone and NO INHERIT the children. */
export function addNotNull(
  name: string | undefined,
  how: { readonly name?: string | undefined; readonly notValid: boolean; readonly noInherit: boolean },
  context: CommandContext,
): Draft {
  const { table, only } = context;
  if (name === undefined || columnNamed(context, name) === 'missing')
    return all(missing(context, name), lockBelow(context, 'a constraint is added'));
  const known = notNullOf(table, name);
  if (known !== undefined && known.name !== (how.name ?? known.name))
    return fail(
      `cannot create not-null constraint "${how.name}" on column "${name}" of table "${table.name}"`,
      '55000',
    );
  if (only && !how.noInherit && table.children.length > 0)
    return fail('constraint must be added to child tables too', '42P16');
  if (how.noInherit && table.kind === 'partitioned')
    return fail('not-null constraints on partitioned tables cannot be NO INHERIT', '0A000');
  const below = only ? nothing : lockBelow(context, 'a constraint is added to the parent');
  if (how.notValid) return below;
  const each = how.noInherit ? [table] : family(context);
  return all(below, ...each.map((one) => verifyNotNull(one, name, context)));
}
