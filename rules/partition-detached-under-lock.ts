import { relationByName, tables } from '../src/catalog/lookup.js';
import { alone } from '../src/recipes.js';
import { defineRule } from '../src/rule.js';
import { alteredTable, whomBlocks } from '../src/wording.js';

export default defineRule({
  id: 'partition-detached-under-lock',
  level: 'warning',
  title: 'A partition is detached without CONCURRENTLY',
  why: 'ACCESS EXCLUSIVE on the partitioned table waits for every query of any partition, and all later ones wait behind it.',
  instead:
    'alter table … detach partition … concurrently; -- since 14, outside a transaction, without a DEFAULT partition',
  elsewhere: 'the CHECK that CONCURRENTLY leaves behind spares a later ATTACH the scan',
  links: ['https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DETACH-PARTITION'],
  on: ['AT_DetachPartition'],
  bad: [
    {
      sql: `create table event (id int, at date) partition by range (at);
create table event_2024 partition of event for values from ('2024-01-01') to ('2025-01-01');
-- next migration
alter table event detach partition event_2024;`,
    },
  ],
  good: [
    {
      sql: `create table event (id int, at date) partition by range (at);
create table event_2024 partition of event for values from ('2024-01-01') to ('2025-01-01');
-- next migration
alter table event detach partition event_2024 concurrently;`,
    },
    {
      title: 'with a default partition there is no other way',
      sql: `create table event (id int, at date) partition by range (at);
create table event_2024 partition of event for values from ('2024-01-01') to ('2025-01-01');
create table event_rest partition of event default;
-- next migration
alter table event detach partition event_2024;`,
    },
  ],
  check(step) {
    const { relation, effects, statement, before, pg } = step;
    const locked = effects.some(
      (effect) => effect.relation === relation && whomBlocks(effect.lock) === 'reads and writes',
    );
    const parent = relation === undefined ? undefined : relationByName(before, relation);
    if (!locked || pg < 14 || parent === undefined || !('children' in parent)) return;
    if (tables(before, parent.children).some(({ bound }) => bound?.kind === 'default')) return;
    return {
      message: `detaching waits for every query of ${relation}, and all later ones wait behind it`,
      instead: `${alone(step)}alter table ${alteredTable(statement)} ${statement.text} concurrently;`,
    };
  },
});
