import type { Source, Span } from './source.js';
import type { Kind, NodeOf } from './tree.js';
import type { Known } from './values.js';

/**
 * One SQL statement at its place: a statement of a script; or one command of an ALTER TABLE (`kind` is then an
 * AlterTableType as 'AT_SetNotNull' and `parent` the ALTER TABLE); or a statement found inside a DO block, a function
 * body or an EXECUTE 'literal' (`parent` is then the DO, CREATE FUNCTION …).
 */
export interface Statement<K extends Kind = Kind> {
  readonly kind: K;
  readonly node: NodeOf<K>;
  /** The statement as its author wrote it, without the terminating semicolon and without leading comments. */
  readonly text: string;
  /** The text that was parsed, where that is another: with stand-ins for placeholders, and without what only psql understands. */
  readonly parsed?: string;
  readonly source: Source;
  /** Where `text` stands in `source`. Of text that a reader rendered (a typed change), the span of what it was rendered from. */
  readonly span: Span;
  /** UTF-16 index in `source` of a `location` (UTF-8 bytes) of any node below `node`. */
  readonly at: (location: number | undefined) => number;
  /** UTF-16 index in `text` of a `location` of any node below `node`; 0 where it stands nowhere. */
  readonly textAt: (location: number | undefined) => number;
  readonly parent?: Statement;
  /** The commands of an ALTER TABLE (INDEX, VIEW, TYPE …) in their order; empty for every other statement. */
  readonly commands: readonly Statement[];
  /** The statements in the body of a DO block or function, in textual order; empty for every other statement. */
  readonly body: readonly BodyStatement[];
  /**
   * What of the body of a DO block or function cannot be read or followed. Of a function it matters only where it runs; of a DO block it is
   * in the script's problems too.
   */
  readonly unread?: readonly SqlProblem[];
  /** Of a function: its body where the parameters have these values, by name and as `$1`. */
  readonly called?: (parameters: ReadonlyMap<string, Known>) => Body;
  /** Of a statement in a procedural body: what the variables are that it gives to the functions that it calls. */
  readonly variables?: ReadonlyMap<string, Known>;
}

/** What the body of a routine does, and what of it cannot be read or followed. */
export interface Body {
  readonly body: readonly BodyStatement[];
  readonly unread: readonly SqlProblem[];
}

/** A statement of a procedural body, with what decides whether and how often it runs. */
export interface BodyStatement {
  readonly statement: Statement;
  /** Under IF, CASE or an exception handler: it may not run. */
  readonly conditional: boolean;
  /** Inside LOOP, WHILE or FOR: it may run many times. */
  readonly repeated: boolean;
  /** In a block with an exception handler: that it fails may be foreseen. */
  readonly caught?: boolean;
}

/** A statement whose kind narrows its node: `if (statement.kind === 'IndexStmt') statement.node.idxname`. */
export type AnyStatement = { [K in Kind]: Statement<K> }[Kind];

/** Narrows a statement by its kind. */
export function isKind<K extends Kind>(statement: Statement, kind: K): statement is Statement<K> & Statement {
  return statement.kind === kind;
}

/** What could not be read as SQL. One problem costs one statement, never the file. */
export interface SqlProblem {
  /**
   * `syntax-error`: PostgreSQL's grammar refuses it. `not-understood`: it may be right, but what it does cannot be followed.
   * `unknown-placeholder`: the statement is read with a name in its place.
   */
  readonly rule: 'syntax-error' | 'not-understood' | 'unknown-placeholder';
  readonly message: string;
  readonly source: Source;
  readonly span: Span;
  /** Why the body of a function cannot be followed: said where it is called from another file. */
  readonly reason?: string;
  /** The function that is called, where the problem stands in its body in another file. */
  readonly routine?: string;
  /** What cannot be followed changes rows, rights or settings at most, if the functions named here do: the text begins as such a statement does. */
  readonly keepsSchema?: { readonly calls: readonly (readonly string[])[] };
}

/** A comment of a script, with its delimiters; suppressions and framework markers are read from these. */
export interface Comment {
  readonly text: string;
  readonly source: Source;
  readonly span: Span;
}

/** What a piece of SQL text contains, in order. */
export interface ParsedScript {
  readonly statements: readonly Statement[];
  readonly problems: readonly SqlProblem[];
  readonly comments: readonly Comment[];
}
