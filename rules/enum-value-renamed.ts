import { findType } from '../src/catalog/lookup.js';
import { defineRule } from '../src/rule.js';
import { quoteIdentifier, quoteLiteral } from '../src/sql/names.js';
import { strings } from '../src/sql/tree.js';

export default defineRule({
  id: 'enum-value-renamed',
  level: 'error',
  title: 'A value of an enum is renamed',
  why: 'Every row shows the new value at once: running code that writes or compares with the old one fails (invalid input value for enum), and code that reads meets a value it does not know.',
  instead:
    'Add the new value, release code that understands both, move the rows in batches, then stop using the old value.',
  elsewhere: 'the old label stays until no row has it',
  links: ['https://www.postgresql.org/docs/current/sql-altertype.html'],
  on: ['AlterEnumStmt'],
  bad: [
    {
      sql: `create type mood as enum ('sad', 'happy');
-- next migration
alter type mood rename value 'happy' to 'glad';`,
    },
  ],
  good: [
    {
      title: 'no running code knows the type yet',
      sql: `create type mood as enum ('sad', 'happy');
alter type mood rename value 'happy' to 'glad';`,
    },
    {
      title: 'a new value is only known to new code',
      sql: `create type mood as enum ('sad', 'happy');
-- next migration
alter type mood add value 'glad';`,
    },
  ],
  check({ node, before, since }) {
    const { oldVal, newVal, typeName } = node;
    if (oldVal === undefined || newVal === undefined) return;
    const parts = strings(typeName);
    const type = findType(before, parts);
    if (type !== undefined && type.born >= since) return;
    const name = parts.map(quoteIdentifier).join('.');
    return {
      message: `running code that uses ${quoteLiteral(oldVal)} of the enum ${parts.join('.')} fails: it is now ${quoteLiteral(newVal)}`,
      instead: `alter type ${name} add value ${quoteLiteral(newVal)} after ${quoteLiteral(oldVal)};
-- then: release code that reads both and writes the new one; move the rows in batches`,
    };
  },
});
