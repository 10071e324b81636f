import { quoteIdentifier, quoteLiteral } from './names.js';
import type { Known } from './values.js';

/** Stands in a text that is put together for a literal of which only the place is known: no text of a migration has this character. */
export const unknownLiteral = '\uf8ff';

type TextFunction = (values: readonly Known[]) => Known;

/** What PostgreSQL's functions of these names give for values that are known. */
export const textFunctions: Readonly<Record<string, TextFunction | undefined>> = {
  format,
  concat: (values) => join(values, ''),
  concat_ws: ([separator, ...values]) => (typeof separator === 'string' ? join(values, separator) : undefined),
  quote_ident: strict((value) => quoteIdentifier(value)),
  quote_literal: ([value]) => (value === null ? null : quoted(value)),
  quote_nullable: ([value]) => (value === null ? 'NULL' : quoted(value)),
  // what a locale does to letters beyond ASCII is its own affair
  lower: strict((value) => (isAscii(value) ? value.toLowerCase() : undefined)),
  upper: strict((value) => (isAscii(value) ? value.toUpperCase() : undefined)),
  replace: strict((value, from, to) =>
    from === undefined || to === undefined ? undefined : from === '' ? value : value.split(from).join(to),
  ),
  split_part: strict((value, separator, number) => {
    if (separator === undefined || separator === '' || !/^[1-9]\d*$/.test(number ?? '')) return undefined;
    return value.split(separator)[Number(number) - 1] ?? '';
  }),
  btrim: strict((value, characters) => (characters === undefined ? value.replace(/^ +| +$/g, '') : undefined)),
  lpad: strict((value, length, fill = ' ') => {
    if (!/^\d{1,3}$/.test(length ?? '') || fill === '') return undefined;
    const wanted = Number(length);
    return value.length > wanted ? value.slice(0, wanted) : value.padStart(wanted, fill);
  }),
  repeat: strict((value, times) => (/^\d{1,4}$/.test(times ?? '') ? value.repeat(Number(times)) : undefined)),
  array_length: ([array, dimension]) => (isArray(array) && dimension === '1' ? (lengthOf(array) ?? null) : undefined),
  cardinality: ([array]) => (isArray(array) ? String(array.length) : undefined),
  array_append: ([array, item]) => (isArray(array) ? [...array, item] : undefined),
  array_to_string: ([array, separator, ...more]) =>
    isArray(array) && typeof separator === 'string' && more.length === 0 ? join(array, separator) : undefined,
};

function quoted(value: Exclude<Known, null>): string | undefined {
  if (value === undefined) return unknownLiteral;
  return typeof value !== 'string' ? undefined : isUnknown(value) ? unknownLiteral : quoteLiteral(value);
}

/** Whether something of a text is not known. */
export function isUnknown(text: string): boolean {
  return text.includes(unknownLiteral);
}

/** A function that is NULL for a NULL, and changes its text in a way that all of it decides. */
function strict(call: (...values: string[]) => string | undefined): TextFunction {
  return (values) => {
    if (values.some((value) => value === null)) return values.includes(undefined) ? undefined : null;
    const texts = values.flatMap((value) => (typeof value === 'string' && !isUnknown(value) ? value : []));
    return texts.length === values.length && texts.length > 0 ? call(...texts) : undefined;
  };
}

function isArray(value: Known): value is readonly Known[] {
  return Array.isArray(value);
}

function lengthOf(array: readonly Known[]): string | undefined {
  return array.length === 0 ? undefined : String(array.length);
}

function isAscii(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text);
}

/** Without the NULLs. */
function join(values: readonly Known[], separator: string): string | undefined {
  const texts = values.filter((value) => value !== null);
  return texts.every((value) => typeof value === 'string') ? texts.join(separator) : undefined;
}

/** format() of the server, without widths. */
function format([pattern, ...values]: readonly Known[]): Known {
  if (typeof pattern !== 'string') return pattern === null ? null : undefined;
  let next = 0;
  let failed = false;
  const text = pattern.replace(/%(?:(\d+)\$)?(.)?/gs, (_, position: string | undefined, type: string | undefined) => {
    if (type === '%') return '%';
    if (position !== undefined) next = Number(position) - 1;
    const written = next < values.length ? conversions[type ?? '']?.(values[next]) : undefined;
    next++;
    if (written !== undefined) return written;
    failed = true;
    return '';
  });
  return failed ? undefined : text;
}

const conversions: Readonly<Record<string, ((value: Known) => string | undefined) | undefined>> = {
  s: (value) => (value === null ? '' : textOnly(value)),
  I: (value) => (typeof value === 'string' && !isUnknown(value) ? quoteIdentifier(value) : undefined),
  L: (value) => (value === null ? 'NULL' : quoted(value)),
};

function textOnly(value: Known): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
