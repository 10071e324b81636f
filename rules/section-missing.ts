import { defineRule } from '../src/rule.js';

export default defineRule({
  id: 'section-missing',
  level: 'error',
  title: 'A section that the runner demands is missing',
  why: 'The runner refuses the file, or the whole folder.',
  instead: 'Write the section; an empty one with a comment says that there is no way back.',
  links: [],
  bad: [
    {
      framework: 'dbmate',
      files: {
        'm/1_account.sql': '-- migrate:up\ncreate table account (id int);\n',
        'm/2_invoice.sql': '-- migrate:up\ncreate table invoice (id int);\n-- migrate:down\ndrop table invoice;\n',
      },
    },
  ],
  good: [
    {
      framework: 'dbmate',
      files: {
        'm/1_account.sql': '-- migrate:up\ncreate table account (id int);\n-- migrate:down\ndrop table account;\n',
      },
    },
  ],
});
