import { descendants, tables } from '../catalog/lookup.js';
import { type PredictCommand, recurse } from './alter-table-command.js';
import { all, fail, lock, nothing } from './draft.js';
import { referencedLocks, verifyForeignKey } from './foreign-key.js';
import { addNotNull } from './not-null.js';
import { lockEach } from './relations.js';

/** ALTER CONSTRAINT: DEFERRABLE of a foreign key; since 18 also ENFORCED, and INHERIT of a NOT NULL. */
export const alterConstraint: PredictCommand = ({ def }, context) => {
  const { catalog, table, only, pg } = context;
  if (def === undefined || !('ATAlterConstraint' in def)) return nothing;
  const { conname = '', alterEnforceability, is_enforced, alterInheritability, noinherit } = def.ATAlterConstraint;
  if (noinherit && pg < 18) return fail('FOREIGN KEY constraints cannot be marked NO INHERIT', '0A000');
  if (only && pg >= 18 && table.kind === 'partitioned' && table.children.length > 0)
    return fail('constraint must be altered in child tables too', '42P16');
  const constraint = table.constraints.find(({ name }) => name === conname);
  if (constraint === undefined)
    return table.complete
      ? fail(`constraint "${conname}" of relation "${table.name}" does not exist`, '42704')
      : nothing;
  if (alterInheritability) {
    if (constraint.kind !== 'not null')
      return fail(`constraint "${conname}" of relation "${table.name}" is not a not-null constraint`, '42809');
    if (constraint.inherited)
      return fail(`cannot alter inherited constraint "${conname}" on relation "${table.name}"`, '55000');
    if (noinherit)
      return constraint.noInherit
        ? nothing
        : lockEach(tables(catalog, table.children), context.lock, 'the constraint becomes theirs alone');
    if (!constraint.noInherit) return nothing;
    const [name] = constraint.columns;
    const below = descendants(catalog, table);
    return all(
      recurse(context),
      ...below.map((child) => addNotNull(name, { notValid: false, noInherit: true }, { ...context, table: child })),
    );
  }
  if (constraint.kind !== 'foreign key')
    return fail(`constraint "${conname}" of relation "${table.name}" is not a foreign key constraint`, '42809');
  if (constraint.inherited)
    return fail(`cannot alter constraint "${conname}" on relation "${table.name}"`, pg < 18 ? 'XX000' : '55000');
  // since 18 nothing more is looked at where DEFERRABLE stays as it is
  const { alterDeferrability, deferrable = false, initdeferred = false } = def.ATAlterConstraint;
  const same = alterDeferrability && !alterEnforceability && !deferrable && !initdeferred && !constraint.deferrable;
  const below = table.kind === 'partitioned' && !(same && pg >= 18) ? recurse(context) : nothing;
  if (!alterEnforceability || constraint.enforced === (is_enforced ?? false)) return below;
  if (is_enforced)
    return all(
      below,
      referencedLocks(constraint, context, 'ShareRowExclusiveLock', 'the foreign key is enforced by triggers on it'),
      verifyForeignKey(constraint, context),
    );
  const referenced = tables(catalog, constraint.references === undefined ? [] : [constraint.references.table]);
  const why = 'the triggers of the foreign key are dropped';
  return all(
    below,
    ...referenced.flatMap((one) =>
      [one, ...descendants(catalog, one)].map((each) => lock(each, 'AccessExclusiveLock', why)),
    ),
  );
};
