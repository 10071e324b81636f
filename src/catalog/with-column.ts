import type { Column, Table } from './catalog.js';

/** The table with one column changed. */
export function withColumn(table: Table, name: string | undefined, change: (column: Column) => Column): Table {
  return { ...table, columns: table.columns.map((column) => (column.name === name ? change(column) : column)) };
}
