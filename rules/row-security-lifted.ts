import { firstOfEach, keptTable } from '../src/known.js';
import { defineRule } from '../src/rule.js';

export default defineRule({
  id: 'row-security-lifted',
  level: 'warning',
  title: 'Row level security is switched off',
  why: 'From that moment the policies of the table keep nothing from anybody: every role with privileges on the table reads and writes all of its rows. In an API that hands rows out by role that is everybody.',
  instead:
    'Change the policies instead. What has to see all rows can use a role with BYPASSRLS, or the owner of the table.',
  links: ['https://www.postgresql.org/docs/current/ddl-rowsecurity.html'],
  bad: [
    {
      sql: `create table account (id int, owner text);
create policy own on account using (owner = current_user);
alter table account enable row level security;
-- next migration
alter table account disable row level security;`,
    },
  ],
  good: [
    {
      title: 'on again in the same transaction',
      transaction: 'whole',
      sql: `create table account (id int, owner text);
create policy own on account using (owner = current_user);
alter table account enable row level security;
-- next migration
alter table account disable row level security;
insert into account values (1, 'ada');
alter table account enable row level security;`,
    },
    {
      title: 'it was not on',
      sql: `create table account (id int, owner text);
-- next migration
alter table account disable row level security;`,
    },
  ],
  checkMigration(judged) {
    const steps = judged.up.filter(({ kind }) => kind === 'AT_DisableRowSecurity');
    return firstOfEach(steps).flatMap((step) => {
      const table = keptTable(judged, step);
      if (table === undefined || !table.old.rowSecurity || table.now.rowSecurity) return [];
      return [
        {
          step,
          message: `every role with privileges on ${step.relation} reads and writes all of its rows from now on`,
        },
      ];
    });
  },
});
