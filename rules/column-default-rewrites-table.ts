import { defineRule } from '../src/rule.js';
import { quoteIdentifier } from '../src/sql/names.js';
import { addedColumn, alteredTable, columnAfter } from '../src/wording.js';

export default defineRule({
  id: 'column-default-rewrites-table',
  level: 'error',
  title: 'A column is added with a volatile default',
  why: 'A default that may differ from row to row has to be computed for every row: PostgreSQL writes the whole table and its indexes anew under ACCESS EXCLUSIVE, and reads and writes wait. now() and other stable functions are computed once and do not rewrite.',
  instead:
    'Add the column without the default, set the default in a second statement (it then holds for new rows alone), and fill the old rows in batches.',
  links: ['https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES'],
  on: ['AT_AddColumn'],
  bad: [
    {
      sql: `create table account (id int);
-- next migration
alter table account add column token uuid default gen_random_uuid();`,
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
  ],
  check(step) {
    const { node, relation, effects, statement } = step;
    const name = addedColumn(node);
    const column = columnAfter(step, name);
    const rewritten = effects.find((effect) => effect.work === 'rewrite' && effect.relation === relation);
    if (rewritten === undefined || column === undefined) return;
    // serial and IDENTITY are told by generated-column-rewrites-table; a constrained domain by work-under-lock
    if (
      column.default === undefined ||
      column.sequence !== undefined ||
      column.identity !== undefined ||
      column.generated !== undefined
    )
      return;
    const table = alteredTable(statement);
    const quoted = quoteIdentifier(column.name);
    const clause = /\s+default\s+/i.exec(statement.text);
    const bare = clause === null ? statement.text : statement.text.slice(0, clause.index);
    const expression =
      clause === null
        ? '…'
        : statement.text.slice(clause.index + clause[0].length).replace(/\s+(not\s+)?null\b.*$/is, '');
    return {
      message: `the default of ${column.name} is computed for every row: reads and writes of ${relation} wait while it is rewritten`,
      instead: `alter table ${table} ${bare.replace(/\s+not\s+null\b/i, '')};
alter table ${table} alter column ${quoted} set default ${expression};
-- next migration: fill the old rows in batches
update ${table} set ${quoted} = default where ${quoted} is null and ctid = any (array(select ctid from ${table} where ${quoted} is null limit 1000));`,
    };
  },
});
