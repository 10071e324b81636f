import type { Fragment } from './plpgsql.js';
import type { Ruler, Span } from './source.js';
import { advance, type Cursor, cursorAt } from './token.js';

/** Where a fragment stands in its body. */
export interface FragmentPlace extends Span {
  /** From UTF-16 indexes of the fragment's text to indexes of the body. */
  readonly index: Ruler;
}

/** A search that runs on to the end of the body for a fragment that is not there would make a long body slow. */
const farthest = 400;

/**
 * Makes the search for the fragments of a body, which must be asked for in their order: PL/pgSQL's tree gives only the line on
 * which the statement of each begins. The range is undefined if the text cannot be found.
 */
export function fragmentPlaces(body: string): (fragment: Fragment) => FragmentPlace | undefined {
  const lines = [0];
  for (let at = body.indexOf('\n'); at !== -1; at = body.indexOf('\n', at + 1)) lines.push(at + 1);
  let reached = 0;
  return (fragment) => {
    const line = lines[fragment.line - 1] ?? 0;
    const found = search(body, fragment, fragment.declared ? line : Math.max(line, reached));
    if (found !== undefined && !fragment.declared) reached = found.end;
    return found;
  };
}

function search(body: string, fragment: Fragment, from: number): FragmentPlace | undefined {
  const cursor = cursorAt(body, from);
  advance(cursor);
  for (let count = 0; cursor.kind !== 'end' && count < farthest; count++, advance(cursor)) {
    if (cursor.kind === 'comment') continue;
    const { start } = cursor;
    if (matches(body, start, fragment.text) || isWord(cursor, fragment)) {
      return { start, end: endOf(body, start + fragment.text.length, fragment), index: (i) => start + i };
    }
    // PL/pgSQL writes SELECT over PERFORM, which is one letter longer (pl_gram.y, stmt_perform)
    if (isPerform(cursor) && matches(body, start + 7, fragment.text.slice(6))) {
      const end = endOf(body, start + 1 + fragment.text.length, fragment);
      return { start, end, index: (i) => (i < 6 ? start + i : start + i + 1) };
    }
  }
  return undefined;
}

function isPerform({ text, kind, start, end }: Cursor): boolean {
  return kind === 'word' && end - start === 7 && text.slice(start, end).toLowerCase() === 'perform';
}

/** COMMIT and ROLLBACK have no text in PL/pgSQL's tree. */
function isWord({ text, kind, start, end }: Cursor, fragment: Fragment): boolean {
  return fragment.role === 'ending' && kind === 'word' && text.slice(start, end).toUpperCase() === fragment.text;
}

/** Whether the text stands there. PL/pgSQL blanks the INTO clause of a query, so a space stands for any character. */
function matches(body: string, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code !== body.charCodeAt(at + i) && code !== 32) return false;
  }
  return text.length > 0;
}

/** The end of the fragment; of a statement the last token before its semicolon, since an INTO clause at its end is cut off. */
function endOf(body: string, end: number, fragment: Fragment): number {
  if (fragment.role !== 'statement' && fragment.role !== 'ending') return end;
  const cursor = cursorAt(body, end);
  let last = end;
  for (advance(cursor); cursor.kind !== 'end'; advance(cursor)) {
    if (cursor.kind === 'symbol' && body[cursor.start] === ';') return last;
    if (cursor.kind !== 'comment') last = cursor.end;
  }
  return end;
}
