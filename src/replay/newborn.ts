import type { Born, Catalog, Relation } from '../catalog/catalog.js';
import { isTable, relationByName } from '../catalog/lookup.js';
import type { Effect } from '../effects/effect.js';

/** Tells of a relation (schema.name) whether it came into being at or after migration number `since`. */
export type Newness = (relation: string) => boolean;

/**
 * No running code knows a relation that is born in the migration (or deploy) being judged, so nobody waits for it. A temporary
 * table is nobody else's either. An index is as new as its table: a new index on an old table is work that others
 * feel. A partition of an old table is reached through its parent. What the history does not show is old.
 */
export function newness(before: Catalog, after: Catalog, since: Born): Newness {
  const isNew = (relation: Relation, catalog: Catalog): boolean => {
    if (relation.kind === 'index' || relation.kind === 'partitioned index') {
      const table = catalog.relations.get(relation.table);
      return table !== undefined && isNew(table, catalog);
    }
    if ('persistence' in relation && relation.persistence === 'temporary') return true;
    if (relation.born < since) return false;
    if (!('parents' in relation)) return true;
    return relation.parents.every((parent) => {
      const table = catalog.relations.get(parent);
      return table === undefined || isNew(table, catalog);
    });
  };
  return (name) => {
    const old = relationByName(before, name);
    if (old !== undefined) return isNew(old, before);
    const created = relationByName(after, name);
    return created !== undefined && isNew(created, after);
  };
}

/** Tells of a relation whether it came into being at or after migration number `since`, whatever it belongs to. */
export function creation(before: Catalog, after: Catalog, since: Born): Newness {
  return (name) => ((relationByName(before, name) ?? relationByName(after, name))?.born ?? -1) >= since;
}

/** Marks the effects that reach nobody, and those on new indexes of old tables, which are felt through the table alone. */
export function markBorn(effects: readonly Effect[], isNew: Newness, isCreated: Newness): readonly Effect[] {
  return effects.map((effect) => {
    if (isNew(effect.relation)) return { ...effect, bornHere: true };
    return effect.kind === 'index' && isCreated(effect.relation) ? { ...effect, createdHere: true } : effect;
  });
}

/** Commands whose work on other tables is done for the rows of their own: the keys of a foreign key are looked up. */
const forOwnRows: ReadonlySet<string> = new Set([
  'AT_AddConstraint',
  'AT_ValidateConstraint',
  'AT_AddColumn',
  'AT_AlterColumnType',
]);

/** A table that is born here and has no rows yet asks nothing of the tables it refers to but their locks. */
export function withoutRows(
  effects: readonly Effect[],
  kind: string,
  target: string | undefined,
  before: Catalog,
  isNew: Newness,
): readonly Effect[] {
  if (target === undefined || !forOwnRows.has(kind) || !isNew(target)) return effects;
  const table = relationByName(before, target);
  if (table === undefined || !isTable(table) || table.filled) return effects;
  return effects.map((effect) =>
    effect.work === 'scan' && effect.relation !== target ? { ...effect, work: 'none' } : effect,
  );
}

/** The effects that others may feel; on an empty table there is nothing to read, to build or to write. */
export function felt(effects: readonly Effect[], isEmpty: boolean): readonly Effect[] {
  const old = effects.filter((effect) => !effect.bornHere);
  return isEmpty ? old.map((effect) => ({ ...effect, work: 'none' })) : old;
}
