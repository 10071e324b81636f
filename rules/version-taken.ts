import { defineRule } from '../src/rule.js';

export default defineRule({
  id: 'version-taken',
  level: 'error',
  title: 'Another migration has taken the version',
  why: 'The branch that this goes into has meanwhile got a migration of the same version: the runner refuses both, or leaves one out.',
  instead: 'Give the new migration a version of its own, behind the newest one.',
  links: [],
  bad: [
    {
      framework: 'sql',
      before: { 'migrations/1_account.sql': 'create table account (id bigint primary key);' },
      gained: { 'migrations/2_visit.sql': 'create table visit (id bigint primary key);' },
      files: {
        'migrations/1_account.sql': 'create table account (id bigint primary key);',
        'migrations/2_invoice.sql': 'create table invoice (id bigint primary key);',
      },
    },
  ],
  good: [
    {
      title: 'a version behind those of both',
      framework: 'sql',
      before: { 'migrations/1_account.sql': 'create table account (id bigint primary key);' },
      gained: { 'migrations/2_visit.sql': 'create table visit (id bigint primary key);' },
      files: {
        'migrations/1_account.sql': 'create table account (id bigint primary key);',
        'migrations/3_invoice.sql': 'create table invoice (id bigint primary key);',
      },
    },
  ],
});
