import type { MaterializedView, Table } from '../catalog/catalog.js';
import { isIndex } from '../catalog/lookup.js';
import type { Predict, PredictTable } from './context.js';
import { all, fail, forbidden, lock, newHeap, nothing } from './draft.js';
import { optionsOf } from './options.js';
import { unknownTablespace } from './outside.js';
import { isStored } from './relations.js';
import { settingRefusal } from './setting-value.js';

const moved = 'its file is copied to another tablespace';

/** ALTER TABLE (INDEX, MATERIALIZED VIEW) ALL IN TABLESPACE … moves whatever is there. */
const moveAll: Predict<'AlterTableMoveAllStmt'> = (node, { catalog }) => {
  const from = node.orig_tablespacename === 'pg_default' ? undefined : node.orig_tablespacename;
  const roles = (node.roles ?? []).flatMap((role) => ('RoleSpec' in role ? [role.RoleSpec.rolename] : []));
  const owned = (relation: Table | MaterializedView) =>
    roles.length === 0 || ('owner' in relation && relation.owner !== undefined && roles.includes(relation.owner));
  const there = [...catalog.relations.values()].filter((one) => 'tablespace' in one || isStored(one) || isIndex(one));
  const unknown = [node.orig_tablespacename, node.new_tablespacename].map(unknownTablespace);
  if (node.orig_tablespacename === node.new_tablespacename) return all(...unknown);
  return all(
    ...unknown,
    ...there.map((relation) => {
      if (isIndex(relation))
        return node.objtype === 'OBJECT_INDEX' && relation.tablespace === from && roles.length === 0
          ? newHeap(relation, 'AccessExclusiveLock', moved)
          : nothing;
      if (!isStored(relation) || relation.tablespace !== from || !owned(relation)) return nothing;
      const wanted = relation.kind === 'materialized view' ? 'OBJECT_MATVIEW' : 'OBJECT_TABLE';
      if (node.objtype !== wanted || relation.kind === 'foreign') return nothing;
      return relation.kind === 'partitioned'
        ? lock(relation, 'AccessExclusiveLock', moved)
        : newHeap(relation, 'AccessExclusiveLock', moved);
    }),
  );
};

/** Databases, tablespaces and the server's own settings: files outside any transaction. */
export const database: PredictTable = {
  AlterTableMoveAllStmt: moveAll,
  // which directories there are, the server's disk says
  CreateTableSpaceStmt: ({ location }) =>
    all(forbidden, fail(`directory "${location}" does not exist`, '58P01', false)),
  DropTableSpaceStmt: ({ tablespacename, missing_ok }) =>
    all(forbidden, missing_ok ? nothing : unknownTablespace(tablespacename)),
  AlterTableSpaceOptionsStmt: ({ tablespacename }) => unknownTablespace(tablespacename),
  CreatedbStmt: () => forbidden,
  DropdbStmt: () => forbidden,
  AlterDatabaseStmt: ({ options }) => (optionsOf(options).has('tablespace') ? forbidden : nothing),
  AlterDatabaseSetStmt: ({ setstmt }, { pg }) => settingRefusal(setstmt, 'start', pg),
  AlterDatabaseRefreshCollStmt: () => nothing,
  AlterSystemStmt: ({ setstmt }, { pg }) => all(forbidden, settingRefusal(setstmt, 'server', pg)),
};
