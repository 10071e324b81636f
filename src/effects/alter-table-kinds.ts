import type { Relation } from '../catalog/catalog.js';
import type { AlterTableCmd, AlterTableType } from '../sql/tree.js';
import { type Draft, fail } from './draft.js';

type Kind = Relation['kind'];

const words: Readonly<Record<Exclude<Kind, 'partitioned'>, string>> = {
  table: 'table',
  view: 'view',
  'materialized view': 'materialized view',
  sequence: 'sequence',
  index: 'index',
  'partitioned index': 'partitioned index',
  'composite type': 'composite type',
  foreign: 'foreign table',
};

type Rest = Exclude<Kind, 'table' | 'partitioned'>;

/** What a command is called, and what it takes besides tables: ATPrepCmd of tablecmds.c, measured for every kind of relation. */
type Row = readonly [action: string, ...kinds: readonly Rest[]];

const commands: { readonly [T in AlterTableType]?: Row } = {
  AT_AddColumn: ['ADD COLUMN', 'composite type', 'foreign'],
  AT_ColumnDefault: ['ALTER COLUMN ... SET DEFAULT', 'view', 'foreign'],
  AT_AddIdentity: ['ALTER COLUMN ... ADD IDENTITY', 'view', 'foreign'],
  AT_SetIdentity: ['ALTER COLUMN ... SET', 'view', 'foreign'],
  AT_DropIdentity: ['ALTER COLUMN ... DROP IDENTITY', 'view', 'foreign'],
  AT_DropNotNull: ['ALTER COLUMN ... DROP NOT NULL', 'foreign'],
  AT_SetNotNull: ['ALTER COLUMN ... SET NOT NULL', 'foreign'],
  AT_SetExpression: ['ALTER COLUMN ... SET EXPRESSION', 'foreign'],
  AT_DropExpression: ['ALTER COLUMN ... DROP EXPRESSION', 'foreign'],
  AT_SetStatistics: ['ALTER COLUMN ... SET STATISTICS', 'materialized view', 'index', 'partitioned index', 'foreign'],
  AT_SetOptions: ['ALTER COLUMN ... SET', 'materialized view', 'foreign'],
  AT_ResetOptions: ['ALTER COLUMN ... RESET', 'materialized view', 'foreign'],
  AT_SetStorage: ['ALTER COLUMN ... SET STORAGE', 'materialized view', 'foreign'],
  AT_SetCompression: ['ALTER COLUMN ... SET COMPRESSION', 'materialized view'],
  AT_DropColumn: ['DROP COLUMN', 'composite type', 'foreign'],
  AT_AddConstraint: ['ADD CONSTRAINT', 'foreign'],
  AT_DropConstraint: ['DROP CONSTRAINT', 'foreign'],
  AT_AlterConstraint: ['ALTER CONSTRAINT'],
  AT_ValidateConstraint: ['VALIDATE CONSTRAINT', 'foreign'],
  AT_AlterColumnType: ['ALTER COLUMN ... SET DATA TYPE', 'composite type', 'foreign'],
  AT_AlterColumnGenericOptions: ['ALTER COLUMN ... OPTIONS', 'foreign'],
  AT_ClusterOn: ['CLUSTER ON', 'materialized view'],
  AT_DropCluster: ['SET WITHOUT CLUSTER', 'materialized view'],
  AT_DropOids: ['SET WITHOUT OIDS', 'foreign'],
  AT_SetLogged: ['SET LOGGED', 'sequence'],
  AT_SetUnLogged: ['SET UNLOGGED', 'sequence'],
  AT_SetAccessMethod: ['SET ACCESS METHOD', 'materialized view'],
  AT_SetTableSpace: ['SET TABLESPACE', 'materialized view', 'index', 'partitioned index'],
  AT_SetRelOptions: ['SET', 'view', 'materialized view', 'index'],
  AT_ResetRelOptions: ['RESET', 'view', 'materialized view', 'index'],
  AT_EnableTrig: ['ENABLE TRIGGER', 'foreign'],
  AT_EnableAlwaysTrig: ['ENABLE ALWAYS TRIGGER', 'foreign'],
  AT_EnableReplicaTrig: ['ENABLE REPLICA TRIGGER', 'foreign'],
  AT_DisableTrig: ['DISABLE TRIGGER', 'foreign'],
  AT_EnableTrigAll: ['ENABLE TRIGGER ALL', 'foreign'],
  AT_DisableTrigAll: ['DISABLE TRIGGER ALL', 'foreign'],
  AT_EnableTrigUser: ['ENABLE TRIGGER USER', 'foreign'],
  AT_DisableTrigUser: ['DISABLE TRIGGER USER', 'foreign'],
  AT_EnableRule: ['ENABLE RULE'],
  AT_EnableAlwaysRule: ['ENABLE ALWAYS RULE'],
  AT_EnableReplicaRule: ['ENABLE REPLICA RULE'],
  AT_DisableRule: ['DISABLE RULE'],
  AT_AddInherit: ['INHERIT', 'foreign'],
  AT_DropInherit: ['NO INHERIT', 'foreign'],
  AT_AddOf: ['OF'],
  AT_DropOf: ['NOT OF'],
  AT_GenericOptions: ['OPTIONS', 'foreign'],
  AT_ReplicaIdentity: ['REPLICA IDENTITY', 'materialized view'],
  AT_EnableRowSecurity: ['ENABLE ROW SECURITY'],
  AT_DisableRowSecurity: ['DISABLE ROW SECURITY'],
  AT_ForceRowSecurity: ['FORCE ROW SECURITY'],
  AT_NoForceRowSecurity: ['NO FORCE ROW SECURITY'],
  AT_AttachPartition: ['ATTACH PARTITION', 'partitioned index'],
  AT_DetachPartition: ['DETACH PARTITION'],
  AT_DetachPartitionFinalize: ['DETACH PARTITION ... FINALIZE'],
};

/** The refusal of a command by a relation of a kind that it does not take; servers before 15 word it in another way. */
export function kindRefusal({ kind, name }: Relation, { subtype }: AlterTableCmd, pg: number): Draft | undefined {
  const row = subtype && commands[subtype];
  if (row === undefined || kind === 'table' || kind === 'partitioned')
    return subtype === 'AT_GenericOptions' ? fail(`"${name}" is not a foreign table`, '42809') : undefined;
  const [action, ...kinds] = row;
  if (kinds.includes(kind)) return undefined;
  const all = ['a table', ...kinds.map((one) => words[one])];
  const list = all.length < 3 ? all.join(' or ') : `${all.slice(0, -1).join(', ')}, or ${all.at(-1)}`;
  const message =
    pg < 15 ? `"${name}" is not ${list}` : `ALTER action ${action} cannot be performed on relation "${name}"`;
  return fail(message, '42809');
}
