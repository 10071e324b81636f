import type { Catalog, Table } from './catalog.js';
import { unlink } from './inheritance.js';
import { dependentsOf, tables } from './lookup.js';
import { dropObject } from './removal.js';

/**
 * Leaves nothing of a table but its oid and the foreign keys to it: it was known by its name alone, and is made now.
 */
export function bared(catalog: Catalog, table: Table): Catalog {
  const owned = dependentsOf(catalog, table.oid).filter((oid) => catalog.relations.get(oid)?.kind === 'sequence');
  const alone = tables(catalog, table.children).reduce((now, child) => unlink(now, table, child), catalog);
  const orphaned = tables(alone, table.parents).reduce((now, parent) => unlink(now, parent, table), alone);
  return [...table.indexes, ...owned].reduce(dropObject, orphaned);
}
