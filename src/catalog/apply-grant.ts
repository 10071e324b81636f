import { type AccessPriv, type GrantStmt, type Node, type ObjectType, strings } from '../sql/tree.js';
import type { Applies } from './applies.js';
import { findRoutine } from './apply-routine.js';
import { findDeclaredType, option, typeNameParts } from './apply-type.js';
import type { Catalog, Column, Oid, Relation, Routine, Type } from './catalog.js';
import { putRelation, putRoutine, putType } from './change.js';
import { allPrivileges, changedGrants, type GrantChange, initialGrants, withoutRoles } from './grants.js';
import { findRelation } from './lookup.js';
import type { Granted, GrantKind, Owned } from './parts.js';
import { dropObject } from './removal.js';

export const grantApplies: Applies = {
  GrantStmt: (node, _statement, catalog, { pg }) => {
    const targets = node.targtype === 'ACL_TARGET_ALL_IN_SCHEMA' ? allInSchemas(catalog, node) : named(catalog, node);
    return targets.reduce((now, target) => granted(now, target, node, pg), catalog);
  },
  AlterDefaultPrivilegesStmt: ({ options, action }, _statement, catalog, { pg }) => {
    const kind = action?.objtype && kindOfDefault[action.objtype];
    if (action === undefined || kind === undefined) return catalog;
    const schemas = listOf(options, 'schemas').flatMap((node) => ('String' in node ? (node.String.sval ?? '') : []));
    const roles = rolesOf(listOf(options, 'roles'));
    const places = (roles.length > 0 ? roles : ['']).flatMap((role) =>
      (schemas.length > 0 ? schemas : ['']).map((schema) => ({ role, schema })),
    );
    const change = changeOf(action, kind, pg);
    const defaultGrants = places.reduce((all, { role, schema }) => {
      const key = `${kind} ${role} ${schema}`;
      // in a schema they come on top of those of the whole database
      const old = all.get(key)?.grants ?? (schema === '' ? initialGrants(kind) : []);
      return all.set(key, { role, schema, kind, grants: changedGrants(old, change) });
    }, catalog.defaultGrants);
    return { ...catalog, defaultGrants };
  },
  DropOwnedStmt: ({ roles = [] }, _statement, catalog) => {
    const gone = new Set(rolesOf(roles));
    const hasGrants = ({ grants }: Granted) => grants !== undefined;
    const without = <T extends Granted>(object: T): T =>
      object.grants === undefined ? object : { ...object, grants: withoutRoles(object.grants, gone) };
    const relations = [...catalog.relations.values()].filter(
      (one) => hasGrants(one) || ('columns' in one && one.columns.some(hasGrants)),
    );
    const withRelations = relations.reduce((now, relation) => {
      const bare = without(relation);
      return putRelation(now, 'columns' in bare ? { ...bare, columns: bare.columns.map(without) } : bare);
    }, catalog);
    const types = [...catalog.types.values()].filter(hasGrants);
    const withTypes = types.reduce((now, type) => putType(now, without(type)), withRelations);
    const routines = [...catalog.routines.values()].filter(hasGrants);
    const withRoutines = routines.reduce((now, routine) => putRoutine(now, without(routine)), withTypes);
    const schemas = [...catalog.schemas.values()].filter(hasGrants);
    const bare = {
      ...withRoutines,
      schemas: schemas.reduce((all, schema) => all.set(schema.name, without(schema)), catalog.schemas),
    };
    // of what the history has given them; what else they own it does not show
    const owned = [...bare.relations.values()].filter(({ owner }) => owner !== undefined && gone.has(owner));
    return owned.reduce<Catalog>((now, { oid }) => (now.relations.has(oid) ? dropObject(now, oid) : now), bare);
  },
};

type Target =
  | { readonly relation: Oid }
  | { readonly routine: Routine }
  | { readonly type: Type }
  | { readonly schema: string };

const ofTables: ReadonlySet<Relation['kind']> = new Set([
  'table',
  'partitioned',
  'foreign',
  'view',
  'materialized view',
]);

function named(catalog: Catalog, { objtype, objects = [] }: GrantStmt): readonly Target[] {
  return objects.flatMap((object): Target | readonly Target[] => {
    if ('RangeVar' in object) {
      const relation = findRelation(catalog, object.RangeVar);
      return relation === undefined ? [] : { relation: relation.oid };
    }
    if ('ObjectWithArgs' in object) {
      const routine = findRoutine(catalog, object.ObjectWithArgs);
      return routine === undefined ? [] : { routine };
    }
    if (objtype === 'OBJECT_SCHEMA') return 'String' in object ? { schema: object.String.sval ?? '' } : [];
    if (objtype !== 'OBJECT_TYPE' && objtype !== 'OBJECT_DOMAIN') return [];
    const type = findDeclaredType(catalog, typeNameParts(object));
    return type === undefined ? [] : { type };
  });
}

/** ON ALL TABLES IN SCHEMA and its like: what is there now. */
function allInSchemas(catalog: Catalog, { objtype, objects }: GrantStmt): readonly Target[] {
  const schemas = new Set(strings(objects));
  const inside = <T extends { readonly schema: string }>(all: Iterable<T>) =>
    [...all].filter(({ schema }) => schemas.has(schema));
  if (objtype === 'OBJECT_TABLE' || objtype === 'OBJECT_SEQUENCE') {
    const fits = ({ kind }: Relation) => (objtype === 'OBJECT_TABLE' ? ofTables.has(kind) : kind === 'sequence');
    return inside(catalog.relations.values())
      .filter(fits)
      .map(({ oid }) => ({ relation: oid }));
  }
  return inside(catalog.routines.values())
    .filter(({ kind }) => objtype === 'OBJECT_ROUTINE' || (kind === 'procedure') === (objtype === 'OBJECT_PROCEDURE'))
    .map((routine) => ({ routine }));
}

function granted(catalog: Catalog, target: Target, node: GrantStmt, pg: number): Catalog {
  if ('relation' in target) {
    const relation = catalog.relations.get(target.relation);
    return relation === undefined ? catalog : putRelation(catalog, onRelation(relation, node, pg));
  }
  if ('routine' in target)
    return putRoutine(catalog, changed(target.routine, 'routine', changeOf(node, 'routine', pg)));
  if ('type' in target) return putType(catalog, changed(target.type, 'type', changeOf(node, 'type', pg)));
  const schema = catalog.schemas.get(target.schema);
  if (schema === undefined) return catalog;
  const now = changed(schema, 'schema', changeOf(node, 'schema', pg));
  return { ...catalog, schemas: catalog.schemas.set(schema.name, now) };
}

/** The privileges on the whole, and those on columns: REVOKE on the whole takes both. */
function onRelation(relation: Relation, node: GrantStmt, pg: number): Relation {
  const kind = relation.kind === 'sequence' ? 'sequence' : 'table';
  const given = privilegesOf(node);
  const whole = given.filter(({ cols }) => cols === undefined);
  const isWhole = given.length === 0 || whole.length > 0;
  const now = isWhole ? changed(relation, kind, changeOf(node, kind, pg, whole)) : relation;
  if (!('columns' in now) || now.kind === 'composite type') return now;
  const columns = now.columns.map((column): Column => {
    const mine = given.filter(({ cols }) => strings(cols).includes(column.name));
    const isTaken = isWhole && node.is_grant !== true && column.grants !== undefined;
    const left = isTaken ? changed(column, 'column', { ...changeOf(node, 'column', pg, whole), all: true }) : column;
    return mine.length === 0 ? left : changed(left, 'column', changeOf(node, 'column', pg, mine));
  });
  return columns.every((column, at) => column === now.columns[at]) ? now : { ...now, columns };
}

function changed<T extends Granted & Owned>(object: T, kind: GrantKind, change: GrantChange): T {
  // the owner has all that can be had
  const roles = change.roles.filter((role) => role !== object.owner);
  return { ...object, grants: changedGrants(object.grants ?? initialGrants(kind), { ...change, roles }) };
}

function privilegesOf({ privileges = [] }: GrantStmt): readonly AccessPriv[] {
  return privileges.flatMap((one) => ('AccessPriv' in one ? one.AccessPriv : []));
}

/** What the statement grants of these privileges, of all without any. */
function changeOf(node: GrantStmt, kind: GrantKind, pg: number, given = privilegesOf(node)): GrantChange {
  const names = given.flatMap(({ priv_name }) => priv_name?.toUpperCase() ?? []);
  const all = names.length < given.length || given.length === 0;
  return {
    isGrant: node.is_grant ?? false,
    option: node.grant_option ?? false,
    roles: rolesOf(node.grantees ?? []),
    privileges: all ? allPrivileges(kind, pg) : names,
    all,
  };
}

/** Whoever runs the migrations, under whatever name, owns what they make, and has all privileges: such roles are left out. */
function rolesOf(nodes: readonly Node[]): readonly string[] {
  return nodes.flatMap((node) => {
    if (!('RoleSpec' in node)) return [];
    const { roletype, rolename } = node.RoleSpec;
    if (roletype === 'ROLESPEC_PUBLIC') return '';
    return roletype === 'ROLESPEC_CSTRING' && rolename !== undefined && rolename !== superuser ? rolename : [];
  });
}

const superuser = 'postgres';

function listOf(options: readonly Node[] | undefined, name: string): readonly Node[] {
  const list = option(options, name);
  return list !== undefined && 'List' in list ? (list.List.items ?? []) : [];
}

const kindOfDefault: { readonly [T in ObjectType]?: GrantKind } = {
  OBJECT_TABLE: 'table',
  OBJECT_SEQUENCE: 'sequence',
  OBJECT_FUNCTION: 'routine',
  OBJECT_ROUTINE: 'routine',
  OBJECT_TYPE: 'type',
  OBJECT_SCHEMA: 'schema',
};
