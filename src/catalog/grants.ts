import type { GrantKind, Grants } from './parts.js';

/** ACL_ALL_RIGHTS_* of acl.h. */
const known: Readonly<Record<GrantKind, readonly string[]>> = {
  table: ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'],
  column: ['SELECT', 'INSERT', 'UPDATE', 'REFERENCES'],
  sequence: ['SELECT', 'UPDATE', 'USAGE'],
  schema: ['CREATE', 'USAGE'],
  routine: ['EXECUTE'],
  type: ['USAGE'],
};

/** All that GRANT ALL grants. */
export function allPrivileges(kind: GrantKind, pg: number): readonly string[] {
  return kind === 'table' && pg >= 17 ? [...known.table, 'MAINTAIN'] : known[kind];
}

/** What PUBLIC may do with a new object: acldefault of acl.c. */
const initial: Readonly<Partial<Record<GrantKind, Grants>>> = { routine: ['=EXECUTE'], type: ['=USAGE'] };

const none: Grants = [];

/** The privileges on a new object, where nothing else is said (ALTER DEFAULT PRIVILEGES). */
export function initialGrants(kind: GrantKind): Grants {
  return initial[kind] ?? none;
}

/** A GRANT or REVOKE as it changes one object. */
export interface GrantChange {
  readonly isGrant: boolean;
  /** WITH GRANT OPTION, GRANT OPTION FOR. */
  readonly option: boolean;
  /** PUBLIC is the empty name. */
  readonly roles: readonly string[];
  readonly privileges: readonly string[];
  /** ALL is written: a REVOKE takes what is there. */
  readonly all: boolean;
}

/** The privileges after a GRANT or REVOKE. */
export function changedGrants(old: Grants, change: GrantChange): Grants {
  const now = new Set(old);
  for (const role of change.roles) {
    if (change.isGrant) grant(now, role, change);
    else revoke(now, role, change);
  }
  return [...now].sort();
}

function grant(now: Set<string>, role: string, { privileges, option }: GrantChange): void {
  for (const privilege of privileges) {
    const item = `${role}=${privilege}`;
    if (option) now.delete(item);
    if (option || !now.has(`${item}*`)) now.add(option ? `${item}*` : item);
  }
}

function revoke(now: Set<string>, role: string, { privileges, option, all }: GrantChange): void {
  const items = privileges.map((privilege) => `${role}=${privilege}`);
  const held = items.filter((item) => now.has(item) || now.has(`${item}*`));
  // it takes away what the history does not show: what the role has otherwise is not known either
  if (held.length < (all ? 1 : items.length)) now.add(unknownOf(role));
  for (const item of held) {
    now.delete(`${item}*`);
    if (option) now.add(item);
    else now.delete(item);
  }
}

function unknownOf(role: string): string {
  return `${role}=?`;
}

/** The privileges of two states of an object without those of roles of which one of the two does not know all. */
export function comparableGrants(one: Grants, other: Grants): readonly [Grants, Grants] {
  const unknown = new Set([...one, ...other].filter((item) => item.endsWith('=?')).map(roleOf));
  const sure = (grants: Grants) => grants.filter((item) => !unknown.has(roleOf(item)));
  return [sure(one), sure(other)];
}

/** Without what a role has: DROP OWNED. */
export function withoutRoles(grants: Grants, roles: ReadonlySet<string>): Grants {
  return grants.some((item) => roles.has(roleOf(item))) ? grants.filter((item) => !roles.has(roleOf(item))) : grants;
}

function roleOf(item: string): string {
  return item.slice(0, item.lastIndexOf('='));
}
