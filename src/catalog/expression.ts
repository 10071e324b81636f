import type { Node } from '../sql/tree.js';

/** The last part of a column reference; undefined of any other expression and of `*`. The table in front is left out. */
export function referencedColumn(node: Node | undefined): string | undefined {
  if (node === undefined || !('ColumnRef' in node)) return undefined;
  const last = node.ColumnRef.fields?.at(-1);
  return last !== undefined && 'String' in last ? last.String.sval : undefined;
}

/** The expression that is a reference to this column. */
export function columnReference(column: string): Node {
  return { ColumnRef: { fields: [{ String: { sval: column } }] } };
}

/**
 * A text that two expressions over the same table share if and only if they are the same but for what has no meaning: places,
 * the table in front of a column, `pg_catalog.` in front of a function, operator or type.
 */
export function expressionKey(expression: object): string {
  let text = '';
  // a string is written as it is, anything else is taken apart; no recursion: expressions are deeper than the stack
  const pending: unknown[] = [expression];
  while (pending.length > 0) {
    const value = pending.pop();
    if (typeof value === 'string') text += value;
    else if (typeof value !== 'object' || value === null) text += String(value);
    else for (const part of partsOf(value).reverse()) pending.push(part);
  }
  return text;
}

function partsOf(value: object): unknown[] {
  if (!Array.isArray(value)) return fieldsOf(value);
  const parts: unknown[] = ['['];
  for (const item of value) parts.push(quoted(item), ',');
  parts.push(']');
  return parts;
}

/** Whether two expressions over the same table are the same (see {@link expressionKey}). */
export function sameExpression(a: Node | undefined, b: Node | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return expressionKey(a) === expressionKey(b);
}

const meaningless: ReadonlySet<string> = new Set([
  'location',
  'list_start',
  'list_end',
  'rexpr_list_start',
  'rexpr_list_end',
  'funcformat',
  'row_format',
]);
const qualified: ReadonlySet<string> = new Set(['funcname', 'name', 'names', 'opername', 'collname']);

function fieldsOf(value: object): unknown[] {
  const parts: unknown[] = ['{'];
  for (const [field, part] of Object.entries(value)) {
    if (meaningless.has(field)) continue;
    parts.push(`${field}:`, Array.isArray(part) ? namesOf(field, part) : quoted(part), ',');
  }
  return [...parts, '}'];
}

function namesOf(field: string, parts: readonly unknown[]): readonly unknown[] {
  if (field === 'fields') return parts.slice(-1);
  return qualified.has(field) && parts.length > 1 && isPgCatalog(parts[0]) ? parts.slice(1) : parts;
}

function isPgCatalog(part: unknown): boolean {
  if (typeof part !== 'object' || part === null || !('String' in part)) return false;
  return JSON.stringify(part.String) === '{"sval":"pg_catalog"}';
}

function quoted(value: unknown): unknown {
  return typeof value === 'string' ? JSON.stringify(value) : value;
}

/** Whether a tree has more than so many nodes one below the other; asked before a recursive reading. */
export function isDeeperThan(node: unknown, limit: number): boolean {
  if (typeof node !== 'object' || node === null) return false;
  if (limit < 0) return true;
  for (const part of Object.values(node)) if (isDeeperThan(part, limit - 1)) return true;
  return false;
}
