import type { TableLikeClause } from '../sql/tree.js';
import type { ApplyOptions } from './applies.js';
import type { Catalog, Column, Constraint, Relation, Table } from './catalog.js';
import { type Owner, withIdentity } from './column-definition.js';
import { createIndex, definitionFrom } from './index-definition.js';
import { findRelation, indexesOf, isTable } from './lookup.js';
import { notNullOf } from './not-null.js';
import { unsaid } from './said.js';

/** What INCLUDING names: the bits of TableLikeOption in parsenodes.h. */
const including = {
  comments: 1 << 0,
  constraints: 1 << 2,
  defaults: 1 << 3,
  generated: 1 << 4,
  identity: 1 << 5,
  indexes: 1 << 6,
  storage: 1 << 8,
} as const;

/** A LIKE with the relation that it means: found before the new table is there, which may bear the same name. */
export interface Like {
  readonly clause: TableLikeClause;
  /** Undefined when the history does not show it. */
  readonly source: Relation | undefined;
}

/** What a LIKE means here and now. */
export function likeOf(catalog: Catalog, clause: TableLikeClause): Like {
  return { clause, source: findRelation(catalog, clause.relation) };
}

function includes({ options = 0 }: TableLikeClause, what: keyof typeof including): boolean {
  return (options & including[what]) !== 0;
}

/** The columns that LIKE copies, at its place among the others; undefined when the history does not show where from. */
export function columnsLike(
  catalog: Catalog,
  owner: Owner,
  { clause, source }: Like,
  options: ApplyOptions,
): { readonly catalog: Catalog; readonly columns: readonly Column[] } | undefined {
  if (source === undefined || !('columns' in source)) return undefined;
  let now = catalog;
  const columns = source.columns.map((column) => {
    const copy = { ...copyOf(column, clause, options.born), notNull: notNullLike(source, column) };
    if (column.identity === undefined || !includes(clause, 'identity')) return copy;
    const made = withIdentity(now, owner, copy, { generated_when: column.identity === 'always' ? 'a' : 'd' }, options);
    now = made.catalog;
    return made.column;
  });
  return { catalog: now, columns };
}

/** A NOT NULL that is not valid yet holds for a table without rows. */
function notNullLike(source: Relation, column: Column): boolean {
  return column.notNull || (isTable(source) && notNullOf(source, column.name) !== undefined);
}

function copyOf(column: Column, clause: TableLikeClause, born: number): Column {
  const { name, type, notNull, collation, comment, generated, storage } = column;
  return {
    name,
    type,
    notNull,
    inherited: false,
    born,
    ...(collation !== undefined && { collation }),
    ...(column.default && includes(clause, 'defaults') && { default: column.default }),
    ...(generated && includes(clause, 'generated') && { generated }),
    ...(storage !== undefined && includes(clause, 'storage') && { storage }),
    ...(comment !== undefined && includes(clause, 'comments') && { comment }),
  };
}

/** The NOT NULL constraints (since 18) that LIKE always copies and the CHECK constraints that it copies when asked. */
export function constraintsLike({ clause, source }: Like, born: number): readonly Constraint[] {
  const copied = sourceTable(source)?.constraints.filter(
    ({ kind }) => kind === 'not null' || (kind === 'check' && includes(clause, 'constraints')),
  );
  const kept = (constraint: Constraint) => (includes(clause, 'comments') ? constraint : unsaid(constraint));
  return (copied ?? []).map(({ local: _, ...constraint }) => ({
    ...kept(constraint),
    inherited: false,
    validated: constraint.enforced,
    born,
  }));
}

/** Copies indexes, and the constraints they stand behind, under names of their own, when LIKE says INCLUDING INDEXES. */
export function indexesLike(catalog: Catalog, table: Owner, like: Like, options: ApplyOptions): Catalog {
  const { clause } = like;
  const { source } = like;
  if (source === undefined || !('indexes' in source) || !includes(clause, 'indexes')) return catalog;
  return indexesOf(catalog, source).reduce(
    (now, index) => createIndex(now, table.oid, definitionFrom(now, index), options),
    catalog,
  );
}

function sourceTable(source: Relation | undefined): Table | undefined {
  return source !== undefined && isTable(source) ? source : undefined;
}
