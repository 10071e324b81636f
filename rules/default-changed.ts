import { expressionKey } from '../src/catalog/expression.js';
import { columnOf } from '../src/catalog/lookup.js';
import { isFirst, keptTable } from '../src/known.js';
import { defineRule } from '../src/rule.js';
import { isKind } from '../src/sql/statement.js';

export default defineRule({
  id: 'default-changed',
  level: 'note',
  title: 'Running code gets another default',
  why: 'Rows that running code inserts without the column get the new value from that moment. An ORM that knows the old default and leaves the column out when the value equals it stores the new one in its place.',
  instead: 'Let the code write the value itself before the default changes.',
  links: ['https://www.postgresql.org/docs/current/ddl-default.html'],
  bad: [
    {
      sql: `create table account (id int, plan text default 'free');
-- next migration
alter table account alter column plan set default 'basic';`,
    },
  ],
  good: [
    {
      title: 'a first default replaces a null',
      sql: `create table account (id int, plan text);
-- next migration
alter table account alter column plan set default 'basic';`,
    },
    {
      title: 'set again to what it was',
      sql: `create table account (id int, plan text default 'free');
-- next migration
alter table account alter column plan drop default;
alter table account alter column plan set default 'free';`,
    },
  ],
  checkMigration(judged) {
    const seen = new Set<string>();
    return judged.up.toReversed().flatMap((step) => {
      const { statement, relation = '' } = step;
      if (!isKind(statement, 'AT_ColumnDefault')) return [];
      const { name } = statement.node;
      const table = keptTable(judged, step);
      // the last statement about the column counts
      if (table === undefined || !isFirst(seen, `${relation} ${name}`)) return [];
      const old = columnOf(table.old, name)?.default;
      const now = columnOf(table.now, name)?.default;
      if (old === undefined || now === undefined || expressionKey(old) === expressionKey(now)) return [];
      const message = `rows that running code inserts into ${relation} without ${name} get another value from now on`;
      return [{ step, message }];
    });
  },
});
