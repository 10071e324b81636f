import { defineRule } from '../src/rule.js';

export default defineRule({
  id: 'unreadable-migration',
  level: 'error',
  title: 'A migration file cannot be read',
  why: 'It is not UTF-8 text, cannot be opened, or is not in the format of its framework. None of its statements was judged.',
  instead: 'Save the file as UTF-8, correct it, or leave it out by `ignore` in the configuration.',
  links: [],
  bad: [
    {
      title: 'the file is cut short',
      framework: 'liquibase',
      files: { 'db/changelog.yaml': 'databaseChangeLog:\n  - changeSet: {id: 1, author: me, changes: [' },
    },
  ],
  good: [
    {
      framework: 'liquibase',
      files: {
        'db/changelog.yaml':
          'databaseChangeLog:\n  - changeSet:\n      id: 1\n      author: me\n      changes:\n        - sql: create table account (id int)\n',
      },
    },
  ],
});
