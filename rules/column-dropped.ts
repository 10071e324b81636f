import { columnOf, relationByName } from '../src/catalog/lookup.js';
import { type DroppedColumn, isReadBefore, knownColumnsDropped, wasCalled } from '../src/known.js';
import { defineRule, type JudgedMigration, type Step } from '../src/rule.js';
import { isKind } from '../src/sql/statement.js';
import { runningCodeKnows } from '../src/wording.js';

export default defineRule({
  id: 'column-dropped',
  level: 'error',
  title: 'A column is dropped',
  why: 'Its values are lost for good, and running code that still names the column fails. Many ORMs name all columns they know, used or not.',
  instead: `-- 1. release code that neither reads nor writes the column (in an ORM: that ignores it)
-- 2. then drop it, and say why that is safe:
-- lockkeeper:ignore column-dropped: no code has used it since release …`,
  elsewhere: 'the drop is left to a release after the one that stops using the column',
  links: ['https://www.postgresql.org/docs/current/ddl-alter.html#DDL-ALTER-REMOVING-A-COLUMN'],
  bad: [
    {
      sql: `create table account (id int, email text);
-- next migration
alter table account drop column email;`,
    },
    {
      title: 'a type takes the columns of it along',
      sql: `create type mood as enum ('sad');
create table account (id int, feels mood);
-- next migration
drop type mood cascade;`,
    },
    {
      title: 'a column of the same name is no help to the values',
      sql: `create table account (id int, plan int);
-- next migration
alter table account drop column plan, add column plan text;`,
    },
    {
      title: 'what was copied is not lost',
      sql: `create table account (id int, mail text);
-- next migration
alter table account add column email text;
update account set email = lower(mail);
alter table account drop column mail;`,
    },
    {
      title: 'a generated column has no values of its own',
      sql: `create table account (id int, twice int generated always as (id * 2) stored);
-- next migration
alter table account drop column twice;`,
    },
  ],
  good: [
    {
      title: 'code knows it by another name, and its values were copied',
      sql: `create table account (admin_id int, org_id int);
-- next migration
-- lockkeeper:ignore column-renamed: an example of something else
alter table account rename column admin_id to user_id;
update account set org_id = user_id where org_id > 1;
alter table account drop column user_id;`,
    },
    {
      title: 'the column was added in the same migration',
      sql: `create table account (id int);
-- next migration
alter table account add column email text;
alter table account drop column email;`,
    },
    {
      title: 'there is nothing to drop',
      sql: `create table account (id int);
-- next migration
alter table account drop column if exists email;`,
    },
    {
      title: 'the values come back under the same name',
      transaction: 'whole',
      sql: `create table account (id int, plan int);
-- next migration
alter table account add column plan_text text;
-- lockkeeper:ignore update-without-where, backfill-in-ddl-transaction: the table is small
update account set plan_text = plan::text;
alter table account drop column plan;
alter table account rename column plan_text to plan;`,
    },
  ],
  checkMigration(judged) {
    return judged.up.flatMap((step) =>
      lostColumns(step).flatMap(({ table, column }) => {
        const message = lossOf(judged, step, table, column);
        return message === undefined ? [] : [{ step, message }];
      }),
    );
  },
});

/** The columns that a statement drops and that running code knows: the one that it names, and those that go with a type. */
function lostColumns(step: Step): readonly DroppedColumn[] {
  const { statement, relation } = step;
  if (isKind(statement, 'DropStmt')) return knownColumnsDropped(step);
  if (!isKind(statement, 'AT_DropColumn') || relation === undefined) return [];
  const { name } = statement.node;
  return name !== undefined && runningCodeKnows(step, name) ? [{ table: relation, column: name }] : [];
}

/** What the drop takes from whom: less where the migration copied the values, gave the name to another column, or where they were computed. */
function lossOf({ up, before, afterUp }: JudgedMigration, step: Step, table: string, name: string): string | undefined {
  const column = `${name} in ${table}`;
  const old = relationByName(step.before, table);
  const returns = columnOf(old && afterUp.relations.get(old.oid), name) !== undefined;
  const computed = columnOf(old, name)?.generated !== undefined;
  const copied = isReadBefore(up, step, table, name);
  if (returns && (computed || copied)) return undefined;
  // that the name which code knows is gone, the rename before has told
  if (!wasCalled(before, step, table, name)) return computed || copied ? undefined : `the values of ${column} are lost`;
  if (computed) return `running code that names ${column} fails`;
  if (copied) return `running code that names ${column} fails, and of its values only what was copied before is left`;
  return returns
    ? `the values of ${column} are lost: the column of that name comes back without them`
    : `the values of ${column} are lost, and running code that names it fails`;
}
