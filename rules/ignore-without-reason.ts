import { defineRule } from '../src/rule.js';

export default defineRule({
  id: 'ignore-without-reason',
  level: 'warning',
  title: 'A suppression gives no reason',
  why: 'Whoever reads it later cannot tell whether it still holds. It suppresses nothing until it says why.',
  instead: '-- lockkeeper:ignore RULE: why that is safe here',
  links: [],
  bad: [
    {
      sql: `create table account (id int);
-- next migration
-- lockkeeper:ignore table-dropped
drop table account;`,
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
