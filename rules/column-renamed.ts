import { defineRule } from '../src/rule.js';
import { runningCodeKnows } from '../src/wording.js';

export default defineRule({
  id: 'column-renamed',
  level: 'error',
  title: 'A column is renamed',
  why: 'The rename takes an instant, but from that instant every query of the running code that names the old column fails.',
  instead:
    'Add a column of the new name, let the code write both, copy the old values, read the new one, then drop the old.',
  links: ['https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-RENAME'],
  on: ['RenameStmt'],
  bad: [
    {
      sql: `create table account (mail text);
-- next migration
alter table account rename column mail to email;`,
    },
  ],
  good: [
    {
      title: 'no running code knows the table yet',
      sql: 'create table account (mail text); alter table account rename column mail to email;',
    },
    {
      title: 'no running code knows the column yet',
      sql: `create table account (id int);
-- next migration
alter table account add column mail text;
alter table account rename column mail to email;`,
    },
  ],
  check(step) {
    const { node, relation } = step;
    if (node.renameType !== 'OBJECT_COLUMN' || !runningCodeKnows(step, node.subname)) return;
    return {
      message: `running code that names ${node.subname} of ${relation} fails from now on: it is called ${node.newname}`,
    };
  },
});
