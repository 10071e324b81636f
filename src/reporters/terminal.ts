/**
 * Text from a file made safe for a terminal and a CI log: an escape sequence in a migration must not move a reviewer's cursor, and
 * a line of it must not be a command to GitHub's runner. Control characters (and those that turn the direction of writing)
 * become visible signs; tabs and line feeds stay.
 */
export function visible(text: string): string {
  return withoutCommands(text.replace(/\r(?=\n)/g, '')).replace(unsafe, (char) => {
    const code = char.codePointAt(0) ?? 0;
    return code < 0x20 ? String.fromCodePoint(0x2400 + code) : code === 0x7f ? '\u2421' : '\ufffd';
  });
}

/**
 * Text that GitHub's runner takes for no workflow command, `::name …::` at the start of a line or `##[name` anywhere: a space
 * parts the signs.
 */
export function withoutCommands(text: string): string {
  return text.replace(/^(\s*):(?=:[\w-]+(?: [^\n]*)?::)/gm, '$1: ').replaceAll('##[', '## [');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const unsafe = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const zero = /\p{Mn}|\p{Me}|\u200c|\u200d/u;

/** The columns that text takes on a terminal: East Asian characters and emoji two, combining marks none. */
export function columns(text: string): number {
  let sum = 0;
  for (const char of text) sum += zero.test(char) ? 0 : wide.test(char) ? 2 : 1;
  return sum;
}

/** The first `most` columns of text, with … where it is cut. */
export function clip(text: string, most: number): string {
  if (columns(text) <= most) return text;
  let cut = '';
  let sum = 0;
  for (const char of text) {
    sum += columns(char);
    if (sum > most - 1) break;
    cut += char;
  }
  return `${cut}…`;
}

/** Text filled with spaces to `width` columns. */
export function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - columns(text)));
}

/** Text broken at spaces into lines of at most `width` columns; a longer word keeps a line of its own. */
export function wrap(text: string, width: number): readonly string[] {
  return fill(text.split(/\s+/), width);
}

/** Words set one after the other into lines of at most `width` columns; a longer one keeps a line of its own. */
export function fill(words: readonly string[], width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of words) {
    if (line !== '' && columns(line) + 1 + columns(word) > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** A statement on one line, without comments' line breaks and with single spaces. */
export function oneLine(sql: string): string {
  return visible(sql.replace(/\s+/g, ' ').trim());
}
