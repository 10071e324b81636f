import { defineRule } from '../src/rule.js';

export default defineRule({
  id: 'ignore-unknown-rule',
  level: 'warning',
  title: 'A suppression names no rule',
  why: 'It suppresses nothing: the name is misspelt, or the rule is gone.',
  instead: 'Name a rule of `lockkeeper rules`.',
  links: [],
  bad: [
    {
      sql: `-- lockkeeper:ignore table-droped: no release since May uses it
select 1;`,
    },
  ],
  good: [
    {
      sql: `create table account (id int);
-- next migration
-- lockkeeper:ignore table-dropped: no release since May uses it
drop table account;`,
    },
  ],
});
