import { type Piece, textOf } from './piece.js';
import { noStandIns, type StandIns } from './placeholder.js';
import type { Source, Span } from './source.js';

/** A text in which statements are found, and the way from its UTF-16 indexes to the file that a person edits. */
export interface Place {
  readonly source: Source;
  /** As its author wrote it. */
  readonly text: string;
  /** What the parser gets: of the same length, with stand-ins for what is no SQL. */
  readonly sql: string;
  readonly standIns: StandIns;
  /** Where a range of the text stands in the source. */
  readonly span: (start: number, end: number) => Span;
}

/** The place of a piece: verbatim text maps index by index, rendered text maps to the whole of what it was rendered from. */
export function placeOf(piece: Piece): Place {
  const { source, span } = piece;
  const text = textOf(piece);
  if (piece.rendered !== undefined) return { source, text, sql: text, standIns: noStandIns, span: () => span };
  return {
    source,
    text,
    sql: text,
    standIns: noStandIns,
    span: (start, end) => ({ start: span.start + start, end: span.start + end }),
  };
}

/** Text that was computed (EXECUTE format(…)): everything in it stands where a range of another place stands. */
export function computedPlace(outer: Place, range: Span, text: string): Place {
  const span = outer.span(range.start, range.end);
  return { source: outer.source, text, sql: text, standIns: outer.standIns, span: () => span };
}
