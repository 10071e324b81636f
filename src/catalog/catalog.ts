import type { Statement } from '../sql/statement.js';
import type { Node } from '../sql/tree.js';
import type {
  Commented,
  DefaultGrants,
  Granted,
  OtherObject,
  Owned,
  PartitionBound,
  Policy,
  Rule,
  Trigger,
} from './parts.js';
import type { PersistentMap } from './persistent-map.js';

export type { OtherObject, PartitionBound, Policy, Rule, Trigger } from './parts.js';

/**
 * The schema (and the session's settings) at one moment of a history, as far as the history shows it.
 *
 * Objects refer to each other by oid, a number that is never used again, so that a rename touches one name and nothing else.
 * What the history does not show is unknown, and unknown is not absent: a relation that cannot be found may exist
 * (another tool made it), and one with `complete: false` may have more columns, constraints and indexes than are listed.
 */
export interface Catalog {
  readonly relations: PersistentMap<Oid, Relation>;
  readonly types: PersistentMap<Oid, Type>;
  readonly routines: PersistentMap<Oid, Routine>;
  readonly schemas: PersistentMap<string, Schema>;
  readonly extensions: PersistentMap<string, Extension>;
  /** Publications, statistics objects, event triggers, foreign servers …: "kind name" -> what they touch, and the way back. */
  readonly others: PersistentMap<string, OtherObject>;
  readonly othersOfRelation: PersistentMap<Oid, readonly string[]>;
  /** "schema.name" -> oid. Tables, views, indexes, sequences share one name space, as in pg_class. */
  readonly relationNames: PersistentMap<string, Oid>;
  /** Names that relations had which were dropped or have another name now: unlike names that the history never had, they surely mean nothing. */
  readonly goneNames: PersistentMap<string, true>;
  readonly typeNames: PersistentMap<string, Oid>;
  /** "schema.name" -> how many constraints of tables and domains bear the name: a generated name avoids those of the whole schema. */
  readonly constraintNames: PersistentMap<string, number>;
  /** "schema.name" -> the oids of all overloads. */
  readonly routineNames: PersistentMap<string, readonly Oid[]>;
  /**
   * Who depends on an object, as pg_depend: foreign keys (the referencing table), views, partitions and children, tables whose columns
   * have a type, default, check or trigger. Each value is the oid of a relation, type or routine; look into it for how it depends.
   * Indexes of a table are in its `indexes`; they are dependents of the functions and types in their expressions.
   */
  readonly dependents: PersistentMap<Oid, readonly Oid[]>;
  /** What ALTER DEFAULT PRIVILEGES says, by kind, role and schema. */
  readonly defaultGrants: PersistentMap<string, DefaultGrants>;
  readonly settings: Settings;
  /** The search_path that the role or the database gives each session, where the project says it. */
  readonly usualPath?: string;
  readonly transient: Transient;
  /**
   * Something ran that cannot be followed when this was the next oid: objects with a lower one may have been changed or dropped by it, and
   * a name that is not listed may have been taken. 0 when everything could be followed.
   */
  readonly followedFrom: Oid;
  readonly nextOid: Oid;
}

/** What changes when the transaction or the session ends; kept so that neither end has to look through the whole catalog. */
export interface Transient {
  /** Enums that were made or got labels in the transaction that is still open. */
  readonly enums: readonly Oid[];
  /** Temporary relations; they end with the session. */
  readonly temporary: readonly Oid[];
  /** Temporary tables made with ON COMMIT DROP. */
  readonly onCommitDrop: readonly Oid[];
}

export type Oid = number;

/** Session settings by lower-case name: SET for the session, SET LOCAL until the end of the transaction. */
export interface Settings {
  readonly session: Readonly<Record<string, string>>;
  readonly local: Readonly<Record<string, string>>;
}

/** When an object came into being: the number of the migration in its history; -1 for what was there before all. */
export type Born = number;

interface InSchema extends Commented, Granted, Owned {
  readonly oid: Oid;
  readonly schema: string;
  readonly name: string;
  readonly born: Born;
}

export type Relation = Table | View | MaterializedView | Index | Sequence | CompositeRelation;

export type Persistence = 'permanent' | 'unlogged' | 'temporary';

/** A table, partitioned table or foreign table. */
export interface Table extends InSchema {
  readonly kind: 'table' | 'partitioned' | 'foreign';
  /** False when it was there before the history begins, or a statement that cannot be followed may have changed it. */
  readonly complete: boolean;
  readonly persistence: Persistence;
  readonly columns: readonly Column[];
  readonly constraints: readonly Constraint[];
  readonly indexes: readonly Oid[];
  readonly triggers: readonly Trigger[];
  readonly policies: readonly Policy[];
  readonly rules: readonly Rule[];
  /** Parents by INHERITS, or the one partitioned table this is a partition of. */
  readonly parents: readonly Oid[];
  /** Children or partitions, in order of attachment. */
  readonly children: readonly Oid[];
  readonly partitionBy?: PartitionKey;
  /** The bound when this is a partition. */
  readonly bound?: PartitionBound;
  readonly rowSecurity: boolean;
  /** FORCE: for the owner too. */
  readonly forcesRowSecurity?: boolean;
  readonly ofType?: Oid;
  readonly accessMethod?: string;
  readonly tablespace?: string;
  readonly options: Readonly<Record<string, string>>;
  readonly clusteredOn?: Oid;
  readonly replicaIdentity: 'default' | 'full' | 'nothing' | 'index';
  /** True once the history put rows into it (INSERT, COPY, CREATE TABLE AS): a table born empty is free to change. */
  readonly filled: boolean;
  /** True when a row is surely there: INSERT … VALUES put one in, and nothing was deleted since. What INSERT … SELECT finds may be none. */
  readonly inhabited: boolean;
}

/** A type as a column has it: `varchar(20)[]` is `{ schema: 'pg_catalog', name: 'varchar', modifiers: [20], dimensions: 1 }`. */
export interface TypeRef {
  /** 'pg_catalog' for the built-in ones; '' when the schema cannot be told. */
  readonly schema: string;
  /** PostgreSQL's internal name: int4, int8, varchar, bpchar, timestamptz, bool, float8 … */
  readonly name: string;
  readonly modifiers: readonly number[];
  readonly dimensions: number;
  /** The type in the catalog when the history created it (enum, domain, composite, range). */
  readonly oid?: Oid;
}

export interface Column extends Commented, Granted {
  readonly name: string;
  /** Undefined when the history does not show it. */
  readonly type: TypeRef | undefined;
  readonly notNull: boolean;
  readonly default?: Node;
  readonly generated?: { readonly kind: 'stored' | 'virtual'; readonly expression: Node };
  readonly identity?: 'always' | 'by default';
  /** The sequence that serial or IDENTITY made and that the values come from; whose a sequence is, it says itself. */
  readonly sequence?: Oid;
  readonly collation?: string;
  /** What STORAGE has said. */
  readonly storage?: string;
  /** SET STATISTICS and the options of the column, as n_distinct: what is not as it goes without saying. */
  readonly tuning?: Readonly<Record<string, string>>;
  /** Of a child or partition: the column came from the parent. */
  readonly inherited: boolean;
  /** Of an inherited column: the child declares it too, so it stays when the parent's goes. */
  readonly local?: boolean;
  readonly born: Born;
}

export type ConstraintKind = 'primary key' | 'unique' | 'check' | 'foreign key' | 'exclude' | 'not null';

export interface Constraint extends Commented {
  readonly name: string;
  readonly kind: ConstraintKind;
  /** False from NOT VALID until VALIDATE CONSTRAINT. */
  readonly validated: boolean;
  readonly enforced: boolean;
  readonly columns: readonly string[];
  /** The expression of a CHECK. */
  readonly expression?: Node;
  readonly references?: {
    readonly table: Oid;
    /** The unique index that it relies on, its constraint's or its own; undefined when the history does not show it. */
    readonly index?: Oid;
    readonly columns: readonly string[];
    readonly onDelete: string;
    readonly onUpdate: string;
    /** MATCH FULL: of several columns all or none are NULL. */
    readonly match?: 'full';
  };
  /** The index behind a primary key, unique or exclusion constraint. */
  readonly index?: Oid;
  readonly deferrable: boolean;
  /** INITIALLY DEFERRED: checked at the end of the transaction. */
  readonly deferred?: boolean;
  readonly noInherit: boolean;
  readonly inherited: boolean;
  /** Of an inherited constraint: the child declares it too, so it stays when the parent's goes. */
  readonly local?: boolean;
  readonly born: Born;
}

export interface IndexKey {
  /** The column, or undefined for an expression. */
  readonly column?: string;
  readonly expression?: Node;
  /** A collation named in the index itself: a change of the column's collation does not touch it. */
  readonly collation?: string;
  readonly operatorClass?: string;
  /** DESC, NULLS FIRST or NULLS LAST where it is not what goes without saying. */
  readonly order?: string;
}

export interface Index extends InSchema {
  readonly kind: 'index' | 'partitioned index';
  readonly table: Oid;
  readonly method: string;
  readonly keys: readonly IndexKey[];
  readonly include: readonly string[];
  readonly predicate?: Node;
  readonly unique: boolean;
  readonly nullsNotDistinct: boolean;
  /** False after CREATE INDEX … ON ONLY a partitioned table until all partitions are attached. */
  readonly valid: boolean;
  readonly constraint?: string;
  /** The partitioned index this one is attached to. */
  readonly parent?: Oid;
  readonly children: readonly Oid[];
  readonly tablespace?: string;
  /** Storage parameters: fillfactor, fastupdate … */
  readonly options: Readonly<Record<string, string>>;
}

export interface View extends InSchema {
  readonly kind: 'view';
  readonly complete: boolean;
  readonly columns: readonly Column[];
  /** What it reads: relation and, where they can be told, the columns ('*' when not). */
  readonly reads: readonly Read[];
  readonly query?: Node;
  readonly triggers: readonly Trigger[];
  readonly rules: readonly Rule[];
  /** check_option (local or cascaded), security_barrier, security_invoker. */
  readonly options: Readonly<Record<string, string>>;
}

export interface MaterializedView extends InSchema {
  readonly kind: 'materialized view';
  readonly complete: boolean;
  readonly columns: readonly Column[];
  readonly reads: readonly Read[];
  readonly query?: Node;
  readonly indexes: readonly Oid[];
  readonly populated: boolean;
  readonly accessMethod?: string;
  readonly tablespace?: string;
}

export interface Read {
  readonly relation: Oid;
  readonly columns: readonly string[] | '*';
}

export interface Sequence extends InSchema {
  readonly kind: 'sequence';
  readonly ownedBy?: { readonly table: Oid; readonly column: string };
  readonly persistence: Persistence;
  /** What has been said of its steps and limits, by option. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** The relation of CREATE TYPE … AS (…). */
export interface CompositeRelation extends InSchema {
  readonly kind: 'composite type';
  readonly columns: readonly Column[];
  readonly type: Oid;
}

export interface PartitionKey {
  readonly strategy: 'range' | 'list' | 'hash';
  readonly keys: readonly IndexKey[];
}

export type Type = EnumType | DomainType | CompositeType | RangeType | BaseType;

export interface EnumType extends InSchema {
  readonly kind: 'enum';
  /** False when the history does not show its creation: it has more labels than are listed. */
  readonly complete: boolean;
  readonly labels: readonly string[];
  /** Labels added in the transaction that is still open: they may not be used before it commits (55P04). */
  readonly uncommitted: readonly string[];
  /** Made in the transaction that is still open: since 17 labels added to it may be used at once. */
  readonly fresh?: true;
}

export interface DomainType extends InSchema {
  readonly kind: 'domain';
  readonly base: TypeRef;
  readonly notNull: boolean;
  readonly default?: Node;
  readonly collation?: string;
  readonly checks: readonly DomainCheck[];
}

export interface DomainCheck extends Commented {
  readonly name: string;
  readonly expression: Node;
  readonly validated: boolean;
}

export interface CompositeType extends InSchema {
  readonly kind: 'composite';
  readonly relation: Oid;
}

export interface RangeType extends InSchema {
  readonly kind: 'range';
  readonly subtype: TypeRef;
}

export interface BaseType extends InSchema {
  readonly kind: 'base';
}

export type Volatility = 'immutable' | 'stable' | 'volatile';

export interface Routine extends InSchema {
  readonly kind: 'function' | 'procedure' | 'aggregate' | 'window';
  readonly language: string;
  readonly volatility: Volatility;
  readonly arguments: readonly {
    readonly name: string;
    readonly type: TypeRef | undefined;
    readonly hasDefault: boolean;
    readonly output: boolean;
  }[];
  readonly returns?: TypeRef;
  /** STRICT, SECURITY DEFINER, PARALLEL, SET …: what is not as of a function without options, by name. */
  readonly options: Readonly<Record<string, string>>;
  /** The text of the body, and the statements found in it (plpgsql, sql). */
  readonly source: string;
  readonly definition?: Statement<'CreateFunctionStmt'>;
  /** Relations it names in a way that pg_depend records (BEGIN ATOMIC), not text bodies. */
  readonly reads: readonly Read[];
}

export interface Schema extends Commented, Granted, Owned {
  readonly name: string;
  readonly born: Born;
}

export interface Extension {
  readonly name: string;
  readonly schema: string;
  readonly born: Born;
}
