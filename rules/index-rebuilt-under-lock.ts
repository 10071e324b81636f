import { alone } from '../src/recipes.js';
import { defineRule } from '../src/rule.js';
import { blockedByWork, list, whomBlocks } from '../src/wording.js';

export default defineRule({
  id: 'index-rebuilt-under-lock',
  level: 'error',
  title: 'REINDEX without CONCURRENTLY',
  why: 'Writes to the table wait until the index is built, and so does every query that plans anew, because planning looks at each index of the table and this one is locked against reads.',
  instead: 'reindex index concurrently …; -- outside a transaction',
  links: ['https://www.postgresql.org/docs/current/sql-reindex.html#SQL-REINDEX-CONCURRENTLY'],
  on: ['ReindexStmt'],
  bad: [
    {
      sql: `create table account (id int, email text);
create index account_email on account (email);
-- next migration
reindex index account_email;`,
    },
    {
      sql: `create table account (id int primary key);
-- next migration
reindex table account;`,
    },
  ],
  good: [
    {
      sql: `create table account (id int primary key);
-- next migration
reindex table concurrently account;`,
    },
  ],
  check(step) {
    const { statement, node } = step;
    const [first, ...more] = blockedByWork(step);
    if (first === undefined) return;
    const tables = list([first, ...more].map(({ relation }) => relation));
    const concurrently = statement.text.replace(
      /^(\s*reindex\s*(?:\([^)]*\)\s*)?(?:index|table|schema|database))\b/i,
      (head) => `${head}${/[a-z]\s*$/.test(head) ? ' concurrently' : ' CONCURRENTLY'}`,
    );
    return {
      message: `${whomBlocks(first.lock)} to ${tables} wait while ${node.kind === 'REINDEX_OBJECT_INDEX' ? 'the index is' : 'indexes are'} built anew`,
      ...(concurrently !== statement.text && { instead: `${alone(step)}${concurrently};` }),
    };
  },
});
