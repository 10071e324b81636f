import type { Index, Table } from '../catalog/catalog.js';
import { type Draft, fail, nothing } from './draft.js';

// What the rows of a table may make of a statement that verifies them. The history does not show the rows, so none of it is sure.

/** A row in which the column is null. */
export function nullsIn(table: Table, column: string): Draft {
  return rowed(table, `column "${column}" of relation "${table.name}" contains null values`, '23502');
}

/** A row for which the CHECK is false. */
export function checkViolated(table: Table, constraint: string): Draft {
  return rowed(table, `check constraint "${constraint}" of relation "${table.name}" is violated by some row`, '23514');
}

/** Two rows that a unique index or exclusion constraint keeps apart; nothing of another index. */
export function notUnique({ name, unique, constraint }: Index): Draft {
  if (unique) return fail(`could not create unique index "${name}"`, '23505', false);
  return constraint === undefined ? nothing : fail(`could not create exclusion constraint "${name}"`, '23P01', false);
}

/** A row that refers to none. */
export function notReferenced(table: Table, constraint: string): Draft {
  const what = `insert or update on table "${table.name}" violates foreign key constraint "${constraint}"`;
  return rowed(table, what, '23503');
}

/** A row that the bound of a partition keeps out. */
export function outOfBounds(table: Table): Draft {
  return rowed(table, `partition constraint of relation "${table.name}" is violated by some row`, '23514');
}

/** A row of the default partition that belongs into the new one. */
export function misplaced(table: Table): Draft {
  const what = `updated partition constraint for default partition "${table.name}" would be violated by some row`;
  return rowed(table, what, '23514');
}

/** A foreign table's rows are not looked at, and a partitioned table has none. */
function rowed(table: Table, message: string, code: string): Draft {
  return table.kind === 'table' ? fail(message, code, false) : nothing;
}
