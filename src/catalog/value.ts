import type { KnownType } from './known-type.js';
import type { Literal } from './literal.js';

/** A constant of an expression as PostgreSQL would hold it; `token` stands for a type whose order is not known here. */
export type Value =
  | { readonly kind: 'null' }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'number'; readonly digits: bigint; readonly scale: number }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'bytes'; readonly hex: string }
  | { readonly kind: 'time'; readonly micros: bigint; readonly zone: 'none' | 'utc' | 'session' }
  | { readonly kind: 'label'; readonly position: number }
  | { readonly kind: 'token'; readonly text: string };

type Family = 'integer' | 'numeric' | 'float' | 'text' | 'bpchar' | 'local time' | 'instant' | 'boolean' | 'other';

const families: { readonly [type: string]: Family } = {
  int2: 'integer',
  int4: 'integer',
  int8: 'integer',
  oid: 'integer',
  numeric: 'numeric',
  float4: 'float',
  float8: 'float',
  text: 'text',
  varchar: 'text',
  name: 'text',
  bpchar: 'bpchar',
  date: 'local time',
  timestamp: 'local time',
  timestamptz: 'instant',
  bool: 'boolean',
};

function familyOf(type: string): Family {
  return families[type] ?? 'other';
}

/**
 * Types of constants, other than its own family, that are compared with a column of a family as it stands; for any
 * other the column is cast, and nothing is then known of the column itself. Measured on 15: `int4 >= 1.0` casts the column.
 */
const accepted: { readonly [F in Family]?: readonly string[] } = {
  numeric: ['int2', 'int4', 'int8'],
  float: ['int2', 'int4', 'int8', 'numeric'],
  bpchar: ['varchar'],
};

/**
 * The constant as an operand of `type` is compared with it; undefined when the operand would be cast instead, or the constant is
 * not understood. Where the type is unknown the constant is taken for what it looks like.
 */
export function valueFor(literal: Literal, type: KnownType | undefined): Value | undefined {
  const { text } = literal;
  if (text === undefined) return { kind: 'null' };
  if (type === undefined) return readers[literal.type === undefined ? 'other' : familyOf(literal.type)](text);
  if (type.dimensions > 0 || type.composite) return { kind: 'token', text };
  if (!isComparedAsIs(literal, type)) return undefined;
  const family = familyOf(type.name);
  if (family === 'other') return otherValue(text, type);
  if (family === 'local time' && (literal.type ?? type.name) === 'date') return readDate(text);
  return readers[family](literal.type === 'bpchar' ? withoutPadding(text) : text);
}

function isComparedAsIs({ type: given }: Literal, type: KnownType): boolean {
  if (given === undefined || type.aliases.includes(given)) return true;
  const family = familyOf(type.name);
  if (family !== 'other' && familyOf(given) === family) return true;
  return accepted[family]?.includes(given) === true || (given === 'bpchar' && padless.includes(type.name));
}

// char(n) meets text and name as text; varchar meets char(n) as char(n), which casts the column
const padless: readonly string[] = ['text', 'name'];

const readers: { readonly [F in Family]: (text: string) => Value | undefined } = {
  integer: numberValue,
  numeric: numberValue,
  float: numberValue,
  text: (text) => ({ kind: 'text', text }),
  bpchar: (text) => ({ kind: 'text', text: withoutPadding(text) }),
  'local time': (text) => timeValue(text, false),
  instant: (text) => timeValue(text, true),
  boolean: booleanValue,
  other: (text) => ({ kind: 'token', text }),
};

function withoutPadding(text: string): string {
  return text.replace(/ +$/, '');
}

function otherValue(text: string, type: KnownType): Value {
  if (type.labels !== undefined) {
    const position = type.labels.indexOf(text);
    return position === -1 ? { kind: 'token', text } : { kind: 'label', position };
  }
  // a uuid's order is that of its digits, in whatever of the accepted spellings
  if (type.name === 'uuid') return { kind: 'bytes', hex: text.toLowerCase().replace(/[{}-]/g, '') };
  return { kind: 'token', text };
}

/** A number of SQL: decimal with fraction and exponent; undefined for NaN, Infinity and other bases. */
export function numberValue(text: string): Value | undefined {
  const match = /^\s*([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d{1,3}))?\s*$/i.exec(text.replaceAll('_', ''));
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  if (whole + fraction === '') return undefined;
  const scale = fraction.length - Number(exponent);
  const digits = BigInt(`${whole}${fraction}`) * (scale < 0 ? 10n ** BigInt(-scale) : 1n);
  return { kind: 'number', digits: sign === '-' ? -digits : digits, scale: Math.max(0, scale) };
}

/** boolin accepts any unique prefix of these, in any case. */
export function booleanValue(text: string): Value | undefined {
  const word = text.trim().toLowerCase();
  if (word === '') return undefined;
  if (['true', 'yes'].some((long) => long.startsWith(word)) || word === 'on' || word === '1')
    return { kind: 'boolean', value: true };
  if (['false', 'no'].some((long) => long.startsWith(word)) || word === 'of' || word === 'off' || word === '0') {
    return { kind: 'boolean', value: false };
  }
  return undefined;
}

const iso =
  /^\s*(\d{4})-?(\d{2})-?(\d{2})(?:[ T](\d{2}):?(\d{2})(?::?(\d{2})(?:\.(\d{1,6}))?)?)?\s*(Z|UTC|[+-]\d{2}(?::?\d{2})?)?\s*$/i;

/** ISO 8601 dates and times, which do not depend on DateStyle; others are only equal to themselves. */
function timeValue(text: string, zoned: boolean): Value {
  const match = iso.exec(text);
  if (match === null) return { kind: 'token', text };
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone] = match;
  const seconds = (Number(hour) * 60 + Number(minute)) * 60 + Number(second);
  const days = dayNumber(Number(year), Number(month), Number(day));
  const micros = BigInt(days * 86_400 + seconds) * 1_000_000n + BigInt(fraction.padEnd(6, '0'));
  if (!zoned) return { kind: 'time', micros, zone: 'none' };
  if (zone === undefined) return { kind: 'time', micros, zone: 'session' };
  return { kind: 'time', micros: micros - BigInt(offsetMinutes(zone)) * 60_000_000n, zone: 'utc' };
}

/** A date leaves out the time of day that may stand behind it. */
function readDate(text: string): Value {
  const day = /^\s*[^\sT]+/.exec(text)?.[0] ?? text;
  return timeValue(day, false);
}

/** The Julian day number of a date of the Gregorian calendar, as PostgreSQL's date2j. */
function dayNumber(year: number, month: number, day: number): number {
  const shift = Math.floor((14 - month) / 12);
  const y = year + 4800 - shift;
  const m = month + 12 * shift - 3;
  const leaps = Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400);
  return day + Math.floor((153 * m + 2) / 5) + 365 * y + leaps - 32045;
}

function offsetMinutes(zone: string): number {
  const match = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone);
  if (match === null) return 0;
  const [, sign, hours, minutes = '0'] = match;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

/** Negative, zero or positive as `a` sorts before, with or after `b`; undefined when it cannot be told. `bytewise`: collation "C". */
export function compareValues(a: Value, b: Value, bytewise: boolean): number | undefined {
  if (a.kind === 'number' && b.kind === 'number') {
    const scale = Math.max(a.scale, b.scale);
    return sign(a.digits * 10n ** BigInt(scale - a.scale) - b.digits * 10n ** BigInt(scale - b.scale));
  }
  if (a.kind === 'time' && b.kind === 'time') return a.zone === b.zone ? sign(a.micros - b.micros) : undefined;
  if (a.kind === 'label' && b.kind === 'label') return a.position - b.position;
  if (a.kind === 'boolean' && b.kind === 'boolean') return Number(a.value) - Number(b.value);
  if (a.kind === 'text' && b.kind === 'text') return compareTexts(a.text, b.text, bytewise);
  if (a.kind === 'bytes' && b.kind === 'bytes') return a.hex === b.hex ? 0 : a.hex < b.hex ? -1 : 1;
  if (a.kind === 'token' && b.kind === 'token') return a.text === b.text ? 0 : undefined;
  return undefined;
}

function sign(value: bigint): number {
  return value < 0n ? -1 : value > 0n ? 1 : 0;
}

/** Every collation sorts strings that differ in digits alone by these digits; of others only equality is common to all. */
function compareTexts(a: string, b: string, bytewise: boolean): number | undefined {
  if (a === b) return 0;
  if (!bytewise && a.replace(/\d/g, '0') !== b.replace(/\d/g, '0')) return undefined;
  return a < b ? -1 : 1;
}

/** Whether two constants are the same for `=`; undefined when it cannot be told. Collations that are deterministic, all but a few, agree. */
export function sameValue(a: Value, b: Value): boolean | undefined {
  if (a.kind === 'text' && b.kind === 'text') return a.text === b.text;
  const order = compareValues(a, b, true);
  return order === undefined ? undefined : order === 0;
}
