import type { Catalog, Constraint, Oid, Table } from '../catalog/catalog.js';
import {
  type Doomed,
  doomedByColumn,
  doomedByConstraint,
  doomedByObject,
  doomedWithObject,
} from '../catalog/doomed.js';
import { ancestors, columnOf, descendants, isIndex, isTable, referencingTables, tables } from '../catalog/lookup.js';
import { all, type Draft, lock, nothing } from './draft.js';

/** What a DROP takes along, and what it refuses without CASCADE. */
export interface Fall {
  readonly doomed: readonly Doomed[];
  /** Something depends on what is dropped and does not go without CASCADE. */
  readonly needsCascade: boolean;
}

interface Waiting {
  readonly doomed: Doomed;
  /** It goes without CASCADE: named by the statement, a part of what is named, or a partition of it. */
  readonly automatic: boolean;
}

/** Follows pg_depend from what a DROP names: performMultipleDeletions of dependency.c. */
export function fallOf(catalog: Catalog, named: readonly Doomed[], dependents: readonly Doomed[] = []): Fall {
  const seen = new Map<string, Waiting>();
  const waiting: Waiting[] = [
    ...named.map((doomed) => ({ doomed, automatic: true })),
    ...dependents.map((doomed) => ({ doomed, automatic: false })),
  ];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const known = seen.get(keyOf(next.doomed));
    if (known !== undefined && (known.automatic || !next.automatic)) continue;
    seen.set(keyOf(next.doomed), next);
    waiting.push(...followers(catalog, next));
  }
  const found = [...seen.values()];
  const whole = new Set(found.flatMap(({ doomed, automatic }) => (automatic ? wholeOid(catalog, doomed) : [])));
  const refusing = found.filter(
    ({ doomed, automatic }) => !automatic && !whole.has(ownerOf(doomed)) && !isOfColumn(doomed, seen),
  );
  return { doomed: found.map(({ doomed }) => doomed), needsCascade: refusing.length > 0 };
}

function keyOf(doomed: Doomed): string {
  return doomed.kind === 'object' ? `${doomed.oid}` : `${doomed.table} ${doomed.kind} ${doomed.name}`;
}

/** A default that goes with its column. */
function isOfColumn(doomed: Doomed, seen: ReadonlyMap<string, Waiting>): boolean {
  return doomed.kind === 'default' && seen.get(keyOf({ ...doomed, kind: 'column' }))?.automatic === true;
}

function ownerOf(doomed: Doomed): Oid {
  return doomed.kind === 'object' ? doomed.oid : doomed.table;
}

/** A row type goes with its table, an index with the object that it belongs to. */
function wholeOid(catalog: Catalog, doomed: Doomed): readonly Oid[] {
  if (doomed.kind !== 'object') return [];
  const relation = catalog.relations.get(doomed.oid);
  return relation?.kind === 'composite type' ? [doomed.oid, relation.type] : [doomed.oid];
}

function followers(catalog: Catalog, { doomed, automatic }: Waiting): readonly Waiting[] {
  if (doomed.kind === 'object') {
    const parts = doomedWithObject(catalog, doomed.oid).map((part) => ({
      doomed: part,
      // a sequence that is dropped by itself leaves a default that calls it
      automatic: automatic && part.kind !== 'default',
    }));
    const dependents = doomedByObject(catalog, doomed.oid).map((dependent) => ({
      doomed: dependent,
      automatic:
        automatic && (isPartitionOf(catalog, dependent, doomed.oid) || isMultirangeOf(catalog, dependent, doomed.oid)),
    }));
    return [...parts, ...dependents, ...keysToPartition(catalog, doomed.oid)];
  }
  const relation = catalog.relations.get(doomed.table);
  if (relation === undefined) return [];
  if (doomed.kind === 'column') {
    const column = columnOf(relation, doomed.name);
    if (column === undefined || !('columns' in relation)) return [];
    return doomedByColumn(catalog, relation, column).map((part) => ({
      doomed: part,
      automatic: automatic && goesWithColumn(catalog, part, relation.oid, doomed.name),
    }));
  }
  if (doomed.kind !== 'constraint' || !isTable(relation)) return [];
  const constraint = relation.constraints.find(({ name }) => name === doomed.name);
  if (constraint === undefined) return [];
  return doomedByConstraint(catalog, relation, constraint, doomed.asked ?? false).map((part) => ({
    doomed: part,
    automatic: automatic && (part.kind === 'object' || constraintNamed(catalog, part)?.kind === constraint.kind),
  }));
}

/** CREATE TYPE … AS RANGE makes the multirange type too, and they go together. */
function isMultirangeOf(catalog: Catalog, dependent: Doomed, oid: Oid): boolean {
  if (catalog.types.get(oid)?.kind !== 'range' || dependent.kind !== 'object') return false;
  return catalog.types.get(dependent.oid)?.kind === 'base';
}

/** A foreign key to a partitioned table refers to each of its partitions, and goes with one of them only on CASCADE. */
function keysToPartition(catalog: Catalog, oid: Oid): readonly Waiting[] {
  const partition = catalog.relations.get(oid);
  if (partition === undefined || !isTable(partition) || partition.bound === undefined) return [];
  return ancestors(catalog, partition).flatMap((above) =>
    referencingTables(catalog, above).flatMap((other) =>
      other.constraints
        .filter(({ references }) => references?.table === above.oid)
        .map(({ name }): Waiting => ({ doomed: { kind: 'constraint', table: other.oid, name }, automatic: false })),
    ),
  );
}

function constraintNamed(catalog: Catalog, doomed: Doomed): Constraint | undefined {
  if (doomed.kind !== 'constraint') return undefined;
  const table = catalog.relations.get(doomed.table);
  return table !== undefined && isTable(table) ? table.constraints.find(({ name }) => name === doomed.name) : undefined;
}

/** Indexes, constraints and the sequence of a column go with it unasked, as does the column of children; views, policies and triggers do not. */
function goesWithColumn(catalog: Catalog, part: Doomed, table: Oid, column: string): boolean {
  if (part.kind === 'column') return true;
  if (part.kind === 'object') {
    const relation = catalog.relations.get(part.oid);
    return relation?.kind === 'sequence' || (relation !== undefined && isIndex(relation));
  }
  const constraint = constraintNamed(catalog, part);
  if (constraint === undefined || part.table !== table) return false;
  // a foreign key of the table to itself belongs to the referring column
  return constraint.kind !== 'foreign key' || constraint.columns.includes(column);
}

/** Partitions, and the sequence of a column that is dropped with its table, need no CASCADE. */
function isPartitionOf(catalog: Catalog, doomed: Doomed, parent: Oid): boolean {
  if (doomed.kind !== 'object') return false;
  const relation = catalog.relations.get(doomed.oid);
  if (relation === undefined) return false;
  if (relation.kind === 'sequence') return relation.ownedBy?.table === parent;
  return isTable(relation) && relation.bound !== undefined && relation.parents.includes(parent);
}

/** The locks that a DROP takes on tables: on all that fall or lose a part, and on those that their foreign keys and bounds tie to them. */
export function locksOfFall(catalog: Catalog, fall: readonly Doomed[], pg: number): Draft {
  return all(...fall.map((doomed) => locksOf(catalog, doomed, pg)));
}

function locksOf(catalog: Catalog, doomed: Doomed, pg: number): Draft {
  const relation = catalog.relations.get(ownerOf(doomed));
  if (relation === undefined) return nothing;
  if (isIndex(relation)) {
    const table = catalog.relations.get(relation.table);
    return table === undefined ? nothing : lock(table, 'AccessExclusiveLock', `its index ${relation.name} is dropped`);
  }
  if (doomed.kind === 'object') {
    const own = lock(relation, 'AccessExclusiveLock', 'it is dropped');
    return isTable(relation) ? all(own, locksBesideTable(catalog, relation, pg)) : own;
  }
  if (!isTable(relation)) return nothing;
  const own = lock(relation, 'AccessExclusiveLock', `its ${doomed.kind} ${doomed.name} is dropped`);
  if (doomed.kind !== 'constraint') return own;
  const constraint = relation.constraints.find(({ name }) => name === doomed.name);
  return constraint === undefined ? own : all(own, locksOnReferenced(catalog, relation, constraint, pg));
}

/** A dropped table locks the tables its foreign keys refer to and, as a partition, its parent and the default partition. */
function locksBesideTable(catalog: Catalog, table: Table, pg: number): Draft {
  return all(
    ...table.constraints
      // the triggers on the referenced table belong to the parent's foreign key
      .filter(({ inherited }) => !inherited || table.bound === undefined)
      .map((constraint) => locksOnReferenced(catalog, table, constraint, pg)),
    table.bound === undefined ? nothing : locksOnParent(catalog, table),
  );
}

function locksOnParent(catalog: Catalog, partition: Table): Draft {
  const parents = tables(catalog, partition.parents);
  return all(
    ...parents.map((parent) => lock(parent, 'AccessExclusiveLock', `its partition ${partition.name} is dropped`)),
    ...parents
      .flatMap((parent) => tables(catalog, parent.children))
      .filter(({ bound }) => bound?.kind === 'default')
      .map((other) => lock(other, 'AccessExclusiveLock', 'what the default partition may hold changes')),
  );
}

/** The triggers that guard a foreign key are dropped from the referenced table too: RemoveTriggerById. */
export function locksOnReferenced(
  catalog: Catalog,
  table: Table,
  { references, name, enforced }: Constraint,
  pg: number,
): Draft {
  const [referenced] = references === undefined ? [] : tables(catalog, [references.table]);
  // a foreign key that is NOT ENFORCED has no triggers
  if (!enforced || referenced === undefined || referenced.oid === table.oid) return nothing;
  const why = `the foreign key ${name} of ${table.name} refers to it, and its triggers are dropped`;
  const each = [
    referenced,
    ...(referenced.kind === 'partitioned' ? descendants(catalog, referenced) : []),
    // a partitioned table had no triggers of its own for this before 15
  ].filter(({ kind }) => kind !== 'partitioned' || pg >= 15);
  return all(...each.map((one) => lock(one, 'AccessExclusiveLock', why)));
}
