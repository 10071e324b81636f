import { defineRule } from '../src/rule.js';

export default defineRule({
  id: 'unknown-placeholder',
  level: 'note',
  title: 'Nothing says what a placeholder stands for',
  why: 'The statement was judged with a name in its place: what depends on the value was not.',
  instead: 'Give the value in the runner’s configuration, or as `placeholders` in Lockkeeper’s.',
  links: [],
  bad: [{ framework: 'flyway', files: { 'V1__shop.sql': 'create schema ${schema};' } }],
  good: [
    {
      framework: 'flyway',
      files: { 'flyway.conf': 'flyway.placeholders.schema=shop\n', 'V1__shop.sql': 'create schema ${schema};' },
    },
  ],
});
