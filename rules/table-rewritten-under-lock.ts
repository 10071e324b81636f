import { defineRule } from '../src/rule.js';
import { list, whomBlocks } from '../src/wording.js';

const what: Readonly<Record<string, string>> = {
  ClusterStmt: 'CLUSTER',
  VacuumStmt: 'VACUUM FULL',
  AT_SetLogged: 'SET LOGGED',
  AT_SetUnLogged: 'SET UNLOGGED',
  AT_SetTableSpace: 'SET TABLESPACE',
  AT_SetAccessMethod: 'SET ACCESS METHOD',
};

export default defineRule({
  id: 'table-rewritten-under-lock',
  level: 'error',
  title: 'A table is written anew as a whole',
  why: 'CLUSTER, VACUUM FULL, SET LOGGED, SET TABLESPACE and SET ACCESS METHOD copy the table and build its indexes anew under ACCESS EXCLUSIVE: reads and writes wait until it is done, and the disk holds both copies meanwhile.',
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
  on: ['ClusterStmt', 'VacuumStmt', 'AT_SetLogged', 'AT_SetUnLogged', 'AT_SetTableSpace', 'AT_SetAccessMethod'],
  check({ effects, kind }) {
    const rewritten = effects.filter((effect) => effect.work === 'rewrite' && effect.kind === 'table');
    const [first] = rewritten;
    if (first === undefined) return;
    const names = list([...new Set(rewritten.map(({ relation }) => relation))]);
    const message = `${whomBlocks(first.lock)} to ${names} wait while ${what[kind]} copies ${rewritten.length > 1 ? 'them' : 'it'}`;
    return first.sure ? { message } : { message: `${message}, unless ${first.why}`, level: 'warning' };
  },
});
