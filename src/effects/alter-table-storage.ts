import type { Table } from '../catalog/catalog.js';
import { ancestors, columnOf, findRelationNamed, isIndex, referencingTables, tables } from '../catalog/lookup.js';
import { othersOf } from '../catalog/others.js';
import {
  alone,
  type CommandContext,
  type CommandTable,
  type PredictCommand,
  recurse,
  rewriteStored,
} from './alter-table-command.js';
import { ownOptions } from './alter-table-lock.js';
import { all, type Draft, fail, newHeap, nothing } from './draft.js';
import { unclusterable } from './maintenance.js';
import { unknownRole, unknownTablespace } from './outside.js';
import { changedParameterRefusal } from './storage-parameters.js';

const defaultTablespace = 'pg_default';

/** The file is copied to the other tablespace block by block; a partitioned table has none, and its partitions stay where they are. */
const setTablespace: PredictCommand = ({ name }, { table, lock }) => {
  if (table.kind !== 'table' || (table.tablespace ?? defaultTablespace) === name) return nothing;
  const why = `the file is copied to the tablespace ${name}`;
  const unknown = unknownTablespace(name);
  if (table.complete) return all(unknown, newHeap(table, lock, why));
  return all(unknown, newHeap(table, lock, `${why} (the history does not show where it is)`, false));
};

/** An access method other than heap comes from an extension, and default_table_access_method is hardly ever changed. */
const defaultAccessMethod = 'heap';

/** Access methods of indexes, which are none of tables. */
const indexMethods: ReadonlySet<string> = new Set(['btree', 'hash', 'gist', 'gin', 'spgist', 'brin']);

const setAccessMethod: PredictCommand = ({ name = defaultAccessMethod }, context) => {
  const { table, pg } = context;
  if (indexMethods.has(name)) return fail(`access method "${name}" is not of type TABLE`, '55000');
  if (table.kind === 'partitioned')
    return pg < 17 ? fail('cannot change access method of a partitioned table', '42809') : nothing;
  if ((table.accessMethod ?? defaultAccessMethod) === name) return nothing;
  const unknown =
    name === defaultAccessMethod ? nothing : fail(`access method "${name}" does not exist`, '42704', false);
  const why = `every row is written anew with the access method ${name}`;
  if (table.complete) return all(unknown, rewriteStored(table, context, why));
  return all(unknown, rewriteStored(table, context, `${why} (the history does not show which it has)`, false));
};

function setPersistence(logged: boolean): PredictCommand {
  return (_, context) => {
    const { table, pg } = context;
    const form = logged ? 'SET LOGGED' : 'SET UNLOGGED';
    if (table.kind === 'partitioned' && pg >= 18)
      return fail(`ALTER action ${form} cannot be performed on relation "${table.name}"`, '42809');
    if (table.persistence === 'temporary')
      return fail(`cannot change logged status of table "${table.name}" because it is temporary`, '42P16');
    if (table.complete && (table.persistence === 'permanent') === logged) return nothing;
    const refusal = persistenceRefusal(logged, context);
    if (refusal !== undefined) return refusal;
    if (table.kind === 'partitioned') return nothing;
    const why = `the table is copied as ${logged ? 'a logged' : 'an unlogged'} one`;
    if (table.complete) return rewriteStored(table, context, why);
    return rewriteStored(table, context, `${why} (the history does not show whether it is one)`, false);
  };
}

/** Changes of an unlogged table cannot be published, and a logged table may not refer to an unlogged one. */
function persistenceRefusal(logged: boolean, { catalog, table }: CommandContext): Draft | undefined {
  if (!logged && othersOf(catalog, table.oid).some(({ kind }) => kind === 'publication'))
    return fail(`cannot change table "${table.name}" to unlogged because it is part of a publication`, '55000');
  const wrong = logged ? 'unlogged' : 'permanent';
  const other = relatedTables(table, catalog, logged).find((one) => one.oid !== table.oid && one.persistence === wrong);
  if (!logged && othersOf(catalog, table.oid).some(({ kind }) => kind === 'publication'))
    return fail(`cannot change table "${table.name}" to unlogged because it is part of a publication`, '55000');
  if (other === undefined) return undefined;
  const [to, of] = logged ? ['logged', 'unlogged'] : ['unlogged', 'logged'];
  return fail(
    `could not change table "${table.name}" to ${to} because it references ${of} table "${other.name}"`,
    '42P16',
  );
}

function relatedTables(table: Table, catalog: CommandContext['catalog'], referenced: boolean): readonly Table[] {
  if (referenced)
    return tables(
      catalog,
      table.constraints.flatMap(({ references }) => references?.table ?? []),
    );
  // a foreign key to a partitioned table is one to each of its partitions
  return [table, ...ancestors(catalog, table)].flatMap((one) => referencingTables(catalog, one));
}

const setOptions: PredictCommand = (command, { table, pg }) => {
  const names = ownOptions(command.def);
  if (table.kind === 'partitioned' && names.length > 0 && command.subtype === 'AT_SetRelOptions') {
    if (pg >= 16) return fail('cannot specify storage parameters for a partitioned table', '42809');
    return fail(`unrecognized parameter "${names[0]}"`, '22023');
  }
  if (command.subtype !== 'AT_SetRelOptions' || table.accessMethod !== undefined) return nothing;
  const { def } = command;
  return changedParameterRefusal(def !== undefined && 'List' in def ? def.List.items : []) ?? nothing;
};

const clusterOn: PredictCommand = ({ name = '' }, { catalog, table }) => {
  const index = findRelationNamed(catalog, [table.schema, name]);
  if (index === undefined || !isIndex(index))
    return table.complete ? fail(`index "${name}" for table "${table.name}" does not exist`, '42704') : nothing;
  if (index.table !== table.oid) return fail(`"${name}" is not an index for table "${table.name}"`, '42809');
  if (table.kind === 'partitioned') return fail('cannot mark index clustered in partitioned table', '0A000');
  return unclusterable(index) ?? nothing;
};

const dropCluster: PredictCommand = (_, { table }) =>
  table.kind === 'partitioned' ? fail('cannot mark index clustered in partitioned table', '0A000') : nothing;

const replicaIdentity: PredictCommand = ({ def }, { catalog, table }) => {
  const { identity_type, name = '' } = def !== undefined && 'ReplicaIdentityStmt' in def ? def.ReplicaIdentityStmt : {};
  if (identity_type !== 'i') return nothing;
  const index = findRelationNamed(catalog, [table.schema, name]);
  if (index === undefined || !isIndex(index))
    return table.complete ? fail(`index "${name}" for table "${table.name}" does not exist`, '42704') : nothing;
  if (index.table !== table.oid) return fail(`"${name}" is not an index for table "${table.name}"`, '42809');
  if (!index.unique) return fail(`cannot use non-unique index "${name}" as replica identity`, '42809');
  if (index.keys.some(({ expression }) => expression !== undefined))
    return fail(`cannot use expression index "${name}" as replica identity`, '42809');
  if (index.predicate !== undefined) return fail(`cannot use partial index "${name}" as replica identity`, '42809');
  const nullable = index.keys.find(({ column }) => columnOf(table, column)?.notNull === false);
  return nullable === undefined
    ? nothing
    : fail(
        `index "${name}" cannot be used as replica identity because column "${nullable.column}" is nullable`,
        '42809',
      );
};

/** Foreign keys are triggers too, and since 15 those of partitions are known as parts of their parent's. */
function hasReferences({ catalog, table, pg }: CommandContext): boolean {
  return (
    pg >= 15 &&
    (table.constraints.some(({ kind }) => kind === 'foreign key') || referencingTables(catalog, table).length > 0)
  );
}

/** A row trigger of a partitioned table is one of each partition, and is switched there too. */
const switchTrigger: PredictCommand = ({ name, subtype }, context) => {
  const { table } = context;
  const named = table.triggers.filter((trigger) => name === undefined || trigger.name === name);
  if (name !== undefined && named.length === 0 && table.complete)
    return fail(`trigger "${name}" for table "${table.name}" does not exist`, '42704');
  const every = subtype === 'AT_DisableTrigAll' || subtype === 'AT_EnableTrigAll';
  const goesDown = named.some(({ forEachRow }) => forEachRow) || (every && hasReferences(context));
  return table.kind === 'partitioned' && goesDown ? recurse(context) : nothing;
};

/** A role that no statement of the history makes may be there all the same. */
const changeOwner: PredictCommand = ({ newowner }) => unknownRole(newowner);

const switchRule: PredictCommand = ({ name = '' }, { table }) =>
  table.complete && !table.rules.some((rule) => rule.name === name)
    ? fail(`rule "${name}" for relation "${table.name}" does not exist`, '42704')
    : nothing;

/** What ALTER TABLE does to the table's file, parameters, triggers and rights. */
export const storageCommands: CommandTable = {
  AT_SetTableSpace: setTablespace,
  AT_SetAccessMethod: setAccessMethod,
  AT_SetLogged: setPersistence(true),
  AT_SetUnLogged: setPersistence(false),
  AT_SetRelOptions: setOptions,
  AT_ResetRelOptions: setOptions,
  AT_ReplaceRelOptions: setOptions,
  AT_ClusterOn: clusterOn,
  AT_DropCluster: dropCluster,
  AT_DropOids: alone,
  AT_ChangeOwner: changeOwner,
  AT_EnableTrig: switchTrigger,
  AT_EnableAlwaysTrig: switchTrigger,
  AT_EnableReplicaTrig: switchTrigger,
  AT_DisableTrig: switchTrigger,
  AT_EnableTrigAll: switchTrigger,
  AT_DisableTrigAll: switchTrigger,
  AT_EnableTrigUser: switchTrigger,
  AT_DisableTrigUser: switchTrigger,
  AT_EnableRule: switchRule,
  AT_EnableAlwaysRule: switchRule,
  AT_EnableReplicaRule: switchRule,
  AT_DisableRule: switchRule,
  AT_ReplicaIdentity: replicaIdentity,
  AT_EnableRowSecurity: alone,
  AT_DisableRowSecurity: alone,
  AT_ForceRowSecurity: alone,
  AT_NoForceRowSecurity: alone,
  AT_GenericOptions: alone,
};
