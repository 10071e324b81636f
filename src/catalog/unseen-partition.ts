import type { ApplyOptions } from './applies.js';
import type { Catalog, Constraint, Table } from './catalog.js';
import { putRelation } from './change.js';
import { inheritedConstraints, link } from './inheritance.js';
import { stubTable } from './stub.js';

/** Whether rows of a table have no place in what the history shows: they are in partitions that something else makes. */
export function lacksPartitions({ kind, children }: Table): boolean {
  return kind === 'partitioned' && children.length === 0;
}

/** The catalog with one partition that stands for all that a program makes when it runs, and its name. */
export function withUnseenPartition(
  catalog: Catalog,
  parent: Table,
  options: ApplyOptions,
): readonly [Catalog, string] {
  const child = {
    ...stubTable(catalog, parent.schema, `a partition of ${parent.name}`),
    constraints: inheritedConstraints([parent]).map((one) => ({ ...one, validated: isValid(parent, one) })),
    born: parent.born,
  };
  const linked = link(putRelation(catalog, child), parent, child, options, { kind: 'default' });
  return [linked, `${child.schema}.${child.name}`];
}

/** Its rows are as old as the table: what is not validated there is not validated here. */
function isValid({ constraints }: Table, { kind, name }: Constraint): boolean {
  return constraints.some((one) => one.kind === kind && one.name === name && one.validated);
}
