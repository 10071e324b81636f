import { notNullRecipe } from '../src/recipes.js';
import { defineRule } from '../src/rule.js';
import { alteredTable } from '../src/wording.js';

export default defineRule({
  id: 'set-not-null-scans-table',
  level: 'error',
  title: 'SET NOT NULL reads the whole table',
  why: 'PostgreSQL looks at every row for a null while it holds ACCESS EXCLUSIVE: reads and writes wait. A valid CHECK that proves the column not null makes the scan unnecessary.',
  instead:
    'Add CHECK (column IS NOT NULL) NOT VALID, validate it in the next migration, then SET NOT NULL and drop the CHECK.',
  links: ['https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-SET-DROP-NOT-NULL'],
  on: ['AT_SetNotNull'],
  bad: [
    {
      sql: `create table account (email text);
-- next migration
alter table account alter column email set not null;`,
    },
    {
      title: 'a CHECK that is not validated proves nothing',
      sql: `create table account (email text);
-- next migration
alter table account add constraint email_present check (email is not null) not valid;
-- next migration
alter table account alter column email set not null;`,
    },
    {
      title: 'partitions that a program makes hold the rows, and a CHECK that is not validated proves nothing of them',
      sql: `create table event (id int, at date, kind text) partition by range (at);
alter table event add constraint kind_known check (kind is not null) not valid;
-- next migration
alter table event alter column kind set not null;`,
    },
  ],
  good: [
    {
      title: 'partitions that a program makes have the CHECK of their table, and it is validated with it',
      sql: `create table event (id int, at date, kind text) partition by range (at);
-- next migration
alter table event add constraint kind_not_null check (kind is not null) not valid;
alter table event validate constraint kind_not_null;
alter table event alter column kind set not null;`,
    },
    {
      title: 'a valid CHECK of an earlier migration is proof',
      sql: `create table account (email text);
-- next migration
alter table account add constraint email_not_null check (email is not null) not valid;
-- next migration
alter table account validate constraint email_not_null;
-- next migration
alter table account alter column email set not null;
alter table account drop constraint email_not_null;`,
    },
    {
      title: 'the column is NOT NULL already',
      sql: `create table account (email text not null);
-- next migration
alter table account alter column email set not null;`,
    },
  ],
  check({ node, relation, effects, statement }) {
    const scanned = effects.find((effect) => effect.work === 'scan');
    if (scanned === undefined || node.name === undefined) return;
    return {
      message: `every row of ${relation} is read for a null in ${node.name}: reads and writes wait until it is done`,
      instead: notNullRecipe(alteredTable(statement), node.name),
    };
  },
});
