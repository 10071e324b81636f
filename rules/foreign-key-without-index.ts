import { columnRecipe } from '../src/added-column.js';
import type { Catalog, Constraint, Relation, Table } from '../src/catalog/catalog.js';
import { indexesOf, isFollowed, isTable, relationByName } from '../src/catalog/lookup.js';
import { isFirst } from '../src/known.js';
import { indexByPartition } from '../src/partition-recipe.js';
import { next, separateValidation } from '../src/recipes.js';
import { defineRule, isStep, type Step } from '../src/rule.js';
import { quoteIdentifier } from '../src/sql/names.js';
import { strings } from '../src/sql/tree.js';
import { addedColumn, addedConstraint, alteredTable, list, pasted, works } from '../src/wording.js';

export default defineRule({
  id: 'foreign-key-without-index',
  level: 'note',
  title: 'No index begins with the columns of a foreign key',
  why: 'Each DELETE of a row of the referenced table, and each UPDATE of its key, looks for rows that refer to it. Without an index it reads the whole referring table for every single row, and holds its locks meanwhile.',
  instead: 'create index concurrently on … (the columns of the foreign key);',
  elsewhere: 'the index is what was missing',
  links: ['https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK'],
  bad: [
    {
      sql: `create table account (id bigint primary key);
create table invoice (id bigint primary key);
-- next migration
alter table invoice add column account_id bigint references account (id);`,
    },
    {
      title: 'a partitioned table has no CONCURRENTLY: its partitions have',
      sql: `create table account (id bigint primary key);
create table event (account_id bigint, at date) partition by range (at);
create table event_2024 partition of event for values from ('2024-01-01') to ('2025-01-01');
-- next migration
alter table event add column owner bigint references account (id);`,
    },
    {
      title: 'a table that is made here has no one that waits for an index',
      sql: `create table account (id bigint primary key);
-- next migration
create table invoice (id bigint primary key, account_id bigint references account (id));`,
    },
    {
      title: 'its rows are looked up without a lock that stops anyone, and the index is there before',
      sql: `create table account (id bigint primary key);
create table invoice (account_id bigint);
-- next migration
alter table invoice add foreign key (account_id) references account (id);`,
    },
    {
      title: 'at the command that adds the key, and with its column',
      sql: `create table account (id bigint primary key);
create table invoice (id bigint primary key);
-- next migration
alter table invoice add column amount int check (amount > 0), add column account_id bigint references account (id) default 4;`,
    },
  ],
  good: [
    {
      title: 'the index comes with it',
      sql: `create table account (id bigint primary key);
create table invoice (id bigint primary key);
-- next migration
alter table invoice add column account_id bigint references account (id);
create index concurrently invoice_account on invoice (account_id, id);`,
    },
    {
      title: 'the indexes are built by what is put together when it runs',
      sql: `create table account (id bigint primary key);
create table invoice (account_id bigint references account (id));
do $$ declare each text; begin
  foreach each in array string_to_array(coalesce(current_setting('app.columns', true), ''), ',') loop execute format('create index on invoice (%I)', each); end loop;
end $$;`,
    },
    {
      title: 'the primary key begins with it',
      sql: `create table account (id bigint primary key);
create table membership (account_id bigint references account (id), team bigint, primary key (account_id, team));`,
    },
  ],
  checkMigration({ up, before, afterUp }) {
    const told = new Set<string>();
    return up.flatMap((step) => {
      const { relation, kind } = step;
      if (relation === undefined || !(kind === 'CreateStmt' || kind === 'AT_AddColumn' || kind === 'AT_AddConstraint'))
        return [];
      const table = relationByName(afterUp, relation);
      if (table === undefined || !isTable(table) || table.kind === 'foreign' || !table.complete) return [];
      if (!isFollowed(afterUp, table)) return [];
      const known = keysOf(before.relations.get(table.oid)).map(({ columns }) => columns.join());
      const bare = keysOf(table).filter(
        (key) =>
          !known.includes(key.columns.join()) &&
          isOf(step, key) &&
          keysOf(step.after.relations.get(table.oid)).some(({ name }) => name === key.name) &&
          !isIndexed(afterUp, table, key.columns),
      );
      const fresh = bare.filter((key) => isFirst(told, `${relation} ${key.name}`));
      return fresh.length === 0 ? [] : [finding(step, relation, fresh)];
    });
  },
});

/** Whether a command adds the key: each command of an ALTER TABLE has the catalogs of the whole. */
function isOf(step: Step, { columns }: Constraint): boolean {
  if (isStep(step, 'AT_AddColumn'))
    return addedConstraint(step.node, 'CONSTR_FOREIGN') !== undefined && columns.join() === addedColumn(step.node);
  if (!isStep(step, 'AT_AddConstraint')) return true;
  return strings(addedConstraint(step.node, 'CONSTR_FOREIGN')?.fk_attrs).join() === columns.join();
}

function finding(step: Step, relation: string, keys: readonly Constraint[]) {
  if (step.isNew(relation)) {
    const built = keys.map((key) => `create index on ${pasted(relation)} ${listOf(key)};`);
    return { step, message: messageOf(relation, keys), instead: [keyOf(step), ...built].join('\n') };
  }
  const indexes = keys.map((key) => indexOf(step, relation, key));
  // a column that is there can have its index first
  const order = step.kind === 'AT_AddConstraint' ? [...indexes, keyOf(step)] : [keyOf(step), ...indexes];
  return { step, message: messageOf(relation, keys), instead: order.join(`\n${next}\n`) };
}

function messageOf(relation: string, keys: readonly Constraint[]): string {
  const names = list(keys.map(({ columns }) => columns.join(', ')));
  return `deleting a row that ${names} of ${relation} can refer to reads all of ${relation}`;
}

function listOf({ columns }: Constraint): string {
  return `(${columns.map(quoteIdentifier).join(', ')})`;
}

/** The statement itself, without the work under its lock. */
function keyOf(step: Step): string {
  const { statement, effects, before, relation = '' } = step;
  if (step.kind === 'CreateStmt') return `${statement.text};`;
  const isPartitioned = relationByName(before, relation)?.kind === 'partitioned';
  const isCostly = effects.some(works) && !isPartitioned;
  if (isCostly && isStep(step, 'AT_AddColumn')) return columnRecipe(step);
  if (isCostly && isStep(step, 'AT_AddConstraint')) {
    const constraint = addedConstraint(step.node, 'CONSTR_FOREIGN');
    if (constraint !== undefined) return separateValidation(step, constraint);
  }
  return `alter table ${alteredTable(statement)} ${statement.text};`;
}

function indexOf({ after }: Step, relation: string, key: Constraint): string {
  const table = relationByName(after, relation);
  const rest = ` ${listOf(key)}`;
  if (table?.kind !== 'partitioned') return `create index concurrently on ${pasted(relation)}${rest};`;
  const label = `${key.columns.join('_')}_idx`;
  const place = { catalog: after, relation, table: pasted(relation), name: `${table.name}_${label}`, label };
  return indexByPartition(place, false, rest);
}

function keysOf(relation: Relation | undefined): readonly Constraint[] {
  return relation !== undefined && isTable(relation)
    ? relation.constraints.filter(({ kind }) => kind === 'foreign key')
    : [];
}

/** An index whose first columns are those of the key, in any order; a partial one serves only some rows. */
function isIndexed(catalog: Catalog, table: Table, columns: readonly string[]): boolean {
  return indexesOf(catalog, table).some(({ keys, predicate }) => {
    const first = keys.slice(0, columns.length).map(({ column }) => column);
    return predicate === undefined && columns.every((column) => first.includes(column));
  });
}
