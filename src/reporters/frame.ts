import type { Source, Span } from '../sql/source.js';
import type { Style } from './style.js';
import { clip, columns, visible } from './terminal.js';

/** Of a longer statement the first lines and the last one are shown. */
const mostLines = 6;

/** The lines of a span with their numbers and the span underlined, as compilers show it. */
export function codeFrame(source: Source, span: Span, style: Style, width: number): readonly string[] {
  const { line: first } = source.position(span.start);
  const last = Math.max(first, source.position(Math.max(span.start, span.end - 1)).line);
  const gutter = Math.max(3, String(last).length + 1);
  const room = Math.max(20, width - gutter - 3);
  const bar = style.dim('|');
  const empty = `${' '.repeat(gutter)} ${bar}`;
  const lines: string[] = [empty];
  for (const number of shown(first, last)) {
    if (number === undefined) {
      lines.push(`${' '.repeat(gutter - 1)}${style.dim('… …')}`);
      continue;
    }
    const { text, underline } = row(source, span, number, room);
    lines.push(`${style.dim(String(number).padStart(gutter))} ${bar}${text === '' ? '' : ` ${text}`}`);
    if (underline !== '') lines.push(`${empty} ${style.red(underline)}`);
  }
  return lines;
}

function shown(first: number, last: number): readonly (number | undefined)[] {
  const all = Array.from({ length: Math.min(last - first + 1, mostLines) }, (_, index) => first + index);
  return last - first < mostLines ? all : [...all.slice(0, mostLines - 2), undefined, last];
}

/** One line of the frame and the carets below it; of a line longer than `room` the part where the span begins. */
function row(source: Source, span: Span, number: number, room: number) {
  const whole = source.line(number);
  const lineStart = startOf(source, span, number);
  const isFirst = span.start >= lineStart;
  const start = isFirst ? span.start - lineStart : whole.length - whole.trimStart().length;
  const end = Math.max(start, Math.min(whole.trimEnd().length, span.end - lineStart));
  const cut = columns(whole) > room && start > room / 2 ? start - Math.floor(room / 4) : 0;
  const show = (from: number, to?: number) => visible(whole.slice(from, to)).replaceAll('\t', '  ');
  const lead = cut > 0 ? '…' : '';
  const before = columns(lead + show(cut, start));
  // an empty span (end of file, a missing section) still points somewhere
  const carets = Math.min(Math.max(isFirst ? 1 : 0, columns(show(start, end))), room - before);
  return {
    text: clip(lead + show(cut), room).trimEnd(),
    underline: carets > 0 ? `${' '.repeat(before)}${'^'.repeat(carets)}` : '',
  };
}

/** The index at which a line of the span starts. */
function startOf(source: Source, span: Span, number: number): number {
  const { line, column } = source.position(span.start);
  let at = span.start - column + 1;
  for (let each = line; each < number; each++) at = source.text.indexOf('\n', at) + 1;
  return at;
}
