import { builtInName } from './catalog/built-in-name.js';
import type { Catalog, TypeRef } from './catalog/catalog.js';
import { isTable, relationByName } from './catalog/lookup.js';
import type { TransactionPlan } from './frameworks/framework.js';
import { isBlank } from './frameworks/sql-files.js';
import type { Edit, Step } from './rule.js';
import { quoteIdentifier } from './sql/names.js';
import { textOf } from './sql/piece.js';
import { isKind } from './sql/statement.js';
import type { Constraint } from './sql/tree.js';
import { alteredTable, pasted } from './wording.js';

/**
 * SQL to paste that several rules share. `-- next migration` parts what must not share a transaction; the test of the rules judges
 * every recipe as such, and none may break a rule of level error.
 */

/** Between migrations of a recipe. */
export const next = '-- next migration';

/** Above a statement that cannot share a transaction, where it does: how the runner lets it out. '' where it runs by itself. */
export function alone({ session, script }: Step): string {
  if (!session.inTransaction) return '';
  const { optOut, wayRound, scope, why } = script.transaction;
  if (wayRound !== undefined) return `-- ${wayRound}\n`;
  const how = optOut === undefined ? (scope === 'none' ? '' : ` (${why})`) : `: ${optOut}`;
  return `-- alone, in a migration that runs outside a transaction${how}\n`;
}

/**
 * What is edited besides a statement that cannot share a transaction, so that it has none; undefined where other statements share it, no
 * file can say so, or the statement does not stand in its file as it is: a reader has rendered it, or it is part of another one.
 */
export function leaving({ session, script, statement }: Step): readonly Edit[] | undefined {
  const { source, span, text, parent } = statement;
  if (parent !== undefined || source.slice(span) !== text) return undefined;
  if (!session.inTransaction) return [];
  const [piece, ...others] = script.pieces.filter((each) => !isBlank(textOf(each)));
  if (piece === undefined || others.length > 0 || piece.source !== source) return undefined;
  const before = source.slice({ start: piece.span.start, end: span.start });
  const after = source.slice({ start: span.end, end: piece.span.end });
  return isBlank(before) && isBlank(after.replace(/^\s*;/, '')) ? script.optOut : undefined;
}

/** Whether the runner sends what a script holds as one message, which makes a transaction of several statements. */
function isOneMessage({ batch, partsAlone = false }: TransactionPlan): boolean {
  return batch === 'script' && !partsAlone;
}

/** Why a SET beside the statement is no way to give it a setting; undefined where it is one. */
export function whyNoSet({ session, script }: Step): string | undefined {
  if (session.inTransaction) return undefined;
  if (script.transaction.session === 'statement')
    return 'each statement takes a connection from a pool, and a SET may reach none of those after it.';
  return isOneMessage(script.transaction)
    ? 'beside the statement a SET would make one transaction of both, because the file is one message.'
    : undefined;
}

/** An index concurrently, past one that a failed build has left invalid: IF NOT EXISTS would take that for the index and build nothing. */
export function indexAnew(step: Step, name: string, create: string): string {
  return `${alone(step)}drop index concurrently if exists ${name}; -- what a build that failed has left\n${next}\n${create}`;
}

/** Statements that must take effect at once: BEGIN and COMMIT where nothing makes a transaction of them; a runner’s own must not be ended. */
export function together({ session, script }: Step, statements: readonly string[]): string {
  const { transaction } = script;
  const isOne = session.inTransaction || transaction.scope !== 'none' || isOneMessage(transaction);
  return (isOne ? statements : ['begin;', ...statements, 'commit;']).join('\n');
}

/** A key whose index is there: all as SQL; `attributes` with a blank before them. */
export function keyUsingIndex(key: {
  readonly table: string;
  readonly name: string;
  readonly kind: string;
  readonly index: string;
  readonly attributes: string;
  /** Another command of the same ALTER TABLE before it, with its comma. */
  readonly before?: string;
}): string {
  const { table, name, kind, index, attributes, before = '' } = key;
  return `alter table ${table} ${before}add constraint ${name} ${kind} using index ${index}${attributes};`;
}

/** A column that takes the place of another while code that knows only the other still runs. */
export function secondColumn(table: string, oldName: string, newName: string, type: string): string {
  const [old, fresh] = [quoteIdentifier(oldName), quoteIdentifier(newName)];
  return `alter table ${table} add column ${fresh} ${type};
${next}: a trigger that keeps ${fresh} in step with ${old}; fill the old rows in batches;
-- switch the code to ${fresh}; drop ${old} when no running code reads it`;
}

/** The type of a column that is known, as SQL; undefined where its modifiers are no list of numbers. */
export function typeSql(catalog: Catalog, { schema, name, modifiers, dimensions, oid }: TypeRef): string | undefined {
  const array = '[]'.repeat(dimensions);
  if (schema === 'pg_catalog') {
    if (modifiers.length === 0) return `${builtInName(name)}${array}`;
    return name === 'interval' ? undefined : `${name}(${modifiers.join(', ')})${array}`;
  }
  const own = oid === undefined ? undefined : catalog.types.get(oid);
  return own === undefined || modifiers.length > 0 ? undefined : `${pasted(`${own.schema}.${own.name}`)}${array}`;
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

/**
 * The constraint that a command of the same ALTER TABLE drops to make room for an added one, by its name or as the table's one primary key:
 * `drop constraint c, ` to stand before it, and '' where none does.
 */
export function dropBefore({ statement, before, relation = '' }: Step<'AT_AddConstraint'>, added: Constraint): string {
  const table = relationByName(before, relation);
  const keys = table !== undefined && isTable(table) && added.contype === 'CONSTR_PRIMARY' ? table.constraints : [];
  const names = new Set([added.conname, ...keys.filter(({ kind }) => kind === 'primary key').map(({ name }) => name)]);
  const drop = statement.parent?.commands.find((one) => isKind(one, 'AT_DropConstraint') && names.has(one.node.name));
  return drop === undefined ? '' : `${drop.text}, `;
}

/** The constraint NOT VALID first, then validated under a lock that lets reads and writes pass. */
export function separateValidation(step: Step<'AT_AddConstraint'>, constraint: Constraint): string {
  const { statement } = step;
  const name = quoteIdentifier(constraint.conname ?? newConstraint(step) ?? 'new_constraint');
  const definition =
    constraint.conname === undefined
      ? statement.text.replace(/^add\s+/i, (add) => `${add}constraint ${name} `)
      : statement.text;
  const tables = tablesThatTakeIt(step, constraint);
  const drop = dropBefore(step, constraint);
  const validated = tables.flatMap((table) => [
    `alter table ${table} ${drop}${definition} not valid;`,
    next,
    `alter table ${table} validate constraint ${name};`,
  ]);
  const own = alteredTable(statement);
  if (tables.length === 0)
    return `Add it NOT VALID to each partition (the history shows none) and validate it there; ${own} then takes those keys and looks at no row.`;
  // the partitions' keys become parts of that of the whole, and no row is looked at again
  const whole = tables.includes(own) ? [] : [next, `alter table ${own} ${definition};`];
  return [...validated, ...whole].join('\n');
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

/** The name that PostgreSQL gives to the constraint. */
export function newConstraint(step: Step): string | undefined {
  if (step.relation === undefined) return undefined;
  const before = relationByName(step.before, step.relation);
  const after = relationByName(step.after, step.relation);
  if (after === undefined || !('constraints' in after)) return undefined;
  const old = before !== undefined && 'constraints' in before ? before.constraints.map(({ name }) => name) : [];
  return after.constraints.find(({ name }) => !old.includes(name))?.name;
}
