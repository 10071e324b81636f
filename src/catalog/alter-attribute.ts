import { type AlterTableCmd, strings } from '../sql/tree.js';
import { columnCommands } from './alter-column.js';
import type { RelationCommand } from './alter-relation.js';
import type { ApplyOptions } from './applies.js';
import type { Catalog, Column, Oid, Relation, Table } from './catalog.js';
import { putRelation } from './change.js';
import { withDefault } from './column-definition.js';
import { columnOf, dependentsOf, descendants, findRelation, tables } from './lookup.js';
import { dropColumn } from './removal.js';
import { alterTableOf } from './table-command.js';
import { typeRef } from './type-ref.js';

/** What a command makes of one relation with columns that is no table by itself. */
type Change = (catalog: Catalog, relation: WithColumns, node: AlterTableCmd, options: ApplyOptions) => Catalog;
type WithColumns = Extract<Relation, { columns: readonly Column[] }>;

/** A command that means columns of a table or attributes of a composite type and of the tables that are made of it. */
function columnOrAttribute(table: RelationCommand, change: Change): RelationCommand {
  return (node, statement, catalog, options) => {
    const type = findRelation(catalog, alterTableOf(statement)?.relation);
    if (type?.kind !== 'composite type') return table(node, statement, catalog, options);
    return [type, ...typedTables(catalog, type.type)].reduce((now, one) => change(now, one, node, options), catalog);
  };
}

/** The tables of CREATE TABLE … OF a type, and what inherits from them. They change with it: without CASCADE the server refuses. */
export function typedTables(catalog: Catalog, type: Oid): readonly Table[] {
  return tables(catalog, dependentsOf(catalog, type))
    .filter(({ ofType }) => ofType === type)
    .flatMap((table) => [table, ...descendants(catalog, table)]);
}

const add: Change = (catalog, relation, node, { born }) => {
  const name = node.def !== undefined && 'ColumnDef' in node.def ? node.def.ColumnDef.colname : undefined;
  if (name === undefined || columnOf(relation, name) !== undefined) return catalog;
  const inherited = 'parents' in relation && relation.parents.length > 0;
  const added: Column = { name, ...definedType(catalog, node), notNull: false, inherited, born };
  return putRelation(catalog, { ...relation, columns: [...relation.columns, added] });
};

const setType: Change = (catalog, relation, node) =>
  changeColumn(catalog, relation, node, ({ collation: _, ...column }) => ({
    ...column,
    ...definedType(catalog, node),
  }));

function definedType(catalog: Catalog, { def }: AlterTableCmd): Pick<Column, 'type' | 'collation'> {
  if (def === undefined || !('ColumnDef' in def)) return { type: undefined };
  const collation = strings(def.ColumnDef.collClause?.collname).at(-1);
  return { type: typeRef(catalog, def.ColumnDef.typeName), ...(collation !== undefined && { collation }) };
}

function changeColumn(
  catalog: Catalog,
  relation: WithColumns,
  { name }: AlterTableCmd,
  change: (column: Column) => Column,
): Catalog {
  const columns = relation.columns.map((column) => (column.name === name ? change(column) : column));
  return putRelation(catalog, { ...relation, columns });
}

/** Columns of a view can have defaults. */
const columnDefault: RelationCommand = (node, statement, catalog, options) => {
  const view = findRelation(catalog, alterTableOf(statement)?.relation);
  return view?.kind === 'view'
    ? changeColumn(catalog, view, node, (column) => withDefault(catalog, column, node.def))
    : columnCommands.AT_ColumnDefault(node, statement, catalog, options);
};

/** The commands on columns that mean something on composite types or views too. */
export const attributeCommands = {
  AT_AddColumn: columnOrAttribute(columnCommands.AT_AddColumn, add),
  AT_DropColumn: columnOrAttribute(columnCommands.AT_DropColumn, (catalog, relation, { name = '' }) =>
    dropColumn(catalog, relation.oid, name),
  ),
  AT_AlterColumnType: columnOrAttribute(columnCommands.AT_AlterColumnType, setType),
  AT_ColumnDefault: columnDefault,
} as const;
