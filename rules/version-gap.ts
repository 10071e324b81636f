import { defineRule } from '../src/rule.js';

export default defineRule({
  id: 'version-gap',
  level: 'note',
  title: 'A number is left out',
  why: 'Numbers that follow each other and then do not are the mark of a file that was not committed.',
  instead: 'Commit the missing file, or number the next one after the last.',
  links: [],
  bad: [
    {
      framework: 'sql',
      files: {
        'm/001_account.sql': 'create table account (id int);',
        'm/002_invoice.sql': 'create table invoice (id int);',
        'm/004_visit.sql': 'create table visit (id int);',
      },
    },
  ],
  good: [
    {
      title: 'timestamps leave nothing out',
      framework: 'sql',
      files: {
        'm/20250101000000_account.sql': 'create table account (id int);',
        'm/20250109000000_invoice.sql': 'create table invoice (id int);',
      },
    },
  ],
});
