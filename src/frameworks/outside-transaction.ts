import { type LexedStatement, lex } from '../sql/lexer.js';

/** A statement's words without comments and quotes' surroundings, in capitals, blanks single: what runners match patterns against. */
export function simplified(text: string): string {
  return text
    .replace(/--[^\r\n]*|\/\*[\s\S]*?\*\//g, ' ')
    .trim()
    .slice(0, 300)
    .toUpperCase()
    .replace(/\s+/g, ' ');
}

/** A statement of a text that a runner looks at, with its simplified words. */
export interface Look {
  readonly statement: LexedStatement;
  readonly words: string;
}

/** The statements of a text for a runner's patterns; a text without the word that makes them matter is not split. */
export function looks(text: string, trigger: RegExp): readonly Look[] {
  if (!trigger.test(text)) return [];
  return lex(text).statements.map((statement) => ({
    statement,
    words: simplified(text.slice(statement.start, statement.end)),
  }));
}
