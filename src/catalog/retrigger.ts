import { qualifiedName } from '../sql/names.js';
import type { Catalog, Routine, Trigger } from './catalog.js';
import { putRelation, putRoutine } from './change.js';
import { dependentsOf, isTable } from './lookup.js';

/** Puts a routine under another name, and its triggers after it, which know it by name. */
export function retrigger(catalog: Catalog, old: Routine, now: Routine): Catalog {
  const before = qualifiedName(old.schema, old.name);
  const after = qualifiedName(now.schema, now.name);
  const put = putRoutine(catalog, now);
  const renamed = (triggers: readonly Trigger[]) =>
    triggers.map((trigger) => (trigger.function === before ? { ...trigger, function: after } : trigger));
  return dependentsOf(catalog, old.oid).reduce((next, dependent) => {
    const relation = next.relations.get(dependent);
    if (relation === undefined || !(isTable(relation) || relation.kind === 'view')) return next;
    return putRelation(next, { ...relation, triggers: renamed(relation.triggers) });
  }, put);
}
