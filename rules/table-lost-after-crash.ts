import { isTable, relationByName } from '../src/catalog/lookup.js';
import { defineRule } from '../src/rule.js';
import { pasted } from '../src/wording.js';

export default defineRule({
  id: 'table-lost-after-crash',
  level: 'warning',
  title: 'The rows of an unlogged table do not survive a crash',
  why: 'Nothing of an UNLOGGED table is in the write-ahead log: after a crash or a failover it is empty, and replicas and backups made from that log never have its rows.',
  instead: 'Leave UNLOGGED out, unless every row can be made again.',
  elsewhere: 'the log is what was missing',
  links: ['https://www.postgresql.org/docs/current/sql-createtable.html#SQL-CREATETABLE-UNLOGGED'],
  bad: [
    { sql: 'create unlogged table account (id int);' },
    {
      sql: `create table account (id int);
-- next migration
-- lockkeeper:ignore table-rewritten-under-lock: an example of something else
alter table account set unlogged;`,
    },
  ],
  good: [
    { sql: 'create table account (id int);' },
    { title: 'a temporary table is gone anyway', sql: 'create temporary table account (id int);' },
    {
      title: 'filled first, then made durable',
      sql: 'create unlogged table account (id int); insert into account values (1); alter table account set logged;',
    },
  ],
  checkMigration({ up, before, afterUp }) {
    const told = new Set<string>();
    return up.flatMap((step) => {
      const { relation, kind } = step;
      if (relation === undefined || !(kind === 'CreateStmt' || kind === 'AT_SetUnLogged')) return [];
      const now = relationByName(afterUp, relation);
      const old = relationByName(before, relation);
      if (now === undefined || !isTable(now) || now.persistence !== 'unlogged' || told.has(relation)) return [];
      if (old !== undefined && isTable(old) && old.persistence === 'unlogged') return [];
      told.add(relation);
      return [
        {
          step,
          // who creates it so, means it
          ...(kind === 'CreateStmt' && { level: 'note' }),
          message: `${relation} is empty after a crash or a failover`,
          instead: `alter table ${pasted(relation)} set logged; -- in the same migration, after it is filled`,
        },
      ];
    });
  },
});
