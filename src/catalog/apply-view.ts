import { qualifiedName } from '../sql/names.js';
import { type CreateTableAsStmt, type Node, type RangeVar, strings, type ViewStmt } from '../sql/tree.js';
import { rangeVars } from '../sql/walk.js';
import type { Applies } from './applies.js';
import { bared } from './bared.js';
import type { Catalog, Column, MaterializedView, Oid, Read, Relation, View } from './catalog.js';
import { putRelation } from './change.js';
import { findRelation, isTable, relationByName, schemaFor, temporarySchema } from './lookup.js';
import { describeQuery } from './query.js';
import type { Output } from './query-scope.js';
import { saidOf } from './said.js';
import { storageOptions } from './storage-options.js';
import { tableOrStub } from './stub.js';

export const viewApplies: Applies = {
  ViewStmt: (node, _statement, catalog, { born }) => {
    const { view, query } = node;
    if (view?.relname === undefined || query === undefined) return catalog;
    const known = withSources(catalog, query);
    const described = describeQuery(known, query);
    const place = placeFor(known, isTemporary(known, view, described.reads) ? temporary(view) : view, 'view');
    if (place === undefined) return catalog;
    const names = strings(node.aliases);
    const made: View = {
      ...place.named,
      kind: 'view',
      born: place.old?.born ?? born,
      complete: !described.open,
      columns: columnsOfView(described.outputs, names, born, place.old),
      reads: described.reads,
      query,
      triggers: place.old?.triggers ?? [],
      rules: place.old?.rules ?? [],
      options: { ...storageOptions(node.options), ...checkOption(node) },
      ...saidOf(place.old),
    };
    return putRelation(place.catalog, made);
  },
  RefreshMatViewStmt: (node, _statement, catalog) => {
    const view = findRelation(catalog, node.relation);
    if (view?.kind !== 'materialized view') return catalog;
    return putRelation(catalog, { ...view, populated: node.skipData !== true });
  },
};

/** WITH LOCAL CHECK OPTION is another way to write the option. */
function checkOption({ withCheckOption }: ViewStmt): Readonly<Record<string, string>> {
  if (withCheckOption === 'LOCAL_CHECK_OPTION') return { check_option: 'local' };
  return withCheckOption === 'CASCADED_CHECK_OPTION' ? { check_option: 'cascaded' } : {};
}

/** CREATE MATERIALIZED VIEW, which the grammar has as a form of CREATE TABLE AS. */
export function createMaterializedView(node: CreateTableAsStmt, catalog: Catalog, born: number): Catalog {
  const { into, query } = node;
  if (into?.rel?.relname === undefined || query === undefined) return catalog;
  const known = withSources(catalog, query);
  const described = describeQuery(known, query);
  const place = placeFor(known, into.rel, 'materialized view');
  if (place === undefined || place.old !== undefined) return catalog;
  const made: MaterializedView = {
    ...place.named,
    kind: 'materialized view',
    born,
    complete: !described.open,
    columns: columnsOfView(described.outputs, strings(into.colNames), born),
    reads: described.reads,
    query,
    indexes: [],
    populated: into.skipData !== true,
    ...(into.accessMethod !== undefined && { accessMethod: into.accessMethod }),
    ...(into.tableSpaceName !== undefined && { tablespace: into.tableSpaceName }),
  };
  return putRelation(place.catalog, made);
}

/** The columns of a view: the names given to it, or else those of its query. A column that was there before keeps its age. */
export function columnsOfView(
  outputs: readonly Output[],
  names: readonly string[],
  born: number,
  old?: { readonly columns: readonly Column[] },
): readonly Column[] {
  const given = names.slice(outputs.length).map((name): Pick<Output, 'name' | 'type'> => ({ name, type: undefined }));
  return [...outputs, ...given].map((output, at) => {
    const name = names[at] ?? output.name;
    const before = old?.columns.find((column) => column.name === name);
    return {
      name,
      type: output.type,
      notNull: false,
      inherited: false,
      born: before?.born ?? born,
      ...(before?.default !== undefined && { default: before.default }),
      ...saidOf(before),
    };
  });
}

/** Relations that a view reads are there, although the history does not show how they came. */
function withSources(catalog: Catalog, query: Node): Catalog {
  return rangeVars(query)
    .filter((range) => !isOfSystem(range))
    .reduce((now, range) => (findRelation(now, range) === undefined ? tableOrStub(now, range)[0] : now), catalog);
}

function isOfSystem({ schemaname, relname = '' }: RangeVar): boolean {
  if (schemaname === undefined) return relname.startsWith('pg_');
  return schemaname.startsWith('pg_') || schemaname === 'information_schema';
}

/** A view of temporary relations is temporary itself, unless its schema is written. */
function isTemporary(catalog: Catalog, view: RangeVar, reads: readonly Read[]): boolean {
  if (view.schemaname !== undefined) return false;
  return reads.some(({ relation }) => catalog.relations.get(relation)?.schema === temporarySchema);
}

function temporary(view: RangeVar): RangeVar {
  return { ...view, relpersistence: 't' };
}

interface PlaceForView<R extends Relation> {
  readonly catalog: Catalog;
  readonly named: { readonly oid: Oid; readonly schema: string; readonly name: string };
  /** What OR REPLACE replaces. */
  readonly old: R | undefined;
}

/** Where a new view goes; undefined when its name belongs to another kind of relation, and the statement fails. */
function placeFor<K extends 'view' | 'materialized view'>(
  catalog: Catalog,
  range: RangeVar,
  kind: K,
): PlaceForView<Extract<Relation, { kind: K }>> | undefined {
  const schema = schemaFor(catalog, range);
  const name = range.relname ?? '';
  const taken = relationByName(catalog, qualifiedName(schema, name));
  if (taken === undefined) return { catalog, named: { oid: catalog.nextOid, schema, name }, old: undefined };
  const named = { oid: taken.oid, schema, name };
  if (hasKind(taken, kind)) return { catalog, named, old: taken };
  // what was only known by its name, and taken for a table, is a view if it can be made now
  return isTable(taken) && !taken.complete && taken.born === -1
    ? { catalog: bared(catalog, taken), named, old: undefined }
    : undefined;
}

function hasKind<K extends Relation['kind']>(relation: Relation, kind: K): relation is Extract<Relation, { kind: K }> {
  return relation.kind === kind;
}
