import functionData from './data/functions.data.json' with { type: 'json' };
import typeData from './data/types.data.json' with { type: 'json' };

// What the servers' own catalogs say (pg_proc, pg_type, pg_cast, pg_opclass of 13 to 18), recorded by scripts/facts.ts.

export type Volatility = 'immutable' | 'stable' | 'volatile';

/** A line of the recorded data ends with `14-18` where not all majors have it. */
export function fields(line: string, pg: number): readonly string[] | undefined {
  const parts = line.split(' ');
  const [since, until] = /^\d\d-\d\d$/.test(parts.at(-1) ?? '') ? (parts.pop() ?? '').split('-').map(Number) : [];
  return since !== undefined && until !== undefined && (pg < since || pg > until) ? undefined : parts;
}

export function cached<V>(make: (pg: number) => V): (pg: number) => V {
  const made = new Map<number, V>();
  return (pg) => {
    const known = made.get(pg) ?? make(pg);
    made.set(pg, known);
    return known;
  };
}

const volatilities: ReadonlyMap<string, Volatility> = new Map(
  (['immutable', 'stable', 'volatile'] as const).flatMap((volatility) =>
    functionData[volatility].split(' ').map((name): [string, Volatility] => [name, volatility]),
  ),
);

const since: ReadonlyMap<string, number> = new Map(
  Object.entries(functionData.since).flatMap(([major, names]) =>
    names.split(' ').map((name): [string, number] => [name, Number(major)]),
  ),
);

/** Whether a server of this major has a function that the recorded facts know. */
export function isSince(name: string, pg: number): boolean {
  return pg >= (since.get(name) ?? 0);
}

/** An overload of a function that is volatile for some arguments only. */
export interface Overload {
  readonly arguments: readonly string[];
  readonly volatile: boolean;
}

const overloads = cached((pg) => {
  const byName = new Map<string, Overload[]>();
  for (const line of functionData.overloads) {
    const [name, given, volatility] = fields(line, pg) ?? [];
    if (name === undefined || given === undefined) continue;
    const overload = { arguments: given === '-' ? [] : given.split(','), volatile: volatility === 'volatile' };
    byName.set(name, [...(byName.get(name) ?? []), overload]);
  }
  return byName;
});

/**
 * The volatility of a function of PostgreSQL or of an extension that comes with it; of several overloads the least constant one.
 * Undefined for a function that is not known.
 */
export function builtInVolatility(name: string): Volatility | undefined {
  return volatilities.get(name);
}

const arities: ReadonlyMap<string, string> = new Map(
  functionData.arities.map((line): [string, string] => {
    const [name, number, volatility = ''] = line.split(' ');
    return [`${name} ${number}`, volatility];
  }),
);

/** Whether a function that is immutable for some arguments and stable for others is stable for so many; undefined where types decide. */
export function isStableWith(name: string, given: number): boolean | undefined {
  const volatility = arities.get(`${name} ${given}`);
  return volatility === undefined ? undefined : volatility === 'stable';
}

/** The overloads of a function that is volatile for some of its arguments only; undefined for all others. */
export function overloadsOf(name: string, pg: number): readonly Overload[] | undefined {
  return overloads(pg).get(name);
}

const returns: ReadonlyMap<string, string> = new Map(
  Object.entries(functionData.returns).flatMap(([type, names]) =>
    names.split(' ').map((name): [string, string] => [name, type]),
  ),
);

/** The type that a built-in function without arguments returns. */
export function returnTypeOf(name: string): string | undefined {
  return returns.get(name);
}

const sets: ReadonlySet<string> = new Set(functionData.sets.split(' '));

/** Whether every built-in function of the name returns a set. */
export function returnsSet(name: string): boolean {
  return sets.has(name);
}

const aggregates: ReadonlySet<string> = new Set(functionData.aggregates.split(' '));

/** Whether the servers have an aggregate or window function of the name. */
export function isAggregate(name: string): boolean {
  return aggregates.has(name);
}

/** What pg_type says of a type: its category, whether it is preferred there, whether it has collations. */
export interface TypeFact {
  readonly category: string;
  readonly preferred: boolean;
  readonly collatable: boolean;
  readonly pseudo: boolean;
  /** Its values may be compressed and stored apart. */
  readonly toastable: boolean;
}

const types = cached((pg) => {
  const byName = new Map<string, TypeFact>();
  for (const line of typeData.types) {
    const [name, marks = ''] = fields(line, pg) ?? [];
    if (name === undefined) continue;
    const has = (mark: string) => marks.includes(mark, 1);
    byName.set(name, {
      category: marks[0] ?? '',
      preferred: has('p'),
      collatable: has('c'),
      pseudo: has('x'),
      toastable: has('t'),
    });
  }
  return byName;
});

/** What is known of a type of PostgreSQL or of an extension that comes with it. */
export function typeFact(name: string, pg: number): TypeFact | undefined {
  return types(pg).get(name);
}

/** A row of pg_cast. */
export interface CastFact {
  readonly context: 'implicit' | 'assignment' | 'explicit';
  readonly method: 'function' | 'text' | 'relabel';
  readonly function: string | undefined;
}

const contexts: Readonly<Record<string, CastFact['context']>> = { i: 'implicit', a: 'assignment', e: 'explicit' };
const methods: Readonly<Record<string, CastFact['method']>> = { f: 'function', i: 'text', b: 'relabel' };

const casts = cached((pg) => {
  const byPair = new Map<string, CastFact>();
  for (const line of typeData.casts) {
    const [source, target, marks = '', name] = fields(line, pg) ?? [];
    const context = contexts[marks[0] ?? ''];
    const method = methods[marks[1] ?? ''];
    if (context && method) byPair.set(`${source} ${target}`, { context, method, function: name });
  }
  return byPair;
});

/** The cast from one base type to another that pg_cast lists. */
export function castFact(source: string, target: string, pg: number): CastFact | undefined {
  return casts(pg).get(`${source} ${target}`);
}

const lengths: ReadonlyMap<string, boolean> = new Map(
  typeData.lengths.map((line): [string, boolean] => {
    const [name = '', support] = line.split(' ');
    return [name, support === 'support'];
  }),
);

/** Whether a type has a function that fits values to a modifier, and whether the planner can prove that it changes nothing. */
export function lengthFunction(type: string): 'none' | 'always runs' | 'may be proved idle' {
  const support = lengths.get(type);
  return support === undefined ? 'none' : support ? 'may be proved idle' : 'always runs';
}

/** An operator class: the type it indexes, and whether it is the one of that type when none is named. */
export interface ClassFact {
  readonly name: string;
  readonly type: string;
  /** Classes of a family compare values of their types with each other. */
  readonly family: string;
  readonly isDefault: boolean;
}

const classes = cached((pg) => {
  const byMethod = new Map<string, ClassFact[]>();
  for (const line of typeData.classes) {
    const [method, name, type, family, isDefault] = fields(line, pg) ?? [];
    if (method === undefined || name === undefined || type === undefined || family === undefined) continue;
    const known = byMethod.get(method) ?? [];
    known.push({ name, type, family, isDefault: isDefault === 'default' });
    byMethod.set(method, known);
  }
  return byMethod;
});

/** The operator classes of an access method. */
export function classesOf(method: string, pg: number): readonly ClassFact[] {
  return classes(pg).get(method) ?? [];
}

const zones: ReadonlySet<string> = new Set(typeData.zones.map((zone) => zone.toLowerCase()));

/** An offset of zero, alone (`0`, `+00:00`) or after a zone's name as POSIX writes it (`UTC0`, `<+00>-00`). */
const noOffset = /^(?:<[^>]+>|[a-z]{3,})?[+-]?0+(?:\.0*)?(?::0+)*$/i;

/** Whether a TimeZone setting is always at offset 0, so that timestamp and timestamptz of the same instant are the same bytes. */
export function isUtc(zone: string): boolean {
  const name = zone.trim();
  return zones.has(name.toLowerCase()) || noOffset.test(name);
}

const mutableCasts = cached(
  (pg) => new Set(typeData.mutableCasts.flatMap((line) => fields(line, pg)?.join(' ') ?? [])),
);

/** Whether the function of a cast between two types is not immutable. */
export function hasMutableCast(from: string, to: string, pg: number): boolean {
  return mutableCasts(pg).has(`${from} ${to}`);
}

const mutableTexts = cached(
  (pg) =>
    new Map(
      typeData.mutableTexts.flatMap((line): [string, string][] => {
        const [name, ways] = fields(line, pg) ?? [];
        return name === undefined || ways === undefined ? [] : [[name, ways]];
      }),
    ),
);

/** Whether what makes a type of a text, or a text of it, is not immutable. */
export function hasMutableText(type: string, way: 'input' | 'output', pg: number): boolean {
  return (
    mutableTexts(pg)
      .get(type)
      ?.includes(way === 'input' ? 'i' : 'o') === true
  );
}
