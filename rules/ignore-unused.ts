import { defineRule } from '../src/rule.js';

export default defineRule({
  id: 'ignore-unused',
  level: 'warning',
  title: 'A suppression suppresses nothing',
  why: 'The statement it covers has no such finding: it was corrected, or the comment stands in the wrong place.',
  instead: 'Take the comment away.',
  links: [],
  bad: [
    {
      sql: `-- lockkeeper:ignore table-dropped: no release since May uses it
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
