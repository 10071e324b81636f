import { defineRule } from '../src/rule.js';

export default defineRule({
  id: 'marker-refused',
  level: 'error',
  title: 'The runner refuses a marker',
  why: 'A marker that is not written as the runner wants it makes it refuse the file.',
  instead: 'Write it at the start of its line.',
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
