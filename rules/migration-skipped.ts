import { defineRule } from '../src/rule.js';

export default defineRule({
  id: 'migration-skipped',
  level: 'error',
  title: 'A migration is skipped where a later one has run',
  why: 'Drizzle runs only what is newer than the newest that it has run. After a merge the order of the journal and its times may differ, and the migration is passed over in silence.',
  instead: 'Generate it again, so that its time is the newest.',
  links: [],
  bad: [
    {
      framework: 'drizzle',
      files: {
        'd/0000_account.sql': 'create table account (id int);',
        'd/0001_invoice.sql': 'create table invoice (id int);',
        'd/meta/_journal.json':
          '{"version": "7", "dialect": "postgresql", "entries": [{"tag": "0000_account", "when": 20}, {"tag": "0001_invoice", "when": 10}]}',
      },
    },
  ],
  good: [
    {
      framework: 'drizzle',
      files: {
        'd/0000_account.sql': 'create table account (id int);',
        'd/0001_invoice.sql': 'create table invoice (id int);',
        'd/meta/_journal.json':
          '{"version": "7", "dialect": "postgresql", "entries": [{"tag": "0000_account", "when": 10}, {"tag": "0001_invoice", "when": 20}]}',
      },
    },
  ],
});
