import { advance, type Cursor, cursorAt } from './token.js';

/** A text of SQL or PL/pgSQL without what means nothing in it: comments, blank space, the case of words. */
export function essence(text: string): string {
  return tokens(text, ({ kind }, written) => (kind === 'word' ? written.toLowerCase() : written));
}

/** The words of a text in small letters, and its symbols: what stands in comments, strings and quoted names is no syntax. */
export function syntaxOf(text: string): string {
  return tokens(text, ({ kind }, written) => {
    if (kind === 'string') return "''";
    return kind === 'quoted-name' ? '""' : written.toLowerCase();
  });
}

/** The tokens of a text but its comments, each as it is to be told. */
function tokens(text: string, tell: (cursor: Cursor, written: string) => string): string {
  const told: string[] = [];
  const cursor = cursorAt(text, 0);
  for (advance(cursor); cursor.kind !== 'end'; advance(cursor)) {
    if (cursor.kind !== 'comment') told.push(tell(cursor, text.slice(cursor.start, cursor.end)));
  }
  return told.join(' ');
}
