import type { Catalog, Column, Table } from '../catalog/catalog.js';
import { columnOf, descendants } from '../catalog/lookup.js';
import type { AlterTableCmd, AlterTableType } from '../sql/tree.js';
import { all, type Draft, fail, nothing, rewrite, scan } from './draft.js';
import type { LockMode } from './effect.js';
import { lockEach, missingColumn, systemColumns } from './relations.js';
import { rowTypeUser } from './row-type.js';

/** What the prediction of one command of an ALTER TABLE may look at. */
export interface CommandContext {
  /** The schema as the commands that PostgreSQL carries out before this one leave it. */
  readonly catalog: Catalog;
  readonly table: Table;
  /** The table before the whole statement: what expressions are read by, before any command is carried out (ATPrepCmd). */
  readonly start: Table;
  readonly pg: number;
  readonly timeZone: string | undefined;
  /** The mode of the whole statement: children are locked in it too. */
  readonly lock: LockMode;
  /** ALTER TABLE ONLY. */
  readonly only: boolean;
  /** The schema after this command alone. */
  readonly after: Catalog;
  /** All commands of the statement. */
  readonly commands: readonly AlterTableCmd[];
}

/** What one command does besides locking its own table. */
export type PredictCommand = (command: AlterTableCmd, context: CommandContext) => Draft;

/** What PostgreSQL refuses in a command before it carries out any of the statement's. */
export type PrepareCommand = (command: AlterTableCmd, context: CommandContext) => Draft | undefined;

/** A part of the table of commands: one per family. */
export type CommandTable = { readonly [T in AlterTableType]?: PredictCommand };

/** The tables that a command that recurses goes through: the table and, without ONLY, all below it. */
export function family({ catalog, table, only }: CommandContext): readonly Table[] {
  return only ? [table] : [table, ...descendants(catalog, table)];
}

/** The lock on everything below the table; where a child is already as it shall be (`isLast`), what is below that one is left alone. */
export function lockBelow(
  { catalog, table, lock: mode }: CommandContext,
  why: string,
  isLast?: (child: Table) => boolean,
): Draft {
  return lockEach(descendants(catalog, table, isLast), mode, why);
}

/** The lock on everything below the table, unless the statement says ONLY. */
export function recurse(
  context: CommandContext,
  why = 'what is done to the parent is done to its children',
  isLast?: (child: Table) => boolean,
): Draft {
  return context.only ? nothing : lockBelow(context, why, isLast);
}

/** A command that does to each child what it does to the table. */
export const recursive: PredictCommand = (command, context) => all(missing(context, command.name), recurse(context));

/** A command that touches the catalog entry of the one table. */
export const alone: PredictCommand = () => nothing;

/** A command about a column, for which the column has to exist. */
export const aboutColumn: PredictCommand = (command, context) => missing(context, command.name);

/** The refusal of a column that does not exist. */
export function missing({ table }: CommandContext, name: string | undefined): Draft {
  if (name === undefined) return nothing;
  return systemColumns.has(name) ? fail(`cannot alter system column "${name}"`, '0A000') : missingColumn(table, name);
}

/** The column; 'missing' when the table has none of the name, undefined when the history does not show it. */
export function columnNamed({ table }: CommandContext, name: string | undefined): Column | 'missing' | undefined {
  const found = columnOf(table, name);
  if (found !== undefined) return found;
  return table.complete ? 'missing' : undefined;
}

/** The table is read, if it has rows of its own: a partitioned or foreign one has not. */
export function scanStored(table: Table, { lock: mode }: CommandContext, why: string, sure = true): Draft {
  return table.kind === 'table' ? scan(table, mode, why, sure) : nothing;
}

/** The table is written anew, if it has rows of its own. */
export function rewriteStored(table: Table, { lock: mode, catalog }: CommandContext, why: string, sure = true): Draft {
  return table.kind === 'table' ? all(rewrite(table, mode, why, sure), storedElsewhere(table, catalog, sure)) : nothing;
}

/** Rows of the table that are stored in a column would have to be written anew too (ATRewriteTables). */
function storedElsewhere(table: Table, catalog: Catalog, sure: boolean): Draft {
  const user = rowTypeUser(catalog, table);
  return user === undefined
    ? nothing
    : fail(`cannot alter table "${table.name}" because column "${user}" uses its row type`, '0A000', sure);
}
