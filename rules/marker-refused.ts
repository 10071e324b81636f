import { defineRule } from '../src/rule.js';

export default defineRule({
  id: 'marker-refused',
  level: 'error',
  title: 'The runner refuses a marker, or does not see it',
  why: 'A marker that is not written as the runner wants it makes it refuse the file, or run statements in the wrong direction.',
  instead:
    'Write it at the start of its line, as the runner spells it and in the order that it wants; save the file without a byte order mark.',
  links: [],
  bad: [
    {
      framework: 'goose',
      files: {
        'm/1_account.sql': '-- +goose Up\ncreate table account (id int);\n  -- +goose Down\ndrop table account;\n',
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
