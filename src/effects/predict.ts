import type { Catalog } from '../catalog/catalog.js';
import { settings } from '../catalog/lookup.js';
import { isKind, type Statement } from '../sql/statement.js';
import type { Kind } from '../sql/tree.js';
import { visit } from '../sql/walk.js';
import { alterTable, loneCommand } from './alter-table.js';
import type { PredictContext, PredictTable } from './context.js';
import { type Draft, finish, nothing, notUnderstood } from './draft.js';
import type { Prediction, PredictOptions } from './effect.js';
import { uncommittedLabel } from './enum-use.js';
import { statements } from './statements.js';
import { syntaxRefusal } from './syntax.js';
import { modifierRefusal } from './type-modifiers.js';

/** Every kind of statement whose effects are known; one that is not in here is "not understood". */
const table: PredictTable = { ...statements, ...alterTable };

/**
 * What PostgreSQL does on a statement, given the schema before it: which relations it locks how strongly and what it does to them,
 * whether it may run in a transaction block, and what the server would refuse. Never throws on odd input.
 * A command of an ALTER TABLE is told as if it stood alone in its ALTER TABLE.
 */
export function predict(statement: Statement, catalog: Catalog, options: PredictOptions): Prediction {
  const timeZone = settings(catalog).timezone ?? options.timeZone;
  const { parent } = statement;
  const whole = parent !== undefined && isKind(parent, 'AlterTableStmt') ? loneCommand(statement, parent) : statement;
  const { pg, after, opened = false, ownRows = () => false } = options;
  const done = after && { statement, before: catalog, after };
  return finish(draftOf(whole, { catalog, pg, timeZone, opened, done, ownRows }));
}

/** Functions and triggers that call one another are followed this far; deeper ones are recursive in practice. */
const deepest = 6;
/** What calls others many times over is not followed to its end. */
const most = 500;

function draftOf<K extends Kind>(
  statement: Statement<K>,
  given: Omit<PredictContext<K>, 'statement' | 'inner'>,
  depth = 0,
  room = { left: most },
): Draft {
  if (depth > deepest) return nothing;
  if (room.left-- <= 0) return notUnderstood;
  const row = table[statement.kind];
  const inner = (nested: Statement, catalog: Catalog): Draft =>
    draftOf(nested, { ...given, catalog, opened: false }, depth + 1, room);
  if (row === undefined) return notUnderstood;
  const refusal = syntaxRefusal(statement, given.pg);
  if (refusal !== undefined) return refusal;
  const misfit = writtenTypes(statement, given);
  if (misfit !== undefined) return misfit;
  const draft = row(statement.node, { ...given, statement, inner });
  const { failure } = statement.kind === 'AlterEnumStmt' ? nothing : uncommittedLabel(statement.node, given.catalog);
  return failure === undefined ? draft : { ...draft, failure };
}

/** What may be the modifiers of a type. */
const inParentheses = /\(\s*[-+]?\d+\s*[,)]/;

/** The refusal of the first type with modifiers that it does not take. */
function writtenTypes<K extends Kind>(
  { kind, node, text }: Statement<K>,
  given: Pick<PredictContext, 'catalog' | 'pg'>,
): Draft | undefined {
  if (!inParentheses.test(text)) return undefined;
  let refusal: Draft | undefined;
  visit({ [kind]: node }, (...[visited, inner]) => {
    if (visited === 'TypeName') refusal ??= modifierRefusal(inner, given);
    return refusal === undefined;
  });
  return refusal;
}
