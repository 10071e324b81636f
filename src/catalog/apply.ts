import type { Statement } from '../sql/statement.js';
import type { Kind } from '../sql/tree.js';
import type { Applies, ApplyOptions } from './applies.js';
import { drops } from './apply-drop.js';
import { objectApplies } from './apply-objects.js';
import { renamesAndMoves } from './apply-rename.js';
import type { Catalog } from './catalog.js';

/** Every kind of statement that changes the schema or the session's settings; the others change nothing. */
const table: Applies = { ...objectApplies, ...renamesAndMoves, ...drops };

/** The catalog after a statement: of an ALTER TABLE, after all its commands. Never throws on odd input. */
export function apply(statement: Statement, catalog: Catalog, options: ApplyOptions): Catalog {
  return applyKind(statement, catalog, options);
}

function applyKind<K extends Kind>(statement: Statement<K>, catalog: Catalog, options: ApplyOptions): Catalog {
  return table[statement.kind]?.(statement.node, statement, catalog, options) ?? catalog;
}
