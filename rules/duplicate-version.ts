import { defineRule } from '../src/rule.js';

export default defineRule({
  id: 'duplicate-version',
  level: 'error',
  title: 'Two migrations have the same version',
  why: 'The runner refuses the folder, or runs one of the two and takes the other for done.',
  instead: 'Give the newer one a version of its own.',
  links: [],
  bad: [
    {
      framework: 'golang-migrate',
      files: {
        'go.mod': 'require github.com/golang-migrate/migrate/v4 v4.19.0\n',
        'm/1_account.up.sql': 'create table account (id int);',
        'm/1_invoice.up.sql': 'create table invoice (id int);',
      },
    },
  ],
  good: [
    {
      framework: 'golang-migrate',
      files: {
        'go.mod': 'require github.com/golang-migrate/migrate/v4 v4.19.0\n',
        'm/1_account.up.sql': 'create table account (id int);',
        'm/2_invoice.up.sql': 'create table invoice (id int);',
      },
    },
  ],
});
