import { defineRule } from '../src/rule.js';
import { addedConstraint, blockedByWork } from '../src/wording.js';

export default defineRule({
  id: 'exclusion-constraint-builds-index',
  level: 'error',
  title: 'An exclusion constraint builds its index under lock',
  why: 'The index is built and every row compared while ACCESS EXCLUSIVE is held: reads and writes wait. Unlike UNIQUE it can neither be built concurrently beforehand nor be added NOT VALID.',
  instead:
    'There is no way to add one to a table in use without the wait: do it while the table is small, or make a new table with the constraint, copy the rows over in batches, and switch.',
  links: ['https://www.postgresql.org/docs/current/sql-createtable.html#SQL-CREATETABLE-EXCLUDE'],
  on: ['AT_AddConstraint', 'AT_AddColumn'],
  bad: [
    {
      sql: `create table booking (during tstzrange);
-- next migration
alter table booking add constraint no_overlap exclude using gist (during with &&);`,
    },
  ],
  good: [
    {
      title: 'a table of the same migration is empty',
      sql: 'create table booking (during tstzrange); alter table booking add constraint no_overlap exclude using gist (during with &&);',
    },
  ],
  check(step) {
    const constraint = addedConstraint(step.node, 'CONSTR_EXCLUSION');
    if (constraint === undefined || blockedByWork(step).length === 0) return;
    return {
      message: `building ${constraint.conname ?? 'the exclusion constraint'} blocks reads and writes to ${step.relation} until it is done`,
    };
  },
});
