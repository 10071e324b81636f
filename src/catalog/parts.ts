import type { Node } from '../sql/tree.js';
import type { Oid, Read } from './catalog.js';

// What a table has besides columns, constraints and indexes.

export interface Trigger {
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

export interface Policy {
  readonly name: string;
  readonly using?: Node;
  readonly withCheck?: Node;
  readonly reads: readonly Read[];
}

export type PartitionBound =
  | { readonly kind: 'default' }
  | { readonly kind: 'list'; readonly values: readonly Node[] }
  | { readonly kind: 'range'; readonly from: readonly Node[]; readonly to: readonly Node[] }
  | { readonly kind: 'hash'; readonly modulus: number; readonly remainder: number };
