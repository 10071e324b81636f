import { isKind, type Statement } from '../sql/statement.js';
import type { AlterTableCmd, AlterTableStmt } from '../sql/tree.js';
import type { ApplyOptions } from './applies.js';
import type { Catalog, Column, Table } from './catalog.js';
import { changeTable } from './change.js';
import { columnOf, findRelation, isTable, tables } from './lookup.js';
import { tableOrStub } from './stub.js';
import { withColumn } from './with-column.js';

/** How a command of an ALTER TABLE is carried out. */
export interface CommandOptions extends ApplyOptions {
  /** ALTER TABLE ONLY: children are left as they are. */
  readonly only: boolean;
}

/** What one command of an ALTER TABLE makes of the catalog. */
export type TableCommand = (catalog: Catalog, table: Table, node: AlterTableCmd, options: CommandOptions) => Catalog;

/** The same as an entry of the table that dispatches on the kind. It does nothing on what is no table. */
export function onTable(command: TableCommand) {
  return (node: AlterTableCmd, statement: Statement, catalog: Catalog, options: ApplyOptions): Catalog => {
    const alter = alterTableOf(statement);
    if (alter?.relation === undefined) return catalog;
    const [known, table] = alteredTable(catalog, alter);
    return table === undefined ? known : command(known, table, node, { ...options, only: !alter.relation.inh });
  };
}

/** The ALTER TABLE that a command belongs to. */
export function alterTableOf({ parent }: Statement): AlterTableStmt | undefined {
  return parent !== undefined && isKind(parent, 'AlterTableStmt') ? parent.node : undefined;
}

/** The table of an ALTER TABLE; a table that the history does not show is proven by it, unless it says IF EXISTS. */
export function alteredTable(catalog: Catalog, alter: AlterTableStmt): readonly [Catalog, Table | undefined] {
  if (alter.relation === undefined) return [catalog, undefined];
  const relation = findRelation(catalog, alter.relation);
  if (relation !== undefined) return [catalog, isTable(relation) ? relation : undefined];
  const proven = !alter.missing_ok && (alter.objtype === 'OBJECT_TABLE' || alter.objtype === 'OBJECT_FOREIGN_TABLE');
  return proven ? tableOrStub(catalog, alter.relation) : [catalog, undefined];
}

/** Changes a column of a table and, unless ONLY, of all its descendants. */
export function changeColumn(
  catalog: Catalog,
  table: Table,
  name: string | undefined,
  change: (column: Column) => Column,
  only: boolean,
): Catalog {
  const changed = changeTable(catalog, table.oid, (now) => withColumn(learned(now, name), name, change));
  if (only) return changed;
  return tables(catalog, table.children).reduce((now, child) => changeColumn(now, child, name, change, false), changed);
}

/** A table that is not fully known has a column that a statement speaks of. */
export function learned(table: Table, name: string | undefined): Table {
  if (table.complete || name === undefined || columnOf(table, name) !== undefined) return table;
  const column: Column = { name, type: undefined, notNull: false, inherited: false, born: -1 };
  return { ...table, columns: [...table.columns, column] };
}
