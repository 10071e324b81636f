import { commandSpans } from './commands.js';
import type { RawStatement } from './parse.js';
import type { Place } from './place.js';
import type { Ruler, Span } from './source.js';
import { type BodyStatement, isKind, type SqlProblem, type Statement } from './statement.js';

/** A statement with what is needed to read its body into it. */
export interface Draft {
  readonly statement: Statement;
  /** The statement's own arrays, to be filled. */
  readonly body: BodyStatement[];
  readonly unread: SqlProblem[];
  /** Reads the body of a function again, for what it is called with; absent where that says no more. */
  again?: NonNullable<Statement['called']>;
  readonly place: Place;
  readonly range: Span;
  /** From locations of the statement's nodes to indexes of the place's text. */
  readonly index: Ruler;
}

/** Where a statement is found in another one. */
export type Within = Pick<Statement, 'parent' | 'variables'>;

/** Makes the statement that stands at `range` of a place. */
export function build(place: Place, raw: RawStatement, range: Span, index: Ruler, within: Within = {}): Draft {
  const commands: Statement[] = [];
  const body: BodyStatement[] = [];
  const unread: SqlProblem[] = [];
  const statement: Statement = {
    kind: raw.kind,
    node: raw.node,
    ...placed(place, range, index),
    ...within,
    commands,
    body,
    ...(raw.kind === 'CreateFunctionStmt' || raw.kind === 'DoStmt' ? { unread } : {}),
    ...(raw.kind === 'CreateFunctionStmt' && {
      called: (parameters) => draft.again?.(parameters) ?? { body, unread },
    }),
  };
  const draft: Draft = { statement, body, unread, place, range, index };
  if (isKind(statement, 'AlterTableStmt')) {
    for (const command of commandsOf(place, statement, range, index)) commands.push(command);
  }
  return draft;
}

function placed(
  place: Place,
  range: Span,
  index: Ruler,
): Pick<Statement, 'text' | 'parsed' | 'source' | 'span' | 'at' | 'textAt'> {
  const span = place.span(range.start, range.end);
  const text = place.text.slice(range.start, range.end);
  const parsed = place.sql === place.text ? text : place.sql.slice(range.start, range.end);
  return {
    text,
    ...(parsed !== text && { parsed }),
    source: place.source,
    span,
    // the grammar says -1, or nothing, where a node stands nowhere
    at: (location) =>
      location === undefined || location < 0 ? span.start : place.span(index(location), range.end).start,
    textAt: (location) => (location === undefined || location < 0 ? 0 : index(location) - range.start),
  };
}

function commandsOf(
  place: Place,
  statement: Statement<'AlterTableStmt'> & Statement,
  range: Span,
  index: Ruler,
): Statement[] {
  const { node } = statement;
  const commands = (node.cmds ?? []).flatMap((command) => ('AlterTableCmd' in command ? [command.AlterTableCmd] : []));
  const spans = commandSpans(place.sql, range, index(node.relation?.location ?? 0), commands.length);
  return commands.flatMap((command, i) => {
    if (command.subtype === undefined) return [];
    const own = placed(place, spans?.[i] ?? range, index);
    return [{ kind: command.subtype, node: command, ...own, parent: statement, commands: [], body: [] }];
  });
}
