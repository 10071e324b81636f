import { extensionTypes } from '../catalog/extension-types.js';
import { findType } from '../catalog/lookup.js';
import { type A_Const, strings, type TypeName } from '../sql/tree.js';
import { type Draft, fail } from './draft.js';
import { typeFact } from './facts.js';
import type { TypeContext } from './types.js';

type Check = (modifiers: readonly number[], type: string) => string | undefined;

/** MaxAttrSize of htup_details.h: what varchar(n) and char(n) may be at most. */
const longest = 10485760;
/** NUMERIC_MAX_PRECISION. */
const mostDigits = 1000;

const length: Check = ([size = 1], type) => {
  const shown = type === 'bpchar' ? 'char' : type;
  if (size < 1) return `length for type ${shown} must be at least 1`;
  return size > longest ? `length for type ${shown} cannot exceed ${longest}` : undefined;
};

const digits: Check = ([precision = 1, scale = 0, ...more]) => {
  if (more.length > 0) return 'invalid NUMERIC type modifier';
  if (precision < 1 || precision > mostDigits)
    return `NUMERIC precision ${precision} must be between 1 and ${mostDigits}`;
  // what is odd below 15 is told as what came later
  return Math.abs(scale) > mostDigits
    ? `NUMERIC scale ${scale} must be between -${mostDigits} and ${mostDigits}`
    : undefined;
};

/** More digits of a second than there are give a warning only. */
const anything: Check = () => undefined;

const checks: { readonly [type: string]: Check } = {
  varchar: length,
  bpchar: length,
  bit: ([size = 1]) => (size < 1 ? 'length for type bit must be at least 1' : undefined),
  varbit: ([size = 1]) => (size < 1 ? 'length for type varbit must be at least 1' : undefined),
  numeric: digits,
  time: anything,
  timetz: anything,
  timestamp: anything,
  timestamptz: anything,
  interval: anything,
};

const extensions: ReadonlySet<string> = new Set(Object.values(extensionTypes).flat());

/** The refusal of what stands in parentheses after the name of a type of PostgreSQL: varchar(0), text(100). */
export function modifierRefusal({ names, typmods = [] }: TypeName, context: TypeContext): Draft | undefined {
  const constants = typmods.flatMap((node) => ('A_Const' in node ? [numberOf(node.A_Const)] : [undefined]));
  const name = strings(names);
  const last = name.at(-1) ?? '';
  if (constants.length === 0 || (name.length > 1 && name[0] !== 'pg_catalog')) return undefined;
  if (typeFact(last, context.pg) === undefined || extensions.has(last)) return undefined;
  if (name.length === 1 && findType(context.catalog, name) !== undefined) return undefined;
  const check = Object.hasOwn(checks, last) ? checks[last] : undefined;
  if (check === undefined) return fail(`type modifier is not allowed for type "${last}"`, '42601');
  const numbers = constants.filter((each) => each !== undefined);
  const wrong = numbers.length === constants.length ? check(numbers, last) : undefined;
  return wrong === undefined ? undefined : fail(wrong, '22023');
}

function numberOf({ ival }: A_Const): number | undefined {
  return ival === undefined ? undefined : (ival.ival ?? 0);
}
