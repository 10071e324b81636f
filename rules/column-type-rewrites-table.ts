import { typeRecipe } from '../src/changed-type.js';
import { defineRule } from '../src/rule.js';

export default defineRule({
  id: 'column-type-rewrites-table',
  level: 'error',
  title: 'A type change writes the table anew',
  why: 'Where the stored values are not also values of the new type, PostgreSQL converts every row and writes the whole table and its indexes anew under ACCESS EXCLUSIVE: reads and writes wait. Longer varchar, varchar to text, higher precision and other pure widenings are not of this kind and are not reported.',
  instead:
    'Add a new column, keep it in step by a trigger, fill it in batches, switch the code over, then drop the old one.',
  elsewhere: 'the old column goes when a release of the code has switched over',
  links: ['https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES'],
  on: ['AT_AlterColumnType'],
  bad: [
    {
      sql: `create table account (id int, balance int);
-- next migration
alter table account alter column balance type bigint;`,
    },
    {
      title: 'the elements of an array are converted one by one, even where a plain column would not be',
      sql: `create table account (tags varchar(10)[]);
-- next migration
alter table account alter column tags type varchar(20)[];`,
    },
    {
      title: 'a limit of the length is verified, and cut to, value by value',
      sql: `create table account (email text);
-- next migration
alter table account alter column email type varchar(300);`,
    },
    {
      title: 'a time zone that is written out is not looked at, only that of the session is',
      sql: `create table account (created timestamp(3));
-- next migration
alter table account alter created type timestamptz using created at time zone 'utc';`,
    },
    {
      title: 'what the session’s TimeZone is the history does not show',
      sql: `create table account (created timestamp);
-- next migration
begin;
alter table account alter created type timestamptz;
commit;`,
    },
    {
      title: 'an index on the column would be built anew all the same',
      sql: `create table account (created timestamp);
create index account_created on account (created);
-- next migration
alter table account alter created type timestamptz using created at time zone 'utc';`,
    },
  ],
  good: [
    {
      title: 'a longer varchar holds the same values',
      sql: `create table account (email varchar(50));
-- next migration
alter table account alter column email type varchar(100);
alter table account alter column email type text;`,
    },
    {
      title: 'USING the column itself converts nothing',
      sql: `create table account (email varchar(50));
-- next migration
alter table account alter column email type text using email::text;`,
    },
  ],
  check(step) {
    const { node, relation, effects } = step;
    const rewritten = effects.filter((effect) => effect.work === 'rewrite');
    if (rewritten.length === 0 || node.name === undefined) return;
    const unsure = rewritten.every((effect) => !effect.sure);
    return {
      message: unsure
        ? `changing the type of ${node.name} may rewrite ${relation}: ${rewritten[0]?.why}`
        : `changing the type of ${node.name} rewrites ${relation}: reads and writes wait until it is done`,
      ...(unsure && { level: 'warning' as const }),
      instead: typeRecipe(step),
    };
  },
});
