/** Ways in which a text of a project is broken: none may make a reader throw, or lose a migration without a word. */

/** A whole number below `limit`, the next of a fixed row. */
export type Random = (limit: number) => number;

/** The same row of numbers each time. */
export function row(start = 7): Random {
  let state = start;
  return (limit) => {
    state = (state * 1103515245 + 12345) & 0x7fffffff;
    return state % Math.max(1, limit);
  };
}

export const mutations: Readonly<Record<string, (text: string, random: Random) => string>> = {
  empty: () => '',
  blank: () => '\n\n',
  binary: () => 'PK\u0003\u0004\u0000\u0001\u0002\ufffd\u0000x\u0000',
  truncated: (text, random) => text.slice(0, random(text.length)),
  beheaded: (text, random) => text.slice(random(text.length)),
  flipped: (text, random) => {
    const letters = [...text];
    for (let times = 0; times < 5; times++) {
      const at = random(letters.length);
      letters[at] = String.fromCharCode((letters[at]?.charCodeAt(0) ?? 32) ^ (1 << random(7)));
    }
    return letters.join('');
  },
  swapped: (text, random) => {
    const lines = text.split('\n');
    const [a, b] = [random(lines.length), random(lines.length)];
    return lines.map((line, at) => (at === a ? lines[b] : at === b ? lines[a] : line)).join('\n');
  },
  short: (text, random) => {
    const lines = text.split('\n');
    return lines.toSpliced(random(lines.length), 1).join('\n');
  },
  doubled: (text) => text + text,
  'CR LF': (text) => text.replaceAll('\n', '\r\n'),
  CR: (text) => text.replaceAll('\n', '\r'),
  'byte order mark': (text) => `\ufeff${text}`,
  'no quote': (text) => text.replace(/["']/, ''),
  'no bracket': (text) => text.replace(/[)}\]]/, ''),
  'open comment': (text) => `${text}\n/* never closed`,
  'open dollar quote': (text) => `${text}\nselect $x$ never closed`,
  'deep brackets': (text) => `${'{['.repeat(3000)}${text}`,
  'deep tags': (text) => `${'<a>'.repeat(3000)}${text}`,
  anchors: (text) => `&a [*a, *a]\n: : :\n\t- x\n${text}`,
  entities: (text) => `<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>\n${text}`,
};
