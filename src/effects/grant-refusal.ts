import { allPrivileges } from '../catalog/grants.js';
import { findRelation } from '../catalog/lookup.js';
import { type AccessPriv, type GrantStmt, type Node, type ObjectType, strings } from '../sql/tree.js';
import type { PredictContext } from './context.js';
import { all, type Draft, fail, nothing } from './draft.js';
import { unknownSchema } from './outside.js';
import { missingColumn, unknownRelation } from './relations.js';

/** What may be granted (ACL_ALL_RIGHTS_* of acl.h), by kind of object. */
const rights: { readonly [T in ObjectType]?: readonly string[] } = {
  // of a sequence, which the grammar takes for a table
  OBJECT_TABLE: [...allPrivileges('table', 18), 'USAGE'],
  OBJECT_SEQUENCE: allPrivileges('sequence', 18),
  OBJECT_SCHEMA: allPrivileges('schema', 18),
  OBJECT_FUNCTION: allPrivileges('routine', 18),
  OBJECT_PROCEDURE: allPrivileges('routine', 18),
  OBJECT_ROUTINE: allPrivileges('routine', 18),
  OBJECT_TYPE: allPrivileges('type', 18),
  OBJECT_DOMAIN: allPrivileges('type', 18),
  OBJECT_DATABASE: ['CREATE', 'TEMPORARY', 'TEMP', 'CONNECT'],
};

const everyRight: ReadonlySet<string> = new Set([...Object.values(rights).flat(), 'SET', 'ALTER SYSTEM']);

/** The refusal of a GRANT or REVOKE by its objects and what it says of them (ExecuteGrantStmt of aclchk.c). */
export function grantRefusal(node: GrantStmt, context: PredictContext): Draft {
  const { targtype, objtype = 'OBJECT_TABLE', objects = [], privileges = [] } = node;
  const { catalog } = context;
  if (targtype === 'ACL_TARGET_ALL_IN_SCHEMA')
    return all(...strings(objects).map((name) => unknownSchema(catalog, name)));
  const given = privileges.flatMap((one) => ('AccessPriv' in one ? [one.AccessPriv] : []));
  return all(
    ...objects.map((object) => objectRefusal(object, objtype, context)),
    rightRefusal(given, objtype),
    ofSequencesOnly(given, objects, objtype, context),
    columnRefusal(given, objects, context),
    optionToAll(node),
  );
}

/** What everybody may do, nobody need be able to give. */
function optionToAll({ is_grant, grant_option, grantees = [] }: GrantStmt): Draft {
  const toAll = grantees.some((one) => 'RoleSpec' in one && one.RoleSpec.roletype === 'ROLESPEC_PUBLIC');
  return is_grant && grant_option && toAll ? fail('grant options can only be granted to roles', '0LP01') : nothing;
}

/** Sequences, schemas and databases; tables and routines are looked up where they are locked. */
function objectRefusal(object: Node, objtype: ObjectType, { catalog }: PredictContext): Draft {
  if (objtype === 'OBJECT_SEQUENCE' && 'RangeVar' in object) {
    const found = findRelation(catalog, object.RangeVar);
    if (found === undefined) return unknownRelation(catalog, object.RangeVar);
    return found.kind === 'sequence' ? nothing : fail(`"${found.name}" is not a sequence`, '42809');
  }
  if (!('String' in object)) return nothing;
  const name = object.String.sval ?? '';
  if (objtype === 'OBJECT_SCHEMA') return unknownSchema(catalog, name);
  return objtype === 'OBJECT_DATABASE' ? fail(`database "${name}" does not exist`, '3D000', false) : nothing;
}

function rightRefusal(given: readonly AccessPriv[], objtype: ObjectType): Draft {
  const known = rights[objtype];
  const wrong = given.find(
    ({ priv_name: name }) => name !== undefined && known?.includes(name.toUpperCase()) === false,
  );
  if (wrong?.priv_name !== undefined && !everyRight.has(wrong.priv_name.toUpperCase()))
    return fail(`unrecognized privilege type "${wrong.priv_name}"`, '42601');
  const kind = objtype === 'OBJECT_TABLE' ? 'relation' : objtype.replace('OBJECT_', '').toLowerCase();
  return wrong === undefined
    ? nothing
    : fail(`invalid privilege type ${wrong.priv_name?.toUpperCase()} for ${kind}`, '0LP01');
}

/** The grammar has sequences among the tables; USAGE is for those alone. */
function ofSequencesOnly(
  given: readonly AccessPriv[],
  objects: readonly Node[],
  objtype: ObjectType,
  { catalog }: PredictContext,
): Draft {
  const usage = objtype === 'OBJECT_TABLE' && given.some(({ priv_name: name }) => name?.toUpperCase() === 'USAGE');
  const found = objects.map((object) => ('RangeVar' in object ? findRelation(catalog, object.RangeVar) : undefined));
  return usage && found.some((one) => one !== undefined && one.kind !== 'sequence')
    ? fail('invalid privilege type USAGE for table', '0LP01')
    : nothing;
}

function columnRefusal(given: readonly AccessPriv[], objects: readonly Node[], { catalog }: PredictContext): Draft {
  const names = given.flatMap(({ cols }) => strings(cols));
  return all(
    ...objects.flatMap((object) => {
      const relation = 'RangeVar' in object ? findRelation(catalog, object.RangeVar) : undefined;
      return relation === undefined ? [] : names.map((name) => missingColumn(relation, name));
    }),
  );
}

/** Whether something in the history belongs to a role, or says what it may do: then the role cannot be dropped. */
export function isUsedRole({ catalog }: PredictContext, role: string): boolean {
  const objects = [catalog.relations, catalog.types, catalog.routines, catalog.schemas];
  const given = `${role}=`;
  const isGiven = (grants: readonly string[] | undefined) =>
    grants?.some((item) => item.startsWith(given) && !item.endsWith('=?')) === true;
  const defaults = [...catalog.defaultGrants.values()];
  return (
    defaults.some((one) => one.role === role || isGiven(one.grants)) ||
    objects.some((of) => [...of.values()].some(({ owner, grants }) => owner === role || isGiven(grants)))
  );
}
