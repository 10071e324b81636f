import type { Statement } from '../sql/statement.js';
import type { AlterTableCmd, Node } from '../sql/tree.js';
import { attributeCommands } from './alter-attribute.js';
import { columnCommands } from './alter-column.js';
import { constraintCommands } from './alter-constraint.js';
import { inheritanceCommands } from './alter-inheritance.js';
import { relationCommands } from './alter-relation.js';
import { type Applies, dispatch } from './applies.js';
import type { Table, Trigger } from './catalog.js';
import { changeTable } from './change.js';
import { storageCommands } from './column-storage.js';
import { descendants, findRelationNamed } from './lookup.js';
import { alteredTable, onTable } from './table-command.js';

const replicaIdentities: Readonly<Record<string, Table['replicaIdentity']>> = {
  f: 'full',
  n: 'nothing',
  i: 'index',
};

function change(how: (table: Table, node: AlterTableCmd) => Table) {
  return onTable((catalog, table, node) => changeTable(catalog, table.oid, (now) => how(now, node)));
}

/** Of a partitioned table the copies on its partitions are switched too, but not with ONLY. */
function enable(enabled: boolean) {
  return onTable((catalog, table, { name }, { only }) =>
    [table, ...(only || table.kind !== 'partitioned' ? [] : descendants(catalog, table))].reduce(
      (now, { oid }) => changeTable(now, oid, (one) => ({ ...one, triggers: switched(one.triggers, name, enabled) })),
      catalog,
    ),
  );
}

function switched(triggers: readonly Trigger[], name: string | undefined, enabled: boolean): readonly Trigger[] {
  return triggers.map((trigger) => (name === undefined || trigger.name === name ? { ...trigger, enabled } : trigger));
}

const commands: Applies = {
  ...columnCommands,
  ...constraintCommands,
  ...inheritanceCommands,
  ...relationCommands,
  ...attributeCommands,
  ...storageCommands,
  AT_ClusterOn: onTable((catalog, table, { name }) => {
    const index = findRelationNamed(catalog, [table.schema, name ?? '']);
    return index === undefined
      ? catalog
      : changeTable(catalog, table.oid, (now) => ({ ...now, clusteredOn: index.oid }));
  }),
  AT_DropCluster: change(({ clusteredOn: _, ...table }) => table),
  AT_ReplicaIdentity: change((table, { def }) => {
    const type = def !== undefined && 'ReplicaIdentityStmt' in def ? def.ReplicaIdentityStmt.identity_type : undefined;
    return { ...table, replicaIdentity: replicaIdentities[type ?? ''] ?? 'default' };
  }),
  AT_EnableRowSecurity: change((table) => ({ ...table, rowSecurity: true })),
  AT_DisableRowSecurity: change((table) => ({ ...table, rowSecurity: false })),
  AT_ForceRowSecurity: change((table) => ({ ...table, forcesRowSecurity: true })),
  AT_NoForceRowSecurity: change((table) => ({ ...table, forcesRowSecurity: false })),
  AT_EnableTrig: enable(true),
  AT_EnableAlwaysTrig: enable(true),
  AT_EnableReplicaTrig: enable(true),
  AT_EnableTrigAll: enable(true),
  AT_EnableTrigUser: enable(true),
  AT_DisableTrig: enable(false),
  AT_DisableTrigAll: enable(false),
  AT_DisableTrigUser: enable(false),
};

/** In which order PostgreSQL carries out the commands of one ALTER TABLE: AlterTablePass of tablecmds.c. */
const passes: Readonly<Record<string, number>> = {
  AT_DropColumn: 0,
  AT_DropConstraint: 0,
  AT_DropNotNull: 0,
  AT_DropExpression: 0,
  AT_DropIdentity: 0,
  AT_AlterColumnType: 1,
  AT_AddColumn: 2,
  AT_SetExpression: 3,
  AT_SetNotNull: 5,
  AT_ColumnDefault: 8,
  AT_AddIdentity: 8,
};

/** The pass in which a command of an ALTER TABLE is carried out; commands of one pass in the order written. */
export function passOf({ kind, node }: Statement): number {
  const def = 'subtype' in node && 'def' in node && typeof node.def === 'object' ? node.def : undefined;
  if (kind === 'AT_AddConstraint') return constraintPass(def);
  if (kind === 'AT_ColumnDefault' && def === undefined) return 0;
  return passes[kind] ?? 9;
}

function constraintPass(def: Node | undefined): number {
  if (def === undefined || !('Constraint' in def)) return 9;
  const { contype, indexname } = def.Constraint;
  if (contype === 'CONSTR_NOTNULL') return 5;
  if (contype === 'CONSTR_CHECK' || contype === 'CONSTR_FOREIGN') return 8;
  return indexname === undefined ? 7 : 6;
}

/** ALTER TABLE, INDEX, VIEW, SEQUENCE, FOREIGN TABLE, MATERIALIZED VIEW, TYPE … with commands; RENAME and SET SCHEMA are statements of their own. */
export const alterTables: Applies = {
  ...commands,
  AlterTableStmt: (node, statement, catalog, options) =>
    [...statement.commands]
      .sort((a, b) => passOf(a) - passOf(b))
      .reduce((now, command) => dispatch(commands, command, now, options), alteredTable(catalog, node)[0]),
};
