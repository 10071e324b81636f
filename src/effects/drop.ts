import { otherNamed } from '../catalog/apply-other.js';
import type { Catalog, OtherObject } from '../catalog/catalog.js';
import type { Doomed } from '../catalog/doomed.js';
import { findRelationNamed, findType, isGone, nameOf, schemaFor } from '../catalog/lookup.js';
import { eventTriggersOf, findOther, foreignTablesOf } from '../catalog/others.js';
import { qualifiedName } from '../sql/names.js';
import { type DropStmt, type Node, type ObjectType, strings } from '../sql/tree.js';
import { fallOf, locksOfFall } from './cascade.js';
import type { Predict, PredictTable } from './context.js';
import { all, type Draft, fail, lock, nothing } from './draft.js';
import { dropIndex } from './drop-index.js';
import { dropPart, dropStatistics } from './drop-part.js';
import { isOwnText } from './named-other.js';
import { isOfIdentity, notShown, shownName } from './relations.js';
import { type RoutineWord, routineRefusal, routinesWithArguments } from './routines.js';
import { isRowType } from './row-type.js';
import {
  indexesOfClass,
  tablesOfAccessMethod,
  typesOfExtension,
  usersOfCollation,
  usersOfExtension,
  usersOfLanguage,
  usersOfSchema,
} from './users.js';

/** A text search object, cast or operator: what depends on it is not kept. */
function kept(type: ObjectType, code = '42704'): Find {
  return (catalog, object, word) => {
    const known = otherNamed(catalog, type, object) !== 'not shown';
    if (known || isOwnText(type, object)) return { found: [], shown: word };
    return { missing: fail(`${word} does not exist`, code, false) };
  };
}

/** What one name in a DROP means. */
type Named =
  | {
      /** What goes in any case. */
      readonly found: readonly Doomed[];
      /** What goes with CASCADE only, besides what depends on `found`. */
      readonly dependents?: readonly Doomed[];
      readonly shown: string;
    }
  /** The history does not show it, or it is something else. */
  | { readonly missing: Draft; readonly optional?: Draft };

type Find = (catalog: Catalog, object: Node, word: string, pg: number) => Named;

interface Kind {
  /** As the server's messages call it. */
  readonly word: string;
  readonly find: Find;
}

const dropObjects =
  ({ word, find }: Kind): Predict<'DropStmt'> =>
  (node, { catalog, pg }) => {
    const named = (node.objects ?? []).map((object) => find(catalog, object, word, pg));
    const found = named.flatMap((one) => ('found' in one ? [one] : []));
    const fall = fallOf(
      catalog,
      found.flatMap((one) => one.found),
      found.flatMap((one) => one.dependents ?? []),
    );
    const unknown = named.map((one) => ('missing' in one ? missing(one, node) : nothing));
    const called = found.some((one) => one.found.some((doomed) => isFired(catalog, doomed)));
    if ((fall.needsCascade || called) && node.behavior !== 'DROP_CASCADE') {
      const message = `cannot drop ${word} ${found[0]?.shown} because other objects depend on it`;
      return all(fail(message, '2BP01'), ...unknown);
    }
    return all(locksOfFall(catalog, fall.doomed, pg), ...unknown);
  };

/** A function that event triggers call. */
function isFired(catalog: Catalog, doomed: Doomed): boolean {
  return (
    doomed.kind === 'object' && catalog.routines.has(doomed.oid) && eventTriggersOf(catalog, doomed.oid).length > 0
  );
}

function missing({ missing: refusal, optional }: Extract<Named, { missing: Draft }>, node: DropStmt): Draft {
  return all(optional, node.missing_ok && absent.has(refusal.failure?.code ?? '') ? nothing : refusal);
}

/** Undefined table, object, function, schema: what IF EXISTS takes. */
const absent: ReadonlySet<string> = new Set(['42P01', '42704', '42883', '3F000']);

function relation(...kinds: readonly string[]): Find {
  return (catalog, object, word) => {
    const parts = partsOf(object);
    const shown = parts.join('.');
    const found = findRelationNamed(catalog, parts);
    if (found === undefined) {
      const [name = '', schemaname] = parts.toReversed();
      const full = qualifiedName(schemaFor(catalog, schemaname === undefined ? {} : { schemaname }), name);
      const why = `it is dropped, and with it what depends on it (${notShown(full)})`;
      return {
        missing: fail(`${word} "${shown}" does not exist`, '42P01', isGone(catalog, parts)),
        // views and sequences are no tables
        optional: tableLike.has(kinds[0] ?? '') ? lock(full, 'AccessExclusiveLock', why, false) : nothing,
      };
    }
    if (!kinds.includes(found.kind)) return { missing: fail(`"${shown}" is not a ${word}`, '42809') };
    if (found.kind === 'sequence' && isOfIdentity(catalog, found)) {
      const column = `column ${found.ownedBy?.column} of table ${nameOf(catalog, found.ownedBy?.table ?? 0)}`;
      return { missing: fail(`cannot drop sequence ${shown} because ${column} requires it`, '2BP01') };
    }
    return { found: [{ kind: 'object', oid: found.oid }], shown: shownName(catalog, found) };
  };
}

const tableLike: ReadonlySet<string> = new Set(['table', 'foreign', 'materialized view']);

function partsOf(object: Node): readonly string[] {
  if ('List' in object) return strings(object.List.items);
  return 'String' in object ? [object.String.sval ?? ''] : [];
}

const type: Find = (catalog, object) => {
  const parts = 'TypeName' in object ? strings(object.TypeName.names) : partsOf(object);
  const found = findType(catalog, parts);
  if (found === undefined) return { missing: fail(`type "${parts.join('.')}" does not exist`, '42704', false) };
  if (isRowType(found))
    return { missing: fail(`cannot drop type ${found.name} because table ${found.name} requires it`, '2BP01') };
  return { found: [{ kind: 'object', oid: found.oid }], shown: shownName(catalog, found) };
};

const domain: Find = (catalog, object, word) => {
  const found = 'TypeName' in object ? findType(catalog, strings(object.TypeName.names)) : undefined;
  if (found === undefined || found.kind === 'domain') return type(catalog, object, word, 0);
  return { missing: fail(`"${found.name}" is not a domain`, '42809') };
};

const routine =
  (word: RoutineWord): Find =>
  (catalog, object, _, pg) => {
    if (!('ObjectWithArgs' in object)) return { found: [], shown: '' };
    const missing = routineRefusal(object.ObjectWithArgs, word, { catalog, pg });
    if (missing !== undefined) return { missing };
    const found = routinesWithArguments(catalog, object.ObjectWithArgs);
    const aggregate = found.find(({ kind }) => kind === 'aggregate');
    if (word === 'function' && aggregate)
      return { missing: fail(`"${aggregate.name}" is an aggregate function`, '42809') };
    const shown = `${strings(object.ObjectWithArgs.objname).join('.')}()`;
    return { found: found.map(({ oid }) => ({ kind: 'object', oid })), shown };
  };

type Members = (catalog: Catalog, name: string) => readonly Doomed[];

/** Objects that the catalog keeps by name only: what depends on them is found by that name. */
function byName(
  dependents: Members,
  members: Members = () => [],
  isKnown?: (catalog: Catalog, name: string) => boolean,
): Find {
  return (catalog, object, word) => {
    const shown = partsOf(object).at(-1) ?? '';
    // what the history does not show may be there: its dependents are told all the same
    if (isKnown?.(catalog, shown) === false && dependents(catalog, shown).length === 0)
      return { missing: fail(`${word} "${shown}" does not exist`, '42704', false) };
    return { found: members(catalog, shown), dependents: dependents(catalog, shown), shown };
  };
}

function foreignTables(catalog: Catalog, of: Parameters<typeof foreignTablesOf>[1]): readonly Doomed[] {
  return foreignTablesOf(catalog, of).map((oid): Doomed => ({ kind: 'object', oid }));
}

const none: Members = () => [];

function isOther(kind: OtherObject['kind']): (catalog: Catalog, name: string) => boolean {
  return (catalog, name) => findOther(catalog, kind, name) !== undefined;
}

const schema: Find = (catalog, object) => {
  const [shown = ''] = partsOf(object);
  if (!catalog.schemas.has(shown)) return { missing: fail(`schema "${shown}" does not exist`, '3F000', false) };
  return { found: [], dependents: usersOfSchema(catalog, shown), shown };
};

const objects: { readonly [T in ObjectType]?: Kind } = {
  OBJECT_TABLE: { word: 'table', find: relation('table', 'partitioned') },
  OBJECT_FOREIGN_TABLE: { word: 'foreign table', find: relation('foreign') },
  OBJECT_VIEW: { word: 'view', find: relation('view') },
  OBJECT_MATVIEW: { word: 'materialized view', find: relation('materialized view') },
  OBJECT_SEQUENCE: { word: 'sequence', find: relation('sequence') },
  OBJECT_TYPE: { word: 'type', find: type },
  OBJECT_DOMAIN: { word: 'type', find: domain },
  OBJECT_FUNCTION: { word: 'function', find: routine('function') },
  OBJECT_PROCEDURE: { word: 'procedure', find: routine('procedure') },
  OBJECT_ROUTINE: { word: 'function or procedure', find: routine('routine') },
  OBJECT_AGGREGATE: { word: 'aggregate function', find: routine('aggregate') },
  OBJECT_SCHEMA: { word: 'schema', find: schema },
  OBJECT_EXTENSION: {
    word: 'extension',
    find: byName(
      usersOfExtension,
      typesOfExtension,
      (catalog, name) => catalog.extensions.has(name) || name === 'plpgsql',
    ),
  },
  OBJECT_COLLATION: { word: 'collation', find: byName(usersOfCollation) },
  OBJECT_LANGUAGE: { word: 'language', find: byName(usersOfLanguage) },
  OBJECT_ACCESS_METHOD: { word: 'access method', find: byName(tablesOfAccessMethod) },
  OBJECT_FOREIGN_SERVER: {
    word: 'server',
    find: byName((catalog, server) => foreignTables(catalog, { server }), undefined, isOther('server')),
  },
  OBJECT_FDW: { word: 'foreign-data wrapper', find: byName((catalog, wrapper) => foreignTables(catalog, { wrapper })) },
  OBJECT_PUBLICATION: { word: 'publication', find: byName(none, none, isOther('publication')) },
  OBJECT_EVENT_TRIGGER: { word: 'event trigger', find: byName(none, none, isOther('event trigger')) },
  OBJECT_OPERATOR: { word: 'operator', find: kept('OBJECT_OPERATOR', '42883') },
  OBJECT_CAST: { word: 'cast', find: kept('OBJECT_CAST') },
  OBJECT_TSCONFIGURATION: { word: 'text search configuration', find: kept('OBJECT_TSCONFIGURATION') },
  OBJECT_TSDICTIONARY: { word: 'text search dictionary', find: kept('OBJECT_TSDICTIONARY') },
  OBJECT_TSPARSER: { word: 'text search parser', find: kept('OBJECT_TSPARSER') },
  OBJECT_TSTEMPLATE: { word: 'text search template', find: kept('OBJECT_TSTEMPLATE') },
  OBJECT_OPCLASS: { word: 'operator class', find: byName(indexesOfClass) },
};

const parts: ReadonlySet<string> = new Set(['OBJECT_TRIGGER', 'OBJECT_POLICY', 'OBJECT_RULE']);

const dropStmt: Predict<'DropStmt'> = (node, context) => {
  const { removeType = 'OBJECT_TYPE' } = node;
  if (removeType === 'OBJECT_INDEX') return dropIndex(node, context);
  if (removeType === 'OBJECT_STATISTIC_EXT') return dropStatistics(node, context);
  if (parts.has(removeType)) return dropPart(node, context);
  const kind = objects[removeType];
  return kind === undefined ? nothing : dropObjects(kind)(node, context);
};

/** DROP of every kind of object. */
export const drops: PredictTable = { DropStmt: dropStmt };
