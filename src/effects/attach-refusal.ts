import type { PartitionBound, Table } from '../catalog/catalog.js';
import { sameExpression } from '../catalog/expression.js';
import { ancestors, columnOf } from '../catalog/lookup.js';
import { notNullOf } from '../catalog/not-null.js';
import type { CommandContext } from './alter-table-command.js';
import { type Draft, fail } from './draft.js';
import { boundRefusal } from './partition-bound.js';
import { overlapRefusal } from './partition-overlap.js';
import { isSameType } from './types.js';

// What cannot become a partition or a child of a table.

export function notPartitioned(action: string, { table, pg }: CommandContext): Draft | undefined {
  if (!table.complete || table.kind === 'partitioned') return undefined;
  return pg < 18
    ? fail(`table "${table.name}" is not partitioned`, '42P17')
    : fail(`ALTER action ${action} cannot be performed on relation "${table.name}"`, '42809');
}

export function attachRefusal(partition: Table, bound: PartitionBound, context: CommandContext): Draft | undefined {
  const { catalog, table } = context;
  const unpartitioned = notPartitioned('ATTACH PARTITION', context);
  if (unpartitioned !== undefined) return unpartitioned;
  if (partition.bound !== undefined) return fail(`"${partition.name}" is already a partition`, '42809');
  if (partition.ofType !== undefined) return fail('cannot attach a typed table as partition', '42809');
  if (partition.parents.length > 0) return fail('cannot attach inheritance child as partition', '42809');
  if (partition.kind === 'table' && partition.children.length > 0)
    return fail('cannot attach inheritance parent as partition', '42809');
  if ([table, ...ancestors(catalog, table)].some(({ oid }) => oid === partition.oid))
    return fail('circular inheritance not allowed', '42P07');
  const mixed = mixedPersistence(partition, table, 'attach');
  if (mixed !== undefined) return mixed;
  const misfit = boundRefusal(bound, table, context);
  if (misfit !== undefined) return misfit;
  const extra = table.complete ? partition.columns.find(({ name }) => columnOf(table, name) === undefined) : undefined;
  if (extra !== undefined)
    return fail(
      `table "${partition.name}" contains column "${extra.name}" not found in parent "${table.name}"`,
      '42804',
    );
  return overlapRefusal(catalog, table, partition.name, bound) ?? childRefusal(partition, context);
}

/** What lasts for a session has its partitions and parents there. */
export function mixedPersistence(
  partition: Pick<Table, 'persistence'>,
  { name, persistence, kind }: Table,
  verb: 'attach' | 'create',
): Draft | undefined {
  const [own, other] = [partition, { persistence }].map((one) => one.persistence === 'temporary');
  if (own === other) return undefined;
  const [which, whose] = own ? ['temporary', 'permanent'] : ['permanent', 'temporary'];
  // a permanent table may have temporary children, though no temporary partitions
  if (kind !== 'partitioned' && own) return undefined;
  return fail(`cannot ${verb} a ${which} relation as partition of ${whose} relation "${name}"`, '42809');
}

/** What a child lacks of its parent (MergeAttributesIntoExisting, MergeConstraintsIntoExisting). */
export function childRefusal(
  child: Table,
  { table: given, pg }: CommandContext,
  parent: Table = given,
): Draft | undefined {
  if (!child.complete) return undefined;
  for (const column of parent.columns) {
    const own = columnOf(child, column.name);
    if (own === undefined) return fail(`child table is missing column "${column.name}"`, '42804');
    if (own.type !== undefined && column.type !== undefined && !isSameType(own.type, column.type))
      return fail(`child table "${child.name}" has different type for column "${column.name}"`, '42804');
    if (column.notNull && !own.notNull && notNullOf(parent, column.name)?.noInherit !== true) {
      const of = pg < 18 ? '' : ` "${child.name}"`;
      return fail(`column "${column.name}" in child table${of} must be marked NOT NULL`, '42804');
    }
  }
  const missing = parent.constraints.find(
    ({ kind, name, noInherit }) =>
      kind === 'check' && !noInherit && !child.constraints.some((own) => own.kind === 'check' && own.name === name),
  );
  if (missing !== undefined) return fail(`child table is missing constraint "${missing.name}"`, '42804');
  const other = parent.constraints.find(({ kind, name, noInherit, expression }) => {
    const own = kind === 'check' && !noInherit ? child.constraints.find((one) => one.name === name) : undefined;
    return own?.expression !== undefined && expression !== undefined && !sameExpression(own.expression, expression);
  });
  return (
    other && fail(`child table "${child.name}" has different definition for check constraint "${other.name}"`, '42804')
  );
}
