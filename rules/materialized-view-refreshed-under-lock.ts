import { indexesOf, relationByName } from '../src/catalog/lookup.js';
import { defineRule, type Step } from '../src/rule.js';
import { blockedByWork, pasted } from '../src/wording.js';

export default defineRule({
  id: 'materialized-view-refreshed-under-lock',
  level: 'error',
  title: 'REFRESH MATERIALIZED VIEW without CONCURRENTLY',
  why: 'The query of the view runs while ACCESS EXCLUSIVE is held: everybody who reads the view waits until it is done.',
  instead: 'refresh materialized view concurrently …; -- needs a unique index over columns of the view',
  links: ['https://www.postgresql.org/docs/current/sql-refreshmaterializedview.html'],
  on: ['RefreshMatViewStmt'],
  bad: [
    {
      sql: `create table account (id int);
create materialized view totals as select id, count(*) from account group by id;
-- next migration
refresh materialized view totals;`,
    },
    {
      sql: `create table account (id int);
create materialized view totals as select id, count(*) from account group by id;
create unique index totals_id on totals (id);
-- next migration
refresh materialized view totals;`,
    },
  ],
  good: [
    {
      sql: `create table account (id int);
create materialized view totals as select id, count(*) from account group by id;
create unique index totals_id on totals (id);
-- next migration
refresh materialized view concurrently totals;`,
    },
    {
      title: 'nobody reads a new one yet',
      sql: `create table account (id int);
-- next migration
create materialized view totals as select count(*) from account with no data;
refresh materialized view totals;`,
    },
  ],
  check(step) {
    const { relation } = step;
    if (relation === undefined || !blockedByWork(step).some((effect) => effect.relation === relation)) return;
    const name = pasted(relation);
    const refresh = `refresh materialized view concurrently ${name};`;
    const index = `Make a unique index over columns that tell its rows apart (create unique index concurrently on ${name} …), then: refresh materialized view concurrently ${name}`;
    return {
      message: `queries of ${relation} wait while its own query runs`,
      instead: hasUniqueIndex(step, relation) ? refresh : index,
    };
  },
});

function hasUniqueIndex({ before }: Step, name: string): boolean {
  const view = relationByName(before, name);
  if (view?.kind !== 'materialized view') return false;
  return indexesOf(before, view).some(
    ({ unique, predicate, keys }) =>
      unique && predicate === undefined && keys.every(({ column }) => column !== undefined),
  );
}
