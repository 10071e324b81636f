import type { Table } from '../src/catalog/catalog.js';
import { firstOfEach, keptTable } from '../src/known.js';
import { together } from '../src/recipes.js';
import { defineRule, type Step } from '../src/rule.js';
import { isKind } from '../src/sql/statement.js';
import { list, pasted } from '../src/wording.js';

export default defineRule({
  id: 'row-security-hides-rows',
  level: 'warning',
  title: 'Row level security without a policy hides every row',
  why: 'Where row level security is on and no policy lets a row pass, every role but the owner of the table (and those with BYPASSRLS) sees no row and may write none. Queries do not fail: the application just finds the table empty. An INSERT is refused.',
  instead: 'Create the policies first, then switch row level security on, all in one transaction.',
  elsewhere: 'the policy is what was missing',
  links: ['https://www.postgresql.org/docs/current/ddl-rowsecurity.html'],
  bad: [
    {
      sql: `create table account (id int, owner text);
-- next migration
alter table account enable row level security;`,
    },
    {
      title: 'the last policy goes',
      sql: `create table account (id int, owner text);
alter table account enable row level security;
create policy own on account using (owner = current_user);
-- next migration
drop policy own on account;`,
    },
    {
      title: 'the last policy for a command goes',
      sql: `create table account (id int, owner text);
alter table account enable row level security;
create policy own on account for select using (owner = current_user);
create policy change on account for update using (owner = current_user);
-- next migration
drop policy change on account;`,
    },
  ],
  good: [
    {
      title: 'another policy still lets the command pass',
      sql: `create table account (id int, owner text);
alter table account enable row level security;
create policy own on account using (owner = current_user);
create policy change on account for update using (owner = current_user);
-- next migration
drop policy change on account;`,
    },
    {
      title: 'a policy comes along',
      transaction: 'whole',
      sql: `create table account (id int, owner text);
-- next migration
create policy own on account using (owner = current_user);
alter table account enable row level security;`,
    },
    {
      title: 'no running code reads the table yet',
      sql: 'create table account (id int); alter table account enable row level security;',
    },
    {
      title: 'a policy is made anew',
      sql: `create table account (id int, owner text);
alter table account enable row level security;
create policy own on account using (owner = current_user);
-- next migration
drop policy own on account;
create policy own on account using (lower(owner) = current_user);`,
    },
  ],
  checkMigration(judged) {
    const steps = judged.up.filter((step) => step.kind === 'AT_EnableRowSecurity' || dropsPolicy(step));
    return firstOfEach(steps).flatMap((step) => {
      const name = step.relation ?? '';
      const table = keptTable(judged, step);
      // there may be policies that the history does not show
      if (table === undefined || !table.now.rowSecurity || !table.now.complete) return [];
      const { old, now } = table;
      if (now.policies.length > 0) {
        const lost = old.rowSecurity ? commands.filter((command) => passes(old, command) && !passes(now, command)) : [];
        const message = `no policy of ${name} is left for ${list(lost.map((command) => command.toUpperCase()))}: every role but the owner reaches no row by it`;
        return lost.length === 0
          ? []
          : [{ step, message, instead: 'Create the policy that takes its place in the same transaction.' }];
      }
      // it was so before
      if (old.rowSecurity && old.policies.length === 0) return [];
      return [
        {
          step,
          message: `without a policy every role but the owner finds ${name} empty and can write no row`,
          instead: together(step, [
            `create policy every_row on ${pasted(name)} using (true); -- as before; narrow it when the code is ready`,
            `alter table ${pasted(name)} enable row level security;`,
          ]),
        },
      ];
    });
  },
});

function dropsPolicy({ statement }: Step): boolean {
  return isKind(statement, 'DropStmt') && statement.node.removeType === 'OBJECT_POLICY';
}

const commands = ['select', 'insert', 'update', 'delete'] as const;

/** Whether a policy lets rows pass for a command. */
function passes({ policies }: Table, wanted: (typeof commands)[number]): boolean {
  return policies.some(({ command, permissive }) => permissive && (command === 'all' || command === wanted));
}
