import type { Statement } from '../sql/statement.js';
import type { Node } from '../sql/tree.js';
import type { Oid, Read } from './catalog.js';

/** What COMMENT says of an object. It goes with the object, through every rename. */
export interface Commented {
  /** Empty, or absent: none. */
  readonly comment?: string;
}

/** What GRANT and REVOKE have made of the privileges on an object; absent while they are those of a new one. */
export interface Granted {
  readonly grants?: Grants;
}

/** What ALTER … OWNER TO has said; absent: it belongs to whoever made it. */
export interface Owned {
  readonly owner?: string | undefined;
}

/** `role=PRIVILEGE`, with `*` behind it where it may be passed on, sorted: see grants.ts. The owner's are not among them. */
export type Grants = readonly string[];

/** What privileges are granted on, as far as it decides which there are. */
export type GrantKind = 'table' | 'column' | 'sequence' | 'schema' | 'routine' | 'type';

/** What ALTER DEFAULT PRIVILEGES says of new objects. */
export interface DefaultGrants {
  readonly kind: GrantKind;
  /** Whose objects; empty: of the role that runs the migrations. */
  readonly role: string;
  /** Empty: wherever they are made. */
  readonly schema: string;
  readonly grants: Grants;
}

// What a table has besides columns, constraints and indexes.

export interface Trigger extends Commented {
  readonly name: string;
  readonly function: string;
  readonly timing: 'before' | 'after' | 'instead of';
  readonly events: readonly ('insert' | 'update' | 'delete' | 'truncate')[];
  /** Of UPDATE OF a, b and of the WHEN condition. */
  readonly columns: readonly string[];
  readonly forEachRow: boolean;
  readonly constraint: boolean;
  readonly inherited: boolean;
  readonly enabled: boolean;
  /** The other table of CREATE CONSTRAINT TRIGGER … FROM. */
  readonly from?: Oid;
}

/** What CREATE RULE makes of changes of a table; a rule ON SELECT makes a view of it instead. */
export interface Rule extends Commented {
  readonly name: string;
  readonly definition: Statement<'RuleStmt'>;
  /** What its actions read and write. */
  readonly relations: readonly Oid[];
  /** Of its own table, as OLD and NEW. */
  readonly columns: readonly string[];
  /** Of other tables: those that its actions give values to or name, as far as that is followed. */
  readonly reads: readonly Read[];
}

export interface Policy extends Commented {
  readonly name: string;
  readonly command: 'all' | 'select' | 'insert' | 'update' | 'delete';
  /** PERMISSIVE lets rows pass, RESTRICTIVE keeps some of those back. */
  readonly permissive: boolean;
  readonly using?: Node;
  readonly withCheck?: Node;
  readonly reads: readonly Read[];
  /** Of its own table; a row as a whole needs none of them. */
  readonly columns: readonly string[];
}

export type PartitionBound =
  | { readonly kind: 'default' }
  | { readonly kind: 'list'; readonly values: readonly Node[] }
  | { readonly kind: 'range'; readonly from: readonly Node[]; readonly to: readonly Node[] }
  | { readonly kind: 'hash'; readonly modulus: number; readonly remainder: number };

/** What a publication says of a table besides its name. */
export interface PublishedColumns {
  /** Undefined: all columns. */
  readonly list?: readonly string[];
  readonly where: readonly string[];
}

/** What the catalog knows by its name alone, and the relations that it is about. */
export interface OtherObject extends Commented {
  readonly kind:
    | 'publication'
    | 'subscription'
    | 'statistics'
    | 'event trigger'
    | 'server'
    | 'collation'
    | 'operator'
    | 'cast'
    | 'text search configuration'
    | 'text search dictionary'
    | 'text search parser'
    | 'text search template'
    | 'other';
  readonly name: string;
  /** Of a server: its foreign tables. */
  readonly relations: readonly Oid[];
  /** Of an event trigger: the function that it calls. */
  readonly routine?: Oid;
  /** Of a server: its foreign-data wrapper. */
  readonly wrapper?: string;
  /** Of a publication: FOR TABLES IN SCHEMA. */
  readonly schemas?: readonly string[];
  /** Of a subscription: it has no slot at the publisher. */
  readonly slotless?: true;
  /** Of a subscription: it does nothing until it is enabled. */
  readonly disabled?: true;
  /** Of a subscription: the names of its publications. */
  readonly publications?: readonly string[];
  /** Of a publication: FOR ALL TABLES. */
  readonly everything?: true;
  /** Of a publication: the columns of a table that its list and its WHERE name, where it has them. */
  readonly published?: ReadonlyMap<Oid, PublishedColumns>;
  /** Of a publication: partitions are published as their root. */
  readonly viaRoot?: true;
  /** Of a publication: the operations that it publishes, where they are not all. */
  readonly publishes?: readonly string[];
  /** Of statistics: the columns they are about, those in expressions too. */
  readonly columns?: readonly string[];
}
