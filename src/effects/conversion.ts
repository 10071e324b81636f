import type { Column, Table, TypeRef } from '../catalog/catalog.js';
import { columnOf, findRoutines } from '../catalog/lookup.js';
import { typeRef } from '../catalog/type-ref.js';
import { type Node, strings } from '../sql/tree.js';
import { isUtc, returnTypeOf } from './facts.js';
import { convert, type Fate, isKnownType, isSameType, type NoCast, type TypeContext, type Value } from './types.js';

export interface ConversionContext extends TypeContext {
  readonly timeZone: string | undefined;
}

/** What becomes of the stored values of a column; `why` says what decides, and where it is not sure what is missing. */
export interface Conversion {
  readonly rewrites: boolean;
  readonly sure: boolean;
  readonly why: string;
}

/** What a change of a column's type does to the stored values (ATColumnChangeRequiresRewrite), or that there is no such cast. */
export function conversionOf(
  table: Table,
  column: Column,
  to: TypeRef,
  using: Node | undefined,
  context: ConversionContext,
): Conversion | NoCast {
  const start: Value = { type: column.type, fate: 'kept' };
  const value = using === undefined ? start : usingValue(using, table, column, context);
  if ('noCast' in value) return value;
  const result = convert(value, to, context, 'assignment');
  if ('noCast' in result) return result;
  // a column of a type that is not known stays if the new one is the same
  const unknown = value.fate !== 'converted' && (value.type === undefined || !areKnown(value.type, to, context));
  if (unknown) {
    const missing = `the history does not show the type of ${column.name}`;
    return { rewrites: true, sure: false, why: `every value of ${column.name} may have to be converted (${missing})` };
  }
  return decide(result.fate, column, context.timeZone);
}

function areKnown(from: TypeRef, to: TypeRef, context: TypeContext): boolean {
  return isSameType(from, to) || (isKnownType(context, from) && isKnownType(context, to));
}

function decide(fate: Fate, { name }: Column, timeZone: string | undefined): Conversion {
  if (fate === 'converted') return { rewrites: true, sure: true, why: `every value of ${name} is converted` };
  if (fate === 'kept') return { rewrites: false, sure: true, why: `the values of ${name} stay as they are stored` };
  if (timeZone === undefined) {
    const why = `every value of ${name} is converted unless the session's TimeZone is UTC, which the history does not show`;
    return { rewrites: true, sure: false, why };
  }
  return isUtc(timeZone)
    ? {
        rewrites: false,
        sure: true,
        why: `the values of ${name} stay as they are stored, for the session's TimeZone is UTC`,
      }
    : { rewrites: true, sure: true, why: `every value of ${name} is converted by the session's TimeZone ${timeZone}` };
}

/** What USING makes of the column: itself, under casts and COLLATE; anything else is computed for every row. */
function usingValue(node: Node, table: Table, column: Column, context: ConversionContext): Value | NoCast {
  if ('ColumnRef' in node) {
    const name = strings(node.ColumnRef.fields).at(-1);
    if (name === column.name) return { type: column.type, fate: 'kept' };
    return { type: columnOf(table, name)?.type, fate: 'converted' };
  }
  if ('CollateClause' in node)
    return node.CollateClause.arg === undefined
      ? computed(undefined)
      : usingValue(node.CollateClause.arg, table, column, context);
  if ('TypeCast' in node) {
    const { arg, typeName } = node.TypeCast;
    const to = typeRef(context.catalog, typeName);
    if (arg === undefined || to === undefined) return computed(undefined);
    const value = usingValue(arg, table, column, context);
    return 'noCast' in value ? value : convert(value, to, context, 'explicit');
  }
  if ('FuncCall' in node) return callValue(node, table, column, context);
  return computed(literalType(node));
}

function computed(type: TypeRef | undefined): Value {
  return { type, fate: 'converted' };
}

/** timestamptz(x) is the cast that it looks like; of other functions PostgreSQL knows no way round calling them. */
function callValue(
  node: Extract<Node, { FuncCall: unknown }>,
  table: Table,
  column: Column,
  context: ConversionContext,
): Value | NoCast {
  const { funcname, args = [] } = node.FuncCall;
  const name = strings(funcname).at(-1) ?? '';
  const [only] = args;
  const inner =
    args.length === 1 && only !== undefined ? usingValue(only, table, column, context) : computed(undefined);
  if ('noCast' in inner) return inner;
  if (zoned.has(name) && inner.type !== undefined && zoned.has(inner.type.name) && inner.type.name !== name)
    return convert(inner, builtIn(name), context, 'explicit');
  const [routine, ...overloads] = findRoutines(context.catalog, strings(funcname));
  return computed(overloads.length === 0 ? routine?.returns : undefined);
}

const zoned: ReadonlySet<string> = new Set(['timestamp', 'timestamptz']);

function builtIn(name: string): TypeRef {
  return { schema: 'pg_catalog', name, modifiers: [], dimensions: 0 };
}

/** The type of a constant that has one by its form. */
function literalType(node: Node): TypeRef | undefined {
  if (!('A_Const' in node)) return undefined;
  if (node.A_Const.ival) return builtIn('int4');
  if (node.A_Const.fval) return builtIn('numeric');
  return node.A_Const.boolval ? builtIn('bool') : undefined;
}

/** The type of a column's DEFAULT, as far as it is plain to see: a bare string took the type of its column. */
export function typeOfDefault(column: Column, context: TypeContext): TypeRef | undefined {
  const { default: node } = column;
  if (node === undefined) return undefined;
  if ('TypeCast' in node) return typeRef(context.catalog, node.TypeCast.typeName);
  if ('A_Const' in node) return node.A_Const.sval ? column.type : literalType(node);
  if (!('FuncCall' in node)) return undefined;
  const name = strings(node.FuncCall.funcname).at(-1) ?? '';
  if (name === 'nextval') return builtIn('int8');
  const returned = (node.FuncCall.args ?? []).length === 0 ? returnTypeOf(name) : undefined;
  return returned === undefined ? undefined : builtIn(returned);
}
