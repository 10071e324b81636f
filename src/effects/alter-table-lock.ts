import type { AlterTableCmd, AlterTableType, Node } from '../sql/tree.js';
import type { LockMode } from './effect.js';
import { strongest } from './locks.js';

/** The mode in which a command has its table locked, and why. */
type Level = readonly [LockMode, string];

/** AlterTableGetLockLevel of tablecmds.c, the same in 13 to 18. Commands whose arguments decide are in `byArgument`. */
const levels: { readonly [T in AlterTableType]?: Level } = {
  AT_AddColumn: ['AccessExclusiveLock', 'a column is added'],
  AT_AddColumnToView: ['AccessExclusiveLock', 'a column is added'],
  AT_ColumnDefault: ['AccessExclusiveLock', 'the default of a column changes'],
  AT_DropNotNull: ['AccessExclusiveLock', 'NOT NULL is dropped'],
  AT_SetNotNull: ['AccessExclusiveLock', 'NOT NULL is set'],
  AT_SetExpression: ['AccessExclusiveLock', 'the expression of a generated column changes'],
  AT_DropExpression: ['AccessExclusiveLock', 'a generated column becomes an ordinary one'],
  AT_SetStatistics: ['ShareUpdateExclusiveLock', 'a statistics target changes'],
  AT_SetOptions: ['ShareUpdateExclusiveLock', 'options of a column change'],
  AT_ResetOptions: ['ShareUpdateExclusiveLock', 'options of a column change'],
  AT_SetStorage: ['AccessExclusiveLock', 'the storage of a column changes'],
  AT_SetCompression: ['AccessExclusiveLock', 'the compression of a column changes'],
  AT_DropColumn: ['AccessExclusiveLock', 'a column is dropped'],
  AT_AlterConstraint: ['AccessExclusiveLock', 'a constraint is altered'],
  AT_ValidateConstraint: ['ShareUpdateExclusiveLock', 'a constraint is validated'],
  AT_DropConstraint: ['AccessExclusiveLock', 'a constraint is dropped'],
  AT_AlterColumnType: ['AccessExclusiveLock', 'the type of a column changes'],
  AT_AlterColumnGenericOptions: ['AccessExclusiveLock', 'options of a foreign column change'],
  AT_ChangeOwner: ['AccessExclusiveLock', 'the owner changes'],
  AT_ClusterOn: ['ShareUpdateExclusiveLock', 'the index to cluster on changes'],
  AT_DropCluster: ['ShareUpdateExclusiveLock', 'the index to cluster on is forgotten'],
  AT_SetLogged: ['AccessExclusiveLock', 'the table becomes logged'],
  AT_SetUnLogged: ['AccessExclusiveLock', 'the table becomes unlogged'],
  AT_DropOids: ['AccessExclusiveLock', 'oids would be dropped'],
  AT_SetAccessMethod: ['AccessExclusiveLock', 'the access method changes'],
  AT_SetTableSpace: ['AccessExclusiveLock', 'the tablespace changes'],
  AT_EnableTrig: ['ShareRowExclusiveLock', 'a trigger is enabled'],
  AT_EnableAlwaysTrig: ['ShareRowExclusiveLock', 'a trigger is enabled'],
  AT_EnableReplicaTrig: ['ShareRowExclusiveLock', 'a trigger is enabled'],
  AT_DisableTrig: ['ShareRowExclusiveLock', 'a trigger is disabled'],
  AT_EnableTrigAll: ['ShareRowExclusiveLock', 'triggers are enabled'],
  AT_DisableTrigAll: ['ShareRowExclusiveLock', 'triggers are disabled'],
  AT_EnableTrigUser: ['ShareRowExclusiveLock', 'triggers are enabled'],
  AT_DisableTrigUser: ['ShareRowExclusiveLock', 'triggers are disabled'],
  AT_EnableRule: ['AccessExclusiveLock', 'a rule is enabled'],
  AT_EnableAlwaysRule: ['AccessExclusiveLock', 'a rule is enabled'],
  AT_EnableReplicaRule: ['AccessExclusiveLock', 'a rule is enabled'],
  AT_DisableRule: ['AccessExclusiveLock', 'a rule is disabled'],
  AT_AddInherit: ['AccessExclusiveLock', 'the table becomes a child'],
  AT_DropInherit: ['AccessExclusiveLock', 'the table is no child any more'],
  AT_AddOf: ['AccessExclusiveLock', 'the table becomes one of a type'],
  AT_DropOf: ['AccessExclusiveLock', 'the table is no longer one of a type'],
  AT_ReplicaIdentity: ['AccessExclusiveLock', 'the replica identity changes'],
  AT_EnableRowSecurity: ['AccessExclusiveLock', 'row level security is enabled'],
  AT_DisableRowSecurity: ['AccessExclusiveLock', 'row level security is disabled'],
  AT_ForceRowSecurity: ['AccessExclusiveLock', 'row level security is forced on the owner'],
  AT_NoForceRowSecurity: ['AccessExclusiveLock', 'row level security no longer binds the owner'],
  AT_GenericOptions: ['AccessExclusiveLock', 'options of a foreign table change'],
  AT_AttachPartition: ['ShareUpdateExclusiveLock', 'a partition is attached'],
  AT_DetachPartitionFinalize: ['ShareUpdateExclusiveLock', 'the detaching of a partition is completed'],
  AT_AddIdentity: ['AccessExclusiveLock', 'a column becomes an identity column'],
  AT_SetIdentity: ['AccessExclusiveLock', 'an identity column changes'],
  AT_DropIdentity: ['AccessExclusiveLock', 'a column is no longer an identity column'],
};

/** Storage parameters that change how others read or write; all others need ShareUpdateExclusiveLock (reloptions.c). */
const strictOptions: ReadonlySet<string> = new Set([
  'user_catalog_table',
  'security_barrier',
  'security_invoker',
  'check_option',
  'buffering',
  'fastupdate',
  'gin_pending_list_limit',
  'pages_per_range',
  'autosummarize',
]);

function optionLevel({ def }: AlterTableCmd): Level {
  const names = optionNames(def);
  const strict = names.find((name) => strictOptions.has(name));
  if (strict !== undefined) return ['AccessExclusiveLock', `the parameter ${strict} changes`];
  return ['ShareUpdateExclusiveLock', 'storage parameters change'];
}

/** The names of a list of options, without the `toast.` in front. */
export function optionNames(def: Node | undefined): readonly string[] {
  const items = def !== undefined && 'List' in def ? (def.List.items ?? []) : [];
  return items.flatMap((item) => ('DefElem' in item ? (item.DefElem.defname ?? []) : []));
}

/** Those of the table itself, without those of its TOAST table. */
export function ownOptions(def: Node | undefined): readonly string[] {
  const items = def !== undefined && 'List' in def ? (def.List.items ?? []) : [];
  return optionNames({
    List: { items: items.filter((item) => 'DefElem' in item && item.DefElem.defnamespace === undefined) },
  });
}

const byArgument: { readonly [T in AlterTableType]?: (command: AlterTableCmd) => Level } = {
  AT_SetRelOptions: optionLevel,
  AT_ResetRelOptions: optionLevel,
  AT_ReplaceRelOptions: optionLevel,
  AT_AddConstraint: ({ def }) =>
    def !== undefined && 'Constraint' in def && def.Constraint.contype === 'CONSTR_FOREIGN'
      ? ['ShareRowExclusiveLock', 'a foreign key is added']
      : ['AccessExclusiveLock', 'a constraint is added'],
  AT_DetachPartition: ({ def }) =>
    def !== undefined && 'PartitionCmd' in def && def.PartitionCmd.concurrent
      ? ['ShareUpdateExclusiveLock', 'a partition is detached']
      : ['AccessExclusiveLock', 'a partition is detached'],
};

/** The lock that one command of an ALTER TABLE needs on its table; undefined for one that the grammar does not write. */
export function lockLevel(command: AlterTableCmd): Level | undefined {
  const { subtype } = command;
  if (subtype === undefined) return undefined;
  return byArgument[subtype]?.(command) ?? levels[subtype];
}

/** The lock of the whole statement: the strongest that any of its commands needs. */
export function statementLock(commands: readonly AlterTableCmd[]): LockMode {
  const modes = commands.flatMap((command) => lockLevel(command)?.[0] ?? 'AccessExclusiveLock');
  return modes.reduce(strongest, 'ShareUpdateExclusiveLock');
}
