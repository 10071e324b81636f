import { compareText } from './sql-files.js';

/** A migration as an edge between two schemas, each known by its hash; '' is the empty database. */
export interface Edge {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly createdAt: string;
}

/** The migrations in the order in which Prisma 8 runs them on an empty database, and what it then never runs. */
export interface Route<E extends Edge> {
  readonly order: readonly E[];
  /** Other ways to a schema that the order reaches too: run only where a database stands on them. */
  readonly besides: ReadonlySet<E>;
  /** Pairs that follow the same schema and lead to different ends. */
  readonly forks: readonly (readonly [E, E])[];
}

/**
 * Prisma 8 goes the shortest way from the schema of the database to the one that is wanted, of two equal ones that of the migration made first
 * (migration-graph.ts, findPath). Where all ways end in one schema the shortest way there is the order; else each way is followed to its end.
 */
export function routeOf<E extends Edge>(edges: readonly E[]): Route<E> {
  const sorted = edges.toSorted((a, b) => compareText(a.createdAt, b.createdAt) || compareText(a.id, b.id));
  const byStart = new Map<string, E[]>();
  for (const edge of sorted) byStart.set(edge.from, [...(byStart.get(edge.from) ?? []), edge]);
  const ends = endsOf(sorted, byStart);
  const all = new Set([...ends.values()].flatMap((each) => [...each]));
  const targets = new Set(sorted.map(({ to }) => to));
  const starts = [...new Set(sorted.map(({ from }) => from))].filter((from) => !targets.has(from));
  const [start, end] = [starts.length === 1 ? starts[0] : undefined, all.size === 1 ? [...all][0] : undefined];
  const main = start === undefined || end === undefined ? [] : shortest(start, end, byStart);
  const besides = new Set(main.length === 0 ? [] : sorted.filter((edge) => !main.includes(edge)));
  return { order: followed(main, sorted, byStart, starts), besides, forks: forksOf(byStart, ends) };
}

/** The schemas at which each migration can end: those that no migration leaves. */
function endsOf<E extends Edge>(edges: readonly E[], byStart: ReadonlyMap<string, readonly E[]>) {
  const ends = new Map<E, Set<string>>();
  for (const edge of edges) {
    const reached = new Set<string>();
    const seen = new Set([edge.to]);
    for (const schema of seen) {
      const next = byStart.get(schema) ?? [];
      if (next.length === 0) reached.add(schema);
      for (const { to } of next) seen.add(to);
    }
    ends.set(edge, reached);
  }
  return ends;
}

function shortest<E extends Edge>(start: string, end: string, byStart: ReadonlyMap<string, readonly E[]>) {
  const came = new Map<string, E>();
  const seen = new Set([start]);
  for (const schema of seen) {
    for (const edge of byStart.get(schema) ?? []) {
      if (seen.has(edge.to)) continue;
      seen.add(edge.to);
      came.set(edge.to, edge);
    }
  }
  const path: E[] = [];
  for (let edge = came.get(end); edge !== undefined; edge = came.get(edge.from)) path.unshift(edge);
  return path;
}

/** First the way that is known, then every other from its start to its end; what no way reaches comes last. */
function followed<E extends Edge>(
  main: readonly E[],
  edges: readonly E[],
  byStart: ReadonlyMap<string, readonly E[]>,
  starts: readonly string[],
): readonly E[] {
  const order = new Set(main);
  const left = new Set<string>();
  const take = (from: string) => {
    if (left.has(from)) return;
    left.add(from);
    for (const edge of byStart.get(from) ?? []) {
      order.add(edge);
      take(edge.to);
    }
  };
  for (const start of starts) take(start);
  return [...order, ...edges.filter((edge) => !order.has(edge))];
}

function forksOf<E extends Edge>(
  byStart: ReadonlyMap<string, readonly E[]>,
  ends: ReadonlyMap<E, ReadonlySet<string>>,
) {
  const text = (edge: E) => [...(ends.get(edge) ?? [])].sort().join(' ');
  return [...byStart].flatMap(([from, [first, ...others]]) =>
    first === undefined || from === ''
      ? []
      : others.filter((other) => text(other) !== text(first)).map((other) => [first, other] as const),
  );
}
