import type { Table, TypeRef } from '../catalog/catalog.js';
import { typeInTable } from '../catalog/expression-type.js';
import { literalOf } from '../catalog/literal.js';
import { typeRef } from '../catalog/type-ref.js';
import type { TypeCast } from '../sql/tree.js';
import { hasMutableCast, hasMutableText } from './facts.js';
import { baseType, declaredType, type TypeContext } from './types.js';

/** Whether a cast may give another value for the same one some other time: by the time zone, by what labels and names mean. */
export function mutableCast(from: TypeRef, to: TypeRef, context: TypeContext): boolean {
  const [source, target] = [baseType(context.catalog, from), baseType(context.catalog, to)];
  if (source.name === target.name && source.dimensions === target.dimensions) return false;
  if (hasMutableCast(source.name, target.name, context.pg)) return true;
  // through its text
  if (texts.has(target.name)) return isMutableText(source, 'output', context);
  return texts.has(source.name) && isMutableText(target, 'input', context);
}

const texts: ReadonlySet<string> = new Set(['text', 'varchar', 'bpchar']);

function isMutableText(type: TypeRef, way: 'input' | 'output', context: TypeContext): boolean {
  if (type.dimensions > 0) return true;
  const declared = declaredType(context.catalog, type);
  if (declared !== undefined)
    return declared.kind === 'enum' || declared.kind === 'composite' || declared.kind === 'range';
  return hasMutableText(type.name, way, context.pg);
}

/** The same of a cast over the columns of a table; a constant is read once. */
export function isMutableCast({ arg, typeName }: TypeCast, table: Table | undefined, context: TypeContext): boolean {
  if (arg === undefined || literalOf(arg) !== undefined) return false;
  const from = typeInTable(arg, table, context.catalog);
  const to = typeRef(context.catalog, typeName);
  return from !== undefined && to !== undefined && mutableCast(from, to, context);
}
