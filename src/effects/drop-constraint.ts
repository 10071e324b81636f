import type { Constraint } from '../catalog/catalog.js';
import { columnOf, tables } from '../catalog/lookup.js';
import { type CommandContext, lockBelow, type PredictCommand } from './alter-table-command.js';
import { fallOf, locksOfFall } from './cascade.js';
import { all, type Draft, fail, lock, nothing } from './draft.js';
import { lockEach, shownName } from './relations.js';

/** DROP CONSTRAINT: of a foreign key the other table is locked too, for its triggers are dropped from both. */
export const dropConstraint: PredictCommand = (command, context) => {
  const { catalog, table, pg } = context;
  const { name = '' } = command;
  const constraint = table.constraints.find((one) => one.name === name);
  if (constraint === undefined) {
    // the partitions are locked before the constraint is looked for
    const below =
      table.kind === 'partitioned' ? lockBelow(context, 'a constraint is dropped from the parent') : nothing;
    if (command.missing_ok || !table.complete) return below;
    return fail(`constraint "${name}" of relation "${table.name}" does not exist`, '42704');
  }
  if (constraint.inherited)
    return fail(`cannot drop inherited constraint "${name}" of relation "${table.name}"`, '42P16');
  const refusal = constraint.kind === 'not null' ? notNullRefusal(constraint, context) : undefined;
  if (refusal !== undefined) return refusal;
  const heirs = constraint.kind === 'check' && !constraint.noInherit && table.children.length > 0;
  if (context.only && table.kind === 'partitioned' && heirs && pg < 18)
    return fail('cannot remove constraint from only the partitioned table when partitions exist', '42P16');
  const fall = fallOf(catalog, [{ kind: 'constraint', table: table.oid, name }]);
  const refuses = fall.needsCascade && command.behavior !== 'DROP_CASCADE';
  const why = `the foreign key ${name} of ${table.name} refers to it`;
  const referenced = tables(catalog, constraint.references === undefined ? [] : [constraint.references.table]);
  return all(
    refuses
      ? fail(
          `cannot drop constraint ${name} on table ${shownName(catalog, table)} because other objects depend on it`,
          '2BP01',
        )
      : nothing,
    locksOfFall(catalog, fall.doomed, pg),
    ...referenced.map((other) => lock(other, 'AccessExclusiveLock', why)),
    lockHeirs(constraint, context),
  );
};

/** A column of a primary key or an identity column stays NOT NULL. */
function notNullRefusal({ columns: [name = ''] }: Constraint, { table }: CommandContext): Draft | undefined {
  if (table.constraints.some(({ kind, columns }) => kind === 'primary key' && columns.includes(name)))
    return fail(`column "${name}" is in a primary key`, '42P16');
  return columnOf(table, name)?.identity === undefined
    ? undefined
    : fail(`column "${name}" of relation "${table.name}" is an identity column`, '42601');
}

/** A CHECK or NOT NULL is dropped from the children too, and with ONLY they are told that it is theirs now; so is the foreign key of a partitioned table. */
function lockHeirs({ kind, noInherit }: Constraint, context: CommandContext): Draft {
  const inherited =
    kind === 'foreign key'
      ? context.table.kind === 'partitioned'
      : (kind === 'check' || kind === 'not null') && !noInherit;
  const why = 'the constraint is dropped from the parent';
  if (!inherited) return nothing;
  return context.only && context.table.kind !== 'partitioned'
    ? lockEach(tables(context.catalog, context.table.children), context.lock, why)
    : lockBelow(context, why);
}
