import type { Statement } from '../sql/statement.js';
import type { Kind, NodeOf } from '../sql/tree.js';
import type { Born, Catalog } from './catalog.js';

/** What a change depends on besides the statement and the catalog. */
export interface ApplyOptions {
  /** The number of the migration in its history. */
  readonly born: Born;
  /** The server's major version, 13 to 18. */
  readonly pg: number;
}

/** Gives the catalog after one kind of statement. On odd input it gives back what it got; it never throws. */
export type Apply<K extends Kind> = (
  node: NodeOf<K>,
  statement: Statement<K>,
  catalog: Catalog,
  options: ApplyOptions,
) => Catalog;

/** A part of the table that dispatches on the kind: one per family of objects, spread into one in apply.ts. */
export type Applies = { readonly [K in Kind]?: Apply<K> };

/** Applies a statement by the entry of its kind; without one nothing changes. */
export function dispatch<K extends Kind>(
  table: Applies,
  statement: Statement<K>,
  catalog: Catalog,
  options: ApplyOptions,
): Catalog {
  return table[statement.kind]?.(statement.node, statement, catalog, options) ?? catalog;
}

/** Several families have to do with a kind: each in turn. */
export function inTurn<K extends Kind>(...applies: readonly (Apply<K> | undefined)[]): Apply<K> {
  return (node, statement, catalog, options) =>
    applies.reduce((now, one) => one?.(node, statement, now, options) ?? now, catalog);
}
