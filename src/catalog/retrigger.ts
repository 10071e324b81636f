import { qualifiedName } from '../sql/names.js';
import type { Catalog, Routine } from './catalog.js';
import { changeTable, putRoutine } from './change.js';
import { dependentsOf } from './lookup.js';

/** Puts a routine under another name, and its triggers after it, which know it by name. */
export function retrigger(catalog: Catalog, old: Routine, now: Routine): Catalog {
  const before = qualifiedName(old.schema, old.name);
  const after = qualifiedName(now.schema, now.name);
  const put = putRoutine(catalog, now);
  return dependentsOf(catalog, old.oid).reduce(
    (next, dependent) =>
      changeTable(next, dependent, (table) => ({
        ...table,
        triggers: table.triggers.map((trigger) =>
          trigger.function === before ? { ...trigger, function: after } : trigger,
        ),
      })),
    put,
  );
}
