import { otherNamed } from '../catalog/apply-other.js';
import type { Catalog } from '../catalog/catalog.js';
import { findOther } from '../catalog/others.js';
import { type Node, type ObjectType, type RenameStmt, strings } from '../sql/tree.js';
import { type Draft, fail, nothing } from './draft.js';

/** As the server's messages call them; of the others many come with the server, and are not missed. */
const words: { readonly [T in ObjectType]?: string } = {
  OBJECT_PUBLICATION: 'publication',
  OBJECT_SUBSCRIPTION: 'subscription',
  OBJECT_STATISTIC_EXT: 'statistics object',
  OBJECT_EVENT_TRIGGER: 'event trigger',
  OBJECT_FOREIGN_SERVER: 'server',
};

/** The refusal of a publication, server … that the history does not show. */
export function unknownOther(catalog: Catalog, type: ObjectType | undefined, object: Node | undefined): Draft {
  const word = type && words[type];
  if (word === undefined || otherNamed(catalog, type, object) !== 'not shown') return nothing;
  return fail(`${word} "${shown(object)}" does not exist`, '42704', false);
}

/** The refusal of another name for one. */
export function renamedOther(catalog: Catalog, { renameType, object, newname = '' }: RenameStmt): Draft {
  const found = otherNamed(catalog, renameType, object);
  if (found === undefined || found === 'not shown') return unknownOther(catalog, renameType, object);
  const [, schema = ''] = /^(.+\.)?[^.]*$/.exec(found.name) ?? [];
  return findOther(catalog, found.kind, `${schema}${newname}`) === undefined
    ? nothing
    : fail(`${(renameType && words[renameType]) ?? found.kind} "${newname}" already exists`, '42710');
}

function shown(object: Node | undefined): string {
  if (object === undefined) return '';
  return 'String' in object ? (object.String.sval ?? '') : strings('List' in object ? object.List.items : []).join('.');
}
