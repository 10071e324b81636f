/** A statement to measure, and what there is before it. */
export interface Case {
  readonly id: string;
  /** Run and committed before the statement; statements that refuse a transaction block stand alone in the list. */
  readonly setup: readonly string[];
  /** SQL run in the session just before the statement. */
  readonly settings?: string;
  readonly sql: string;
  /** The only majors it is measured on; absent: all. */
  readonly majors?: readonly number[];
}
