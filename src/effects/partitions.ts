import type { Catalog, Column, Constraint, Table } from '../catalog/catalog.js';
import { keyToAdopt } from '../catalog/foreign-key.js';
import { provesNotInPartition, provesPartition } from '../catalog/implication.js';
import {
  ancestors,
  descendants,
  findRelation,
  findTable,
  findType,
  isTable,
  referrers,
  tables,
} from '../catalog/lookup.js';
import { partitionBound } from '../catalog/partition-key.js';
import { type Node, type PartitionCmd, type RangeVar, strings } from '../sql/tree.js';
import type { CommandContext, CommandTable, PredictCommand } from './alter-table-command.js';
import { attachRefusal, childRefusal, notPartitioned } from './attach-refusal.js';
import { buildEach } from './constraints.js';
import { all, type Draft, fail, forbidden, lock, nothing, scan } from './draft.js';
import { enforcementConflict } from './foreign-key.js';
import { lockUnknown, newIndexes, withPartitions } from './relations.js';
import { isSameType } from './types.js';
import { misplaced, notReferenced, outOfBounds } from './violation.js';

function partitionCommand(def: Node | undefined): PartitionCmd | undefined {
  return def !== undefined && 'PartitionCmd' in def ? def.PartitionCmd : undefined;
}

/**
 * ATTACH PARTITION: the parent goes on working, the new partition does not, nor does the DEFAULT partition, which may hold rows that now
 * belong elsewhere. Both are read unless their constraints prove the bound.
 */
const attach: PredictCommand = ({ def }, context) => {
  const { catalog, table, pg } = context;
  const { name: range, bound } = partitionCommand(def) ?? {};
  if (range === undefined || bound === undefined) return nothing;
  const partition = findTable(catalog, range);
  const found = findRelation(catalog, range);
  if (partition === undefined && found !== undefined)
    return fail(`"${found.name}" is not a table or foreign table`, '42809');
  if (partition === undefined) return notPartitioned('ATTACH PARTITION', context) ?? attachUnknown(range, context);
  const wanted = partitionBound(bound);
  const refusal = attachRefusal(partition, wanted, context);
  if (refusal !== undefined) return refusal;
  const why = 'it becomes a partition';
  const mode = 'AccessExclusiveLock';
  const unknown = !partition.complete || !table.complete;
  const proved = wanted !== undefined && !unknown && provesPartition(catalog, partition, table, wanted);
  const inherited = table.constraints.filter(({ kind }) => kind === 'foreign key');
  return all(
    ...withPartitions(catalog, partition).map((one) => lock(one, mode, why)),
    // the rows must meet the bounds of the parents above as well: ATExecAttachPartition, RelationGetPartitionQual
    ...ancestors(catalog, table).map((one) => lock(one, 'AccessShareLock', 'its bound is looked up')),
    ...(proved
      ? []
      : stored(context, partition).map((one) =>
          all(scan(one, mode, 'every row is checked against the bound', !unknown), outOfBounds(one)),
        )),
    defaultPartition(context, (one) => wanted !== undefined && provesNotInPartition(catalog, one, table, wanted)),
    ...inherited.map((constraint) => inheritForeignKey(constraint, partition, context)),
    ...referrers(catalog, table).map((other) =>
      lock(
        other,
        pg < 15 ? 'AccessShareLock' : 'ShareRowExclusiveLock',
        'its foreign key refers to the new partition too',
      ),
    ),
    buildEach(newIndexes(catalog, context.after), context),
  );
};

function stored({ catalog }: CommandContext, table: Table): readonly Table[] {
  return withPartitions(catalog, table).filter(({ kind }) => kind === 'table');
}

function attachUnknown(range: RangeVar, context: CommandContext): Draft {
  const locked = lockUnknown(context.catalog, range, 'AccessExclusiveLock', 'it becomes a partition');
  const [name = ''] = locked.effects.map(({ relation }) => relation);
  return all(
    locked,
    scan(
      name,
      'AccessExclusiveLock',
      'every row is checked against the bound (the history does not show the table)',
      false,
    ),
    defaultPartition(context, () => false),
  );
}

/** The DEFAULT partition may hold rows of the new partition; it is read unless a constraint shows that it does not. */
function defaultPartition(context: CommandContext, proved: (one: Table) => boolean): Draft {
  const found = tables(context.catalog, context.table.children).find(({ bound }) => bound?.kind === 'default');
  if (found === undefined) return nothing;
  const mode = 'AccessExclusiveLock';
  const why = 'the default partition is searched for rows of the new one';
  return all(
    ...withPartitions(context.catalog, found).map((one) =>
      lock(one, mode, 'what the default partition may hold changes'),
    ),
    ...(proved(found) ? [] : stored(context, found).map((one) => all(scan(one, mode, why), misplaced(one)))),
  );
}

function inheritForeignKey(constraint: Constraint, partition: Table, context: CommandContext): Draft {
  const { catalog, pg } = context;
  const referenced = tables(catalog, constraint.references === undefined ? [] : [constraint.references.table]);
  const own = keyToAdopt(partition, constraint, pg);
  const conflict = own && enforcementConflict(own, constraint, context.table);
  if (conflict !== undefined) return conflict;
  const each = referenced.flatMap((one) => withPartitions(catalog, one));
  // until 14 only tables with rows lose a trigger
  const modeOn = ({ kind }: Table) =>
    own?.enforced && (pg >= 15 || kind !== 'partitioned') ? 'AccessExclusiveLock' : 'ShareRowExclusiveLock';
  const why =
    own === undefined ? 'the partition gets it from its parent' : 'that of the partition becomes a part of it';
  return all(
    ...each.map((one) => lock(one, modeOn(one), `the foreign key ${constraint.name} refers to it, and ${why}`)),
    ...(constraint.validated && !own?.validated
      ? [
          notReferenced(partition, constraint.name),
          ...[...stored(context, partition), ...each.filter(({ kind }) => kind === 'table')].map((one) =>
            scan(one, 'AccessShareLock', 'the foreign key of the partition is verified'),
          ),
        ]
      : []),
  );
}

const detach: PredictCommand = ({ def }, context) => {
  const { catalog, table, pg } = context;
  const { name: range, concurrent = false } = partitionCommand(def) ?? {};
  if (range === undefined) return nothing;
  const partition = findTable(catalog, range);
  const own = concurrent ? forbidden : nothing;
  // 13 locks a partition no more than ATTACH its parent, unless it is the default one or loses the parent's triggers
  const weak =
    pg < 14 &&
    partition?.bound?.kind !== 'default' &&
    !partition?.triggers.some(({ inherited }) => inherited) &&
    !(partition && inheritedKeys(partition, catalog).some(({ kind }) => kind === 'partitioned'));
  const mode = weak ? 'ShareUpdateExclusiveLock' : 'AccessExclusiveLock';
  const why = 'it is detached';
  const refusal = notPartitioned('DETACH PARTITION', context);
  if (refusal !== undefined) return all(own, refusal);
  if (partition === undefined) return all(own, lockUnknown(catalog, range, mode, why));
  if (!partition.parents.includes(table.oid)) {
    if (!table.complete || !partition.complete) return all(own, lock(partition, mode, why));
    return all(own, fail(`relation "${partition.name}" is not a partition of relation "${table.name}"`, '42P01'));
  }
  const other = tables(catalog, table.children).find(({ bound }) => bound?.kind === 'default');
  if (concurrent && other !== undefined)
    return all(own, fail('cannot detach partitions concurrently when a default partition exists', '55000'));
  return all(
    own,
    lock(partition, mode, why),
    // the condition of the bound, which is kept as a CHECK unless it is that of a hash, includes those of the parents above
    ...(concurrent && table.partitionBy?.strategy !== 'hash' ? ancestors(catalog, table) : []).map((one) =>
      lock(one, 'AccessShareLock', 'its bound is looked up'),
    ),
    ...descendants(catalog, partition).map((one) => lock(one, 'AccessExclusiveLock', why)),
    other === undefined || other === partition
      ? nothing
      : lock(other, 'AccessExclusiveLock', 'what the default partition may hold changes'),
    ...outgoing(partition, context),
    ...incoming(partition, context),
  );
};

/** The foreign keys that the partition has from its parent become its own, with triggers of their own: before 15 only where nothing is partitioned. */
function outgoing(partition: Table, { catalog, pg }: CommandContext): readonly Draft[] {
  return inheritedKeys(partition, catalog)
    .filter(({ kind }) => kind !== 'partitioned' || pg >= 15)
    .flatMap((one) => withPartitions(catalog, one))
    .map((one) => lock(one, 'ShareRowExclusiveLock', 'the foreign key becomes that of the detached table alone'));
}

/** What the foreign keys that a partition has from its parent refer to. */
function inheritedKeys({ constraints }: Table, catalog: Catalog): readonly Table[] {
  return constraints
    .filter(({ kind, inherited }) => kind === 'foreign key' && inherited)
    .flatMap(({ references }) => tables(catalog, references === undefined ? [] : [references.table]));
}

/** No row may be left that refers to one of the partition. */
function incoming(partition: Table, context: CommandContext): readonly Draft[] {
  const why = 'it is searched for rows that refer to the detached partition';
  return referrers(context.catalog, context.table).flatMap((other) => [
    lock(other, 'AccessExclusiveLock', 'its foreign key refers to the detached partition'),
    ...withPartitions(context.catalog, other).map((one) => {
      const mode = one === other ? 'AccessExclusiveLock' : 'AccessShareLock';
      return one.kind === 'table' ? scan(one, mode, why) : lock(one, mode, why);
    }),
    ...stored(context, partition).map((one) => scan(one, 'AccessExclusiveLock', why)),
    fail(
      `removing partition "${partition.name}" violates foreign key constraint "${keyName(other, context)}"`,
      '23503',
      false,
    ),
  ]);
}

function keyName(other: Table, { table }: CommandContext): string {
  return other.constraints.find(({ references }) => references?.table === table.oid)?.name ?? '';
}

const finalize: PredictCommand = ({ def }, context) => {
  const refusal = context.pg < 18 ? undefined : notPartitioned('DETACH PARTITION ... FINALIZE', context);
  if (refusal !== undefined) return refusal;
  const partition = findTable(context.catalog, partitionCommand(def)?.name);
  if (partition === undefined) return nothing;
  // only a DETACH CONCURRENTLY that was interrupted leaves something to complete, and the history does not show one
  return all(
    lock(partition, 'AccessExclusiveLock', 'its detaching is completed'),
    fail(`cannot complete detaching partition "${partition.name}"`, '55000', false),
  );
};

const inherit: PredictCommand = ({ def }, context) => {
  const { catalog, table } = context;
  if (def === undefined || !('RangeVar' in def)) return nothing;
  const parent = findRelation(catalog, def.RangeVar);
  const why = 'it becomes a parent';
  const fixed = fixedInheritance(table) ?? (parent !== undefined && isTable(parent) ? unfitParent(parent) : undefined);
  if (fixed !== undefined) return fixed;
  if (parent === undefined) return lockUnknown(catalog, def.RangeVar, 'ShareUpdateExclusiveLock', why);
  if (!isTable(parent)) return nothing;
  if (table.parents.includes(parent.oid))
    return fail(`relation "${parent.name}" would be inherited from more than once`, '42P07');
  const below = descendants(catalog, table);
  if (below.includes(parent) || parent === table) return fail('circular inheritance not allowed', '42P07');
  const refusal = childRefusal(table, context, parent);
  if (refusal !== undefined) return refusal;
  return all(
    lock(parent, 'ShareUpdateExclusiveLock', why),
    ...below.map((one) => lock(one, 'AccessShareLock', 'it is looked at, lest inheritance runs in a circle')),
  );
};

function fixedInheritance({ kind, bound }: Table): Draft | undefined {
  if (kind === 'partitioned') return fail('cannot change inheritance of partitioned table', '42809');
  return bound === undefined ? undefined : fail('cannot change inheritance of a partition', '42809');
}

function unfitParent({ kind, bound, name }: Table): Draft | undefined {
  if (kind === 'partitioned') return fail(`cannot inherit from partitioned table "${name}"`, '42809');
  return bound === undefined ? undefined : fail('cannot inherit from a partition', '42809');
}

const noInherit: PredictCommand = ({ def }, { catalog, table }) => {
  if (def === undefined || !('RangeVar' in def)) return nothing;
  const parent = findRelation(catalog, def.RangeVar);
  const why = 'it is no parent any more';
  if (table.bound !== undefined) return fail('cannot change inheritance of a partition', '42809');
  if (parent === undefined) return lockUnknown(catalog, def.RangeVar, 'AccessShareLock', why);
  if (table.complete && isTable(parent) && !table.parents.includes(parent.oid))
    return fail(`relation "${parent.name}" is not a parent of relation "${table.name}"`, '42P01');
  return lock(parent, 'AccessShareLock', why);
};

/** OF: the table must have the columns of the type, in its order and of its types (ATExecAddOf). */
const ofType: PredictCommand = ({ def }, { catalog, table }) => {
  const name = def !== undefined && 'TypeName' in def ? strings(def.TypeName.names) : [];
  if (name.length === 0) return nothing;
  const type = findType(catalog, name);
  if (type === undefined) return fail(`type "${name.join('.')}" does not exist`, '42704', false);
  if (type.kind !== 'composite' && type.kind !== 'base')
    return fail(`type ${type.name} is not a composite type`, '42809');
  const composite = type.kind === 'composite' ? catalog.relations.get(type.relation) : undefined;
  if (composite?.kind !== 'composite type') return nothing;
  return table.complete ? (columnsDiffer(table, composite.columns) ?? nothing) : nothing;
};

function columnsDiffer({ columns }: Table, wanted: readonly Column[]): Draft | undefined {
  for (const [at, { name, type }] of wanted.entries()) {
    const own = columns[at];
    if (own === undefined) return fail(`table is missing column "${name}"`, '42804');
    if (own.name !== name) return fail(`table has column "${own.name}" where type requires "${name}"`, '42804');
    if (own.type !== undefined && type !== undefined && !isSameType(own.type, type))
      return fail(`table has different type for column "${name}"`, '42804');
  }
  const extra = columns[wanted.length];
  return extra && fail(`table has extra column "${extra.name}"`, '42804');
}

/** What ALTER TABLE does with parents, children, partitions and types of tables. */
export const partitionCommands: CommandTable = {
  AT_AttachPartition: attach,
  AT_DetachPartition: detach,
  AT_DetachPartitionFinalize: finalize,
  AT_AddInherit: inherit,
  AT_DropInherit: noInherit,
  AT_AddOf: ofType,
  AT_DropOf: (_, { table }) =>
    table.complete && table.ofType === undefined ? fail(`"${table.name}" is not a typed table`, '42809') : nothing,
};
