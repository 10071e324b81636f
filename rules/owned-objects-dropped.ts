import { defineRule, type Step } from '../src/rule.js';
import { quoteIdentifier } from '../src/sql/names.js';
import { isKind } from '../src/sql/statement.js';
import type { Node } from '../src/sql/tree.js';
import { list } from '../src/wording.js';

export default defineRule({
  id: 'owned-objects-dropped',
  level: 'warning',
  title: 'All that a role owns is dropped',
  why: 'DROP OWNED drops every table (with its rows), view, function and schema of this database that belongs to the role, and takes the privileges that it was given. Which objects these are, the statement does not say, and a history shows only those whose owner it has set.',
  instead: 'Give them to another role before: then only the privileges are left to be taken.',
  links: ['https://www.postgresql.org/docs/current/role-removal.html'],
  bad: [
    {
      sql: `create role reporter;
-- next migration
drop owned by reporter;`,
    },
  ],
  good: [
    {
      title: 'the manual’s way to remove a role',
      sql: `create role reporter;
-- next migration
reassign owned by reporter to current_user;
drop owned by reporter;
drop role reporter;`,
    },
  ],
  checkMigration({ up }) {
    return up.flatMap((step, at) => {
      if (!isKind(step.statement, 'DropOwnedStmt')) return [];
      const before = up.slice(0, at);
      const roles = rolesOf(step.statement.node.roles).filter((role) => !before.some((one) => isAboutRole(one, role)));
      if (roles.length === 0) return [];
      const given = roles.map((role) => `reassign owned by ${role} to current_user;\n`).join('');
      return [
        {
          step,
          message: `all tables, views, functions and schemas of this database that belong to ${list(roles)} are dropped, with their rows`,
          instead: `${given}${step.statement.text};`,
        },
      ];
    });
  },
});

/** What the role owned was given away before, or it is a new one that owns nothing. */
function isAboutRole({ statement }: Step, role: string): boolean {
  if (isKind(statement, 'ReassignOwnedStmt')) return rolesOf(statement.node.roles).includes(role);
  return isKind(statement, 'CreateRoleStmt') && quoteIdentifier(statement.node.role ?? '') === role;
}

function rolesOf(roles: readonly Node[] | undefined): readonly string[] {
  return (roles ?? []).flatMap((role) =>
    'RoleSpec' in role ? [quoteIdentifier(role.RoleSpec.rolename ?? 'current_user')] : [],
  );
}
