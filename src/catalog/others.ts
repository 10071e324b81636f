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

/** A function that is dropped takes along the event triggers that call it. */
export function forgetEventTriggers(catalog: Catalog, routine: Oid): Catalog {
  return eventTriggersOf(catalog, routine).reduce((now, { kind, name }) => removeOther(now, kind, name), catalog);
}

/** The event triggers that call a function. */
export function eventTriggersOf(catalog: Catalog, routine: Oid): readonly OtherObject[] {
  if (catalog.others.size === 0) return [];
  return [...catalog.others.values()].filter((other) => other.kind === 'event trigger' && other.routine === routine);
}

/** Statistics go with any of their columns, and a publication is without a table from then on of which it named the column. */
export function forgetColumnInOthers(catalog: Catalog, relation: Oid, column: string): Catalog {
  return othersOf(catalog, relation).reduce((now, other) => {
    if (other.columns?.includes(column)) return removeOther(now, other.kind, other.name);
    if (!namesColumn(other, relation, column)) return now;
    const published = new Map([...(other.published ?? [])].filter(([oid]) => oid !== relation));
    return putOther(now, { ...other, published, relations: other.relations.filter((oid) => oid !== relation) });
  }, catalog);
}

/** Whether the list of columns or the WHERE of a publication names a column. */
export function namesColumn({ published }: OtherObject, relation: Oid, column: string): boolean {
  const { list = [], where = [] } = published?.get(relation) ?? {};
  return list.includes(column) || where.includes(column);
}

/** Statistics and publications know columns by name. */
export function renameColumnInOthers(catalog: Catalog, relation: Oid, from: string, to: string): Catalog {
  const renamed = (names: readonly string[]) => names.map((name) => (name === from ? to : name));
  return othersOf(catalog, relation).reduce((now, other) => {
    const own = other.published?.get(relation);
    if (!other.columns?.includes(from) && own === undefined) return now;
    const columns = other.columns && { columns: renamed(other.columns) };
    const kept = own && { ...own, ...(own.list && { list: renamed(own.list) }), where: renamed(own.where) };
    const published = kept && { published: new Map([...(other.published ?? []), [relation, kept] as const]) };
    return putOther(now, { ...other, ...columns, ...published });
  }, catalog);
}
