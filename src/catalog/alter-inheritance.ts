import type { Statement } from '../sql/statement.js';
import type { AlterTableCmd, PartitionCmd } from '../sql/tree.js';
import type { ApplyOptions } from './applies.js';
import type { Catalog, Table } from './catalog.js';
import { changeTable, putRelation } from './change.js';
import { withBoundAsCheck } from './detached.js';
import { attachIndex } from './index-definition.js';
import { link, unlink } from './inheritance.js';
import { descendants, findRelation, findTable, isIndex, typeByOid } from './lookup.js';
import { partitionBound } from './partition-key.js';
import { tableOrStub } from './stub.js';
import { alterTableOf, onTable, type TableCommand } from './table-command.js';
import { typeRef } from './type-ref.js';

/** The server refuses a table that would inherit from itself; the catalog must not hold one, for it follows children to their end. */
function isCircular(catalog: Catalog, parent: Table, child: Table): boolean {
  return [child, ...descendants(catalog, child)].some(({ oid }) => oid === parent.oid);
}

const attach: TableCommand = (catalog, table, { def }, options) => {
  if (def === undefined || !('PartitionCmd' in def)) return catalog;
  const { name, bound } = def.PartitionCmd;
  if (name === undefined || bound === undefined) return catalog;
  const [known, partition] = tableOrStub(catalog, name);
  if (partition === undefined || isCircular(known, table, partition)) return known;
  // ATTACH proves that a table which is not fully known is partitioned
  const parent: Table = table.complete ? table : { ...table, kind: 'partitioned' };
  return link(parent === table ? known : putRelation(known, parent), parent, partition, options, partitionBound(bound));
};

const detach: TableCommand = (catalog, table, node, options) => {
  const command = partitionOf(node);
  const partition = findTable(catalog, command?.name);
  if (partition === undefined || !partition.parents.includes(table.oid)) return catalog;
  const checked = command?.concurrent ? withBoundAsCheck(catalog, table, partition, options) : catalog;
  return unlink(checked, table, partition);
};

const inherit: TableCommand = (catalog, table, { def }, options) => {
  if (def === undefined || !('RangeVar' in def)) return catalog;
  const [known, parent] = tableOrStub(catalog, def.RangeVar);
  return parent === undefined || isCircular(known, parent, table) ? known : link(known, parent, table, options);
};

const noInherit: TableCommand = (catalog, table, { def }) => {
  const parent = def !== undefined && 'RangeVar' in def ? findTable(catalog, def.RangeVar) : undefined;
  return parent === undefined || !table.parents.includes(parent.oid) ? catalog : unlink(catalog, parent, table);
};

const addOf: TableCommand = (catalog, table, { def }) => {
  const oid = def !== undefined && 'TypeName' in def ? typeRef(catalog, def.TypeName)?.oid : undefined;
  return oid === undefined || typeByOid(catalog, oid) === undefined
    ? catalog
    : changeTable(catalog, table.oid, (now) => ({ ...now, ofType: oid }));
};

const dropOf: TableCommand = (catalog, table) => changeTable(catalog, table.oid, ({ ofType: _, ...now }) => now);

/** ATTACH PARTITION of a table or of an index. */
function attachTableOrIndex(
  node: AlterTableCmd,
  statement: Statement,
  catalog: Catalog,
  options: ApplyOptions,
): Catalog {
  const parent = findRelation(catalog, alterTableOf(statement)?.relation);
  if (parent === undefined || !isIndex(parent)) return onTable(attach)(node, statement, catalog, options);
  const child = findRelation(catalog, partitionOf(node)?.name);
  return child === undefined ? catalog : attachIndex(catalog, parent.oid, child.oid);
}

function partitionOf({ def }: AlterTableCmd): PartitionCmd | undefined {
  return def !== undefined && 'PartitionCmd' in def ? def.PartitionCmd : undefined;
}

/** The commands of ALTER TABLE that change what a table inherits from. */
export const inheritanceCommands = {
  AT_AttachPartition: attachTableOrIndex,
  AT_DetachPartition: onTable(detach),
  AT_DetachPartitionFinalize: onTable(detach),
  AT_AddInherit: onTable(inherit),
  AT_DropInherit: onTable(noInherit),
  AT_AddOf: onTable(addOf),
  AT_DropOf: onTable(dropOf),
} as const;
