import { defineRule } from '../src/rule.js';

export default defineRule({
  id: 'statement-unfinished',
  level: 'error',
  title: 'The last statement of a section has no semicolon',
  why: 'The runner refuses the file: it cannot tell where the statement ends.',
  instead: 'End it with a semicolon.',
  links: [],
  bad: [
    {
      framework: 'goose',
      files: {
        'm/1_account.sql': '-- +goose Up\ncreate table account (id int)\n-- +goose Down\ndrop table account;\n',
      },
    },
  ],
  good: [
    {
      framework: 'goose',
      files: {
        'm/1_account.sql': '-- +goose Up\ncreate table account (id int);\n-- +goose Down\ndrop table account;\n',
      },
    },
  ],
});
