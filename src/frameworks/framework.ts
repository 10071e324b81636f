import type { Piece } from '../sql/piece.js';
import type { PlaceholderSyntax } from '../sql/placeholder.js';
import type { Source, Span } from '../sql/source.js';

/**
 * Which statements share an explicit transaction that the runner opens.
 * `run`: one for all pending migrations; `migration`: one for each migration (and direction); `none`: the runner opens none.
 */
export type TransactionScope = 'run' | 'migration' | 'none';

/**
 * What travels to the server in one simple-Query message. Several statements in one message are an implicit transaction,
 * even where the runner opens none (facts/frameworks.md, section 0). `script`: each piece is one message;
 * `statement`: each statement is a message of its own.
 */
export type Batch = 'script' | 'statement';

/** How the runner executes one direction of one migration. */
export interface TransactionPlan {
  readonly scope: TransactionScope;
  readonly batch: Batch;
  /** True when a marker or setting of this migration asked for no transaction where the runner would open one. */
  readonly optedOut: boolean;
  /** What `batch` puts together travels as several messages of the extended protocol before one Sync. */
  readonly pipeline?: true;
  /** Why, for people: "dbmate wraps each section in a transaction". */
  readonly why: string;
  /** How a migration leaves the transaction, for people: "write `-- migrate:up transaction:false`". Absent where there is no way. */
  readonly optOut?: string;
  /** What works where there is no way, for people. */
  readonly wayRound?: string;
  /** How long a session lasts where it does not last for the whole run: a pool may hand each statement to another one. */
  readonly session?: 'statement' | 'migration';
  /** What a second runner does that starts meanwhile, where it waits in a statement for the first: "golang-migrate waits in pg_advisory_lock". */
  readonly secondRunner?: string;
  /** The runner itself takes a statement that cannot share a transaction out of the script: what is written beside it is no danger. */
  readonly partsAlone?: boolean;
  /** What the runner says where the script has ended its transaction: `pq: unexpected transaction status idle`. Absent where it does not mind, or is not known to. */
  readonly mindsEnd?: string;
  /** The plan is a guess: the files do not say who runs them. */
  readonly assumed?: boolean;
}

/** A text that is written into a file; the source of a file that is not there is empty. */
export interface FileEdit {
  readonly source: Source;
  readonly span: Span;
  readonly text: string;
}

/** One direction of a migration. */
export interface Script {
  readonly pieces: readonly Piece[];
  readonly transaction: TransactionPlan;
  /** Words that the text may contain and that the runner replaces before PostgreSQL sees them. */
  readonly placeholders?: readonly PlaceholderSyntax[];
  /**
   * What is written so that the runner opens no transaction for it, if a single statement that must be alone is all that it holds. Absent
   * where there is no way, or files do not hold it.
   */
  readonly optOut?: readonly FileEdit[];
  /** A psql meta-command is executed, not an error (sqitch, plain SQL). */
  readonly psql?: boolean;
}

export type { PlaceholderSyntax };

/** Something wrong with a migration as a file, found while reading it; becomes a diagnostic. */
export interface MigrationProblem {
  /** A rule of rules/index.ts or one of the built-in ids `syntax-error`, `not-understood`, `unreadable-migration`. */
  readonly rule: string;
  readonly message: string;
  readonly source: Source;
  readonly span: Span;
  /** The remedy of this runner, in place of the rule's general one. */
  readonly instead?: string;
}

/** One migration of one framework, as read from its files; nothing of it has been run. */
export interface Migration {
  /** What orders it and what `--since` names: a version number, a folder name, `author:id`. Unique within a history. */
  readonly id: string;
  /** Its description without the version, for people. */
  readonly name: string;
  /** The file that a person edits, relative to the working directory (with `/`). */
  readonly file: string;
  readonly up: Script;
  /** The way back, or why there is none. `missing` is a fault of the migration; `framework` means that the framework has no down. */
  readonly down: Script | { readonly none: 'missing' | 'framework' | 'irreversible' };
  readonly problems: readonly MigrationProblem[];
  /**
   * Neighbours with the same key go out together, as the change sets of one file: what one of them makes is new to the running code for all.
   */
  readonly deploy?: string;
  /** Neighbours with the same key are one migration that its tool cut into files: their ways back lead back together, the last one's first. */
  readonly cutFrom?: string;
  /** The runner asks the database whether it runs at all (a precondition of Liquibase): that a statement must fail is then never certain. */
  readonly conditional?: boolean;
  /** Others that are not read, written in another language than SQL, run between the one before it and this one. */
  readonly afterUnread?: boolean;
  /** Run again whenever it changes (Flyway R__, Liquibase runOnChange): its statements meet objects that exist already. */
  readonly repeatable?: boolean;
}

/** One folder of migrations: a history of its own. */
export interface History {
  readonly framework: string;
  /** The folder, relative to the working directory. */
  readonly root: string;
  /** In the order in which the runner applies them. */
  readonly migrations: readonly Migration[];
  /** Faults that belong to no single migration (a checksum file, a journal). */
  readonly problems: readonly MigrationProblem[];
  /** Placeholders to which the project's files give a value. */
  readonly knownPlaceholders?: readonly string[];
  /** What was taken for granted because the files do not say it; printed, so that a user can pin it. */
  readonly assumptions: readonly string[];
  /** Where the runner keeps what it has run, if that is not the usual place. */
  readonly runnerTable?: RunnerTable;
  /** Versions of migrations that are written in another language than SQL, and are not read. */
  readonly unread?: readonly string[];
  /** The names do not say in which order the files run: that a statement must fail is then never certain. */
  readonly unordered?: boolean;
}

/** A table, with what else goes with it, that the runner makes before the first migration; some migrations look into it. */
export interface RunnerTable {
  /** By which migrations name it, or its schema. */
  readonly name: string;
  readonly sql: string;
}

/** A value, or the promise of one: readers of YAML, TOML or XML load their parser only when they meet such a file. */
export type Eventually<T> = T | Promise<T>;

/** A file below the roots that are looked at: its path relative to the working directory and how to get its text. Reading is lazy and cached. */
export interface FileEntry {
  readonly path: string;
  /** The text without a byte order mark; undefined when the file is not UTF-8 or cannot be read. */
  readonly read: () => string | undefined;
  /** Why there is no text, for people: "is not UTF-8 (line 3)"; undefined when there is one. */
  readonly fault: () => string | undefined;
  /** The text as a source, always the same object; empty when there is no text. */
  readonly source: () => Source;
  /** A byte order mark stood before the text: some runners then overlook a marker in the first line. */
  readonly startsWithByteOrderMark: () => boolean;
  /** The same file read in the encoding that its runner is told, if it is not UTF-8: it has its text then, where the encoding is known. */
  readonly decoded: (encoding: string) => FileEntry;
}

/** A folder, as a framework's reader sees it. Paths are relative to the working directory, with `/`; its own is '' . */
export interface Folder {
  /** Relative to the working directory, '' for the working directory itself. */
  readonly path: string;
  /** All files below, sorted by path; node_modules, .git and vendored folders are left out. */
  readonly files: readonly FileEntry[];
  /** The same files by the folder in which they stand directly, sorted by folder. */
  readonly byFolder: ReadonlyMap<string, readonly FileEntry[]>;
  /** A file by its path relative to this folder; `..` reaches what the project's root contains, no further. */
  readonly file: (relative: string) => FileEntry | undefined;
  /** The files that stand directly in a folder, given relative to this one; `..` as for `file`. Empty when there is none. */
  readonly list: (relative: string) => readonly FileEntry[];
  /** All files below a folder given relative to this one, sorted by path; `..` as for `file`. */
  readonly below: (relative: string) => readonly FileEntry[];
  /** The files of these names in the folder `from` and in those above it as far as the project's root, nearest first. */
  readonly above: (from: string, names: readonly string[]) => readonly FileEntry[];
}

/** How sure a framework is that a folder is its own: a config file beats an in-file marker, a manifest, a file name. */
export type Evidence = 'config' | 'marker' | 'manifest' | 'name';

export interface Detection {
  /** The folder of migrations, relative to the working directory; it may lie above the folder that was looked at. */
  readonly root: string;
  readonly evidence: Evidence;
  /** For people: "db/migrations/001.sql starts with -- migrate:up". */
  readonly because: string;
  /** The file from which all others follow, where the framework has one (a master changelog); several make several histories of a root. */
  readonly entry?: string;
}

/** Options of the configuration that a reader may need. */
export interface ReadOptions {
  /** Replaces what the framework would do where the files cannot say it (`transaction` in the configuration). */
  readonly transaction?: 'none' | 'file' | 'batch';
  /** Values of placeholders by name. */
  readonly placeholders?: Readonly<Record<string, string>>;
  /** The `entry` of the detection. */
  readonly entry?: string;
}

/**
 * A migration framework: finds its folders and reads them. One file each under src/frameworks; index.ts is the list. `detect`
 * looks at the files below a folder and, by `file`, `list` and `above`, at what stands above it, so that a folder within a
 * framework's root, or that of one file, is recognised too. Neither throws on what the files contain.
 */
export interface Framework {
  /** As in `--framework dbmate`. */
  readonly id: string;
  /** As people write it: "golang-migrate". */
  readonly title: string;
  /** The folders of migrations in or around `project` that are this framework's. Reads as little as it can. */
  readonly detect: (project: Folder) => Eventually<readonly Detection[]>;
  /** Reads a root that `detect` gave or the user pinned. */
  readonly read: (folder: Folder, options: ReadOptions) => Eventually<History>;
}
