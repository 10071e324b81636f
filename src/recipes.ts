import { relationByName } from './catalog/lookup.js';
import type { Step } from './rule.js';
import { quoteIdentifier } from './sql/names.js';
import type { Constraint } from './sql/tree.js';
import { addedColumn, alteredTable, pasted } from './wording.js';

/**
 * SQL to paste that several rules share. `-- next migration` parts what must not share a transaction; the test of the rules judges
 * every recipe as such, and none may break a rule of level error.
 */

/** Between migrations of a recipe. */
export const next = '-- next migration';

/** Above a statement that cannot share a transaction, where it does: how the runner lets it out. '' where it runs by itself. */
export function alone({ session, script }: Step): string {
  if (!session.inTransaction) return '';
  const { optOut, scope, why } = script.transaction;
  const how = optOut === undefined ? (scope === 'none' ? '' : ` (${why})`) : `: ${optOut}`;
  return `-- alone, in a migration that runs outside a transaction${how}\n`;
}

/** Whether a second statement in the script would make a transaction block of both: the runner sends it as one message. */
export function isMessageOfOne({ session, script }: Step): boolean {
  return !session.inTransaction && script.transaction.batch === 'script';
}

/**
 * An index concurrently, past one that a failed build has left invalid: IF NOT EXISTS would take that for the index and build nothing.
 */
export function indexAnew(step: Step, name: string, create: string): string {
  return `${alone(step)}drop index concurrently if exists ${name}; -- what a build that failed has left\n${next}\n${create}`;
}

/** NOT NULL without a scan under lock: a CHECK that is validated by itself proves it. */
export function notNullRecipe(table: string, column: string): string {
  const name = quoteIdentifier(column);
  const constraint = quoteIdentifier(`${column}_not_null`);
  return [
    `alter table ${table} add constraint ${constraint} check (${name} is not null) not valid;`,
    next,
    `alter table ${table} validate constraint ${constraint};`,
    next,
    `alter table ${table} alter column ${name} set not null;`,
    `alter table ${table} drop constraint ${constraint};`,
  ].join('\n');
}

/** The constraint NOT VALID first, then validated under a lock that lets reads and writes pass. */
export function separateValidation(step: Step<'AT_AddConstraint' | 'AT_AddColumn'>, constraint: Constraint): string {
  const { statement } = step;
  if (step.kind === 'AT_AddColumn') return columnThenConstraint(step, constraint);
  const name = quoteIdentifier(constraint.conname ?? newConstraint(step) ?? 'new_constraint');
  const definition =
    constraint.conname === undefined
      ? statement.text.replace(/^add\s+/i, (add) => `${add}constraint ${name} `)
      : statement.text;
  return tablesThatTakeIt(step, constraint)
    .flatMap((table) => [
      `alter table ${table} ${definition} not valid;`,
      next,
      `alter table ${table} validate constraint ${name};`,
    ])
    .join('\n');
}

/** Before 18 a partitioned table refuses a NOT VALID foreign key, its partitions take one each. */
function tablesThatTakeIt(step: Step, constraint: Constraint): readonly string[] {
  const table = step.relation === undefined ? undefined : relationByName(step.before, step.relation);
  if (constraint.contype !== 'CONSTR_FOREIGN' || table?.kind !== 'partitioned' || step.pg >= 18)
    return [alteredTable(step.statement)];
  return table.children.flatMap((oid) => {
    const child = step.before.relations.get(oid);
    return child === undefined ? [] : pasted(`${child.schema}.${child.name}`);
  });
}

/** REFERENCES or CHECK written with the column: the column first, the constraint as above. */
function columnThenConstraint(step: Step<'AT_AddConstraint' | 'AT_AddColumn'>, constraint: Constraint): string {
  const { statement } = step;
  const table = alteredTable(statement);
  const column = addedColumn(step.node) ?? '';
  const at = statement.at(constraint.location) - statement.span.start;
  const before = statement.text
    .slice(0, at)
    .replace(/\s*constraint\s+\S+\s*$/i, '')
    .trimEnd();
  const name = quoteIdentifier(constraint.conname ?? newConstraint(step) ?? `${column}_new`);
  const own = statement.text.slice(at).replace(/^constraint\s+\S+\s+/i, '');
  const definition = constraint.contype === 'CONSTR_FOREIGN' ? `foreign key (${quoteIdentifier(column)}) ${own}` : own;
  return [
    `alter table ${table} ${before};`,
    `alter table ${table} add constraint ${name} ${definition} not valid;`,
    next,
    `alter table ${table} validate constraint ${name};`,
  ].join('\n');
}

/** The name that PostgreSQL gives to the constraint. */
function newConstraint(step: Step): string | undefined {
  if (step.relation === undefined) return undefined;
  const before = relationByName(step.before, step.relation);
  const after = relationByName(step.after, step.relation);
  if (after === undefined || !('constraints' in after)) return undefined;
  const old = before !== undefined && 'constraints' in before ? before.constraints.map(({ name }) => name) : [];
  return after.constraints.find(({ name }) => !old.includes(name))?.name;
}
