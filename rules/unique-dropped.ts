import type { Catalog, Index, Table } from '../src/catalog/catalog.js';
import { indexesOf, isTable } from '../src/catalog/lookup.js';
import { defineRule, type JudgedMigration, type Step } from '../src/rule.js';
import { isKind } from '../src/sql/statement.js';

export default defineRule({
  id: 'unique-dropped',
  level: 'warning',
  title: 'A unique index or constraint that running code may rely on is dropped',
  why: 'INSERT … ON CONFLICT on its columns fails from that moment (no unique or exclusion constraint matches), and code that lets the database refuse duplicates stores them.',
  instead: 'Build the index that takes its place first, release code that uses it, and drop the old one after that.',
  links: ['https://www.postgresql.org/docs/current/sql-insert.html#SQL-ON-CONFLICT'],
  bad: [
    {
      sql: `create table account (id int, email text, constraint account_email unique (email));
-- next migration
alter table account drop constraint account_email;`,
    },
    {
      sql: `create table account (id int, email text);
create unique index account_email on account (email);
-- next migration
drop index concurrently account_email;`,
    },
    {
      title: 'fewer columns refuse more, but ON CONFLICT asks for the same ones',
      transaction: 'whole',
      sql: `create table account (id int not null, owner int not null, constraint account_pkey primary key (id, owner));
create unique index account_id on account (id);
-- next migration
alter table account drop constraint account_pkey;
alter table account add constraint account_pkey primary key using index account_id;`,
    },
    {
      title: 'the command that drops it says so, not those beside it',
      sql: `create table account (id int constraint account_key primary key, email text not null);
create unique index account_email on account (email);
-- next migration
alter table account drop constraint account_key, add constraint account_pkey primary key using index account_email;`,
    },
  ],
  good: [
    {
      title: 'another unique index on the same columns stays',
      sql: `create table account (id int, email text);
create unique index account_email on account (email);
create unique index account_email_2 on account (email);
-- next migration
drop index concurrently account_email;`,
    },
    {
      title: 'the index was not unique',
      sql: `create table account (id int, email text);
create index account_email on account (email);
-- next migration
drop index concurrently account_email;`,
    },
    {
      title: 'replaced in one transaction',
      transaction: 'whole',
      sql: `create table account (id int, email text, constraint account_email unique (email));
create unique index account_email_2 on account (email);
-- next migration
alter table account drop constraint account_email;
alter table account add constraint account_email unique using index account_email_2;`,
    },
  ],
  checkMigration(judged) {
    // to compare two catalogs takes a while, and nothing goes without the word
    const dropping = judged.up.filter(({ statement }) => /\bdrop\b/i.test(statement.text));
    return dropping.flatMap((step) => {
      const lost = uniqueDropped(judged, step);
      const [first] = lost;
      if (first === undefined) return [];
      const { index, table } = first;
      const columns = index.keys.map(({ column }) => column ?? 'an expression').join(', ');
      const message = `ON CONFLICT (${columns}) of running code fails on ${table.schema}.${table.name}`;
      const told = isRefused(judged.afterUp, table, index)
        ? message
        : `${message}, and duplicates are no longer refused`;
      return [{ step, message: told }];
    });
  },
});

interface Lost {
  readonly index: Index;
  readonly table: Table;
}

/** The unique indexes that a statement drops from tables that stay with all their columns, and that nothing replaces. */
function uniqueDropped({ afterUp }: JudgedMigration, step: Step): readonly Lost[] {
  const { before, after, since, isNew, statement } = step;
  const dropped = isKind(statement, 'AT_DropConstraint') ? statement.node.name : undefined;
  return before.relations.differing(after.relations).flatMap(([oid, index]) => {
    // each command of an ALTER TABLE has the catalogs of the whole
    if (statement.kind.startsWith('AT_') && index.name !== dropped) return [];
    if (after.relations.has(oid) || index.kind !== 'index' || !index.unique || index.born >= since) return [];
    const table = afterUp.relations.get(index.table);
    if (table === undefined || !isTable(table) || isNew(`${table.schema}.${table.name}`)) return [];
    const columns = index.keys.flatMap(({ column }) => column ?? []);
    // who drops the column says so
    if (!columns.every((column) => table.columns.some(({ name }) => name === column))) return [];
    return isReplaced(afterUp, table, index) ? [] : [{ index, table }];
  });
}

/** Whether a unique index of the table infers the same conflict: the same columns in any order, no predicate that leaves rows out. */
function isReplaced(catalog: Catalog, table: Table, index: Index): boolean {
  const wanted = columnsOf(index);
  return indexesOf(catalog, table).some(
    (other) =>
      other.unique && (other.predicate === undefined || index.predicate !== undefined) && columnsOf(other) === wanted,
  );
}

/** Whether another unique index of the table refuses the same duplicates, because its columns are some of these. */
function isRefused(catalog: Catalog, table: Table, { keys }: Index): boolean {
  const columns = new Set(keys.map(({ column }) => column));
  return indexesOf(catalog, table).some(
    (other) =>
      other.unique &&
      other.predicate === undefined &&
      other.keys.every(({ column }) => column !== undefined && columns.has(column)),
  );
}

function columnsOf({ keys }: Index): string {
  return keys
    .map(({ column }) => column ?? '()')
    .sort()
    .join();
}
