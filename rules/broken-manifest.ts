import { defineRule } from '../src/rule.js';

export default defineRule({
  id: 'broken-manifest',
  level: 'error',
  title: 'A file that says how migrations run cannot be read',
  why: 'What it says is not known: the order, the transaction or the placeholders may be others than those assumed.',
  instead: 'Correct it at the marked place.',
  links: [],
  bad: [
    {
      framework: 'diesel',
      files: {
        'diesel.toml': '',
        'm/1_account/up.sql': 'create table account (id int);',
        'm/1_account/metadata.toml': 'run_in_transaction = \n',
      },
    },
  ],
  good: [
    {
      framework: 'diesel',
      files: {
        'diesel.toml': '',
        'm/1_account/up.sql': 'create table account (id int);',
        'm/1_account/metadata.toml': 'run_in_transaction = false\n',
      },
    },
  ],
});
