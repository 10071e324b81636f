import { qualifiedName } from '../sql/names.js';
import { type CreateTrigStmt, type Node, strings } from '../sql/tree.js';
import { columnRefs } from '../sql/walk.js';
import type { Applies } from './applies.js';
import type { Renames } from './apply-by-object.js';
import type { DropKinds } from './apply-drop.js';
import type { Catalog, Table, Trigger, View } from './catalog.js';
import { changeTable, putRelation } from './change.js';
import {
  creationSchema,
  descendants,
  findRelation,
  findRelationNamed,
  findRoutines,
  findTable,
  isTable,
} from './lookup.js';
import { saidOf } from './said.js';
import { tableOrStub } from './stub.js';

export const triggerApplies: Applies = {
  CreateTrigStmt: (node, _statement, catalog) => {
    if (node.relation === undefined) return catalog;
    const view = findRelation(catalog, node.relation);
    if (view?.kind === 'view') return putRelation(catalog, replacing(view, triggerOf(catalog, node)));
    if (node.timing === timings.insteadOf) return catalog;
    const [known, table] = tableOrStub(catalog, node.relation);
    if (table === undefined) return catalog;
    const [both, from] = node.constrrel === undefined ? [known, undefined] : tableOrStub(known, node.constrrel);
    const trigger: Trigger = { ...triggerOf(both, node), ...(from !== undefined && { from: from.oid }) };
    // row triggers of a partitioned table are on its partitions as well: CreateTriggerFiringOn
    const copies = table.kind === 'partitioned' && node.row ? descendants(both, table) : [];
    return copies.reduce(
      (now, partition) => withTrigger(now, partition, { ...trigger, inherited: true }),
      withTrigger(both, table, trigger),
    );
  },
};

// TRIGGER_TYPE_* of pg_trigger.h
const timings = { before: 2, insteadOf: 64 };
const events: readonly (readonly [bit: number, event: Trigger['events'][number]])[] = [
  [4, 'insert'],
  [8, 'delete'],
  [16, 'update'],
  [32, 'truncate'],
];

function triggerOf(catalog: Catalog, node: CreateTrigStmt): Trigger {
  const fired = node.events ?? 0;
  const condition = columnRefs(node.whenClause).flatMap(({ parts }) => (parts.length > 1 ? (parts.at(-1) ?? []) : []));
  return {
    name: node.trigname ?? '',
    function: functionName(catalog, strings(node.funcname)),
    timing: node.timing === timings.before ? 'before' : node.timing === timings.insteadOf ? 'instead of' : 'after',
    events: events.flatMap(([bit, event]) => ((fired & bit) === 0 ? [] : [event])),
    columns: [...new Set([...strings(node.columns), ...condition])],
    forEachRow: node.row === true,
    constraint: node.isconstraint === true,
    inherited: false,
    enabled: true,
  };
}

/** "schema.name" of the function that the parts of a name mean. */
function functionName(catalog: Catalog, parts: readonly string[]): string {
  const [found] = findRoutines(catalog, parts);
  const name = parts.at(-1) ?? '';
  if (found !== undefined) return qualifiedName(found.schema, name);
  return qualifiedName(parts.at(-2) ?? (builtIn.has(name) ? 'pg_catalog' : creationSchema(catalog)), name);
}

const builtIn: ReadonlySet<string> = new Set([
  'suppress_redundant_updates_trigger',
  'tsvector_update_trigger',
  'tsvector_update_trigger_column',
]);

function withTrigger(catalog: Catalog, { oid }: Table, trigger: Trigger): Catalog {
  return changeTable(catalog, oid, (table) => replacing(table, trigger));
}

/** In the place of the trigger of that name, whose comment it keeps. */
function replacing<R extends Table | View>(relation: R, trigger: Trigger): R {
  const old = relation.triggers.find(({ name }) => name === trigger.name);
  return {
    ...relation,
    triggers: [...relation.triggers.filter(({ name }) => name !== trigger.name), { ...trigger, ...saidOf(old) }],
  };
}

/** The parts of `DROP … name ON table`: the relation's, and the name. */
export function nameOnRelation(object: Node): { readonly relation: readonly string[]; readonly name: string } {
  const parts = 'List' in object ? strings(object.List.items) : [];
  return { relation: parts.slice(0, -1), name: parts.at(-1) ?? '' };
}

export const triggerDrops: DropKinds = {
  OBJECT_TRIGGER: (catalog, object) => {
    const { relation, name } = nameOnRelation(object);
    const table = findRelationNamed(catalog, relation);
    if (table?.kind === 'view')
      return putRelation(catalog, { ...table, triggers: table.triggers.filter((trigger) => trigger.name !== name) });
    if (table === undefined || !isTable(table)) return catalog;
    return withCopies(catalog, table, name).reduce(
      (now, { oid }) =>
        changeTable(now, oid, (one) => ({ ...one, triggers: one.triggers.filter((trigger) => trigger.name !== name) })),
      catalog,
    );
  },
};

/** The table and the partitions that have the trigger from it. */
function withCopies(catalog: Catalog, table: Table, name: string): readonly Table[] {
  const copies = descendants(catalog, table).filter(({ triggers }) =>
    triggers.some((trigger) => trigger.inherited && trigger.name === name),
  );
  return [table, ...copies];
}

export const triggerRenames: Renames = {
  OBJECT_TRIGGER: (catalog, { relation, subname = '', newname = '' }, { pg }) => {
    const view = findRelation(catalog, relation);
    if (view?.kind === 'view') {
      const triggers = view.triggers.map((one) => (one.name === subname ? { ...one, name: newname } : one));
      return putRelation(catalog, { ...view, triggers });
    }
    const table = findTable(catalog, relation);
    if (table === undefined) return catalog;
    // before 15 the triggers of the partitions keep their name
    const renamed = pg >= 15 ? withCopies(catalog, table, subname) : [table];
    return renamed.reduce(
      (now, { oid }) =>
        changeTable(now, oid, (one) => ({
          ...one,
          triggers: one.triggers.map((trigger) => (trigger.name === subname ? { ...trigger, name: newname } : trigger)),
        })),
      catalog,
    );
  },
};
