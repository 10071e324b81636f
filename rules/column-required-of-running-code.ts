import type { Column, Trigger } from '../src/catalog/catalog.js';
import { columnOf, isTable, relationByName } from '../src/catalog/lookup.js';
import { firstOfEach, hasOwnValue, keptTable } from '../src/known.js';
import { defineRule, type Finding, type JudgedMigration, type Step } from '../src/rule.js';
import { isKind } from '../src/sql/statement.js';
import { addedColumn, columnAfter, list } from '../src/wording.js';

export default defineRule({
  id: 'column-required-of-running-code',
  level: 'error',
  title: 'Inserts of running code leave out a column that must have a value',
  why: 'Until the new code is everywhere, the old one inserts without the column that this migration adds. With NOT NULL and no default at the end of the migration each such INSERT fails.',
  instead: 'Keep the default until no old code runs; drop it, or set NOT NULL, in a later migration.',
  links: ['https://www.postgresql.org/docs/current/ddl-default.html'],
  bad: [
    {
      title: 'the default only fills the rows that exist',
      sql: `create table account (id int);
-- next migration
alter table account add column plan text not null default 'free';
alter table account alter column plan drop default;`,
    },
    {
      title: 'a column that code left to its default',
      sql: `create table account (id int, plan text not null default 'free');
-- next migration
alter table account alter column plan drop default;`,
    },
    {
      title: 'the sequence takes its default along',
      sql: `create table account (id serial primary key);
-- next migration
drop sequence account_id_seq cascade;`,
    },
  ],
  good: [
    {
      title: 'the default stays',
      sql: `create table account (id int);
-- next migration
alter table account add column plan text not null default 'free';`,
    },
    {
      title: 'another default takes its place',
      sql: `create table account (id int, plan text not null default 'free');
-- next migration
alter table account alter column plan drop default;
alter table account alter column plan set default 'basic';`,
    },
    {
      title: 'code that knows the column writes it, and it comes back under its name',
      sql: `create table account (id int, plan int not null);
-- next migration
alter table account add column plan_text text;
-- lockkeeper:ignore update-without-where: the table is small
update account set plan_text = plan::text;
alter table account drop column plan;
alter table account rename column plan_text to plan;
-- lockkeeper:ignore set-not-null-scans-table: the table is small
alter table account alter column plan set not null;`,
    },
    {
      title: 'a column that may be null needs none',
      sql: `create table account (id int, plan text default 'free');
-- next migration
alter table account alter column plan drop default;`,
    },
  ],
  checkMigration(judged) {
    const altered = judged.up.filter((step) => step.kind.startsWith('AT_'));
    return firstOfEach([...altered, ...judged.up.flatMap(losingDefaults)]).flatMap((step) => [
      ...required(judged, step, 'unknown'),
      ...required(judged, step, 'left out'),
    ]);
  },
});

/** The columns of a table that an INSERT of running code must name from now on: new ones, or old ones that had a default. */
function required(
  judged: JudgedMigration,
  first: Step,
  how: 'unknown' | 'left out',
): readonly (Finding & { readonly step: Step })[] {
  const { relation = '', since } = first;
  const table = keptTable(judged, first);
  if (table === undefined) return [];
  const { old, now } = table;
  const concerned = (column: Column) => {
    const before = columnOf(old, column.name);
    // a column that comes back under the same name is one that code knows
    if (how === 'left out') return before !== undefined && hasOwnValue(judged.before, before);
    return before === undefined && column.born >= since && !isRefused(judged, relation, column.name);
  };
  const wanting = now.columns.filter((one) => one.notNull && !hasOwnValue(judged.afterUp, one) && concerned(one));
  const names = wanting.map(({ name }) => name);
  const step = judged.up.findLast((one) => names.some((name) => requires(one, relation, name)));
  if (step === undefined) return [];
  const code = how === 'unknown' ? 'does not know' : 'leaves out';
  // code may name a column that it knows, and a trigger may fill one
  const mild = how === 'left out' || now.triggers.some(fills);
  return [
    {
      step,
      ...(mild && { level: 'warning' }),
      message: `inserts into ${relation} by running code that ${code} ${list(names)} fail: NOT NULL without a default`,
    },
  ];
}

function fills({ timing, events, forEachRow }: Trigger): boolean {
  return timing === 'before' && forEachRow && events.includes('insert');
}

/** column-not-null-without-default speaks of these: adding them fails already. */
function isRefused({ up }: JudgedMigration, relation: string, name: string): boolean {
  return up.some((step) => {
    if (step.relation !== relation || !isKind(step.statement, 'AT_AddColumn')) return false;
    const column = addedColumn(step.statement.node) === name ? columnAfter(step, name) : undefined;
    return column?.notNull === true && !hasOwnValue(step.after, column);
  });
}

/** Whether a statement adds the column, or changes that it must have a value or where it comes from. */
function requires(step: Step, relation: string, name: string): boolean {
  if (step.kind !== 'DropStmt' && (step.relation !== relation || columnNamed(step) !== name)) return false;
  const [was, is] = [step.before, step.after].map((catalog) => columnOf(relationByName(catalog, relation), name));
  return (
    was === undefined || was.notNull !== is?.notNull || hasOwnValue(step.before, was) !== hasOwnValue(step.after, is)
  );
}

/** DROP … CASCADE of a sequence or a function, once for each table of which it takes a default along. */
function losingDefaults(step: Step): readonly Step[] {
  const { statement, before, after } = step;
  if (!isKind(statement, 'DropStmt') || statement.node.behavior !== 'DROP_CASCADE') return [];
  return before.relations.differing(after.relations).flatMap(([oid, old]) => {
    const now = after.relations.get(oid);
    if (now === undefined || !isTable(old) || !isTable(now)) return [];
    const loses = (column: Column) => {
      const left = columnOf(now, column.name);
      return left !== undefined && hasOwnValue(before, column) && !hasOwnValue(after, left);
    };
    return old.columns.some(loses) ? [{ ...step, relation: `${old.schema}.${old.name}` }] : [];
  });
}

/** The column that a command of ALTER TABLE adds or alters. */
function columnNamed({ statement }: Step): string | undefined {
  if (isKind(statement, 'AT_AddColumn')) return addedColumn(statement.node);
  for (const kind of ['AT_ColumnDefault', 'AT_SetNotNull', 'AT_DropIdentity'] as const) {
    if (isKind(statement, kind)) return statement.node.name;
  }
  return undefined;
}
