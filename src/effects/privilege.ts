import type { Catalog, Table } from '../catalog/catalog.js';
import { findRelation, tables } from '../catalog/lookup.js';
import type { Node } from '../sql/tree.js';
import { fallOf, locksOfFall } from './cascade.js';
import type { Predict, PredictTable } from './context.js';
import { all, fail, nothing } from './draft.js';
import { unknownRole, unknownRoles } from './outside.js';
import { lockEach, lockNamed, unknownRelation } from './relations.js';
import { namedRoutineRefusal } from './routines.js';

/** GRANT and REVOKE on tables that are named open them since 18; ON ALL TABLES IN SCHEMA does not. */
const grant: Predict<'GrantStmt'> = ({ targtype, objtype, objects }, context) => {
  const { catalog, pg } = context;
  for (const object of objects ?? []) {
    const routine = namedRoutineRefusal(objtype, object, context);
    if (routine !== undefined) return routine;
  }
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
  GrantRoleStmt: () => nothing,
  AlterDefaultPrivilegesStmt: () => nothing,
  // roles belong to the server, and the history of one database need not show them
  CreateRoleStmt: ({ role }) => fail(`role "${role}" already exists`, '42710', false),
  AlterRoleStmt: ({ role }) => unknownRole(role),
  AlterRoleSetStmt: ({ role }) => unknownRole(role),
  DropRoleStmt: ({ roles, missing_ok }) => (missing_ok ? nothing : all(...unknownRoles(roles))),
  ReassignOwnedStmt: reassign,
  DropOwnedStmt: dropOwned,
};
