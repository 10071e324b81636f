import type { Catalog, Oid, Routine } from '../catalog/catalog.js';
import { findRoutines } from '../catalog/lookup.js';
import { type BodyStatement, isKind, type SqlProblem, type Statement } from '../sql/statement.js';
import { functionCalls } from '../sql/walk.js';

/**
 * What runs when a statement calls functions whose bodies the history shows (SELECT f(), PERFORM f(), CALL p()). A body that
 * stands in another place than the call is reported at the call: that is where it runs.
 */
export function calledBodies(statement: Statement, catalog: Catalog): readonly BodyStatement[] {
  return calledRoutines(statement, catalog).flatMap(({ definition }) =>
    (definition?.body ?? []).map((part) => ({ ...part, statement: at(part.statement, statement) })),
  );
}

/** What cannot be followed in the bodies of the functions that a statement calls, at the call. */
export function unreadBodies(statement: Statement, catalog: Catalog): readonly SqlProblem[] {
  return unreadOf(statement, catalog).map((problem) =>
    problem.source === statement.source ? problem : { ...problem, source: statement.source, span: statement.span },
  );
}

/** The same at its own place. */
export function unreadOf(statement: Statement, catalog: Catalog): readonly SqlProblem[] {
  return calledRoutines(statement, catalog).flatMap(({ definition }) => definition?.unread ?? []);
}

function calledRoutines(statement: Statement, catalog: Catalog): readonly Routine[] {
  if (!isKind(statement, 'SelectStmt') && !isKind(statement, 'CallStmt')) return [];
  if (catalog.routines.size === 0) return [];
  const found = new Map<Oid, Routine>();
  for (const call of functionCalls(statement.node)) {
    for (const routine of findRoutines(catalog, call.name)) {
      if (takes(routine, call.arguments)) found.set(routine.oid, routine);
    }
  }
  return [...found.values()];
}

function takes(routine: Routine, given: number): boolean {
  const inputs = routine.arguments.filter((argument) => !argument.output);
  return given <= inputs.length && given >= inputs.filter((argument) => !argument.hasDefault).length;
}

/** The statement of a body as a part of the call; one that is written in another file is reported where the call stands. */
function at(inner: Statement, call: Statement): Statement {
  const place = inner.source === call.source ? {} : { source: call.source, span: call.span, at: () => call.span.start };
  const moved: Statement = { ...inner, ...place, parent: call };
  return { ...moved, commands: inner.commands.map((command) => ({ ...command, ...place, parent: moved })) };
}
