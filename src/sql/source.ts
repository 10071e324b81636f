/** Half-open range of UTF-16 indexes into the text of a {@link Source}. The one unit of place inside Lockkeeper. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A place for people: 1-based line and column (UTF-16 code units, as editors and SARIF count). */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Maps positions in another unit (UTF-8 bytes, code points) to UTF-16 indexes of the same text. */
export type Ruler = (position: number) => number;

const identity: Ruler = (position) => position;

// biome-ignore lint/suspicious/noControlCharactersInRegex: the ASCII range is what is asked for
const ascii = /^[\x00-\x7f]*$/;

/**
 * Makes the ruler from UTF-8 byte offsets (libpg-query's node locations) to UTF-16 indexes of `text`; a lone surrogate counts as the
 * three bytes of the character that replaces it. A position within a character gives its beginning, one past the end the length.
 */
export function byteRuler(text: string): Ruler {
  return ruler(text, (code) => (code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4));
}

/** Makes the ruler from code points (the cursor of libpg-query's syntax errors) to UTF-16 indexes of `text`. */
export function codePointRuler(text: string): Ruler {
  return ruler(text, () => 1);
}

/** Keeps a mark only behind each character that is wider in one of the two units, for SQL is ASCII but for names and comments. */
function ruler(text: string, widthOf: (code: number) => number): Ruler {
  if (ascii.test(text)) return identity;
  const positions: number[] = [0];
  const indexes: number[] = [0];
  let position = 0;
  for (let i = 0; i < text.length; ) {
    const code = text.codePointAt(i) ?? 0;
    const units = code > 0xffff ? 2 : 1;
    const width = widthOf(code);
    i += units;
    position += width;
    if (width === units && width === 1) continue;
    positions.push(position);
    indexes.push(i);
  }
  const startOf = (mark: number) => {
    const end = indexes[mark] ?? text.length;
    return (text.codePointAt(end - 2) ?? 0) > 0xffff ? end - 2 : end - 1;
  };
  return (asked) => {
    let low = 0;
    let high = positions.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((positions[middle] ?? 0) <= asked) low = middle;
      else high = middle - 1;
    }
    const index = (indexes[low] ?? 0) + asked - (positions[low] ?? 0);
    return Math.min(index, low + 1 < positions.length ? startOf(low + 1) : text.length);
  };
}

/** A file (or a piece of text that stands for one) with its name as people know it, relative to the working directory. */
export class Source {
  readonly file: string;
  readonly text: string;
  #lineStarts: number[] | undefined;

  constructor(file: string, text: string) {
    this.file = file;
    this.text = text;
  }

  /** The 1-based line and column of a UTF-16 index; an index past the end gives the place just after the last character. */
  position(index: number): Position {
    const starts = this.#starts();
    const at = Math.max(0, Math.min(index, this.text.length));
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= at) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: at - (starts[low] ?? 0) + 1 };
  }

  /** The text of a 1-based line, without its line ending; empty past the end. */
  line(number: number): string {
    const starts = this.#starts();
    const start = starts[number - 1];
    if (start === undefined) return '';
    return this.text.slice(start, starts[number] ?? this.text.length).replace(/\r?\n$|\r$/, '');
  }

  /** The text of a span. */
  slice(span: Span): string {
    return this.text.slice(span.start, span.end);
  }

  #starts(): number[] {
    if (this.#lineStarts === undefined) {
      const starts = [0];
      for (let at = this.text.indexOf('\n'); at !== -1; at = this.text.indexOf('\n', at + 1)) starts.push(at + 1);
      this.#lineStarts = starts;
    }
    return this.#lineStarts;
  }
}
