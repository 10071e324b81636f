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
      title: 'no running code reads the table yet',
      sql: 'create table account (id int); alter table account add column settings json;',
    },
  ],
  check(step) {
    const { node, relation, isNew, statement } = step;
    const column = columnAfter(step, addedColumn(node));
    if (relation === undefined || isNew(relation) || column?.type?.name !== 'json' || column.type.dimensions > 0)
      return;
    return {
      message: `SELECT DISTINCT over all columns of ${relation} fails from now on: ${column.name} is json, which has no equality`,
      instead: `alter table ${alteredTable(statement)} ${statement.text.replace(/\bjson\b(?!.*\bjson\b)/is, 'jsonb')};`,
    };
  },
});
