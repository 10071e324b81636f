import data from './data/signatures.data.json' with { type: 'json' };
import { cached, fields } from './facts.js';

// The functions and operators of pg_catalog with the types that they take, of 13 to 18, recorded by scripts/facts.ts.

/** What a function or operator takes and gives, by the names of pg_type: `_int4` is an array. */
export interface Signature {
  readonly arguments: readonly string[];
  readonly result: string;
  /** So many of the last arguments may be left out. */
  readonly defaults: number;
  /** The last argument stands for any number. */
  readonly variadic: boolean;
  /** It gives the same for the same arguments at any time; of operators it is not recorded. */
  readonly immutable: boolean;
}

function grouped(
  lines: readonly string[],
  pg: number,
  read: (parts: readonly string[]) => Signature,
): ReadonlyMap<string, readonly Signature[]> {
  const byName = new Map<string, Signature[]>();
  for (const line of lines) {
    const [name, ...parts] = fields(line, pg) ?? [];
    if (name === undefined) continue;
    const known = byName.get(name) ?? [];
    known.push(read(parts));
    byName.set(name, known);
  }
  return byName;
}

const functions = cached((pg) =>
  grouped(data.functions, pg, ([given = '-', result = '', ...marks]) => ({
    arguments: given === '-' ? [] : given.split(','),
    result,
    defaults: Number(marks.find((mark) => /^\d+$/.test(mark)) ?? 0),
    variadic: marks.includes('variadic'),
    immutable: !marks.includes('stable') && !marks.includes('volatile'),
  })),
);

const operators = cached((pg) =>
  grouped(data.operators, pg, ([left = '-', right = '', result = '']) => ({
    arguments: left === '-' ? [right] : [left, right],
    result,
    defaults: 0,
    variadic: false,
    immutable: true,
  })),
);

/** The functions of a name; none where it is not one of pg_catalog's. */
export function functionSignatures(name: string, pg: number): readonly Signature[] {
  return functions(pg).get(name) ?? [];
}

/** The operators of a name, of one argument and of two. */
export function operatorSignatures(name: string, pg: number): readonly Signature[] {
  return operators(pg).get(name) ?? [];
}
