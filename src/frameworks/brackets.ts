/** Looks for what is broken in formats that no parser here reads (JSON5, HCL): brackets and quotes that do not close. */

const closing: Readonly<Record<string, string>> = { '{': '}', '[': ']', '(': ')' };

/** What ends before its end, or ends what did not begin, and where. */
export interface BracketFault {
  readonly why: string;
  readonly at: number;
}

/** The first bracket, quote or comment that does not close; in HCL `#` begins a comment, `<<X` a text, and a quote may hold `${…}`. */
export function bracketFault(text: string, hcl: boolean): BracketFault | undefined {
  const open: { readonly wants: string; readonly at: number }[] = [];
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    const skip = skipped(text, at, hcl);
    if (skip !== undefined) {
      if (skip > text.length) return { why: `${char === '/' ? 'a comment' : 'a quote'} is not closed`, at };
      at = skip - 1;
    } else if (closing[char] !== undefined) open.push({ wants: closing[char], at });
    else if (/[\])}]/.test(char)) {
      if (open.pop()?.wants !== char) return { why: `unexpected ${char}`, at };
    }
  }
  const [first] = open;
  return first === undefined ? undefined : { why: `${text.charAt(first.at)} is not closed`, at: first.at };
}

/** The index behind the comment or text that begins at an index; past the end when it does not close, undefined where none begins. */
function skipped(text: string, at: number, hcl: boolean): number | undefined {
  const char = text.charAt(at);
  const line = () => (text.indexOf('\n', at) === -1 ? text.length : text.indexOf('\n', at));
  if (text.startsWith('//', at) || (hcl && char === '#')) return line();
  if (text.startsWith('/*', at)) return behind(text, '*/', at + 2);
  const [heredoc, word = ''] = (hcl ? /^<<-?(\w+)[ \t]*\r?\n/.exec(text.slice(at, at + 200)) : undefined) ?? [];
  if (heredoc !== undefined) {
    const end = new RegExp(`^[ \\t]*${word}[ \\t]*\\r?$`, 'm').exec(text.slice(at + heredoc.length));
    return end === null ? text.length + 1 : at + heredoc.length + end.index + end[0].length;
  }
  return char === '"' || (!hcl && char === "'") ? quoted(text, at, hcl) : undefined;
}

function behind(text: string, what: string, from: number): number {
  const found = text.indexOf(what, from);
  return found === -1 ? text.length + 1 : found + what.length;
}

function quoted(text: string, start: number, hcl: boolean): number {
  const quote = text.charAt(start);
  for (let at = start + 1; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === '\\') at++;
    else if (char === quote) return at + 1;
    else if (char === '\n' && text.charAt(at - 1) !== '\\') return text.length + 1;
    else if (hcl && text.startsWith('${', at)) at = inner(text, at + 2) - 1;
  }
  return text.length + 1;
}

/** Behind the `}` that closes an expression within a quote. */
function inner(text: string, start: number): number {
  for (let at = start, depth = 1; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === '"') at = quoted(text, at, true) - 1;
    else if (char === '{') depth++;
    else if (char === '}' && --depth === 0) return at + 1;
  }
  return text.length + 1;
}
