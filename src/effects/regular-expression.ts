/**
 * What is wrong with a regular expression as PostgreSQL reads it (regcomp.c): brackets or parentheses that do not match, a quantifier of
 * nothing or of a quantifier. Nothing is said of the rest, nor of a pattern that begins with a director or with options.
 */
export function unbalanced(pattern: string): string | undefined {
  if (/^(\*\*\*|\(\?[a-z])/.test(pattern)) return undefined;
  let depth = 0;
  // what a quantifier would be about
  let before: 'nothing' | 'atom' | 'quantifier' = 'nothing';
  for (let at = 0; at < pattern.length; ) {
    const rest = pattern.slice(at);
    const bracket = rest.startsWith('[') ? bracketed.exec(rest) : undefined;
    if (bracket === null) return 'brackets [] not balanced';
    const [quantifier] = quantified.exec(rest) ?? [];
    const [group] = grouping.exec(rest) ?? [];
    if (quantifier !== undefined) {
      if (before !== 'atom') return 'quantifier operand invalid';
      before = 'quantifier';
      at += quantifier.length;
    } else if (group !== undefined) {
      depth++;
      before = 'nothing';
      at += group.length;
    } else if (rest.startsWith(')')) {
      depth--;
      if (depth < 0) return 'parentheses () not balanced';
      before = 'atom';
      at++;
    } else {
      before = rest.startsWith('|') || rest.startsWith('^') ? 'nothing' : 'atom';
      at += bracket?.[0].length ?? (rest.startsWith('\\') ? 2 : 1);
    }
  }
  return depth === 0 ? undefined : 'parentheses () not balanced';
}

/** With the classes and equivalents in it; a bracket that comes first stands for itself. */
const bracketed = /^\[\^?\]?(?:\[([:.=]).*?\1\]|\\.|[^\]])*\]/s;

const quantified = /^(?:[*+?]|\{\d+(?:,\d*)?\})\??/;

const grouping = /^\((?:\?(?:[:=!]|<[=!]))?/;
