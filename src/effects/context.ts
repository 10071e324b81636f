import { apply } from '../catalog/apply.js';
import type { Catalog } from '../catalog/catalog.js';
import type { Statement } from '../sql/statement.js';
import type { Kind, NodeOf } from '../sql/tree.js';
import type { Draft } from './draft.js';

/** What a prediction may look at besides the node. */
export interface PredictContext<K extends Kind = Kind> {
  readonly statement: Statement<K>;
  /** The schema before the statement. */
  readonly catalog: Catalog;
  /** The server's major version, 13 to 18. */
  readonly pg: number;
  /** The session's TimeZone; undefined when neither the history nor the options say it. */
  readonly timeZone: string | undefined;
  /** What a body does and the functions that are called is left out. */
  readonly opened: boolean;
  /** Whether the transaction under way has left rows of its own in a table (schema.name). */
  readonly ownRows: (relation: string) => boolean;
  /** What a change of the schema has come to already. */
  readonly done?: Done | undefined;
  /** What a statement inside this one does (EXPLAIN ANALYZE, a body, a trigger), with the schema as it then is. */
  readonly inner: (statement: Statement, catalog: Catalog) => Draft;
}

/** A statement that was applied. */
export interface Done {
  readonly statement: Statement;
  readonly before: Catalog;
  readonly after: Catalog;
}

type Applied = Pick<PredictContext, 'statement' | 'catalog' | 'pg' | 'done'>;

/** The schema after the statement. */
export function applied(context: Applied): Catalog {
  return appliedBefore(context) ?? apply(context.statement, context.catalog, { born: 0, pg: context.pg });
}

/** The same if it is known without applying the statement, which may be another than the one that was asked about. */
export function appliedBefore({ statement, catalog, done }: Applied): Catalog | undefined {
  return done?.statement === statement && done.before === catalog ? done.after : undefined;
}

/** Says what PostgreSQL does on one kind of statement. */
export type Predict<K extends Kind> = (node: NodeOf<K>, context: PredictContext<K>) => Draft;

/** A part of the table that dispatches on the kind: one per family of statements, spread into one in predict.ts. */
export type PredictTable = { readonly [K in Kind]?: Predict<K> };
