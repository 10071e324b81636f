import { lex } from '../sql/lexer.js';
import type { Piece } from '../sql/piece.js';
import type { FlywaySettings } from './flyway-settings.js';
import type { FileEntry, MigrationProblem, Script } from './framework.js';
import { problem, whole } from './sql-files.js';

const standard = '${ }';

/** The pieces of a file and which words in it stand for others: with delimiters of its own a project has its placeholders put in here. */
export function placeholdersOf(
  entry: FileEntry,
  { delimiters, placeholders }: FlywaySettings,
): Pick<Script, 'pieces' | 'placeholders'> & { readonly problems: readonly MigrationProblem[] } {
  if (delimiters.join(' ') === standard)
    return { pieces: [whole(entry)], placeholders: ['dollar-brace'], problems: [] };
  const [prefix, suffix] = delimiters;
  const { text } = entry.source();
  if (!text.includes(prefix)) return { pieces: [whole(entry)], problems: [] };
  const values = new Map(Object.entries(placeholders).map(([name, value]) => [name.toLowerCase(), value]));
  const unknown: string[] = [];
  const pattern = new RegExp(`${escaped(prefix)}([^\\r\\n]*?)${escaped(suffix)}`, 'g');
  const fill = (part: string) =>
    part.replace(pattern, (_, name: string) => {
      const value = values.get(name.toLowerCase());
      if (value === undefined && !name.toLowerCase().startsWith('flyway')) unknown.push(name);
      return value ?? name.toLowerCase().replace(/[^a-z0-9]/g, '_');
    });
  const source = entry.source();
  // blanks as long as the placeholders, so that the statements are found at their places
  const { statements } = lex(text.replace(pattern, (found) => 'x'.repeat(found.length)));
  const pieces = statements.map(({ start, end }): Piece => {
    const span = { start, end };
    const rendered = fill(text.slice(start, end));
    return rendered === text.slice(start, end) ? { source, span } : { source, span, rendered };
  });
  return { pieces, problems: unknown.map((name) => unknownPlaceholder(entry, prefix, name, suffix)) };
}

function unknownPlaceholder(entry: FileEntry, prefix: string, name: string, suffix: string): MigrationProblem {
  const written = `${prefix}${name}${suffix}`;
  const start = entry.source().text.indexOf(written);
  const span = { start, end: start + written.length };
  return problem('unknown-placeholder', `nothing in the project gives ${written} a value`, entry.source(), span);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
