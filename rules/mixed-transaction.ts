import { defineRule } from '../src/rule.js';

export default defineRule({
  id: 'mixed-transaction',
  level: 'error',
  title: 'Statements that need a transaction are mixed with one that forbids it',
  why: 'Flyway runs a file with CREATE INDEX CONCURRENTLY and the like without a transaction, and refuses to mix them with others.',
  instead: 'Give the statement a file of its own, or set mixed=true and accept that a failure leaves half of it done.',
  links: [],
  bad: [
    {
      framework: 'flyway',
      files: {
        'flyway.conf': 'flyway.postgresql.transactional.lock=false\n',
        'V1__account.sql': 'create table account (id int);\ncreate index concurrently account_id on account (id);\n',
      },
    },
  ],
  good: [
    {
      framework: 'flyway',
      files: {
        'flyway.conf': 'flyway.postgresql.transactional.lock=false\n',
        'V1__account.sql': 'create table account (id int);',
        'V2__account_id.sql': 'create index concurrently account_id on account (id);\n',
      },
    },
  ],
});
