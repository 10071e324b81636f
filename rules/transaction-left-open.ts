import { defineRule, type Step } from '../src/rule.js';
import { isKind } from '../src/sql/statement.js';

export default defineRule({
  id: 'transaction-left-open',
  level: 'error',
  title: 'A transaction is begun and not committed',
  why: 'When the session ends, PostgreSQL rolls back what is not committed: the runner counts the migration as applied, and nothing of it is there. A runner that goes on in the same session takes its later work into the open transaction, locks included.',
  instead: 'commit;',
  elsewhere: 'a line to put after the statement',
  links: ['https://www.postgresql.org/docs/current/sql-begin.html'],
  bad: [
    {
      sql: `create table account (id int);
-- next migration
begin;
alter table account add column email text;`,
    },
    {
      title: 'rolled back, as after a rehearsal',
      sql: `begin;
create table account (id int);
rollback;`,
    },
  ],
  good: [
    {
      sql: `begin;
create table account (id int);
commit;`,
    },
    {
      title: 'the runner ends what it has begun',
      transaction: 'whole',
      sql: `begin;
create table account (id int);`,
    },
  ],
  checkMigration({ up, migration }) {
    if (migration.up.transaction.scope !== 'none') return [];
    const open = lastOf(up, 'TRANS_STMT_BEGIN', 'TRANS_STMT_START');
    const committed = lastOf(up, 'TRANS_STMT_COMMIT', 'TRANS_STMT_PREPARE');
    const undone = lastOf(up, 'TRANS_STMT_ROLLBACK');
    const begun = up[open];
    const end = up[undone];
    if (begun !== undefined && open > Math.max(committed, undone) && open < up.length - 1)
      return [{ step: begun, message: 'the transaction that begins here is never committed: nothing of it stays' }];
    if (end === undefined || undone < up.length - 1 || open < 0 || open < committed) return [];
    return [{ step: end, message: 'all that the transaction did is undone, and the migration counts as applied' }];
  },
});

function lastOf(up: readonly Step[], ...kinds: readonly string[]): number {
  return up.findLastIndex(
    ({ statement }) =>
      isKind(statement, 'TransactionStmt') &&
      statement.parent === undefined &&
      kinds.includes(statement.node.kind ?? ''),
  );
}
