import type { Sequence } from '../catalog/catalog.js';
import { literalOf } from '../catalog/literal.js';
import { type Parameters, withParameters } from '../catalog/sequence-parameters.js';
import type { Node } from '../sql/tree.js';
import { type Draft, fail } from './draft.js';
import { optionsOf } from './options.js';

const limits: Readonly<Record<string, bigint>> = {
  int2: 32767n,
  int4: 2147483647n,
  int8: 9223372036854775807n,
};

/** Where a sequence begins and ends. */
interface Range {
  readonly low: bigint;
  readonly high: bigint;
  readonly start: bigint;
}

/** What init_params of sequence.c refuses of the options of a new sequence, or of what ALTER SEQUENCE makes of one. */
export function sequenceRefusal(options: readonly Node[] | undefined, old: Sequence | undefined): Draft | undefined {
  const given = optionsOf(options);
  const names = (options ?? []).flatMap((node) => ('DefElem' in node ? [node.DefElem.defname] : []));
  if (new Set(names).size < names.length) return fail('conflicting or redundant options', '42601');
  const fraction = numbers.map((name) => given.get(name)?.arg).find(isFraction);
  if (fraction !== undefined) return fail('invalid input syntax for type bigint', '22P02');
  const number = (name: string) => integerOf(given.get(name)?.arg);
  if (number('increment') === 0n) return fail('INCREMENT must not be zero', '22023');
  const cache = number('cache');
  if (cache !== undefined && cache <= 0n) return fail(`CACHE (${cache}) must be greater than zero`, '22023');
  const now = withParameters(old?.parameters ?? {}, options);
  const top = limits[now.as ?? 'int8'];
  if (top === undefined) return fail('sequence type must be smallint, integer, or bigint', '22023');
  for (const [word, name] of [['MAXVALUE', 'maxvalue'] as const, ['MINVALUE', 'minvalue'] as const]) {
    const value = numberOf(now, name);
    if (value !== undefined && (value > top || value < -top - 1n))
      return fail(`${word} (${value}) is out of range for sequence data type ${shown[now.as ?? 'int8']}`, '22023');
  }
  const before = old && old.parameters.as === now.as ? rangeOf(old.parameters) : undefined;
  const whole = rangeOf(now);
  const start = number('start') ?? (old === undefined ? whole.start : startOf(old.parameters));
  // an end stays where it was, whichever way the sequence goes now
  const low = before === undefined || given.has('minvalue') ? whole.low : before.low;
  const high = before === undefined || given.has('maxvalue') ? whole.high : before.high;
  if (low >= high) return fail(`MINVALUE (${low}) must be less than MAXVALUE (${high})`, '22023');
  const restart = given.has('restart') ? (number('restart') ?? start) : undefined;
  for (const [word, value] of [['START', start] as const, ['RESTART', restart] as const]) {
    if (value === undefined) continue;
    if (value < low) return fail(`${word} value (${value}) cannot be less than MINVALUE (${low})`, '22023');
    if (value > high) return fail(`${word} value (${value}) cannot be greater than MAXVALUE (${high})`, '22023');
  }
  // how far it has come, its rows say
  return old !== undefined && restart === undefined && high < rangeOf(old.parameters).high
    ? fail(`RESTART value cannot be greater than MAXVALUE (${high})`, '22023', false)
    : undefined;
}

const numbers = ['increment', 'minvalue', 'maxvalue', 'start', 'restart', 'cache'];

function isFraction(node: Node | undefined): boolean {
  return node !== undefined && 'Float' in node && !/^-?\d+$/.test(node.Float.fval ?? '0');
}

/** The refusal of setval() with a number that the sequence cannot have. */
export function setvalRefusal(sequence: Sequence, value: bigint): Draft | undefined {
  const { low, high } = rangeOf(sequence.parameters);
  return value < low || value > high
    ? fail(`setval: value ${value} is out of bounds for sequence "${sequence.name}" (${low}..${high})`, '22003')
    : undefined;
}

/** Where a sequence was said to start; undefined where that may be at its first number or at 1, which is not kept. */
function startOf(parameters: Parameters): bigint | undefined {
  const said = numberOf(parameters, 'start');
  const ended = parameters.minvalue !== undefined || parameters.maxvalue !== undefined;
  return said === undefined && ended ? undefined : rangeOf(parameters).start;
}

function rangeOf(parameters: Parameters): Range {
  const top = limits[parameters.as ?? 'int8'] ?? 0n;
  const down = (numberOf(parameters, 'increment') ?? 1n) < 0n;
  const low = numberOf(parameters, 'minvalue') ?? (down ? -top - 1n : 1n);
  const high = numberOf(parameters, 'maxvalue') ?? (down ? -1n : top);
  return { low, high, start: numberOf(parameters, 'start') ?? (down ? high : low) };
}

const shown: Readonly<Record<string, string>> = { int2: 'smallint', int4: 'integer', int8: 'bigint' };

function numberOf(parameters: Parameters, name: string): bigint | undefined {
  const text = parameters[name];
  return text !== undefined && /^-?\d+$/.test(text) ? BigInt(text) : undefined;
}

function integerOf(node: Node | undefined): bigint | undefined {
  if (node === undefined) return undefined;
  if ('Integer' in node) return BigInt(node.Integer.ival ?? 0);
  const text = 'Float' in node ? node.Float.fval : literalOf(node)?.text;
  return text !== undefined && /^-?\d+$/.test(text) ? BigInt(text) : undefined;
}
