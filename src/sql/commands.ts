import type { Span } from './source.js';
import { advance, cursorAt } from './token.js';

/**
 * Cuts an ALTER TABLE (INDEX, VIEW, TYPE …) into its commands. `relation` is the index at which the relation's name stands.
 * Gives undefined when the text does not show as many commands as the grammar found.
 */
export function commandSpans(text: string, statement: Span, relation: number, count: number): Span[] | undefined {
  const cursor = cursorAt(text, relation);
  const next = () => {
    do advance(cursor);
    while (cursor.kind === 'comment');
  };
  const at = (symbol: string) => cursor.kind === 'symbol' && text[cursor.start] === symbol;
  next();
  for (next(); at('.'); next()) next();
  if (at(')')) next();
  if (at('*')) next();
  const spans: Span[] = [];
  let depth = 0;
  let start = cursor.start;
  let end = start;
  for (; cursor.start < statement.end && cursor.kind !== 'end'; next()) {
    if (at('(') || at('[')) depth++;
    else if (at(')') || at(']')) depth--;
    if (depth === 0 && at(',')) {
      spans.push({ start, end });
      start = -1;
    } else {
      if (start === -1) start = cursor.start;
      end = cursor.end;
    }
  }
  if (start !== -1) spans.push({ start, end });
  return spans.length === count ? spans : undefined;
}
