import type { Catalog, Constraint, Table } from '../catalog/catalog.js';
import { ancestors, columnOf, descendants, indexesOf, isTable, referencingTables } from '../catalog/lookup.js';
import { mayHold } from '../catalog/pruning.js';
import type { Node } from '../sql/tree.js';
import { isNullConstant } from '../sql/values.js';
import type { PredictContext } from './context.js';
import { all, type Draft, fail, forRowsOf, lock, nothing, rows, scan } from './draft.js';
import type { LockMode } from './effect.js';
import { fire } from './fire.js';
import { notReferenced } from './violation.js';

// The triggers that guard foreign keys: ri_triggers.c.

/** New values in the columns of foreign keys. */
export interface Written {
  /** The values of a column that gets new ones: undefined where they are not constant. */
  readonly values: ReadonlyMap<string, Node | undefined>;
  /** In proportion to a table. */
  readonly many: boolean;
  /** The value may be what it was, and then nothing is checked. */
  readonly perhapsSame: boolean;
}

/** A partition or child with the foreign keys and row triggers that it does not have from above. */
export function onItsOwn(table: Table): Table {
  return {
    ...table,
    constraints: table.constraints.filter(({ inherited }) => !inherited),
    triggers: table.triggers.filter(({ inherited, forEachRow }) => !inherited && forEachRow),
  };
}

/** The look-ups in referenced tables for rows that are written. */
export function checkReferences(catalog: Catalog, table: Table, written: Written): Draft {
  const each = table.constraints.map((constraint) => checkReference(catalog, table, constraint, written));
  return forRowsOf(catalog, table, all(...each));
}

function checkReference(catalog: Catalog, table: Table, constraint: Constraint, written: Written): Draft {
  const { references, columns, enforced, deferred, name } = constraint;
  const referenced = references && catalog.relations.get(references.table);
  if (references === undefined || referenced === undefined || !isTable(referenced) || !enforced || deferred)
    return nothing;
  const given = columns.map((column) =>
    written.values.has(column) ? { value: written.values.get(column) } : undefined,
  );
  // with a NULL in any of its columns a foreign key holds (MATCH SIMPLE)
  if (given.every((one) => one === undefined) || given.some((one) => isNullConstant(one?.value))) return nothing;
  const refusal = notReferenced(table, name);
  if (referenced.oid === table.oid) return refusal;
  const conditions = references.columns.flatMap((column, at) => {
    const value = given[at]?.value;
    return value === undefined ? [] : [equality(column, value)];
  });
  const why = `each row is looked up in it for the foreign key ${name}`;
  // what comes from a query may be NULL in every row
  const isGiven = columns.every(
    (column, at) => given[at]?.value !== undefined || columnOf(table, column)?.notNull === true,
  );
  const sure = !written.perhapsSame && isGiven;
  return all(
    refusal,
    ...placesOf(catalog, referenced, conditions).map(({ table: place, sure: isPlace }) =>
      written.many && place.kind === 'table'
        ? scan(place, 'RowShareLock', why, sure && isPlace)
        : lock(place, 'RowShareLock', why, sure && isPlace),
    ),
  );
}

function equality(column: string, rexpr: Node): Node {
  const lexpr: Node = { ColumnRef: { fields: [{ String: { sval: column } }] } };
  return { A_Expr: { kind: 'AEXPR_OP', name: [{ String: { sval: '=' } }], lexpr, rexpr } };
}

/** A table, or of a partitioned one the partitions that may hold rows that meet the conditions; sure when there are such conditions. */
export function placesOf(
  catalog: Catalog,
  table: Table,
  conditions: readonly Node[],
): readonly { readonly table: Table; readonly sure: boolean }[] {
  if (table.kind !== 'partitioned') return [{ table, sure: true }];
  const known = conditions.length > 0;
  const below = table.children.flatMap((oid) => {
    const child = catalog.relations.get(oid);
    if (child === undefined || !isTable(child)) return [];
    const held = mayHold(catalog, table, child, conditions);
    if (held === 'no') return [];
    return placesOf(catalog, child, conditions).map((one) => ({ ...one, sure: one.sure && known && held === 'yes' }));
  });
  return [{ table, sure: true }, ...below];
}

/** Keys that are gone, or have changed. */
export interface Gone {
  readonly event: 'delete' | 'update';
  /** The columns that an UPDATE sets. */
  readonly columns: readonly string[];
  readonly many: boolean;
}

/** What is done in the tables that refer to the rows: they are searched, deleted or updated. */
export function checkReferrers(table: Table, gone: Gone, context: PredictContext, seen: readonly number[] = []): Draft {
  const { catalog } = context;
  const keyed = [table, ...(table.bound === undefined ? [] : ancestors(catalog, table))];
  const referrers = (owner: Table) => new Set([owner, ...referencingTables(catalog, owner)]);
  const each = keyed.flatMap((owner) =>
    [...referrers(owner)].flatMap((referring) =>
      referring.constraints
        .filter(({ references }) => references?.table === owner.oid)
        // a partition has the foreign key from its parent, with whom it is searched
        .filter(({ inherited }) => !(inherited && referring.bound !== undefined))
        .map((constraint) => checkReferrer({ table, referring, constraint }, gone, context, seen)),
    ),
  );
  return forRowsOf(catalog, table, all(...each));
}

function refusedBy({ name: table }: Table, { name: referring }: Table, key: string): string {
  return `update or delete on table "${table}" violates foreign key constraint "${key}" on table "${referring}"`;
}

const changing: ReadonlySet<string> = new Set(['cascade', 'set null', 'set default']);

/** Since 18 RESTRICT has an error of its own. */
function refusedGone({ table, referring, constraint: { name } }: Key, action: string, pg: number): Draft {
  if (pg < 18 || action !== 'restrict') return fail(refusedBy(table, referring, name), '23503', false);
  const what = `update or delete on table "${table.name}" violates RESTRICT setting of foreign key constraint`;
  return fail(`${what} "${name}" on table "${referring.name}"`, '23001', false);
}

/** A foreign key with the tables on both its ends. */
interface Key {
  readonly table: Table;
  readonly referring: Table;
  readonly constraint: Constraint;
}

function checkReferrer(
  { table, referring, constraint }: Key,
  gone: Gone,
  context: PredictContext,
  seen: readonly number[],
): Draft {
  const { catalog } = context;
  const { references, enforced, deferred, name } = constraint;
  if (references === undefined || !enforced) return nothing;
  if (gone.event === 'update' && !references.columns.some((column) => gone.columns.includes(column))) return nothing;
  const action = gone.event === 'delete' ? references.onDelete : references.onUpdate;
  const changes = changing.has(action);
  if (deferred && !changes) return nothing;
  const mode: LockMode = changes ? 'RowExclusiveLock' : 'RowShareLock';
  const why = changes
    ? `the foreign key ${name} says ${action.toUpperCase()}: its rows are searched and changed`
    : `it is searched for rows that refer to those, for the foreign key ${name}`;
  const places = referring.kind === 'partitioned' ? [referring, ...descendants(catalog, referring)] : [referring];
  const how = { mode, why, many: gone.many, changes };
  const own = all(...places.map((place) => search(catalog, place, constraint, how)));
  const refusal = refusedGone({ table, referring, constraint }, action, context.pg);
  const further = seen.includes(referring.oid) || referring.oid === table.oid;
  if (!changes) return all(own, refusal);
  if (further) return own;
  const next: Gone =
    action === 'cascade' && gone.event === 'delete'
      ? { ...gone, columns: [] }
      : { event: 'update', columns: constraint.columns, many: gone.many };
  const fired = fire(referring, { event: next.event, columns: next.columns }, context);
  return all(own, checkReferrers(referring, next, context, [...seen, table.oid]), fired);
}

/** How a referring table is searched. */
interface Search {
  readonly mode: LockMode;
  readonly why: string;
  readonly many: boolean;
  /** What is found is changed. */
  readonly changes: boolean;
}

function search(catalog: Catalog, place: Table, { columns }: Constraint, { mode, why, many, changes }: Search): Draft {
  if (place.kind !== 'table') return lock(place, mode, why);
  const indexed = indexesOf(catalog, place).some(
    ({ keys, valid, predicate }) => valid && predicate === undefined && columns.includes(keys[0]?.column ?? ''),
  );
  if (indexed && !many) return lock(place, mode, why);
  if (indexed && changes) return rows(place, mode, `${why}, once for each row`);
  const reason = indexed
    ? `${why}, once for each row`
    : `${why}, in full for want of an index on ${columns.join(', ')}`;
  return scan(place, mode, reason, indexed || place.complete);
}
