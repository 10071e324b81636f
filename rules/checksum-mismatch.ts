import { defineRule } from '../src/rule.js';

export default defineRule({
  id: 'checksum-mismatch',
  level: 'error',
  title: 'A migration does not match its checksum',
  why: 'It was edited after it was recorded, or recorded elsewhere: the runner refuses the folder.',
  instead: 'Undo the edit and write a new migration; or, if it has run nowhere, record it again.',
  links: [],
  bad: [
    {
      title: 'a committed migration of graphile-migrate was edited',
      framework: 'graphile-migrate',
      files: {
        'migrations/committed/000001.sql':
          '--! Previous: -\n--! Hash: sha1:0000000000000000000000000000000000000000\n\ncreate table account (id int);\n',
      },
    },
    {
      framework: 'atlas',
      files: {
        'm/1_account.sql': 'create table account (id int);\n',
        'm/atlas.sum': 'h1:x=\n1_account.sql h1:AAAA=\n',
      },
    },
  ],
  good: [
    {
      title: 'a framework without checksums',
      framework: 'dbmate',
      files: {
        'm/1_account.sql': '-- migrate:up\ncreate table account (id int);\n-- migrate:down\ndrop table account;\n',
      },
    },
  ],
});
