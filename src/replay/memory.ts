import type { Catalog, Oid } from '../catalog/catalog.js';
import { type MapContent, PersistentMap } from '../catalog/persistent-map.js';
import type { History, Script } from '../frameworks/framework.js';
import type { Span } from '../sql/source.js';
import { isKind, type Statement } from '../sql/statement.js';
import { parse } from './replay.js';

/** How far a replay has come: all that the migrations before one leave. */
export interface Reached {
  /** The index of the next migration. */
  readonly next: number;
  readonly catalog: Catalog;
  /** What sessions that are over have set. */
  readonly leftBehind: Readonly<Record<string, string>>;
}

/** Keeps how far a replay of a history has come, so that the next one need not begin with the first migration. */
export interface Memory {
  /** The state before a migration that is not after the one that is asked for; undefined when nothing is remembered. */
  readonly recall: (next: number) => Reached | undefined;
  readonly keep: (reached: Reached) => void;
}

/** The same as data that can be written: without the texts of migrations, which are at hand again where it is read. */
export interface Packed {
  readonly next: number;
  readonly leftBehind: Readonly<Record<string, string>>;
  readonly catalog: PackedCatalog;
  readonly definitions: readonly (readonly [Oid, Place])[];
}

/** A catalog with its maps as plain data. */
type PackedCatalog = { readonly [Field in keyof Catalog]: Content<Catalog[Field]> };

type Content<T> = T extends PersistentMap<infer K, infer V> ? MapContent<K, V> : T;

/** Where a CREATE FUNCTION stands: the span of a statement of a script, and from there from body to body. */
interface Place {
  readonly file: string;
  readonly spans: readonly Span[];
  /** All that is rendered from one place has its span. */
  readonly text: string;
}

/** The inverse of {@link unpack}. */
export function pack({ next, catalog, leftBehind }: Reached): Packed {
  const definitions: [Oid, Place][] = [];
  let { routines } = catalog;
  for (const { definition, ...routine } of [...routines.values()]) {
    if (definition === undefined) continue;
    definitions.push([routine.oid, placeOf(definition)]);
    routines = routines.set(routine.oid, routine);
  }
  return { next, leftBehind, catalog: packCatalog({ ...catalog, routines }), definitions };
}

/** Undefined when it does not fit the history, or a function was made by one that was called: where that stands it was not written. */
export function unpack(packed: Packed, history: History): Reached | undefined {
  const kept = unpackCatalog(packed.catalog);
  const scripts = history.migrations.slice(0, packed.next).map(({ up }) => up);
  const find = finder(scripts);
  let { routines } = kept;
  for (const [oid, place] of packed.definitions) {
    const routine = routines.get(oid);
    const definition = find(place);
    if (routine === undefined || definition === undefined) return undefined;
    routines = routines.set(oid, { ...routine, definition });
  }
  return { next: packed.next, leftBehind: packed.leftBehind, catalog: { ...kept, routines } };
}

function packCatalog(catalog: Catalog): PackedCatalog {
  return {
    ...catalog,
    relations: catalog.relations.content(),
    types: catalog.types.content(),
    routines: catalog.routines.content(),
    schemas: catalog.schemas.content(),
    extensions: catalog.extensions.content(),
    others: catalog.others.content(),
    othersOfRelation: catalog.othersOfRelation.content(),
    relationNames: catalog.relationNames.content(),
    goneNames: catalog.goneNames.content(),
    typeNames: catalog.typeNames.content(),
    constraintNames: catalog.constraintNames.content(),
    routineNames: catalog.routineNames.content(),
    dependents: catalog.dependents.content(),
    defaultGrants: catalog.defaultGrants.content(),
  };
}

function unpackCatalog(packed: PackedCatalog): Catalog {
  return {
    ...packed,
    relations: PersistentMap.of(packed.relations),
    types: PersistentMap.of(packed.types),
    routines: PersistentMap.of(packed.routines),
    schemas: PersistentMap.of(packed.schemas),
    extensions: PersistentMap.of(packed.extensions),
    others: PersistentMap.of(packed.others),
    othersOfRelation: PersistentMap.of(packed.othersOfRelation),
    relationNames: PersistentMap.of(packed.relationNames),
    goneNames: PersistentMap.of(packed.goneNames),
    typeNames: PersistentMap.of(packed.typeNames),
    constraintNames: PersistentMap.of(packed.constraintNames),
    routineNames: PersistentMap.of(packed.routineNames),
    dependents: PersistentMap.of(packed.dependents),
    defaultGrants: PersistentMap.of(packed.defaultGrants),
  };
}

function placeOf(definition: Statement): Place {
  const spans: Span[] = [];
  for (let at: Statement | undefined = definition; at !== undefined; at = at.parent) spans.unshift(at.span);
  return { file: definition.source.file, spans, text: definition.text };
}

/** Finds statements again; a script is parsed when the first one of it is asked for. */
function finder(scripts: readonly Script[]) {
  const parsed = new Map<Script, readonly Statement[]>();
  const statementsOf = (script: Script) => {
    const known = parsed.get(script) ?? parse(script).statements;
    parsed.set(script, known);
    return known;
  };
  return ({ file, spans: [first, ...inner], text }: Place): Statement<'CreateFunctionStmt'> | undefined => {
    if (first === undefined) return undefined;
    const around = ({ pieces }: Script) =>
      pieces.some(({ source, span }) => source.file === file && span.start <= first.start && first.end <= span.end);
    const at = (span: Span) => (statement: Statement) =>
      statement.source.file === file && statement.span.start === span.start && statement.span.end === span.end;
    let found = scripts.filter(around).flatMap(statementsOf).filter(at(first));
    for (const span of inner)
      found = found.flatMap(({ body }) => body.map(({ statement }) => statement)).filter(at(span));
    return found.filter((statement) => statement.text === text).find((one) => isKind(one, 'CreateFunctionStmt'));
  };
}
