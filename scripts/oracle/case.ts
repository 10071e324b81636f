/** A statement to measure, and what there is before it. */
export interface Case {
  /** group/context/statement. */
  readonly id: string;
  /** Each is run and committed before the statement. */
  readonly setup: readonly string[];
  /** SQL run in the session just before the statement. */
  readonly settings?: string;
  /** Run before the statement in the same transaction, and so not committed when it runs. */
  readonly begun?: readonly string[];
  readonly sql: string;
}

/** Short names of statements, in the order in which they are written. */
export type Statements = Readonly<Record<string, string>>;

/** Every statement in one context. */
export function inContext(group: string, context: string, setup: readonly string[], statements: Statements): Case[] {
  return Object.entries(statements).map(([name, sql]) => ({ id: `${group}/${context}/${name}`, setup, sql }));
}

/** Statements that say by themselves what they are about, each its own name. */
export function asWritten(
  context: readonly [group: string, context: string],
  setup: readonly string[],
  statements: readonly string[],
): Case[] {
  return inContext(...context, setup, Object.fromEntries(statements.map((sql) => [sql, sql])));
}
