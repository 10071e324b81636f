import type { Catalog, Table } from '../catalog/catalog.js';
import { ancestors, indexesOf } from '../catalog/lookup.js';
import type { Node } from '../sql/tree.js';
import { type Access, accessOf, type Leaf } from './access.js';
import { all, type Draft, fail, lock, nothing, scan } from './draft.js';
import type { Delayed, Graph, Planned, Pushed, QueryPlace, Stop } from './query-plan.js';
import {
  type Condition,
  type Qual,
  type Source,
  type StoredSource,
  sourcesOf,
  type Term,
  type UnknownSource,
} from './query-terms.js';
import { lockUnknown, type Stored } from './relations.js';

/** Plans a query of any kind. */
export type Plan = (query: Node, place: QueryPlace, pushed?: readonly Pushed[], exists?: boolean) => Planned;

/** What a graph of sources and conditions comes down to. */
export interface PlannedGraph {
  readonly draft: Draft;
  readonly few: boolean;
  readonly access: Access;
}

/** Plans what FROM and WHERE amount to: first what is planned by itself, then the sources, then what runs for each row. */
export function planGraph(graph: Graph, place: QueryPlace, stop: Stop, plan: Plan): PlannedGraph {
  const around = accessOf(place.catalog, graph.sources, graph.conditions, { few: [], outerFew: place.outerFew });
  const fewAround = place.outerFew && graph.sources.every((source) => around.few.has(source));
  const delayed = graph.delayed.map((one) => [one, planDelayed(one, graph, fewAround, plan)] as const);
  const few = delayed.flatMap(([{ source }, planned]) => (planned.few ? [source] : []));
  const sources = [...graph.sources, ...delayed.map(([{ source }]) => source)];
  const access = accessOf(place.catalog, sources, graph.conditions, { few, outerFew: place.outerFew });
  const allFew = access.empty || sources.every((source) => access.few.has(source));
  const outerFew = place.outerFew && (allFew || stop.when === 'at once');
  const draft = all(
    ...graph.drafts,
    ...delayed.map(([, planned]) => planned.draft),
    ...graph.sources.map((source) => draftOf(source, access, stop, place)),
    ...graph.subplans.map((one) => plan(one.query, { ...one.place, outerFew }, [], one.exists).draft),
  );
  return { draft, few: allFew, access };
}

function planDelayed({ source, query, place }: Delayed, graph: Graph, outerFew: boolean, plan: Plan): Planned {
  const pushed = graph.conditions.flatMap((condition) => pushedTo(source, condition));
  return plan({ SelectStmt: query }, { ...place, outerFew }, pushed);
}

/** A condition that compares a column of the source with constants. */
function pushedTo(source: Source, { qual, restricts }: Condition): readonly Pushed[] {
  if (restricts !== undefined && !restricts.has(source)) return [];
  const on = (term: Term, other: Term | undefined, make: (inner: Term) => Qual): readonly Pushed[] =>
    term.kind === 'column' && term.source === source && (other === undefined || sourcesOf(other).length === 0)
      ? [{ column: term.name, qual: make }]
      : [];
  switch (qual.kind) {
    case 'equal':
      return [
        ...on(qual.left, qual.right, (left) => ({ ...qual, left })),
        ...on(qual.right, qual.left, (right) => ({ ...qual, right })),
      ];
    case 'compare':
      return on(qual.term, qual.bound, (term) => ({ ...qual, term }));
    case 'member':
    case 'null':
      return on(qual.term, undefined, (term) => ({ ...qual, term }));
    default:
      return [];
  }
}

function draftOf(source: Source, access: Access, stop: Stop, place: QueryPlace): Draft {
  if (source.kind === 'made') return nothing;
  if (source.kind === 'unknown') return draftOfUnknown(source, access, place);
  const found = access.leaves.get(source) ?? [];
  // no partition meets a condition that is always false; children are locked before that is seen
  const none = access.empty && source.relation.kind === 'partitioned';
  const leaves = none ? found.slice(0, 1) : found;
  return all(
    unpopulated(source, access),
    ...boundAbove(source, place).map((one) =>
      lock(one, 'AccessShareLock', 'the bounds of its partition are looked up'),
    ),
    ...leaves.map((leaf) => draftOfLeaf(leaf, source, access, stop, place)),
  );
}

/** A partitioned table that is itself a partition is planned with the bounds of those above: set_baserel_partition_constraint. */
function boundAbove({ relation, only }: StoredSource, { catalog }: QueryPlace): readonly Table[] {
  return relation.kind === 'partitioned' && !only ? ancestors(catalog, relation) : [];
}

function draftOfUnknown({ range, mode }: UnknownSource, access: Access, place: QueryPlace): Draft {
  const draft = lockUnknown(place.catalog, range, mode, 'the query reads it');
  return access.empty ? draft : all(draft, { effects: draft.effects.map((made) => ({ ...made, work: 'scan' })) });
}

/** Whether a btree gives the rows of a relation in the order of a column. */
export function leadsIndex(catalog: Catalog, relation: Stored, column: string): boolean {
  return indexesOf(catalog, relation).some(
    ({ method, keys, predicate }) => method === 'btree' && predicate === undefined && keys[0]?.column === column,
  );
}

function unpopulated({ relation }: StoredSource, access: Access): Draft {
  if (relation.kind !== 'materialized view' || relation.populated || access.empty) return nothing;
  return fail(`materialized view "${relation.name}" has not been populated`, '55000');
}

function draftOfLeaf(
  { relation, served, sure, passed }: Leaf,
  { mode }: StoredSource,
  access: Access,
  stop: Stop,
  place: QueryPlace,
): Draft {
  const locked = lock(relation, mode, 'the query reads it', sure);
  const when = stop.column === undefined || leadsIndex(place.catalog, relation, stop.column) ? stop.when : 'no';
  const idle = served === 'yes' || access.empty || when === 'at once';
  if (idle || relation.kind === 'partitioned' || relation.kind === 'foreign') return locked;
  const why =
    when === 'perhaps'
      ? 'the query reads it until it has found enough rows'
      : served === 'perhaps'
        ? 'whether an index serves depends on how many rows the condition leaves'
        : 'no index serves the conditions: the query reads all its rows';
  return all(locked, scan(relation, mode, why, sure && !passed && served === 'no' && when === 'no'));
}
