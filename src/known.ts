import type { Catalog, Column, Oid, Relation, Routine, Table } from './catalog/catalog.js';
import { columnOf, isTable, relationByName, resolveRelationName } from './catalog/lookup.js';
import type { PersistentMap } from './catalog/persistent-map.js';
import type { HeldLock, JudgedMigration, Step } from './rule.js';
import { columnRefs, rangeVars } from './sql/walk.js';

/** What running code knows of the schema, and what a migration takes from it. */

/** The relations that a statement drops, CASCADE included, and that running code knows. */
export function knownDropped({ before, after, isNew }: Step): readonly Relation[] {
  return dropped(before.relations, after.relations)
    .filter(({ schema, name }) => !isNew(`${schema}.${name}`))
    .sort(byName);
}

/** The functions and procedures that a statement drops, and that running code knows. */
export function knownRoutinesDropped({ before, after, since }: Step): readonly Routine[] {
  return dropped(before.routines, after.routines)
    .filter(({ born }) => born < since)
    .sort(byName);
}

/** A column that a statement drops, with its table. */
export interface DroppedColumn {
  readonly table: string;
  readonly column: string;
}

/** The columns that a statement drops from tables that stay, and that running code knows. */
export function knownColumnsDropped(step: Step): readonly DroppedColumn[] {
  const { before, after, since, isNew } = step;
  return before.relations.differing(after.relations).flatMap(([oid, old]) => {
    const now = after.relations.get(oid);
    if (now === undefined || !isTable(old) || !isTable(now)) return [];
    const table = `${old.schema}.${old.name}`;
    if (isNew(table)) return [];
    const stays = new Set(now.columns.map(({ name }) => name));
    return old.columns
      .filter(({ name, born }) => born < since && !stays.has(name))
      .map(({ name }) => ({ table, column: name }));
  });
}

function dropped<V>(before: PersistentMap<Oid, V>, after: PersistentMap<Oid, V>): V[] {
  return before
    .differing(after)
    .filter(([oid]) => !after.has(oid))
    .map(([, value]) => value);
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

/** The table of a statement as it is before the migration and at its end; undefined when it does not stay, or when running code does not know it. */
export function keptTable(
  { before, afterUp }: JudgedMigration,
  { relation = '', isNew }: Step,
): { readonly old: Table; readonly now: Table } | undefined {
  const old = isNew(relation) ? undefined : relationByName(before, relation);
  const now = old === undefined ? undefined : afterUp.relations.get(old.oid);
  return old !== undefined && now !== undefined && isTable(old) && isTable(now) ? { old, now } : undefined;
}

/** Whether a column had its name before the migration: running code does not know the name that a rename of the same one gave it. */
export function wasCalled(start: Catalog, step: Step, table: string, column: string): boolean {
  const now = relationByName(step.before, table);
  const old = now && start.relations.get(now.oid);
  return old === undefined || !isTable(old) || !old.complete || columnOf(old, column) !== undefined;
}

/** Code that uses a table which the migration has dropped fails, whether it waits for its lock or not. */
export function isGone({ relation, statement }: HeldLock, start: Catalog, { before }: Step): boolean {
  const old = relationByName(start, relation);
  if (old !== undefined) return !before.relations.has(old.oid);
  // DROP … IF EXISTS of what the history does not show
  return statement.kind === 'DropStmt' && relationByName(before, relation) === undefined;
}

/** Whether an INSERT that leaves the column out gets a value for it. */
export function hasOwnValue(catalog: Catalog, column: Column): boolean {
  const type = column.type?.oid === undefined ? undefined : catalog.types.get(column.type.oid);
  return (
    column.default !== undefined ||
    column.identity !== undefined ||
    column.generated !== undefined ||
    column.sequence !== undefined ||
    (type?.kind === 'domain' && type.default !== undefined)
  );
}

const copying: ReadonlySet<string> = new Set(['UpdateStmt', 'InsertStmt', 'MergeStmt', 'CreateTableAsStmt']);

/** Whether an earlier statement of the migration takes rows of a table, or of one of its columns, to somewhere. */
export function isReadBefore(up: readonly Step[], step: Step, table: string, column?: string): boolean {
  return up.slice(0, up.indexOf(step)).some(({ kind, node, before }) => {
    if (!copying.has(kind)) return false;
    const target = 'relation' in node ? node.relation : undefined;
    const read = rangeVars(node).some(
      (range) => (column !== undefined || range !== target) && resolveRelationName(before, range) === table,
    );
    return read && (column === undefined || columnRefs(node).some(({ parts }) => parts.at(-1) === column));
  });
}

/** The first of several statements about each relation, so that one cause gives one finding. */
export function firstOfEach(steps: readonly Step[]): readonly Step[] {
  const seen = new Set<string>();
  return steps.filter(({ relation }) => {
    if (relation === undefined || seen.has(relation)) return false;
    seen.add(relation);
    return true;
  });
}

/** The statements that make a table, or alter one, each table once with the last of its statements. */
export function tablesTouched(up: readonly Step[]): readonly { readonly step: Step; readonly name: string }[] {
  const last = new Map<string, Step>();
  for (const step of up) {
    if (step.relation !== undefined && (step.kind === 'CreateStmt' || step.kind.startsWith('AT_')))
      last.set(step.relation, step);
  }
  return [...last].map(([name, step]) => ({ name, step }));
}

/** True the first time it is asked about a key. */
export function isFirst(seen: Set<string>, key: string): boolean {
  if (seen.has(key)) return false;
  seen.add(key);
  return true;
}
