import type { Rule, Table, View } from '../catalog/catalog.js';
import type { PredictContext } from './context.js';
import { all, type Draft, nothing, unsure } from './draft.js';
import { statementOf } from './inner-statement.js';

/** What the rules of a table make of a statement that changes it. */
export interface Ruled {
  /** What is done besides, or in its place. */
  readonly draft: Draft;
  /** The statement itself does not run. */
  readonly replaced: boolean;
  /** Something is done. */
  readonly acts: boolean;
}

const noRules: Ruled = { draft: nothing, replaced: false, acts: false };

/** The rules of a table or view on an event, which come before anything runs; of an action that names NEW or OLD only the locks are certain. */
export function followRules(
  table: Table | View,
  event: Rule['definition']['node']['event'],
  context: PredictContext,
): Ruled {
  const rules = table.rules.filter(({ definition }) => definition.node.event === event);
  if (rules.length === 0) return noRules;
  const replaced = rules.some(({ definition: { node } }) => node.instead && node.whereClause === undefined);
  const actions = rules.flatMap(({ name, definition }) =>
    (definition.node.actions ?? []).map((action) => runAction(name, definition, action, context)),
  );
  return { draft: all(...actions), replaced, acts: actions.length > 0 };
}

function runAction(
  name: string,
  definition: Rule['definition'],
  action: Parameters<typeof statementOf>[1],
  context: PredictContext,
): Draft {
  const statement = statementOf(definition, action);
  if (statement === undefined) return nothing;
  const { effects } = context.inner(statement, context.catalog);
  const certain = effects.filter(({ work, sure }) => sure && work === 'none');
  const others = effects.filter(({ work, sure }) => !sure || work !== 'none');
  const locks = others.map((made) => ({ ...made, work: 'none' as const }));
  // how the rows are found hangs on the statement that the rule is put into
  return all(
    { effects: [...certain, ...locks] },
    unsure({ effects: others }, `the rule ${name} takes its conditions from the statement`),
  );
}
