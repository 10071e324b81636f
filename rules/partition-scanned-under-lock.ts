import { findTable } from '../src/catalog/lookup.js';
import { next } from '../src/recipes.js';
import { defineRule, type Step } from '../src/rule.js';
import { quoteIdentifier } from '../src/sql/names.js';
import { isKind } from '../src/sql/statement.js';
import { alteredTable, blockedByWork, list, whomBlocks, written } from '../src/wording.js';

export default defineRule({
  id: 'partition-scanned-under-lock',
  level: 'error',
  title: 'A partition is read in full under lock',
  why: 'ATTACH PARTITION reads the new partition to see that every row is within its bounds, and the DEFAULT partition (CREATE TABLE … PARTITION OF too) to see that none belongs to the new one, both under ACCESS EXCLUSIVE. A valid CHECK that proves it makes the scan unnecessary.',
  instead:
    'Add a CHECK that says the same as the bounds, NOT VALID, validate it by itself, then attach; for the DEFAULT partition a CHECK that excludes them.',
  links: ['https://www.postgresql.org/docs/current/ddl-partitioning.html#DDL-PARTITIONING-DECLARATIVE-MAINTENANCE'],
  bad: [
    {
      sql: `create table event (id int, at date not null) partition by range (at);
create table event_2024 (id int, at date not null);
-- next migration
alter table event attach partition event_2024 for values from ('2024-01-01') to ('2025-01-01');`,
    },
    {
      title: 'rows of the new partition could be in the default one',
      sql: `create table event (id int, at date not null) partition by range (at);
create table event_rest partition of event default;
-- next migration
create table event_2024 partition of event for values from ('2024-01-01') to ('2025-01-01');`,
    },
  ],
  good: [
    {
      title: 'a CHECK that matches the bound proves it',
      sql: `create table event (id int, at date not null) partition by range (at);
create table event_2024 (id int, at date not null, check (at >= '2024-01-01' and at < '2025-01-01'));
-- next migration
alter table event attach partition event_2024 for values from ('2024-01-01') to ('2025-01-01');`,
    },
    {
      title: 'there is no default partition',
      sql: `create table event (id int, at date not null) partition by range (at);
-- next migration
create table event_2024 partition of event for values from ('2024-01-01') to ('2025-01-01');`,
    },
  ],
  on: ['AT_AttachPartition', 'CreateStmt'],
  check(step) {
    const [first] = blockedByWork(step);
    const read = step.effects.filter(({ work }) => work === 'scan');
    if (first === undefined || read.length === 0) return;
    const blocked = list([...new Set(blockedByWork(step).map(({ relation }) => relation))]);
    const sure = read.some((effect) => effect.sure);
    const message = `${list([...new Set(read.map(({ relation }) => relation))])} is read in full while ${whomBlocks(first.lock)} to ${blocked} wait`;
    const instead = proven(step);
    return {
      message: sure ? message : `${message}, unless ${read[0]?.why}`,
      ...(!sure && { level: 'warning' }),
      ...(instead !== undefined && { instead }),
    };
  },
});

/** The CHECK that proves the bounds of a range over one column, and ATTACH after it. */
function proven(step: Step): string | undefined {
  const { statement, before } = step;
  if (!isKind(statement, 'AT_AttachPartition')) return undefined;
  const { def } = statement.node;
  const parent = statement.parent !== undefined && isKind(statement.parent, 'AlterTableStmt') && statement.parent.node;
  const key = parent ? findTable(before, parent.relation)?.partitionBy : undefined;
  const column = key?.keys.length === 1 ? key.keys[0]?.column : undefined;
  const bounds = /\bfrom\s*\(([^()]+)\)\s*to\s*\(([^()]+)\)\s*$/i.exec(statement.text);
  if (def === undefined || !('PartitionCmd' in def) || column === undefined || key?.strategy !== 'range')
    return undefined;
  if (bounds === null || /\b(?:min|max)value\b/i.test(statement.text)) return undefined;
  const child = written(def.PartitionCmd.name);
  const name = quoteIdentifier(column);
  const check = `${name} is not null and ${name} >= ${bounds[1]?.trim()} and ${name} < ${bounds[2]?.trim()}`;
  return [
    `alter table ${child} add constraint partition_bounds check (${check}) not valid;`,
    next,
    `alter table ${child} validate constraint partition_bounds;`,
    next,
    `alter table ${alteredTable(statement)} ${statement.text};`,
    `alter table ${child} drop constraint partition_bounds;`,
  ].join('\n');
}
