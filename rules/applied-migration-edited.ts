import { defineRule } from '../src/rule.js';

export default defineRule({
  id: 'applied-migration-edited',
  level: 'error',
  title: 'A migration that has been applied is edited',
  why: 'Databases that have run it never run it again: from now on old and new ones differ, and a runner with checksums refuses to go on.',
  instead: 'Undo the edit, and write what it is for as a new migration.',
  links: [],
  bad: [
    {
      framework: 'dbmate',
      before: {
        'db/migrations/001_account.sql':
          '-- migrate:up\ncreate table account (id bigint primary key);\n-- migrate:down\ndrop table account;\n',
      },
      files: {
        'db/migrations/001_account.sql':
          '-- migrate:up\ncreate table account (id bigint primary key, email text);\n-- migrate:down\ndrop table account;\n',
      },
    },
  ],
  good: [
    {
      title: 'what is new on the branch can be edited',
      framework: 'sql',
      before: { 'migrations/1_account.sql': 'create table account (id bigint primary key);' },
      files: {
        'migrations/1_account.sql': 'create table account (id bigint primary key);',
        'migrations/2_invoice.sql': 'create table invoice (id bigint primary key);',
      },
    },
    {
      title: 'comments change nothing where the runner keeps no checksum',
      framework: 'sql',
      before: { 'migrations/1_account.sql': 'create table account (id bigint primary key);' },
      files: { 'migrations/1_account.sql': '-- people who can log in\ncreate table account (id bigint primary key);' },
    },
  ],
});
