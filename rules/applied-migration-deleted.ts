import { defineRule } from '../src/rule.js';

export default defineRule({
  id: 'applied-migration-deleted',
  level: 'error',
  title: 'A migration that has been applied is deleted',
  why: 'Databases that have run it keep what it did and new ones never get it; some runners refuse to go on without it.',
  instead: 'Put it back, and undo what it did by a new migration.',
  links: [],
  bad: [
    {
      framework: 'sql',
      before: {
        'migrations/1_account.sql': 'create table account (id bigint primary key);',
        'migrations/2_invoice.sql': 'create table invoice (id bigint primary key);',
      },
      files: { 'migrations/1_account.sql': 'create table account (id bigint primary key);' },
    },
  ],
  good: [
    {
      title: 'the whole folder has moved',
      framework: 'sql',
      before: {
        'migrations/1_account.sql': 'create table account (id bigint primary key);',
        'migrations/2_invoice.sql': 'create table invoice (id bigint primary key);',
      },
      files: {
        'db/migrations/1_account.sql': 'create table account (id bigint primary key);',
        'db/migrations/2_invoice.sql': 'create table invoice (id bigint primary key);',
      },
    },
  ],
});
