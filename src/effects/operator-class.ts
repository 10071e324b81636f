import type { TypeRef } from '../catalog/catalog.js';
import { extensionTypes } from '../catalog/extension-types.js';
import { type Draft, fail } from './draft.js';
import { extensionOfClass } from './extension.js';
import { type ClassFact, castFact, classesOf, typeFact } from './facts.js';
import { typeName } from './type-name.js';
import { baseType, declaredType, isKnownType, isRecorded, isSameType, type TypeContext } from './types.js';

/** The operator class that an index key of a type gets. */
export interface OperatorClass {
  readonly name: string;
  readonly family: string;
  /** The type whose values it compares. */
  readonly input: string;
  /** It works on a family of types (anyarray, anyenum, record …), and what it stores depends on which. */
  readonly polymorphic: boolean;
}

/**
 * The operator class of an index key: the one that is named, or the default of its type for the access method. 'none' when the type has
 * no default; undefined when the recorded facts do not know the type or the method.
 */
export function operatorClassOf(
  type: TypeRef,
  method: string,
  named: string | undefined,
  context: TypeContext,
): OperatorClass | 'none' | undefined {
  const known = classesOf(method, context.pg);
  if (named !== undefined) {
    const name = named.split('.').at(-1) ?? named;
    const fact = known.find((one) => one.name === name);
    if (fact === undefined) return { name, family: name, input: '', polymorphic: true };
    return classFrom(fact);
  }
  const base = baseType(context.catalog, type);
  if (known.length === 0 || !isKnownType(context, base)) return undefined;
  const fact = defaultClass(base, known, context);
  return fact === undefined ? 'none' : classFrom(fact);
}

function classFrom({ name, family, type }: ClassFact): OperatorClass {
  return { name, family, input: type, polymorphic: isPolymorphic(type) };
}

function isPolymorphic(type: string): boolean {
  return type.startsWith('any') || type === 'record';
}

/** The default classes of PostgreSQL itself, for access methods for which extensions bring more. */
const ownClasses: { readonly [method: string]: ReadonlySet<string> } = {
  gist: new Set('point_ops box_ops poly_ops circle_ops tsvector_ops tsquery_ops range_ops multirange_ops'.split(' ')),
  gin: new Set(['array_ops', 'tsvector_ops', 'jsonb_ops']),
};

/**
 * The refusal of a key for whose type the access method has no operator class. Where an extension that the history need not show would
 * bring one, it is not sure.
 */
export function classRefusal(
  type: TypeRef,
  method: string,
  named: string | undefined,
  context: TypeContext,
): Draft | undefined {
  if (named !== undefined) return namedRefusal(type, named, method, context);
  const found = operatorClassOf(type, method, undefined, context);
  if (found === undefined) return undefined;
  const own = ownClasses[method];
  const borrowed = found !== 'none' && own !== undefined && !own.has(found.name);
  const base = baseType(context.catalog, type);
  if (found !== 'none' && (!borrowed || context.catalog.extensions.has(`btree_${method}`) || !isBuiltIn(base)))
    return undefined;
  const what = `data type ${typeName(context.catalog, type)} has no default operator class`;
  return fail(`${what} for access method "${method}"`, '42704', own === undefined);
}

/** Whether the class that a key of the type gets is one that an extension brings for a type of PostgreSQL's own. */
export function isBorrowedClass(type: TypeRef, method: string, context: TypeContext): boolean {
  const found = operatorClassOf(type, method, undefined, context);
  const own = ownClasses[method];
  return (
    typeof found === 'object' && own !== undefined && !own.has(found.name) && isBuiltIn(baseType(context.catalog, type))
  );
}

/** A class that comes with an extension which the history does not install may be there all the same. */
function namedRefusal(type: TypeRef, named: string, method: string, context: TypeContext): Draft | undefined {
  const { catalog, pg } = context;
  const name = named.split('.').at(-1) ?? named;
  const methods = classesOf(method, pg);
  const own = methods.find((one) => one.name === name);
  const extension = extensionOfClass(name);
  const installed = extension !== undefined && catalog.extensions.has(extension);
  if (methods.length > 0 && !installed && (own === undefined || extension !== undefined))
    return fail(`operator class "${name}" does not exist for access method "${method}"`, '42704', false);
  return refusesType(named, method, type, context)
    ? fail(`operator class "${named}" does not accept data type ${typeName(catalog, type)}`, '42804')
    : undefined;
}

/** Not one of an extension's, which brings its classes along. */
function isBuiltIn({ name, oid }: TypeRef): boolean {
  return oid === undefined && !extensionNames.has(name);
}

const extensionNames: ReadonlySet<string> = new Set(Object.values(extensionTypes).flat());

/** GetDefaultOpClass: the type's own, else the only one that takes it as it is, a preferred type before others. */
function defaultClass(type: TypeRef, known: readonly ClassFact[], context: TypeContext): ClassFact | undefined {
  const defaults = known.filter((one) => one.isDefault);
  const own = defaults.find((one) => type.dimensions === 0 && isRecorded(context, type) && one.type === type.name);
  if (own !== undefined) return own;
  const fitting = defaults.filter((one) => accepts(one.type, type, context));
  const category = typeFact(type.name, context.pg)?.category;
  const preferred = fitting.filter((one) => {
    const fact = typeFact(one.type, context.pg);
    return fact?.preferred === true && fact.category === category;
  });
  const candidates = preferred.length > 0 ? preferred : fitting;
  return candidates.length === 1 ? candidates[0] : undefined;
}

/** IsBinaryCoercible to the input type of a class. */
function accepts(input: string, type: TypeRef, context: TypeContext): boolean {
  if (type.dimensions > 0) return input === 'anyarray';
  const declared = declaredType(context.catalog, type);
  const fact = typeFact(type.name, context.pg);
  if (input === 'anyenum') return declared?.kind === 'enum';
  if (input === 'record') return declared?.kind === 'composite';
  if (input === 'anyrange')
    return declared?.kind === 'range' || (fact?.category === 'R' && !type.name.endsWith('multirange'));
  if (input === 'anymultirange') return fact?.category === 'R' && type.name.endsWith('multirange');
  const cast = isRecorded(context, type) ? castFact(type.name, input, context.pg) : undefined;
  return cast?.method === 'relabel' && cast.context === 'implicit';
}

/**
 * The class that the definition of an index names: none for the default one. From its definition an index is made again when the type of
 * a column changes.
 */
export function writtenClass(
  type: TypeRef,
  method: string,
  named: string | undefined,
  context: TypeContext,
): string | undefined {
  const usual = operatorClassOf(type, method, undefined, context);
  return typeof usual === 'object' && usual.name === named?.split('.').at(-1) ? undefined : named;
}

/** Whether a recorded class does not take the values of a recorded type. */
export function refusesType(named: string, method: string, type: TypeRef, context: TypeContext): boolean {
  const name = named.split('.').at(-1) ?? named;
  const fact = classesOf(method, context.pg).find((one) => one.name === name);
  const base = baseType(context.catalog, type);
  if (fact === undefined || !isKnownType(context, base)) return false;
  return (
    !(base.dimensions === 0 && isRecorded(context, base) && fact.type === base.name) &&
    !accepts(fact.type, base, context)
  );
}

/** What an index key has of its column, before and after a change of the column's type. */
export interface KeyType {
  readonly type: TypeRef;
  /** The collation of the values; undefined for a type without. */
  readonly collation: string | undefined;
}

/**
 * Whether the key of an index stays as it is stored when its column changes its type without a rewrite of the table:
 * the same operator class and the same collation (CheckIndexCompatible). Undefined when it cannot be told.
 */
export function keepsKey(
  before: KeyType,
  after: KeyType,
  method: string,
  named: string | undefined,
  context: TypeContext,
): boolean | undefined {
  if (before.collation !== after.collation) return false;
  const same = isSameType(before.type, after.type);
  const written = writtenClass(before.type, method, named, context);
  const old = operatorClassOf(before.type, method, written, context);
  const now = operatorClassOf(after.type, method, written, context);
  if (old === undefined || now === undefined) return same ? true : undefined;
  if (old === 'none' || now === 'none' || old.name !== now.name) return false;
  // of a hash or GIN index over any array the stored type is another than the column's, and is found to differ
  return now.polymorphic ? same && method !== 'hash' && method !== 'gin' : true;
}
