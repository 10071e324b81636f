import type { Column, Table } from './catalog.js';

/** The table with one column changed; the same table where the change changes nothing. */
export function withColumn(table: Table, name: string | undefined, change: (column: Column) => Column): Table {
  const at = table.columns.findIndex((column) => column.name === name);
  const column = table.columns[at];
  const changed = column && change(column);
  return changed === undefined || changed === column ? table : { ...table, columns: table.columns.with(at, changed) };
}
