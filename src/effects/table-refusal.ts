import type { Constraint, Table } from '../catalog/catalog.js';
import { foldAttributes, tableConstraints } from '../catalog/column-definition.js';
import { placeIn } from '../catalog/expression-type.js';
import { columnOf, findRelation, findType, isTable, tables } from '../catalog/lookup.js';
import { serialType, typeRef } from '../catalog/type-ref.js';
import {
  type ColumnDef,
  type Constraint as ConstraintNode,
  type CreateStmt,
  type PartitionSpec,
  strings,
} from '../sql/tree.js';
import { columnRefs } from '../sql/walk.js';
import { columnRefusal } from './column-refusal.js';
import { checkRefusal, keyClassRefusal, lacksPartitionKey } from './constraints.js';
import { type Draft, fail } from './draft.js';
import { expressionKinds } from './expression-refusal.js';
import { mutability } from './mutable.js';
import { classRefusal } from './operator-class.js';
import { systemColumns } from './relations.js';
import { tableParameterRefusal } from './storage-parameters.js';
import { storedRefusal } from './stored-expression.js';
import { isSameType, type TypeContext } from './types.js';

/** What the server refuses in the columns, constraints and clauses of a CREATE TABLE; `made` is the table as it would be. */
export function tableRefusal(node: CreateStmt, made: Table | undefined, context: TypeContext): Draft | undefined {
  const table = made && { ...made, constraints: [] };
  return (
    clauseRefusal(node, context) ??
    typeRefusal(node, context) ??
    first(definitions(node), (definition) => definitionRefusal(definition, table, context)) ??
    (table &&
      (missingKey(node.partspec, table) ??
        first(constraintsOf(node), (constraint) => constraintRefusal(constraint, table, context)) ??
        (node.partspec && partitionKeyRefusal(node.partspec, table, context)) ??
        first(inheritedKeys(table, context), (key) => lacksPartitionKey(key, table, context.pg))))
  );
}

function first<T>(items: readonly T[], refuse: (item: T) => Draft | undefined): Draft | undefined {
  for (const item of items) {
    const refusal = refuse(item);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** OF a type that is no row, or a column that has another type in a parent. */
function typeRefusal(node: CreateStmt, { catalog }: TypeContext): Draft | undefined {
  const parts = strings(node.ofTypename?.names);
  const type = parts.length === 0 ? undefined : findType(catalog, parts);
  if (type !== undefined && type.kind !== 'composite')
    return fail(`type ${type.name} is not a composite type`, '42809');
  const parents = (node.inhRelations ?? []).flatMap((range) => {
    const parent = 'RangeVar' in range ? findRelation(catalog, range.RangeVar) : undefined;
    return parent !== undefined && isTable(parent) ? [parent] : [];
  });
  const written = definitions(node).map((one) => ({
    name: one.colname ?? '',
    type: serialType(one.typeName) ?? typeRef(catalog, one.typeName),
  }));
  const columns = [...parents.flatMap((parent) => parent.columns), ...(node.partbound === undefined ? written : [])];
  const clash = columns.find(({ name, type: own }, at) =>
    columns.slice(0, at).some((other) => other.name === name && other.type && own && !isSameType(other.type, own)),
  );
  return clash && fail(`column "${clash.name}" has a type conflict`, '42804');
}

function definitions({ tableElts }: CreateStmt): readonly ColumnDef[] {
  return (tableElts ?? []).flatMap((element) => ('ColumnDef' in element ? [element.ColumnDef] : []));
}

function clauseRefusal(node: CreateStmt, { catalog, pg }: TypeContext): Draft | undefined {
  const temporary = node.relation?.relpersistence === 't';
  if (!temporary && node.oncommit !== undefined && node.oncommit !== 'ONCOMMIT_NOOP')
    return fail('ON COMMIT can only be used on temporary tables', '42P16');
  if (node.partspec !== undefined && node.inhRelations !== undefined && node.partbound === undefined)
    return fail('cannot create partitioned table as inheritance child', '42P17');
  if (node.partspec !== undefined && node.relation?.relpersistence === 'u' && pg >= 18)
    return fail('partitioned tables cannot be unlogged', '0A000');
  if (node.partbound === undefined)
    for (const range of node.inhRelations ?? []) {
      const parent = 'RangeVar' in range ? findRelation(catalog, range.RangeVar) : undefined;
      if (parent === undefined) continue;
      if (!isTable(parent)) return fail(`inherited relation "${parent.name}" is not a table or foreign table`, '42809');
      if (parent.kind === 'partitioned') return fail(`cannot inherit from partitioned table "${parent.name}"`, '42809');
      if (parent.bound !== undefined) return fail(`cannot inherit from partition "${parent.name}"`, '42809');
    }
  if (node.partspec === undefined)
    return node.accessMethod === undefined ? tableParameterRefusal(node.options) : undefined;
  return (node.options ?? []).length === 0
    ? undefined
    : pg >= 16
      ? fail('cannot specify storage parameters for a partitioned table', '42809')
      : tableParameterRefusal(node.options);
}

function definitionRefusal(node: ColumnDef, table: Table | undefined, context: TypeContext): Draft | undefined {
  const constraints = foldAttributes(node.constraints ?? []);
  const type = serialType(node.typeName) ?? typeRef(context.catalog, node.typeName);
  return columnRefusal({ node, type, constraints }, table, context);
}

/** The constraints of the table and of its columns, each with its columns. */
function constraintsOf(node: CreateStmt): readonly ConstraintNode[] {
  return [
    ...foldAttributes([...(node.tableElts ?? []), ...(node.constraints ?? [])]),
    ...definitions(node).flatMap(({ colname = '', constraints = [] }) =>
      tableConstraints(colname, foldAttributes(constraints)),
    ),
  ];
}

const keys: ReadonlySet<string | undefined> = new Set(['CONSTR_PRIMARY', 'CONSTR_UNIQUE', 'CONSTR_EXCLUSION']);

function constraintRefusal(node: ConstraintNode, table: Table, context: TypeContext): Draft | undefined {
  if (node.contype === 'CONSTR_CHECK') {
    if (node.is_no_inherit && table.kind === 'partitioned')
      return fail(`cannot add NO INHERIT constraint to partitioned table "${table.name}"`, '42P16');
    return checkRefusal(node, table, context);
  }
  if (!keys.has(node.contype)) return undefined;
  const columns = strings(node.keys);
  const unknown = table.complete
    ? columns.find((name) => columnOf(table, name) === undefined && !systemColumns.has(name))
    : undefined;
  if (unknown !== undefined) return fail(`column "${unknown}" named in key does not exist`, '42703');
  const twice = columns.find((name, at) => columns.indexOf(name) !== at);
  const what = node.contype === 'CONSTR_PRIMARY' ? 'primary key' : 'unique';
  if (twice !== undefined) return fail(`column "${twice}" appears twice in ${what} constraint`, '42701');
  return lacksPartitionKey(node, table, context.pg) ?? keyClassRefusal(node, table, context);
}

/** The keys that a partition that is partitioned itself has from its parent. */
function inheritedKeys(table: Table, { catalog }: TypeContext): readonly ConstraintNode[] {
  if (table.kind !== 'partitioned') return [];
  const keyOf = ({ kind, columns }: Constraint): readonly ConstraintNode[] =>
    kind === 'primary key' || kind === 'unique'
      ? [
          {
            contype: kind === 'unique' ? 'CONSTR_UNIQUE' : 'CONSTR_PRIMARY',
            keys: columns.map((sval) => ({ String: { sval } })),
          },
        ]
      : [];
  // rows of the default partition may be found in the way first
  const parents = tables(catalog, table.parents).filter(
    ({ children }) => !tables(catalog, children).some(({ bound }) => bound?.kind === 'default'),
  );
  return parents.flatMap(({ constraints }) => constraints.flatMap(keyOf));
}

/** The key of a partitioned table is looked at before its constraints are. */
function missingKey(spec: PartitionSpec | undefined, table: Table): Draft | undefined {
  if (!table.complete) return undefined;
  const names = (spec?.partParams ?? []).flatMap((one) =>
    'PartitionElem' in one ? (one.PartitionElem.name ?? []) : [],
  );
  const name = names.find((one) => columnOf(table, one) === undefined && !systemColumns.has(one));
  return name === undefined ? undefined : fail(`column "${name}" named in partition key does not exist`, '42703');
}

/** ComputePartitionAttrs: what a table cannot be partitioned by. */
function partitionKeyRefusal(spec: PartitionSpec, table: Table, context: TypeContext): Draft | undefined {
  const elements = (spec.partParams ?? []).flatMap((one) => ('PartitionElem' in one ? [one.PartitionElem] : []));
  if (spec.strategy === 'PARTITION_STRATEGY_LIST' && elements.length > 1)
    return fail('cannot use "list" partition strategy with more than one column', '42P17');
  const method = spec.strategy === 'PARTITION_STRATEGY_HASH' ? 'hash' : 'btree';
  return first(elements, ({ name, expr, opclass }) => {
    if (name !== undefined) {
      if (systemColumns.has(name)) return fail(`cannot use system column "${name}" in partition key`, '42P17');
      const column = columnOf(table, name);
      if (column === undefined) return undefined;
      if (column.generated !== undefined) return fail('cannot use generated column in partition key', '42P17');
      return column.type && classRefusal(column.type, method, strings(opclass)[0], context);
    }
    const refusal = storedRefusal(expr, expressionKinds.partitionKey, placeIn(table, context.catalog), context);
    if (refusal?.failure?.sure || expr === undefined) return refusal;
    if (columnRefs(expr).length === 0) return fail('cannot use constant expression as partition key', '42P17');
    return mutability(expr, context, table) === 'mutable'
      ? fail('functions in partition key expression must be marked IMMUTABLE', '42P17')
      : refusal;
  });
}
