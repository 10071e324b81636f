import { defineRule } from '../src/rule.js';
import { runningCodeKnows } from '../src/wording.js';

export default defineRule({
  id: 'column-dropped',
  level: 'error',
  title: 'A column is dropped',
  why: 'Its values are lost for good, and running code that still names the column fails. Many ORMs name all columns they know, used or not.',
  instead: `-- 1. release code that neither reads nor writes the column (in an ORM: that ignores it)
-- 2. then drop it, and say why that is safe:
-- lockkeeper:ignore column-dropped: no code has used it since release …`,
  elsewhere: 'the drop is left to a release after the one that stops using the column',
  links: ['https://www.postgresql.org/docs/current/ddl-alter.html#DDL-ALTER-REMOVING-A-COLUMN'],
  on: ['AT_DropColumn'],
  bad: [
    {
      sql: `create table account (id int, email text);
-- next migration
alter table account drop column email;`,
    },
  ],
  good: [
    {
      title: 'the column was added in the same migration',
      sql: `create table account (id int);
-- next migration
alter table account add column email text;
alter table account drop column email;`,
    },
    {
      title: 'there is nothing to drop',
      sql: `create table account (id int);
-- next migration
alter table account drop column if exists email;`,
    },
  ],
  check(step) {
    const { node, relation } = step;
    if (!runningCodeKnows(step, node.name)) return;
    return { message: `the values of ${node.name} in ${relation} are lost, and running code that names it fails` };
  },
});
