import { columnOf, isTable, relationByName } from '../src/catalog/lookup.js';
import { secondColumn, typeSql } from '../src/recipes.js';
import { defineRule, type Step } from '../src/rule.js';
import { runningCodeKnows, written } from '../src/wording.js';

export default defineRule({
  id: 'column-renamed',
  level: 'error',
  title: 'A column is renamed',
  why: 'The rename takes an instant, but from that instant every query of the running code that names the old column fails.',
  instead:
    'Add a column of the new name, let the code write both, copy the old values, read the new one, then drop the old.',
  elsewhere: 'the old column stays as long as running code reads it',
  links: ['https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-RENAME'],
  on: ['RenameStmt'],
  bad: [
    {
      sql: `create table account (mail text);
-- next migration
alter table account rename column mail to email;`,
    },
    {
      title: 'whatever its type is called',
      sql: `create table account (seen timestamptz(3)[]);
-- next migration
alter table account rename seen to "lastSeen";`,
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
    const { subname = '', newname = '' } = node;
    const column = columnOf(relationByName(step.before, relation ?? ''), subname);
    const type = column?.type && typeSql(step.before, column.type);
    return {
      message: `running code that names ${subname} of ${relation} fails from now on: it is called ${newname}`,
      ...(type && isStored(step) && { instead: secondColumn(written(node.relation), subname, newname, type) }),
    };
  },
});

/** Columns of views come from elsewhere. */
function isStored({ before, relation = '' }: Step): boolean {
  const found = relationByName(before, relation);
  return found !== undefined && isTable(found);
}
