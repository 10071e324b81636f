import type { Catalog, Relation } from './catalog.js';
import { comparableGrants, initialGrants } from './grants.js';
import { isTable } from './lookup.js';
import type { Grants, Owned } from './parts.js';
import type { PersistentMap } from './persistent-map.js';
import { type Entry, relationEntries, routineEntry, typeEntries } from './snapshot-objects.js';
import {
  defaultsEntry,
  type Said,
  saidOfOther,
  saidOfRelation,
  saidOfRoutine,
  saidOfSchema,
  saidOfType,
} from './snapshot-said.js';

/**
 * The schema as text: one entry an object, its kind and name -> what defines it. Two schemas are equal when their entries are.
 * `check` makes it of a replayed catalog, `trace` of a real server; what the history does not show is left out.
 */
export type Snapshot = ReadonlyMap<string, string>;

/** How an object of one snapshot stands to the other. */
export interface Difference {
  /** Kind and name: "column public.account.email". */
  readonly object: string;
  readonly how: 'missing' | 'left over' | 'different';
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** What has to change to come from `after` back to `before`, sorted by object; an object inside a missing or left over one is not told again. */
export function differences(before: Snapshot, after: Snapshot): readonly Difference[] {
  const found: Difference[] = [];
  for (const object of new Set([...before.keys(), ...after.keys()])) {
    const [old, now] = [before.get(object), after.get(object)];
    if (old === now) continue;
    const how = now === undefined ? 'missing' : old === undefined ? 'left over' : 'different';
    found.push({ object, how, before: old, after: now });
  }
  const gone = found.filter(({ how }) => how !== 'different').map(({ object }) => object);
  const whole = new Set([...gone.filter((object) => holdsOthers.test(object)).map(nameIn), ...gone]);
  return found
    .filter((one) => !holdersOf(one).some((name) => whole.has(name)))
    .sort((a, b) => (a.object < b.object ? -1 : a.object > b.object ? 1 : 0));
}

/** With an object of these kinds all that belongs to it is missing or left over. */
const holdersOfOthers = 'table|column|view|materialized view|sequence|function|procedure|enum|domain|range|type';
const holdsOthers = new RegExp(`^(?:${holdersOfOthers}) `);
const parts: ReadonlySet<string> = new Set(['column', 'constraint', 'trigger', 'policy', 'rule']);
const said = /^(?:privileges|comment) on /;

function nameIn(object: string): string {
  return object.replace(holdsOthers, '');
}

/** What an object would go with: the table of a part, of an index, of a sequence; what a comment or a privilege is about. */
function holdersOf({ object, how, before, after }: Difference): readonly string[] {
  const kind = object.slice(0, object.indexOf(' '));
  // what is said of an object goes with it, and with what the object would go with
  if (said.test(object)) {
    const about = object.replace(said, '');
    return [about, nameIn(about), ...holdersOf({ object: about, how, before, after })];
  }
  if (parts.has(kind)) return [tableOf(object.slice(kind.length + 1))];
  const text = before ?? after ?? '';
  const table = kind === 'index' ? / ON (?:ONLY )?(\S+) USING /.exec(text)?.[1] : undefined;
  const column = kind === 'sequence' ? / ?owned by (\S+)$/.exec(text)?.[1] : undefined;
  return [table ?? [], column === undefined ? [] : [column, tableOf(column)]].flat();
}

/** Of schema.table.part the table. */
function tableOf(name: string): string {
  return name.slice(0, Math.max(0, name.lastIndexOf('.')));
}

/**
 * The snapshots of two catalogs of one history, without what both share: unchanged objects are the very same values, so that the
 * comparison costs no more than the change. What only one of the two knows for certain is in neither.
 */
export function changedBetween(a: Catalog, b: Catalog): readonly [Snapshot, Snapshot] {
  const [one, other] = [ownParts(a, b), ownParts(b, a)];
  const isUnsure = (object: string) =>
    (one.entries.has(object) && one.entries.get(object) === undefined) ||
    (other.entries.has(object) && other.entries.get(object) === undefined);
  const sure = (mine: Parts, theirs: Parts) =>
    [...mine.entries].map(([object, text]): [string, string] => [
      object,
      isUnsure(object) ? '' : `${ownerText(mine.owners.get(object), theirs.owners.get(object))}${text ?? ''}`,
    ]);
  const [saidOfOne, saidOfOtherOne] = saidBetween(one, other);
  return [new Map([...sure(one, other), ...saidOfOne]), new Map([...sure(other, one), ...saidOfOtherOne])];
}

/** Whose an object is, and what it is recognized by. */
interface Whose extends Owned {
  readonly identity: number;
}

/** Of an object that was made anew nobody knows the owner unless both say it: who runs the migrations may be meant. */
function ownerText(mine: Whose | undefined, theirs: Whose | undefined): string {
  const isAnew = mine?.identity !== theirs?.identity;
  if (mine?.owner === undefined || (isAnew && theirs?.owner === undefined)) return '';
  return `owner ${mine.owner} `;
}

/** What one catalog has and the other has not, or not the same. */
interface Parts {
  readonly entries: ReadonlyMap<string, string | undefined>;
  readonly owners: ReadonlyMap<string, Whose>;
  readonly said: ReadonlyMap<string, Said>;
  readonly defaults: ReadonlyMap<string, Grants>;
  /** Whether the history has ALTER DEFAULT PRIVILEGES. */
  readonly hasDefaults: boolean;
}

/** Of other objects those that a server tells by the same names. */
const toldOthers: ReadonlySet<string> = new Set(['publication', 'statistics', 'collation', 'event trigger', 'server']);

function ownParts(one: Catalog, other: Catalog): Parts {
  const own = <K extends string | number, V>(mine: PersistentMap<K, V>, theirs: PersistentMap<K, V>): readonly V[] =>
    mine.differing(theirs).map(([, value]) => value);
  const relations = own(one.relations, other.relations).filter(
    (relation) => !isStub(relation) || other.relations.has(relation.oid),
  );
  const types = own(one.types, other.types);
  const routines = own(one.routines, other.routines);
  const schemas = own(one.schemas, other.schemas);
  const others = own(one.others, other.others);
  const owned = [
    ...relations.map((relation) => whose(relation, relationEntries(one, relation), ownerOf(one, relation))),
    ...types.map((type) => whose(type, typeEntries(one, type))),
    ...routines.map((routine) => whose(routine, [routineEntry(one, routine)])),
    ...schemas.map((schema) => whose({ ...schema, oid: schema.born }, [[`schema ${schema.name}`, '']])),
  ];
  const said = [
    ...relations.flatMap(saidOfRelation),
    ...types.flatMap(saidOfType),
    ...routines.map((routine) => saidOfRoutine(one, routine)),
    ...schemas.map(saidOfSchema),
    ...others.map(saidOfOther),
  ];
  return {
    entries: new Map([
      ...owned.flatMap(({ entries }) => entries),
      ...others.filter(({ kind }) => toldOthers.has(kind)).map(({ kind, name }): Entry => [`${kind} ${name}`, '']),
      ...own(one.extensions, other.extensions).map(({ name }): Entry => [`extension ${name}`, '']),
    ]),
    owners: new Map(owned.flatMap(({ entries: [first], whose }) => (first === undefined ? [] : [[first[0], whose]]))),
    said: new Map(said.map((each) => [each.object, each])),
    defaults: new Map(own(one.defaultGrants, other.defaultGrants).map(defaultsEntry)),
    hasDefaults: one.defaultGrants.size > 0,
  };
}

/** The entries of an object, the first of which is its own, with its owner. */
function whose(object: Owned & { readonly oid: number }, entries: readonly Entry[], owner = object.owner) {
  return { entries, whose: { identity: object.oid, owner } };
}

/** A sequence of a column goes with its table from owner to owner; a composite type is known by two names. */
function ownerOf(catalog: Catalog, relation: Relation): string | undefined {
  if (relation.kind === 'composite type') return catalog.types.get(relation.type)?.owner;
  return relation.kind === 'sequence' && relation.ownedBy !== undefined ? undefined : relation.owner;
}

type Text = readonly [object: string, text: string];
type Texts = readonly [Text[], Text[]];
type Put = (side: number, object: string, text: string) => void;

/** The comments and privileges of two catalogs, as far as they can be compared. */
function saidBetween(one: Parts, other: Parts): Texts {
  const found: Texts = [[], []];
  const put: Put = (side, object, text) => found[side]?.push([object, text]);
  for (const object of new Set([...one.said.keys(), ...other.said.keys()])) {
    const [mine, theirs] = [one.said.get(object), other.said.get(object)];
    if (mine?.comment) put(0, `comment on ${object}`, mine.comment);
    if (theirs?.comment) put(1, `comment on ${object}`, theirs.comment);
    if (mine === undefined || theirs === undefined) continue;
    // an object that was made anew has what ALTER DEFAULT PRIVILEGES gives it
    if (mine.identity !== theirs.identity && (one.hasDefaults || other.hasDefaults)) continue;
    if (mine.grants === undefined && theirs.grants === undefined) continue;
    putGrants(put, `privileges on ${object}`, mine.grants ?? [], theirs.grants ?? []);
  }
  for (const object of new Set([...one.defaults.keys(), ...other.defaults.keys()])) {
    const usual = object.includes(' in schema ') || !object.endsWith('functions') ? [] : initialGrants('routine');
    putGrants(put, object, one.defaults.get(object) ?? usual, other.defaults.get(object) ?? usual);
  }
  return found;
}

/** Columns have no privileges of their own to begin with, nor do places ALTER DEFAULT PRIVILEGES. */
function putGrants(put: Put, object: string, mine: Grants, theirs: Grants): void {
  const isOwn = !/^privileges on column |^default /.test(object);
  for (const [side, grants] of comparableGrants(mine, theirs).entries())
    if (isOwn || grants.length > 0) put(side, object, grants.join(' '));
}

/** A table that a statement only refers to: it was there all the time, whatever the other catalog knows of it. */
function isStub(relation: Relation): boolean {
  return isTable(relation) && !relation.complete && relation.born === -1;
}
