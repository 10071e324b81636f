import { quoteIdentifier } from '../../sql/names.js';
import { ServerError, type Session } from '../session.js';
import type { SeedCheck, SeedColumn } from './tables.js';

/** Rows as a query: SQL of each column, and what it is selected from. */
export interface Rows {
  readonly values: ReadonlyMap<string, string>;
  readonly from: string;
}

/** So many rows show whether values satisfy a check. */
const sample = 6;
/** Each trial is a query. */
const mostTrials = 200;

/**
 * Changes values until the checks that are about them hold, as far as literals of the checks, their neighbours, simple words and NULL do. What
 * it cannot satisfy stays as it was.
 */
export async function fitted(
  session: Session,
  rows: Rows,
  columns: readonly SeedColumn[],
  checks: readonly SeedCheck[],
): Promise<Rows> {
  const values = new Map(rows.values);
  for (const group of connected(checks)) {
    const names = [...new Set(group.flatMap((check) => check.columns))].filter((name) => values.has(name));
    const candidates = names.map((name) =>
      candidatesFor(
        columns.find((column) => column.name === name),
        values,
        group,
      ),
    );
    let best = await satisfied(session, { ...rows, values }, group);
    let trials = 0;
    for (const choice of combinations(candidates)) {
      if (best === sample || trials++ === mostTrials) break;
      const tried = new Map([...values, ...names.map((name, at) => [name, choice[at] ?? 'null'] as const)]);
      const count = await satisfied(session, { ...rows, values: tried }, group);
      if (count <= best) continue;
      best = count;
      for (const [name, value] of tried) values.set(name, value);
    }
  }
  return { ...rows, values };
}

/** The query of the rows that all these checks let through. */
export function queryOf({ values, from }: Rows, checks: readonly SeedCheck[]): string {
  const columns = [...values].map(([name, value]) => `${value} as ${quoteIdentifier(name)}`).join(', ');
  const inner = `select ${columns} from ${from}`;
  const all = checks.filter((check) => check.columns.every((name) => values.has(name)));
  if (all.length === 0) return inner;
  return `select * from (${inner}) as row where ${all.map(({ expression }) => `coalesce((${expression}), true)`).join(' and ')}`;
}

/** How many of some rows satisfy the checks; none where the values are not of the right kind. */
async function satisfied(session: Session, rows: Rows, checks: readonly SeedCheck[]): Promise<number> {
  const few = rows.from.replace(/generate_series\(1, \d+\)/, `generate_series(1, ${sample})`);
  try {
    const [row] = await session.query(
      `select count(*) as count from (${queryOf({ ...rows, from: few }, checks)}) as fit`,
    );
    return Number(row?.count ?? 0);
  } catch (error) {
    if (!(error instanceof ServerError)) throw error;
    return -1;
  }
}

/** Checks that share a column have to hold together. */
function connected(checks: readonly SeedCheck[]): readonly (readonly SeedCheck[])[] {
  const groups: { readonly names: Set<string>; readonly checks: SeedCheck[] }[] = [];
  for (const check of checks) {
    const touched = groups.filter(({ names }) => check.columns.some((name) => names.has(name)));
    const merged = {
      names: new Set([...check.columns, ...touched.flatMap(({ names }) => [...names])]),
      checks: [...touched.flatMap((group) => group.checks), check],
    };
    groups.splice(0, groups.length, ...groups.filter((group) => !touched.includes(group)), merged);
  }
  return groups.map((group) => group.checks);
}

/** Values that a column may have instead of the one it has, which comes first. */
function candidatesFor(
  column: SeedColumn | undefined,
  values: ReadonlyMap<string, string>,
  checks: readonly SeedCheck[],
): readonly string[] {
  if (column === undefined) return [];
  const cast = (literal: string) => `${literal}::${column.type.sql}`;
  const text = checks.map(({ expression }) => expression).join(' ');
  const strings = [...text.matchAll(/'(?:[^']|'')*'/g)].map(([literal]) => literal);
  const numbers = [...text.matchAll(/(?<![\w'.])\d+(?:\.\d+)?(?![\w'])/g)].flatMap(([literal]) => {
    const number = Number(literal);
    return [number, number + 1, number - 1].map((near) => `(${near})`);
  });
  const simple = ["'a'", "'A'", "''", "'value@example.com'", "'https://example.com'", "'{}'", '0', '1', '(-1)'];
  const own = values.get(column.name);
  return [
    ...new Set([
      ...(own === undefined
        ? []
        : [own, `lower((${own})::text)::${column.type.sql}`, `upper((${own})::text)::${column.type.sql}`]),
      ...strings.map(cast),
      ...numbers.map(cast),
      ...(column.notNull ? [] : [`null::${column.type.sql}`]),
      ...simple.map((literal) => `${literal}::${column.type.sql}`),
    ]),
  ];
}

/** All ways to take one of each list: those that change few of the first choices come first. */
function* combinations(lists: readonly (readonly string[])[]): Generator<readonly string[]> {
  const first = lists.map(([own]) => own ?? 'null');
  for (const [at, list] of lists.entries())
    for (const value of list.slice(1)) yield first.map((own, place) => (place === at ? value : own));
  if (lists.length < 2) return;
  yield* product(lists);
}

function* product(lists: readonly (readonly string[])[]): Generator<readonly string[]> {
  const [list, ...rest] = lists;
  if (list === undefined) {
    yield [];
    return;
  }
  for (const others of product(rest)) for (const value of list) yield [value, ...others];
}
