import { defineRule, type Step } from '../src/rule.js';
import { textOf } from '../src/sql/piece.js';

export default defineRule({
  id: 'second-runner-blocks-concurrently',
  level: 'note',
  title: 'A second runner that waits for the first and a CONCURRENTLY make a deadlock',
  why: 'The runner waits for its advisory lock inside a statement, CONCURRENTLY waits for that statement to end: where several instances migrate when they start, PostgreSQL ends one of the two with "deadlock detected", and the index may be left invalid.',
  instead:
    'Let one process migrate before the instances start. Where it has failed, drop the invalid index and run the migration again: IF NOT EXISTS would pass over it.',
  links: [
    'https://github.com/golang-migrate/migrate/issues/960',
    'https://github.com/prisma/prisma-engines/issues/5755',
    'https://github.com/element-hq/matrix-authentication-service/issues/5298',
  ],
  bad: [
    {
      framework: 'golang-migrate',
      files: {
        '1_account.up.sql': 'create table account (id int);\n',
        '1_account.down.sql': 'drop table account;\n',
        '2_account_id.up.sql': 'create index concurrently account_id on account (id);\n',
        '2_account_id.down.sql': 'drop index concurrently account_id;\n',
        '3_account_key.up.sql': 'create unique index concurrently account_key on account (id);\n',
        '3_account_key.down.sql': 'drop index concurrently account_key;\n',
      },
    },
  ],
  good: [
    {
      title: 'dbmate takes no lock',
      framework: 'dbmate',
      files: {
        'm/1_account.sql': '-- migrate:up\ncreate table account (id int);\n-- migrate:down\ndrop table account;\n',
        'm/2_account_id.sql':
          '-- migrate:up transaction:false\ncreate index concurrently account_id on account (id);\n-- migrate:down\ndrop index account_id;\n',
      },
    },
    {
      title: 'VACUUM waits for nobody',
      framework: 'golang-migrate',
      files: {
        '1_account.up.sql': 'create table account (id int);\n',
        '1_account.down.sql': 'drop table account;\n',
        '2_vacuum.up.sql': 'vacuum account;\n',
        '2_vacuum.down.sql': '-- there is nothing to undo\n',
      },
    },
  ],
  checkMigration({ up, migration, history }) {
    const waiting = up.filter(waitsForOthers);
    const runner = waiting[0]?.script.transaction.secondRunner;
    if (runner === undefined) return [];
    // a team that has used it before knows by now: it is told once in a history
    const earlier = history.migrations.slice(0, history.migrations.indexOf(migration));
    if (earlier.some(({ up: { pieces } }) => pieces.some((piece) => concurrently.test(textOf(piece))))) return [];
    const message = `${runner} while this waits for it to end: several instances that start at once deadlock`;
    return waiting.map((step) => ({ step, message, once: '' }));
  },
});

const concurrently = /\bconcurrently\b/i;

function waitsForOthers({ kind, statement, transactionBlock, session }: Step): boolean {
  // what is forbidden in a transaction and no CONCURRENTLY waits for no snapshot
  if (transactionBlock !== 'forbidden' || session.inTransaction || kind === 'VacuumStmt') return false;
  return concurrently.test(statement.text);
}
