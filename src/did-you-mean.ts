import { distance } from 'fastest-levenshtein';

/** The known word that a mistyped or unfinished one most likely stands for; undefined when none is near. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  const lower = word.toLowerCase();
  const begun = [...known].filter((candidate) => candidate.toLowerCase().startsWith(lower));
  if (word.length > 2 && begun.length === 1) return begun[0];
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const far = distance(lower, candidate.toLowerCase());
    if (far < least) {
      best = candidate;
      least = far;
    }
  }
  // a third of the letters may be wrong; of a short word one letter, of a long one never more than five
  return least <= Math.min(5, Math.max(1, Math.floor(word.length / 3))) ? best : undefined;
}

/** `, did you mean "x"?` to put behind a message, or nothing. */
export function didYouMean(word: string, known: Iterable<string>): string {
  const best = nearest(word, known);
  return best === undefined ? '' : `, did you mean "${best}"?`;
}
