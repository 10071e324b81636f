import { defineRule } from '../src/rule.js';

const table = 'create table account (email text);\n';
const index = 'create index concurrently account_email on account (email);\n';
const journal =
  '{"version": "7", "dialect": "postgresql", "entries": [{"tag": "0000_account", "when": 10}, {"tag": "0001_account_email", "when": 20}]}';
const prisma = {
  'prisma/migrations/migration_lock.toml': 'provider = "postgresql"\n',
  'prisma/migrations/20260101000000_account/migration.sql': table,
  'prisma/migrations/20260102000000_account_email/migration.sql': `set statement_timeout = 0;\n${index}`,
};

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
    {
      title: 'a marker that opts out does not part what travels in one message',
      framework: 'dbmate',
      files: {
        'm/1_account.sql': `-- migrate:up\n${table}-- migrate:down\ndrop table account;\n`,
        'm/2_account_email.sql': `-- migrate:up transaction:false\nset statement_timeout = 0;\n${index}-- migrate:down\ndrop index account_email;\n`,
      },
    },
    {
      title: 'refinery has no way out',
      framework: 'refinery',
      files: {
        'Cargo.toml': '[dependencies]\nrefinery = "0.8"\n',
        'migrations/V1__account.sql': table,
        'migrations/V2__account_email.sql': index,
      },
    },
    {
      title: 'nor has Hasura',
      framework: 'hasura',
      files: {
        'config.yaml': 'version: 3\nmetadata_directory: metadata\n',
        'migrations/default/1760000000000_account/up.sql': table,
        'migrations/default/1760000000001_account_email/up.sql': index,
      },
    },
    {
      title: 'Drizzle runs all pending migrations in one',
      framework: 'drizzle',
      files: {
        'drizzle/meta/_journal.json': journal,
        'drizzle/0000_account.sql': table,
        'drizzle/0001_account_email.sql': index,
      },
    },
    {
      title: 'before 7.4 Prisma sends a migration in one message',
      framework: 'prisma',
      files: {
        'package.json': '{"devDependencies": {"prisma": "7.3.0"}}',
        ...prisma,
      },
    },
  ],
  good: [
    {
      title: 'since 7.4 it sends each statement of a migration with CREATE INDEX CONCURRENTLY by itself',
      framework: 'prisma',
      files: {
        'package.json': '{"devDependencies": {"prisma": "7.4.0"}}',
        ...prisma,
      },
    },
    {
      title: 'what stands between breakpoints is a message of its own, and COMMIT ends the transaction of Drizzle',
      framework: 'drizzle',
      files: {
        'drizzle/meta/_journal.json': journal,
        'drizzle/0000_account.sql': table,
        'drizzle/0001_account_email.sql': `commit;\n--> statement-breakpoint\n${index}--> statement-breakpoint\nbegin;\n`,
      },
    },
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
    const { optOut, wayRound } = script.transaction;
    const how = wayRound ?? (optOut && `alone, in a migration outside a transaction: ${optOut}`);
    return {
      message: `${what} cannot run inside a transaction, and ${session.transactionWhy}`,
      ...(how && { instead: `-- ${how}\n${statement.text};` }),
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
