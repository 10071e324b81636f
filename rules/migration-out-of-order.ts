import { defineRule } from '../src/rule.js';

export default defineRule({
  id: 'migration-out-of-order',
  level: 'warning',
  title: 'A new migration sorts before one that has been applied',
  why: 'New databases run it in another order than old ones, and many runners leave it out or refuse it where a later one has been applied.',
  instead: 'Give it a version behind the newest one.',
  links: [],
  bad: [
    {
      framework: 'sql',
      before: {
        'migrations/20260101_account.sql': 'create table account (id bigint primary key);',
        'migrations/20260301_visit.sql': 'create table visit (id bigint primary key);',
      },
      files: {
        'migrations/20260101_account.sql': 'create table account (id bigint primary key);',
        'migrations/20260201_invoice.sql': 'create table invoice (id bigint primary key);',
        'migrations/20260301_visit.sql': 'create table visit (id bigint primary key);',
      },
    },
  ],
  good: [
    {
      title: 'two new ones behind the newest',
      framework: 'sql',
      before: { 'migrations/20260101_account.sql': 'create table account (id bigint primary key);' },
      files: {
        'migrations/20260101_account.sql': 'create table account (id bigint primary key);',
        'migrations/20260201_invoice.sql': 'create table invoice (id bigint primary key);',
        'migrations/20260301_visit.sql': 'create table visit (id bigint primary key);',
      },
    },
  ],
});
