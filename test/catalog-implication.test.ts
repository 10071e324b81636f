import { beforeAll, describe, expect, test } from 'vitest';
import notNullProofs from '../fixtures/recorded/not-null-proofs.json' with { type: 'json' };
import partitionProofs from '../fixtures/recorded/partition-proofs.json' with { type: 'json' };
import type { Catalog, PartitionBound, Table } from '../src/catalog/catalog.js';
import { provesNotInPartition, provesNotNull, provesPartition } from '../src/catalog/implication.js';
import { emptyCatalog, isTable, relationByName } from '../src/catalog/lookup.js';
import { loadParser } from '../src/sql/parse.js';
import { replaySql } from './catalog-scripts.js';

beforeAll(loadParser);

// Recorded from servers: client_min_messages=debug1 says "existing constraints … are sufficient to prove …" and "… is implied by existing constraints".

/**
 * What the server proves by running functions, reading dates in other forms, or knowing the collation and the session's time zone. Not proved
 * here, a scan is predicted: the worse case.
 */
const beyond: readonly RegExp[] = [
  /^case when true/,
  /abs\(|make_date|interval|::date [-+]/,
  /'1 Feb 2024'/,
  /from \('a'\) to \('c'\): (k >= 'b' and k < 'bb'|k = 'b'|k >= 'a' and k < 'C')$/,
];

function table(catalog: Catalog, name: string): Table {
  const relation = relationByName(catalog, `public.${name}`);
  if (relation === undefined || !isTable(relation)) throw new Error(`no table ${name}`);
  return relation;
}

function replay(...statements: readonly string[]): Catalog {
  return replaySql(emptyCatalog(), statements.join(';\n'), 15);
}

describe('a CHECK proves NOT NULL as the server says', () => {
  test.each(notNullProofs.proofs)('$check: $column', ({ check, column, proved }) => {
    const catalog = replay(...notNullProofs.schema, `alter table t add check (${check})`);
    const known = proved && !beyond.some((pattern) => pattern.test(check));
    expect(provesNotNull(catalog, table(catalog, 't'), column)).toBe(known);
  });

  test.each([
    ['not valid', 'alter table t add constraint c check (a is not null) not valid', false],
    [
      'validated later',
      'alter table t add constraint c check (a is not null) not valid; alter table t validate constraint c',
      true,
    ],
    ['not enforced', 'alter table t add constraint c check (a is not null) not enforced', false],
    ['two constraints', 'alter table t add check (b > 0), add check (a is not null)', true],
    ['another column', 'alter table t add check (b is not null)', false],
  ])('%s', (_, sql, proved) => {
    const catalog = replaySql(emptyCatalog(), `create table t (a int, b int); ${sql}`, 18);
    expect(provesNotNull(catalog, table(catalog, 't'), 'a')).toBe(proved);
  });
});

/** The bound as the catalog has it of a partition. */
function boundOf(catalog: Catalog, text: string): PartitionBound {
  const { bound } = table(replaySql(catalog, `create table bounded partition of p ${text}`, 15), 'bounded');
  if (bound === undefined) throw new Error(`no bound: ${text}`);
  return bound;
}

describe('constraints prove a partition constraint as the server says', () => {
  const rows = partitionProofs.groups.flatMap((group) =>
    Object.entries(group.checks).map(([check, proved]) => ({ ...group, check, proved })),
  );

  test.each(rows)('$table, $bound: $check', (row) => {
    const catalog = replay(
      ...partitionProofs.types,
      ...row.setup,
      `create table t (${row.table}, check (${row.check}))`,
    );
    const [given, parent, bound] = [table(catalog, 't'), table(catalog, 'p'), boundOf(catalog, row.bound)];
    const prove = row.default === true ? provesNotInPartition : provesPartition;
    const zoned = row.table.includes('timestamptz') && /[+Z]/.test(row.check) !== /[+Z]/.test(row.bound);
    const known = row.proved && !zoned && !beyond.some((pattern) => pattern.test(`${row.bound}: ${row.check}`));
    expect(prove(catalog, given, parent, bound)).toBe(known);
  });

  test('the first partition, if it is the default one, takes every row', () => {
    const catalog = replay('create table p (k int) partition by range (k)', 'create table t (k int)');
    expect(provesPartition(catalog, table(catalog, 't'), table(catalog, 'p'), { kind: 'default' })).toBe(true);
  });

  test.each([
    ['create table p (k int) partition by range (k)', 'create table t (k int, check (k >= 1 and k < 10))', false],
    [
      'create table p (k int) partition by range (k)',
      'create table t (k int not null, check (k >= 1 and k < 10))',
      true,
    ],
  ])('a CHECK of the bound is not enough where the key may be NULL: %s; %s', (parent, child, proved) => {
    const catalog = replay(parent, child);
    const bound = boundOf(catalog, 'for values from (1) to (10)');
    expect(provesPartition(catalog, table(catalog, 't'), table(catalog, 'p'), bound)).toBe(proved);
  });

  test('an expression beyond reason proves itself alone, and nothing overflows', () => {
    const deep = `${'not '.repeat(3000)}a is not null`;
    const catalog = replay(`create table t (a boolean, check (${deep}))`);
    expect(provesNotNull(catalog, table(catalog, 't'), 'a')).toBe(false);
  });
});
