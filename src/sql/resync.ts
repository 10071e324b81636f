import { type Lexed, type LexedStatement, lex } from './lexer.js';
import type { PlaceholderSyntax } from './placeholder.js';

/** Words that begin a statement at the beginning of a line. */
const opening =
  /^(?:create|alter|drop|comment|grant|revoke|insert|update|delete|select|set|begin|commit|do|truncate|with|call)\b/i;
/** Of these, those that are rare at the beginning of a line of a body. */
const outermost = /^(?:create|alter|drop|comment|grant|revoke)\b/i;
const routine = /^(?:create\s+(?:or\s+replace\s+)?(?:function|procedure|rule)|do)\b/i;

/**
 * Where a statement that the grammar refuses seems to end, when a forgotten quote or parenthesis made it swallow those after it:
 * after a semicolon at the end of a line, when the next line begins a statement. Undefined when it has swallowed nothing.
 */
export function swallowed(text: string, statement: LexedStatement): number | undefined {
  const isRoutine = routine.test(text.slice(statement.start, statement.start + 100));
  // semicolons are at home in a body, so only one that never ends is cut
  if (isRoutine && !statement.unterminated) return undefined;
  let ended = -1;
  for (let at = statement.start; at < statement.end; ) {
    const newline = text.indexOf('\n', at);
    const next = newline === -1 ? text.length : newline + 1;
    const line = text.slice(at, next);
    const trimmed = line.trim();
    if (ended !== -1 && trimmed !== '' && !trimmed.startsWith('--')) {
      if (isRoutine ? outermost.test(line) : opening.test(trimmed)) return ended;
      ended = -1;
    }
    if (trimmed.endsWith(';')) ended = at + line.lastIndexOf(';') + 1;
    at = next;
  }
  return undefined;
}

/** Splits a text anew from the statement at `position` on, which ends at `end`. */
export function splitAgain(
  text: string,
  lexed: Lexed,
  position: number,
  end: number,
  enabled: readonly PlaceholderSyntax[],
): Lexed {
  const start = lexed.statements[position]?.start ?? end;
  const own = lex(text.slice(0, end), start, enabled);
  const rest = lex(text, end, enabled);
  const before = <T extends { readonly start: number }>(items: readonly T[]) =>
    items.filter((item) => item.start < start);
  return {
    statements: [...lexed.statements.slice(0, position), ...own.statements, ...rest.statements],
    comments: [...before(lexed.comments), ...own.comments, ...rest.comments],
    metaCommands: [...before(lexed.metaCommands), ...own.metaCommands, ...rest.metaCommands],
    data: [...before(lexed.data), ...own.data, ...rest.data],
    openComment: rest.openComment,
  };
}
