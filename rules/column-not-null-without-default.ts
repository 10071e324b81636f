import { columnRecipe, refusesRows } from '../src/added-column.js';
import { defineRule } from '../src/rule.js';
import { addedColumn, works } from '../src/wording.js';

export default defineRule({
  id: 'column-not-null-without-default',
  level: 'error',
  title: 'A NOT NULL column is added without a default',
  why: 'The rows that exist have no value for the new column: PostgreSQL refuses the statement as soon as the table has one row, and code that is still running inserts without the column.',
  instead:
    'Add the column with a constant default, or add it nullable, fill it, and set NOT NULL through a validated CHECK.',
  links: ['https://www.postgresql.org/docs/current/ddl-alter.html#DDL-ALTER-ADDING-A-COLUMN'],
  on: ['AT_AddColumn'],
  bad: [
    {
      sql: `create table account (id int);
-- next migration
alter table account add column email text not null;`,
    },
    {
      title: 'whatever else is written with the column',
      sql: `create table account (id int);
create table team (id int primary key);
-- next migration
alter table account add column team_id int references team (id) on delete cascade not null constraint positive check (team_id > 0);`,
    },
    {
      title: 'NULL is no default',
      sql: `create table account (id int);
-- next migration
alter table account add column plan int default null not null;`,
    },
  ],
  good: [
    {
      title: 'a default fills the rows that exist, without touching them',
      sql: `create table account (id int);
-- next migration
alter table account add column email text not null default '';`,
    },
    {
      title: 'a table of the same migration is empty',
      sql: 'create table account (id int); alter table account add column email text not null;',
    },
    {
      title: 'a table that the transaction has emptied',
      transaction: 'whole',
      sql: `create table account (id int);
-- next migration
-- lockkeeper:ignore rows-truncated: the rows can be made again
truncate account;
alter table account add column email text not null;`,
    },
    {
      title: 'a domain may bring the default',
      sql: `create domain email as text default '';
create table account (id int);
-- next migration
alter table account add column email email not null;`,
    },
  ],
  check(step) {
    const { node, relation, isNew } = step;
    if (relation === undefined || isNew(relation) || !refusesRows(step, node)) return;
    // nothing to read: the transaction has emptied the table
    if (!step.effects.some(works)) return;
    return {
      message: `adding ${addedColumn(node)} NOT NULL without a default fails as soon as ${relation} has a row`,
      instead: columnRecipe(step),
    };
  },
});
