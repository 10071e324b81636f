import { type Constraint as ConstraintNode, type Node, strings } from '../sql/tree.js';
import type { Catalog, Column, Oid, Table } from './catalog.js';
import { changeTable } from './change.js';
import { defineColumn, withDefault, withIdentity } from './column-definition.js';
import { addConstraint } from './constraint-definition.js';
import { mergeColumns, sharesIdentity } from './inheritance.js';
import { columnOf, descendants, isTable, tables } from './lookup.js';
import { dropNotNull, setNotNull } from './not-null.js';
import { dropColumn, dropObject } from './removal.js';
import { changeColumn, learned, onTable, type TableCommand } from './table-command.js';
import { typeRef } from './type-ref.js';
import { withColumn } from './with-column.js';

const addColumn: TableCommand = (catalog, table, { def }, options) => {
  if (def === undefined || !('ColumnDef' in def) || columnOf(table, def.ColumnDef.colname) !== undefined)
    return catalog;
  const { catalog: after, column, constraints } = defineColumn(catalog, table, def.ColumnDef, options);
  const added = changeTable(after, table.oid, (now) => ({ ...now, columns: [...now.columns, column] }));
  const inherited = options.only ? added : inheritColumn(added, table.oid, column, options.pg);
  return [...constraints]
    .sort((a, b) => order(a) - order(b))
    .reduce((now, constraint) => addConstraint(now, table.oid, constraint, options), inherited);
};

/** CHECK and NOT NULL go before indexes, foreign keys last. */
function order({ contype }: ConstraintNode): number {
  if (contype === 'CONSTR_FOREIGN') return 2;
  return contype === 'CONSTR_CHECK' || contype === 'CONSTR_NOTNULL' ? 0 : 1;
}

/** Gives children a new column of their parent; a child that has one of the name has it from now on from the parent too. */
function inheritColumn(catalog: Catalog, oid: Oid, column: Column, pg: number): Catalog {
  const parent = catalog.relations.get(oid);
  if (parent === undefined || !isTable(parent)) return catalog;
  return tables(catalog, parent.children).reduce((now, child) => {
    const bond = { partition: child.bound !== undefined, pg };
    const [inherited = column] = mergeColumns([{ ...parent, columns: [column] }], [], bond);
    const changed = changeTable(now, child.oid, (one) => withInherited(one, inherited));
    return inheritColumn(changed, child.oid, column, pg);
  }, catalog);
}

function withInherited(child: Table, column: Column): Table {
  const known = columnOf(child, column.name);
  if (known === undefined) return { ...child, columns: [...child.columns, column] };
  const local = !known.inherited && child.bound === undefined;
  return withColumn(child, column.name, (own) => ({ ...own, inherited: true, ...(local && { local }) }));
}

const removeColumn: TableCommand = (catalog, table, { name }, { only }) => {
  if (name === undefined) return catalog;
  return dropColumn(only ? withOwnColumns(catalog, table, name) : catalog, table.oid, name);
};

/** The children keep a column that their parent loses: DROP COLUMN with ONLY. */
export function withOwnColumns(catalog: Catalog, table: Table, name: string): Catalog {
  return tables(catalog, table.children).reduce(
    (now, child) => changeTable(now, child.oid, (one) => withColumn(one, name, (own) => ({ ...own, local: true }))),
    catalog,
  );
}

const alterType: TableCommand = (catalog, table, { name, def }, { only }) => {
  if (def === undefined || !('ColumnDef' in def)) return catalog;
  const type = typeRef(catalog, def.ColumnDef.typeName);
  const collation = strings(def.ColumnDef.collClause?.collname).at(-1);
  const change = ({ collation: _, storage: __, ...column }: Column): Column => ({
    ...column,
    type,
    ...(collation !== undefined && { collation }),
  });
  return changeColumn(catalog, table, name, change, only);
};

const setDefault: TableCommand = (catalog, table, { name, def }, { only }) =>
  changeColumn(catalog, table, name, (column) => withDefault(catalog, column, def), only);

const addIdentity: TableCommand = (catalog, table, { name, def }, options) => {
  const known = learned(table, name);
  const column = columnOf(known, name);
  if (column === undefined || def === undefined || !('Constraint' in def)) return catalog;
  const { catalog: after, column: made } = withIdentity(
    catalog,
    table,
    { ...column, born: options.born },
    def.Constraint,
    options,
  );
  const { identity, sequence } = made;
  if (identity === undefined || sequence === undefined) return catalog;
  const own = changeTable(after, table.oid, (now) =>
    withColumn(learned(now, name), name, (old) => ({ ...old, identity, sequence })),
  );
  return inIdenticalPartitions(own, table, options.pg, name, (old) => ({ ...old, identity }));
};

const setIdentity: TableCommand = (catalog, table, { name, def }, { pg }) => {
  const options = def !== undefined && 'List' in def ? (def.List.items ?? []) : [];
  const generated = options.flatMap((option) => generatedOf(option)).at(-1);
  if (generated === undefined) return catalog;
  const change = (column: Column): Column =>
    column.identity === undefined ? column : { ...column, identity: generated };
  const own = changeTable(catalog, table.oid, (now) => withColumn(now, name, change));
  return inIdenticalPartitions(own, table, pg, name, change);
};

/** SET GENERATED comes as the code of the letter a or d. */
function generatedOf(option: Node): readonly NonNullable<Column['identity']>[] {
  if (!('DefElem' in option) || option.DefElem.defname !== 'generated') return [];
  const { arg } = option.DefElem;
  const code = arg !== undefined && 'Integer' in arg ? arg.Integer.ival : undefined;
  return [code === 'a'.charCodeAt(0) ? 'always' : 'by default'];
}

const dropIdentity: TableCommand = (catalog, table, { name }, { pg }) => {
  const column = columnOf(table, name);
  if (column?.identity === undefined) return catalog;
  const dropped = column.sequence === undefined ? catalog : dropObject(catalog, column.sequence);
  const change = ({ identity: _, sequence: __, ...rest }: Column): Column => rest;
  const own = changeTable(dropped, table.oid, (now) => withColumn(now, name, change));
  return inIdenticalPartitions(own, table, pg, name, change);
};

/** The same for partitions that share the identity column. */
function inIdenticalPartitions(
  catalog: Catalog,
  table: Table,
  pg: number,
  name: string | undefined,
  change: (column: Column) => Column,
): Catalog {
  if (!sharesIdentity({ partition: table.kind === 'partitioned', pg })) return catalog;
  return descendants(catalog, table).reduce(
    (now, partition) => changeTable(now, partition.oid, (one) => withColumn(one, name, change)),
    catalog,
  );
}

const setExpression: TableCommand = (catalog, table, { name, def }, { only }) =>
  changeColumn(
    catalog,
    table,
    name,
    (column) =>
      def === undefined || column.generated === undefined
        ? column
        : { ...column, generated: { ...column.generated, expression: def } },
    only,
  );

const dropExpression: TableCommand = (catalog, table, { name }, { only }) =>
  changeColumn(catalog, table, name, ({ generated: _, ...column }) => column, only);

/** The commands of ALTER TABLE that change a column. */
export const columnCommands = {
  AT_AddColumn: onTable(addColumn),
  AT_DropColumn: onTable(removeColumn),
  AT_AlterColumnType: onTable(alterType),
  AT_ColumnDefault: onTable(setDefault),
  AT_SetNotNull: onTable((catalog, table, { name = '' }, options) =>
    setNotNull(
      changeTable(catalog, table.oid, (now) => learned(now, name)),
      table.oid,
      name,
      options,
      { only: options.only },
    ),
  ),
  AT_DropNotNull: onTable((catalog, table, { name = '' }, options) => dropNotNull(catalog, table, name, options)),
  AT_AddIdentity: onTable(addIdentity),
  AT_SetIdentity: onTable(setIdentity),
  AT_DropIdentity: onTable(dropIdentity),
  AT_SetExpression: onTable(setExpression),
  AT_DropExpression: onTable(dropExpression),
} as const;
