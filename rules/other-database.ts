import { defineRule } from '../src/rule.js';

export default defineRule({
  id: 'other-database',
  level: 'note',
  title: 'The migrations are for another database',
  why: 'They are not PostgreSQL’s SQL, so they were not judged. One line says it for the whole folder.',
  instead: 'Leave the folder out by `ignore` in the configuration.',
  links: [],
  bad: [
    {
      framework: 'prisma',
      files: {
        'm/migration_lock.toml': 'provider = "mysql"',
        'm/1_account/migration.sql': 'create table account (id int);',
      },
    },
  ],
  good: [
    {
      framework: 'prisma',
      files: {
        'm/migration_lock.toml': 'provider = "postgresql"',
        'm/1_account/migration.sql': 'create table account (id int);',
      },
    },
  ],
});
