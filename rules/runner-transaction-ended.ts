import { defineRule, type Step } from '../src/rule.js';
import { isKind } from '../src/sql/statement.js';

export default defineRule({
  id: 'runner-transaction-ended',
  level: 'error',
  title: 'A migration ends the transaction of its runner',
  why: 'The runner has opened a transaction and commits it after the migration. A COMMIT of the migration’s own ends it before, and with a driver that minds the runner stops, though all is done and recorded.',
  instead: 'Leave BEGIN and COMMIT to the runner; what cannot run in a transaction goes into a migration without one.',
  links: ['https://www.postgresql.org/docs/current/sql-commit.html'],
  bad: [
    {
      framework: 'dbmate',
      files: {
        'db/migrations/20240101000000_account.sql':
          '-- migrate:up\nbegin;\ncreate table account (id int);\ncommit;\n-- migrate:down\ndrop table account;\n',
      },
    },
    {
      title: 'sql-migrate has the same driver',
      framework: 'sql-migrate',
      files: {
        '1_account.sql':
          '-- +migrate Up\ncreate table account (id int);\ncommit;\n-- +migrate Down\ndrop table account;\n',
      },
    },
  ],
  good: [
    {
      title: 'another one is open when the runner commits',
      framework: 'dbmate',
      files: {
        'db/migrations/20240101000000_account.sql':
          '-- migrate:up\ncreate table account (id int);\ncommit;\nbegin;\ncreate table person (id int);\n-- migrate:down\ndrop table account, person;\n',
      },
    },
    {
      title: 'the runner has opened none',
      framework: 'dbmate',
      files: {
        'db/migrations/20240101000000_account.sql':
          '-- migrate:up transaction:false\nbegin;\ncreate table account (id int);\ncommit;\n-- migrate:down\ndrop table account;\n',
      },
    },
  ],
  checkMigration({ up, migration }) {
    const { scope, mindsEnd, why } = migration.up.transaction;
    const last = up.findLast(isControl);
    if (scope === 'none' || mindsEnd === undefined || last === undefined || !ends(last)) return [];
    return [{ step: last, message: `${why}, this ends it, and the runner stops: ${mindsEnd}` }];
  },
});

function isControl({ statement }: Step): boolean {
  return statement.parent === undefined && kindOf(statement) !== undefined;
}

function ends({ statement }: Step): boolean {
  return kindOf(statement) === 'end';
}

const kinds: Readonly<Record<string, 'begin' | 'end'>> = {
  TRANS_STMT_BEGIN: 'begin',
  TRANS_STMT_START: 'begin',
  TRANS_STMT_COMMIT: 'end',
  TRANS_STMT_ROLLBACK: 'end',
  TRANS_STMT_PREPARE: 'end',
};

function kindOf(statement: Step['statement']): 'begin' | 'end' | undefined {
  if (!isKind(statement, 'TransactionStmt')) return undefined;
  const { kind = '', chain } = statement.node;
  return chain ? 'begin' : kinds[kind];
}
