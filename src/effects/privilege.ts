import type { Catalog, Table } from '../catalog/catalog.js';
import { findRelation, tables } from '../catalog/lookup.js';
import { type GrantStmt, type Node, strings } from '../sql/tree.js';
import { fallOf, locksOfFall } from './cascade.js';
import type { Predict, PredictContext, PredictTable } from './context.js';
import { all, type Draft, fail, nothing } from './draft.js';
import { grantRefusal, isUsedRole } from './grant-refusal.js';
import { optionsOf } from './options.js';
import { unknownRole, unknownRoles, unknownSchema } from './outside.js';
import { lockEach, lockNamed, unknownRelation } from './relations.js';
import { namedRoutineRefusal } from './routines.js';
import { settingRefusal } from './setting-value.js';

/** GRANT and REVOKE on tables that are named open them since 18; ON ALL TABLES IN SCHEMA does not. */
const grant: Predict<'GrantStmt'> = (node, context) => {
  for (const object of node.objects ?? []) {
    const routine = namedRoutineRefusal(node.objtype, object, context);
    if (routine !== undefined) return routine;
  }
  return all(grantedTables(node, context), grantRefusal(node, context), ...unknownRoles(node.grantees));
};

function grantedTables({ targtype, objtype, objects }: GrantStmt, { catalog, pg }: PredictContext): Draft {
  if (targtype !== 'ACL_TARGET_OBJECT' || objtype !== 'OBJECT_TABLE') return nothing;
  if (pg < 18)
    return all(
      ...(objects ?? []).map((object) =>
        'RangeVar' in object && findRelation(catalog, object.RangeVar) === undefined
          ? unknownRelation(catalog, object.RangeVar)
          : nothing,
      ),
    );
  return all(
    ...(objects ?? []).map((object) =>
      'RangeVar' in object ? lockNamed(catalog, object.RangeVar, 'AccessShareLock', 'its privileges change') : nothing,
    ),
  );
}

/** ALTER DEFAULT PRIVILEGES for roles, in schemas, and to roles. */
const alterDefaults: Predict<'AlterDefaultPrivilegesStmt'> = ({ options, action }, { catalog }) => {
  const given = optionsOf(options);
  const listed = (name: string) => {
    const list = given.get(name)?.arg;
    return list !== undefined && 'List' in list ? (list.List.items ?? []) : [];
  };
  return all(
    ...strings(listed('schemas')).map((name) => unknownSchema(catalog, name)),
    ...unknownRoles(listed('roles')),
    ...unknownRoles(action?.grantees),
  );
};

const dropRole: Predict<'DropRoleStmt'> = ({ roles, missing_ok }, context) => {
  const used = [...rolesOf(roles)].find((name) => name !== undefined && isUsedRole(context, name));
  if (used !== undefined)
    return fail(`role "${used}" cannot be dropped because some objects depend on it`, '2BP01', false);
  return missing_ok ? nothing : all(...unknownRoles(roles));
};

function rolesOf(roles: readonly Node[] | undefined): ReadonlySet<string | undefined> {
  return new Set((roles ?? []).flatMap((role) => ('RoleSpec' in role ? [role.RoleSpec.rolename] : [])));
}

/** The tables that the history gave to one of the roles. */
function ownedTables(catalog: Catalog, roles: readonly Node[] | undefined): readonly Table[] {
  const names = rolesOf(roles);
  const all = tables(
    catalog,
    [...catalog.relations.values()].map(({ oid }) => oid),
  );
  return all.filter(({ owner }) => owner !== undefined && names.has(owner)).sort((a, b) => a.oid - b.oid);
}

const reassign: Predict<'ReassignOwnedStmt'> = ({ roles }, { catalog }) =>
  lockEach(ownedTables(catalog, roles), 'AccessExclusiveLock', 'its owner changes');

const dropOwned: Predict<'DropOwnedStmt'> = ({ roles, behavior }, { catalog, pg }) => {
  const owned = ownedTables(catalog, roles);
  const fall = fallOf(
    catalog,
    owned.map(({ oid }) => ({ kind: 'object', oid })),
  );
  if (fall.needsCascade && behavior !== 'DROP_CASCADE')
    return fail('cannot drop desired object(s) because other objects depend on them', '2BP01');
  return locksOfFall(catalog, fall.doomed, pg);
};

/** Roles and what they may do. */
export const privileges: PredictTable = {
  GrantStmt: grant,
  GrantRoleStmt: ({ grantee_roles }) => all(...unknownRoles(grantee_roles)),
  AlterDefaultPrivilegesStmt: alterDefaults,
  // roles belong to the server, and the history of one database need not show them
  CreateRoleStmt: ({ role }) => fail(`role "${role}" already exists`, '42710', false),
  AlterRoleStmt: ({ role }) => unknownRole(role),
  AlterRoleSetStmt: ({ role, setstmt }, { pg }) => all(unknownRole(role), settingRefusal(setstmt, 'start', pg)),
  DropRoleStmt: dropRole,
  ReassignOwnedStmt: reassign,
  DropOwnedStmt: dropOwned,
};
