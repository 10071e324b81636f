import { relationByName } from '../src/catalog/lookup.js';
import { defineRule, type Step } from '../src/rule.js';
import { isKind } from '../src/sql/statement.js';
import { type GrantStmt, type Node, type RoleSpec, strings } from '../src/sql/tree.js';
import { list } from '../src/wording.js';

export default defineRule({
  id: 'privilege-revoked',
  level: 'warning',
  title: 'A privilege is taken from a role that running code may use',
  why: 'A statement of the running code that needs the privilege fails from that moment: permission denied.',
  instead: 'Release code that does without the privilege, or uses another role, and revoke it after that.',
  links: ['https://www.postgresql.org/docs/current/sql-revoke.html'],
  bad: [
    {
      sql: `create role app;
create table account (id int);
grant select, update on account to app;
-- next migration
revoke update on account from app;`,
    },
  ],
  good: [
    {
      title: 'nobody uses the new table yet',
      sql: `create role app;
-- next migration
create table account (id int);
revoke all on account from app;`,
    },
    {
      title: 'narrowed in one transaction: what is left is granted again',
      transaction: 'whole',
      sql: `create role app;
create table account (id int);
grant all on account to app;
-- next migration
revoke all on account from app;
grant select on account to app;`,
    },
    {
      title: 'everybody loses what roles are granted by name',
      sql: `create table account (id int);
-- next migration
revoke all on account from public;`,
    },
  ],
  checkMigration({ up }) {
    const lost = new Map<string, Lost>();
    up.forEach((step, at) => {
      const { statement } = step;
      if (!isKind(statement, 'GrantStmt') || statement.node.is_grant || statement.node.grant_option) return;
      const objects = knownObjects(step, statement.node);
      const roles = rolesOf(statement.node).filter((role) => !grantedAgain(up.slice(at + 1), role, objects));
      if (objects.length === 0) return;
      for (const role of roles) {
        const known = lost.get(role) ?? { step, role, privileges: new Set(), objects: new Set() };
        lost.set(role, known);
        for (const privilege of privilegesOf(statement.node)) known.privileges.add(privilege);
        for (const object of objects) known.objects.add(object);
      }
    });
    return [...lost.values()].map(({ step, role, privileges, objects }) => ({
      step,
      message: `${role} loses ${list([...privileges])} on ${list(few([...objects]))}: what needs it fails from now on`,
    }));
  },
});

/** What a role loses in a migration: a script that takes a hundred privileges is one finding for each role. */
interface Lost {
  readonly step: Step;
  readonly role: string;
  readonly privileges: Set<string>;
  readonly objects: Set<string>;
}

const mostObjects = 3;

function few(names: readonly string[]): readonly string[] {
  const more = names.length > mostObjects ? [`${names.length - mostObjects} more`] : [];
  return [...names.slice(0, mostObjects), ...more];
}

function privilegesOf({ privileges }: GrantStmt): readonly string[] {
  const named = (privileges ?? []).flatMap((one) => ('AccessPriv' in one ? (one.AccessPriv.priv_name ?? []) : []));
  return named.length === 0 ? ['every privilege'] : named.map((one) => one.toUpperCase());
}

/** Roles by name; PUBLIC mostly loses what it never used. */
function rolesOf({ grantees }: GrantStmt): readonly string[] {
  return (grantees ?? []).flatMap((node) => ('RoleSpec' in node ? (named(node.RoleSpec) ?? []) : []));
}

function named({ roletype, rolename }: RoleSpec): string | undefined {
  return roletype === 'ROLESPEC_CSTRING' ? rolename : undefined;
}

/** What the privilege is on, as far as running code knows it; ALTER DEFAULT PRIVILEGES is about what is not there yet. */
function knownObjects(step: Step, { targtype, objects }: GrantStmt): readonly string[] {
  if (targtype === 'ACL_TARGET_DEFAULTS') return [];
  const all = targtype === 'ACL_TARGET_ALL_IN_SCHEMA' ? 'all in schema ' : '';
  return (objects ?? []).map((object) => `${all}${nameOf(object)}`).filter((name) => name !== '' && !isNew(step, name));
}

function nameOf(object: Node): string {
  if ('RangeVar' in object) {
    const { schemaname, relname = '' } = object.RangeVar;
    return schemaname === undefined ? relname : `${schemaname}.${relname}`;
  }
  if ('ObjectWithArgs' in object) return `${strings(object.ObjectWithArgs.objname).join('.')}()`;
  if ('String' in object) return object.String.sval ?? '';
  return 'List' in object ? strings(object.List.items).join('.') : '';
}

function isNew(step: Step, name: string): boolean {
  const full = name.includes('.') ? name : `public.${name}`;
  if (full.endsWith('()')) {
    const oids = step.before.routineNames.get(full.slice(0, -2)) ?? [];
    return oids.length > 0 && oids.every((oid) => (step.before.routines.get(oid)?.born ?? -1) >= step.since);
  }
  return relationByName(step.before, full) !== undefined && step.isNew(full);
}

function grantedAgain(later: readonly Step[], role: string, objects: readonly string[]): boolean {
  return later.some(({ statement }) => {
    if (!isKind(statement, 'GrantStmt') || !statement.node.is_grant) return false;
    const again = (statement.node.objects ?? []).map(nameOf);
    return rolesOf(statement.node).includes(role) && objects.every((object) => again.includes(object));
  });
}
