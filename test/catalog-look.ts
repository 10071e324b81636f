import { expect, test } from 'vitest';
import type { Catalog, Read, Routine, Table, TypeRef } from '../src/catalog/catalog.js';
import { dependentsOf, emptyCatalog, isTable, nameOf, relationByName } from '../src/catalog/lookup.js';
import { endTransaction } from '../src/catalog/transaction.js';
import { replaySql } from './catalog-scripts.js';

// What tests look at in a catalog, as short texts.

/** Replays a script as one transaction that is still open. */
export function open(sql: string, pg = 15, catalog = emptyCatalog()): Catalog {
  return replaySql(catalog, sql, pg);
}

export function replay(sql: string, pg = 15): Catalog {
  return endTransaction(open(sql, pg), 'commit');
}

export function relation(catalog: Catalog, name: string) {
  return relationByName(catalog, name.includes('.') ? name : `public.${name}`);
}

export function table(catalog: Catalog, name: string): Table {
  const found = relation(catalog, name);
  if (found === undefined || !isTable(found)) throw new Error(`no table ${name}`);
  return found;
}

export function type(catalog: Catalog, name: string) {
  return catalog.types.get(catalog.typeNames.get(name.includes('.') ? name : `public.${name}`) ?? -1);
}

export function routines(catalog: Catalog): readonly Routine[] {
  return [...catalog.routines.values()].sort((a, b) => a.oid - b.oid);
}

export function typeText(ref: TypeRef | undefined): string {
  return ref === undefined ? '?' : `${ref.name}${'[]'.repeat(Math.min(1, ref.dimensions))}`;
}

export function columns(catalog: Catalog, name: string): readonly string[] {
  const found = relation(catalog, name);
  if (found === undefined || !('columns' in found)) return [];
  return found.columns.map((column) => `${column.name} ${typeText(column.type)}`);
}

export function reads(catalog: Catalog, list: readonly Read[]): Record<string, readonly string[] | '*'> {
  return Object.fromEntries(list.map((read) => [nameOf(catalog, read.relation) ?? '', read.columns]));
}

export function readsOf(catalog: Catalog, name: string) {
  const found = relation(catalog, name);
  return found !== undefined && 'reads' in found ? reads(catalog, found.reads) : undefined;
}

export function dependents(catalog: Catalog, oid: number | undefined): readonly string[] {
  return dependentsOf(catalog, oid ?? -1).flatMap((dependent) => nameOf(catalog, dependent) ?? []);
}

export type Row = readonly [title: string, sql: string, look: (catalog: Catalog) => unknown, expected: unknown];

/** One test a row. */
export function check(...rows: readonly Row[]): void {
  test.each(rows)('%s', (_, sql, look, expected) => {
    expect(look(replay(sql))).toEqual(expected);
  });
}
