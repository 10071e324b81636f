import type { Commented, Granted } from './parts.js';

type Said = Commented & Granted;

/** What COMMENT and GRANT have said of an object: what OR REPLACE puts in its place keeps it. */
export function saidOf(object: Said | undefined): Said {
  const { comment, grants } = object ?? {};
  return { ...(comment !== undefined && { comment }), ...(grants !== undefined && { grants }) };
}

/** An object without what was said of it: what is made after its pattern is silent. */
export function unsaid<T extends Said>(object: T): Omit<T, keyof Said> {
  const { comment: _, grants: __, ...rest } = object;
  return rest;
}
