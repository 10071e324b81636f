import { type Difference, differences, type Snapshot } from '../catalog/snapshot.js';
import { differencesInWords } from '../wording.js';

/** What a round trip found; the id is that of the rule that `check` has for the same fault. */
export interface Finding {
  readonly rule: 'down-does-not-restore';
  readonly message: string;
  readonly differences: readonly Difference[];
}

/** Compares the schema after up and down with the one before up. */
export function checkRestored(before: Snapshot, after: Snapshot): readonly Finding[] {
  return finding(differences(before, after), 'after up and down');
}

/** Compares the schema after up, down and up with the one after the first up. */
export function checkRepeated(first: Snapshot, second: Snapshot): readonly Finding[] {
  return finding(differences(first, second), 'after up, down and up');
}

/** The way back, or the way up after it, was refused. */
export function refusedFinding(what: string, error: string): Finding {
  return { rule: 'down-does-not-restore', message: `${what} fails: ${error}`, differences: [] };
}

function finding(found: readonly Difference[], when: string): readonly Finding[] {
  if (found.length === 0) return [];
  const message = `${when} ${differencesInWords(found)}`;
  return [{ rule: 'down-does-not-restore', message, differences: found }];
}
