import type { Catalog, Oid } from './catalog.js';
import { putType } from './change.js';
import { dropObject } from './removal.js';

/**
 * The catalog after COMMIT or ROLLBACK: what SET LOCAL set is gone, new labels of enums may be used, tables made with ON COMMIT DROP
 * are gone. What a ROLLBACK undoes is not looked for here: the caller hands in the catalog as it was when the transaction began.
 */
export function endTransaction(catalog: Catalog, how: 'commit' | 'rollback'): Catalog {
  const { session, local } = catalog.settings;
  const settled: Catalog = isEmpty(local) ? catalog : { ...catalog, settings: { session, local: {} } };
  const { enums, onCommitDrop: dropped } = catalog.transient;
  // most transactions leave nothing to be settled
  if (how === 'rollback' || (enums.length === 0 && dropped.length === 0)) return settled;
  const committed = enums.reduce(commitLabels, settled);
  const { onCommitDrop, temporary } = committed.transient;
  return onCommitDrop.reduce(dropObject, { ...committed, transient: { enums: [], onCommitDrop: [], temporary } });
}

function commitLabels(catalog: Catalog, oid: Oid): Catalog {
  const type = catalog.types.get(oid);
  if (type?.kind !== 'enum') return catalog;
  const { fresh: _, ...settled } = type;
  return putType(catalog, { ...settled, uncommitted: [] });
}

/** The catalog as a new session finds it: session settings and temporary relations are gone. */
export function startSession(catalog: Catalog): Catalog {
  const { transient, settings } = catalog;
  if (transient.temporary.length === 0 && isEmpty(settings.session)) return catalog;
  const fresh: Catalog = {
    ...catalog,
    settings: { session: {}, local: settings.local },
    transient: { ...transient, temporary: [] },
  };
  return transient.temporary.reduce(dropObject, fresh);
}

function isEmpty(settings: Readonly<Record<string, string>>): boolean {
  for (const _ in settings) return false;
  return true;
}
