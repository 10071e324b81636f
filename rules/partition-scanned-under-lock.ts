import { type NewPartition, newPartition, partitionRecipe, readsForBound } from '../src/attached-partition.js';
import type { Index } from '../src/catalog/catalog.js';
import { defineRule } from '../src/rule.js';
import { blockedByWork, list, whomBlocks } from '../src/wording.js';

export default defineRule({
  id: 'partition-scanned-under-lock',
  level: 'error',
  title: 'A partition is read in full under lock',
  why: 'ATTACH PARTITION reads the new partition to see that every row is within its bounds, and the DEFAULT partition (CREATE TABLE … PARTITION OF too) to see that none belongs to the new one, both under ACCESS EXCLUSIVE. A valid CHECK that proves it makes the scan unnecessary. Indexes that the parent has and the new partition lacks are built meanwhile.',
  instead:
    'Add a CHECK that says the same as the bounds, NOT VALID, validate it by itself, then attach; for the DEFAULT partition a CHECK that excludes them. Build the indexes of the parent on the new partition before.',
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
    {
      title: 'the indexes of the parent are built under the lock as well, and the default partition is read',
      sql: `create table event (id int not null, at date not null, note text, primary key (id, at)) partition by range (at);
create index event_note on event (lower(note)) where id > 0;
create table event_rest partition of event default;
create table event_2024 (id int not null, at date not null, note text);
-- next migration
alter table event attach partition event_2024 for values from ('2024-01-01') to ('2025-01-01');`,
    },
    {
      title: 'where the CHECK is there, an index is still built',
      sql: `create table event (id int not null, at date not null, unique (id, at)) partition by range (at);
create table event_2024 (id int not null, at date not null, check (at >= '2024-01-01' and at < '2025-01-01'));
-- next migration
alter table event attach partition event_2024 for values from ('2024-01-01') to ('2025-01-01');`,
    },
    {
      title: 'values of a list, NULL among them',
      sql: `create table event (id int, kind text) partition by list (kind);
create table event_rest partition of event default;
create table event_new (id int, kind text);
-- next migration
alter table event attach partition event_new for values in ('login', null);`,
    },
    {
      title: 'without a lower end',
      sql: `create table event (id int, at date not null) partition by range (at);
create table event_old (id int, at date not null);
-- next migration
alter table event attach partition event_old for values from (minvalue) to ('2020-01-01');`,
    },
    {
      title: 'there is no short way for a hash',
      sql: `create table event (id int) partition by hash (id);
create table event_0 (id int);
-- next migration
alter table event attach partition event_0 for values with (modulus 2, remainder 0);`,
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
      title: 'the partition has what the parent has',
      sql: `create table event (id int not null, at date not null, primary key (id, at)) partition by range (at);
create table event_2024 (id int not null, at date not null, primary key (id, at), check (at >= '2024-01-01' and at < '2025-01-01'));
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
    const made = newPartition(step);
    const scanned = step.effects.filter(({ work }) => work === 'scan');
    if (first === undefined || scanned.length === 0) return;
    // what is read for an index alone is within its bounds
    const within = made?.attached !== undefined && !readsForBound(step, made) ? made.attached : undefined;
    const read = scanned.filter(({ relation }) => relation !== (within && `${within.schema}.${within.name}`));
    const doing = [...happens(read, 'read in full'), ...happens(made?.built.map(nameOf) ?? [], 'built')];
    const blocked = list([...new Set(blockedByWork(step).map(({ relation }) => relation))]);
    const message = `${list(doing)} while ${whomBlocks(first.lock)} to ${blocked} wait`;
    const sure = scanned.some((effect) => effect.sure);
    const instead = made && (partitionRecipe(step, made) ?? byHash(made));
    return {
      message: sure ? message : `${message}, unless ${scanned[0]?.why}`,
      ...(!sure && { level: 'warning' }),
      ...(instead !== undefined && { instead }),
    };
  },
});

function nameOf({ schema, name }: Index): { readonly relation: string } {
  return { relation: `${schema}.${name}` };
}

function happens(to: readonly { readonly relation: string }[], what: string): readonly string[] {
  const names = [...new Set(to.map(({ relation }) => relation))];
  return names.length === 0 ? [] : [`${list(names)} ${names.length > 1 ? 'are' : 'is'} ${what}`];
}

/** No comparison says what a hash does; the server's own condition names the parent, and is not followed here. */
function byHash({ bound, parent }: NewPartition): string | undefined {
  if (bound.kind !== 'hash') return undefined;
  return `There is no short way for a hash partition with rows: no comparison says which rows belong to it. Attach it to ${parent.name} while it is empty, and fill it through ${parent.name}.`;
}
