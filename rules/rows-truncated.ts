import { defineRule } from '../src/rule.js';
import { list } from '../src/wording.js';

export default defineRule({
  id: 'rows-truncated',
  level: 'error',
  title: 'A table is emptied by TRUNCATE',
  why: 'All rows are lost, and with CASCADE those of every table that refers to it. ACCESS EXCLUSIVE blocks reads and writes, and TRUNCATE is not MVCC-safe: older snapshots see an empty table.',
  instead: 'Delete the rows that must go, in batches, by a condition that can be reviewed.',
  links: ['https://www.postgresql.org/docs/current/sql-truncate.html'],
  on: ['TruncateStmt'],
  bad: [
    {
      sql: `create table account (id int);
-- next migration
truncate account;`,
    },
  ],
  good: [{ title: 'a table of the same migration', sql: 'create table scratch (id int); truncate scratch;' }],
  check({ effects }) {
    const emptied = [
      ...new Set(
        effects
          .filter((effect) => effect.kind === 'table' && effect.work === 'rewrite')
          .map((effect) => effect.relation),
      ),
    ];
    if (emptied.length === 0) return;
    return { message: `all rows of ${list(emptied)} are lost` };
  },
});
