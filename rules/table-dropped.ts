import { relationByName } from '../src/catalog/lookup.js';
import { defineRule } from '../src/rule.js';
import { droppedRelations, list } from '../src/wording.js';

export default defineRule({
  id: 'table-dropped',
  level: 'error',
  title: 'A table is dropped',
  why: 'Its rows are lost for good, and running code that still uses the table fails. A table with foreign keys takes ACCESS EXCLUSIVE on every table it refers to as well.',
  instead: `-- 1. release code that does not use the table
-- 2. rename it, wait, and see that nothing fails
-- 3. then drop it, and say why that is safe:
-- lockkeeper:ignore table-dropped: no code has used it since release …`,
  elsewhere: 'the drop is left to a release after the one that stops using the table',
  links: ['https://www.postgresql.org/docs/current/sql-droptable.html'],
  on: ['DropStmt'],
  bad: [
    {
      sql: `create table account (id int);
-- next migration
drop table account;`,
    },
  ],
  good: [
    { title: 'a table of the same migration', sql: 'create table scratch (id int); drop table scratch;' },
    {
      title: 'a view has no rows of its own',
      sql: `create view one as select 1 as a;
-- next migration
-- lockkeeper:ignore view-dropped: an example of something else
drop view one;`,
    },
  ],
  check(step) {
    const { node, before } = step;
    if (node.removeType !== 'OBJECT_TABLE') return;
    const lost = droppedRelations(step).filter((relation) => {
      if (step.isNew(relation)) return false;
      // IF EXISTS on what the history does not show: most often the first line of a script that creates it
      return relationByName(before, relation) !== undefined || !node.missing_ok;
    });
    if (lost.length === 0) return;
    return {
      message: `the rows of ${list(lost)} are lost, and running code that uses ${lost.length > 1 ? 'them' : 'it'} fails`,
    };
  },
});
