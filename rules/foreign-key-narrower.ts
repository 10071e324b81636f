import type { Catalog, Constraint, Table } from '../src/catalog/catalog.js';
import { columnOf, isTable, referencingTables, relationByName } from '../src/catalog/lookup.js';
import { isFirst, tablesTouched } from '../src/known.js';
import { defineRule, type Step } from '../src/rule.js';
import { quoteIdentifier } from '../src/sql/names.js';
import { list, pasted } from '../src/wording.js';

const widths: Readonly<Record<string, number>> = { int2: 2, int4: 4, int8: 8 };
const words: Readonly<Record<string, string>> = { int2: 'smallint', int4: 'integer', int8: 'bigint' };

export default defineRule({
  id: 'foreign-key-narrower',
  level: 'warning',
  title: 'A foreign key is narrower than the key it refers to',
  why: 'The referenced key can pass the largest value that the referring column holds: from then on rows that refer to new ones cannot be inserted (integer out of range).',
  instead: 'Give both columns the same type.',
  elsewhere: 'the type is what was wrong',
  links: ['https://www.postgresql.org/docs/current/datatype-numeric.html#DATATYPE-INT'],
  bad: [
    {
      sql: `create table account (id bigint primary key);
-- next migration
create table invoice (id bigint primary key, account_id int references account (id));`,
    },
    {
      title: 'both are new: the one that refers to the other is told',
      sql: `create table account (id bigint primary key);
create table invoice (id bigint primary key, account_id int references account (id));`,
    },
    {
      title: 'the key grows, what refers to it does not',
      sql: `create table account (id int primary key);
create table invoice (id bigint primary key, account_id int references account (id));
-- next migration
-- lockkeeper:ignore column-type-rewrites-table: an example of something else
alter table account alter column id type bigint;`,
    },
  ],
  good: [
    {
      sql: `create table account (id bigint primary key);
-- next migration
create table invoice (id bigint primary key, account_id bigint references account (id));`,
    },
    {
      title: 'wider is no harm',
      sql: `create table account (id int primary key);
-- next migration
create table invoice (id bigint primary key, account_id bigint references account (id));`,
    },
  ],
  checkMigration({ up, before, afterUp }) {
    const told = new Set<string>();
    const touched = tablesTouched(up);
    return touched.flatMap(({ step, name }) => {
      const narrow = narrowKeys(afterUp, name);
      if (narrow.length === 0) return [];
      const known = new Set(narrowKeys(before, name).map(keyOf));
      const fresh = narrow.filter((one) => !known.has(keyOf(one)) && isFirst(told, keyOf(one)));
      const own = ({ table }: Narrow) => touched.find((one) => one.name === table)?.step;
      const left = fresh.filter((one) => own(one) === undefined);
      return [...fresh.flatMap((one) => finding(own(one), one)), ...(left.length > 0 ? [leftBehind(step, left)] : [])];
    });
  },
});

/** What the migration itself makes narrower than what it refers to. */
function finding(step: Step | undefined, { table, column, type, to, toColumn, toType }: Narrow) {
  if (step === undefined) return [];
  const message = `${table}.${column} is ${words[type]}, but ${to}.${toColumn}, which it refers to, is ${words[toType]}: it cannot hold its larger values`;
  const instead = step.isNew(table)
    ? `alter table ${pasted(table)} alter column ${quoteIdentifier(column)} type ${words[toType]};`
    : `Widen ${column} of ${table} too, by a second column: lockkeeper explain column-type-rewrites-table.`;
  return [{ step, message, instead }];
}

/** What refers to a key that grows, and does not grow with it. */
function leftBehind(step: Step, narrow: readonly Narrow[]) {
  const names = narrow.map(({ table, column }) => `${table}.${column}`);
  const keys = [...new Set(narrow.map(({ to, toColumn, toType }) => `${to}.${toColumn} (${words[toType]})`))];
  return {
    step,
    message: `${list(names)} cannot hold the larger values of ${list(keys)} that ${names.length > 1 ? 'they refer' : 'it refers'} to`,
    instead: 'Widen what refers to it first, each by a second column: lockkeeper explain column-type-rewrites-table.',
  };
}

interface Narrow {
  readonly table: string;
  readonly column: string;
  readonly type: string;
  readonly to: string;
  readonly toColumn: string;
  readonly toType: string;
}

function keyOf({ table, column, type, toType }: Narrow): string {
  return `${table}.${column} ${type} ${toType}`;
}

/** The foreign keys of a table and to it that are narrower than what they refer to. */
function narrowKeys(catalog: Catalog, name: string): readonly Narrow[] {
  const table = relationByName(catalog, name);
  if (table === undefined || !isTable(table)) return [];
  const keysOf = (one: Table) => one.constraints.flatMap((constraint) => narrowColumns(catalog, one, constraint));
  const to = referencingTables(catalog, table).filter((other) => other !== table);
  return [...keysOf(table), ...to.flatMap(keysOf).filter((one) => one.to === name)];
}

function narrowColumns(catalog: Catalog, table: Table, { columns, references }: Constraint): readonly Narrow[] {
  const target = references === undefined ? undefined : catalog.relations.get(references.table);
  if (references === undefined || target === undefined) return [];
  return columns.flatMap((column, at) => {
    const toColumn = references.columns[at] ?? '';
    const type = columnOf(table, column)?.type?.name ?? '';
    const toType = columnOf(target, toColumn)?.type?.name ?? '';
    if ((widths[type] ?? 9) >= (widths[toType] ?? 0)) return [];
    const own = `${table.schema}.${table.name}`;
    return [{ table: own, column, type, to: `${target.schema}.${target.name}`, toColumn, toType }];
  });
}
