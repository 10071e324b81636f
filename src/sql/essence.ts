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

/** The words of a text in small letters, and its symbols: what stands in comments, strings and quoted names is no syntax. */
export function syntaxOf(text: string): string {
  const words: string[] = [];
  const cursor = cursorAt(text, 0);
  for (advance(cursor); cursor.kind !== 'end'; advance(cursor)) {
    if (cursor.kind === 'comment') continue;
    const emptied = cursor.kind === 'string' ? "''" : cursor.kind === 'quoted-name' ? '""' : undefined;
    words.push(emptied ?? text.slice(cursor.start, cursor.end).toLowerCase());
  }
  return words.join(' ');
}
