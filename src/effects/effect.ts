import type { Catalog } from '../catalog/catalog.js';

/** The eight table-level lock modes, by their names in pg_locks, weakest first. */
export const lockModes = [
  'AccessShareLock',
  'RowShareLock',
  'RowExclusiveLock',
  'ShareUpdateExclusiveLock',
  'ShareLock',
  'ShareRowExclusiveLock',
  'ExclusiveLock',
  'AccessExclusiveLock',
] as const;

export type LockMode = (typeof lockModes)[number];

/**
 * What is done to a relation while the lock is held.
 * `none`: catalog only; `scan`: read in full; `build`: an index is built; `rewrite`: a new file for the table;
 * `rows`: INSERT, UPDATE, DELETE, COPY in proportion to a table.
 * A rewrite that reads the old rows is two effects, `scan` and `rewrite`; one that starts an empty file (TRUNCATE) is `rewrite` alone.
 */
export type Work = 'none' | 'scan' | 'build' | 'rewrite' | 'rows';

/** What a statement does to one relation. */
export interface Effect {
  /** schema.name of a table, materialized view or index (never a TOAST relation or a system catalog). */
  readonly relation: string;
  readonly kind: 'table' | 'index';
  readonly lock: LockMode;
  readonly work: Work;
  /** False when the history does not show what decides; the effect is then the worse case and `why` names what is missing. */
  readonly sure: boolean;
  /** The reason in one clause, lower case: "the CHECK is verified for every row". */
  readonly why: string;
  /** Only where rows of one of these relations (schema.name: a table and what is below it) are changed does this happen: foreign keys, triggers. */
  readonly rowsOf?: readonly string[];
  /** It is read to be joined with another table: of small ones, or of a few rows, an index may serve as well. */
  readonly joined?: true;
  /** The relation came into being in the migration (or deploy) being judged: no running code can wait for it. Set by replay. */
  readonly bornHere?: boolean;
  /** An index that came into being in the migration being judged, on an older table: its lock keeps nobody waiting, its table's does. Set by replay. */
  readonly createdHere?: boolean;
}

/** What the server will refuse. `sure: false` when it depends on rows or on something the history does not show. */
export interface Failure {
  /** The server's own words, without names of its own making: `column "a" of relation "t" contains null values`. */
  readonly message: string;
  /** SQLSTATE, five characters: '25001', '55P04', '0A000'. */
  readonly code: string;
  readonly sure: boolean;
  /** Other reasons that may hold, none of them sure: which is found first is not known. */
  readonly others?: readonly Omit<Failure, 'others'>[];
}

/** What PostgreSQL does on one statement. */
export interface Prediction {
  /** Sorted by relation; every relation that is locked is there, with the strongest lock the statement takes on it. */
  readonly effects: readonly Effect[];
  /** `forbidden`: fails with 25001 inside a transaction block, explicit or implicit. */
  readonly transactionBlock: 'allowed' | 'forbidden';
  readonly failure?: Failure;
  /** False: this statement has no row in the tables of src/effects, and nothing may be concluded from the absence of effects. */
  readonly understood: boolean;
  /** Of an ALTER TABLE: the prediction for each of its commands, in order; the lock is that of the whole statement. */
  readonly commands?: readonly Prediction[];
}

/** What a prediction depends on besides the statement and the catalog. */
export interface PredictOptions {
  /** The server's major version, 13 to 18. */
  readonly pg: number;
  /** The session's TimeZone where the history does not set it; undefined is "not known" (facts: timestamp <-> timestamptz). */
  readonly timeZone?: string;
  /** What a body does and the functions that are called is left out: the caller tells it by the statements in there. */
  readonly opened?: boolean;
  /** The schema after the statement, where the caller has it: some predictions compare the two. */
  readonly after?: Catalog;
  /** Whether the transaction under way has left rows of its own in a table (schema.name). */
  readonly ownRows?: (relation: string) => boolean;
}
