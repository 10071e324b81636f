import type { Statement } from '../sql/statement.js';
import { type Applies, type ApplyOptions, dispatch, inTurn } from './applies.js';
import { alterTables } from './apply-alter-table.js';
import { drops } from './apply-drop.js';
import { indexApplies } from './apply-index.js';
import { objectApplies } from './apply-objects.js';
import { renamesAndMoves } from './apply-rename.js';
import { rowApplies } from './apply-rows.js';
import { elementsOf, insideSchema, schemaToCreate } from './apply-schema.js';
import { createTables } from './apply-table.js';
import { tableAsApplies } from './apply-table-as.js';
import type { Catalog } from './catalog.js';
import { storageOptions } from './storage-options.js';

/** What CREATE SCHEMA may hold. */
const schemaElements: Applies = { ...createTables, ...indexApplies, ...objectApplies };

/** Every kind of statement that changes the schema or the session's settings; the others change nothing. */
const table: Applies = {
  ...createTables,
  ...tableAsApplies,
  ...alterTables,
  ...indexApplies,
  ...rowApplies,
  ...objectApplies,
  ...renamesAndMoves,
  ...drops,
  CreateSchemaStmt: (node, statement, catalog, options) => {
    const made = dispatch(objectApplies, statement, catalog, options);
    const elements = elementsOf(statement);
    const schema = schemaToCreate(node);
    if (elements.length === 0 || schema === undefined) return made;
    return insideSchema(made, schema, (inside) =>
      elements.reduce((now, element) => dispatch(schemaElements, element, now, options), inside),
    );
  },
  // ANALYZE runs what is explained
  ExplainStmt: ({ query, options }, statement, catalog, given) => {
    const made = query !== undefined && 'CreateTableAsStmt' in query ? query.CreateTableAsStmt : undefined;
    const { analyze = 'off' } = storageOptions(options);
    if (made === undefined || /^(off|false|0|no)$/i.test(analyze)) return catalog;
    const inner = { ...statement, kind: 'CreateTableAsStmt' as const, node: made, parent: statement };
    return dispatch(tableAsApplies, inner, catalog, given);
  },
  // a query may set a setting, make a table and write rows
  SelectStmt: inTurn(objectApplies.SelectStmt, tableAsApplies.SelectStmt, rowApplies.SelectStmt),
};

/** The catalog after a statement: of an ALTER TABLE, after all its commands. Never throws on odd input. */
export function apply(statement: Statement, catalog: Catalog, options: ApplyOptions): Catalog {
  return dispatch(table, statement, catalog, options);
}
