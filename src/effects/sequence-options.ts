import { literalOf } from '../catalog/literal.js';
import { type Node, strings, type TypeName } from '../sql/tree.js';
import { type Draft, fail } from './draft.js';
import { optionsOf } from './options.js';

const limits: Readonly<Record<string, bigint>> = {
  int2: 32767n,
  int4: 2147483647n,
  int8: 9223372036854775807n,
};

/** What init_params of sequence.c refuses of the options of a new sequence, and of those that ALTER SEQUENCE gives by themselves. */
export function sequenceRefusal(options: readonly Node[] | undefined, isNew: boolean): Draft | undefined {
  const given = optionsOf(options);
  const names = (options ?? []).flatMap((node) => ('DefElem' in node ? [node.DefElem.defname] : []));
  if (new Set(names).size < names.length) return fail('conflicting or redundant options', '42601');
  const number = (name: string) => integerOf(given.get(name)?.arg);
  const increment = number('increment');
  if (increment === 0n) return fail('INCREMENT must not be zero', '22023');
  const cache = number('cache');
  if (cache !== undefined && cache <= 0n) return fail(`CACHE (${cache}) must be greater than zero`, '22023');
  const type = typeOf(given.get('as')?.arg);
  if (type !== undefined && limits[type] === undefined)
    return fail('sequence type must be smallint, integer, or bigint', '22023');
  const top = limits[type ?? 'int8'] ?? 0n;
  const [least, most] = [number('minvalue'), number('maxvalue')];
  if (isNew || type !== undefined)
    for (const [word, value] of [['MAXVALUE', most] as const, ['MINVALUE', least] as const])
      if (value !== undefined && (value > top || value < -top - 1n))
        return fail(`${word} (${value}) is out of range for sequence data type ${shown[type ?? 'int8']}`, '22023');
  const down = increment !== undefined && increment < 0n;
  const low = least ?? (isNew ? (down ? -top - 1n : 1n) : undefined);
  const high = most ?? (isNew ? (down ? -1n : top) : undefined);
  if (low !== undefined && high !== undefined && low >= high)
    return fail(`MINVALUE (${low}) must be less than MAXVALUE (${high})`, '22023');
  for (const [word, value] of [['START', number('start')] as const, ['RESTART', number('restart')] as const]) {
    if (value === undefined) continue;
    if (low !== undefined && value < low)
      return fail(`${word} value (${value}) cannot be less than MINVALUE (${low})`, '22023');
    if (high !== undefined && value > high)
      return fail(`${word} value (${value}) cannot be greater than MAXVALUE (${high})`, '22023');
  }
  return undefined;
}

const shown: Readonly<Record<string, string>> = { int2: 'smallint', int4: 'integer', int8: 'bigint' };

function typeOf(node: Node | undefined): string | undefined {
  const type: TypeName | undefined = node !== undefined && 'TypeName' in node ? node.TypeName : undefined;
  return strings(type?.names).at(-1);
}

function integerOf(node: Node | undefined): bigint | undefined {
  if (node === undefined) return undefined;
  if ('Integer' in node) return BigInt(node.Integer.ival ?? 0);
  const text = 'Float' in node ? node.Float.fval : literalOf(node)?.text;
  return text !== undefined && /^-?\d+$/.test(text) ? BigInt(text) : undefined;
}
