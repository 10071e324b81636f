import { defineRule } from '../src/rule.js';

export default defineRule({
  id: 'opt-out-ignored',
  level: 'error',
  title: 'A marker that should end the transaction is passed over',
  why: 'The runner reads the marker in one place and one spelling alone. Where it does not, the migration runs in a transaction, and CONCURRENTLY fails.',
  instead: 'Write the marker as the runner reads it; the message says what is wrong.',
  links: [],
  bad: [
    {
      title: 'sqlx looks at the very first byte',
      framework: 'sqlx',
      files: {
        'Cargo.toml': '[dependencies]\nsqlx = "0.8"\n',
        'migrations/1_account.sql': '-- accounts\n-- no-transaction\ncreate table account (id int);\n',
      },
    },
    {
      framework: 'dbmate',
      files: {
        'm/1_account.sql':
          '-- migrate:up transactions:false\ncreate table account (id int);\n-- migrate:down\ndrop table account;\n',
      },
    },
  ],
  good: [
    {
      framework: 'dbmate',
      files: {
        'm/1_account.sql':
          '-- migrate:up transaction:false\ncreate table account (id int);\n-- migrate:down\ndrop table account;\n',
      },
    },
  ],
});
