import { rebuildRecipe } from '../src/rebuilt-index.js';
import { defineRule } from '../src/rule.js';
import { list } from '../src/wording.js';

export default defineRule({
  id: 'column-type-rebuilds-index',
  level: 'error',
  title: 'A type change builds indexes or verifies constraints anew',
  why: 'The rows stay as they are, but an index whose order or expression depends on the type is built anew, and a CHECK or foreign key on the column is verified for every row, all under ACCESS EXCLUSIVE: reads and writes wait.',
  instead:
    'Drop the index concurrently before and create it concurrently after the change; set a CHECK up again as NOT VALID and validate it by itself.',
  elsewhere:
    'where the index belongs to a constraint, the old column goes when a release of the code has switched over',
  links: ['https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES'],
  on: ['AT_AlterColumnType'],
  bad: [
    {
      title: 'an index on an expression is built anew, even for a longer varchar',
      sql: `create table account (email varchar(50));
create index account_email on account (lower(email));
-- next migration
alter table account alter column email type varchar(100);`,
    },
    {
      title: 'a CHECK on the column is verified for every row',
      sql: `create table account (email varchar(50) check (email <> ''));
-- next migration
alter table account alter column email type text;`,
    },
    {
      title: 'indexes of every shape, in the transaction of a runner, are built again outside it',
      transaction: 'whole',
      sql: `create table account (id int, email varchar(50), "Kind" text, constraint email_shape check (email like '%@%' or email is null));
create unique index account_email on account (lower(email) text_pattern_ops desc nulls last, "Kind") include (id) with (fillfactor = 70) where email <> 'x';
create index account_words on account using gin (to_tsvector('english', email));
-- next migration
alter table account alter column email type varchar(100);`,
    },
    {
      title: 'the index of a constraint cannot go by itself: a second column can come',
      sql: `create table account (email text unique);
-- next migration
alter table account alter column email type text collate "C";`,
    },
  ],
  good: [
    {
      title: 'a plain index is kept',
      sql: `create table account (email varchar(50));
create index account_email on account (email);
-- next migration
alter table account alter column email type varchar(100);`,
    },
  ],
  check(step) {
    const { node, relation, effects } = step;
    if (effects.some((effect) => effect.work === 'rewrite')) return;
    const built = effects.filter((effect) => effect.work === 'build').map((effect) => effect.relation);
    const scanned = [...new Set(effects.filter((effect) => effect.work === 'scan').map((effect) => effect.relation))];
    if (built.length === 0 && scanned.length === 0) return;
    const what = built.length > 0 ? `builds ${list(built)} anew` : `reads every row of ${list(scanned)}`;
    return {
      message: `changing the type of ${node.name} ${what}: reads and writes to ${relation} wait until it is done`,
      instead: rebuildRecipe(step),
    };
  },
});
