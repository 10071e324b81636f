import { qualifiedName } from '../sql/names.js';
import type { Applies } from './applies.js';
import type { Moves } from './apply-by-object.js';
import type { DropKinds } from './apply-drop.js';
import { created, option, optionText } from './apply-type.js';
import type { Catalog, Extension, Oid } from './catalog.js';
import { putType } from './change.js';
import { extensionSchemas, extensionTypes, requiredExtensions } from './extension-types.js';
import { creationSchema } from './lookup.js';
import { dropObject } from './removal.js';
import { retype } from './retype.js';

export const extensionApplies: Applies = {
  CreateExtensionStmt: (node, _statement, catalog, { born }) => {
    const { extname, options } = node;
    if (extname === undefined) return catalog;
    const given = optionText(option(options, 'schema'));
    const required = option(options, 'cascade') === undefined ? [] : (requiredExtensions[extname] ?? []);
    return [...required, extname].reduce((now, name) => installed(now, name, given, born), catalog);
  },
};

function installed(catalog: Catalog, name: string, given: string | undefined, born: number): Catalog {
  if (catalog.extensions.has(name)) return catalog;
  const schema = extensionSchemas[name] ?? given ?? creationSchema(catalog);
  const withSchema = catalog.schemas.has(schema)
    ? catalog.schemas
    : catalog.schemas.set(schema, { name: schema, born });
  const known: Catalog = {
    ...catalog,
    schemas: schema === 'pg_catalog' ? catalog.schemas : withSchema,
    extensions: catalog.extensions.set(name, { name, schema, born }),
  };
  return (extensionTypes[name] ?? []).reduce(
    (now, type) => created(now, { kind: 'base', oid: now.nextOid, schema, name: type, born }),
    known,
  );
}

/** Drops an extension with its types and what depends on them. */
export function dropExtension(catalog: Catalog, { name, schema }: Extension): Catalog {
  const gone: Catalog = { ...catalog, extensions: catalog.extensions.delete(name) };
  return typesOf(catalog, name, schema).reduce(dropObject, gone);
}

function typesOf(catalog: Catalog, extension: string, schema: string): readonly Oid[] {
  return (extensionTypes[extension] ?? []).flatMap((type) => catalog.typeNames.get(qualifiedName(schema, type)) ?? []);
}

export const extensionDrops: DropKinds = {
  OBJECT_EXTENSION: (catalog, object) => {
    const extension = 'String' in object ? catalog.extensions.get(object.String.sval ?? '') : undefined;
    return extension === undefined ? catalog : dropExtension(catalog, extension);
  },
};

export const extensionMoves: Moves = {
  OBJECT_EXTENSION: (catalog, { object }, schema) => {
    const extension =
      object !== undefined && 'String' in object ? catalog.extensions.get(object.String.sval ?? '') : undefined;
    if (extension === undefined) return catalog;
    const moved: Catalog = { ...catalog, extensions: catalog.extensions.set(extension.name, { ...extension, schema }) };
    return typesOf(catalog, extension.name, extension.schema).reduce((now, oid) => {
      const type = now.types.get(oid);
      return type === undefined ? now : retype(putType(now, { ...type, schema }), oid);
    }, moved);
  },
};
