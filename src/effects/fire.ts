import { apply } from '../catalog/apply.js';
import type { Table, Trigger, View } from '../catalog/catalog.js';
import { findRoutines } from '../catalog/lookup.js';
import type { BodyStatement, Statement } from '../sql/statement.js';
import type { PredictContext } from './context.js';
import { all, type Draft, fail, forRowsOf, nothing, unsure } from './draft.js';
import type { Effect } from './effect.js';

/** What happens to a table that triggers may wait for. */
export interface Event {
  readonly event: Trigger['events'][number];
  /** The columns that an UPDATE sets. */
  readonly columns?: readonly string[];
}

/** What the triggers of a table do on an event, as far as the history shows their functions: if there are rows, but for TRUNCATE. */
export function fire(table: Table, { event, columns }: Event, context: PredictContext): Draft {
  const fired = table.triggers.filter(
    (trigger) =>
      trigger.enabled &&
      trigger.events.includes(event) &&
      (event !== 'update' || trigger.columns.length === 0 || trigger.columns.some((name) => columns?.includes(name))),
  );
  const draft = all(...fired.map((trigger) => runTrigger(trigger, context)));
  return event === 'truncate' ? draft : forRowsOf(context.catalog, table, draft);
}

/** What the INSTEAD OF triggers of a view do in the place of a change: of rows that there are, but for INSERT. */
export function fireInstead({ triggers }: View, event: Event['event'], context: PredictContext): Draft {
  const fired = triggers.filter(({ enabled, events }) => enabled && events.includes(event));
  const draft = all(...fired.map((trigger) => runTrigger(trigger, context)));
  return event === 'insert' ? draft : unsure(draft, 'if the view shows such rows');
}

function runTrigger(trigger: Trigger, context: PredictContext): Draft {
  const [routine] = findRoutines(context.catalog, trigger.function.split('.'));
  return routine?.definition === undefined ? nothing : runBody(routine.definition.body, context);
}

/** What the statements of a body do, each in the schema that the ones before it leave. */
export function runBody(body: readonly BodyStatement[], context: PredictContext): Draft {
  let { catalog } = context;
  const drafts: Draft[] = [];
  for (const { statement, conditional, repeated, caught } of body) {
    const run = inFunction(context.inner(statement, catalog), statement);
    const once = caught ? foreseen(run) : run;
    const draft = repeated ? inLoop(once) : once;
    drafts.push(conditional ? unsure(draft, 'under a condition that may not hold') : draft);
    catalog = apply(statement, catalog, { born: 0, pg: context.pg });
  }
  return all(...drafts);
}

/** A failure that an exception handler waits for. */
function foreseen(draft: Draft): Draft {
  return draft.failure === undefined ? draft : { ...draft, failure: { ...draft.failure, sure: false } };
}

/** A few rows in each turn of a loop come to many. */
function inLoop(draft: Draft): Draft {
  const changed = draft.effects.filter(
    ({ kind, lock, work }) => kind === 'table' && lock === 'RowExclusiveLock' && work === 'none',
  );
  const effects = changed.map(
    (made): Effect => ({ ...made, work: 'rows', sure: false, why: 'its rows are changed in every turn of a loop' }),
  );
  return all(draft, { effects });
}

/** What cannot run in a transaction block cannot run in a function either. */
function inFunction(draft: Draft, statement: Statement): Draft {
  if (!draft.forbidden) return draft;
  const command = statement.text.trim().split(/\s+/)[0]?.toUpperCase() ?? '';
  return fail(`${command} cannot be executed from a function`, '25001');
}
