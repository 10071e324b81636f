import { columnRecipe, refusesRows } from '../src/added-column.js';
import { columnOf, relationByName } from '../src/catalog/lookup.js';
import { keyByPartition } from '../src/partition-recipe.js';
import { dropBefore, keyUsingIndex, newConstraint, next, notNullRecipe } from '../src/recipes.js';
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
    {
      title: 'another key in the place of the one that is dropped in the same statement',
      sql: `create table account (id int not null, region int not null, constraint account_pkey primary key (id));
-- next migration
alter table account drop constraint account_pkey, add constraint account_pkey primary key (region, id);`,
    },
    {
      title: 'a partitioned table takes a key by its partitions, at every depth',
      sql: `create table event (id int, region int, at date) partition by range (at);
create table event_2024 partition of event for values from ('2024-01-01') to ('2025-01-01');
create table event_2025 partition of event for values from ('2025-01-01') to ('2026-01-01') partition by list (region);
create table event_2025_1 partition of event_2025 for values in (1);
-- next migration
alter table event add constraint event_key unique (id, at, region);`,
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
    const name = step.kind === 'AT_AddColumn' ? unqualified(built.relation).name : nameOf(step, constraint);
    return {
      message: `building ${name} blocks reads and writes to ${step.relation} until it is done`,
      instead: step.kind === 'AT_AddColumn' ? columnRecipe(step) : usingIndex(step, constraint),
    };
  },
});

/** The index first; of a primary key, NOT NULL before it. */
function usingIndex(step: Step<'AT_AddConstraint'>, constraint: Constraint): string {
  const { statement, before, after, relation = '' } = step;
  const table = alteredTable(statement);
  const known = relationByName(before, relation);
  const isPrimary = constraint.contype === 'CONSTR_PRIMARY';
  const nullable = strings(constraint.keys).filter((one) => isPrimary && columnOf(known, one)?.notNull !== true);
  const [, nulls = '', columns = ''] =
    /\b(?:unique|primary\s+key)(\s+nulls\s+not\s+distinct)?\s*(\(.*?)(?:\s+(?:not\s+)?(?:deferrable|initially)\b.*)?$/is.exec(
      statement.text,
    ) ?? [];
  const attributes = `${constraint.deferrable ? ' deferrable' : ''}${constraint.initdeferred ? ' initially deferred' : ''}`;
  const kind = isPrimary ? 'primary key' : 'unique';
  const own = nameOf(step, constraint);
  const first = nullable.flatMap((one) => [notNullRecipe(table, one), next]);
  if (known?.kind === 'partitioned') {
    const place = { catalog: before, relation, table, name: own, after };
    return [...first, keyByPartition(place, { kind, columns, nulls, attributes })].join('\n');
  }
  const name = quoteIdentifier(own);
  const drop = dropBefore(step, constraint);
  // the old one has the name until it is dropped; an index takes that of its constraint
  const index = drop === '' ? name : quoteIdentifier(`${own}_new`);
  return [
    ...first,
    `create unique index concurrently ${index} on ${table} ${columns}${nulls};`,
    next,
    keyUsingIndex({ table, before: drop, name, kind, index, attributes }),
  ].join('\n');
}

/** The name that the constraint gets. */
function nameOf(step: Step, { conname }: Constraint): string {
  return conname ?? newConstraint(step) ?? 'new_key';
}
