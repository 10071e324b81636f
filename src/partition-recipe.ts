import type { Catalog } from './catalog/catalog.js';
import { isTable, relationByName } from './catalog/lookup.js';
import { keyUsingIndex, next } from './recipes.js';
import { quoteIdentifier, unqualified } from './sql/names.js';
import { pasted } from './wording.js';

/** An index, or the constraint that it stands behind, for one table of a tree of partitions. */
interface Part {
  /** The table, as SQL. */
  readonly table: string;
  /** The name of the index, as CREATE INDEX has it. */
  readonly name: string;
  /** The index, as ALTER INDEX has it: it is in the schema of its table. */
  readonly index: string;
  /** Of a table that is partitioned itself. */
  readonly parts?: readonly Part[];
}

/** What is written for a table that is partitioned, and for one that holds rows. */
interface Making {
  readonly whole: (part: Part) => string;
  readonly leaf: (part: Part) => readonly string[];
}

/** An index on a partitioned table that is told to nobody who waits. */
export interface PartitionedIndex {
  readonly catalog: Catalog;
  /** schema.name of the table. */
  readonly relation: string;
  /** The table as its author wrote it. */
  readonly table: string;
  /** The name of the index, or of the constraint. */
  readonly name: string;
  /** The catalog in which PostgreSQL has given names to the indexes of the partitions. */
  readonly after?: Catalog;
  /** What the indexes of the partitions are called behind the name of their table, where nothing has named them. */
  readonly label?: string;
}

/**
 * The manual's way to an index on a partitioned table: one on each partitioned table alone, then for each partition one built
 * concurrently and attached ("Partition Maintenance" of the chapter on partitioning).
 */
export function indexByPartition(place: PartitionedIndex, unique: boolean, rest: string): string {
  const create = `create ${unique ? 'unique ' : ''}index`;
  return byPartition(place, {
    whole: ({ name, table }) => `${create} ${name} on only ${table}${rest};`,
    leaf: ({ name, table }) => [`${create} concurrently ${name} on ${table}${rest};`],
  });
}

/** The same of a constraint; a partition's own becomes a part of it (measured on 17). */
export function keyByPartition(
  place: PartitionedIndex,
  { kind, columns, nulls, attributes }: Readonly<Record<'kind' | 'columns' | 'nulls' | 'attributes', string>>,
): string {
  return byPartition(place, {
    whole: ({ name, table }) =>
      `alter table only ${table} add constraint ${name} ${kind}${nulls} ${columns}${attributes};`,
    leaf: ({ name, table }) => [
      `create unique index concurrently ${name} on ${table} ${columns}${nulls};`,
      keyUsingIndex({ table, name, kind, index: name, attributes }),
    ],
  });
}

function byPartition(place: PartitionedIndex, making: Making): string {
  const { catalog, relation, table, after, label = place.name } = place;
  const { schema } = unqualified(relation);
  const top: Part = {
    table,
    name: quoteIdentifier(place.name),
    index: pasted(`${schema}.${place.name}`),
    parts: partsOf(catalog, relation, label, after),
  };
  const each = attached(top, making);
  return [making.whole(top), `${next}: outside a transaction`, ...(each.length > 0 ? each : unseen(top, making))].join(
    '\n',
  );
}

function attached({ index, parts = [] }: Part, making: Making): readonly string[] {
  return parts.flatMap((part) => [
    ...(part.parts === undefined ? making.leaf(part) : [making.whole(part), ...attached(part, making)]),
    `alter index ${index} attach partition ${part.index};`,
  ]);
}

function unseen({ index }: Part, making: Making): readonly string[] {
  const lines = [...making.leaf({ table: '…', name: '…', index: '…' }), `alter index ${index} attach partition …;`];
  return ['-- for each partition (the history shows none):', ...lines.map((line) => `-- ${oneLine(line)}`)];
}

function oneLine(sql: string): string {
  return sql.replace(/\s*\n\s*/g, ' ');
}

/** The partitions of a table (schema.name) with names for their indexes: those that PostgreSQL gives them where `after` has them. */
function partsOf(catalog: Catalog, relation: string, label: string, after: Catalog | undefined): readonly Part[] {
  const table = relationByName(catalog, relation);
  if (table === undefined || !isTable(table)) return [];
  return table.children.flatMap((oid) => {
    const child = catalog.relations.get(oid);
    if (child === undefined || !isTable(child)) return [];
    const made = after?.relations.get(oid);
    const known = new Set<number>(child.indexes);
    const fresh = made !== undefined && isTable(made) ? made.indexes.find((one) => !known.has(one)) : undefined;
    const name = (fresh === undefined ? undefined : after?.relations.get(fresh)?.name) ?? `${child.name}_${label}`;
    const full = `${child.schema}.${child.name}`;
    const parts = child.kind === 'partitioned' ? { parts: partsOf(catalog, full, label, after) } : {};
    return [{ table: pasted(full), name: quoteIdentifier(name), index: pasted(`${child.schema}.${name}`), ...parts }];
  });
}
