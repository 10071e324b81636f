import { type A_Indirection, type Node, strings } from '../sql/tree.js';
import type { Catalog, Oid, Read, TypeRef } from './catalog.js';

/** A column that a query or an item of its FROM gives. */
export interface Output {
  readonly name: string;
  /** Undefined when it cannot easily be told. */
  readonly type: TypeRef | undefined;
  readonly notNull: boolean;
  readonly collation?: string;
  /** The columns of relations that a reference to it reads; none when they were read to make it. */
  readonly sources: readonly Source[];
}

export interface Source {
  readonly relation: Oid;
  readonly column: string;
}

/** What a query or an item of FROM gives: its columns, and whether it may have more that the history does not show. */
export interface Shape {
  readonly outputs: readonly Output[];
  readonly open: boolean;
}

/** An item of FROM under the name by which it is referred to. */
export interface Item extends Shape {
  readonly name: string;
  readonly schema?: string;
  readonly relation?: Oid;
}

/** Where an expression stands: what FROM offers it, innermost first, and what WITH has defined. */
export interface Place {
  readonly catalog: Catalog;
  readonly reads: Reads;
  readonly levels: readonly (readonly Item[])[];
  readonly queries: ReadonlyMap<string, Shape>;
  /** How many queries this one stands in. */
  readonly depth: number;
  /** Is shown every expression where it stands, and every SELECT and join with what they may name. */
  readonly seen?: (expression: Node, place: Place) => void;
}

/** Collects what is read, each column of each relation once. */
export class Reads {
  readonly #columns = new Map<Oid, Set<string>>();
  readonly #whole = new Set<Oid>();

  relation(oid: Oid): void {
    if (!this.#columns.has(oid)) this.#columns.set(oid, new Set());
  }

  column({ relation, column }: Source): void {
    this.relation(relation);
    this.#columns.get(relation)?.add(column);
  }

  /** All of its columns, and more than can be named. */
  whole(oid: Oid): void {
    this.relation(oid);
    this.#whole.add(oid);
  }

  /** What was read, the relations by age and the columns by name. */
  list(): readonly Read[] {
    return [...this.#columns]
      .sort(([a], [b]) => a - b)
      .map(([relation, columns]) => ({ relation, columns: this.#whole.has(relation) ? '*' : [...columns].sort() }));
  }
}

/** Reads what a reference to a column means; gives the column, or undefined where the history does not show it. */
export function resolve(parts: readonly string[], place: Place): Output | undefined {
  const name = parts.at(-1);
  if (name === undefined) return undefined;
  const items = (level: readonly Item[]) => (parts.length === 1 ? level : level.filter((item) => isNamed(item, parts)));
  for (const level of place.levels) {
    const candidates = items(level);
    const found = candidates.flatMap(({ outputs }) => outputs.filter((output) => output.name === name));
    for (const output of found) read(output, place.reads);
    if (found[0] !== undefined) return found[0];
    const whole = parts.length === 1 ? level.find((item) => item.name === name) : undefined;
    if (whole !== undefined) return readWhole(whole, place);
    const open = candidates.filter((item) => item.open);
    if (open.length > 0) return readUnknown(open, name, place.reads);
    if (parts.length > 1 && candidates.length > 0) return undefined;
  }
  return undefined;
}

/** Reads all columns of `*` or `item.*` and gives them. */
export function resolveStar(parts: readonly string[], star: Shape, place: Place): Shape {
  const [level = []] = place.levels;
  const item = parts.length === 0 ? undefined : place.levels.flat().find((one) => isNamed(one, [...parts, '*']));
  const shape = parts.length === 0 ? star : (item ?? { outputs: [], open: true });
  for (const output of shape.outputs) read(output, place.reads);
  for (const one of item === undefined ? level : [item]) {
    if (one.open && one.relation !== undefined) place.reads.whole(one.relation);
  }
  return shape;
}

/** Reads `item.*` where it is one value: the argument of a function. */
export function resolveRow(parts: readonly string[], place: Place): void {
  const item = place.levels.flat().find((one) => isNamed(one, [...parts, '*']));
  if (item !== undefined) readWhole(item, place);
}

/** `(item).column` is `item.column` where item is no column. */
export function fieldOfRow({ arg, indirection }: A_Indirection, place: Place): readonly string[] | undefined {
  const [name, ...more] = arg !== undefined && 'ColumnRef' in arg ? strings(arg.ColumnRef.fields) : [];
  const [field] = indirection ?? [];
  if (name === undefined || more.length > 0 || field === undefined || !('String' in field)) return undefined;
  const items = place.levels.flat();
  const isColumn = items.some(({ outputs }) => outputs.some((output) => output.name === name));
  return isColumn || !items.some((item) => item.name === name) ? undefined : [name, field.String.sval ?? ''];
}

/** Whether the qualifier of `item.column` or `schema.item.column` means this item. */
function isNamed(item: Item, parts: readonly string[]): boolean {
  const schema = parts.at(-3);
  return parts.at(-2) === item.name && (schema === undefined || item.schema === undefined || schema === item.schema);
}

export function read(output: Output, reads: Reads): void {
  for (const source of output.sources) reads.column(source);
}

/** A reference to a row as one value depends on the relation, on none of its columns. */
function readWhole({ name, relation }: Item, { catalog, reads }: Place): Output | undefined {
  const row = relation === undefined ? undefined : catalog.relations.get(relation);
  if (row === undefined) return undefined;
  reads.relation(row.oid);
  const type = { schema: row.schema, name: row.name, modifiers: [], dimensions: 0, oid: row.oid };
  return { name, type, notNull: false, sources: [] };
}

/** A name that no known column has belongs to a relation whose columns are not all known: to the one, or to any of several. */
function readUnknown(open: readonly Item[], column: string, reads: Reads): undefined {
  const relations = open.flatMap(({ relation }) => relation ?? []);
  const [only] = relations;
  if (only !== undefined && open.length === 1) reads.column({ relation: only, column });
  else for (const relation of relations) reads.whole(relation);
}
