import { indexAnew } from '../src/recipes.js';
import { defineRule, type Step } from '../src/rule.js';
import { sqlName } from '../src/sql/names.js';
import { isKind } from '../src/sql/statement.js';
import { droppedRelations } from '../src/wording.js';

export default defineRule({
  id: 'invalid-index-hidden',
  level: 'note',
  title: 'CREATE INDEX CONCURRENTLY IF NOT EXISTS takes an invalid index for the wanted one',
  why: 'A concurrent build that fails (a duplicate, a timeout, a deadlock, a lost connection) leaves an INVALID index of that name. The next try finds the name, says NOTICE and succeeds: no query uses the index, a unique one guards nothing that was there before, and every write still pays for it.',
  instead: 'Drop the index IF EXISTS first, then build it without IF NOT EXISTS.',
  links: ['https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY'],
  bad: [
    {
      sql: `create table account (email text);
-- next migration
create index concurrently if not exists account_email on account (email);`,
    },
  ],
  good: [
    {
      sql: `create table account (email text);
-- next migration
drop index concurrently if exists account_email;
create index concurrently account_email on account (email);`,
    },
    {
      title: 'what a failure left is dropped first',
      sql: `create table account (email text);
-- next migration
drop index concurrently if exists account_email;
create index concurrently if not exists account_email on account (email);`,
    },
  ],
  checkMigration({ up }) {
    return up.flatMap((step, at) => {
      const { statement, relation } = step;
      if (!isKind(statement, 'IndexStmt') || !statement.node.concurrent || !statement.node.if_not_exists) return [];
      const { idxname, relation: table } = statement.node;
      if (idxname === undefined || relation === undefined || step.isNew(relation)) return [];
      if (up.slice(0, at).some((earlier) => drops(earlier, idxname))) return [];
      const create = `${statement.text.replace(/\s+if\s+not\s+exists\b/i, '')};`;
      return [
        {
          step,
          message: `if a build of ${idxname} failed before, this succeeds without building it, and the index stays invalid`,
          instead: indexAnew(step, sqlName(table?.schemaname, idxname), create),
        },
      ];
    });
  },
});

function drops(step: Step, index: string): boolean {
  const { statement } = step;
  if (!isKind(statement, 'DropStmt')) return false;
  return droppedRelations({ ...step, kind: statement.kind, node: statement.node, statement }).some(
    (name) => name === index || name.endsWith(`.${index}`),
  );
}
