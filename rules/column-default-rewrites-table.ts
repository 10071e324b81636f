import { columnRecipe } from '../src/added-column.js';
import { volatility } from '../src/effects/volatility.js';
import { defineRule } from '../src/rule.js';
import { addedColumn, columnAfter } from '../src/wording.js';

export default defineRule({
  id: 'column-default-rewrites-table',
  level: 'error',
  title: 'A column is added with a volatile default',
  why: 'A default that may differ from row to row has to be computed for every row: PostgreSQL writes the whole table and its indexes anew under ACCESS EXCLUSIVE, and reads and writes wait. now() and other stable functions are computed once and do not rewrite.',
  instead:
    'Add the column without the default, set the default in a second statement (it then holds for new rows alone), fill the old rows in batches, and set NOT NULL at the end through a validated CHECK.',
  links: ['https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES'],
  on: ['AT_AddColumn'],
  bad: [
    {
      title: 'of a partitioned table the partitions are written anew',
      sql: `create table event (id int) partition by range (id);
create table event_1 partition of event for values from (1) to (1000);
-- next migration
alter table event add column token uuid default gen_random_uuid();`,
    },
    {
      sql: `create table account (id int);
-- next migration
alter table account add column token uuid default gen_random_uuid();`,
    },
    {
      title: 'NOT NULL comes last, when every row has its value',
      sql: `create table account (id int);
-- next migration
alter table account add column token uuid not null default gen_random_uuid() unique;`,
    },
    {
      title: 'a function of the history is volatile unless it says otherwise',
      sql: `create table account (id int);
create function code() returns text language plpgsql as 'begin return random()::text; end';
-- next migration
alter table account add column code text default upper(code());`,
    },
  ],
  good: [
    {
      title: 'now() is the same for all rows of a statement',
      sql: `create table account (id int);
-- next migration
alter table account add column created_at timestamptz not null default now();`,
    },
    {
      title: 'set apart, the default holds for new rows only',
      sql: `create table account (id int);
-- next migration
alter table account add column token uuid;
alter table account alter column token set default gen_random_uuid();`,
    },
    {
      title: 'where a domain makes PostgreSQL look at every row, the default is not to blame',
      sql: `create domain positive as int check (value > 0);
create table account (id int);
-- next migration
-- lockkeeper:ignore work-under-lock: an example of something else
alter table account add column rank positive not null default 1;`,
    },
  ],
  check(step) {
    const { node, relation, effects, before, pg } = step;
    const column = columnAfter(step, addedColumn(node));
    const rewritten = effects.find((effect) => effect.work === 'rewrite');
    if (rewritten === undefined || column === undefined) return;
    // serial and IDENTITY are told by generated-column-rewrites-table; a constrained domain by work-under-lock
    if (
      column.default === undefined ||
      column.sequence !== undefined ||
      column.identity !== undefined ||
      column.generated !== undefined
    )
      return;
    if (!volatility(column.default, { catalog: before, pg }).volatile) return;
    return {
      message: `the default of ${column.name} is computed for every row: reads and writes to ${relation} wait while it is rewritten`,
      instead: columnRecipe(step),
    };
  },
});
