import type { Catalog } from '../catalog/catalog.js';
import { type Called, calledRoutines } from '../effects/calls.js';
import { type BodyStatement, isKind, type SqlProblem, type Statement } from '../sql/statement.js';

/**
 * What runs when a statement calls functions whose bodies the history shows (SELECT f(), PERFORM f(), CALL p()). A body that
 * stands in another place than the call is reported at the call: that is where it runs.
 */
export function calledBodies(statement: Statement, catalog: Catalog): readonly BodyStatement[] {
  return calledBy(statement, catalog).flatMap(({ body, once }) =>
    body.map((part) => ({
      ...part,
      conditional: part.conditional || !once,
      repeated: part.repeated || !once,
      statement: at(part.statement, statement),
    })),
  );
}

/** What cannot be followed in the bodies of the functions that a statement calls: at its own place, once for each function at the call if that is in another file. */
export function unreadBodies(statement: Statement, catalog: Catalog): readonly SqlProblem[] {
  return calledBy(statement, catalog).flatMap(({ routine, unread }) => {
    const here = unread.filter(({ source }) => source === statement.source);
    const [away] = unread.filter(({ source }) => source !== statement.source);
    if (away === undefined) return here;
    const name = `${routine.schema}.${routine.name}`;
    const message = `${name}() cannot be followed: ${away.reason ?? away.message}`;
    return [...here, { ...away, message, routine: name, source: statement.source, span: statement.span }];
  });
}

/** The same at its own place. */
export function unreadOf(statement: Statement, catalog: Catalog): readonly SqlProblem[] {
  return calledBy(statement, catalog).flatMap(({ unread }) => unread);
}

function calledBy(statement: Statement, catalog: Catalog): readonly Called[] {
  if (isKind(statement, 'SelectStmt'))
    return calledRoutines({ SelectStmt: statement.node }, catalog, statement.variables);
  return isKind(statement, 'CallStmt')
    ? calledRoutines({ CallStmt: statement.node }, catalog, statement.variables)
    : [];
}

/** The statement of a body as a part of the call; one that is written in another file is reported where the call stands. */
function at(inner: Statement, call: Statement): Statement {
  const place = inner.source === call.source ? {} : { source: call.source, span: call.span, at: () => call.span.start };
  const moved: Statement = { ...inner, ...place, parent: call };
  return { ...moved, commands: inner.commands.map((command) => ({ ...command, ...place, parent: moved })) };
}
