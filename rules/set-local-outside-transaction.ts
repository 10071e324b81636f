import { literalOf } from '../src/catalog/literal.js';
import { defineRule, type Step } from '../src/rule.js';
import { isKind } from '../src/sql/statement.js';
import { functionCalls } from '../src/sql/walk.js';

export default defineRule({
  id: 'set-local-outside-transaction',
  level: 'warning',
  title: 'SET LOCAL outside a transaction has no effect',
  why: 'It lasts until the end of the transaction, and a statement by itself is all of its own: PostgreSQL warns, and the statements after it run without the setting.',
  instead:
    'Write SET without LOCAL and RESET behind the statements that need it, or put all of them between BEGIN and COMMIT.',
  links: ['https://www.postgresql.org/docs/current/sql-set.html#id-1.9.3.175.5'],
  on: ['VariableSetStmt', 'ConstraintsSetStmt', 'SelectStmt'],
  directions: ['up', 'down'],
  bad: [
    {
      sql: `create table account (id int);
-- next migration
set local lock_timeout = '5s';
create index concurrently account_id on account (id);`,
    },
    {
      title: 'as a call',
      sql: "select set_config('statement_timeout', '0', true);",
    },
    {
      title: 'the marker that ends the transaction takes the ground from under the SET LOCAL',
      framework: 'goose',
      files: {
        '1_account.sql':
          "-- +goose NO TRANSACTION\n-- +goose Up\nset local lock_timeout = '5s';\ncreate table account (id int);\n-- +goose Down\ndrop table account;\n",
      },
    },
  ],
  good: [
    {
      transaction: 'whole',
      sql: "set local lock_timeout = '5s';\ncreate table account (id int);",
    },
    {
      title: 'several statements in one message are a transaction',
      framework: 'golang-migrate',
      files: {
        '1_account.up.sql': "set local lock_timeout = '5s';\ncreate table account (id int);\n",
        '1_account.down.sql': 'drop table account;\n',
      },
    },
    {
      title: 'a DO block runs in a transaction',
      sql: "do $$ begin set local lock_timeout = '5s'; end $$;",
    },
    {
      sql: "set lock_timeout = '5s'; select set_config('statement_timeout', '0', false);",
    },
  ],
  check(step) {
    const { statement, session, script } = step;
    if (session.inTransaction || statement.parent !== undefined) return;
    const what = localOf(step);
    if (what === undefined) return;
    return {
      message: `${what} ends with this statement: there is no transaction, so it has no effect on those after it`,
      // who runs the files is a guess: it may well wrap them
      ...(script.transaction.assumed && { level: 'note' }),
    };
  },
});

/** What a statement would set until the end of the transaction. */
function localOf({ statement }: Step): string | undefined {
  if (isKind(statement, 'ConstraintsSetStmt')) return 'SET CONSTRAINTS';
  if (isKind(statement, 'VariableSetStmt')) {
    const { is_local, kind, name = '' } = statement.node;
    if (is_local) return `SET LOCAL ${name}`;
    return kind === 'VAR_SET_MULTI' && name.startsWith('TRANSACTION') ? 'SET TRANSACTION' : undefined;
  }
  const call = functionCalls(statement.node).find(({ name }) => name.at(-1) === 'set_config');
  const local = literalOf(call?.node.args?.[2])?.text ?? '';
  return /^(?:t|true|on|y|yes|1)$/i.test(local) ? 'set_config' : undefined;
}
