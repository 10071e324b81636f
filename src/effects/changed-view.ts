import type { Catalog, Relation, View } from '../catalog/catalog.js';
import { findRelation } from '../catalog/lookup.js';
import { brokenCondition } from '../catalog/pruning.js';
import type { RangeVar } from '../sql/tree.js';
import { asConditions } from './change.js';
import type { PredictContext } from './context.js';
import { all, type Draft, fail, nothing } from './draft.js';
import { fireInstead } from './fire.js';
import { followRules } from './follow-rules.js';
import type { Row } from './selected-rows.js';
import { updatableView } from './updatable-view.js';

/** A statement that changes what a view shows. */
export interface ViewChange {
  readonly event: 'insert' | 'update' | 'delete';
  /** The columns that get values, by the names that the view has for them. */
  readonly columns: readonly string[];
  /** What it takes to read the rows of the view that are meant. */
  readonly read: () => Draft;
}

const commands = { insert: 'CMD_INSERT', update: 'CMD_UPDATE', delete: 'CMD_DELETE' } as const;
const verbs = { insert: 'insert into', update: 'update', delete: 'delete from' } as const;

/**
 * What is done in the place of a change of a view, by a rule or a trigger, or why it is refused (rewriteTargetView); undefined where the one
 * table behind is changed.
 */
export function changedView(
  range: RangeVar | undefined,
  change: ViewChange,
  context: PredictContext,
): Draft | undefined {
  const relation = findRelation(context.catalog, range);
  return relation?.kind === 'view' ? throughView(relation, change, context, 0) : undefined;
}

function throughView(view: View, change: ViewChange, context: PredictContext, depth: number): Draft | undefined {
  const { event, read, columns } = change;
  const { catalog } = context;
  const rules = followRules(view, commands[event], context);
  // an action may name the rows that are meant; without one nothing is read
  const reads = (draft: Draft) => all(draft, event === 'insert' ? nothing : read());
  if (rules.replaced) return rules.acts ? reads(rules.draft) : rules.draft;
  if (view.triggers.some(({ events }) => events.includes(event))) return reads(fireInstead(view, event, context));
  const updatable = updatableView(catalog, view);
  if (updatable === undefined || depth > 20) return undefined;
  if (updatable === 'never') return fail(`cannot ${verbs[event]} view "${view.name}"`, '55000');
  const places = columns.map((name) => view.columns.findIndex((column) => column.name === name));
  const behind = places.map((at) => (at === -1 ? undefined : updatable.columns[at]));
  const computed = columns.find((_, at) => places[at] !== -1 && behind[at] === undefined);
  if (computed !== undefined)
    return fail(
      `cannot ${event === 'insert' ? 'insert into' : 'update'} column "${computed}" of view "${view.name}"`,
      '0A000',
    );
  if (event !== 'delete' && updatable.columns.every((name) => name === undefined))
    return fail(`cannot ${verbs[event]} view "${view.name}"`, '55000');
  const { base } = updatable;
  if (base.kind !== 'view') return undefined;
  return throughView(base, { ...change, columns: behind.flatMap((name) => name ?? []) }, context, depth + 1);
}

/** The view whose CHECK OPTION keeps out a row of the table behind. */
export function outOfView(
  relation: Relation | undefined,
  row: Row,
  catalog: Catalog,
  cascaded = false,
): string | undefined {
  if (relation?.kind !== 'view') return undefined;
  const updatable = updatableView(catalog, relation);
  if (updatable === undefined || updatable === 'never') return undefined;
  const option = relation.options.check_option;
  const { base, condition } = updatable;
  const isBroken = () =>
    condition && brokenCondition(catalog, base, asConditions(rowOf(base, row, catalog)), condition);
  if ((cascaded || option !== undefined) && isBroken()) return relation.name;
  return outOfView(base, row, catalog, cascaded || option === 'cascaded');
}

/** A row of the table behind as a view shows it. */
function rowOf(relation: Relation, row: Row, catalog: Catalog): Row {
  const updatable = relation.kind === 'view' ? updatableView(catalog, relation) : undefined;
  if (relation.kind !== 'view' || updatable === undefined || updatable === 'never') return row;
  const below = rowOf(updatable.base, row, catalog);
  return new Map(relation.columns.map(({ name }, at) => [name, below.get(updatable.columns[at] ?? '')]));
}
