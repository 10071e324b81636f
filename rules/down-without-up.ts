import { defineRule } from '../src/rule.js';

export default defineRule({
  id: 'down-without-up',
  level: 'warning',
  title: 'A down migration undoes nothing',
  why: 'Its up migration is not there: it was renamed, or never committed.',
  instead: 'Name both alike, or delete it.',
  links: [],
  bad: [
    {
      framework: 'golang-migrate',
      files: {
        'go.mod': 'require github.com/golang-migrate/migrate/v4 v4.19.0\n',
        'm/1_account.up.sql': 'create table account (id int);',
        'm/2_invoice.down.sql': 'drop table invoice;',
      },
    },
  ],
  good: [
    {
      framework: 'golang-migrate',
      files: {
        'go.mod': 'require github.com/golang-migrate/migrate/v4 v4.19.0\n',
        'm/1_account.up.sql': 'create table account (id int);',
        'm/1_account.down.sql': 'drop table account;',
      },
    },
  ],
});
