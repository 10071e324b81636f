import { columnOf } from '../src/catalog/lookup.js';
import { isFirst, keptTable } from '../src/known.js';
import { defineRule } from '../src/rule.js';
import { isKind } from '../src/sql/statement.js';

export default defineRule({
  id: 'not-null-dropped',
  level: 'note',
  title: 'Running code may meet a null where it never met one',
  why: 'As soon as new code writes the first null, code that is still running, or was not looked at, reads it: types that have no null fail, and conditions on the column leave the row out.',
  instead: 'Release code that can read a null first; drop NOT NULL after that.',
  links: ['https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-NOT-NULL'],
  bad: [
    {
      sql: `create table account (id int, email text not null);
-- next migration
alter table account alter column email drop not null;`,
    },
  ],
  good: [
    {
      title: 'it was not there',
      sql: `create table account (id int, email text);
-- next migration
alter table account alter column email drop not null;`,
    },
    {
      title: 'no running code reads the table yet',
      sql: 'create table account (id int, email text not null); alter table account alter column email drop not null;',
    },
  ],
  checkMigration(judged) {
    const seen = new Set<string>();
    return judged.up.flatMap((step) => {
      const { statement, relation = '' } = step;
      if (!isKind(statement, 'AT_DropNotNull')) return [];
      const { name } = statement.node;
      const table = keptTable(judged, step);
      if (table === undefined || !isFirst(seen, `${relation} ${name}`)) return [];
      if (columnOf(table.old, name)?.notNull !== true || columnOf(table.now, name)?.notNull !== false) return [];
      return [{ step, message: `running code that reads ${name} of ${relation} can meet a null from now on` }];
    });
  },
});
