import type { AlterOwnerStmt, ObjectType } from '../sql/tree.js';
import type { Applies } from './applies.js';
import { findRoutine } from './apply-routine.js';
import { findDeclaredType, typeNameParts } from './apply-type.js';
import type { Catalog } from './catalog.js';
import { putRoutine, putType } from './change.js';
import { ownedBy } from './said.js';

type Give = (catalog: Catalog, object: AlterOwnerStmt['object'], owner: AlterOwnerStmt['newowner']) => Catalog;

const routine: Give = (catalog, object, owner) => {
  const found = object !== undefined && 'ObjectWithArgs' in object && findRoutine(catalog, object.ObjectWithArgs);
  return found ? putRoutine(catalog, ownedBy(found, owner)) : catalog;
};

const type: Give = (catalog, object, owner) => {
  const found = findDeclaredType(catalog, typeNameParts(object));
  return found === undefined ? catalog : putType(catalog, ownedBy(found, owner));
};

const schema: Give = (catalog, object, owner) => {
  const found = object !== undefined && 'String' in object ? catalog.schemas.get(object.String.sval ?? '') : undefined;
  return found === undefined
    ? catalog
    : { ...catalog, schemas: catalog.schemas.set(found.name, ownedBy(found, owner)) };
};

/** What is not a relation, by kind: relations go by ALTER TABLE. */
const kinds: { readonly [T in ObjectType]?: Give } = {
  OBJECT_SCHEMA: schema,
  OBJECT_TYPE: type,
  OBJECT_DOMAIN: type,
  OBJECT_FUNCTION: routine,
  OBJECT_PROCEDURE: routine,
  OBJECT_ROUTINE: routine,
  OBJECT_AGGREGATE: routine,
};

export const ownerApplies: Applies = {
  AlterOwnerStmt: ({ objectType, object, newowner }, _statement, catalog) => {
    const give = objectType && kinds[objectType];
    return give === undefined ? catalog : give(catalog, object, newowner);
  },
};
