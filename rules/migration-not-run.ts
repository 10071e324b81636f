import { defineRule } from '../src/rule.js';

export default defineRule({
  id: 'migration-not-run',
  level: 'warning',
  title: 'A file is never run',
  why: 'Its name, or its absence from the plan, makes the runner pass over it in silence.',
  instead: 'Name it as the others are, or put it into the plan; or move it elsewhere.',
  links: [],
  bad: [
    {
      framework: 'flyway',
      files: {
        'V1__account.sql': 'create table account (id int);',
        'V2_invoice.sql': 'create table invoice (id int);',
      },
    },
  ],
  good: [
    {
      framework: 'flyway',
      files: {
        'V1__account.sql': 'create table account (id int);',
        'V2__invoice.sql': 'create table invoice (id int);',
      },
    },
  ],
});
