import { qualifiedName } from '../sql/names.js';
import type { Catalog, Table } from './catalog.js';

/** NAMEDATALEN - 1: the longest name, in bytes. */
const longest = 63;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function byteLength(text: string): number {
  // encoding costs a call out of JavaScript, and nearly all names are ASCII
  if (isAscii(text)) return text.length;
  return encoder.encode(text).length;
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}

/** The first bytes of a text, without a character that they cut. */
function clip(text: string, bytes: number): string {
  if (isAscii(text)) return text.slice(0, bytes);
  const encoded = encoder.encode(text);
  if (encoded.length <= bytes) return text;
  let end = bytes;
  while (end > 0 && ((encoded[end] ?? 0) & 0xc0) === 0x80) end--;
  return decoder.decode(encoded.subarray(0, end));
}

/** name1_name2_label, the longer of the names cut until all fits: makeObjectName of indexcmds.c. */
export function objectName(name1: string, name2: string | undefined, label: string): string {
  const available = longest - byteLength(label) - 1 - (name2 === undefined ? 0 : 1);
  let first = byteLength(name1);
  let second = name2 === undefined ? 0 : byteLength(name2);
  while (first + second > available) {
    if (first > second) first--;
    else second--;
  }
  const parts = [clip(name1, first), ...(name2 === undefined ? [] : [clip(name2, second)]), label];
  return parts.join('_');
}

/** The first of label, label1, label2 … whose name is free. */
function free(name1: string, name2: string | undefined, label: string, taken: (name: string) => boolean): string {
  for (let pass = label === '' ? 1 : 0; ; pass++) {
    const name = objectName(name1, name2, pass === 0 ? label : `${label}${pass}`);
    if (!taken(name)) return name;
  }
}

/** The name that PostgreSQL gives a sequence or index: ChooseRelationName. That of a constraint's index is no constraint's yet. */
export function freeRelationName(
  catalog: Catalog,
  schema: string,
  name1: string,
  name2: string | undefined,
  label: string,
  isConstraint = false,
): string {
  return free(name1, name2, label, (name) => {
    const full = qualifiedName(schema, name);
    return catalog.relationNames.has(full) || (isConstraint && catalog.constraintNames.has(full));
  });
}

/** The name that PostgreSQL gives a constraint, which no other of its schema has: ChooseConstraintName. */
export function freeConstraintName(
  catalog: Catalog,
  schema: string,
  name1: string,
  name2: string | undefined,
  label: string,
): string {
  return free(name1, name2, label, (name) => catalog.constraintNames.has(qualifiedName(schema, name)));
}

/** The same for a table that may have constraints the catalog does not show yet. */
export function newConstraintName(
  catalog: Catalog,
  { schema, name: table, constraints }: Table,
  name2: string | undefined,
  label: string,
): string {
  return free(
    table,
    name2,
    label,
    (name) =>
      catalog.constraintNames.has(qualifiedName(schema, name)) ||
      constraints.some((constraint) => constraint.name === name),
  );
}

/** a_b_c, no further than the longest name: ChooseIndexNameAddition, ChooseForeignKeyConstraintNameAddition. */
export function columnsAddition(columns: readonly string[]): string {
  let addition = '';
  for (const column of columns) {
    addition += addition === '' ? column : `_${column}`;
    if (byteLength(addition) > longest) break;
  }
  return addition;
}

/** Names of an index's columns: a name that is there already gets a number. ChooseIndexColumnNames. */
export function distinctNames(names: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  for (const name of names) {
    let distinct = name;
    for (let i = 1; taken.has(distinct); i++) distinct = `${clip(name, longest - `${i}`.length)}${i}`;
    taken.add(distinct);
  }
  return [...taken];
}
