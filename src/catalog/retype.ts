import type { Catalog, Column, Oid, Relation, Routine, Type, TypeRef } from './catalog.js';
import { putRelation, putRoutine, putType } from './change.js';
import { dependentsOf } from './lookup.js';

/** Gives the columns, domains and routines that refer to a type the name and schema that it has now. */
export function retype(catalog: Catalog, oid: Oid): Catalog {
  const type = catalog.types.get(oid) ?? catalog.relations.get(oid);
  if (type === undefined) return catalog;
  const { schema, name } = type;
  const renamed = <R extends TypeRef | undefined>(ref: R): R | (TypeRef & R) =>
    ref?.oid === oid ? { ...ref, schema, name } : ref;
  return dependentsOf(catalog, oid).reduce((now, dependent) => {
    const relation = now.relations.get(dependent);
    if (relation !== undefined) return putRelation(now, withTypes(relation, renamed));
    const other = now.types.get(dependent);
    if (other !== undefined) return putType(now, typeWithTypes(other, renamed));
    const routine = now.routines.get(dependent);
    return routine === undefined ? now : putRoutine(now, routineWithTypes(routine, renamed));
  }, catalog);
}

type Rename = <R extends TypeRef | undefined>(ref: R) => R | (TypeRef & R);

function withTypes(relation: Relation, renamed: Rename): Relation {
  if (!('columns' in relation)) return relation;
  const columns = relation.columns.map((column): Column => ({ ...column, type: renamed(column.type) }));
  return { ...relation, columns };
}

function typeWithTypes(type: Type, renamed: Rename): Type {
  if (type.kind === 'domain') return { ...type, base: renamed(type.base) };
  return type.kind === 'range' ? { ...type, subtype: renamed(type.subtype) } : type;
}

function routineWithTypes({ returns, ...routine }: Routine, renamed: Rename): Routine {
  return {
    ...routine,
    arguments: routine.arguments.map((argument) => ({ ...argument, type: renamed(argument.type) })),
    ...(returns !== undefined && { returns: renamed(returns) }),
  };
}
