import type { Catalog, Oid, OtherObject } from './catalog.js';

// The only writer of `others` and of its index by relation.

type OtherKind = OtherObject['kind'];

function keyOf(kind: OtherKind, name: string): string {
  return `${kind} ${name}`;
}

/** A publication, statistics object … by its name; "schema.name" of what is in a schema. */
export function findOther(catalog: Catalog, kind: OtherKind, name: string | undefined): OtherObject | undefined {
  return name === undefined ? undefined : catalog.others.get(keyOf(kind, name));
}

/** Adds one, or puts it in the place of that with its name. */
export function putOther(catalog: Catalog, other: OtherObject): Catalog {
  const key = keyOf(other.kind, other.name);
  const without = removeOther(catalog, other.kind, other.name);
  const othersOfRelation = other.relations.reduce(
    (index, oid) => index.set(oid, [...(index.get(oid) ?? []), key]),
    without.othersOfRelation,
  );
  return { ...without, others: without.others.set(key, other), othersOfRelation };
}

/** Takes one out. */
export function removeOther(catalog: Catalog, kind: OtherKind, name: string): Catalog {
  const old = findOther(catalog, kind, name);
  if (old === undefined) return catalog;
  const key = keyOf(kind, name);
  const othersOfRelation = old.relations.reduce((index, oid) => {
    const rest = (index.get(oid) ?? []).filter((other) => other !== key);
    return rest.length === 0 ? index.delete(oid) : index.set(oid, rest);
  }, catalog.othersOfRelation);
  return { ...catalog, others: catalog.others.delete(key), othersOfRelation };
}

/** The publications, statistics objects … that are about a relation. */
export function othersOf(catalog: Catalog, relation: Oid): readonly OtherObject[] {
  return (catalog.othersOfRelation.get(relation) ?? []).flatMap((key) => catalog.others.get(key) ?? []);
}

/** The foreign tables of a server, or of all servers of a foreign-data wrapper. */
export function foreignTablesOf(
  catalog: Catalog,
  of: { readonly server: string } | { readonly wrapper: string },
): readonly Oid[] {
  return serversOf(catalog, of).flatMap(({ relations }) => relations);
}

/** The servers that DROP SERVER or DROP FOREIGN DATA WRAPPER … CASCADE takes. */
export function serversOf(
  catalog: Catalog,
  of: { readonly server: string } | { readonly wrapper: string },
): readonly OtherObject[] {
  if ('server' in of) return [findOther(catalog, 'server', of.server) ?? []].flat();
  return [...catalog.others.values()].filter(({ kind, wrapper }) => kind === 'server' && wrapper === of.wrapper);
}

/** A dropped relation takes its statistics along; publications are without it from then on. */
export function forgetInOthers(catalog: Catalog, relation: Oid): Catalog {
  return othersOf(catalog, relation).reduce((now, other) => {
    if (other.kind === 'statistics') return removeOther(now, other.kind, other.name);
    return putOther(now, { ...other, relations: other.relations.filter((oid) => oid !== relation) });
  }, catalog);
}

/** Statistics go with any of their columns. */
export function forgetStatisticsOn(catalog: Catalog, relation: Oid, column: string): Catalog {
  return othersOf(catalog, relation)
    .filter(({ columns = [] }) => columns.includes(column))
    .reduce((now, { kind, name }) => removeOther(now, kind, name), catalog);
}

/** Statistics know their columns by name. */
export function renameInStatistics(catalog: Catalog, relation: Oid, from: string, to: string): Catalog {
  return othersOf(catalog, relation).reduce((now, other) => {
    if (!other.columns?.includes(from)) return now;
    return putOther(now, { ...other, columns: other.columns.map((column) => (column === from ? to : column)) });
  }, catalog);
}
