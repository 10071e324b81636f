import { isTable, relationByName } from '../src/catalog/lookup.js';
import { isReadBefore, knownDropped } from '../src/known.js';
import { defineRule, type JudgedMigration, type Step } from '../src/rule.js';
import { isKind } from '../src/sql/statement.js';
import { droppedRelations, list } from '../src/wording.js';

export default defineRule({
  id: 'table-dropped',
  level: 'error',
  title: 'A table is dropped',
  why: 'Its rows are lost for good, and running code that still uses the table fails. A table with foreign keys takes ACCESS EXCLUSIVE on every table it refers to as well.',
  instead: `-- 1. release code that does not use the table
-- 2. rename it, wait, and see that nothing fails
-- 3. then drop it, and say why that is safe:
-- lockkeeper:ignore table-dropped: no code has used it since release …`,
  elsewhere: 'the drop is left to a release after the one that stops using the table',
  links: ['https://www.postgresql.org/docs/current/sql-droptable.html'],
  bad: [
    {
      sql: `create table account (id int);
-- next migration
drop table account;`,
    },
    {
      title: 'a function drops the table that it is called with',
      sql: `create function forget(name text) returns void language plpgsql as $$ begin
  execute format('drop table if exists %I', name);
end $$;
create table account (id int);
-- next migration
do $$ declare each record; begin
  for each in select * from (values ('account')) as old (name) loop perform forget(each.name); end loop;
end $$;`,
    },
    {
      title: 'a schema takes its tables along',
      sql: `create schema old;
create table old.account (id int);
-- next migration
drop schema old cascade;`,
    },
    {
      title: 'with all that a role owns',
      sql: `create role reporter;
create table account (id int);
alter table account owner to reporter;
-- next migration
-- lockkeeper:ignore owned-objects-dropped: an example of something else
drop owned by reporter;`,
    },
    {
      title: 'a new table of the name has none of the rows',
      sql: `create table account (id int);
-- next migration
drop table account;
create table account (id bigint);`,
    },
    {
      title: 'what was copied is not lost',
      sql: `create table account (id int);
create table person (id int);
-- next migration
insert into person select id from account;
drop table account;`,
    },
  ],
  good: [
    { title: 'a table of the same migration', sql: 'create table scratch (id int); drop table scratch;' },
    {
      title: 'another table with the rows takes its place',
      transaction: 'whole',
      sql: `create table account (id int);
-- next migration
create table account_new as select id::bigint from account;
drop table account;
-- lockkeeper:ignore table-renamed: it takes the place of the old one
alter table account_new rename to account;`,
    },
    {
      title: 'a view has no rows of its own',
      sql: `create view one as select 1 as a;
-- next migration
-- lockkeeper:ignore view-dropped: an example of something else
drop view one;`,
    },
  ],
  checkMigration(judged) {
    return judged.up.flatMap((step) => {
      const tables = lostTables(step).map((table) => ({ table, fate: fateOf(judged, step, table) }));
      return fates.flatMap((fate) => {
        const names = tables.filter((one) => one.fate === fate).map(({ table }) => table);
        return names.length === 0 ? [] : [{ step, message: fate(list(names), names.length > 1) }];
      });
    });
  },
});

/** The tables that a statement drops and that running code knows: those that it names, and those that go with a schema or a role. */
function lostTables(step: Step): readonly string[] {
  const { kind } = step;
  if (kind !== 'DropStmt' && kind !== 'DropOwnedStmt') return [];
  const tables = knownDropped(step).filter(isTable);
  const gone = new Set(tables.map(({ oid }) => oid));
  const others = tables.filter(({ kind, parents }) => kind !== 'foreign' && !parents.some((oid) => gone.has(oid)));
  return [...new Set([...tablesNamed(step), ...others.map(({ schema, name }) => `${schema}.${name}`)])];
}

function tablesNamed(step: Step): readonly string[] {
  const { statement, before } = step;
  if (!isKind(statement, 'DropStmt') || statement.node.removeType !== 'OBJECT_TABLE') return [];
  const { kind, node } = statement;
  return droppedRelations({ ...step, kind, node, statement }).filter((relation) => {
    if (step.isNew(relation)) return false;
    // IF EXISTS on what the history does not show: most often the first line of a script that creates it
    return relationByName(before, relation) !== undefined || !node.missing_ok;
  });
}

type Fate = (tables: string, many: boolean) => string;

const lost: Fate = (tables, many) =>
  `the rows of ${tables} are lost, and running code that uses ${many ? 'them' : 'it'} fails`;
const emptied: Fate = (tables, many) =>
  `the rows of ${tables} are lost: ${many ? 'tables of these names come' : 'a table of that name comes'} back without them`;
const copied: Fate = (tables, many) =>
  `running code that uses ${tables} fails, and of ${many ? 'their' : 'its'} rows only what was copied before is left`;
const fates: readonly Fate[] = [lost, emptied, copied];

/** Whether the migration makes a table of the same name, and whether it copied rows before. */
function fateOf({ up, afterUp }: JudgedMigration, drop: Step, table: string): Fate | undefined {
  const after = relationByName(afterUp, table);
  const returns = after !== undefined && isTable(after);
  const isCopied = isReadBefore(up, drop, table);
  if (returns) return isCopied ? undefined : emptied;
  return isCopied ? copied : lost;
}
