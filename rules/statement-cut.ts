import { defineRule } from '../src/rule.js';

export default defineRule({
  id: 'statement-cut',
  level: 'error',
  title: 'The runner cuts a statement in two',
  why: 'It ends a statement at each line that ends with a semicolon, within a function body too, and sends halves.',
  instead:
    'Write the statement between -- +goose StatementBegin and -- +goose StatementEnd (of sql-migrate: +migrate).',
  links: [],
  bad: [
    {
      framework: 'goose',
      files: {
        'm/1_one.sql':
          '-- +goose Up\ncreate function one() returns int language plpgsql as $$\nbegin\n  return 1;\nend\n$$;\n-- +goose Down\ndrop function one();\n',
      },
    },
  ],
  good: [
    {
      framework: 'goose',
      files: {
        'm/1_one.sql':
          '-- +goose Up\n-- +goose StatementBegin\ncreate function one() returns int language plpgsql as $$\nbegin\n  return 1;\nend\n$$;\n-- +goose StatementEnd\n-- +goose Down\ndrop function one();\n',
      },
    },
  ],
});
