import type { Column } from '../src/catalog/catalog.js';
import { isTable, relationByName } from '../src/catalog/lookup.js';
import { defineRule } from '../src/rule.js';
import { addedColumn, alteredTable, columnAfter } from '../src/wording.js';

export default defineRule({
  id: 'json-column-added',
  level: 'note',
  title: 'A json column makes SELECT DISTINCT fail',
  why: 'json has no equality: SELECT DISTINCT, GROUP BY, UNION and EXCEPT of running code over all columns of the table fail from that moment (could not identify an equality operator for type json).',
  instead: 'Use jsonb, which has equality, indexes and less to parse.',
  elsewhere: 'the type is what was wrong',
  links: ['https://www.postgresql.org/docs/current/datatype-json.html'],
  on: ['AT_AddColumn'],
  bad: [
    {
      sql: `create table account (id int);
-- next migration
alter table account add column settings json;`,
    },
  ],
  good: [
    {
      sql: `create table account (id int);
-- next migration
alter table account add column settings jsonb;`,
    },
    {
      title: 'it fails already, for another column of the table',
      sql: `create table account (id int, profile json);
-- next migration
alter table account add column settings json;`,
    },
    {
      title: 'no running code reads the table yet',
      sql: 'create table account (id int); alter table account add column settings json;',
    },
  ],
  check(step) {
    const { node, relation, isNew, statement, before } = step;
    const column = columnAfter(step, addedColumn(node));
    if (relation === undefined || isNew(relation) || !isJson(column)) return;
    const table = relationByName(before, relation);
    if (table !== undefined && isTable(table) && table.columns.some(isJson)) return;
    return {
      message: `SELECT DISTINCT over all columns of ${relation} fails from now on: ${column.name} is json, which has no equality`,
      instead: `alter table ${alteredTable(statement)} ${statement.text.replace(/\bjson\b(?!.*\bjson\b)/is, 'jsonb')};`,
    };
  },
});

function isJson(column: Column | undefined): column is Column {
  return column?.type?.name === 'json';
}
