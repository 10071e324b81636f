import type { Lexed, LexedStatement } from './lexer.js';
import { bareFile, effectOf, type MetaCommand } from './meta-command.js';
import type { Place } from './place.js';
import {
  type Placeholder,
  type PlaceholderSyntax,
  placeholderAt,
  type StandIn,
  standIn,
  standInsOf,
} from './placeholder.js';
import type { Span } from './source.js';

/** Another text of the same length for a range, so that every index stays right. */
interface Patch extends Span {
  readonly text: string;
}

/** What the parser gets of a text, with what placeholders have left in it. */
type Masked = Pick<Place, 'sql' | 'standIns'>;

const byteOrderMark = '\ufeff';

/** The text for the parser: meta-commands, COPY data and a byte order mark blanked, enabled placeholders replaced by identifiers. */
export function maskAll(text: string, lexed: Lexed, enabled: readonly PlaceholderSyntax[]): string {
  const patches: Patch[] = lexed.metaCommands.flatMap((command) => metaPatches(text, command));
  for (const { start, end } of lexed.data) patches.push({ start, end, text: ' '.repeat(end - start) });
  if (enabled.length > 0) {
    for (const { placeholders } of lexed.statements) {
      for (const placeholder of placeholders) {
        if (enabled.includes(placeholder.syntax)) patches.push(placeholderPatch(text, placeholder, 'identifier'));
      }
    }
  }
  if (text.startsWith(byteOrderMark)) patches.push({ start: 0, end: 1, text: ' ' });
  return apply(text, 0, text.length, patches);
}

/** The text of one statement for the parser, each placeholder replaced as `choices` says. */
export function maskOne(text: string, statement: LexedStatement, choices: ReadonlyMap<Placeholder, StandIn>): string {
  const patches = statement.metaCommands.flatMap((command) => metaPatches(text, command));
  for (const [placeholder, as] of choices) patches.push(placeholderPatch(text, placeholder, as));
  return apply(text, statement.start, statement.end, patches);
}

/**
 * The text with every placeholder that is no colon replaced by an identifier, within quotes too: for text that is quoted itself
 * (a body, an EXECUTE) and that cannot be read as it stands.
 */
export function maskEverywhere({ sql: text, standIns }: Masked): Masked {
  const placeholders = [...text.matchAll(/\$\{|\$%|\{\{/g)].flatMap(({ index }) => placeholderAt(text, index) ?? []);
  const patches = placeholders.map((placeholder) => placeholderPatch(text, placeholder, 'identifier'));
  const sql = apply(text, 0, text.length, patches);
  const names = new Map([...standIns.names, ...standInsOf(sql, placeholders)]);
  return { sql, standIns: { ...standIns, names } };
}

function placeholderPatch(text: string, placeholder: Placeholder, as: StandIn): Patch {
  return { start: placeholder.start, end: placeholder.end, text: standIn(placeholder, text, as) };
}

function metaPatches(text: string, command: MetaCommand): Patch[] {
  const { start, end } = command;
  const effect = effectOf(command);
  if (effect === 'copy') {
    const stop = end < text.length ? [{ start: end, end: end + 1, text: ';' }] : [];
    const bare = bareFile(text, command);
    const file = bare === undefined ? [] : [{ ...bare, text: `'${'_'.repeat(bare.end - bare.start - 2)}'` }];
    return [{ start, end: start + 1, text: ' ' }, ...file, ...stop];
  }
  return [{ start, end, text: (effect === 'sends' || effect === 'runs' ? ';' : '').padEnd(end - start) }];
}

function apply(text: string, start: number, end: number, patches: Patch[]): string {
  if (patches.length === 0) return text.slice(start, end);
  const parts: string[] = [];
  let at = start;
  for (const patch of patches.sort((a, b) => a.start - b.start)) {
    if (patch.start < at || patch.end > end) continue;
    parts.push(text.slice(at, patch.start), patch.text);
    at = patch.end;
  }
  parts.push(text.slice(at, end));
  return parts.join('');
}
