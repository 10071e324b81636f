import type { Catalog, DomainType, Type, TypeRef } from '../catalog/catalog.js';
import { typeByOid } from '../catalog/lookup.js';
import type { Node } from '../sql/tree.js';
import { castFact, lengthFunction, typeFact } from './facts.js';

/**
 * What becomes of stored values on their way to another type, worst last: they stay byte for byte; they stay if the session's
 * TimeZone is UTC; every row is converted.
 */
export type Fate = 'kept' | 'kept in UTC' | 'converted';

/** A value during a conversion: its type at that point and what has become of it. */
export interface Value {
  /** Undefined when the history does not show it. */
  readonly type: TypeRef | undefined;
  readonly fate: Fate;
}

/** How a cast comes about: an assignment refuses casts that must be written, the argument of a function those of assignments too. */
export type CastContext = 'implicit' | 'assignment' | 'explicit';

/** A cast that PostgreSQL does not have, or not in this context. */
export interface NoCast {
  readonly noCast: { readonly from: TypeRef; readonly to: TypeRef; readonly how: CastContext };
}

export interface TypeContext {
  readonly catalog: Catalog;
  readonly pg: number;
}

/** The domain behind a type, if it is one. */
export function domainOf(catalog: Catalog, type: TypeRef): DomainType | undefined {
  const declared = declaredType(catalog, type);
  return declared?.kind === 'domain' ? declared : undefined;
}

/** The type of the catalog behind a scalar type; undefined for built-in ones and arrays. */
export function declaredType(catalog: Catalog, type: TypeRef): Type | undefined {
  return type.oid === undefined || type.dimensions > 0 ? undefined : typeByOid(catalog, type.oid);
}

/** The type below all domains, with the innermost modifiers. */
export function baseType(catalog: Catalog, type: TypeRef): TypeRef {
  const domain = domainOf(catalog, type);
  return domain === undefined ? type : baseType(catalog, domain.base);
}

/** The domains that a type is made of, the outermost first. */
export function domainsOf(catalog: Catalog, type: TypeRef): readonly DomainType[] {
  const domain = domainOf(catalog, type);
  return domain === undefined ? [] : [domain, ...domainsOf(catalog, domain.base)];
}

/** The default that a domain gives its columns: its own, or that of the domain that it is made of. */
export function defaultOfDomain(catalog: Catalog, type: TypeRef): Node | undefined {
  return domainsOf(catalog, type).find((domain) => domain.default !== undefined)?.default;
}

/** Whether a domain, or one below it, has a CHECK or NOT NULL: then every value must pass it (DomainHasConstraints). */
export function isConstrained(catalog: Catalog, type: TypeRef): boolean {
  const domain = domainOf(catalog, type);
  if (domain === undefined) return false;
  return domain.notNull || domain.checks.length > 0 || isConstrained(catalog, domain.base);
}

/** Whether two types are the same but for modifiers: PostgreSQL's arrays do not know their number of dimensions. */
export function isSameType(a: TypeRef, b: TypeRef): boolean {
  if (a.dimensions > 0 !== b.dimensions > 0) return false;
  if (a.oid !== undefined && b.oid !== undefined) return a.oid === b.oid;
  return a.name === b.name && (a.schema === '' || b.schema === '' || a.schema === b.schema);
}

/** Whether the recorded facts speak of this type: it is one of PostgreSQL's own or of an extension's, not one of the history's. */
export function isRecorded({ catalog, pg }: TypeContext, type: TypeRef): boolean {
  const own = type.oid === undefined ? undefined : typeByOid(catalog, type.oid);
  return (own === undefined || own.kind === 'base') && typeFact(type.name, pg) !== undefined;
}

/** Whether anything may be concluded from the type: the history defines it, or the recorded facts know it. */
export function isKnownType(context: TypeContext, type: TypeRef): boolean {
  const own = type.oid === undefined ? undefined : typeByOid(context.catalog, type.oid);
  return (own !== undefined && own.kind !== 'base') || isRecorded(context, type);
}

/**
 * Converts a value as coerce_to_target_type does: first to the type, then to its modifiers. A planner that has proved a step to
 * change nothing leaves the value as it is stored; what remains decides whether the table is rewritten.
 */
export function convert(value: Value, to: TypeRef, context: TypeContext, how: CastContext): Value | NoCast {
  if (value.type === undefined) return { type: to, fate: 'converted' };
  const converted = isSameType(value.type, to) ? value : toType(value, value.type, to, context, how);
  if ('noCast' in converted) return converted;
  return domainOf(context.catalog, to) === undefined ? withModifiers(converted, to) : { ...converted, type: to };
}

function toType(value: Value, from: TypeRef, to: TypeRef, context: TypeContext, how: CastContext): Value | NoCast {
  const { catalog } = context;
  const path = pathway(baseType(catalog, from), baseType(catalog, to), context, how);
  if (path === 'none') return { noCast: { from, to, how } };
  const unmodified = { ...baseType(catalog, to), modifiers: [] };
  // a relabelled value keeps the modifiers of its old type until it meets a domain's (coerce_to_domain), then it has none
  const base: Value =
    path === 'relabel'
      ? { ...value, type: { ...unmodified, modifiers: modifiersOf(from, to, context) } }
      : stepped(path, value, unmodified);
  return intoDomain(base, to, context);
}

/** Only below a domain are the modifiers of the old type still seen; outside of one a RelabelType has none. */
function modifiersOf(from: TypeRef, to: TypeRef, { catalog }: TypeContext): readonly number[] {
  return domainOf(catalog, to) === undefined || domainOf(catalog, from) !== undefined ? [] : from.modifiers;
}

function stepped(path: Path, value: Value, type: TypeRef): Value {
  return { type, fate: path === 'time zone' && value.fate !== 'converted' ? 'kept in UTC' : 'converted' };
}

function intoDomain(value: Value, to: TypeRef, { catalog }: TypeContext): Value {
  if (domainOf(catalog, to) === undefined) return { ...value, type: { ...to, modifiers: value.type?.modifiers ?? [] } };
  const { fate } = withModifiers(value, baseType(catalog, to));
  return { type: to, fate: isConstrained(catalog, to) ? 'converted' : fate };
}

/** Fits a value of the right type to modifiers: varchar(20), numeric(10,2) … */
function withModifiers(value: Value, to: TypeRef): Value {
  const from = value.type?.modifiers ?? [];
  if (to.modifiers.length === 0 || sameModifiers(from, to.modifiers)) return { ...value, type: to };
  const runs = lengthFunction(to.name);
  if (runs === 'none') return { ...value, type: to };
  // of an array each element would have to pass, and no planner looks into it
  const idle =
    runs === 'may be proved idle' && to.dimensions === 0 && changesNothing[to.name]?.(from, to.modifiers) === true;
  return { type: to, fate: idle ? value.fate : 'converted' };
}

function sameModifiers(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((modifier, at) => modifier === b[at]);
}

type Proof = (from: readonly number[], to: readonly number[]) => boolean;

const longer: Proof = ([from], [to]) => from !== undefined && to !== undefined && to >= from;

/** MAX_TIMESTAMP_PRECISION, MAX_TIME_PRECISION and MAX_INTERVAL_PRECISION. */
const fullPrecision = 6;

const finer: Proof = (from, to) => to[0] === fullPrecision || longer(from, to);

/** When the planner proves that a length function changes nothing: varchar_support and its kin (varchar.c, numeric.c, timestamp.c …). */
const changesNothing: Readonly<Record<string, Proof>> = {
  varchar: longer,
  varbit: longer,
  numeric: ([precision, scale = 0], [newPrecision = 0, newScale = 0]) =>
    precision !== undefined && scale === newScale && newPrecision >= precision,
  time: finer,
  timetz: finer,
  timestamp: finer,
  timestamptz: finer,
  interval: (from, to) => {
    const least = leastField(from[0]);
    const newLeast = leastField(to[0]);
    if (newLeast > least) return false;
    return least > 0 || (to[1] ?? fullPrecision) >= Math.min(from[1] ?? fullPrecision, fullPrecision);
  },
};

/** The smallest unit that an interval keeps, 0 for seconds: INTERVAL_MASK of the grammar, intervaltypmodleastfield. */
function leastField(mask: number | undefined): number {
  const bits = [12, 11, 10, 3, 1, 2];
  return mask === undefined
    ? 0
    : Math.max(
        0,
        bits.findIndex((bit) => (mask & (1 << bit)) !== 0),
      );
}

type Path = 'relabel' | 'time zone' | 'conversion' | 'none';

const allows: Readonly<Record<CastContext, readonly string[]>> = {
  implicit: ['implicit'],
  assignment: ['implicit', 'assignment'],
  explicit: ['implicit', 'assignment', 'explicit'],
};

/** find_coercion_pathway, of base types. */
function pathway(from: TypeRef, to: TypeRef, context: TypeContext, how: CastContext): Path {
  if (isSameType(from, to)) return 'relabel';
  const cast = from.dimensions > 0 || to.dimensions > 0 ? undefined : castFact(from.name, to.name, context.pg);
  if (cast !== undefined && isRecorded(context, from) && isRecorded(context, to)) {
    if (!allows[how].includes(cast.context)) return 'none';
    if (cast.method === 'relabel') return 'relabel';
    return isZoned(from.name, to.name) ? 'time zone' : 'conversion';
  }
  if (from.dimensions > 0 && to.dimensions > 0) {
    const element = (type: TypeRef) => baseType(context.catalog, { ...type, dimensions: 0 });
    const elements = pathway(element(from), element(to), context, how);
    if (elements !== 'none') return 'conversion';
  }
  if (!isKnownType(context, from) || !isKnownType(context, to)) return 'conversion';
  if (how !== 'implicit' && isText(to, context)) return 'conversion';
  return how === 'explicit' && isText(from, context) ? 'conversion' : 'none';
}

function isZoned(from: string, to: string): boolean {
  return (from === 'timestamp' && to === 'timestamptz') || (from === 'timestamptz' && to === 'timestamp');
}

/** Every type can be written as text on assignment, and read from text by an explicit cast. */
function isText(type: TypeRef, context: TypeContext): boolean {
  return type.dimensions === 0 && isRecorded(context, type) && typeFact(type.name, context.pg)?.category === 'S';
}
