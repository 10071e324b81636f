import { advance, cursorAt } from './token.js';

/** A text of SQL or PL/pgSQL without what means nothing in it: comments, blank space, the case of words. */
export function essence(text: string): string {
  const words: string[] = [];
  const cursor = cursorAt(text, 0);
  for (advance(cursor); cursor.kind !== 'end'; advance(cursor)) {
    if (cursor.kind === 'comment') continue;
    const written = text.slice(cursor.start, cursor.end);
    words.push(cursor.kind === 'word' ? written.toLowerCase() : written);
  }
  return words.join(' ');
}
