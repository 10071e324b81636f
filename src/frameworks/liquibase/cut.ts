import { lex } from '../../sql/lexer.js';
import { type Piece, textOf } from '../../sql/piece.js';
import { advance, cursorAt } from '../../sql/token.js';
import type { MigrationProblem } from '../framework.js';
import { problem } from '../sql-files.js';

/**
 * What goes wrong where Liquibase cuts a text into statements by itself (splitStatements, the default): it knows strings, comments and
 * BEGIN … END, but no dollar quotes, and takes the END of an END IF for that of its BEGIN. Measured on 4.28.
 */
export function cutFaults(pieces: readonly Piece[]): readonly MigrationProblem[] {
  return pieces.flatMap((piece) => {
    const text = textOf(piece);
    const { statements } = lex(text);
    const cuts = cutsOf(text);
    const broken = statements.find(({ start, end }) => cuts.some((cut) => start < cut && cut < end));
    if (broken === undefined) return [];
    const at = piece.rendered === undefined ? piece.span.start + broken.start : piece.span.start;
    const newline = piece.source.text.indexOf('\n', at);
    const span = { start: at, end: newline === -1 ? piece.span.end : Math.min(newline, piece.span.end) };
    const message =
      'Liquibase ends this statement at a semicolon of its body: splitStatements must be false, or endDelimiter another';
    const instead = 'Give the changeset splitStatements:false, or an endDelimiter of its own.';
    return [{ ...problem('statement-cut', message, piece.source, span), instead }];
  });
}

/** The semicolons at which Liquibase ends a statement. */
function cutsOf(text: string): readonly number[] {
  const cuts: number[] = [];
  let depth = 0;
  let begun = false;
  // a dollar quote is no quote here: its words are looked at one by one
  const cursor = cursorAt(text.replaceAll('$', ' '), 0);
  for (advance(cursor); cursor.kind !== 'end'; advance(cursor)) {
    if (cursor.kind === 'comment') continue;
    const word = cursor.kind === 'word' ? text.slice(cursor.start, cursor.end).toLowerCase() : '';
    if (begun && word === 'transaction') depth--;
    begun = word === 'begin';
    if (begun) depth++;
    else if (word === 'end' && depth > 0) depth--;
    else if (cursor.kind === 'symbol' && text[cursor.start] === ';' && depth === 0) cuts.push(cursor.start);
  }
  return cuts;
}
