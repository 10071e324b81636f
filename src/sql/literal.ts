import type { Place } from './place.js';
import { advance, cursorAt } from './token.js';

/**
 * The text within the string literal that stands at an index of a place (or after a keyword there), as a place of its own:
 * '…', E'…' or $tag$…$tag$.
 * `content` is what the parser made of it; undefined when the two do not agree (U&'…', a literal in several parts).
 */
export function literalPlace(outer: Place, at: number, content: string): Place | undefined {
  const cursor = cursorAt(outer.sql, at);
  do advance(cursor);
  while (cursor.kind === 'comment' || cursor.kind === 'word');
  if (cursor.kind !== 'string' || cursor.unterminated) return undefined;
  const { start, end } = cursor;
  const { source, sql, text, standIns } = outer;
  const open = sql[start] === '$' ? sql.indexOf('$', start + 1) + 1 - start : 1;
  if (sql.slice(start + open, end - open) === content) {
    const from = start + open;
    return {
      source,
      sql: content,
      text: text.slice(from, end - open),
      standIns,
      span: (a, b) => outer.span(from + a, from + b),
    };
  }
  const decoded = decode(sql, start, end);
  if (decoded.content !== content) return undefined;
  const index = (i: number) => decoded.indexes[i] ?? end - 1;
  const span = (a: number, b: number) => outer.span(index(a), Math.max(index(a), index(b)));
  return { source, sql: content, text: content, standIns, span };
}

const escapes: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/** What '…' and E'…' stand for, and the index at which each UTF-16 unit of it is written. */
function decode(text: string, start: number, end: number): { content: string; indexes: number[] } {
  const escaped = text[start] !== "'";
  const indexes: number[] = [];
  let content = '';
  for (let at = start + (escaped ? 2 : 1); at < end - 1; ) {
    const [written, meant] = unit(text, at, escaped);
    for (let i = 0; i < meant.length; i++) indexes.push(at);
    content += meant;
    at += written;
  }
  return { content, indexes };
}

function unit(text: string, at: number, escaped: boolean): [written: number, meant: string] {
  const character = text.charAt(at);
  if (character === "'") return [2, "'"];
  if (character !== '\\' || !escaped) return [1, character];
  const next = text.charAt(at + 1);
  // the numeric escapes of scan.l: xeoctesc, xehexesc, xeunicode
  const numeric = /^(?:x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([0-7]{1,3}))/.exec(
    text.slice(at + 1, at + 10),
  );
  if (numeric === null) return [2, escapes[next] ?? next];
  const [all, hex, short, long, octal = '0'] = numeric;
  const code = Number.parseInt(
    hex ?? short ?? long ?? octal,
    hex === undefined && short === undefined && long === undefined ? 8 : 16,
  );
  return [1 + all.length, code > 0x10ffff ? '' : String.fromCodePoint(code)];
}
