import type { Catalog, Index, Table } from '../catalog/catalog.js';
import { literalOf } from '../catalog/literal.js';
import { columnOf, indexesOf } from '../catalog/lookup.js';
import type { Node, OnConflictClause } from '../sql/tree.js';
import { type Draft, fail, nothing } from './draft.js';
import type { Row, Selected } from './selected-rows.js';

// Rows that a unique index keeps apart. Which rows a table has the history does not show; what one statement says twice it does.

function uniqueIndexes(catalog: Catalog, table: Table): readonly Index[] {
  return indexesOf(catalog, table).filter(({ unique }) => unique);
}

function violated({ name }: Index, sure: boolean): Draft {
  return fail(`duplicate key value violates unique constraint "${name}"`, '23505', sure);
}

/** The refusal of rows to insert; `names` are the columns that get values, `rows` what is known of them with the defaults. */
export function insertedTwice(
  table: Table,
  names: readonly string[],
  { rows, sure }: Selected,
  clause: OnConflictClause | undefined,
  catalog: Catalog,
): Draft {
  const action = clause?.action;
  if (action === 'ONCONFLICT_NOTHING' && clause?.infer === undefined) return nothing;
  const indexes = uniqueIndexes(catalog, table);
  const arbiters = new Set(action === undefined ? [] : indexes.filter((index) => isMeant(index, clause)));
  for (const index of indexes) {
    if (!saysTwice(index, rows)) continue;
    if (!arbiters.has(index)) return violated(index, sure);
    if (action === 'ONCONFLICT_UPDATE')
      return fail('ON CONFLICT DO UPDATE command cannot affect row a second time', '21000', sure);
  }
  const given = new Set(names);
  const isGiven = (column: string | undefined) => {
    // an expression is about some column that is given, as far as is known
    if (column === undefined || given.has(column)) return true;
    return literalOf(columnOf(table, column)?.default) !== undefined;
  };
  const possible = indexes.find((index) => !arbiters.has(index) && index.keys.every(({ column }) => isGiven(column)));
  return possible === undefined ? nothing : violated(possible, false);
}

function isMeant({ name, keys, constraint }: Index, clause: OnConflictClause | undefined): boolean {
  const { conname, indexElems = [] } = clause?.infer ?? {};
  if (conname !== undefined) return conname === (constraint ?? name);
  const columns = indexElems.flatMap((element) => ('IndexElem' in element ? (element.IndexElem.name ?? []) : []));
  return columns.length === keys.length && keys.every(({ column }) => columns.includes(column ?? ''));
}

function saysTwice({ keys, predicate, nullsNotDistinct }: Index, rows: readonly Row[]): boolean {
  if (predicate !== undefined) return false;
  const seen = new Set<string>();
  return rows.some((row) => {
    const values = keys.map(({ column }) => (column === undefined ? undefined : literalOf(row.get(column))));
    const texts = values.map((value) => (value === undefined ? undefined : (value.text ?? null)));
    if (texts.includes(undefined) || (texts.includes(null) && !nullsNotDistinct)) return false;
    const key = JSON.stringify(texts);
    if (seen.has(key)) return true;
    seen.add(key);
    return false;
  });
}

/** The refusal of an UPDATE that gives columns of a unique index other values. */
export function updatedTwice(table: Table, set: ReadonlyMap<string, Node | undefined>, catalog: Catalog): Draft {
  const index = uniqueIndexes(catalog, table).find(({ keys }) => keys.some(({ column }) => set.has(column ?? '')));
  return index === undefined ? nothing : violated(index, false);
}
