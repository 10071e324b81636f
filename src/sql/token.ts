import { type Placeholder, placeholderAt } from './placeholder.js';

/** What a stretch of SQL text is, as far as splitting asks. */
export type TokenKind =
  | 'word'
  | 'quoted-name'
  | 'string'
  | 'number'
  | 'symbol'
  | 'comment'
  | 'placeholder'
  | 'backslash'
  | 'end';

/**
 * A place in a text and the token that stands there. It is changed in place by {@link advance}: a folder of
 * migrations has a million tokens and an object for each would take longer than reading them.
 */
export interface Cursor {
  readonly text: string;
  kind: TokenKind;
  start: number;
  end: number;
  /** The character of a symbol, of other tokens the first one. */
  code: number;
  /** Of a placeholder. */
  placeholder: Placeholder | undefined;
  /** Brackets open here, outside ARRAY[…]: a colon in them is a slice. */
  slices: number;
  /** Where the next `{{ … }}` stands, within which quotes close nothing; infinite if it is no placeholder here. */
  template: number;
  /** The quoted token contains a quote within `{{ … }}`. */
  templated: boolean;
  /** A quote, dollar quote or block comment that nothing closes; it reaches to the end of the text. */
  unterminated: boolean;
}

/** A cursor before the first token at or after `at`. */
export function cursorAt(text: string, at: number, templates = false): Cursor {
  return {
    text,
    kind: 'end',
    start: at,
    end: at,
    code: 0,
    placeholder: undefined,
    slices: 0,
    template: templates ? nextTemplate(text, at) : Number.POSITIVE_INFINITY,
    templated: false,
    unterminated: false,
  };
}

// what a character can begin or continue; everything from U+0080 on belongs to identifiers (scan.l, ident_start)
const blank = 1;
const nameStart = 2;
const digit = 4;
const classes = new Uint8Array(128);
for (const c of ' \t\n\r\f\v\ufeff') if (c < '\x7f') classes[c.charCodeAt(0)] = blank;
for (const c of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_') classes[c.charCodeAt(0)] = nameStart;
for (const c of '0123456789') classes[c.charCodeAt(0)] = digit;

function classOf(code: number): number {
  return code < 128 ? (classes[code] ?? 0) : code === 0xfeff ? blank : nameStart;
}

const quote = 39;
const doubleQuote = 34;
const dollar = 36;
const colon = 58;
const brace = 123;
const percent = 37;

/** Moves the cursor to the next token, comments included. */
export function advance(cursor: Cursor): void {
  const { text } = cursor;
  let at = cursor.end;
  let code = text.charCodeAt(at);
  while (classOf(code) === blank && at < text.length) code = text.charCodeAt(++at);
  cursor.start = at;
  cursor.code = code;
  if (at >= text.length) {
    cursor.kind = 'end';
    cursor.end = at;
    return;
  }
  const kind = classOf(code);
  if (kind === nameStart) word(cursor);
  else if (kind === digit) number(cursor);
  else symbol(cursor);
}

function symbol(cursor: Cursor): void {
  const { text, start: at, code } = cursor;
  const next = text.charCodeAt(at + 1);
  cursor.end = at + 1;
  cursor.kind = 'symbol';
  switch (code) {
    case quote:
      cursor.kind = 'string';
      cursor.end = closing(cursor, quote, at + 1);
      return;
    case doubleQuote:
      cursor.kind = 'quoted-name';
      cursor.end = closing(cursor, doubleQuote, at + 1);
      return;
    case dollar:
      if (next === brace || next === percent) placeholder(cursor);
      else dollarQuote(cursor);
      return;
    case colon:
      if (next === colon || next === 61) {
        cursor.end = at + 2;
      } else if (cursor.slices === 0) placeholder(cursor);
      return;
    case brace:
      if (next === brace) placeholder(cursor);
      return;
    case 45: // -
      if (next === 45) lineComment(cursor);
      return;
    case 47: // /
      if (next === 42) blockComment(cursor);
      return;
    case 91: // [
      if (cursor.slices > 0 || !/\barray\s*$/i.test(text.slice(Math.max(0, at - 12), at))) cursor.slices++;
      return;
    case 93: // ]
      if (cursor.slices > 0) cursor.slices--;
      return;
    case 92: // \
      cursor.kind = 'backslash';
  }
}

function word(cursor: Cursor): void {
  const { text } = cursor;
  let at = cursor.start + 1;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === dollar) {
      const next = text.charCodeAt(at + 1);
      if (next === brace || next === percent) break;
    } else if ((classOf(code) & (nameStart | digit)) === 0) break;
  }
  cursor.kind = 'word';
  cursor.end = at;
  if (at === cursor.start + 1 && (cursor.code | 32) === 101 && text.charCodeAt(at) === quote) {
    cursor.kind = 'string';
    cursor.end = escapeString(cursor, at + 1);
  }
}

function number(cursor: Cursor): void {
  const { text } = cursor;
  let at = cursor.start + 1;
  while ((classOf(text.charCodeAt(at)) & (nameStart | digit)) !== 0 && at < text.length) at++;
  cursor.kind = 'number';
  cursor.end = at;
}

function nextTemplate(text: string, from: number): number {
  const at = text.indexOf('{{', from);
  return at === -1 ? Number.POSITIVE_INFINITY : at;
}

/** The index after the quote that closes; a doubled quote does not. */
function closing(cursor: Cursor, mark: number, from: number): number {
  const { text } = cursor;
  const character = mark === quote ? "'" : '"';
  cursor.templated = false;
  if (cursor.template < from) cursor.template = nextTemplate(text, from);
  for (let at = text.indexOf(character, from); at !== -1; at = text.indexOf(character, at)) {
    if (cursor.template < at) {
      const close = text.indexOf('}}', cursor.template);
      if (close > at) cursor.templated = true;
      at = Math.max(at, close + 2);
      cursor.template = close === -1 ? Number.POSITIVE_INFINITY : nextTemplate(text, close);
    } else if (text.charCodeAt(at + 1) === mark) at += 2;
    else return at + 1;
  }
  cursor.unterminated = true;
  return text.length;
}

/** E'…': a backslash escapes. It goes on in a string that follows after a newline (scan.l, quotecontinue). */
function escapeString(cursor: Cursor, from: number): number {
  const { text } = cursor;
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 92) at++;
    else if (code === quote) {
      if (text.charCodeAt(at + 1) === quote) at++;
      else {
        let next = at + 1;
        while (classOf(text.charCodeAt(next)) === blank && next < text.length) next++;
        if (text.charCodeAt(next) !== quote || !/[\r\n]/.test(text.slice(at, next))) return at + 1;
        at = next;
      }
    }
  }
  cursor.unterminated = true;
  return text.length;
}

function dollarQuote(cursor: Cursor): void {
  const { text, start } = cursor;
  let at = start + 1;
  if (classOf(text.charCodeAt(at)) === nameStart) {
    while ((classOf(text.charCodeAt(at)) & (nameStart | digit)) !== 0 && at < text.length) at++;
  }
  if (text.charCodeAt(at) !== dollar) return;
  const tag = text.slice(start, at + 1);
  const close = text.indexOf(tag, at + 1);
  cursor.kind = 'string';
  cursor.unterminated = close === -1;
  cursor.end = close === -1 ? text.length : close + tag.length;
}

function placeholder(cursor: Cursor): void {
  const found = placeholderAt(cursor.text, cursor.start);
  if (found === undefined) return;
  cursor.kind = 'placeholder';
  cursor.placeholder = found;
  cursor.end = found.end;
}

function lineComment(cursor: Cursor): void {
  const { text } = cursor;
  let at = cursor.start + 2;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 10 || code === 13) break;
  }
  cursor.kind = 'comment';
  cursor.end = at;
}

function blockComment(cursor: Cursor): void {
  const { text } = cursor;
  let depth = 1;
  let at = cursor.start + 2;
  for (; at < text.length && depth > 0; at++) {
    const code = text.charCodeAt(at);
    if (code === 42 && text.charCodeAt(at + 1) === 47) {
      depth--;
      at++;
    } else if (code === 47 && text.charCodeAt(at + 1) === 42) {
      depth++;
      at++;
    }
  }
  cursor.kind = 'comment';
  cursor.unterminated = depth > 0;
  cursor.end = Math.min(at, text.length);
}
