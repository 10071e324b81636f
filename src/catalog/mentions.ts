import type { Node } from '../sql/tree.js';
import { columnRefs } from '../sql/walk.js';
import type { Index, IndexKey } from './catalog.js';

const seen = new WeakMap<Node, ReadonlySet<string>>();

/** The names of the columns in an expression over one relation (CHECK, DEFAULT, index expression, generation expression). */
export function columnsIn(expression: Node | undefined): ReadonlySet<string> {
  if (expression === undefined) return new Set();
  const known = seen.get(expression);
  if (known !== undefined) return known;
  const names = new Set<string>();
  for (const { parts } of columnRefs(expression)) {
    const name = parts.at(-1);
    if (name !== undefined) names.add(name);
  }
  seen.set(expression, names);
  return names;
}

/** The columns that an index cannot be without: keys, INCLUDE, those in its expressions and in its predicate. */
export function columnsOfIndex(index: Index): ReadonlySet<string> {
  return new Set([...index.include, ...columnsIn(index.predicate), ...columnsOfKeys(index.keys)]);
}

/** The columns in the keys of an index or partitioned table. */
export function columnsOfKeys(keys: readonly IndexKey[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { column, expression } of keys) {
    if (column !== undefined) names.add(column);
    for (const name of columnsIn(expression)) names.add(name);
  }
  return names;
}
