import type { Catalog, Relation, Table } from '../catalog/catalog.js';
import { literalOf } from '../catalog/literal.js';
import { tables } from '../catalog/lookup.js';
import { brokenCheck, mayHold } from '../catalog/pruning.js';
import { asConditions } from './change.js';
import { outOfView } from './changed-view.js';
import { type Draft, fail, nothing } from './draft.js';
import type { Row } from './selected-rows.js';

/** The refusal of a row whose constants the bound of the partition, a CHECK or the CHECK OPTION of the view through which it comes keep out. */
export function brokenRow(
  table: Table,
  through: Relation | undefined,
  row: Row,
  catalog: Catalog,
  sure: boolean,
): Draft | undefined {
  const conditions = asConditions(row);
  const [parent] = table.bound === undefined ? [] : tables(catalog, table.parents);
  if (parent !== undefined && mayHold(catalog, parent, table, conditions) === 'no')
    return fail(`new row for relation "${table.name}" violates partition constraint`, '23514', sure);
  const view = outOfView(through, row, catalog);
  if (view !== undefined) return fail(`new row violates check option for view "${view}"`, '44000', sure);
  const check = brokenCheck(catalog, table, conditions);
  if (check === undefined) return undefined;
  const what = `new row for relation "${table.name}" violates check constraint "${check.name}"`;
  return fail(what, '23514', sure && table.kind === 'table');
}

/** NULL for a column that takes none, if there is a row. */
export function nullRefusal(table: Table, values: Row): Draft {
  const column = table.columns.find(({ name, notNull }) => {
    const value = notNull ? literalOf(values.get(name)) : undefined;
    return value !== undefined && value.text === undefined;
  });
  if (column === undefined) return nothing;
  const message = `null value in column "${column.name}" of relation "${table.name}" violates not-null constraint`;
  return fail(message, '23502', false);
}
