import { defineRule } from '../src/rule.js';
import { quoteIdentifier } from '../src/sql/names.js';
import { alteredTable } from '../src/wording.js';

export default defineRule({
  id: 'column-type-rewrites-table',
  level: 'error',
  title: 'A type change writes the table anew',
  why: 'Where the stored values are not also values of the new type, PostgreSQL converts every row and writes the whole table and its indexes anew under ACCESS EXCLUSIVE: reads and writes wait. Longer varchar, varchar to text, higher precision and other pure widenings are not of this kind and are not reported.',
  instead:
    'Add a new column, keep it in step by a trigger, fill it in batches, switch the code over, then drop the old one.',
  elsewhere: 'the old column goes when a release of the code has switched over',
  links: ['https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES'],
  on: ['AT_AlterColumnType'],
  bad: [
    {
      sql: `create table account (id int, balance int);
-- next migration
alter table account alter column balance type bigint;`,
    },
    {
      title: 'the elements of an array are converted one by one, even where a plain column would not be',
      sql: `create table account (tags varchar(10)[]);
-- next migration
alter table account alter column tags type varchar(20)[];`,
    },
  ],
  good: [
    {
      title: 'a longer varchar holds the same values',
      sql: `create table account (email varchar(50));
-- next migration
alter table account alter column email type varchar(100);
alter table account alter column email type text;`,
    },
    {
      title: 'USING the column itself converts nothing',
      sql: `create table account (email varchar(50));
-- next migration
alter table account alter column email type text using email::text;`,
    },
  ],
  check({ node, relation, effects, statement }) {
    const rewritten = effects.filter((effect) => effect.work === 'rewrite');
    if (rewritten.length === 0 || node.name === undefined) return;
    const unsure = rewritten.every((effect) => !effect.sure);
    const table = alteredTable(statement);
    const old = quoteIdentifier(node.name);
    const next = quoteIdentifier(`${node.name}_new`);
    const type = /\btype\s+(.+?)(?:\s+using\b.*)?$/is.exec(statement.text)?.[1] ?? '…';
    return {
      message: unsure
        ? `changing the type of ${node.name} may rewrite ${relation}: ${rewritten[0]?.why}`
        : `changing the type of ${node.name} rewrites ${relation}: reads and writes wait until it is done`,
      ...(unsure && { level: 'warning' as const }),
      instead: `alter table ${table} add column ${next} ${type};
-- next migration: a trigger that keeps ${next} in step with ${old}; fill the old rows in batches;
-- switch the code to ${next}; drop ${old} when no running code reads it`,
    };
  },
});
