import type { Relation } from '../catalog/catalog.js';
import { literalOf, literalsOf } from '../catalog/literal.js';
import type { Node, RangeVar } from '../sql/tree.js';
import { strings } from '../sql/tree.js';
import { visit } from '../sql/walk.js';
import type { LockMode } from './effect.js';
import { castArgument } from './kept-column.js';
import type { Stored } from './relations.js';

// What a query's conditions are about, in the terms in which the planner decides between an index and a full read.

/** One thing that a query reads rows from. */
export type Source = StoredSource | UnknownSource | MadeSource;

/** A table or materialized view; a partitioned or inheritance parent stands for all below it unless ONLY is written. */
export interface StoredSource {
  readonly kind: 'stored';
  readonly relation: Stored;
  readonly only: boolean;
  readonly mode: LockMode;
}

/** A relation that the history does not show. */
export interface UnknownSource {
  readonly kind: 'unknown';
  readonly range: RangeVar;
  readonly mode: LockMode;
}

/** Rows that are made on the way: VALUES, a function, a query that is planned by itself. */
export interface MadeSource {
  readonly kind: 'made';
  /** So few rows that a join with them looks them up by index. */
  readonly few: boolean;
}

/** One side of a condition. */
export type Term =
  | { readonly kind: 'column'; readonly source: Source; readonly name: string }
  /** The same for the whole statement; `node` when it can be told before the statement runs. */
  | { readonly kind: 'constant'; readonly node: Node | undefined }
  | {
      readonly kind: 'expression';
      readonly node: Node;
      readonly sources: readonly Source[];
      /** It may be another for each row, even of the same columns. */
      readonly volatile: boolean;
    };

/** A condition that must hold. */
export type Qual =
  | { readonly kind: 'equal'; readonly left: Term; readonly right: Term }
  /** IN or = ANY of constants. */
  | { readonly kind: 'member'; readonly term: Term }
  | { readonly kind: 'compare'; readonly term: Term; readonly bound: Term; readonly end: 'low' | 'high' }
  /** IS NULL or IS NOT NULL. */
  | { readonly kind: 'null'; readonly term: Term; readonly not: boolean }
  /** Any other operator, as those of GIN and GiST indexes are, or LIKE. */
  | { readonly kind: 'operator'; readonly term: Term; readonly operand: Term; readonly name: string }
  | { readonly kind: 'or'; readonly arms: readonly (readonly Qual[])[] }
  | { readonly kind: 'never' }
  | { readonly kind: 'other' };

export interface Condition {
  readonly qual: Qual;
  readonly node: Node;
  /** The condition names columns of this one relation only, by the relation's own names: what pruning can use. */
  readonly about: StoredSource | undefined;
  /** The sources that it leaves rows out of, where it is not all of them: the ON of an outer join. */
  readonly restricts: ReadonlySet<Source> | undefined;
}

/** An item of FROM by the name by which columns refer to it. */
export interface Item {
  readonly name: string;
  readonly schema?: string;
  readonly columns: ReadonlyMap<string, Term>;
  /** It may have columns that the history does not show. */
  readonly open: boolean;
  /** The source that those would be columns of. */
  readonly rest?: Source;
}

/** Where an expression stands: the items of its query, and of the queries around it. */
export interface Scope {
  readonly items: readonly Item[];
  readonly outer: Scope | undefined;
}

export const constantTerm: Term = { kind: 'constant', node: undefined };

const systemNames: ReadonlySet<string> = new Set(['ctid', 'xmin', 'xmax', 'cmin', 'cmax', 'tableoid']);

/** What a name means; `missing` when no item can have such a column. */
export function resolve(parts: readonly string[], scope: Scope | undefined): Term | 'missing' {
  let closed = true;
  for (let level = scope; level !== undefined; level = level.outer) {
    const found = resolveIn(parts, level.items);
    if (found === 'open') closed = false;
    else if (found !== undefined) return found;
  }
  return closed ? 'missing' : constantTerm;
}

function resolveIn(parts: readonly string[], items: readonly Item[]): Term | 'open' | undefined {
  const [name = '', item, schema] = parts.toReversed();
  const candidates =
    item === undefined
      ? items
      : items.filter((one) => one.name === item && (schema === undefined || (one.schema ?? schema) === schema));
  for (const candidate of candidates) {
    const term = candidate.columns.get(name);
    if (term !== undefined) return term;
  }
  const whole = item === undefined ? items.find((one) => one.name === name) : undefined;
  const row = whole ?? (systemNames.has(name) ? candidates[0] : undefined);
  if (row !== undefined) return ofRow(row, name);
  const [rest] = candidates.flatMap((candidate) => candidate.rest ?? []);
  if (rest !== undefined) return { kind: 'column', source: rest, name };
  return candidates.some(({ open }) => open) ? 'open' : undefined;
}

/** A whole row, or a system column: of the item, but not one that an index could have. */
function ofRow(item: Item, name: string): Term {
  const [first] = item.columns.values();
  if (name === 'ctid' && first?.kind === 'column') return { ...first, name };
  const sources = first === undefined ? [] : sourcesOf(first);
  return {
    kind: 'expression',
    node: { ColumnRef: { fields: [{ String: { sval: name } }] } },
    sources,
    volatile: false,
  };
}

/** The sources that a term has its value from. */
export function sourcesOf(term: Term): readonly Source[] {
  if (term.kind === 'column') return [term.source];
  return term.kind === 'expression' ? term.sources : [];
}

/** What depends on more than the node: the catalog's types and the volatility of functions. */
export interface TermContext {
  readonly isVolatile: (node: Node) => boolean;
  /** Whether a cast of this column leaves it what it is, so that its index still serves. */
  readonly keepsColumn: (relation: Relation, column: string, cast: Node) => boolean;
  /** Called for each name that no item has. */
  readonly missing: (parts: readonly string[]) => void;
}

/** An expression as one side of a condition. */
export function termOf(node: Node, scope: Scope, context: TermContext): Term {
  if ('ColumnRef' in node) return resolved(strings(node.ColumnRef.fields), scope, context);
  if (literalOf(node) !== undefined || literalsOf(node) !== undefined) return { kind: 'constant', node };
  const cast = castArgument(node);
  if (cast !== undefined) {
    const inner = termOf(cast, scope, context);
    const kept =
      inner.kind === 'column' &&
      inner.source.kind === 'stored' &&
      context.keepsColumn(inner.source.relation, inner.name, node);
    if (kept) return inner;
  }
  const sources = new Set<Source>();
  const outer = (subquery: Node | undefined) => {
    for (const source of correlated(subquery, scope)) sources.add(source);
    return false;
  };
  visit({ List: { items: [node] } }, (kind, inner) => {
    if (kind === 'SubLink') return outer(inner.subselect);
    if (kind === 'JsonArrayQueryConstructor') return outer(inner.query);
    if (kind === 'ColumnRef')
      for (const source of sourcesOf(resolved(strings(inner.fields), scope, context))) sources.add(source);
    return true;
  });
  const volatile = !('SubLink' in node) && context.isVolatile(node);
  if (sources.size === 0 && !volatile) return constantTerm;
  return { kind: 'expression', node, sources: [...sources], volatile };
}

/** What a subquery names of the query around it. */
function correlated(subquery: Node | undefined, { items }: Scope): readonly Source[] {
  const sources: Source[] = [];
  visit(subquery, (kind, node) => {
    const [name, item] = kind === 'ColumnRef' ? strings(node.fields).toReversed() : [];
    const found = item === undefined ? undefined : items.find((one) => one.name === item)?.columns.get(name ?? '');
    if (found !== undefined) sources.push(...sourcesOf(found));
  });
  return sources;
}

function resolved(parts: readonly string[], scope: Scope, context: TermContext): Term {
  const found = parts.length === 0 ? constantTerm : resolve(parts, scope);
  if (found !== 'missing') return found;
  context.missing(parts);
  return constantTerm;
}
