import type { CommandContext } from './alter-table-command.js';
import { type Draft, fail, nothing } from './draft.js';

/** The refusal of a name that a constraint of the table has already. */
export function nameTaken(name: string | undefined, { table }: CommandContext): Draft {
  const known = table.constraints.find((constraint) => constraint.name === name);
  // one that the table has from a parent is merged with
  if (known === undefined || known.inherited) return nothing;
  return fail(`constraint "${name}" for relation "${table.name}" already exists`, '42710');
}
