import { columnRecipe, refusesRows } from '../src/added-column.js';
import { columnOf, relationByName } from '../src/catalog/lookup.js';
import { next, notNullRecipe } from '../src/recipes.js';
import { defineRule, type Step } from '../src/rule.js';
import { quoteIdentifier, unqualified } from '../src/sql/names.js';
import type { Constraint } from '../src/sql/tree.js';
import { strings } from '../src/sql/tree.js';
import { addedConstraint, alteredTable } from '../src/wording.js';

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
      title: 'with all that is written behind it',
      pg: 15,
      sql: `create table account (email text, name text);
-- next migration
alter table account add constraint account_email unique nulls not distinct (email) include (name) deferrable initially deferred;`,
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
    if (step.kind === 'AT_AddColumn' && refusesRows(step, step.node)) return;
    const { name } = unqualified(built.relation);
    return {
      message: `building ${name} blocks reads and writes to ${step.relation} until it is done`,
      instead: step.kind === 'AT_AddColumn' ? columnRecipe(step) : usingIndex(step, constraint, name),
    };
  },
});

/** The index first; of a primary key, NOT NULL before it. */
function usingIndex(step: Step<'AT_AddConstraint'>, constraint: Constraint, index: string): string {
  const { statement, before, relation } = step;
  const table = alteredTable(statement);
  const name = quoteIdentifier(index);
  const isPrimary = constraint.contype === 'CONSTR_PRIMARY';
  const known = relation === undefined ? undefined : relationByName(before, relation);
  const nullable = strings(constraint.keys).filter((one) => isPrimary && columnOf(known, one)?.notNull !== true);
  const [, nulls = '', definition = ''] =
    /\b(?:unique|primary\s+key)(\s+nulls\s+not\s+distinct)?\s*(\(.*?)(?:\s+(?:not\s+)?(?:deferrable|initially)\b.*)?$/is.exec(
      statement.text,
    ) ?? [];
  const deferrable = constraint.deferrable ? ' deferrable' : '';
  const deferred = constraint.initdeferred ? ' initially deferred' : '';
  return [
    ...nullable.flatMap((one) => [notNullRecipe(table, one), next]),
    `create unique index concurrently ${name} on ${table} ${definition}${nulls};`,
    next,
    `alter table ${table} add constraint ${name} ${isPrimary ? 'primary key' : 'unique'} using index ${name}${deferrable}${deferred};`,
  ].join('\n');
}
