import type { Born, Catalog } from './catalog/catalog.js';
import type { Effect, Failure, LockMode } from './effects/effect.js';
import type { History, Migration, Script } from './frameworks/framework.js';
import type { Source, Span } from './sql/source.js';
import type { Statement } from './sql/statement.js';
import type { Kind, NodeOf } from './sql/tree.js';

/** error: outage, data loss or failure. warning: likely trouble. note: worth knowing. */
export type Level = 'error' | 'warning' | 'note';
export const levels: readonly Level[] = ['error', 'warning', 'note'];

export type Direction = 'up' | 'down';

/** A lock that an earlier statement of the open transaction took and that is kept until its end. */
export interface HeldLock {
  readonly relation: string;
  readonly lock: LockMode;
  readonly statement: Statement;
}

/** The session at the moment a statement starts. */
export interface Session {
  /** Inside an explicit or implicit transaction block: locks are kept, CONCURRENTLY fails. */
  readonly inTransaction: boolean;
  /** Who opened it, for people: "dbmate wraps each section in a transaction", "BEGIN on line 3". */
  readonly transactionWhy: string;
  /** Locks on relations that running code knows, taken earlier in the transaction that is open. */
  readonly held: readonly HeldLock[];
  /** Effective settings by lower-case name (lock_timeout, statement_timeout, timezone, search_path …); absent when not set. */
  readonly settings: Readonly<Record<string, string>>;
}

/** A statement at its place in the history. */
export interface Step<K extends Kind = Kind> {
  readonly kind: K;
  readonly node: NodeOf<K>;
  readonly statement: Statement<K>;
  /** schema.name of the relation the statement is about; undefined when it is about none. */
  readonly relation: string | undefined;
  /** Effects on relations that running code may be waiting for: those born in this migration or deploy are not here. */
  readonly effects: readonly Effect[];
  /** All effects, those on newborn relations included (`bornHere`). */
  readonly allEffects: readonly Effect[];
  readonly transactionBlock: 'allowed' | 'forbidden';
  readonly failure?: Failure;
  readonly understood: boolean;
  readonly before: Catalog;
  readonly after: Catalog;
  readonly session: Session;
  readonly pg: number;
  readonly migration: Migration;
  readonly script: Script;
  readonly direction: Direction;
  /** Runs only if a condition of a procedural body holds. */
  readonly conditional: boolean;
  /** Runs in a loop of a procedural body. */
  readonly repeated: boolean;
  /** Objects born in this migration (by number) or a later one are new to running code. */
  readonly since: Born;
  /** True when the relation (by schema.name) is new in this migration or deploy: no running code knows it. */
  readonly isNew: (relation: string) => boolean;
}

/** Narrows a step by its kind. */
export function isStep<K extends Kind>(step: Step, kind: K): step is Step<K> & Step {
  return step.kind === kind;
}

/** A replacement of a part of a source file. */
export interface Edit {
  /** The file, where it is another one than that of the finding; empty where it is to be made. */
  readonly source?: Source;
  readonly span: Span;
  readonly text: string;
}

/** A rewrite that reaches the same schema safely, in the file of the statement. */
export interface Fix {
  /** "build the index concurrently". */
  readonly title: string;
  readonly edits: readonly Edit[];
}

/** What a rule says about a step. The level, the reason and the links come from the rule. */
export interface Finding {
  /** What this statement does to whom: present tense, the user's own names, lower case, no full stop. */
  readonly message: string;
  /** SQL to paste, with the user's names, in place of the rule's general `instead`. */
  readonly instead?: string;
  /** A narrower place than the whole statement. */
  readonly span?: Span;
  readonly fix?: Fix;
  /** Other places that explain it (the statement that took the lock). */
  readonly related?: readonly Related[];
  /** A lower level than the rule's own, where the case at hand is milder. */
  readonly level?: Level;
  /** What is told once in a migration though it holds at several places: of those with the same words, the first that no comment ignores. */
  readonly once?: string;
}

export interface Related {
  readonly message: string;
  readonly source: Source;
  readonly span: Span;
}

/** Where a finding that belongs to no statement stands (a missing down section, a file name). */
export interface PlacedFinding extends Finding {
  readonly source: Source;
  readonly span: Span;
}

/** An example is a test and documentation at once. */
interface AnyExample {
  /** Says why it is as it is; optional for `bad`. */
  readonly title?: string;
  /** The server's major version; default 14. */
  readonly pg?: number;
}

/** Migrations as SQL; `-- next migration` separates them, the last one is judged. */
export interface SqlExample extends AnyExample {
  readonly sql: string;
  /** The runner's transaction; default: none, each statement by itself (psql). */
  readonly transaction?: 'whole' | 'statement';
  /** The down script of the last migration. */
  readonly down?: string;
}

/** A project of a framework, where a rule is about files: all its migrations are judged. */
export interface ProjectExample extends AnyExample {
  readonly framework: string;
  /** Path -> text. */
  readonly files: Readonly<Record<string, string>>;
  /** The files on main when the branch was made, for rules about what changed since (--changed). */
  readonly before?: Readonly<Record<string, string>>;
  /** The files that main has gained meanwhile. */
  readonly gained?: Readonly<Record<string, string>>;
}

export type Example = SqlExample | ProjectExample;

/** `fixed` is there if and only if the rule offers a fix: the last migration after it. */
export type BadExample = (SqlExample & { readonly fixed?: string }) | ProjectExample;

/** A migration with its steps, for rules that look at the whole of it. */
export interface JudgedMigration {
  readonly migration: Migration;
  readonly history: History;
  readonly up: readonly Step[];
  readonly down: readonly Step[];
  /** The catalog before it, after its up script, and after its down script (absent without one). */
  readonly before: Catalog;
  readonly afterUp: Catalog;
  readonly afterDown?: Catalog;
  /** Session settings that the migrations before it set and did not take back, by lower-case name: a session of its own does not have them. */
  readonly leftBehind: Readonly<Record<string, string>>;
}

export interface Rule {
  readonly id: string;
  readonly level: Level;
  readonly title: string;
  /** One or two sentences: what the server does and who suffers. */
  readonly why: string;
  /** The safe way, in general. */
  readonly instead: string;
  /** Why the SQL to paste ends in another schema than the statement asks for, on purpose; absent where it ends in the very same. */
  readonly elsewhere?: string;
  readonly links: readonly string[];
  /** Narrows the steps by kind; every step if absent. */
  readonly on?: readonly Kind[];
  /** Directions whose steps are judged; default ['up'], because a way back is run by hand and may lock. */
  readonly directions?: readonly Direction[];
  /** Off unless the configuration turns it on. */
  readonly off?: boolean;
  readonly bad: readonly BadExample[];
  readonly good: readonly Example[];
  readonly check?: (step: Step) => Finding | readonly Finding[] | undefined;
  /**
   * Rules that speak only where no other has spoken of the statement (`work-under-lock`): they run last.
   */
  readonly fallback?: boolean;
  readonly checkMigration?: (
    judged: JudgedMigration,
  ) => readonly ((Finding & { readonly step: Step }) | PlacedFinding)[];
  readonly checkHistory?: (
    history: History,
    judged: ReadonlySet<string>,
  ) => readonly (PlacedFinding & { readonly migration?: string })[];
}

/** Steps of the kinds in `on`: looking at `step.kind` narrows `step.node`. */
type StepOn<K extends Kind> = { [P in K]: Step<P> }[K];

type RuleOn<K extends Kind> = Omit<Rule, 'on' | 'check'> & {
  readonly on?: readonly K[];
  readonly check?: (step: StepOn<K>) => Finding | readonly Finding[] | undefined;
};

/** Declares a rule; with `on`, `check` sees the steps of these kinds with their nodes typed. */
export function defineRule<K extends Kind = Kind>(rule: RuleOn<K>): Rule;
export function defineRule(rule: unknown): Rule {
  // `on` guarantees what the narrower parameter of `check` asks for: lint.ts calls it with steps of these kinds alone
  return rule as Rule;
}
