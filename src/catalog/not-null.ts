import type { ApplyOptions } from './applies.js';
import type { Catalog, Constraint, Oid, Table } from './catalog.js';
import { changeTable } from './change.js';
import { newConstraintName } from './generated-name.js';
import { columnOf, isTable, tables } from './lookup.js';
import { dropConstraint, dropConstraintAlone } from './removal.js';
import { withColumn } from './with-column.js';

/** Of a NOT NULL: what its author said of it, and where it comes from. */
export interface NotNull {
  readonly name?: string | undefined;
  readonly validated?: boolean;
  readonly noInherit?: boolean;
  readonly inherited?: boolean;
  /** Of a table that is being created: its own constraint goes before what it has from parents, under its own name. */
  readonly newTable?: boolean;
  /** Children are left as they are: NO INHERIT, or the caller goes through them. */
  readonly only?: boolean;
}

/** Makes a column NOT NULL, in children too. Since 18 that is a constraint with a name. */
export function setNotNull(
  catalog: Catalog,
  oid: Oid,
  column: string,
  options: ApplyOptions,
  how: NotNull = {},
): Catalog {
  const { validated = true, noInherit = false, only = noInherit } = how;
  let after = changeTable(catalog, oid, (table) => withNotNull(catalog, table, column, options, how));
  const table = after.relations.get(oid);
  if (only || table === undefined || !isTable(table)) return after;
  const name = how.name ?? notNullOf(table, column)?.name;
  for (const child of tables(after, table.children))
    after = setNotNull(after, child.oid, column, options, { name, validated, inherited: true });
  return after;
}

/** The table with a NOT NULL; its children are left as they are. */
export function withNotNull(
  catalog: Catalog,
  table: Table,
  column: string,
  options: ApplyOptions,
  how: NotNull = {},
): Table {
  const { validated = true, noInherit = false, only = noInherit } = how;
  const marked = validated
    ? withColumn(table, column, (old) => (old.notNull ? old : { ...old, notNull: true }))
    : table;
  if (options.pg < 18 || columnOf(table, column) === undefined) return marked;
  const known = notNullOf(table, column);
  const kept = known?.inherited && how.newTable ? undefined : known?.name;
  const name = how.name ?? kept ?? newConstraintName(catalog, table, column, 'not_null');
  // as if NO INHERIT had been said: ATExecSetNotNull of tablecmds.c
  const alone = noInherit || (only && table.children.length > 0);
  return { ...marked, constraints: mergedNotNull(table, known, name, column, options, { ...how, noInherit: alone }) };
}

function mergedNotNull(
  table: Table,
  known: Constraint | undefined,
  name: string,
  column: string,
  { born }: ApplyOptions,
  { validated = true, noInherit = false, inherited = false, newTable = false }: NotNull,
): readonly Constraint[] {
  if (known !== undefined) {
    const merged: Constraint = {
      ...known,
      ...(newTable && known.inherited && !known.local && { name, local: true }),
      validated: known.validated || validated,
      inherited: known.inherited || inherited,
      ...(!known.inherited && inherited && { local: true }),
    };
    return table.constraints.map((constraint) => (constraint === known ? merged : constraint));
  }
  const made: Constraint = {
    name,
    kind: 'not null',
    validated,
    enforced: true,
    columns: [column],
    deferrable: false,
    noInherit,
    inherited,
    born,
  };
  return [...table.constraints, made];
}

/** Lets a column hold nulls again; since 18 by dropping the constraint, which children then no longer have from here. */
export function dropNotNull(
  catalog: Catalog,
  { oid }: Table,
  column: string,
  { pg, only }: ApplyOptions & { readonly only: boolean },
): Catalog {
  const table = catalog.relations.get(oid);
  if (table === undefined || !isTable(table)) return catalog;
  const known = notNullOf(table, column);
  if (known !== undefined)
    return only ? dropConstraintAlone(catalog, table, known) : dropConstraint(catalog, oid, known.name);
  const own = changeTable(catalog, oid, (now) => withColumn(now, column, (old) => ({ ...old, notNull: false })));
  if (only || pg >= 18) return own;
  return tables(own, table.children).reduce(
    (now, child) => dropNotNull(now, child, column, { born: -1, pg, only }),
    own,
  );
}

/** The NOT NULL constraint of a column, which is one since 18. */
export function notNullOf(table: Table, column: string): Constraint | undefined {
  return table.constraints.find(({ kind, columns }) => kind === 'not null' && columns[0] === column);
}
