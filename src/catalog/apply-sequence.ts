import { qualifiedName } from '../sql/names.js';
import { type Node, type RangeVar, strings } from '../sql/tree.js';
import type { Applies } from './applies.js';
import { option } from './apply-type.js';
import type { Catalog, Sequence } from './catalog.js';
import { putRelation } from './change.js';
import { findRelation, findRelationNamed, isTable, relationByName, schemaFor } from './lookup.js';
import { withParameters } from './sequence-parameters.js';

export const sequenceApplies: Applies = {
  CreateSeqStmt: (node, _statement, catalog, { born }) => {
    const { sequence: range } = node;
    if (range?.relname === undefined) return catalog;
    const schema = schemaFor(catalog, range);
    if (relationByName(catalog, qualifiedName(schema, range.relname)) !== undefined) return catalog;
    const made: Sequence = {
      kind: 'sequence',
      oid: catalog.nextOid,
      schema,
      name: range.relname,
      born,
      persistence: persistenceOf(range),
      parameters: withParameters({}, node.options),
    };
    return putRelation(catalog, owned(catalog, made, option(node.options, 'owned_by')));
  },
  AlterSeqStmt: (node, _statement, catalog) => {
    const sequence = findRelation(catalog, node.sequence);
    if (sequence?.kind !== 'sequence') return catalog;
    const changed = { ...sequence, parameters: withParameters(sequence.parameters, node.options) };
    return putRelation(catalog, owned(catalog, changed, option(node.options, 'owned_by')));
  },
};

function persistenceOf({ relpersistence }: RangeVar): Sequence['persistence'] {
  if (relpersistence === 't') return 'temporary';
  return relpersistence === 'u' ? 'unlogged' : 'permanent';
}

/** OWNED BY table.column, OWNED BY NONE, or nothing said. */
function owned(catalog: Catalog, sequence: Sequence, owner: Node | undefined): Sequence {
  if (owner === undefined || !('List' in owner)) return sequence;
  const parts = strings(owner.List.items);
  const { ownedBy: _, ...free } = sequence;
  const table = findRelationNamed(catalog, parts.slice(0, -1));
  const column = parts.at(-1);
  if (table === undefined || !isTable(table) || column === undefined) return free;
  return { ...free, ownedBy: { table: table.oid, column } };
}
