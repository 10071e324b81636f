import { defineRule } from '../src/rule.js';

export default defineRule({
  id: 'applied-migration-renamed',
  level: 'error',
  title: 'A migration that has been applied is renamed',
  why: 'Runners know by its name or version what they have applied: under another one it is run again, or the old one is missed.',
  instead: 'Give it back its name.',
  links: [],
  bad: [
    {
      framework: 'sql',
      before: { 'migrations/1_account.sql': 'create table account (id bigint primary key);' },
      files: { 'migrations/2_account.sql': 'create table account (id bigint primary key);' },
    },
  ],
  good: [
    {
      title: 'nothing but a new one',
      framework: 'sql',
      before: { 'migrations/1_account.sql': 'create table account (id bigint primary key);' },
      files: {
        'migrations/1_account.sql': 'create table account (id bigint primary key);',
        'migrations/2_invoice.sql': 'create table invoice (id bigint primary key);',
      },
    },
  ],
});
