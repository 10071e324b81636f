import { defineRule } from '../src/rule.js';
import { blockedByWork, list, whomBlocks } from '../src/wording.js';

const doing = {
  scan: 'is read in full',
  build: 'gets an index',
  rewrite: 'is written anew',
  rows: 'is written',
  none: '',
} as const;

export default defineRule({
  id: 'work-under-lock',
  level: 'error',
  title: 'Work in proportion to a table is done under a lock that blocks reads or writes',
  why: 'The longer the work takes, the longer the application waits for the table. This rule speaks where no more specific one has: a CHECK written with a column, columns of a constrained domain, SET EXPRESSION, PRIMARY KEY USING INDEX on a nullable column and the like.',
  instead:
    'Do the work apart from the lock: validate, build or fill first, with statements that let reads and writes pass, and take the lock only for the switch.',
  links: ['https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES'],
  fallback: true,
  bad: [
    {
      title: 'a column of a domain with a CHECK rewrites the table',
      sql: `create domain positive as int check (value > 0);
create table account (id int);
-- next migration
alter table account add column rank positive;`,
    },
  ],
  good: [
    {
      title: 'a CHECK that matches the bound proves it',
      sql: `create table event (id int, at date not null) partition by range (at);
create table event_2024 (id int, at date not null, check (at >= '2024-01-01' and at < '2025-01-01'));
-- next migration
alter table event attach partition event_2024 for values from ('2024-01-01') to ('2025-01-01');`,
    },
    {
      sql: `create table account (id int);
create materialized view totals as select id, count(*) from account group by id;
create unique index totals_id on totals (id);
-- next migration
refresh materialized view concurrently totals;`,
    },
  ],
  check(step) {
    const { effects, relation } = step;
    const blocked = blockedByWork(step);
    const first = blocked.find((effect) => effect.relation === relation) ?? blocked[0];
    if (first === undefined) return;
    const work = effects.filter(
      (effect) => effect.work === 'scan' || effect.work === 'rewrite' || effect.work === 'build',
    );
    const heaviest =
      work.find((effect) => effect.work === 'rewrite') ?? work.find((effect) => effect.work === 'build') ?? work[0];
    if (heaviest === undefined) return;
    const tables = [...new Set(blocked.map((effect) => effect.relation))];
    const message = `${heaviest.relation} ${doing[heaviest.work]} while ${whomBlocks(first.lock)} to ${list(tables)} wait`;
    return heaviest.sure ? { message } : { message: `${message}, unless ${heaviest.why}`, level: 'warning' };
  },
});
