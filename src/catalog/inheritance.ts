import type { ApplyOptions } from './applies.js';
import type { Catalog, Column, Constraint, Oid, PartitionBound, Table, Trigger } from './catalog.js';
import { changeTable, putRelation } from './change.js';
import { cloneForeignKey } from './foreign-key.js';
import { attachOrCreate } from './index-definition.js';
import { inheritable, ownColumn, ownConstraint } from './inherited.js';
import { columnOf, descendants, indexesOf, isIndex, isTable, tables } from './lookup.js';
import { notNullOf } from './not-null.js';
import { unsaid } from './said.js';

/** What makes one table the child of another. */
export interface Bond {
  /** A partition, not a child by INHERITS. */
  readonly partition: boolean;
  readonly pg: number;
}

/**
 * The columns of a table with parents: first theirs, in order, those of one name made one; then its own. A default and NOT NULL
 * come down; the ownership of a sequence does not, and identity only to partitions since 17. MergeAttributes of tablecmds.c.
 */
export function mergeColumns(parents: readonly Table[], own: readonly Column[], bond: Bond): readonly Column[] {
  const merged = new Map<string, Column>();
  for (const parent of parents) {
    for (const column of parent.columns) {
      const known = merged.get(column.name);
      const bare = inheritedColumn(parent, column, bond);
      merged.set(column.name, { ...bare, ...known, notNull: bare.notNull || (known?.notNull ?? false) });
    }
  }
  for (const column of own) {
    const known = merged.get(column.name);
    const notNull = column.notNull || (known?.notNull ?? false);
    const both = { inherited: true, notNull, ...(!bond.partition && { local: true }) };
    merged.set(column.name, known === undefined ? column : { ...known, ...column, ...both });
  }
  return [...merged.values()];
}

function inheritedColumn(parent: Table, column: Column, bond: Bond): Column {
  const { identity, sequence: _, local: __, tuning: ___, ...bare } = unsaid(column);
  const constraint = notNullOf(parent, column.name);
  return {
    ...bare,
    // a NOT NULL that is not valid yet holds for a table without rows
    notNull: constraint === undefined ? column.notNull : !constraint.noInherit,
    inherited: true,
    ...(identity !== undefined && sharesIdentity(bond) && { identity }),
  };
}

/** Since 17 partitions have the identity columns of their parent. */
export function sharesIdentity({ partition, pg }: Bond): boolean {
  return partition && pg >= 17;
}

/** The CHECK (and since 18 NOT NULL) constraints that a new table has from its parents, each name once. */
export function inheritedConstraints(parents: readonly Table[]): readonly Constraint[] {
  const found = new Map<string, Constraint>();
  for (const constraint of parents.flatMap(({ constraints }) => constraints)) {
    if (constraint.noInherit || (constraint.kind !== 'check' && constraint.kind !== 'not null')) continue;
    const { local: _, ...rest } = unsaid(constraint);
    const key = constraint.kind === 'check' ? constraint.name : `${constraint.kind} ${constraint.columns[0]}`;
    // a table without rows has none to validate
    const enforced = constraint.enforced || (found.get(key)?.enforced ?? false);
    found.set(key, { ...rest, ...found.get(key), inherited: true, enforced, validated: enforced });
  }
  return [...found.values()];
}

/** Gives a partition what its parent has for all: indexes with their constraints, foreign keys, triggers FOR EACH ROW. */
export function equipPartition(catalog: Catalog, parent: Table, partition: Oid, options: ApplyOptions): Catalog {
  const indexed = indexesOf(catalog, parent).reduce(
    (now, index) => attachOrCreate(now, index.oid, partition, options, true),
    catalog,
  );
  const keys = parent.constraints.filter(({ kind }) => kind === 'foreign key');
  const keyed = keys.reduce((now, key) => cloneForeignKey(now, partition, key, options.pg), indexed);
  const triggers = parent.triggers.filter(({ forEachRow }) => forEachRow);
  return triggers.reduce((now, trigger) => cloneTrigger(now, partition, trigger), keyed);
}

/** Gives a partition, and its own partitions, a trigger of its parent. */
export function cloneTrigger(catalog: Catalog, oid: Oid, trigger: Trigger): Catalog {
  const table = catalog.relations.get(oid);
  if (table === undefined || !isTable(table)) return catalog;
  const clone: Trigger = { ...unsaid(trigger), inherited: true };
  const cloned = changeTable(catalog, oid, (now) => ({
    ...now,
    triggers: [...now.triggers.filter(({ name }) => name !== clone.name), clone],
  }));
  return tables(catalog, table.children).reduce((now, child) => cloneTrigger(now, child.oid, clone), cloned);
}

/** Makes one table the child of another: INHERIT, or ATTACH PARTITION with its bound. */
export function link(
  catalog: Catalog,
  parent: Table,
  child: Table,
  options: ApplyOptions,
  bound?: PartitionBound,
): Catalog {
  if (child.parents.includes(parent.oid) || child.oid === parent.oid) return catalog;
  const above = changeTable(catalog, parent.oid, (table) => ({ ...table, children: [...table.children, child.oid] }));
  const below = changeTable(above, child.oid, (table) => ({
    ...table,
    parents: [...table.parents, parent.oid],
    columns: inheritingColumns(parent, table, { partition: bound !== undefined, pg: options.pg }),
    constraints: inheritingConstraints(parent, table, bound !== undefined),
    ...(bound && { bound }),
  }));
  return bound === undefined ? below : equipPartition(below, parent, child.oid, options);
}

/** A child whose columns the history does not show has at least those of its parent. */
function inheritingColumns(parent: Table, child: Table, bond: Bond): readonly Column[] {
  const own = child.columns.map((column): Column => {
    const above = columnOf(parent, column.name);
    if (above === undefined) return column;
    const identity = sharesIdentity(bond) && above.identity !== undefined && { identity: above.identity };
    const local = !bond.partition && !column.inherited && { local: true };
    return { ...column, inherited: true, ...local, ...identity };
  });
  const missing = child.complete ? [] : parent.columns.filter(({ name }) => columnOf(child, name) === undefined);
  return [...own, ...mergeColumns([{ ...parent, columns: missing }], [], bond)];
}

function inheritingConstraints(parent: Table, child: Table, partition: boolean): readonly Constraint[] {
  const wanted = inheritedConstraints([parent]);
  return child.constraints.map((constraint) => {
    const same = wanted.some(
      ({ kind, name, columns }) =>
        kind === constraint.kind &&
        (kind === 'check' ? name === constraint.name : columns[0] === constraint.columns[0]),
    );
    if (!same) return constraint;
    return { ...constraint, inherited: true, ...(!partition && !constraint.inherited && { local: true }) };
  });
}

/** Makes a child independent of one parent: NO INHERIT, or DETACH PARTITION. What it had from there stays, as its own. */
export function unlink(catalog: Catalog, parent: Table, child: Table): Catalog {
  const others = tables(catalog, child.parents).filter(({ oid }) => oid !== parent.oid);
  const partition = child.bound !== undefined;
  const above = changeTable(catalog, parent.oid, (table) => ({
    ...table,
    children: table.children.filter((oid) => oid !== child.oid),
  }));
  const below = changeTable(above, child.oid, ({ bound: _, ...table }) => ({
    ...table,
    parents: table.parents.filter((oid) => oid !== parent.oid),
    columns: table.columns.map((column) =>
      column.inherited && !others.some((other) => columnOf(other, column.name))
        ? withoutSharedIdentity(ownColumn(column))
        : column,
    ),
    constraints: table.constraints.map((constraint) =>
      constraint.inherited &&
      // what a parent has lost with a column stays marked as inherited for ever, on a server too
      (partition || inheritable(parent, constraint)) &&
      !others.some((other) => inheritable(other, constraint))
        ? ownConstraint(constraint)
        : constraint,
    ),
    triggers: partition ? table.triggers.filter(({ inherited }) => !inherited) : table.triggers,
  }));
  const without = partition
    ? descendants(below, child).reduce((now, { oid }) => withoutTriggers(now, oid, child.triggers), below)
    : below;
  return indexesOf(without, child).reduce((now, index) => detachIndex(now, index.oid), without);
}

/** An identity column without a sequence of its own had the identity of its parent. */
function withoutSharedIdentity({ identity, ...column }: Column): Column {
  return identity === undefined || column.sequence === undefined ? column : { ...column, identity };
}

/** The copies of a parent's triggers go with the bond, at every depth. */
function withoutTriggers(catalog: Catalog, oid: Oid, triggers: readonly Trigger[]): Catalog {
  const gone = new Set(triggers.flatMap(({ name, inherited }) => (inherited ? [name] : [])));
  return changeTable(catalog, oid, (table) => ({
    ...table,
    triggers: table.triggers.filter(({ name, inherited }) => !inherited || !gone.has(name)),
  }));
}

function detachIndex(catalog: Catalog, oid: Oid): Catalog {
  const index = catalog.relations.get(oid);
  if (index === undefined || !isIndex(index) || index.parent === undefined) return catalog;
  const { parent, ...alone } = index;
  const above = catalog.relations.get(parent);
  const detached = putRelation(catalog, alone);
  return above === undefined || !isIndex(above)
    ? detached
    : putRelation(detached, { ...above, children: above.children.filter((child) => child !== oid) });
}
