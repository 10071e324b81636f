import type { Diagnostic, Report } from '../diagnostic.js';
import { type Level, levels } from '../rule.js';
import { isOpen } from './words.js';

/** In which order, and how fully, findings are told where there are many: for people, and for hosts that cut long lists. */

/** So many findings of a rule are told in full: then a reader knows what the others of it mean, and needs to know where they are. */
const inFull: Readonly<Record<Level, number>> = { error: 3, warning: 1, note: 1 };

/** How many findings of the same rule and level stand before each. */
function turns(diagnostics: readonly Diagnostic[]): ReadonlyMap<Diagnostic, number> {
  const seen = new Map<string, number>();
  return new Map(
    diagnostics.map((diagnostic) => {
      const same = `${diagnostic.level} ${diagnostic.rule}`;
      const turn = seen.get(same) ?? 0;
      seen.set(same, turn + 1);
      return [diagnostic, turn];
    }),
  );
}

/** The open findings, errors first; within a level each rule's first, then each rule's second: a list cut short still names every rule. */
export function worstFirst(report: Report): readonly Diagnostic[] {
  const open = report.diagnostics.filter(isOpen);
  const turn = turns(open);
  return open.sort(
    (a, b) => levels.indexOf(a.level) - levels.indexOf(b.level) || (turn.get(a) ?? 0) - (turn.get(b) ?? 0),
  );
}

/**
 * The open findings of which place, object and lock are enough, because several of their rule are told in full. A run that judges one
 * migration has none: so a reader gets all there is to say.
 */
export function toldInShort(report: Report): ReadonlySet<Diagnostic> {
  const judged = report.histories.flatMap(({ root, migrations }) =>
    migrations.filter((migration) => migration.judged).map(({ id }) => `${root}\n${id}`),
  );
  if (new Set(judged).size < 2) return new Set();
  const turn = turns(report.diagnostics.filter(isOpen));
  return new Set([...turn].flatMap(([diagnostic, before]) => (before < inFull[diagnostic.level] ? [] : [diagnostic])));
}

/** `68 index-not-concurrent`, `41 column-dropped`: the rules of each level that has findings, the most frequent first. */
export function ruleCounts(report: Report): readonly { readonly level: Level; readonly rules: readonly string[] }[] {
  const open = report.diagnostics.filter(isOpen);
  return levels.flatMap((level) => {
    const sums = new Map<string, number>();
    for (const each of open) if (each.level === level) sums.set(each.rule, (sums.get(each.rule) ?? 0) + 1);
    const sorted = [...sums].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
    return sorted.length === 0 ? [] : { level, rules: sorted.map(([rule, sum]) => `${sum} ${rule}`) };
  });
}
