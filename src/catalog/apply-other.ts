import { qualifiedName } from '../sql/names.js';
import { type Node, type ObjectType, strings, type TypeName } from '../sql/tree.js';
import type { Applies } from './applies.js';
import type { Moves, Rename, Renames } from './apply-by-object.js';
import type { DropKinds, DropOne } from './apply-drop.js';
import { createdName } from './apply-type.js';
import type { Catalog, Oid, OtherObject, TypeRef } from './catalog.js';
import { columnsAddition, objectName } from './generated-name.js';
import { creationSchema, findRelation, findRoutines, searchPath } from './lookup.js';
import { columnsIn } from './mentions.js';
import { findOther, foreignTablesOf, putOther, removeOther, serversOf } from './others.js';
import type { PublishedColumns } from './parts.js';
import { dropObject } from './removal.js';
import { flagOf, storageOptions } from './storage-options.js';
import { typeRef } from './type-ref.js';

type OtherKind = OtherObject['kind'];

// Objects that the catalog knows by name alone, and by the relations that they are about.

export const otherApplies: Applies = {
  CreatePublicationStmt: ({ pubname: name, pubobjects, options, for_all_tables }, _statement, catalog) =>
    name === undefined
      ? catalog
      : putOther(catalog, {
          kind: 'publication',
          name,
          relations: publishedTables(catalog, pubobjects),
          schemas: publishedSchemas(catalog, pubobjects),
          published: publishedColumns(catalog, pubobjects),
          ...(for_all_tables && { everything: true }),
          ...publishedOperations(options),
          ...viaRoot(options),
        }),
  AlterPublicationStmt: (node, _statement, catalog) => {
    const old = findOther(catalog, 'publication', node.pubname);
    if (old === undefined) return catalog;
    if (node.pubobjects === undefined)
      return putOther(catalog, { ...old, ...publishedOperations(node.options), ...viaRoot(node.options) });
    const named = publishedTables(catalog, node.pubobjects);
    const others = old.relations.filter((oid) => !named.includes(oid));
    const relations = { AP_AddObjects: [...others, ...named], AP_DropObjects: others, AP_SetObjects: named };
    const inSchemas = publishedSchemas(catalog, node.pubobjects);
    const rest = (old.schemas ?? []).filter((schema) => !inSchemas.includes(schema));
    const schemas = { AP_AddObjects: [...rest, ...inSchemas], AP_DropObjects: rest, AP_SetObjects: inSchemas };
    const action = node.action ?? 'AP_AddObjects';
    const given = publishedColumns(catalog, node.pubobjects);
    const kept = [...(old.published ?? [])].filter(([oid]) => others.includes(oid));
    const published = {
      AP_AddObjects: new Map([...kept, ...given]),
      AP_DropObjects: new Map(kept),
      AP_SetObjects: given,
    };
    return putOther(catalog, {
      ...old,
      relations: relations[action],
      schemas: schemas[action],
      published: published[action],
    });
  },
  CreateStatsStmt: (node, _statement, catalog) => {
    const [source] = node.relations ?? [];
    const relation = source !== undefined && 'RangeVar' in source ? findRelation(catalog, source.RangeVar) : undefined;
    const parts = strings(node.defnames);
    const { schema, name } = createdName(catalog, parts);
    const chosen =
      parts.length > 0
        ? qualifiedName(schema, name)
        : relation && freeStatisticsName(catalog, relation, node.exprs ?? []);
    const columns = (node.exprs ?? []).flatMap((element) =>
      'StatsElem' in element ? (element.StatsElem.name ?? [...columnsIn(element.StatsElem.expr)]) : [],
    );
    return put(catalog, 'statistics', chosen, relation === undefined ? [] : [relation.oid], columns);
  },
  CreateEventTrigStmt: ({ trigname, funcname }, _statement, catalog) => {
    const [routine] = findRoutines(catalog, strings(funcname));
    if (trigname === undefined) return catalog;
    return putOther(catalog, {
      kind: 'event trigger',
      name: trigname,
      relations: [],
      ...(routine && { routine: routine.oid }),
    });
  },
  CreateCastStmt: ({ sourcetype, targettype }, _statement, catalog) =>
    put(catalog, 'cast', castName(catalog, sourcetype, targettype), []),
  CreateForeignServerStmt: ({ servername, fdwname }, _statement, catalog) =>
    servername === undefined || findOther(catalog, 'server', servername) !== undefined
      ? catalog
      : putOther(catalog, { kind: 'server', name: servername, relations: [], ...(fdwname && { wrapper: fdwname }) }),
};

/** CREATE COLLATION, CREATE OPERATOR, CREATE TEXT SEARCH …, which the grammar has as forms of one statement. */
export function defineOther(catalog: Catalog, kind: ObjectType | undefined, parts: readonly string[]): Catalog {
  const other = kind && kinds[kind];
  if (other === undefined) return catalog;
  const { schema, name } = createdName(catalog, parts);
  return put(catalog, other, qualifiedName(schema, name), []);
}

/** What WITH (publish = 'insert, update') names. */
function publishedOperations(options: readonly Node[] | undefined): Pick<OtherObject, 'publishes'> {
  const text = storageOptions(options).publish;
  return text === undefined ? {} : { publishes: text.split(',').map((operation) => operation.trim().toLowerCase()) };
}

/** The schemas of FOR TABLES IN SCHEMA. */
export function publishedSchemas(catalog: Catalog, nodes: readonly Node[] | undefined): readonly string[] {
  return (nodes ?? []).flatMap((node) => {
    const { pubobjtype, name = '' } = 'PublicationObjSpec' in node ? node.PublicationObjSpec : {};
    if (pubobjtype === 'PUBLICATIONOBJ_TABLES_IN_CUR_SCHEMA') return [creationSchema(catalog)];
    return pubobjtype === 'PUBLICATIONOBJ_TABLES_IN_SCHEMA' ? [name] : [];
  });
}

function publishedTables(catalog: Catalog, nodes: readonly Node[] | undefined): readonly Oid[] {
  return (nodes ?? []).flatMap((node) => {
    const range = 'PublicationObjSpec' in node ? node.PublicationObjSpec.pubtable?.relation : undefined;
    return findRelation(catalog, range)?.oid ?? [];
  });
}

/** The columns that lists and conditions of published tables name. */
function publishedColumns(catalog: Catalog, nodes: readonly Node[] | undefined): ReadonlyMap<Oid, PublishedColumns> {
  const found = new Map<Oid, PublishedColumns>();
  for (const node of nodes ?? []) {
    const table = 'PublicationObjSpec' in node ? node.PublicationObjSpec.pubtable : undefined;
    const relation = findRelation(catalog, table?.relation);
    if (table === undefined || relation === undefined) continue;
    const { columns, whereClause } = table;
    if (columns === undefined && whereClause === undefined) continue;
    found.set(relation.oid, {
      ...(columns && { list: strings(columns) }),
      where: [...columnsIn(whereClause)],
    });
  }
  return found;
}

/** What WITH (publish_via_partition_root) says. */
function viaRoot(options: readonly Node[] | undefined): Pick<OtherObject, 'viaRoot'> {
  return flagOf(options, 'publish_via_partition_root') ? { viaRoot: true } : {};
}

/** ChooseExtendedStatisticName of statscmds.c: the columns' names, `expr` for an expression. */
function freeStatisticsName(
  catalog: Catalog,
  relation: { readonly schema: string; readonly name: string },
  elements: readonly Node[],
): string {
  const columns = elements.flatMap((node) => ('StatsElem' in node ? [node.StatsElem.name ?? 'expr'] : []));
  for (let pass = 0; ; pass++) {
    const own = objectName(relation.name, columnsAddition(columns), pass === 0 ? 'stat' : `stat${pass}`);
    const name = qualifiedName(relation.schema, own);
    if (findOther(catalog, 'statistics', name) === undefined) return name;
  }
}

function put(
  catalog: Catalog,
  kind: OtherKind,
  name: string | undefined,
  relations: readonly Oid[],
  columns?: readonly string[],
): Catalog {
  return name === undefined ? catalog : putOther(catalog, { kind, name, relations, ...(columns && { columns }) });
}

function remove(catalog: Catalog, kind: OtherKind, name: string | undefined): Catalog {
  return name === undefined ? catalog : removeOther(catalog, kind, name);
}

/** The name under which the catalog has an object: as it is written, or in the first schema of the search path that has it. */
function keptName(catalog: Catalog, kind: OtherKind, object: Node | undefined): string | undefined {
  if (object === undefined) return undefined;
  if (kind === 'cast') {
    const [from, to] = 'List' in object ? (object.List.items ?? []) : [];
    return castName(catalog, typeIn(from), typeIn(to));
  }
  if ('String' in object) return object.String.sval;
  const parts =
    'ObjectWithArgs' in object
      ? strings(object.ObjectWithArgs.objname)
      : 'List' in object
        ? strings(object.List.items)
        : [];
  const name = parts.at(-1) ?? '';
  const schemas = parts.length > 1 ? [parts.at(-2) ?? ''] : searchPath(catalog);
  return schemas
    .map((schema) => qualifiedName(schema, name))
    .find((full) => findOther(catalog, kind, full) !== undefined);
}

const kinds: { readonly [T in ObjectType]?: OtherKind } = {
  OBJECT_PUBLICATION: 'publication',
  OBJECT_SUBSCRIPTION: 'subscription',
  OBJECT_STATISTIC_EXT: 'statistics',
  OBJECT_EVENT_TRIGGER: 'event trigger',
  OBJECT_FOREIGN_SERVER: 'server',
  OBJECT_COLLATION: 'collation',
  OBJECT_OPERATOR: 'operator',
  OBJECT_CAST: 'cast',
  OBJECT_TSCONFIGURATION: 'text search configuration',
  OBJECT_TSDICTIONARY: 'text search dictionary',
  OBJECT_TSPARSER: 'text search parser',
  OBJECT_TSTEMPLATE: 'text search template',
};

function typeIn(node: Node | undefined): TypeName | undefined {
  return node !== undefined && 'TypeName' in node ? node.TypeName : undefined;
}

/** A cast has no name but those of its types. */
function castName(catalog: Catalog, from: TypeName | undefined, to: TypeName | undefined): string | undefined {
  const [source, target] = [from, to].map((node) => typeRef(catalog, node));
  if (source === undefined || target === undefined) return undefined;
  const text = ({ schema, name, dimensions }: TypeRef) => `${qualifiedName(schema, name)}${dimensions > 0 ? '[]' : ''}`;
  return `${text(source)} AS ${text(target)}`;
}

/** What a name means that the catalog keeps by name; 'not shown' where the history does not show it, undefined for what is not kept so. */
export function otherNamed(
  catalog: Catalog,
  type: ObjectType | undefined,
  object: Node | undefined,
): OtherObject | 'not shown' | undefined {
  const kind = type && kinds[type];
  return kind && (findOther(catalog, kind, keptName(catalog, kind, object)) ?? 'not shown');
}

/** Puts another value in the place of the one that a name means; without it nothing changes. */
export function changedOther(
  catalog: Catalog,
  type: ObjectType | undefined,
  object: Node | undefined,
  change: (other: OtherObject) => OtherObject,
): Catalog {
  const kind = type && kinds[type];
  const old = kind && findOther(catalog, kind, keptName(catalog, kind, object));
  return old === undefined ? catalog : putOther(catalog, change(old));
}

const drop: DropOne = (catalog, object, { removeType }) => {
  const kind = removeType && kinds[removeType];
  return kind === undefined ? catalog : remove(catalog, kind, keptName(catalog, kind, object));
};

/** DROP SERVER and DROP FOREIGN DATA WRAPPER, with the foreign tables that are left only by CASCADE. */
const dropServers =
  (kind: 'server' | 'wrapper'): DropOne =>
  (catalog, object) => {
    const name = 'String' in object ? (object.String.sval ?? '') : '';
    const of = kind === 'server' ? { server: name } : { wrapper: name };
    const servers = serversOf(catalog, of);
    const without = foreignTablesOf(catalog, of).reduce(dropObject, catalog);
    return servers.reduce((now, server) => removeOther(now, 'server', server.name), without);
  };

export const otherDrops: DropKinds = {
  OBJECT_PUBLICATION: drop,
  OBJECT_STATISTIC_EXT: drop,
  OBJECT_EVENT_TRIGGER: drop,
  OBJECT_FOREIGN_SERVER: dropServers('server'),
  OBJECT_FDW: dropServers('wrapper'),
  OBJECT_COLLATION: drop,
  OBJECT_OPERATOR: drop,
  OBJECT_CAST: drop,
  OBJECT_TSCONFIGURATION: drop,
  OBJECT_TSDICTIONARY: drop,
  OBJECT_TSPARSER: drop,
  OBJECT_TSTEMPLATE: drop,
};

const rename: Rename = (catalog, { renameType, object, newname = '' }) => {
  const kind = renameType && kinds[renameType];
  const name = kind && keptName(catalog, kind, object);
  return kind === undefined || name === undefined
    ? catalog
    : renamed(catalog, kind, name, (schema) => `${schema}${newname}`);
};

function renamed(catalog: Catalog, kind: OtherKind, name: string, to: (schema: string) => string): Catalog {
  const old = findOther(catalog, kind, name);
  if (old === undefined) return catalog;
  const schema = name.includes('.') && kind !== 'publication' ? name.slice(0, name.indexOf('.') + 1) : '';
  return putOther(remove(catalog, kind, name), { ...old, name: to(schema) });
}

export const otherRenames: Renames = {
  OBJECT_PUBLICATION: rename,
  OBJECT_SUBSCRIPTION: rename,
  OBJECT_STATISTIC_EXT: rename,
  OBJECT_EVENT_TRIGGER: rename,
  OBJECT_FOREIGN_SERVER: rename,
  OBJECT_COLLATION: rename,
  OBJECT_TSCONFIGURATION: rename,
  OBJECT_TSDICTIONARY: rename,
  OBJECT_TSPARSER: rename,
  OBJECT_TSTEMPLATE: rename,
};

const move: Moves[ObjectType] = (catalog, { objectType, object }, schema) => {
  const kind = objectType && kinds[objectType];
  const name = kind && keptName(catalog, kind, object);
  if (kind === undefined || name === undefined) return catalog;
  return renamed(catalog, kind, name, () => qualifiedName(schema, name.slice(name.indexOf('.') + 1)));
};

export const otherMoves: Moves = {
  OBJECT_STATISTIC_EXT: move,
  OBJECT_COLLATION: move,
  OBJECT_OPERATOR: move,
  OBJECT_TSCONFIGURATION: move,
  OBJECT_TSDICTIONARY: move,
  OBJECT_TSPARSER: move,
  OBJECT_TSTEMPLATE: move,
};
