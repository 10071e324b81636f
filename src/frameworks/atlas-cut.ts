import type { Piece } from '../sql/piece.js';
import type { Source, Span } from '../sql/source.js';

/** What holds no delimiter, in the order in which Atlas asks; comments come behind the delimiter, which may look like one. */
const quoted = /[eE]'(?:\\[\s\S]|[^'\\])*'|'[^']*'|"[^"]*"|`[^`]*`/y;
const dollarQuotedOrComment =
  /\$((?:[A-Za-z\u0080-\uffff_][\w\u0080-\uffff]*)?)\$[\s\S]*?(?:\$\1\$|$(?![\s\S]))|--[^\n]*\n|\/\*[\s\S]*?\*\//y;

/**
 * The stretches that Atlas sends where a file names a delimiter of its own: no quotes, dollar quotes, comments and brackets are cut (sql/migrate/lex.go, stmt).
 */
export function cutAt(source: Source, span: Span, delimiter: string): readonly Piece[] {
  const text = source.text.slice(0, span.end);
  const pieces: Piece[] = [];
  const skipped = (pattern: RegExp, at: number) => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0].length ?? 0;
  };
  const behindBlanks = (at: number) => at + (/^\s*/.exec(text.slice(at))?.[0].length ?? 0);
  let start = behindBlanks(span.start);
  let depth = 0;
  for (let at = start; at < text.length; ) {
    const length = skipped(quoted, at);
    if (length > 0) {
      at += length;
    } else if (depth === 0 && text.startsWith(delimiter, at)) {
      pieces.push({ source, span: { start, end: at } });
      start = behindBlanks(at + delimiter.length);
      at = start;
    } else {
      if (text[at] === '(') depth++;
      if (text[at] === ')') depth--;
      at += Math.max(1, skipped(dollarQuotedOrComment, at));
    }
  }
  if (start < text.length) pieces.push({ source, span: { start, end: text.length } });
  return pieces;
}
