import type { Source, Span } from './source.js';

/**
 * A piece of SQL text and the place in the file that a person edits. Verbatim text is the very text at `span`; rendered text
 * (a Liquibase change, a placeholder file, an Alembic op) has been made from what stands there, and everything found in
 * it is reported at the whole span.
 */
export interface Piece {
  readonly source: Source;
  readonly span: Span;
  /** The SQL itself when it is rendered; absent when it is `source.text` at `span`. */
  readonly rendered?: string;
  /** The runner replaces nothing in it, though it does in other pieces of the script. */
  readonly verbatim?: true;
}

/** The SQL text of a piece. */
export function textOf(piece: Piece): string {
  return piece.rendered ?? piece.source.slice(piece.span);
}
