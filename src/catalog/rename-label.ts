import type { Node } from '../sql/tree.js';
import { visit } from '../sql/walk.js';
import type { Catalog, EnumType } from './catalog.js';
import { changeTable } from './change.js';
import { dependentsOf, tables } from './lookup.js';

/** The defaults of the columns of an enum have its label under its new name: the server keeps the value, not the word. */
export function renameLabel(catalog: Catalog, { oid }: EnumType, from: string, to: string): Catalog {
  return tables(catalog, dependentsOf(catalog, oid)).reduce(
    (now, table) =>
      changeTable(now, table.oid, (one) => ({
        ...one,
        columns: one.columns.map((column) =>
          column.type?.oid === oid && column.default !== undefined
            ? { ...column, default: renamed(column.default, from, to) }
            : column,
        ),
      })),
    catalog,
  );
}

/** The tree that was there stays as it is. */
function renamed(expression: Node, from: string, to: string): Node {
  const copy = structuredClone(expression);
  visit({ copy }, (kind, node) => {
    if (kind === 'A_Const' && node.sval?.sval === from) node.sval.sval = to;
  });
  return copy;
}
