import { qualifiedName } from '../sql/names.js';
import type { Catalog, Oid, Relation, Routine, Table, Type } from './catalog.js';
import { isTable, temporarySchema } from './lookup.js';
import type { PersistentMap } from './persistent-map.js';
import { type CatalogObject, changeOfUses } from './uses.js';

// The primitive changes. Each keeps names, dependents and what is transient in step with the objects, so nobody else writes them. A new object takes
// `catalog.nextOid`; a rename or a move to another schema is the same oid put with another name.

/** Adds a relation, or puts the new value of one (same oid) in the place of the old. */
export function putRelation(catalog: Catalog, relation: Relation): Catalog {
  const old = catalog.relations.get(relation.oid);
  const { transient } = catalog;
  const isTemporary = old === undefined && relation.schema === temporarySchema;
  return {
    ...catalog,
    constraintNames: counted(catalog.constraintNames, old, relation),
    dependents: dependentsAfter(catalog, old, relation),
    relations: catalog.relations.set(relation.oid, relation),
    relationNames: renamed(catalog.relationNames, old, relation),
    goneNames: gone(catalog.goneNames, old, relation),
    nextOid: Math.max(catalog.nextOid, relation.oid + 1),
    transient: isTemporary ? { ...transient, temporary: [...transient.temporary, relation.oid] } : transient,
  };
}

/** Adds a type, or puts the new value of one in the place of the old. */
export function putType(catalog: Catalog, type: Type): Catalog {
  const old = catalog.types.get(type.oid);
  const { enums } = catalog.transient;
  const open = type.kind === 'enum' && (type.fresh || type.uncommitted.length > 0) && !enums.includes(type.oid);
  return {
    ...catalog,
    ...inStep(catalog, old, type),
    types: catalog.types.set(type.oid, type),
    typeNames: renamed(catalog.typeNames, old, type),
    nextOid: Math.max(catalog.nextOid, type.oid + 1),
    ...(open && { transient: { ...catalog.transient, enums: [...enums, type.oid] } }),
  };
}

/** Adds a function or procedure, or puts the new value of one in the place of the old. */
export function putRoutine(catalog: Catalog, routine: Routine): Catalog {
  const old = catalog.routines.get(routine.oid);
  const names = old === undefined ? catalog.routineNames : withoutOverload(catalog.routineNames, old);
  const name = qualifiedName(routine.schema, routine.name);
  return {
    ...catalog,
    ...inStep(catalog, old, routine),
    routines: catalog.routines.set(routine.oid, routine),
    routineNames: names.set(name, [...(names.get(name) ?? []), routine.oid]),
    nextOid: Math.max(catalog.nextOid, routine.oid + 1),
  };
}

/** Changes a table by oid; nothing happens when there is no such table. */
export function changeTable(catalog: Catalog, oid: Oid, change: (table: Table) => Table): Catalog {
  const table = catalog.relations.get(oid);
  if (table === undefined || !isTable(table)) return catalog;
  const changed = change(table);
  return changed === table ? catalog : putRelation(catalog, changed);
}

/** Takes a relation, type or routine out, and nothing else: removal.ts takes along what depends on it. */
export function forget(catalog: Catalog, oid: Oid): Catalog {
  const relation = catalog.relations.get(oid);
  if (relation !== undefined) {
    return {
      ...catalog,
      ...inStep(catalog, relation, undefined),
      relations: catalog.relations.delete(oid),
      relationNames: renamed(catalog.relationNames, relation, undefined),
      goneNames: gone(catalog.goneNames, relation, undefined),
    };
  }
  const type = catalog.types.get(oid);
  if (type !== undefined) {
    return {
      ...catalog,
      ...inStep(catalog, type, undefined),
      types: catalog.types.delete(oid),
      typeNames: renamed(catalog.typeNames, type, undefined),
    };
  }
  const routine = catalog.routines.get(oid);
  if (routine === undefined) return catalog;
  return {
    ...catalog,
    ...inStep(catalog, routine, undefined),
    routines: catalog.routines.delete(oid),
    routineNames: withoutOverload(catalog.routineNames, routine),
  };
}

/** Records that `dependent` (a relation, type or routine) needs `on` in a way that cannot be read from its own fields. */
export function addDependent(catalog: Catalog, on: Oid, dependent: Oid): Catalog {
  const known = catalog.dependents.get(on) ?? [];
  if (known.includes(dependent)) return catalog;
  return { ...catalog, dependents: catalog.dependents.set(on, [...known, dependent]) };
}

function gone(
  names: PersistentMap<string, true>,
  old: Relation | undefined,
  now: Relation | undefined,
): PersistentMap<string, true> {
  if (old === undefined || (old.name === now?.name && old.schema === now.schema)) return names;
  return names.set(qualifiedName(old.schema, old.name), true);
}

type InStep = Pick<Catalog, 'constraintNames' | 'dependents'>;

function inStep(catalog: Catalog, old: CatalogObject | undefined, now: CatalogObject | undefined): InStep {
  return {
    constraintNames: counted(catalog.constraintNames, old, now),
    dependents: dependentsAfter(catalog, old, now),
  };
}

function dependentsAfter(
  catalog: Catalog,
  old: CatalogObject | undefined,
  now: CatalogObject | undefined,
): Catalog['dependents'] {
  let { dependents } = catalog;
  const oid = old?.oid ?? now?.oid;
  if (oid === undefined) return dependents;
  const { added, removed } = changeOfUses(catalog, old, now);
  for (const used of removed) {
    const rest = (dependents.get(used) ?? []).filter((dependent) => dependent !== oid);
    dependents = rest.length === 0 ? dependents.delete(used) : dependents.set(used, rest);
  }
  for (const used of added) {
    const known = dependents.get(used) ?? [];
    if (!known.includes(oid)) dependents = dependents.set(used, [...known, oid]);
  }
  return now === undefined ? dependents.delete(oid) : dependents;
}

function counted(
  names: PersistentMap<string, number>,
  old: CatalogObject | undefined,
  now: CatalogObject | undefined,
): PersistentMap<string, number> {
  const before = constraintsOf(old);
  const after = constraintsOf(now);
  // most changes leave the constraints and the schema alone
  if (before === after && old?.schema === now?.schema) return names;
  let result = names;
  for (const name of namesWithout(before, old?.schema, after, now?.schema)) {
    const count = (result.get(name) ?? 0) - 1;
    result = count > 0 ? result.set(name, count) : result.delete(name);
  }
  for (const name of namesWithout(after, now?.schema, before, old?.schema))
    result = result.set(name, (result.get(name) ?? 0) + 1);
  return result;
}

type Constraints = readonly { readonly name: string }[];

const none: Constraints = [];

function constraintsOf(object: CatalogObject | undefined): Constraints {
  if (object === undefined) return none;
  return 'constraints' in object ? object.constraints : 'checks' in object ? object.checks : none;
}

/** The names, each with its schema and once, of some constraints that are not among the names of others. */
function namesWithout(
  some: Constraints,
  schema: string | undefined,
  others: Constraints,
  otherSchema: string | undefined,
): readonly string[] {
  const isSameSchema = schema === otherSchema;
  const names: string[] = [];
  for (const [at, constraint] of some.entries()) {
    // a list mostly grows at its end
    if (isSameSchema && (others[at] === constraint || others.some(({ name }) => name === constraint.name))) continue;
    const name = qualifiedName(schema ?? '', constraint.name);
    if (!names.includes(name)) names.push(name);
  }
  return names;
}

type Named = { readonly schema: string; readonly name: string; readonly oid: Oid };

function renamed(
  names: PersistentMap<string, Oid>,
  old: Named | undefined,
  now: Named | undefined,
): PersistentMap<string, Oid> {
  if (old !== undefined && old.schema === now?.schema && old.name === now.name) return names;
  const before = old && qualifiedName(old.schema, old.name);
  const after = now && qualifiedName(now.schema, now.name);
  // the name may be another's already: a swap of two names by way of a third that the history does not show
  const freed =
    before !== undefined && before !== after && names.get(before) === old?.oid ? names.delete(before) : names;
  return after === undefined || now === undefined ? freed : freed.set(after, now.oid);
}

function withoutOverload(
  names: PersistentMap<string, readonly Oid[]>,
  { schema, name, oid }: Named,
): PersistentMap<string, readonly Oid[]> {
  const key = qualifiedName(schema, name);
  const rest = (names.get(key) ?? []).filter((overload) => overload !== oid);
  return rest.length === 0 ? names.delete(key) : names.set(key, rest);
}
