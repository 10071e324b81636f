import type { Catalog } from '../catalog/catalog.js';
import { resolveRelationName } from '../catalog/lookup.js';
import type { Statement } from '../sql/statement.js';
import { type RangeVar, strings } from '../sql/tree.js';

/**
 * schema.name of the relation that a statement is about: the altered, indexed, created, dropped, written one; of several the
 * first. Undefined when it is about none (a type, a function, a setting) or about rows of a query.
 */
export function targetOf(statement: Statement, catalog: Catalog): string | undefined {
  const range = rangeOf(statement);
  return range === undefined ? undefined : resolveRelationName(catalog, range);
}

function rangeOf(statement: Statement): RangeVar | undefined {
  if (statement.kind.startsWith('AT_')) return statement.parent && rangeOf(statement.parent);
  const { node } = statement;
  if ('relation' in node && node.relation !== undefined && 'relname' in node.relation) return node.relation;
  if ('view' in node && node.view !== undefined) return node.view;
  if ('table' in node && node.table !== undefined && 'relname' in node.table) return node.table;
  if ('into' in node && node.into !== undefined && 'rel' in node.into) return node.into.rel;
  if ('relations' in node && node.relations !== undefined) return rangeNode(node.relations[0]);
  if ('removeType' in node && relationObjects.has(node.removeType ?? '')) return named(node.objects?.[0]);
  if ('removeType' in node && objectsOnRelations.has(node.removeType ?? '')) return named(node.objects?.[0], 1);
  return undefined;
}

/** These are named behind their table: the last part is not of its name. */
const objectsOnRelations = new Set<string>(['OBJECT_TRIGGER', 'OBJECT_POLICY', 'OBJECT_RULE']);

const relationObjects = new Set<string>([
  'OBJECT_TABLE',
  'OBJECT_INDEX',
  'OBJECT_VIEW',
  'OBJECT_MATVIEW',
  'OBJECT_SEQUENCE',
  'OBJECT_FOREIGN_TABLE',
]);

function rangeNode(node: unknown): RangeVar | undefined {
  return typeof node === 'object' && node !== null && 'RangeVar' in node ? toRange(node.RangeVar) : undefined;
}

function toRange(value: unknown): RangeVar | undefined {
  if (typeof value !== 'object' || value === null || !('relname' in value)) return undefined;
  const { relname } = value;
  const schemaname = 'schemaname' in value ? value.schemaname : undefined;
  if (typeof relname !== 'string') return undefined;
  return typeof schemaname === 'string' ? { relname, schemaname } : { relname };
}

/** A DROP names its objects as lists of strings. */
function named(object: import('../sql/tree.js').Node | undefined, behind = 0): RangeVar | undefined {
  if (object === undefined || !('List' in object)) return undefined;
  const parts = strings(object.List.items);
  parts.length -= behind;
  const relname = parts.at(-1);
  const schemaname = parts.at(-2);
  if (relname === undefined) return undefined;
  return schemaname === undefined ? { relname } : { relname, schemaname };
}
