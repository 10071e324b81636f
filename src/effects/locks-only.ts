import type { Draft } from './draft.js';

/** The locks of a statement that is planned but not run: EXPLAIN, DECLARE CURSOR, WITH NO DATA. */
export function locksOnly(draft: Draft): Draft {
  return {
    ...draft,
    effects: draft.effects
      // what hangs on rows, triggers and foreign keys, comes when the statement runs
      .filter(({ kind, rowsOf }) => kind === 'table' && rowsOf === undefined)
      .map((made) =>
        made.work === 'none' ? made : { ...made, work: 'none', why: 'it is named in a query that is not run' },
      ),
  };
}
