import { quoteIdentifier } from '../sql/names.js';
import type { Statement } from '../sql/statement.js';
import type { Kind, Node, NodeOf, RoleSpec } from '../sql/tree.js';
import type { Applies } from './applies.js';
import type { Renames } from './apply-by-object.js';
import type { DropKinds } from './apply-drop.js';
import { dropExtension } from './apply-extension.js';
import type { Catalog, Oid } from './catalog.js';
import { putRelation, putType } from './change.js';
import { searchPath } from './lookup.js';
import { removeOther } from './others.js';
import { dropObject } from './removal.js';
import { retrigger } from './retrigger.js';
import { retype } from './retype.js';

/** The schema that CREATE SCHEMA makes: it may take its name from its owner. */
export function schemaToCreate(node: {
  readonly schemaname?: string;
  readonly authrole?: RoleSpec;
}): string | undefined {
  return node.schemaname ?? node.authrole?.rolename;
}

export const schemaApplies: Applies = {
  CreateSchemaStmt: (node, _statement, catalog, { born }) => {
    const name = schemaToCreate(node);
    if (name === undefined || catalog.schemas.has(name)) return catalog;
    const owner = node.authrole?.rolename;
    const schema = { name, born, ...(owner !== undefined && { owner }) };
    return { ...catalog, schemas: catalog.schemas.set(name, schema) };
  },
};

/** The statements within CREATE SCHEMA. */
export function elementsOf(statement: Statement<'CreateSchemaStmt'>): readonly Statement[] {
  return (statement.node.schemaElts ?? []).flatMap((node) => element(node, statement) ?? []);
}

function element(node: Node, whole: Statement): Statement | undefined {
  const of = <K extends Kind>(kind: K, inner: NodeOf<K>): Statement<K> => ({
    ...whole,
    kind,
    node: inner,
    parent: whole,
    commands: [],
    body: [],
  });
  if ('CreateStmt' in node) return of('CreateStmt', node.CreateStmt);
  if ('ViewStmt' in node) return of('ViewStmt', node.ViewStmt);
  if ('IndexStmt' in node) return of('IndexStmt', node.IndexStmt);
  if ('CreateSeqStmt' in node) return of('CreateSeqStmt', node.CreateSeqStmt);
  return 'CreateTrigStmt' in node ? of('CreateTrigStmt', node.CreateTrigStmt) : undefined;
}

/** Names without a schema within CREATE SCHEMA mean the new one: its elements are applied with it first in the search path. */
export function insideSchema(catalog: Catalog, schema: string, apply: (catalog: Catalog) => Catalog): Catalog {
  const { settings } = catalog;
  const path = [schema, ...searchPath(catalog)].map(quoteIdentifier).join(', ');
  const inside = { ...settings, local: { ...settings.local, search_path: path } };
  return { ...apply({ ...catalog, settings: inside }), settings };
}

interface Contents {
  readonly relations: readonly Oid[];
  readonly types: readonly Oid[];
  readonly routines: readonly Oid[];
}

/** What is in a schema, the oldest first. */
function contentsOf(catalog: Catalog, schema: string): Contents {
  const within = (objects: Iterable<{ readonly oid: Oid; readonly schema: string }>) =>
    [...objects].flatMap((object) => (object.schema === schema ? [object.oid] : [])).sort((a, b) => a - b);
  return {
    relations: within(catalog.relations.values()),
    types: within(catalog.types.values()),
    routines: within(catalog.routines.values()),
  };
}

export const schemaDrops: DropKinds = {
  OBJECT_SCHEMA: (catalog, object) => {
    const name = 'String' in object ? (object.String.sval ?? '') : '';
    const extensions = [...catalog.extensions.values()].filter(({ schema }) => schema === name);
    const without = extensions.reduce(dropExtension, { ...catalog, schemas: catalog.schemas.delete(name) });
    const { relations, types, routines } = contentsOf(without, name);
    return [...relations, ...types, ...routines].reduce(dropObject, withoutOthers(without, name));
  },
};

function withoutOthers(catalog: Catalog, schema: string): Catalog {
  const inside = [...catalog.others.values()].filter(({ name }) => name.startsWith(`${schema}.`));
  return inside.reduce((now, { kind, name }) => removeOther(now, kind, name), catalog);
}

export const schemaRenames: Renames = {
  OBJECT_SCHEMA: (catalog, { subname = '', newname = '' }) => {
    const old = catalog.schemas.get(subname) ?? { name: subname, born: -1 };
    const schemas = catalog.schemas.delete(subname).set(newname, { ...old, name: newname });
    const { relations, types, routines } = contentsOf(catalog, subname);
    const named: Catalog = { ...movedExtensions(catalog, subname, newname), schemas };
    const withRelations = relations.reduce((now, oid) => {
      const relation = now.relations.get(oid);
      return relation === undefined ? now : retype(putRelation(now, { ...relation, schema: newname }), oid);
    }, named);
    const withTypes = types.reduce((now, oid) => {
      const type = now.types.get(oid);
      return type === undefined ? now : retype(putType(now, { ...type, schema: newname }), oid);
    }, withRelations);
    return routines.reduce((now, oid) => {
      const routine = now.routines.get(oid);
      return routine === undefined ? now : retrigger(now, routine, { ...routine, schema: newname });
    }, withTypes);
  },
};

function movedExtensions(catalog: Catalog, from: string, to: string): Catalog {
  const moved = [...catalog.extensions.values()].filter(({ schema }) => schema === from);
  const extensions = moved.reduce((all, one) => all.set(one.name, { ...one, schema: to }), catalog.extensions);
  return { ...catalog, extensions };
}
