import { partsOfName, quoteIdentifier } from './names.js';
import { isUnknown } from './text-functions.js';
import type { Known } from './values.js';

/** How the text of a value looks as a value of each type whose output is known without a server. */
const outputs: Readonly<Record<string, (text: string) => string | undefined>> = {
  text: (text) => text,
  varchar: (text) => text,
  name: (text) => (text.length < 64 && isAscii(text) ? text : undefined),
  int2: integer,
  int4: integer,
  int8: integer,
  // with a schema the output depends on the search_path and on what exists
  regclass: relationName,
};

/** Other names of the same types. */
const aliases: Readonly<Record<string, string>> = {
  'character varying': 'varchar',
  smallint: 'int2',
  int: 'int4',
  integer: 'int4',
  bigint: 'int8',
};

function integer(text: string): string | undefined {
  return /^\s*-?\d{1,15}\s*$/.test(text) ? String(Number(text)) : undefined;
}

/** The name of a relation that is written without a schema. */
function relationName(text: string): string | undefined {
  const [name, ...others] = partsOfName(text) ?? [];
  const isPlain = name !== undefined && others.length === 0 && name.length <= 63 && isAscii(name);
  return isPlain ? quoteIdentifier(name) : undefined;
}

function isAscii(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text);
}

/** A value as one of a type that is written so (`varchar(20)`, `text[]`); unknown if the type changes it in a way that is not known. */
export function asType(value: Known, written: string): Known {
  if (value === undefined || value === null) return value;
  const [, base = '', length, array] =
    /^(?:pg_catalog\.)?([a-z][a-z0-9 ]*?)\s*(?:\(\s*(\d+)\s*\))?\s*(\[\d*\]|\sarray)?$/i.exec(written.trim()) ?? [];
  const lower = base.toLowerCase();
  const output = outputs[aliases[lower] ?? lower];
  if (output === undefined || (length !== undefined && (aliases[lower] ?? lower) !== 'varchar')) return undefined;
  const one = (item: Known): Known => {
    if (item === null || item === undefined) return item;
    if (typeof item !== 'string') return undefined;
    if (length !== undefined && (isUnknown(item) || [...item].length > Number(length))) return undefined;
    return output(item);
  };
  if (array === undefined) return one(value);
  const items = typeof value === 'string' ? arrayLiteral(value) : value;
  return Array.isArray(items) ? items.map(one) : undefined;
}

/** The items of an array's text without quotes and escapes. */
function arrayLiteral(text: string): readonly Known[] | undefined {
  const inner = /^\s*\{([^{}"\\]*)\}\s*$/.exec(text)?.[1];
  if (inner === undefined) return undefined;
  if (inner.trim() === '') return [];
  return inner.split(',').map((item) => (/^\s*null\s*$/i.test(item) ? null : item.trim()));
}
