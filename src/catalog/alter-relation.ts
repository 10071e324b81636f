import type { Statement } from '../sql/statement.js';
import type { AlterTableCmd } from '../sql/tree.js';
import type { ApplyOptions } from './applies.js';
import type { Catalog, Persistence, Relation } from './catalog.js';
import { putRelation } from './change.js';
import { unloggedSequences } from './column-definition.js';
import { dependentsOf, findRelation, isIndex } from './lookup.js';
import { ownedBy } from './said.js';
import { storageOptions, tablespaceOf } from './storage-options.js';
import { alteredTable, alterTableOf } from './table-command.js';

/** What one command of an ALTER TABLE (TYPE, VIEW …) makes of the catalog, as the table that dispatches on the kind has it. */
export type RelationCommand = (
  node: AlterTableCmd,
  statement: Statement,
  catalog: Catalog,
  options: ApplyOptions,
) => Catalog;

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

/** A table, with the sequences it owns since they can be unlogged; or a sequence. On a partitioned table it has no effect before 18, when it fails. */
function setPersistence(persistence: Persistence): RelationCommand {
  const set = onRelation((relation) =>
    relation.kind === 'table' || relation.kind === 'sequence' ? { ...relation, persistence } : relation,
  );
  return (node, statement, catalog, options) => {
    const after = set(node, statement, catalog, options);
    const table = findRelation(after, alterTableOf(statement)?.relation);
    if (table?.kind !== 'table' || options.pg < unloggedSequences) return after;
    return dependentsOf(after, table.oid).reduce((now, oid) => {
      const sequence = now.relations.get(oid);
      return sequence?.kind === 'sequence' ? putRelation(now, { ...sequence, persistence }) : now;
    }, after);
  };
}

/** The commands that tables share with indexes, materialized views and views. */
export const relationCommands = {
  AT_SetLogged: setPersistence('permanent'),
  AT_SetUnLogged: setPersistence('unlogged'),
  AT_SetTableSpace: onRelation((relation, { name }) => {
    if (relation.kind === 'view' || relation.kind === 'sequence' || relation.kind === 'composite type') return relation;
    const { tablespace: _, ...rest } = relation;
    return { ...rest, ...tablespaceOf(name) };
  }),
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
  AT_ChangeOwner: onRelation((relation, { newowner }) => (isIndex(relation) ? relation : ownedBy(relation, newowner))),
} as const;

function optionsOf(def: AlterTableCmd['def']): Readonly<Record<string, string>> {
  return storageOptions(def !== undefined && 'List' in def ? def.List.items : []);
}
