import { typedTables } from '../catalog/alter-attribute.js';
import type {
  Catalog,
  CompositeRelation,
  Index,
  MaterializedView,
  Relation,
  Sequence,
  View,
} from '../catalog/catalog.js';
import { canBePart } from '../catalog/index-definition.js';
import { columnOf, findRelation, indexesOf, isIndex, isTable } from '../catalog/lookup.js';
import { typeRef } from '../catalog/type-ref.js';
import type { AlterTableCmd, AlterTableStmt } from '../sql/tree.js';
import { kindRefusal } from './alter-table-kinds.js';
import { statementLock } from './alter-table-lock.js';
import type { PredictContext } from './context.js';
import { conversionOf } from './conversion.js';
import { all, build, type Draft, fail, forbidden, lock, lockIndex, newHeap, nothing, rewrite } from './draft.js';
import { optionsOf } from './options.js';
import { builtIndexes, missingColumn } from './relations.js';
import { rowTypeUser } from './row-type.js';
import { indexParameterRefusal, viewParameterRefusal } from './storage-parameters.js';
import { isSameType } from './types.js';
import { updatableView } from './updatable-view.js';
import { checkOptionRefusal } from './view.js';

// ALTER TABLE, INDEX, VIEW, MATERIALIZED VIEW, SEQUENCE and TYPE share a grammar; what is here has no rows of a table.

type Context = PredictContext<'AlterTableStmt'>;

/** What ALTER … does to a relation that is no table. */
export function otherRelation(relation: Relation, node: AlterTableStmt, context: Context): Draft {
  const commands = (node.cmds ?? []).flatMap((one) => ('AlterTableCmd' in one ? [one.AlterTableCmd] : []));
  const wrong = wrongKind(relation, node);
  if (wrong !== undefined) return wrong;
  const misfit = commands.map((command) => kindRefusal(relation, command, context.pg)).find(Boolean);
  // whether it may stand in a transaction block is asked before what it is about
  if (misfit !== undefined) return commands.some(isConcurrentDetach) ? all(forbidden, misfit) : misfit;
  if (isIndex(relation)) return all(...commands.map((command) => alterIndex(relation, command, commands, context)));
  if (relation.kind === 'materialized view')
    return all(...commands.map((command) => alterMaterializedView(relation, command, commands, context)));
  if (relation.kind === 'composite type')
    return all(...commands.map((command) => alterCompositeType(relation, command, context)));
  if (relation.kind === 'sequence') return all(...commands.map((command) => alterSequence(relation, command, context)));
  return relation.kind === 'view' ? all(...commands.map((command) => alterView(relation, command, context))) : nothing;
}

function isConcurrentDetach({ subtype, def }: AlterTableCmd): boolean {
  return (
    subtype === 'AT_DetachPartition' &&
    def !== undefined &&
    'PartitionCmd' in def &&
    def.PartitionCmd.concurrent === true
  );
}

/** The refusal of ALTER INDEX, VIEW … on something else; ALTER TABLE takes them all. */
export function wrongKind(relation: Relation, { objtype }: AlterTableStmt): Draft | undefined {
  if (objtype === 'OBJECT_INDEX' && !isIndex(relation)) return fail(`"${relation.name}" is not an index`, '42809');
  if (objtype === 'OBJECT_VIEW' && relation.kind !== 'view') return fail(`"${relation.name}" is not a view`, '42809');
  if (objtype === 'OBJECT_SEQUENCE' && relation.kind !== 'sequence')
    return fail(`"${relation.name}" is not a sequence`, '42809');
  if (objtype === 'OBJECT_TABLE' && relation.kind === 'composite type')
    return fail(`"${relation.name}" is a composite type`, '42809');
  return objtype === 'OBJECT_MATVIEW' && relation.kind !== 'materialized view'
    ? fail(`"${relation.name}" is not a materialized view`, '42809')
    : undefined;
}

/** The table of an index is not locked, but a session that plans a query on it waits for the index. */
function alterIndex(index: Index, command: AlterTableCmd, given: readonly AlterTableCmd[], context: Context): Draft {
  const { def, name, subtype } = command;
  if (subtype === 'AT_AttachPartition')
    return index.kind === 'partitioned index'
      ? attachIndex(index, command, context)
      : cannotAlter('ATTACH PARTITION', index, 'a table or partitioned index', context);
  if (subtype === 'AT_SetStatistics') {
    const place = command.num ?? index.keys.findIndex(({ column }) => column === command.name) + 1;
    const refusal = statisticsRefusal(index, place);
    if (refusal !== undefined) return refusal;
  }
  const parameters = subtype === 'AT_SetRelOptions' && def !== undefined && 'List' in def ? def.List.items : undefined;
  const strange = index.kind === 'index' ? indexParameterRefusal(parameters, index.method) : undefined;
  if (strange !== undefined) return strange;
  const own = lockIndex(index, statementLock(given), 'the index is altered');
  if (index.kind === 'partitioned index' && (subtype === 'AT_SetRelOptions' || subtype === 'AT_ResetRelOptions'))
    return cannotAlter(
      subtype === 'AT_SetRelOptions' ? 'SET' : 'RESET',
      index,
      'a table, view, materialized view, or index',
      context,
    );
  if (subtype === 'AT_SetTableSpace' && index.kind === 'index' && (index.tablespace ?? 'pg_default') !== name)
    return all(own, newHeap(index, 'AccessExclusiveLock', `its file is copied to the tablespace ${name}`));
  return def === undefined || subtype !== 'AT_ChangeOwner' ? own : nothing;
}

/** A column of an index that is one of its table has its statistics there. */
function statisticsRefusal({ name, keys, include }: Index, number: number): Draft | undefined {
  if (number > keys.length + include.length)
    return fail(`column number ${number} of relation "${name}" does not exist`, '42703');
  if (number > keys.length)
    return fail(`cannot alter statistics on included column "${include[number - keys.length - 1]}" of index`, '0A000');
  const key = keys[number - 1];
  return key?.column === undefined
    ? undefined
    : fail(`cannot alter statistics on non-expression column "${key.column}" of index "${name}"`, '0A000');
}

/** The refusal of a command by a relation of the wrong kind, which servers before 15 word in another way. */
function cannotAlter(action: string, { name }: Relation, wanted: string, { pg }: Context): Draft {
  const words =
    pg < 15 ? `"${name}" is not ${wanted}` : `ALTER action ${action} cannot be performed on relation "${name}"`;
  return fail(words, '42809');
}

/** ALTER INDEX … ATTACH PARTITION looks at the columns of both tables. */
function attachIndex(index: Index, { def }: AlterTableCmd, { catalog }: Context): Draft {
  const child = def !== undefined && 'PartitionCmd' in def ? findRelation(catalog, def.PartitionCmd.name) : undefined;
  const why = 'the columns of its index are compared with those of its parent';
  const owner = (one: Index) => catalog.relations.get(one.table);
  if (
    child !== undefined &&
    isIndex(child) &&
    (isTaken(child, index, catalog) || !isPartitionOf(child, index, catalog))
  )
    return fail(`cannot attach index "${child.name}" as a partition of index "${index.name}"`, '55000');
  if (child !== undefined && isIndex(child) && child.parent !== index.oid && !canBePart(catalog, child, index))
    return fail(`cannot attach index "${child.name}" as a partition of index "${index.name}"`, '42P17');
  const locks = [index, ...(child !== undefined && isIndex(child) ? [child] : [])];
  return all(
    ...locks.map((one) =>
      lockIndex(one, one === index ? 'ShareUpdateExclusiveLock' : 'AccessExclusiveLock', 'the indexes are joined'),
    ),
    ...locks.flatMap((one) => owner(one) ?? []).map((table) => lock(table, 'AccessShareLock', why)),
  );
}

/** Of each partition one index is a part of the parent's, and of no other. */
function isTaken(child: Index, parent: Index, catalog: Catalog): boolean {
  if (child.parent === parent.oid) return false;
  const table = catalog.relations.get(child.table);
  const own = table !== undefined && isTable(table) ? indexesOf(catalog, table) : [];
  return child.parent !== undefined || own.some((one) => one.parent === parent.oid);
}

function isPartitionOf(child: Index, parent: Index, catalog: Catalog): boolean {
  const table = catalog.relations.get(child.table);
  return table !== undefined && isTable(table) && table.parents.includes(parent.table);
}

function alterMaterializedView(
  view: MaterializedView,
  { subtype, name, num }: AlterTableCmd,
  given: readonly AlterTableCmd[],
  { catalog }: Context,
): Draft {
  const mode = statementLock(given);
  const own = lock(view, mode, 'the materialized view is altered');
  if (subtype === 'AT_SetStatistics' && num !== undefined)
    return fail('cannot refer to non-index column by number', '0A000');
  if (subtype === 'AT_ClusterOn' && view.complete && !indexesOf(catalog, view).some((index) => index.name === name))
    return fail(`index "${name}" for table "${view.name}" does not exist`, '42704');
  if (subtype === 'AT_SetTableSpace' && (view.tablespace ?? 'pg_default') !== name)
    return all(own, newHeap(view, mode, `the file is copied to the tablespace ${name}`));
  if (subtype === 'AT_SetAccessMethod' && (view.accessMethod ?? 'heap') !== (name ?? 'heap'))
    return all(
      own,
      rewrite(view, mode, `every row is written anew with the access method ${name}`),
      ...rebuilds(builtIndexes(catalog, view)),
    );
  return own;
}

/** Nobody waits for a view. */
function alterView(view: View, { subtype, name, def, missing_ok }: AlterTableCmd, { catalog }: Context): Draft {
  if (subtype === 'AT_ColumnDefault') return missingColumn(view, name ?? '');
  if (subtype === 'AT_DropIdentity' && !missing_ok)
    return fail(`column "${name}" of relation "${view.name}" is not an identity column`, '55000');
  if (subtype !== 'AT_SetRelOptions') return nothing;
  const options = def !== undefined && 'List' in def ? def.List.items : undefined;
  const checked = optionsOf(options).has('check_option');
  const refusal =
    viewParameterRefusal(options) ?? (checked ? checkOptionRefusal(updatableView(catalog, view)) : undefined);
  return refusal ?? nothing;
}

/** No row of a table is touched, but an owned sequence follows its table. */
function alterSequence(sequence: Sequence, { subtype }: AlterTableCmd, { pg }: Context): Draft {
  if (subtype === 'AT_ChangeOwner' && sequence.ownedBy !== undefined)
    return fail(`cannot change owner of sequence "${sequence.name}"`, '0A000');
  const persistence = subtype === 'AT_SetLogged' || subtype === 'AT_SetUnLogged';
  return persistence && pg < 15 ? fail(`"${sequence.name}" is not a table`, '42809') : nothing;
}

/** A composite type takes the tables of it along, if told so by CASCADE; columns of it forbid what would change stored values. */
function alterCompositeType(type: CompositeRelation, command: AlterTableCmd, context: Context): Draft {
  const { catalog } = context;
  const typed = typedTables(catalog, type.type);
  const changes = attributeCommands.has(command.subtype ?? '');
  if (!changes) return nothing;
  if (command.subtype === 'AT_AlterColumnType') {
    const user = rowTypeUser(catalog, { oid: type.type });
    if (user !== undefined) return fail(`cannot alter type "${type.name}" because column "${user}" uses it`, '0A000');
  }
  if (typed.length > 0 && command.behavior !== 'DROP_CASCADE')
    return fail(`cannot alter type "${type.name}" because it is the type of a typed table`, '2BP01');
  const refusal = attributeRefusal(type, command);
  if (refusal?.failure !== undefined) return refusal;
  // IF EXISTS with nothing to drop ends at the tables of the type
  const own = refusal === undefined ? typed : typed.filter(({ ofType }) => ofType === type.type);
  return all(
    ...own.map((table) => {
      const own = lock(table, 'AccessExclusiveLock', `the type ${type.name} that it has is altered`);
      const column = columnOf(table, command.name);
      const to =
        command.def !== undefined && 'ColumnDef' in command.def
          ? typeRef(catalog, command.def.ColumnDef.typeName)
          : undefined;
      if (command.subtype !== 'AT_AlterColumnType' || column === undefined || to === undefined) return own;
      const conversion = conversionOf(table, column, to, undefined, context);
      if ('noCast' in conversion || !conversion.rewrites || (column.type && isSameType(column.type, to))) return own;
      return all(
        own,
        rewrite(table, 'AccessExclusiveLock', conversion.why, conversion.sure),
        ...rebuilds(builtIndexes(catalog, table)),
      );
    }),
  );
}

function rebuilds(indexes: readonly Index[]): readonly Draft[] {
  return indexes.map((index) => build(index, 'the rows are written anew, and the indexes with them'));
}

const attributeCommands: ReadonlySet<string> = new Set(['AT_AddColumn', 'AT_DropColumn', 'AT_AlterColumnType']);

function attributeRefusal(
  type: CompositeRelation,
  { subtype, name, def, missing_ok }: AlterTableCmd,
): Draft | undefined {
  const added = def !== undefined && 'ColumnDef' in def ? def.ColumnDef.colname : undefined;
  if (subtype === 'AT_AddColumn')
    return columnOf(type, added) === undefined
      ? undefined
      : fail(`column "${added}" of relation "${type.name}" already exists`, '42701');
  if (columnOf(type, name) !== undefined) return undefined;
  return missing_ok ? nothing : fail(`column "${name}" of relation "${type.name}" does not exist`, '42703');
}
