import type { DropStmt, Node, ObjectType } from '../sql/tree.js';
import { strings } from '../sql/tree.js';
import type { Applies } from './applies.js';
import { extensionDrops } from './apply-extension.js';
import { otherDrops } from './apply-other.js';
import { policyDrops } from './apply-policy.js';
import { routineDrops } from './apply-routine.js';
import { schemaDrops } from './apply-schema.js';
import { triggerDrops } from './apply-trigger.js';
import { typeDrops } from './apply-type.js';
import type { Catalog, Relation } from './catalog.js';
import { findRelationNamed } from './lookup.js';
import { dropObject } from './removal.js';

/** Drops one object that DROP names. CASCADE or not makes no difference: see removal.ts. */
export type DropOne = (catalog: Catalog, object: Node, statement: DropStmt) => Catalog;

/** A part of the table of what DROP can drop: one per family of objects. */
export type DropKinds = { readonly [T in ObjectType]?: DropOne };

const relation =
  (...kinds: readonly Relation['kind'][]): DropOne =>
  (catalog, object) => {
    const found = 'List' in object ? findRelationNamed(catalog, strings(object.List.items)) : undefined;
    return found !== undefined && kinds.includes(found.kind) ? dropObject(catalog, found.oid) : catalog;
  };

const dropRelations: DropKinds = {
  OBJECT_TABLE: relation('table', 'partitioned', 'foreign'),
  OBJECT_FOREIGN_TABLE: relation('foreign'),
  OBJECT_INDEX: relation('index', 'partitioned index'),
  OBJECT_VIEW: relation('view'),
  OBJECT_MATVIEW: relation('materialized view'),
  OBJECT_SEQUENCE: relation('sequence'),
};

const dropKinds: DropKinds = {
  ...dropRelations,
  ...typeDrops,
  ...routineDrops,
  ...triggerDrops,
  ...policyDrops,
  ...schemaDrops,
  ...extensionDrops,
  ...otherDrops,
};

export const drops: Applies = {
  DropStmt: (node, _statement, catalog) => {
    const drop = node.removeType && dropKinds[node.removeType];
    return drop === undefined
      ? catalog
      : (node.objects ?? []).reduce((now, object) => drop(now, object, node), catalog);
  },
};
