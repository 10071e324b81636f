import { defineRule } from '../src/rule.js';

export default defineRule({
  id: 'statement-outside-section',
  level: 'error',
  title: 'A statement stands outside the sections',
  why: 'The runner refuses the file, or passes over the statement.',
  instead: 'Move it below the marker of its section.',
  links: [],
  bad: [
    {
      framework: 'goose',
      files: {
        'm/1_account.sql':
          'create table visit (id int);\n-- +goose Up\ncreate table account (id int);\n-- +goose Down\ndrop table account;\n',
      },
    },
  ],
  good: [
    {
      title: 'comments may stand anywhere',
      framework: 'goose',
      files: {
        'm/1_account.sql':
          '-- who signs in\n-- +goose Up\ncreate table account (id int);\n-- +goose Down\ndrop table account;\n',
      },
    },
  ],
});
