import type { TypeRef } from '../catalog/catalog.js';
import { literalOf } from '../catalog/literal.js';
import { findRoutines } from '../catalog/lookup.js';
import { booleanValue, numberValue } from '../catalog/value.js';
import type { Node } from '../sql/tree.js';
import { constantText } from '../sql/values.js';
import { functionCalls } from '../sql/walk.js';
import { arrayElements } from './array-text.js';
import { type Draft, fail } from './draft.js';
import { unknownRegclass } from './named-in-call.js';
import { typeName } from './type-name.js';
import { baseType, declaredType, isRecorded, type TypeContext } from './types.js';

/** A bare string that its type cannot read: '12x' as an integer. It is read when the statement is analysed, before any row is. */
export function literalRefusal(node: Node | undefined, type: TypeRef, context: TypeContext): Draft | undefined {
  if (node === undefined || !('A_Const' in node) || node.A_Const.isnull) return undefined;
  if (node.A_Const.sval === undefined) return undefined;
  const text = node.A_Const.sval.sval ?? '';
  const base = baseType(context.catalog, type);
  if (base.dimensions > 0) return arrayRefusal(text, base, context);
  const declared = declaredType(context.catalog, base);
  if (declared?.kind === 'enum')
    return declared.complete && !declared.labels.includes(text)
      ? fail(`invalid input value for enum ${typeName(context.catalog, base)}: "${text}"`, '22P02')
      : undefined;
  const within = declared?.kind === 'range' ? rangeOver(declared.subtype.name) : undefined;
  if (within === undefined && !isRecorded(context, base)) return undefined;
  if (base.name === 'regclass') return unknownRegclass(text, context.catalog);
  const code = (within ?? readers[base.name])?.(text);
  if (code === undefined) return undefined;
  const shown = typeName(context.catalog, base);
  if (code === '22000') return fail('range lower bound must be less than or equal to range upper bound', code);
  if (code === '22008') return fail(`date/time field value out of range: "${text}"`, code);
  if (code === '22003') return fail(`value "${text}" is out of range for type ${shown}`, code);
  return fail(`invalid input syntax for type ${shown}: "${text}"`, code);
}

/** A constant that is too long or too large for the column that it is put into. */
export function sizeRefusal(node: Node | undefined, type: TypeRef, context: TypeContext): Draft | undefined {
  return lengthRefusal(node, type, context) ?? overflowRefusal(node, type, context);
}

/** A number with more digits before the point than numeric(p, s) has, or beyond the integers of a type. */
function overflowRefusal(node: Node | undefined, type: TypeRef, { catalog }: TypeContext): Draft | undefined {
  if (node === undefined || type.schema !== 'pg_catalog') return undefined;
  const value = numberOf(node);
  const base = baseType(catalog, type);
  if (value === undefined || base.dimensions > 0) return undefined;
  const bits = base.name === 'int2' ? 16 : base.name === 'int4' ? 32 : undefined;
  if (bits !== undefined && Math.abs(Math.round(value)) > 2 ** (bits - 1))
    return fail(`${typeName(catalog, base)} out of range`, '22003');
  const [precision, scale = 0] = base.modifiers;
  if (base.name !== 'numeric' || precision === undefined) return undefined;
  return Math.round(Math.abs(value) * 10 ** scale) >= 10 ** precision
    ? fail('numeric field overflow', '22003')
    : undefined;
}

function numberOf(node: Node): number | undefined {
  const text = literalOf(node)?.text?.trim();
  const value = text === undefined || text === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/**
 * A bare string that is too long for varchar(n) or char(n). Nothing says so where the DEFAULT of a table is written; ADD COLUMN works the
 * value out. Blanks at the end are cut off instead.
 */
function lengthRefusal(node: Node | undefined, type: TypeRef, context: TypeContext): Draft | undefined {
  const base = baseType(context.catalog, type);
  const [length] = base.modifiers;
  if (node === undefined || length === undefined || base.dimensions > 0) return undefined;
  if (base.name === 'bit' || base.name === 'varbit') return bitsRefusal(node, base.name, length);
  if (base.name !== 'varchar' && base.name !== 'bpchar') return undefined;
  const text = textOf(node, context)?.replace(/ +$/, '');
  return text !== undefined && [...text].length > length
    ? fail(`value too long for type ${typeName(context.catalog, base)}`, '22001')
    : undefined;
}

/** A bare string, or what PostgreSQL's functions of strings make of some; one of the user's may go by the same name. */
function textOf(node: Node, { catalog }: TypeContext): string | undefined {
  if ('A_Const' in node) return node.A_Const.sval && (node.A_Const.sval.sval ?? '');
  if (!('FuncCall' in node || 'A_Expr' in node)) return undefined;
  const own = functionCalls({ node }).some(({ name }) => findRoutines(catalog, name).length > 0);
  return own ? undefined : constantText(node);
}

/** As many bits as bit(n) has, no more than varbit(n) has. */
function bitsRefusal(node: Node, name: 'bit' | 'varbit', length: number): Draft | undefined {
  const { sval, bsval } = 'A_Const' in node ? node.A_Const : {};
  const bits = sval?.sval ?? bsval?.bsval?.replace(/^b/, '');
  if (bits === undefined || !/^[01]*$/.test(bits)) return undefined;
  if (name === 'bit' && bits.length !== length)
    return fail(`bit string length ${bits.length} does not match type bit(${length})`, '22026');
  return bits.length > length ? fail(`bit string too long for type bit varying(${length})`, '22001') : undefined;
}

/** The text of an array stands in braces, or begins with its bounds; each element is read as one value. */
function arrayRefusal(text: string, type: TypeRef, context: TypeContext): Draft | undefined {
  const elements = arrayElements(text);
  if (elements === 'malformed')
    return fail(`malformed array literal: "${text}" (of ${typeName(context.catalog, type)})`, '22P02');
  const one = { ...type, dimensions: 0 };
  return elements
    .map((sval) => (sval === undefined ? undefined : literalRefusal({ A_Const: { sval: { sval } } }, one, context)))
    .find(Boolean);
}

/** What is wrong with the text of a value: a code, or nothing where it may be right. */
type Reader = (text: string) => string | undefined;

/** Since 16 also in other bases and with underscores; of those nothing is said. */
const otherSpelling = /^\s*[+-]?(0[xob]|\d+_)/i;

function integer(bits: bigint): Reader {
  return (text) => {
    if (otherSpelling.test(text)) return undefined;
    if (!/^\s*[+-]?\d+\s*$/.test(text)) return '22P02';
    const value = BigInt(text.trim().replace('+', ''));
    const limit = 1n << (bits - 1n);
    return value >= limit || value < -limit ? '22003' : undefined;
  };
}

const number: Reader = (text) =>
  otherSpelling.test(text) || /^\s*[+-]?(nan|inf(inity)?)\s*$/i.test(text) || numberValue(text) !== undefined
    ? undefined
    : /^[\s+\-.\de]*$/i.test(text) && /\d/.test(text)
      ? undefined
      : '22P02';

const json: Reader = (text) => {
  try {
    JSON.parse(text);
    return undefined;
  } catch {
    return '22P02';
  }
};

/** What a date can be without a digit: datetktbl of datetime.c. */
const words = /\b(now|today|tomorrow|yesterday|epoch|infinity|allballs)\b/i;

const moment: Reader = (text) => {
  if (!/\d/.test(text)) return words.test(text) ? undefined : '22007';
  const [, year, month, day] = /^\s*(\d{4})-(\d{1,2})-(\d{1,2})(?![\d-])/.exec(text) ?? [];
  if (year === undefined) return undefined;
  const last = new Map([[2, isLeap(Number(year)) ? 29 : 28], ...[4, 6, 9, 11].map((one) => [one, 30] as const)]);
  const fits = (value: number, most: number) => value >= 1 && value <= most;
  return fits(Number(month), 12) && fits(Number(day), last.get(Number(month)) ?? 31) ? undefined : '22008';
};

function isLeap(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

/** Units of an interval: deltatktbl of datetime.c. */
const units =
  /^(ago|at|now|us|usecs?|useconds?|microseconds?|ms|msecs?|mseconds?|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?|mons?|months?|qtrs?|quarters?|y|yrs?|years?|dec|decs|decades?|c|cent|century|centuries|mil|mils|millenni(um|a)|tz|timezone.*|[+-]?infinity|p[\dymwdths.]*|t)$/i;

const interval: Reader = (text) => {
  const parts = text.match(/[a-z]+/gi) ?? [];
  const iso = /^\s*p/i.test(text);
  const known = iso || parts.every((word) => units.test(word));
  return known && (/\d/.test(text) || /infinity/i.test(text)) ? undefined : '22007';
};

const address: Reader = (text) => (/^\s*([\d.]+|[\da-f:.]*:[\da-f:.]*)(\/\d+)?\s*$/i.test(text) ? undefined : '22P02');

/** A range has two bounds in brackets, the lower one first; of numbers and of dates in the usual form it is known which that is. */
function range(order: (text: string) => number | undefined): Reader {
  return (text) => {
    if (/^\s*empty\s*$/i.test(text)) return undefined;
    const [, low = '', high = ''] = /^\s*[[(]([^,]*),([^,]*)[\])]\s*$/s.exec(text) ?? [];
    if (!/^\s*[[(].*,.*[\])]\s*$/s.test(text)) return '22P02';
    const [from, to] = [order(low.trim()), order(high.trim())];
    return from !== undefined && to !== undefined && from > to ? '22000' : undefined;
  };
}

const asNumber = (text: string) => (/^-?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined);
const asDay = (text: string) => (/^\d{4}-\d{2}-\d{2}$/.test(text) ? Number(text.replaceAll('-', '')) : undefined);

/** A range type of the history, by what it is over. */
function rangeOver(subtype: string): Reader {
  const order = /^(int|float|numeric)/.test(subtype) ? asNumber : /^(date|timestamp)/.test(subtype) ? asDay : undefined;
  return range(order ?? (() => undefined));
}

/** By type; of others nothing is known. */
const readers: { readonly [type: string]: Reader } = {
  int2: integer(16n),
  int4: integer(32n),
  int8: integer(64n),
  numeric: number,
  float4: number,
  float8: number,
  bool: (text) => (booleanValue(text) === undefined ? '22P02' : undefined),
  uuid: (text) => (/^\{?([0-9a-f]{4}-?){7}[0-9a-f]{4}\}?$/i.test(text) ? undefined : '22P02'),
  json,
  jsonb: json,
  date: moment,
  timestamp: moment,
  timestamptz: moment,
  time: moment,
  interval,
  inet: address,
  cidr: address,
  int4range: range(asNumber),
  int8range: range(asNumber),
  numrange: range(asNumber),
  daterange: range(asDay),
  tsrange: range(asDay),
  tstzrange: range(asDay),
};
