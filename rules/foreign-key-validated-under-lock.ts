import { columnRecipe } from '../src/added-column.js';
import { separateValidation } from '../src/recipes.js';
import { defineRule } from '../src/rule.js';
import { addedConstraint, list } from '../src/wording.js';

export default defineRule({
  id: 'foreign-key-validated-under-lock',
  level: 'error',
  title: 'A foreign key is added and validated at once',
  why: 'PostgreSQL looks up every row of the table in the referenced one while it holds SHARE ROW EXCLUSIVE on both: inserts, updates and deletes in both wait.',
  instead: 'Add it NOT VALID, and VALIDATE CONSTRAINT in the next migration: that lets reads and writes pass.',
  links: ['https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-ADD-TABLE-CONSTRAINT'],
  on: ['AT_AddConstraint', 'AT_AddColumn'],
  bad: [
    {
      sql: `create table account (id int primary key);
create table invoice (account_id int);
-- next migration
alter table invoice add constraint invoice_account foreign key (account_id) references account (id);`,
    },
    {
      title: 'a new column with a default has values to look up',
      sql: `create table account (id int primary key);
create table invoice (id int);
-- next migration
alter table invoice add column account_id int default 1 references account (id);`,
    },
    {
      title: 'before 18 a partitioned table cannot have a NOT VALID foreign key: its partitions can',
      sql: `create table account (id int primary key);
create table event (account_id int, at date) partition by range (at);
create table event_2024 partition of event for values from ('2024-01-01') to ('2025-01-01');
-- next migration
alter table event add constraint event_account foreign key (account_id) references account (id);`,
    },
    {
      title: 'partitions that a program makes hold rows, though the history shows none',
      sql: `create table account (id int primary key);
create table event (account_id int, at date) partition by range (at);
-- next migration
alter table event add constraint event_account foreign key (account_id) references account (id);`,
    },
  ],
  good: [
    {
      title: 'validated by itself, in a later migration',
      sql: `create table account (id int primary key);
create table invoice (account_id int);
-- next migration
alter table invoice add constraint invoice_account foreign key (account_id) references account (id) not valid;
-- next migration
alter table invoice validate constraint invoice_account;`,
    },
    {
      title: 'a table of the same migration has no rows to look up',
      transaction: 'whole',
      sql: `create table account (id int primary key);
-- next migration
create table invoice (account_id int);
alter table invoice add constraint invoice_account foreign key (account_id) references account (id);`,
    },
    {
      title: 'a new column without a default has nothing to look up',
      sql: `create table account (id int primary key);
create table invoice (id int);
-- next migration
alter table invoice add column account_id int references account (id);`,
    },
  ],
  check(step) {
    const constraint = addedConstraint(step.node, 'CONSTR_FOREIGN');
    const scanned = [
      ...new Set(step.effects.filter((effect) => effect.work === 'scan').map((effect) => effect.relation)),
    ];
    if (constraint === undefined || scanned.length === 0) return;
    // the rewrite is told, and its remedy takes the key along
    if (step.effects.some(({ work }) => work === 'rewrite')) return;
    const locked = [
      ...new Set(step.effects.filter((effect) => effect.kind === 'table').map((effect) => effect.relation)),
    ];
    return {
      message: `every row of ${step.relation} is looked up: writes to ${list(locked)} wait until it is done`,
      instead: step.kind === 'AT_AddColumn' ? columnRecipe(step) : separateValidation(step, constraint),
    };
  },
});
