import { firstOfEach, keptTable } from '../src/known.js';
import { defineRule } from '../src/rule.js';

export default defineRule({
  id: 'autovacuum-disabled',
  level: 'warning',
  title: 'Autovacuum is switched off for a table',
  why: 'Nobody removes the dead rows that updates and deletes leave, and nobody renews the statistics: the table and its indexes grow, plans go by what was true once, index-only scans read the table. Only when the transaction numbers run out it is vacuumed all the same, all of it at once.',
  instead:
    'Let it do less at a time, and more often: autovacuum_vacuum_cost_delay, autovacuum_vacuum_scale_factor and autovacuum_vacuum_insert_scale_factor can be set for a table.',
  links: ['https://www.postgresql.org/docs/current/routine-vacuuming.html'],
  bad: [
    {
      sql: `create table event (id int);
-- next migration
alter table event set (autovacuum_enabled = false);`,
    },
  ],
  good: [
    {
      title: 'on again when the rows are filled in',
      sql: `create table event (id int);
-- next migration
alter table event set (autovacuum_enabled = false);
insert into event select generate_series(1, 1000);
alter table event reset (autovacuum_enabled);`,
    },
    {
      title: 'more often in place of never',
      sql: `create table event (id int);
-- next migration
alter table event set (autovacuum_vacuum_scale_factor = 0.01);`,
    },
    {
      title: 'a table that is made so, to be filled and read once',
      sql: 'create table staging (id int) with (autovacuum_enabled = false);',
    },
  ],
  checkMigration(judged) {
    const steps = judged.up.filter(({ kind }) => kind === 'AT_SetRelOptions');
    return firstOfEach(steps).flatMap((step) => {
      const table = keptTable(judged, step);
      if (table === undefined || isOff(table.old.options) || !isOff(table.now.options)) return [];
      return [{ step, message: `nobody removes the dead rows of ${step.relation} any more, or renews its statistics` }];
    });
  },
});

/** As parse_bool of bool.c reads it: each word may be cut short. */
function isOff({ autovacuum_enabled: value = 'on' }: Readonly<Record<string, string>>): boolean {
  return /^(?:f|fa|fal|fals|false|n|no|of|off|0)$/i.test(value);
}
