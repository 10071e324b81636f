import type { Catalog } from '../catalog/catalog.js';
import type { Node, SelectStmt } from '../sql/tree.js';
import type { Draft } from './draft.js';
import type { LockMode } from './effect.js';
import type { Condition, Item, Qual, Scope, Source, Term, TermContext } from './query-terms.js';

// What planning a query needs and gives.

/** A query of WITH. */
export interface CommonTable {
  readonly query: Node;
  /** The names of its columns, where they are given. */
  readonly names: readonly string[];
  /** Planned by itself, once; its rows are then at hand. Undefined when it takes the place of its name. */
  readonly planned: Planned | undefined;
  /** What it may refer to. */
  readonly place: QueryPlace;
}

/** Where a query stands. */
export interface QueryPlace {
  readonly catalog: Catalog;
  readonly terms: TermContext;
  readonly outer: Scope | undefined;
  /** Whether the query around this one takes few rows, so that this one is run few times. */
  readonly outerFew: boolean;
  readonly tables: ReadonlyMap<string, CommonTable>;
  /** The lock on what is read: RowShareLock under FOR UPDATE. */
  readonly mode: LockMode;
  /** INSERT, UPDATE, DELETE and MERGE in WITH. */
  readonly change: (query: Node, place: QueryPlace) => Planned;
  readonly depth: number;
}

/** Whether a query stops before all its rows are read: at once, or as soon as enough of them meet its conditions. */
export interface Stop {
  readonly when: 'no' | 'perhaps' | 'at once';
  /** By an index on this column: a relation without one is read in full. */
  readonly column?: string;
}

export const neverStops: Stop = { when: 'no' };

/** A column that a query gives. */
export interface OutputColumn {
  readonly name: string;
  readonly term: Term;
}

/** A query that has been planned by itself. */
export interface Planned {
  readonly draft: Draft;
  /** It gives few rows. */
  readonly few: boolean;
  readonly columns: readonly string[];
  /** It may have columns that the history does not show. */
  readonly open: boolean;
}

/** A condition on a column of a query, put upon it by the query around it. */
export interface Pushed {
  readonly column: string;
  readonly qual: (term: Term) => Qual;
}

/** A query in FROM that is planned by itself once the conditions on it are known. */
export interface Delayed {
  readonly source: Source;
  readonly query: SelectStmt;
  readonly place: QueryPlace;
  /** The names by which the query around it knows the columns, and its own, by position. */
  readonly names: readonly string[];
}

/** A subquery that is run for each row, or once. */
export interface Subplan {
  readonly query: Node;
  readonly place: QueryPlace;
  /** EXISTS stops at the first row. */
  readonly exists: boolean;
}

/** What FROM and WHERE of a query amount to, with simple subqueries and views taken in. Filled while the query is read. */
export interface Graph {
  readonly sources: Source[];
  readonly conditions: Condition[];
  readonly delayed: Delayed[];
  /** What is done whatever the plan: locks on what is named but not read. */
  readonly drafts: Draft[];
  /** Subqueries that are run for each row, or once: planned when it is known how many rows there are. */
  readonly subplans: Subplan[];
  /** What an outer join may fill with NULL: that a column of it is NULL does not say which rows to read. */
  readonly nullable: Set<Source>;
}

export function emptyGraph(): Graph {
  return { sources: [], conditions: [], delayed: [], drafts: [], subplans: [], nullable: new Set() };
}

/** Items of FROM and the columns that `*` means. */
export interface From {
  readonly items: readonly Item[];
  readonly sources: readonly Source[];
}
