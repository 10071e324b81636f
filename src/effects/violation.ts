import type { DomainType, Index, Table, TypeRef } from '../catalog/catalog.js';
import { type Draft, fail, nothing } from './draft.js';

// What the rows of a table may make of a statement that verifies them. The history does not show the rows, so none of it is sure.

/** A row in which the column is null. */
export function nullsIn(table: Table, column: string): Draft {
  return rowed(table, `column "${column}" of relation "${table.name}" contains null values`, '23502');
}

/** Bytes of an integer: one that becomes wider always fits. */
const widths: ReadonlyMap<string, number> = new Map([
  ['int2', 2],
  ['int4', 4],
  ['int8', 8],
]);

const dates = new Set(['date', 'time', 'timetz', 'timestamp', 'timestamptz', 'interval']);

/** A value that has no counterpart in the new type of its column: too long, too large, or a text that means nothing there. */
export function notConvertible(table: Table, from: TypeRef, to: TypeRef, isText: (type: TypeRef) => boolean): Draft {
  if (isText(to)) {
    const [length] = to.modifiers;
    return length === undefined || to.name === 'text'
      ? nothing
      : rowed(table, `value too long for type character varying(${length})`, '22001');
  }
  if (isText(from) && from.dimensions === 0)
    return dates.has(to.name)
      ? rowed(table, `invalid input syntax for type ${to.name}`, '22007')
      : rowed(table, `invalid input syntax for type ${to.name}`, '22P02');
  if (to.name === 'varbit') return rowed(table, 'bit string too long for type bit varying', '22001');
  const width = widths.get(to.name);
  if (width !== undefined && width <= (widths.get(from.name) ?? width))
    return rowed(table, `${to.name} out of range`, '22003');
  return to.name === 'numeric' && to.modifiers.length > 0 ? rowed(table, 'numeric field overflow', '22003') : nothing;
}

/** A value that a domain does not take. */
export function domainViolated(table: Table, { name, notNull, checks }: DomainType): Draft {
  const [check] = checks;
  if (check !== undefined)
    return rowed(table, `value for domain ${name} violates check constraint "${check.name}"`, '23514');
  return notNull ? rowed(table, `domain ${name} does not allow null values`, '23502') : nothing;
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
  return table.kind === 'foreign' ? nothing : fail(what, '23503', false);
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
