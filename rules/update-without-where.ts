import { defineRule } from '../src/rule.js';

export default defineRule({
  id: 'update-without-where',
  level: 'error',
  title: 'UPDATE or DELETE of every row',
  why: 'Every row is written and locked in one transaction: updates of the same rows wait until it commits, the table grows by a dead copy of each row, and a DELETE loses all of them.',
  instead: 'Write the rows in batches of some thousand, each batch in a transaction of its own.',
  links: ['https://www.postgresql.org/docs/current/routine-vacuuming.html#VACUUM-FOR-SPACE-RECOVERY'],
  on: ['UpdateStmt', 'DeleteStmt'],
  bad: [
    {
      sql: `create table account (id int primary key, email text);
-- next migration
update account set email = lower(email);`,
    },
    {
      sql: `create table account (id int primary key);
-- next migration
delete from account;`,
    },
  ],
  good: [
    {
      title: 'a table of the same migration',
      sql: "create table setting (name text, value text); insert into setting values ('a', '1'); update setting set value = '2';",
    },
    {
      title: 'a batch',
      sql: `create table account (id int primary key, email text);
-- next migration
update account set email = lower(email) where id between 1 and 1000;`,
    },
  ],
  check({ kind, node, relation, effects }) {
    const written = effects.find((effect) => effect.relation === relation && effect.work === 'rows');
    if (written === undefined || node.whereClause !== undefined || hasJoin(node)) return;
    return {
      message:
        kind === 'DeleteStmt'
          ? `every row of ${relation} is deleted in one transaction`
          : `every row of ${relation} is written in one transaction: other writes to it wait until it commits`,
    };
  },
});

/** FROM or USING without WHERE is a cross join by mistake or a condition in JOIN … ON: not every row for certain. */
function hasJoin(node: { readonly fromClause?: unknown; readonly usingClause?: unknown }): boolean {
  return node.fromClause !== undefined || node.usingClause !== undefined;
}
