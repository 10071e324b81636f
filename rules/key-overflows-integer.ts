import type { Column, Table } from '../src/catalog/catalog.js';
import { isTable, relationByName } from '../src/catalog/lookup.js';
import { defineRule, type Step } from '../src/rule.js';
import { quoteIdentifier } from '../src/sql/names.js';
import { pasted } from '../src/wording.js';

const largest: Readonly<Record<string, string>> = { int2: '32,767', int4: '2,147,483,647' };

export default defineRule({
  id: 'key-overflows-integer',
  level: 'note',
  title: 'A numbered primary key is too small for a table that grows',
  why: 'When the sequence passes the largest integer, every INSERT fails. Rows that were deleted or rolled back count too, and changing the type later rewrites the table and every table that refers to it.',
  instead: 'Use bigint for keys that a sequence numbers: id bigint generated always as identity primary key.',
  elsewhere: 'the type is what was wrong',
  links: ['https://www.postgresql.org/docs/current/datatype-numeric.html#DATATYPE-INT'],
  bad: [
    { sql: 'create table account (id serial primary key);' },
    { sql: 'create table account (id int generated always as identity, primary key (id));' },
  ],
  good: [
    { sql: 'create table account (id bigserial primary key);' },
    {
      title: 'a key that no sequence numbers grows with what it names',
      sql: 'create table country (code int primary key);',
    },
    {
      title: 'widened in the same migration',
      sql: 'create table account (id serial primary key); alter table account alter column id type bigint;',
    },
  ],
  checkMigration({ up, afterUp }) {
    return up.flatMap((step) => {
      const table = created(step);
      const now = table && relationByName(afterUp, `${table.schema}.${table.name}`);
      if (now === undefined || !isTable(now) || now.persistence === 'temporary') return [];
      const key = now.constraints.find(({ kind }) => kind === 'primary key');
      const column = now.columns.find((one) => key?.columns.length === 1 && one.name === key.columns[0]);
      const last = largest[column?.type?.name ?? ''];
      if (column === undefined || last === undefined || !isNumbered(column)) return [];
      const name = `${now.schema}.${now.name}`;
      return [
        {
          step,
          message: `${column.name} of ${name} ends at ${last}: after that every insert fails`,
          instead: `alter table ${pasted(name)} alter column ${quoteIdentifier(column.name)} type bigint; -- now, while the table is empty`,
        },
      ];
    });
  },
});

/** The table that the statement creates. */
function created({ kind, relation, after, before }: Step): Table | undefined {
  if (kind !== 'CreateStmt' || relation === undefined || relationByName(before, relation) !== undefined)
    return undefined;
  const table = relationByName(after, relation);
  return table !== undefined && isTable(table) ? table : undefined;
}

function isNumbered(column: Column): boolean {
  return column.sequence !== undefined || column.identity !== undefined;
}
