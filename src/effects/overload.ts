import type { TypeRef } from '../catalog/catalog.js';
import { builtInType } from '../catalog/type-ref.js';
import { typeFact } from './facts.js';
import type { Signature } from './signatures.js';
import { apart } from './type-category.js';
import { baseType, convert, declaredType, type TypeContext } from './types.js';

/** The type of an argument: a bare string takes any type; of `undefined` nothing is known. */
export type Given = TypeRef | 'string' | undefined;

/** The overload that a call means, and what it gives. */
export interface Resolved {
  readonly signature: Signature;
  /** Undefined where the types of the arguments do not tell it. */
  readonly result: TypeRef | undefined;
}

/**
 * Which of several functions or operators of PostgreSQL takes the arguments (func_select_candidate): 'none' where none does, undefined where
 * it cannot be told.
 */
export function resolveOverload(
  signatures: readonly Signature[],
  given: readonly Given[],
  context: TypeContext,
): Resolved | 'none' | undefined {
  if (given.some((type) => isForeign(type, context))) return undefined;
  const types = given.map((type) => (typeof type === 'object' ? baseType(context.catalog, type) : type));
  // what takes just these types is what is meant, whatever else they could become (func_get_detail)
  const exact = signatures.find(
    ({ arguments: names }) =>
      names.length === types.length &&
      names.every((name, at) => {
        const type = types[at];
        return typeof type === 'object' && isNamed(type, name);
      }),
  );
  if (exact !== undefined) return { signature: exact, result: resultOf(exact, types) };
  const fitting = signatures
    .flatMap((signature) => expanded(signature, given.length))
    .filter((signature) => takes(signature, types, context));
  if (fitting.length === 0) return 'none';
  const [only, ...more] = select(fitting, types, context);
  if (only === undefined || more.length > 0) return undefined;
  return { signature: only, result: resultOf(only, types) };
}

/** A type that is neither one of PostgreSQL's own nor made by the history: what extensions bring for it is not known. */
function isForeign(type: Given, context: TypeContext): boolean {
  if (typeof type !== 'object') return false;
  const base = baseType(context.catalog, type);
  const declared = declaredType(context.catalog, { ...base, dimensions: 0 });
  if (declared === undefined) return base.schema !== 'pg_catalog';
  return declared.kind === 'base' || declared.kind === 'composite';
}

/** The signature with so many arguments as are given; none where it cannot have so many. */
function expanded(signature: Signature, count: number): readonly Signature[] {
  const { arguments: all, defaults, variadic } = signature;
  const last = all.at(-1) ?? '';
  if (variadic && count >= all.length) {
    const element = last.replace(/^_/, '');
    const more = Array.from({ length: count - all.length + 1 }, () => element);
    return [{ ...signature, arguments: [...all.slice(0, -1), ...more] }];
  }
  return count <= all.length && count >= all.length - defaults
    ? [{ ...signature, arguments: all.slice(0, count) }]
    : [];
}

function typeNamed(name: string): TypeRef {
  return name.startsWith('_') ? { ...builtInType(name.slice(1)), dimensions: 1 } : builtInType(name);
}

function takes({ arguments: wanted }: Signature, given: readonly Given[], context: TypeContext): boolean {
  const fits = wanted.every((name, at) => accepts(name, given[at], context));
  return fits && agree(wanted, given, context);
}

type Family = (type: TypeRef, context: TypeContext) => boolean;

const rangeKind =
  (multi: boolean): Family =>
  (type, context) => {
    if (type.dimensions > 0) return false;
    const declared = declaredType(context.catalog, type);
    if (declared !== undefined) return declared.kind === 'range' && !multi;
    return typeFact(type.name, context.pg)?.category === 'R' && type.name.endsWith('multirange') === multi;
  };

const isArray: Family = ({ dimensions, name }) => dimensions > 0 || name === 'int2vector' || name === 'oidvector';

/** What polymorphic types take; each has a kin of the same meaning that begins with anycompatible. */
const polymorphic: Readonly<Record<string, Family>> = {
  any: () => true,
  anyelement: () => true,
  anycompatible: () => true,
  anynonarray: (type, context) => !isArray(type, context),
  anycompatiblenonarray: (type, context) => !isArray(type, context),
  anyarray: isArray,
  anycompatiblearray: isArray,
  anyenum: (type, { catalog }) => declaredType(catalog, type)?.kind === 'enum',
  anyrange: rangeKind(false),
  anycompatiblerange: rangeKind(false),
  anymultirange: rangeKind(true),
  anycompatiblemultirange: rangeKind(true),
  record: ({ name, dimensions }) => name === 'record' && dimensions === 0,
};

function accepts(name: string, given: Given, context: TypeContext): boolean {
  if (typeof given !== 'object') return true;
  const family = polymorphic[name];
  if (family !== undefined) return family(given, context);
  return !('noCast' in convert({ type: given, fate: 'kept' }, typeNamed(name), context, 'implicit'));
}

/** All that stands for anyelement and its kin is about one type; for anycompatible about types that have a common one. */
function agree(wanted: readonly string[], given: readonly Given[], context: TypeContext): boolean {
  const strict = new Set<string>();
  const loose: TypeRef[] = [];
  for (const [at, name] of wanted.entries()) {
    const type = given[at];
    if (typeof type !== 'object' || !name.startsWith('any') || name === 'any') continue;
    const about = elementOf(name, type);
    if (about === undefined) continue;
    if (name.startsWith('anycompatible')) loose.push(about);
    else strict.add(`${about.name} ${about.dimensions > 0}`);
  }
  const [first] = loose;
  return strict.size <= 1 && (first === undefined || !loose.some((type) => apart(first, type, context)));
}

/** The type that a polymorphic argument is about: the elements of an array; of ranges it is not looked for. */
function elementOf(name: string, type: TypeRef): TypeRef | undefined {
  if (name.endsWith('array') && !name.endsWith('nonarray'))
    return type.dimensions > 0 ? { ...type, dimensions: 0 } : undefined;
  return name.endsWith('range') ? undefined : type;
}

function select(fitting: readonly Signature[], given: readonly Given[], context: TypeContext): readonly Signature[] {
  if (fitting.length === 1 || given.includes(undefined)) return fitting.length === 1 ? fitting : [];
  const isExact = (name: string, type: Given) => typeof type === 'object' && isNamed(type, name);
  const isPreferred = (name: string, type: Given) =>
    typeof type === 'object' && (isExact(name, type) || typeFact(name, context.pg)?.preferred === true);
  const exact = best(fitting, given, isExact);
  if (exact.length === 1) return exact;
  const preferred = best(exact, given, isPreferred);
  return preferred.length === 1 ? preferred : byStrings(preferred, given, context);
}

function isNamed(type: TypeRef, name: string): boolean {
  return type.dimensions > 0 ? name === `_${type.name}` : name === type.name;
}

function best(
  all: readonly Signature[],
  given: readonly Given[],
  counts: (name: string, type: Given) => boolean,
): readonly Signature[] {
  const scores = all.map(({ arguments: names }) => names.filter((name, at) => counts(name, given[at])).length);
  const most = Math.max(...scores);
  return all.filter((_, at) => scores[at] === most);
}

/** A bare string is a string where one is taken; else it has the type of the other arguments. */
function byStrings(all: readonly Signature[], given: readonly Given[], context: TypeContext): readonly Signature[] {
  const categoryOf = (name: string | undefined) => typeFact(name ?? '', context.pg)?.category;
  let left = all;
  for (const [at, type] of given.entries()) {
    if (type !== 'string') continue;
    const texts = left.filter(({ arguments: names }) => categoryOf(names[at]) === 'S');
    if (texts.length > 0) left = texts;
    const preferred = left.filter(({ arguments: names }) => typeFact(names[at] ?? '', context.pg)?.preferred);
    if (preferred.length > 0) left = preferred;
  }
  if (left.length === 1) return left;
  const known = given.flatMap((type) => (typeof type === 'object' ? [type] : []));
  const [first] = known;
  const same =
    first !== undefined &&
    known.every(({ name, dimensions }) => name === first.name && dimensions === first.dimensions);
  return same ? all.filter(({ arguments: names }) => names.every((name) => isNamed(first, name))) : [];
}

function resultOf({ arguments: names, result }: Signature, given: readonly Given[]): TypeRef | undefined {
  if (!result.startsWith('any')) return typeNamed(result);
  const about = names.flatMap((name, at) => {
    const type = given[at];
    return typeof type === 'object' && name.startsWith('any') ? (elementOf(name, type) ?? []) : [];
  })[0];
  if (about === undefined || result.endsWith('range')) return undefined;
  return result.endsWith('array') ? { ...about, dimensions: 1 } : about;
}
