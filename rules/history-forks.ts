import { defineRule } from '../src/rule.js';

export default defineRule({
  id: 'history-forks',
  level: 'error',
  title: 'Two migrations follow the same one',
  why: 'Each was made from the same state: which of them runs first is not decided, and the second meets a state it was not made for.',
  instead: 'Make one of them follow the other.',
  links: [],
  bad: [
    {
      framework: 'prisma-next',
      files: {
        'migrations/app/20250101T0000_account/migration.json': '{"from": "00", "to": "aa"}',
        'migrations/app/20250101T0000_account/ops.json':
          '[{"id": "op.0", "execute": [{"sql": "create table account (id int)"}]}]',
        'migrations/app/20250102T0000_invoice/migration.json': '{"from": "aa", "to": "bb"}',
        'migrations/app/20250102T0000_invoice/ops.json':
          '[{"id": "op.0", "execute": [{"sql": "create table invoice (id int)"}]}]',
        'migrations/app/20250103T0000_visit/migration.json': '{"from": "aa", "to": "cc"}',
        'migrations/app/20250103T0000_visit/ops.json':
          '[{"id": "op.0", "execute": [{"sql": "create table visit (id int)"}]}]',
      },
    },
  ],
  good: [
    {
      framework: 'prisma-next',
      files: {
        'migrations/app/20250101T0000_account/migration.json': '{"from": "00", "to": "aa"}',
        'migrations/app/20250101T0000_account/ops.json':
          '[{"id": "op.0", "execute": [{"sql": "create table account (id int)"}]}]',
        'migrations/app/20250102T0000_invoice/migration.json': '{"from": "aa", "to": "bb"}',
        'migrations/app/20250102T0000_invoice/ops.json':
          '[{"id": "op.0", "execute": [{"sql": "create table invoice (id int)"}]}]',
        'migrations/app/20250103T0000_visit/migration.json': '{"from": "bb", "to": "cc"}',
        'migrations/app/20250103T0000_visit/ops.json':
          '[{"id": "op.0", "execute": [{"sql": "create table visit (id int)"}]}]',
      },
    },
  ],
});
