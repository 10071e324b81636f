import { columnRecipe, refusesRows } from '../src/added-column.js';
import { separateValidation } from '../src/recipes.js';
import { defineRule } from '../src/rule.js';
import { addedConstraint } from '../src/wording.js';

export default defineRule({
  id: 'check-validated-under-lock',
  level: 'error',
  title: 'A CHECK constraint is added and validated at once',
  why: 'PostgreSQL verifies the CHECK for every row while it holds ACCESS EXCLUSIVE: reads and writes wait.',
  instead:
    'Add it NOT VALID, and VALIDATE CONSTRAINT in the next migration: that only needs a lock which lets reads and writes pass.',
  links: ['https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-ADD-TABLE-CONSTRAINT'],
  on: ['AT_AddConstraint', 'AT_AddColumn'],
  bad: [
    {
      sql: `create table account (balance int);
-- next migration
alter table account add constraint balance_positive check (balance >= 0);`,
    },
    {
      title: 'a constraint without a name gets one, so that it can be validated',
      sql: `create table account (balance int);
-- next migration
alter table account add check (balance >= 0);`,
    },
    {
      title: 'inline on a new column, even with a constant default',
      sql: `create table account (id int);
-- next migration
alter table account add column balance int not null default 0 check (balance >= 0);`,
    },
    {
      title: 'another condition in the place of the one that is dropped in the same statement',
      sql: `create table account (balance int constraint balance_positive check (balance > 0));
-- next migration
alter table account drop constraint balance_positive, add constraint balance_positive check (balance >= 0);`,
    },
  ],
  good: [
    {
      title: 'validated by itself, in a later migration',
      sql: `create table account (balance int);
-- next migration
alter table account add constraint balance_positive check (balance >= 0) not valid;
-- next migration
alter table account validate constraint balance_positive;`,
    },
    {
      title: 'a table of the same migration',
      sql: 'create table account (balance int); alter table account add check (balance >= 0);',
    },
  ],
  check(step) {
    const constraint = addedConstraint(step.node, 'CONSTR_CHECK');
    const scanned = step.effects.find((effect) => effect.work === 'scan');
    if (constraint === undefined || scanned === undefined) return;
    // the rewrite, or the refusal, is told, and its remedy takes the CHECK along
    if (step.effects.some(({ work }) => work === 'rewrite')) return;
    if (step.kind === 'AT_AddColumn' && refusesRows(step, step.node)) return;
    return {
      message: `every row of ${step.relation} is checked: reads and writes wait until it is done`,
      instead: step.kind === 'AT_AddColumn' ? columnRecipe(step) : separateValidation(step, constraint),
    };
  },
});
