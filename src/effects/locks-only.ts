import type { Draft } from './draft.js';

/** The locks of a statement that is planned but not run: EXPLAIN, DECLARE CURSOR, WITH NO DATA. */
export function locksOnly(draft: Draft): Draft {
  return {
    ...draft,
    effects: draft.effects
      .filter(({ kind }) => kind === 'table')
      .map((made) =>
        made.work === 'none' ? made : { ...made, work: 'none', why: 'it is named in a query that is not run' },
      ),
  };
}
