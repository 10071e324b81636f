import { type Constraint as ConstraintNode, strings } from '../sql/tree.js';
import type { Catalog, Constraint, Index, Oid, Table } from './catalog.js';
import { changeTable } from './change.js';
import type { ConstraintOptions } from './constraint-definition.js';
import { columnsAddition, freeConstraintName } from './generated-name.js';
import { indexesOf, isTable, tables } from './lookup.js';
import { unsaid } from './said.js';
import { tableOrStub } from './stub.js';

const actions: Readonly<Record<string, string>> = {
  a: 'no action',
  r: 'restrict',
  c: 'cascade',
  n: 'set null',
  d: 'set default',
};

/** Adds a foreign key; of a partitioned table, to its partitions too. Without columns it refers to the primary key. */
export function addForeignKey(
  catalog: Catalog,
  table: Table,
  node: ConstraintNode,
  options: ConstraintOptions,
): Catalog {
  if (node.pktable === undefined) return catalog;
  const [known, target] = tableOrStub(catalog, node.pktable);
  if (target === undefined) return known;
  const columns = strings(node.fk_attrs);
  const named = strings(node.pk_attrs);
  const index = keyBehind(known, target, named);
  const enforced = node.is_enforced ?? false;
  const key: Constraint = {
    name: node.conname ?? chosenName(known, table, columns),
    kind: 'foreign key',
    validated: enforced && (options.newTable || !node.skip_validation),
    enforced,
    columns,
    references: {
      table: target.oid,
      ...(index !== undefined && { index }),
      columns: named.length > 0 ? named : primaryKeyOf(target),
      onDelete: actions[node.fk_del_action ?? ''] ?? 'no action',
      onUpdate: actions[node.fk_upd_action ?? ''] ?? 'no action',
      ...(node.fk_matchtype === 'f' && { match: 'full' }),
    },
    deferrable: node.deferrable ?? false,
    ...(node.initdeferred && { deferred: true }),
    noInherit: table.kind !== 'partitioned',
    inherited: false,
    born: options.born,
  };
  const added = changeTable(known, table.oid, (now) => ({
    ...now,
    constraints: [...now.constraints.filter(({ name }) => name !== key.name), key],
  }));
  return inheritForeignKey(added, table.oid, key, options.pg);
}

function chosenName(catalog: Catalog, table: Table, columns: readonly string[]): string {
  return freeConstraintName(catalog, table.schema, table.name, columnsAddition(columns), 'fkey');
}

/** The name of a partition's foreign key when that of its parent is taken: since 18 it is numbered. */
function nameBeside(catalog: Catalog, partition: Table, key: Constraint, pg: number): string {
  return pg < 18
    ? chosenName(catalog, partition, key.columns)
    : freeConstraintName(catalog, partition.schema, key.name, undefined, '');
}

/** The columns of a table's primary key; none when it has none that the history shows. */
export function primaryKeyOf(table: Table): readonly string[] {
  return table.constraints.find(({ kind }) => kind === 'primary key')?.columns ?? [];
}

/** The primary key's index, or the first of those that are unique in just these columns: transformFkeyCheckAttrs. */
function keyBehind(catalog: Catalog, target: Table, columns: readonly string[]): Oid | undefined {
  if (columns.length === 0) return target.constraints.find(({ kind }) => kind === 'primary key')?.index;
  const fits = ({ keys, unique, valid, predicate }: Index) =>
    unique &&
    valid &&
    predicate === undefined &&
    keys.length === columns.length &&
    keys.every(({ column }) => column !== undefined && columns.includes(column));
  const found = indexesOf(catalog, target).filter(fits);
  return found.length === 0 ? undefined : Math.min(...found.map(({ oid }) => oid));
}

/** Gives the partitions of a table its foreign key. */
function inheritForeignKey(catalog: Catalog, oid: Oid, key: Constraint, pg: number): Catalog {
  const table = catalog.relations.get(oid);
  if (table?.kind !== 'partitioned') return catalog;
  return tables(catalog, table.children).reduce(
    (now, { oid: partition }) => cloneForeignKey(now, partition, key, pg),
    catalog,
  );
}

/** Gives a partition a foreign key of its parent; one that it has already is taken if it is the same. */
export function cloneForeignKey(catalog: Catalog, oid: Oid, key: Constraint, pg: number): Catalog {
  const partition = catalog.relations.get(oid);
  if (partition === undefined || !isTable(partition)) return catalog;
  const own = keyToAdopt(partition, key, pg);
  const free = partition.constraints.every(({ name }) => name !== key.name);
  const name = free ? key.name : nameBeside(catalog, partition, key, pg);
  // since 18 one that is not valid is taken too, and validated
  const validated = key.validated || (own?.validated ?? false);
  const clone: Constraint = { ...(own ?? { ...unsaid(key), name }), validated, inherited: true };
  const cloned = changeTable(catalog, oid, (now) => ({
    ...now,
    constraints: [...now.constraints.filter((constraint) => constraint !== own), clone],
  }));
  // what it has already, its own partitions have from it
  return own === undefined ? inheritForeignKey(cloned, oid, clone, pg) : cloned;
}

/** The foreign key of a partition that becomes a part of this one of its parent, since 18 a NOT VALID one too: tryAttachPartitionForeignKey. */
export function keyToAdopt(partition: Table, key: Constraint, pg: number): Constraint | undefined {
  return partition.constraints.find(
    (constraint) => !constraint.inherited && (pg >= 18 || constraint.validated) && sameKey(constraint, key),
  );
}

function sameKey(one: Constraint, other: Constraint): boolean {
  const { references: a } = one;
  const { references: b } = other;
  return (
    a !== undefined &&
    b !== undefined &&
    a.table === b.table &&
    a.onDelete === b.onDelete &&
    a.onUpdate === b.onUpdate &&
    a.match === b.match &&
    one.deferrable === other.deferrable &&
    one.deferred === other.deferred &&
    one.columns.join() === other.columns.join() &&
    a.columns.join() === b.columns.join()
  );
}
