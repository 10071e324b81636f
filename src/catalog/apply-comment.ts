import { type Node, strings } from '../sql/tree.js';
import type { Comment, Comments } from './apply-by-object.js';
import type { Column, Relation } from './catalog.js';
import { putRelation } from './change.js';
import { findRelationNamed } from './lookup.js';

const onRelation: Comment = (catalog, node, comment) => {
  const relation = findRelationNamed(catalog, partsOf(node.object));
  return relation === undefined ? catalog : putRelation(catalog, commentedRelation(relation, comment));
};

const onColumn: Comment = (catalog, node, comment) => {
  const parts = partsOf(node.object);
  const relation = findRelationNamed(catalog, parts.slice(0, -1));
  if (relation === undefined || !('columns' in relation)) return catalog;
  const columns = relation.columns.map((column) =>
    column.name === parts.at(-1) ? commentedColumn(column, comment) : column,
  );
  return putRelation(catalog, { ...relation, columns });
};

function partsOf(object: Node | undefined): readonly string[] {
  return object !== undefined && 'List' in object ? strings(object.List.items) : [];
}

function commentedRelation(relation: Relation, comment: string | undefined): Relation {
  if (relation.kind === 'composite type') return relation;
  const { comment: _, ...bare } = relation;
  return comment === undefined ? bare : { ...bare, comment };
}

function commentedColumn({ comment: _, ...bare }: Column, comment: string | undefined): Column {
  return comment === undefined ? bare : { ...bare, comment };
}

/** COMMENT ON relations and their columns; comments on the rest are not kept. */
export const relationComments: Comments = {
  OBJECT_TABLE: onRelation,
  OBJECT_FOREIGN_TABLE: onRelation,
  OBJECT_VIEW: onRelation,
  OBJECT_MATVIEW: onRelation,
  OBJECT_INDEX: onRelation,
  OBJECT_SEQUENCE: onRelation,
  OBJECT_COLUMN: onColumn,
};
