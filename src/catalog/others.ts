import type { Catalog, Oid, OtherObject } from './catalog.js';

/** The publications, statistics objects … that are about a relation. */
export function othersOf(catalog: Catalog, relation: Oid): readonly OtherObject[] {
  return [...catalog.others.values()].filter(({ relations }) => relations.includes(relation));
}

/** A dropped relation takes its statistics along; publications are without it from then on. */
export function forgetInOthers(catalog: Catalog, relation: Oid): Catalog {
  return change(catalog, othersOf(catalog, relation), (other) =>
    other.kind === 'statistics'
      ? undefined
      : { ...other, relations: other.relations.filter((oid) => oid !== relation) },
  );
}

/** Statistics go with any of their columns. */
export function forgetStatisticsOn(catalog: Catalog, relation: Oid, column: string): Catalog {
  const about = othersOf(catalog, relation).filter(({ columns = [] }) => columns.includes(column));
  return change(catalog, about, () => undefined);
}

/** Statistics know their columns by name. */
export function renameInStatistics(catalog: Catalog, relation: Oid, from: string, to: string): Catalog {
  const about = othersOf(catalog, relation).filter(({ columns = [] }) => columns.includes(from));
  return change(catalog, about, ({ columns = [], ...other }) => ({
    ...other,
    columns: columns.map((column) => (column === from ? to : column)),
  }));
}

function change(
  catalog: Catalog,
  objects: readonly OtherObject[],
  to: (object: OtherObject) => OtherObject | undefined,
): Catalog {
  if (objects.length === 0) return catalog;
  let { others } = catalog;
  for (const object of objects) {
    const key = `${object.kind} ${object.name}`;
    const changed = to(object);
    others = changed === undefined ? others.delete(key) : others.set(key, changed);
  }
  return { ...catalog, others };
}
