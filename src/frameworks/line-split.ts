import { lex } from '../sql/lexer.js';
import type { Piece } from '../sql/piece.js';
import type { Source, Span } from '../sql/source.js';
import type { MigrationProblem } from './framework.js';
import { isBlank, problem } from './sql-files.js';

/**
 * goose and sql-migrate do not read SQL: a statement ends where a line ends in a semicolon, unless StatementBegin and StatementEnd
 * stand around it.
 */

/** A stretch that is sent as one message. */
export interface Chunk {
  readonly piece: Piece;
  /** Between StatementBegin and StatementEnd. */
  readonly quoted: boolean;
  /** It ended as the runner wants: with a semicolon or StatementEnd. */
  readonly finished: boolean;
}

const begin = /^--[ \t]*\+(?:goose|migrate)[ \t]+StatementBegin\b/i;
const end = /^--[ \t]*\+(?:goose|migrate)[ \t]+StatementEnd\b/i;
const annotation = /^--[ \t]*\+(?:goose|migrate)\b/;

/** Cuts a section where the runner does. */
export function cut(source: Source, section: Span): readonly Chunk[] {
  const chunks: Chunk[] = [];
  let start = -1;
  let quoted = false;
  const close = (at: number, finished: boolean) => {
    if (start === -1) return;
    const span = { start, end: at };
    if (quoted || !isBlank(source.slice(span))) chunks.push({ piece: { source, span }, quoted, finished });
    start = -1;
  };
  for (const line of linesOf(source, section)) {
    const text = source.slice(line);
    if (annotation.test(text)) {
      if (begin.test(text)) {
        close(line.start, false);
        quoted = true;
      } else if (end.test(text)) {
        close(line.start, true);
        quoted = false;
      }
      continue;
    }
    const comment = /^\s*(?:--|$)/.test(text);
    if (start === -1 && !comment) start = line.start;
    if (!quoted && endsStatement(text)) close(line.end, true);
  }
  close(section.end, false);
  return chunks;
}

/** The last word of the line before a comment ends in a semicolon; a `--` only counts at the start of a word. */
function endsStatement(line: string): boolean {
  const words = line.split(/\s+/);
  const comment = words.findIndex((word) => word.startsWith('--'));
  const before = (comment === -1 ? words : words.slice(0, comment)).filter((word) => word !== '');
  return before.at(-1)?.endsWith(';') ?? false;
}

function* linesOf(source: Source, section: Span): Generator<Span> {
  for (let start = section.start; start < section.end; ) {
    const newline = source.text.indexOf('\n', start);
    const stop = newline === -1 || newline >= section.end ? section.end : newline + 1;
    yield { start, end: stop };
    start = stop;
  }
}

/** What goes wrong where a runner cuts by lines: a body cut in its midst, a last statement without an end. */
export function cutFaults(chunks: readonly Chunk[], runner: string, mark = runner): readonly MigrationProblem[] {
  const broken = chunks.find(({ piece, quoted }) => !quoted && isUnclosed(piece));
  if (broken !== undefined) {
    const { source, span } = broken.piece;
    const message = `${runner} ends this statement at the first line that ends in a semicolon: StatementBegin and StatementEnd must stand around it`;
    const instead = `Write the statement between -- +${mark} StatementBegin and -- +${mark} StatementEnd.`;
    return [{ ...problem('statement-cut', message, source, firstLine(source, span)), instead }];
  }
  const last = chunks.at(-1);
  if (last === undefined || last.finished) return [];
  const { source, span } = last.piece;
  const message = last.quoted ? 'StatementBegin has no StatementEnd' : 'the last statement has no semicolon';
  return [
    problem('statement-unfinished', `${message}, so ${runner} refuses the file`, source, firstLine(source, span)),
  ];
}

function isUnclosed({ source, span }: Piece): boolean {
  return lex(source.slice(span)).statements.some(({ unterminated }) => unterminated);
}

function firstLine(source: Source, { start, end }: Span): Span {
  const newline = source.text.indexOf('\n', start);
  return { start, end: newline === -1 ? end : Math.min(newline, end) };
}
