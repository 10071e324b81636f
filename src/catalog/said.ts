import type { AlterOwnerStmt } from '../sql/tree.js';
import type { Commented, Granted, Owned } from './parts.js';

type Said = Commented & Granted & Owned;

/** What COMMENT, GRANT and OWNER TO have said of an object: what OR REPLACE puts in its place keeps it. */
export function saidOf(object: Said | undefined): Said {
  const { comment, grants, owner } = object ?? {};
  return {
    ...(comment !== undefined && { comment }),
    ...(grants !== undefined && { grants }),
    ...(owner !== undefined && { owner }),
  };
}

/** An object without what was said of it: what is made after its pattern is silent. */
export function unsaid<T extends Said>(object: T): Omit<T, keyof Said> {
  const { comment: _, grants: __, owner: ___, ...rest } = object;
  return rest;
}

/** An object in other hands; in those of CURRENT_USER it is as if it had just been made. */
export function ownedBy<T extends Owned>(object: T, role: AlterOwnerStmt['newowner']): T {
  return { ...object, owner: role?.rolename };
}
