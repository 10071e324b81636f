import type { Constraint, ConstraintKind, Table } from '../catalog/catalog.js';
import { inheritedConstraint } from '../catalog/inherited.js';
import { descendants } from '../catalog/lookup.js';
import { type CommandContext, family, type PredictCommand, recurse, scanStored } from './alter-table-command.js';
import { all, type Draft, fail, nothing } from './draft.js';
import { verifyForeignKey } from './foreign-key.js';
import { lockEach } from './relations.js';
import { checkViolated, nullsIn } from './violation.js';

/** VALIDATE CONSTRAINT reads the rows; one that is valid already costs nothing but the lock. */
export const validateConstraint: PredictCommand = ({ name = '' }, context) => {
  const { table } = context;
  const constraint = table.constraints.find((one) => one.name === name);
  if (constraint === undefined) return unknownConstraint(name, context);
  if (!validatable.has(constraint.kind)) {
    const kinds = context.pg < 18 ? 'foreign key or check' : 'foreign key, check, or not-null';
    return fail(`constraint "${name}" of relation "${table.name}" is not a ${kinds} constraint`, '42809');
  }
  if (constraint.validated) return nothing;
  if (!constraint.enforced) return fail('cannot validate NOT ENFORCED constraint', '55000');
  return constraint.kind === 'foreign key'
    ? validateForeignKey(constraint, context)
    : validateOnRows(constraint, context);
};

const validatable: ReadonlySet<ConstraintKind> = new Set(['foreign key', 'check', 'not null']);

function unknownConstraint(name: string, context: CommandContext): Draft {
  const { table } = context;
  if (table.complete) return fail(`constraint "${name}" of relation "${table.name}" does not exist`, '42704');
  return scanStored(table, context, `the rows are verified (the history does not show the constraint ${name})`, false);
}

/** A foreign key of a partitioned table is validated partition by partition where it is not valid; children of a plain one do not have it. */
function validateForeignKey(constraint: Constraint, context: CommandContext): Draft {
  const { catalog, table, lock: mode } = context;
  if (table.kind !== 'partitioned') return verifyForeignKey(constraint, context);
  const isValid = (one: Table) => !isOpen(one, constraint, table);
  const below = descendants(catalog, table, isValid);
  const open = below.filter((one) => !isValid(one));
  const valid = descendants(catalog, table).filter((one) => !open.includes(one));
  return all(
    lockEach(open, mode, 'the constraint is validated there too'),
    verifyForeignKey(constraint, context, valid),
  );
}

function validateOnRows(constraint: Constraint, context: CommandContext): Draft {
  const { catalog, table, only } = context;
  const heirs = constraint.noInherit ? [] : descendants(catalog, table);
  if (only && heirs.length > 0) return fail('constraint must be validated on child tables too', '42P16');
  const below = constraint.noInherit ? nothing : recurse(context, 'the constraint is validated there too');
  const each = constraint.noInherit ? [table] : family(context);
  const what = constraint.kind === 'check' ? 'the CHECK is verified for every row' : 'the rows are searched for nulls';
  return all(
    below,
    ...each
      .filter((one) => isOpen(one, constraint, table))
      .map((one) => all(scanStored(one, context, what), violation(one, constraint))),
  );
}

function violation(table: Table, { kind, name, columns: [column = ''] }: Constraint): Draft {
  return kind === 'check' ? checkViolated(table, name) : nullsIn(table, column);
}

function isOpen(one: Table, constraint: Constraint, table: Table): boolean {
  return one === table || inheritedConstraint(one, constraint)?.validated !== true;
}
