import { defineRule } from '../src/rule.js';

export default defineRule({
  id: 'advisory-lock-blocks-concurrently',
  level: 'error',
  title: 'The runner’s own lock blocks a CONCURRENTLY forever',
  why: 'Flyway holds an advisory lock in a transaction of another connection, and CREATE INDEX CONCURRENTLY waits for that transaction, which ends only when the index is built.',
  instead: 'Set flyway.postgresql.transactional.lock=false (Flyway 9.1.2 and later).',
  links: [],
  bad: [
    {
      framework: 'flyway',
      files: {
        'V1__account.sql': 'create table account (id int);',
        'V2__account_id.sql': 'create index concurrently account_id on account (id);\n',
      },
    },
  ],
  good: [
    {
      title: 'before 9.1.2 Flyway took the lock for its session',
      framework: 'flyway',
      files: {
        'build.gradle':
          "dependencies { implementation group: 'org.flywaydb', name: 'flyway-core', version: '8.5.13' }\n",
        'V1__account.sql': 'create table account (id int);',
        'V2__account_id.sql': 'create index concurrently account_id on account (id);\n',
      },
    },
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
