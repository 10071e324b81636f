import { syntaxOf } from '../sql/essence.js';
import { isKind, type Statement } from '../sql/statement.js';
import type { Kind, NodeMap } from '../sql/tree.js';
import { visit } from '../sql/walk.js';
import { type Draft, fail } from './draft.js';
import type { Novelties, Novelty } from './novelty.js';
import { queryNovelties } from './query-novelties.js';
import { schemaNovelties } from './schema-novelties.js';
import { settingsAfter, unknownSetting } from './setting-names.js';
import { optionRefusal } from './syntax-options.js';

const novelties: Novelties = { ...schemaNovelties, ...queryNovelties };

/** Made once for each major that is asked about. */
function ofMajor<T>(make: (pg: number) => T): (pg: number) => T {
  const known = new Map<number, T>();
  return (pg) => {
    const made = known.get(pg) ?? make(pg);
    known.set(pg, made);
    return made;
  };
}

/** One of several patterns; without any there is no text that fits. */
function anyOf(patterns: readonly string[]): RegExp {
  return patterns.length === 0 ? /$^/ : new RegExp([...new Set(patterns)].join('|'));
}

/** The words by which what came after a major shows: only a text that has one of them is looked at further. */
const wordsAfterMajor = ofMajor((pg) => {
  const all: readonly (readonly Pick<Novelty<unknown>, 'since' | 'words'>[])[] = Object.values(novelties);
  return anyOf(all.flat().flatMap(({ since, words }) => (since > pg ? words.source : [])));
});

const settingsAfterMajor = ofMajor((pg) => anyOf(settingsAfter(pg)));

/** What an older server than the syntax is made for says of a statement; and of options that no server has. */
export function syntaxRefusal<K extends Kind>(statement: Statement<K>, pg: number): Draft | undefined {
  const { kind, node } = statement;
  const options = optionRefusal(statement, pg);
  if (options !== undefined || !hasWordsAfter(pg, statement.text)) return options;
  const text = syntaxOf(statement.text);
  let refusal: Draft | undefined;
  visit({ [kind]: node }, <N extends keyof NodeMap>(visited: N, inner: NodeMap[N]) => {
    if (refusal !== undefined) return false;
    const rows: readonly Novelty<NodeMap[N]>[] = novelties[visited] ?? [];
    const later = rows.find((row) => row.since > pg && row.words.test(text) && row.is(inner, text));
    if (later !== undefined) refusal = tooNew(later);
    return refusal === undefined;
  });
  return refusal;
}

const newestMajor = 18;

function hasWordsAfter(pg: number, text: string): boolean {
  return wordsAfterMajor(pg).test(text.toLowerCase());
}

/** False where no statement of a text can have syntax, or name a parameter, that came after a major: a quick look. */
export function mayBeWrittenFor(text: string, after: number): boolean {
  const lower = text.toLowerCase();
  return wordsAfterMajor(after).test(lower) || settingsAfterMajor(after).test(lower);
}

/** The oldest major that takes the syntax, or the parameter, of a statement which 13 does not take; undefined where 13 does, or no major. */
export function writtenFor(statement: Statement): number | undefined {
  const isTooNew = (pg: number) => syntaxRefusal(statement, pg) !== undefined || setsUnknown(statement, pg);
  if (!isTooNew(13)) return undefined;
  for (let major = 14; major <= newestMajor; major++) {
    if (!isTooNew(major)) return major;
  }
  return undefined;
}

function setsUnknown(statement: Statement, pg: number): boolean {
  return isKind(statement, 'VariableSetStmt') && unknownSetting(statement.node.name, pg).failure !== undefined;
}

function tooNew({ since, what, code = '42601' }: Pick<Novelty<unknown>, 'since' | 'what' | 'code'>): Draft {
  const words = code === '42601' ? `syntax error: ${what}` : what;
  return fail(`${words} came with PostgreSQL ${since} (--pg ${since}, if no server is older)`, code);
}
