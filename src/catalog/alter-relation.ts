import type { Statement } from '../sql/statement.js';
import { type AlterTableCmd, strings } from '../sql/tree.js';
import { columnCommands } from './alter-column.js';
import type { ApplyOptions } from './applies.js';
import type { Catalog, Column, CompositeRelation, Relation } from './catalog.js';
import { putRelation } from './change.js';
import { withDefault } from './column-definition.js';
import { columnOf, findRelation } from './lookup.js';
import { dropColumn } from './removal.js';
import { storageOptions } from './storage-options.js';
import { alteredTable, alterTableOf } from './table-command.js';
import { typeRef } from './type-ref.js';

type RelationCommand = (node: AlterTableCmd, statement: Statement, catalog: Catalog, options: ApplyOptions) => Catalog;

/** A command on any kind of relation. */
function onRelation(change: (relation: Relation, node: AlterTableCmd) => Relation): RelationCommand {
  return (node, statement, catalog) => {
    const alter = alterTableOf(statement);
    if (alter === undefined) return catalog;
    const [known] = alteredTable(catalog, alter);
    const relation = findRelation(known, alter.relation);
    return relation === undefined ? known : putRelation(known, change(relation, node));
  };
}

/** The commands that tables share with indexes, materialized views and views. */
export const relationCommands = {
  AT_SetTableSpace: onRelation((relation, { name }) =>
    name === undefined || relation.kind === 'view' || relation.kind === 'sequence' || relation.kind === 'composite type'
      ? relation
      : { ...relation, tablespace: name },
  ),
  AT_SetAccessMethod: onRelation((relation, { name }) => {
    if (relation.kind !== 'table' && relation.kind !== 'partitioned' && relation.kind !== 'materialized view')
      return relation;
    const { accessMethod: _, ...rest } = relation;
    return name === undefined ? rest : { ...rest, accessMethod: name };
  }),
  AT_SetRelOptions: onRelation((relation, { def }) =>
    'options' in relation ? { ...relation, options: { ...relation.options, ...optionsOf(def) } } : relation,
  ),
  AT_ResetRelOptions: onRelation((relation, { def }) => {
    if (!('options' in relation)) return relation;
    const gone = optionsOf(def);
    const left = Object.entries(relation.options).filter(([name]) => gone[name] === undefined);
    return { ...relation, options: Object.fromEntries(left) };
  }),
  AT_ChangeOwner: onRelation((relation, { newowner }) =>
    'constraints' in relation && newowner?.rolename !== undefined
      ? { ...relation, owner: newowner.rolename }
      : relation,
  ),
} as const;

function optionsOf(def: AlterTableCmd['def']): Readonly<Record<string, string>> {
  return storageOptions(def !== undefined && 'List' in def ? def.List.items : []);
}

/** A command that means columns of a table, attributes of a composite type, or (only defaults) columns of a view. */
function either(
  table: RelationCommand,
  other: (catalog: Catalog, relation: Relation, node: AlterTableCmd, options: ApplyOptions) => Catalog,
): RelationCommand {
  return (node, statement, catalog, options) => {
    const relation = findRelation(catalog, alterTableOf(statement)?.relation);
    return relation === undefined || 'constraints' in relation
      ? table(node, statement, catalog, options)
      : other(catalog, relation, node, options);
  };
}

function definedType(catalog: Catalog, { def }: AlterTableCmd): Pick<Column, 'type' | 'collation'> {
  if (def === undefined || !('ColumnDef' in def)) return { type: undefined };
  const collation = strings(def.ColumnDef.collClause?.collname).at(-1);
  return { type: typeRef(catalog, def.ColumnDef.typeName), ...(collation !== undefined && { collation }) };
}

function addAttribute(catalog: Catalog, type: CompositeRelation, node: AlterTableCmd, { born }: ApplyOptions): Catalog {
  const name = node.def !== undefined && 'ColumnDef' in node.def ? node.def.ColumnDef.colname : undefined;
  if (name === undefined || columnOf(type, name) !== undefined) return catalog;
  const added: Column = { name, ...definedType(catalog, node), notNull: false, inherited: false, born };
  return putRelation(catalog, { ...type, columns: [...type.columns, added] });
}

/** The commands that mean something on composite types and views too. */
export const compositeOrTable = {
  AT_AddColumn: either(columnCommands.AT_AddColumn, (catalog, relation, node, options) =>
    relation.kind === 'composite type' ? addAttribute(catalog, relation, node, options) : catalog,
  ),
  AT_DropColumn: either(columnCommands.AT_DropColumn, (catalog, relation, { name = '' }) =>
    relation.kind === 'composite type' ? dropColumn(catalog, relation.oid, name) : catalog,
  ),
  AT_AlterColumnType: either(columnCommands.AT_AlterColumnType, (catalog, relation, node) =>
    relation.kind === 'composite type'
      ? changeColumns(catalog, relation, node, (column) => {
          const { collation: _, ...rest } = column;
          return { ...rest, ...definedType(catalog, node) };
        })
      : catalog,
  ),
  AT_ColumnDefault: either(columnCommands.AT_ColumnDefault, (catalog, relation, node) =>
    relation.kind === 'view'
      ? changeColumns(catalog, relation, node, (column) => withDefault(column, node.def))
      : catalog,
  ),
} as const;

function changeColumns(
  catalog: Catalog,
  relation: Extract<Relation, { columns: readonly Column[] }>,
  { name }: AlterTableCmd,
  change: (column: Column) => Column,
): Catalog {
  const columns = relation.columns.map((column) => (column.name === name ? change(column) : column));
  return putRelation(catalog, { ...relation, columns });
}
