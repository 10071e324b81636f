import type { Detection, Evidence, Folder, Framework } from './framework.js';

/** A folder that a framework says is its own. */
export interface Claim {
  readonly framework: Framework;
  readonly detection: Detection;
  /** Titles of the frameworks that claim the same folder on the same evidence. */
  readonly alternatives: readonly string[];
}

const strength: Readonly<Record<Evidence, number>> = { config: 3, marker: 2, manifest: 1, name: 0 };

/** Asks each framework what is its own in and around a folder; the answers stand in the order of the list. */
export async function claimsOf(project: Folder, frameworks: readonly Framework[]): Promise<readonly Claim[]> {
  const claims: Claim[] = [];
  for (const framework of frameworks) {
    for (const detection of await framework.detect(project)) claims.push({ framework, detection, alternatives: [] });
  }
  return claims;
}

/**
 * Which claims hold: of several on one folder the one on the best evidence (config file, marker in a file, manifest, name), among equals that of the
 * framework listed first; a folder within one that another framework holds on equal or better evidence belongs to that one.
 */
export function decide(claims: readonly Claim[]): readonly Claim[] {
  const byStrength = claims.toSorted((a, b) => rank(b) - rank(a));
  const held: Claim[] = [];
  for (const claim of byStrength) {
    const { root, entry } = claim.detection;
    const rival = held.find((other) => other.framework !== claim.framework && isWithin(other.detection.root, root));
    if (rival === undefined) {
      const same = held.some(({ detection }) => detection.root === root && detection.entry === entry);
      if (!same) held.push(claim);
    } else if (rival.detection.root === root && rank(rival) === rank(claim)) {
      held[held.indexOf(rival)] = { ...rival, alternatives: [...rival.alternatives, claim.framework.title] };
    }
  }
  return held.toSorted((a, b) =>
    a.detection.root < b.detection.root ? -1 : a.detection.root > b.detection.root ? 1 : 0,
  );
}

function rank({ detection }: Claim): number {
  return strength[detection.evidence];
}

/** Whether a path is `outer` or lies below it; both relative to the same folder, '' being that folder. */
export function isWithin(outer: string, inner: string): boolean {
  return outer === '' ? inner !== '..' && !inner.startsWith('../') : inner === outer || inner.startsWith(`${outer}/`);
}
