import type { Catalog, Constraint, Table, TypeRef } from '../catalog/catalog.js';
import { keyToAdopt } from '../catalog/foreign-key.js';
import { columnOf, findRelation, isTable, tables } from '../catalog/lookup.js';
import { serialType } from '../catalog/type-ref.js';
import { type Constraint as ConstraintNode, type Node, type RangeVar, strings } from '../sql/tree.js';
import { type CommandContext, family, recurse } from './alter-table-command.js';
import { nameTaken } from './constraint-name.js';
import { all, type Draft, fail, joinedScan, lock, nothing, scan } from './draft.js';
import type { LockMode } from './effect.js';
import { castFact } from './facts.js';
import { operatorClassOf } from './operator-class.js';
import { lockUnknown, withPartitions } from './relations.js';
import { baseType, type TypeContext } from './types.js';
import { notReferenced } from './violation.js';

/** Which tables are read to see whether the foreign key holds: with nulls alone on one side the other need not be. */
export type Verification = 'both sides' | 'referencing side' | 'none';

/** What is asked of a foreign key, whether its table is new or not. */
export type KeyContext = Pick<CommandContext, 'catalog' | 'table' | 'pg' | 'after'>;

/** ADD FOREIGN KEY: both tables, with their partitions, are locked against writes, for both get triggers. */
export function addForeignKey(node: ConstraintNode, context: CommandContext, verification: Verification): Draft {
  const { catalog, table, pg } = context;
  const { pktable } = node;
  if (pktable === undefined) return nothing;
  const taken = nameTaken(node.conname, context);
  if (taken.failure !== undefined) return taken;
  const referenced = findRelation(catalog, pktable);
  const why = `the foreign key of ${table.name} puts triggers on it`;
  if (referenced === undefined)
    return all(belowKey(context), unknownReferenced(pktable, node, context, verification, why));
  if (!isTable(referenced)) return fail(`referenced relation "${referenced.name}" is not a table`, '42809');
  if (context.only && table.kind === 'partitioned')
    return fail(
      `cannot use ONLY for foreign key on partitioned table "${table.name}" referencing relation "${referenced.name}"`,
      '42809',
    );
  const refusal = refusedForeignKey(node, referenced, context);
  if (refusal !== undefined) return refusal;
  if (node.skip_validation && node.is_enforced && table.kind === 'partitioned' && pg < 18)
    return fail(
      `cannot add NOT VALID foreign key on partitioned table "${table.name}" referencing relation "${referenced.name}"`,
      '42809',
    );
  const key = newConstraint(context);
  const enforced = node.is_enforced ?? false;
  const merged = adopted(key, context);
  const conflict = [...merged.values()].map((own) => key && enforcementConflict(own, key, table)).find(Boolean);
  if (conflict !== undefined) return conflict;
  const valid = [...merged].flatMap(([one, { validated }]) => (validated ? [one] : []));
  return all(
    belowKey(context),
    ...withPartitions(catalog, referenced).map((one) => lock(one, 'ShareRowExclusiveLock', why)),
    // a partition's own foreign key becomes a part of the new one, and its triggers go
    merged.size > 0 && enforced
      ? lock(referenced, 'AccessExclusiveLock', 'the foreign key of a partition is replaced')
      : nothing,
    !enforced
      ? nothing
      : verify(
          referenced,
          nameOf(node, context),
          context,
          onNulls(strings(node.fk_attrs), context, verification),
          valid,
        ),
  );
}

function unknownReferenced(
  range: RangeVar,
  node: ConstraintNode,
  context: CommandContext,
  verification: Verification,
  why: string,
): Draft {
  const locked = lockUnknown(context.catalog, range, 'ShareRowExclusiveLock', why);
  if (verification === 'none' || !node.is_enforced) return locked;
  const [name = ''] = locked.effects.map(({ relation }) => relation);
  return all(
    locked,
    scan(name, 'ShareRowExclusiveLock', 'the foreign key is verified (the history does not show the table)', false),
    verify(undefined, nameOf(node, context), context, verification, []),
  );
}

/** Columns that the same statement adds without a value are null in every row, and nothing is looked up for them. */
function onNulls(columns: readonly string[], { commands }: CommandContext, verification: Verification): Verification {
  if (verification !== 'both sides') return verification;
  const empty = commands.flatMap(({ subtype, def }) => {
    if (subtype !== 'AT_AddColumn' || def === undefined || !('ColumnDef' in def)) return [];
    const valued =
      serialType(def.ColumnDef.typeName) !== undefined || (def.ColumnDef.constraints ?? []).some(givesValue);
    return valued ? [] : [def.ColumnDef.colname];
  });
  return columns.some((name) => empty.includes(name)) ? 'referencing side' : verification;
}

function givesValue(node: Node): boolean {
  return (
    'Constraint' in node &&
    ['CONSTR_DEFAULT', 'CONSTR_IDENTITY', 'CONSTR_GENERATED'].includes(node.Constraint.contype ?? '')
  );
}

/** The partitions of a partitioned table have the foreign key too; children of a plain one do not. */
function belowKey(context: CommandContext): Draft {
  return context.table.kind === 'partitioned' ? recurse(context) : nothing;
}

/** Partitions that have the same foreign key already, with theirs. */
function adopted(key: Constraint | undefined, context: CommandContext): ReadonlyMap<Table, Constraint> {
  const found = family(context).flatMap((one): readonly (readonly [Table, Constraint])[] => {
    const own = key === undefined || one === context.table ? undefined : keyToAdopt(one, key, context.pg);
    return own === undefined ? [] : [[one, own]];
  });
  return new Map(found);
}

/** A foreign key of a partition that is enforced cannot become a part of one that is not, nor the other way round. */
export function enforcementConflict(own: Constraint, key: Constraint, parent: Table): Draft | undefined {
  if (own.enforced === key.enforced) return undefined;
  const of = `constraint "${key.name}" on relation "${parent.name}"`;
  return fail(`constraint "${own.name}" enforceability conflicts with ${of}`, '42P17');
}

function nameOf(node: ConstraintNode, context: KeyContext): string {
  return node.conname ?? newConstraint(context)?.name ?? '';
}

function verify(
  referenced: Table | undefined,
  constraint: string,
  context: CommandContext,
  verification: Verification,
  merged: readonly Table[],
): Draft {
  const { catalog, table, lock: mode } = context;
  if (verification === 'none') return nothing;
  const why = 'the foreign key is verified for every row';
  const referencing = withPartitions(catalog, table).filter((one) => one.kind === 'table' && !merged.includes(one));
  if (referencing.length === 0) return nothing;
  const others =
    referenced === undefined || verification === 'referencing side' ? [] : withPartitions(catalog, referenced);
  return all(
    ...referencing.map((one) => scan(one, mode, why)),
    verification === 'both sides' ? notReferenced(referencing[0] ?? table, constraint) : nothing,
    ...others
      .filter(({ kind }) => kind === 'table')
      .map((one) => joinedScan(one, 'AccessShareLock', 'it is read to verify a foreign key')),
  );
}

/** What VALIDATE CONSTRAINT and ENFORCED do for a foreign key that the table has: a query over both tables, but for the partitions where it is valid. */
export function verifyForeignKey(constraint: Constraint, context: CommandContext, valid: readonly Table[] = []): Draft {
  const { catalog, table } = context;
  const [referenced] = constraint.references === undefined ? [] : tables(catalog, [constraint.references.table]);
  if (withPartitions(catalog, table).every((one) => one.kind !== 'table' || valid.includes(one))) return nothing;
  return all(
    referenced === undefined
      ? nothing
      : lock(referenced, 'RowShareLock', 'a foreign key that refers to it is verified'),
    verify(referenced, constraint.name, context, onNulls(constraint.columns, context, 'both sides'), valid),
    ...(referenced === undefined ? [] : withPartitions(catalog, referenced)).map((one) =>
      lock(one, 'AccessShareLock', 'it is read to verify a foreign key'),
    ),
  );
}

/** A lock on the table that a foreign key refers to, and on its partitions. */
export function referencedLocks(
  constraint: Constraint,
  { catalog }: CommandContext,
  mode: LockMode,
  why: string,
): Draft {
  const referenced = constraint.references === undefined ? [] : tables(catalog, [constraint.references.table]);
  return all(...referenced.flatMap((one) => withPartitions(catalog, one)).map((one) => lock(one, mode, why)));
}

/** What the server refuses in a foreign key before it looks at a row. */
export function refusedForeignKey(node: ConstraintNode, referenced: Table, context: KeyContext): Draft | undefined {
  const { catalog, table } = context;
  const columns = strings(node.fk_attrs);
  const wanted = strings(node.pk_attrs);
  const unknown = missingOf(table, columns) ?? missingOf(referenced, wanted);
  if (unknown !== undefined)
    return fail(`column "${unknown}" referenced in foreign key constraint does not exist`, '42703');
  const persistence = persistenceRefusal(table, referenced);
  if (persistence !== undefined) return persistence;
  const other = strings(node.fk_del_set_cols).find((name) => !columns.includes(name));
  if (other !== undefined)
    return fail(`column "${other}" referenced in ON DELETE SET action must be part of foreign key`, '42P10');
  const key = keyOf(catalog, referenced, wanted);
  if (key === 'none') {
    if (!referenced.complete) return undefined;
    if (wanted.length === 0) return fail(`there is no primary key for referenced table "${referenced.name}"`, '42704');
    const message = `there is no unique constraint matching given keys for referenced table "${referenced.name}"`;
    return fail(message, '42830');
  }
  const keys = wanted.length === 0 ? key : wanted;
  if (keys.length !== columns.length)
    return fail('number of referencing and referenced columns for foreign key disagree', '42830');
  const computed = computedRefusal(node, table);
  if (computed !== undefined) return computed;
  const at = columns.findIndex((column, i) => comparable(table, column, referenced, keys[i], context) === false);
  if (at === -1) return undefined;
  return fail(`foreign key constraint "${nameOf(node, context)}" cannot be implemented`, '42804');
}

/** A column that is computed gets no value from a change of the row that it refers to. */
function computedRefusal({ fk_attrs, fk_upd_action, fk_del_action }: ConstraintNode, table: Table): Draft | undefined {
  const columns = strings(fk_attrs).flatMap((name) => columnOf(table, name)?.generated ?? []);
  if (columns.length === 0) return undefined;
  const what = 'foreign key constraint containing generated column';
  if (columns.some(({ kind }) => kind === 'virtual'))
    return fail('foreign key constraints on virtual generated columns are not supported', '0A000');
  // of the letters of pg_constraint: set null, set default, cascade
  if (/^[ndc]$/.test(fk_upd_action ?? '')) return fail(`invalid ON UPDATE action for ${what}`, '42601');
  return /^[nd]$/.test(fk_del_action ?? '') ? fail(`invalid ON DELETE action for ${what}`, '42601') : undefined;
}

/** The constraint that a command adds to the table. */
export function newConstraint({ after, table }: Pick<CommandContext, 'after' | 'table'>): Constraint | undefined {
  const now = after.relations.get(table.oid);
  const known = new Set(table.constraints.map(({ name }) => name));
  return now !== undefined && isTable(now)
    ? now.constraints.find(({ name, kind }) => kind !== 'not null' && !known.has(name))
    : undefined;
}

function missingOf(table: Table, names: readonly string[]): string | undefined {
  return table.complete ? names.find((name) => columnOf(table, name) === undefined) : undefined;
}

function persistenceRefusal(table: Table, referenced: Table): Draft | undefined {
  if (table.persistence === referenced.persistence) return undefined;
  if (table.persistence === 'permanent')
    return fail('constraints on permanent tables may reference only permanent tables', '42P16');
  if (table.persistence === 'temporary')
    return fail('constraints on temporary tables may reference only temporary tables', '42P16');
  return referenced.persistence === 'permanent'
    ? undefined
    : fail('constraints on unlogged tables may reference only permanent or unlogged tables', '42P16');
}

/** The columns of the key that a foreign key relies on: the primary key, or a unique index over just these columns. */
function keyOf(catalog: Catalog, referenced: Table, wanted: readonly string[]): readonly string[] | 'none' {
  if (wanted.length === 0) return referenced.constraints.find(({ kind }) => kind === 'primary key')?.columns ?? 'none';
  const set = new Set(wanted);
  const found = referenced.indexes
    .flatMap((oid) => catalog.relations.get(oid) ?? [])
    .find(
      (index) =>
        'keys' in index &&
        index.unique &&
        index.predicate === undefined &&
        index.keys.length === wanted.length &&
        index.keys.every(({ column }) => column !== undefined && set.has(column)),
    );
  return found === undefined ? 'none' : wanted;
}

/** Whether an equality operator, found in the operator family of the key or by an implicit cast, compares the two columns. */
function comparable(
  table: Table,
  column: string,
  referenced: Table,
  key: string | undefined,
  context: KeyContext,
): boolean | undefined {
  const from = columnOf(table, column)?.type;
  const to = columnOf(referenced, key)?.type;
  return from === undefined || to === undefined ? undefined : comparison(from, to, context) !== 'none';
}

/**
 * The equality operator by which a foreign key from one type to another is checked, as a text that is the same for the same one;
 * 'none' when there is none, undefined when it cannot be told (ATAddForeignKeyConstraint).
 */
export function comparison(from: TypeRef, to: TypeRef, context: TypeContext): string | undefined {
  const own = operatorClassOf(from, 'btree', undefined, context);
  const other = operatorClassOf(to, 'btree', undefined, context);
  if (own === undefined || other === undefined || other === 'none') return undefined;
  if (own !== 'none' && own.family === other.family) {
    // families of arrays, enums and ranges compare only values of one type
    if (!other.polymorphic) return `${other.input} = ${own.input}`;
    const [a, b] = [baseType(context.catalog, from), baseType(context.catalog, to)];
    return a.name === b.name && a.dimensions > 0 === b.dimensions > 0 ? `${a.name} of ${other.name}` : 'none';
  }
  const cast = castFact(baseType(context.catalog, from).name, other.input, context.pg);
  return cast?.context === 'implicit' ? `${other.input} = ${other.input}` : 'none';
}
