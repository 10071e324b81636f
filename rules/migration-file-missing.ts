import { defineRule } from '../src/rule.js';

export default defineRule({
  id: 'migration-file-missing',
  level: 'error',
  title: 'A migration that is named is not there',
  why: 'The journal or plan names a file that does not exist: the runner stops there.',
  instead: 'Commit the file, or take its entry away.',
  links: [],
  bad: [
    {
      framework: 'drizzle',
      files: {
        'd/0000_account.sql': 'create table account (id int);',
        'd/meta/_journal.json':
          '{"version": "7", "dialect": "postgresql", "entries": [{"tag": "0000_account", "when": 10}, {"tag": "0001_invoice", "when": 20}]}',
      },
    },
  ],
  good: [
    {
      framework: 'drizzle',
      files: {
        'd/0000_account.sql': 'create table account (id int);',
        'd/meta/_journal.json':
          '{"version": "7", "dialect": "postgresql", "entries": [{"tag": "0000_account", "when": 10}]}',
      },
    },
  ],
});
