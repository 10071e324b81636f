import { Deparser } from 'pgsql-deparser';
import type { Node } from './tree.js';

/** A tree as SQL: for expressions that the catalog has kept, whose text has gone or has been overtaken by renames. */
export function sqlOf(node: Node): string {
  return Deparser.deparse(node, { pretty: false });
}
