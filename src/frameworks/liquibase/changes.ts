import { constraintChanges } from './constraint-changes.js';
import { dataChanges } from './data-changes.js';
import type { Element } from './element.js';
import { objectChanges } from './object-changes.js';
import { tableChanges } from './table-changes.js';

/** A change as SQL, and the SQL that takes it back where Liquibase makes that by itself. */
export interface Rendered {
  readonly up: readonly string[];
  /** Absent when Liquibase cannot make it: a rollback must be written. */
  readonly down?: readonly string[];
}

export type Render = (change: Element) => Rendered;

/** The typed changes by name: what Liquibase's SQL generators write for PostgreSQL. */
export const changes: Readonly<Record<string, Render>> = {
  ...tableChanges,
  ...constraintChanges,
  ...objectChanges,
  ...dataChanges,
};
