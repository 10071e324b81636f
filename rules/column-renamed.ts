import { columnOf, isTable, relationByName } from '../src/catalog/lookup.js';
import { wasCalled } from '../src/known.js';
import { secondColumn, typeSql } from '../src/recipes.js';
import { defineRule, type Step } from '../src/rule.js';
import { isKind } from '../src/sql/statement.js';
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
  bad: [
    {
      sql: `create table account (mail text);
-- next migration
alter table account rename column mail to email;`,
    },
    {
      title: 'another column takes the name',
      sql: `create table account (mail text);
-- next migration
alter table account rename column mail to mail_old;
alter table account add column mail text;`,
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
      title: 'the name that code knows is told, and no other that the column has on its way',
      sql: `create table account (mail text);
-- next migration
-- lockkeeper:ignore column-renamed: an example of something else
alter table account rename column mail to e_mail;
alter table account rename column e_mail to email;`,
    },
    {
      title: 'what ory cut from one migration goes out as one: no running code meets a name in between',
      framework: 'pop',
      files: {
        '20220513000001000000_json.postgres.up.sql': 'create table flow (id int);\n',
        '20220513000001000000_json.postgres.down.sql': 'drop table flow;\n',
        '20220514000001000000_list.postgres.up.sql':
          "set lock_timeout = '5s';\nalter table flow add column scope_json text;\n",
        '20220514000001000000_list.postgres.down.sql': 'alter table flow drop column scope_json;\n',
        '20220514000001000001_list.postgres.up.sql':
          "set lock_timeout = '5s';\nalter table flow rename column scope_json to scope;\n",
        '20220514000001000001_list.postgres.down.sql': 'alter table flow rename column scope to scope_json;\n',
      },
    },
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
  checkMigration({ up, before, afterUp }) {
    return up.flatMap((step) => {
      const { statement, relation = '' } = step;
      if (!isKind(statement, 'RenameStmt') || statement.node.renameType !== 'OBJECT_COLUMN') return [];
      const { subname = '', newname = '', relation: range } = statement.node;
      if (!runningCodeKnows(step, subname) || !wasCalled(before, step, relation, subname)) return [];
      const table = relationByName(step.before, relation);
      if (columnOf(table && afterUp.relations.get(table.oid), subname) !== undefined) {
        const message = `what running code calls ${subname} of ${relation} is another column from now on: the old one is called ${newname}`;
        return [{ step, message }];
      }
      const column = columnOf(table, subname);
      const type = column?.type && typeSql(step.before, column.type);
      return [
        {
          step,
          message: `running code that names ${subname} of ${relation} fails from now on: it is called ${newname}`,
          ...(type && isStored(step) && { instead: secondColumn(written(range), subname, newname, type) }),
        },
      ];
    });
  },
});

/** Columns of views come from elsewhere. */
function isStored({ before, relation = '' }: Step): boolean {
  const found = relationByName(before, relation);
  return found !== undefined && isTable(found);
}
