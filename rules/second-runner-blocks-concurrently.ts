import { defineRule } from '../src/rule.js';

export default defineRule({
  id: 'second-runner-blocks-concurrently',
  level: 'note',
  title: 'A second runner that waits for the first and a CONCURRENTLY make a deadlock',
  why: 'The runner waits for its advisory lock inside a statement, CONCURRENTLY waits for that statement to end: where several instances migrate when they start, PostgreSQL ends one of the two with "deadlock detected", and the index may be left invalid.',
  instead:
    'Let one process migrate before the instances start. Where it has failed, drop the invalid index and run the migration again: IF NOT EXISTS would pass over it.',
  newestOnly: true,
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
      },
    },
    {
      title: 'of several migrations only the newest is named: what has run has run',
      framework: 'golang-migrate',
      files: {
        '1_account.up.sql': 'create table account (id int, email text);\n',
        '1_account.down.sql': 'drop table account;\n',
        '2_account_id.up.sql': 'create index concurrently account_id on account (id);\n',
        '2_account_id.down.sql': 'drop index concurrently account_id;\n',
        '3_account_email.up.sql': 'create index concurrently account_email on account (email);\n',
        '3_account_email.down.sql': 'drop index concurrently account_email;\n',
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
  check({ kind, statement, transactionBlock, session, script }) {
    const { secondRunner } = script.transaction;
    if (secondRunner === undefined || transactionBlock !== 'forbidden' || session.inTransaction) return;
    // what is forbidden in a transaction and no CONCURRENTLY waits for no snapshot
    if (!/\bconcurrently\b/i.test(statement.text) || kind === 'VacuumStmt') return;
    return { message: `${secondRunner} while this waits for it to end: several instances that start at once deadlock` };
  },
});
