import type { Catalog } from '../src/catalog/catalog.js';
import { isTable, relationByName } from '../src/catalog/lookup.js';
import { indexByPartition } from '../src/partition-recipe.js';
import { alone, leaving } from '../src/recipes.js';
import { defineRule, type Step } from '../src/rule.js';
import { sqlName } from '../src/sql/names.js';
import { afterName, whomBlocks, written } from '../src/wording.js';

export default defineRule({
  id: 'index-not-concurrent',
  level: 'error',
  title: 'An index is built without CONCURRENTLY',
  why: 'CREATE INDEX holds a SHARE lock while it reads the whole table: every insert, update and delete waits until the index is built.',
  instead: 'Use CREATE INDEX CONCURRENTLY, alone in a migration that runs outside a transaction.',
  links: ['https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY'],
  on: ['IndexStmt'],
  bad: [
    {
      sql: `create table account (email text);
-- next migration
create index on account (email);`,
      fixed: 'create index concurrently on account (email);',
    },
    {
      title: 'the keyword goes after INDEX, whatever stands around it',
      sql: `create table account (email text, deleted boolean);
-- next migration
CREATE UNIQUE INDEX account_email ON account (lower(email)) WHERE NOT deleted;`,
      fixed: 'CREATE UNIQUE INDEX CONCURRENTLY account_email ON account (lower(email)) WHERE NOT deleted;',
    },
    {
      title: 'inside a transaction CONCURRENTLY would fail: the statement has to move to a migration without one',
      transaction: 'whole',
      sql: `create table account (email text);
-- next migration
create index account_email on account (email);
update account set email = lower(email) where email = 'X';`,
    },
    {
      title: 'IF NOT EXISTS would take an invalid index for the wanted one',
      sql: `create table account (email text);
-- next migration
create index if not exists account_email on account (email);`,
    },
    {
      title: 'a partitioned table has no CONCURRENTLY: its partitions have',
      sql: `create table event (id int, at date) partition by range (at);
create table event_2024 partition of event for values from ('2024-01-01') to ('2025-01-01');
-- next migration
create index event_id on event (id);`,
    },
    {
      title: 'a program that runs later makes the partitions: a partitioned table without any holds no row',
      sql: `create table event (id int, at date) partition by range (at);
-- next migration
create index event_id on event (id);`,
    },
    {
      title: 'a partition that is partitioned itself has no CONCURRENTLY either',
      sql: `create table event (id int, region int, at date) partition by range (at);
create table event_2025 partition of event for values from ('2025-01-01') to ('2026-01-01') partition by list (region);
create table event_2025_1 partition of event_2025 for values in (1);
-- next migration
create index event_id on event (id);`,
    },
  ],
  good: [
    {
      title: 'only REFRESH writes to a materialized view',
      sql: `create table account (id int);
create materialized view accounts as select id from account;
-- next migration
create index accounts_id on accounts (id);`,
    },
    {
      title: 'a table without a row, or the migration has failed before',
      transaction: 'whole',
      sql: `create table account (id int);
-- next migration
-- lockkeeper:ignore column-not-null-without-default: the table is empty
alter table account add column email text not null;
create unique index account_email on account (email);`,
    },
    {
      title: 'the change sets of one file are deployed together',
      framework: 'liquibase',
      files: {
        'db/changelog.xml': `<databaseChangeLog>
  <include file="db/1.sql"/>
  <include file="db/2.sql"/>
</databaseChangeLog>`,
        'db/1.sql': `--liquibase formatted sql
--changeset ada:1
create table account (email text);
--rollback drop table account;
--changeset ada:2
create index account_email on account (email);
--rollback drop index account_email;`,
        'db/2.sql': `--liquibase formatted sql
--changeset ada:3
create table invoice (id int);
--rollback drop table invoice;`,
      },
    },
    {
      title: 'nobody can wait for a table that is not committed yet',
      sql: 'create table account (email text); create index on account (email);',
    },
    {
      title: 'an index on the partitioned table alone builds nothing',
      sql: `create table event (id int, at date) partition by range (at);
create table event_2024 partition of event for values from ('2024-01-01') to ('2025-01-01');
-- next migration
create index event_id on only event (id);`,
    },
    {
      title: 'a partitioned table of the same migration has no rows, wherever its partitions are made',
      sql: 'create table event (id int, at date) partition by range (at); create index event_id on event (id);',
    },
  ],
  check(step) {
    const { node, relation, effects, statement, session } = step;
    if (node.concurrent || relation === undefined) return;
    const blocked = effects.filter(
      (effect) => effect.kind === 'table' && effect.work === 'scan' && whomBlocks(effect.lock),
    );
    const first = blocked[0];
    if (first === undefined) return;
    const kind = relationByName(step.before, relation)?.kind;
    // nobody writes to a materialized view but REFRESH
    if (kind === 'materialized view') return;
    const name = node.idxname ?? 'the index';
    const message = `building ${name} blocks ${whomBlocks(first.lock)} to ${relation} until it is done`;
    if (kind === 'partitioned') return { message, instead: byPartition(step) };
    const keyword = /\bindex\b/i.exec(statement.text);
    if (keyword === null) return { message };
    const at = keyword.index + keyword[0].length;
    const word = keyword[0] === 'INDEX' ? ' CONCURRENTLY' : ' concurrently';
    const rest = statement.text.slice(at);
    if (node.if_not_exists) {
      const create = `${statement.text.slice(0, at)}${word}${rest.replace(/^\s+if\s+not\s+exists\b/i, '')};`;
      // the first build has nothing behind it to drop, and an index of that name that was made by hand may be in use
      const left = sqlName(node.relation?.schemaname, name);
      const again = `-- where this build has failed before, drop what it has left invalid first: drop index concurrently ${left}`;
      return { message, instead: `${alone(step)}${again}\n${create}` };
    }
    const concurrently = `${statement.text.slice(0, at)}${word}${rest};`;
    const instead = `${alone(step)}${concurrently}`;
    const others = leaving(step);
    if (others === undefined) return { message, instead };
    const span = { start: statement.span.start + at, end: statement.span.start + at };
    return {
      message,
      instead,
      fix: {
        title: `build the index concurrently${session.inTransaction ? ', in no transaction' : ''}`,
        edits: [{ span, text: word }, ...others],
      },
    };
  },
});

/** CONCURRENTLY is for the partitions. */
function byPartition({ statement, node, relation = '', before, after }: Step<'IndexStmt'>): string {
  const name = node.idxname ?? newIndexName(before, after, relation) ?? `${node.relation?.relname}_idx`;
  const place = { catalog: before, relation, table: written(node.relation), name, after };
  return indexByPartition(place, node.unique === true, afterName(statement, node.relation));
}

function newIndexName(before: Catalog, after: Catalog, relation: string): string | undefined {
  const indexes = (catalog: Catalog) => {
    const table = relationByName(catalog, relation);
    return table !== undefined && isTable(table) ? table.indexes : [];
  };
  const old = new Set(indexes(before));
  const made = indexes(after).find((oid) => !old.has(oid));
  return made === undefined ? undefined : after.relations.get(made)?.name;
}
