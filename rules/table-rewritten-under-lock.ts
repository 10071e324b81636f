import { relationByName } from '../src/catalog/lookup.js';
import type { Effect } from '../src/effects/effect.js';
import { alone } from '../src/recipes.js';
import { defineRule, type Finding, type Step } from '../src/rule.js';
import { isKind } from '../src/sql/statement.js';
import { list, pasted, whomBlocks } from '../src/wording.js';

const what: Readonly<Record<string, string>> = {
  ClusterStmt: 'CLUSTER',
  VacuumStmt: 'VACUUM FULL',
  AT_SetLogged: 'SET LOGGED',
  AT_SetUnLogged: 'SET UNLOGGED',
  AT_SetTableSpace: 'SET TABLESPACE',
  AT_SetAccessMethod: 'SET ACCESS METHOD',
  AlterTableMoveAllStmt: 'SET TABLESPACE',
};

export default defineRule({
  id: 'table-rewritten-under-lock',
  level: 'error',
  title: 'A table or an index is written anew as a whole',
  why: 'CLUSTER, VACUUM FULL, SET LOGGED, SET TABLESPACE and SET ACCESS METHOD copy the table under ACCESS EXCLUSIVE, and most build its indexes anew: reads and writes wait until it is done, and the disk holds both copies meanwhile. So they do for an index that moves, as planning looks at each index of the table.',
  instead:
    'To give space back or to sort the rows, use pg_repack or pg_squeeze, which lock the table only for the switch; the rest needs a maintenance window, or a new table that is filled in batches.',
  links: ['https://www.postgresql.org/docs/current/routine-vacuuming.html#VACUUM-FOR-SPACE-RECOVERY'],
  bad: [
    {
      sql: `create table account (id int primary key);
-- next migration
cluster account using account_pkey;`,
    },
    {
      sql: `create table account (id int primary key);
-- next migration
vacuum full account;`,
    },
    {
      sql: `create unlogged table account (id int);
-- next migration
alter table account set logged;`,
    },
    {
      title: 'queries of the table wait for an index that moves',
      sql: `create table account (id int, email text);
create index account_email on account (email);
-- next migration
alter index account_email set tablespace spare;`,
    },
    {
      sql: `create materialized view total as select 1 as one;
-- next migration
alter materialized view total set tablespace spare;`,
    },
    {
      sql: `create table account (id int) tablespace spare;
-- next migration
alter table all in tablespace spare set tablespace pg_default;`,
    },
  ],
  good: [
    {
      sql: `create table account (id int primary key);
-- next migration
vacuum account;`,
    },
    {
      title: 'a table of the same migration',
      sql: 'create table account (id int primary key); cluster account using account_pkey;',
    },
  ],
  on: [
    'ClusterStmt',
    'VacuumStmt',
    'AT_SetLogged',
    'AT_SetUnLogged',
    'AT_SetTableSpace',
    'AT_SetAccessMethod',
    'AlterTableMoveAllStmt',
  ],
  check(step) {
    const rewritten = step.effects.filter((effect) => effect.work === 'rewrite');
    const tables = rewritten.filter((effect) => effect.kind === 'table');
    const [first] = tables;
    if (first === undefined) return rewritten.map((index) => ofIndex(step, index));
    const names = list([...new Set(tables.map(({ relation }) => relation))]);
    const message = `${whomBlocks(first.lock)} to ${names} wait while ${what[step.kind]} copies ${tables.length > 1 ? 'them' : 'it'}`;
    return first.sure ? { message } : { message: `${message}, unless ${first.why}`, level: 'warning' };
  },
});

/** An index is copied: whoever plans a query of its table waits. Since 14 REINDEX CONCURRENTLY moves it as well. */
function ofIndex(step: Step, { relation, lock }: Effect): Finding {
  const { before, pg, statement } = step;
  const index = relationByName(before, relation);
  const table = index !== undefined && 'table' in index ? before.relations.get(index.table) : undefined;
  const message = `${whomBlocks(lock)} to ${table ? `${table.schema}.${table.name}` : 'its table'} wait while SET TABLESPACE copies ${relation}`;
  const space = isKind(statement, 'AT_SetTableSpace') ? statement.node.name : undefined;
  if (space === undefined || pg < 14) return { message };
  return { message, instead: `${alone(step)}reindex (tablespace ${space}) index concurrently ${pasted(relation)};` };
}
