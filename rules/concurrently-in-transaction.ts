import { defineRule } from '../src/rule.js';

export default defineRule({
  id: 'concurrently-in-transaction',
  level: 'error',
  title: 'A statement that cannot run in a transaction is inside one',
  why: 'CREATE INDEX CONCURRENTLY, VACUUM and others commit while they run, so PostgreSQL refuses them in a transaction block. Several statements sent in one message are such a block too, without any BEGIN.',
  instead: 'Move the statement, alone, to a migration that the runner executes outside a transaction.',
  links: ['https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-MULTI-STATEMENT'],
  directions: ['up', 'down'],
  bad: [
    {
      sql: `create table account (email text);
-- next migration
begin;
create index concurrently account_email on account (email);
commit;`,
    },
    {
      title: 'the runner opens the transaction',
      transaction: 'whole',
      sql: `create table account (email text);
-- next migration
vacuum account;`,
    },
  ],
  good: [
    {
      title: 'by itself each statement commits',
      sql: `create table account (email text);
-- next migration
create index concurrently account_email on account (email);
vacuum account;`,
    },
  ],
  check({ transactionBlock, session, statement, script }) {
    if (transactionBlock !== 'forbidden' || !session.inTransaction) return;
    const what = verb(statement.text);
    const { optOut } = script.transaction;
    return {
      message: `${what} cannot run inside a transaction, and ${session.transactionWhy}`,
      ...(optOut && { instead: `-- alone, in a migration outside a transaction: ${optOut}\n${statement.text};` }),
    };
  },
});

/** "CREATE INDEX CONCURRENTLY", as far as the capital words of the command go. */
function verb(text: string): string {
  const words =
    /^\s*(?:(?:create|drop|reindex|alter|vacuum|cluster|detach|refresh|discard|subscription|database|tablespace|unique|index|table|system|schema|full|all|concurrently)\b\s*)+/i.exec(
      text,
    );
  const found = words?.[0].trim().toUpperCase().replace(/\s+/g, ' ') ?? 'the statement';
  return /concurrently/i.test(text) && !found.includes('CONCURRENTLY') ? `${found} … CONCURRENTLY` : found;
}
