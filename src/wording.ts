import type { Column } from './catalog/catalog.js';
import { relationByName, resolveRelationName } from './catalog/lookup.js';
import type { Difference } from './catalog/snapshot.js';
import type { Effect, LockMode } from './effects/effect.js';
import { blocks } from './effects/locks.js';
import type { Finding, HeldLock, Related, Step } from './rule.js';
import { sqlName, unqualified } from './sql/names.js';
import type { Statement } from './sql/statement.js';
import { type AlterTableCmd, type Constraint, type RangeVar, strings } from './sql/tree.js';

/** Words and SQL that several rules share, so that all say the same thing in the same way. */

/** "reads and writes", "writes", or undefined when neither waits. */
export function whomBlocks(lock: LockMode): string | undefined {
  const blocked = blocks(lock);
  if (blocked.includes('reads')) return 'reads and writes';
  return blocked.includes('writes') ? 'writes' : undefined;
}

/** Whether work in proportion to a table's size is done: what makes a lock last. */
export function works(effect: Effect): boolean {
  return effect.work !== 'none';
}

/** The tables on which reads or writes wait for as long as the work of the statement takes. */
export function blockedByWork({ effects, before }: Step): readonly Effect[] {
  if (!effects.some(({ work }) => work === 'scan' || work === 'build' || work === 'rewrite')) return [];
  const seen = new Set<string>();
  return effects.filter(({ kind, relation, lock }) => {
    const blocked = kind === 'table' ? whomBlocks(lock) : undefined;
    if (blocked === undefined || seen.has(relation)) return false;
    // nobody writes to a materialized view but REFRESH
    if (blocked === 'writes' && relationByName(before, relation)?.kind === 'materialized view') return false;
    seen.add(relation);
    return true;
  });
}

/** A relation as SQL to paste: with a schema only if the user wrote one. */
export function written(range: RangeVar | undefined): string {
  return sqlName(range?.schemaname, range?.relname ?? '');
}

/** `a, b and c` for people. */
export function list(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** A relation as effects name it (schema.name), as SQL to paste; `public.` goes without saying. */
export function pasted(relation: string): string {
  const { schema, name } = unqualified(relation);
  return sqlName(schema === 'public' ? undefined : schema, name);
}

/** What the user wrote after the name of a relation in a statement: columns, WHERE and the rest. */
export function afterName(statement: Statement, range: RangeVar | undefined): string {
  const start = statement.textAt(range?.location);
  const name = /^(?:"(?:[^"]|"")*"|[^\s"(.;]+)(?:\s*\.\s*(?:"(?:[^"]|"")*"|[^\s"(.;]+))*/.exec(
    statement.text.slice(start),
  );
  return statement.text.slice(start + (name?.[0].length ?? 0));
}

/** The table of an ALTER TABLE, from one of its commands, as SQL to paste. */
export function alteredTable(command: Statement): string {
  const node = command.parent?.node;
  return written(
    node !== undefined && 'relation' in node && node.relation !== undefined && 'relname' in node.relation
      ? node.relation
      : undefined,
  );
}

/** The column that a command adds or alters, as the catalog has it after the statement; undefined when it is not known. */
export function columnAfter(step: Step, name: string | undefined): Column | undefined {
  const table = step.relation === undefined ? undefined : relationByName(step.after, step.relation);
  return table !== undefined && 'columns' in table ? table.columns.find((column) => column.name === name) : undefined;
}

/** The name of the column that ADD COLUMN adds. */
export function addedColumn(command: AlterTableCmd): string | undefined {
  return command.def !== undefined && 'ColumnDef' in command.def ? command.def.ColumnDef.colname : undefined;
}

/**
 * Whether running code may know a column that a statement takes away or renames: false when it is new in this migration, or when the
 * catalog shows that there is no such column.
 */
export function runningCodeKnows(step: Step, column: string | undefined): boolean {
  if (step.relation === undefined || step.isNew(step.relation)) return false;
  const table = relationByName(step.before, step.relation);
  if (table === undefined) return true;
  if (table.kind === 'composite type' || !('columns' in table)) return false;
  const known = table.columns.find(({ name }) => name === column);
  return known === undefined ? !('complete' in table && table.complete) : known.born < step.since;
}

/** The constraint that a command adds, by itself or with a column (there of the kind asked for). */
export function addedConstraint(command: AlterTableCmd, kind: Constraint['contype']): Constraint | undefined {
  const { def } = command;
  if (def === undefined) return undefined;
  if ('Constraint' in def) return def.Constraint.contype === kind ? def.Constraint : undefined;
  if (!('ColumnDef' in def)) return undefined;
  return def.ColumnDef.constraints
    ?.flatMap((node) => ('Constraint' in node ? node.Constraint : []))
    .find(({ contype }) => contype === kind);
}

/** The relations (schema.name) that a DROP names. */
export function droppedRelations(step: Step<'DropStmt'>): readonly string[] {
  return (step.node.objects ?? []).flatMap((object) => {
    const parts = 'List' in object ? strings(object.List.items) : [];
    const [relname, schemaname] = [parts.at(-1), parts.at(-2)];
    if (relname === undefined) return [];
    return resolveRelationName(step.before, schemaname === undefined ? { relname } : { schemaname, relname });
  });
}

/** True for SQL to paste, false for a sentence: what `instead` holds. */
export function isSql(instead: string): boolean {
  return instead.includes('\n') || /;\s*(--.*)?$/.test(instead);
}

/** The remedy where the runner has one transaction for all pending migrations: a file of its own is not enough. */
export function deployedApart({ script }: Step, what: string): Pick<Finding, 'instead'> {
  const { scope, why } = script.transaction;
  return scope === 'run' ? { instead: `${what} into a migration that is deployed later, by itself: ${why}.` } : {};
}

/** Leads to the statement that took a lock. */
export function lockTaken({ statement }: HeldLock): Related {
  const { source, span } = statement;
  return { message: 'the lock is taken here and kept until the end of the transaction', source, span };
}

const restored: Readonly<Record<Difference['how'], string>> = {
  missing: 'is missing',
  'left over': 'is left over',
  different: 'is not what it was',
};

const ofSeveral: Readonly<Record<Difference['how'], string>> = {
  missing: 'are missing',
  'left over': 'are left over',
  different: 'are not what they were',
};

/** More objects than a reader takes in at once are counted. */
const mostDifferences = 4;

/** "column public.account.email is missing and index public.a is left over". */
export function differencesInWords(found: readonly Difference[]): string {
  const told = found.slice(0, mostDifferences).map(({ object, how }) => {
    const are = /^(?:default )?privileges /.test(object);
    return `${object} ${are ? ofSeveral[how] : restored[how]}`;
  });
  const more = found.length > mostDifferences ? [`${found.length - mostDifferences} more`] : [];
  return list([...told, ...more]);
}

/** Whether a value of lock_timeout or statement_timeout limits anything: zero, in any unit, does not. */
export function isTimeout(value: string | undefined): boolean {
  return value !== undefined && !/^\s*'?\s*0+\s*[a-z]*\s*'?\s*$/i.test(value);
}
