import { columnOf, relationByName } from '../src/catalog/lookup.js';
import { next, notNullRecipe } from '../src/recipes.js';
import { defineRule, type Step } from '../src/rule.js';
import { quoteIdentifier } from '../src/sql/names.js';
import type { Constraint } from '../src/sql/tree.js';
import { strings } from '../src/sql/tree.js';
import { addedColumn, addedConstraint, alteredTable } from '../src/wording.js';

export default defineRule({
  id: 'unique-constraint-builds-index',
  level: 'error',
  title: 'A UNIQUE or PRIMARY KEY constraint builds its index under lock',
  why: 'The index of the constraint is built while ACCESS EXCLUSIVE is held: reads and writes wait until it is done.',
  instead: 'Build a unique index concurrently, then add the constraint USING INDEX: that takes an instant.',
  links: [
    'https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-ADD-TABLE-CONSTRAINT-USING-INDEX',
  ],
  on: ['AT_AddConstraint', 'AT_AddColumn'],
  bad: [
    {
      sql: `create table account (email text);
-- next migration
alter table account add constraint account_email unique (email);`,
    },
    {
      title: 'a primary key on a column that may be null also reads the table for nulls',
      sql: `create table account (id int);
-- next migration
alter table account add primary key (id);`,
    },
    {
      title: 'inline on a new column, too',
      sql: `create table account (id int);
-- next migration
alter table account add column email text unique;`,
    },
  ],
  good: [
    {
      title: 'the index was built before, without blocking anybody',
      sql: `create table account (email text);
-- next migration
create unique index concurrently account_email on account (email);
-- next migration
alter table account add constraint account_email unique using index account_email;`,
    },
  ],
  check(step) {
    const constraint = addedConstraint(step.node, 'CONSTR_UNIQUE') ?? addedConstraint(step.node, 'CONSTR_PRIMARY');
    const built = step.effects.find((effect) => effect.work === 'build');
    if (constraint === undefined || built === undefined || step.effects.some((effect) => effect.work === 'rewrite'))
      return;
    return {
      message: `building ${built.relation.slice(built.relation.indexOf('.') + 1)} blocks reads and writes to ${step.relation} until it is done`,
      instead: usingIndex(step, constraint, built.relation.slice(built.relation.indexOf('.') + 1)),
    };
  },
});

function usingIndex(step: Step<'AT_AddConstraint' | 'AT_AddColumn'>, constraint: Constraint, index: string): string {
  const table = alteredTable(step.statement);
  const name = quoteIdentifier(index);
  const column = addedColumn(step.node);
  const columns = column === undefined ? strings(constraint.keys) : [column];
  const kind = constraint.contype === 'CONSTR_PRIMARY' ? 'primary key' : 'unique';
  const plain = step.statement.text.replace(/\s+(constraint\s+\S+\s+)?(unique|primary\s+key)\b/i, '');
  const before = step.relation === undefined ? undefined : relationByName(step.before, step.relation);
  const nullable = kind === 'primary key' ? columns.filter((one) => columnOf(before, one)?.notNull !== true) : [];
  return [
    ...(column === undefined ? [] : [`alter table ${table} ${plain};`, next]),
    ...nullable.flatMap((one) => [notNullRecipe(table, one), next]),
    `create unique index concurrently ${name} on ${table} (${columns.map(quoteIdentifier).join(', ')});`,
    next,
    ...(kind === 'primary key'
      ? [`-- the columns must be NOT NULL already: see lockkeeper explain set-not-null-scans-table`]
      : []),
    `alter table ${table} add constraint ${name} ${kind} using index ${name};`,
  ].join('\n');
}
