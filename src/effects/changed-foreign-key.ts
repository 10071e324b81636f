import type { Constraint, Table } from '../catalog/catalog.js';
import { columnOf, dependentsOf, tables } from '../catalog/lookup.js';
import type { CommandContext } from './alter-table-command.js';
import { locksOnReferenced } from './cascade.js';
import type { Change } from './changed-index.js';
import { all, type Draft, fail, lock, nothing } from './draft.js';
import { comparison, referencedLocks, verifyForeignKey } from './foreign-key.js';

/** Foreign keys at either end of the column are dropped and made again, and verified again unless the comparison stays the same. */
export function remadeForeignKeys(change: Change, rewrites: boolean, context: CommandContext): Draft {
  const { table, column } = change;
  const { catalog, pg } = context;
  const own = table.constraints.filter(
    ({ kind, columns, inherited }) => kind === 'foreign key' && !inherited && columns.includes(column.name),
  );
  const to = own.map((constraint) =>
    all(
      locksOnReferenced(catalog, table, constraint, pg),
      referencedLocks(constraint, context, 'ShareRowExclusiveLock', `the foreign key ${constraint.name} is made again`),
      remade(table, constraint, change, rewrites, context),
    ),
  );
  const from = tables(catalog, dependentsOf(catalog, table.oid)).flatMap((other) =>
    other.constraints
      .filter(
        ({ references, inherited }) =>
          !inherited && references?.table === table.oid && references.columns.includes(column.name),
      )
      .map((constraint) =>
        all(
          lock(other, 'AccessExclusiveLock', `its foreign key ${constraint.name} refers to the column`),
          remade(other, constraint, change, rewrites, context),
        ),
      ),
  );
  return all(...to, ...from);
}

/** A foreign key of `holder` after the change: refused when the types no longer compare, verified when another operator compares them. */
function remade(
  holder: Table,
  constraint: Constraint,
  change: Change,
  rewrites: boolean,
  context: CommandContext,
): Draft {
  const { references, columns, name } = constraint;
  const [referenced] = references === undefined ? [] : tables(context.catalog, [references.table]);
  if (references === undefined || referenced === undefined) return nothing;
  const now = (table: Table, column: string | undefined) =>
    table.oid === change.table.oid && column === change.column.name ? change.type : columnOf(table, column)?.type;
  const operators = columns.map((column, at) => {
    const key = references.columns[at];
    const [from, to] = [columnOf(holder, column)?.type, columnOf(referenced, key)?.type];
    const [fromNow, toNow] = [now(holder, column), now(referenced, key)];
    const before = from && to && comparison(from, to, context);
    const after = fromNow && toNow && comparison(fromNow, toNow, context);
    return { kept: before !== undefined && before === after, after };
  });
  if (operators.some(({ after }) => after === 'none'))
    return fail(`foreign key constraint "${name}" cannot be implemented`, '42804');
  if (!constraint.validated || (!rewrites && operators.every(({ kept }) => kept))) return nothing;
  const draft = verifyForeignKey(constraint, { ...context, table: holder });
  const { sure } = change.conversion;
  return sure ? draft : { ...draft, effects: draft.effects.map((made) => ({ ...made, sure })) };
}
