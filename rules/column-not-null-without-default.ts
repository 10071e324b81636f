import type { Oid } from '../src/catalog/catalog.js';
import { notNullRecipe } from '../src/recipes.js';
import { defineRule, type Step } from '../src/rule.js';
import { addedColumn, alteredTable, columnAfter } from '../src/wording.js';

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
      title: 'a domain may bring the default',
      sql: `create domain email as text default '';
create table account (id int);
-- next migration
alter table account add column email email not null;`,
    },
  ],
  check(step) {
    const { node, relation, isNew, statement } = step;
    const name = addedColumn(node);
    const column = columnAfter(step, name);
    if (relation === undefined || isNew(relation) || column === undefined || !column.notNull) return;
    if (column.default !== undefined || column.identity !== undefined || column.generated !== undefined) return;
    if (hasDomainDefault(step, column.type?.oid)) return;
    const table = alteredTable(statement);
    return {
      message: `adding ${column.name} NOT NULL without a default fails as soon as ${relation} has a row`,
      instead: `alter table ${table} ${statement.text.replace(/\s+not\s+null\b/i, '')};
-- next migration, when the code writes ${column.name} and the old rows have it
${notNullRecipe(table, column.name)}`,
    };
  },
});

/** A domain may bring the default. */
function hasDomainDefault({ after }: Step, oid: Oid | undefined): boolean {
  const type = oid === undefined ? undefined : after.types.get(oid);
  return type?.kind === 'domain' && type.default !== undefined;
}
