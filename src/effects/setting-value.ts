import { literalOf } from '../catalog/literal.js';
import { booleanValue } from '../catalog/value.js';
import { mayBeReplaced } from '../sql/placeholder.js';
import type { Node, VariableSetStmt } from '../sql/tree.js';
import data from './data/settings.data.json' with { type: 'json' };
import { all, type Draft, fail, nothing } from './draft.js';
import { unknownSetting } from './setting-names.js';

/** What may be given to a parameter; of those of type string only the server knows it. */
interface Limits {
  readonly type: 'bool' | 'integer' | 'real' | 'enum';
  readonly unit: string;
  readonly least: number;
  readonly most: number;
  readonly words: readonly string[];
}

interface Facts {
  /** How SET refuses a parameter that is not the session's to change. */
  readonly fixed?: string;
  readonly limits?: Limits;
}

const atStart = 'cannot be set after connection start';

const fixed: { readonly [context: string]: string } = {
  postmaster: 'cannot be changed without restarting the server',
  sighup: 'cannot be changed now',
  internal: 'cannot be changed',
  backend: atStart,
  'superuser-backend': atStart,
};

const ofType = (type: string): Limits['type'] | undefined =>
  type === 'bool' || type === 'integer' || type === 'real' || type === 'enum' ? type : undefined;

/** "name type unit least most words", the words with blanks in them; "name context" of what SET cannot change; the majors at the end. */
function readFacts(lines: readonly string[]): ReadonlyMap<string, Facts> {
  const facts = new Map<string, Facts>();
  for (const line of lines) {
    const [name = '', second = '', unit = '-', least = '-', most = '-', ...rest] = line
      .replace(/ \d\d-\d\d$/, '')
      .toLowerCase()
      .split(' ');
    const type = ofType(second);
    const words = rest.join(' ').split(',');
    const before = facts.get(name)?.limits?.words ?? [];
    const refused = fixed[second];
    facts.set(name, {
      ...(refused !== undefined && { fixed: refused }),
      ...(type && {
        limits: { type, unit, least: bound(least), most: bound(most), words: [...before, ...words] },
      }),
    });
  }
  return facts;
}

function bound(text: string): number {
  return text === '-' ? Number.NaN : Number(text);
}

const known = readFacts(data.values);

/** Where a value is for: this session or a call, the sessions to come of a role or database, or the whole server. */
export type SettingScope = 'session' | 'start' | 'server';

/** The refusal of SET by its parameter and the value that it is given. */
export function settingRefusal(statement: VariableSetStmt | undefined, scope: SettingScope, pg: number): Draft {
  const { name, kind, args = [] } = statement ?? {};
  const named = unknownSetting(name, pg);
  if (named.failure !== undefined || name === undefined) return named;
  const { fixed: refused } = known.get(name.toLowerCase()) ?? {};
  if (refused !== undefined && (scope === 'session' || (scope === 'start' && refused !== atStart)))
    return fail(`parameter "${name}" ${refused}`, '55P02');
  const [value, ...more] = args;
  if (kind !== 'VAR_SET_VALUE' || value === undefined || more.length > 0) return nothing;
  return valueRefusal(name, textOf(value));
}

/** The refusal of a value that a parameter cannot have. */
export function valueRefusal(name: string, text: string | undefined): Draft {
  const limits = known.get(name.toLowerCase())?.limits;
  if (limits === undefined || text === undefined || mayBeReplaced(text)) return nothing;
  const invalid = fail(`invalid value for parameter "${name}": "${text}"`, '22023');
  switch (limits.type) {
    case 'bool':
      return booleanValue(text) === undefined ? invalid : nothing;
    case 'enum':
      return takesWord(text, limits.words) ? nothing : invalid;
    default: {
      const value = inUnit(text, limits.unit);
      if (value === undefined) return invalid;
      const { least, most } = limits;
      return value < least || value > most
        ? fail(`${value} is outside the valid range for parameter "${name}" (${least} .. ${most})`, '22023')
        : nothing;
    }
  }
}

function textOf(node: Node): string | undefined {
  if ('Integer' in node) return `${node.Integer.ival ?? 0}`;
  if ('Float' in node) return node.Float.fval;
  return literalOf(node)?.text;
}

/** Words that are taken and not shown (the hidden entries of guc_tables.c). */
const hidden: ReadonlySet<string> = new Set(['debug', 'info', 'log', 'fatal', 'panic']);

function takesWord(text: string, words: readonly string[]): boolean {
  const word = text.toLowerCase();
  return words.includes(word) || hidden.has(word) || (words.includes('on') && booleanValue(word) !== undefined);
}

/** Units that a value may be written in, each as so many of the smallest of its kind. */
const memory: ReadonlyMap<string, number> = new Map([
  ['B', 1],
  ['kB', 1024],
  ['MB', 1024 ** 2],
  ['GB', 1024 ** 3],
  ['TB', 1024 ** 4],
]);
const time: ReadonlyMap<string, number> = new Map([
  ['us', 0.001],
  ['ms', 1],
  ['s', 1000],
  ['min', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);

/** What a value comes to in the unit of its parameter (parse_int of guc.c); undefined of what is no number, or has another unit. */
function inUnit(text: string, unit: string): number | undefined {
  const [, digits = '', written = ''] =
    /^\s*([+-]?(?:0x[\da-f]+|\d+\.?\d*(?:e[+-]?\d+)?|\.\d+))\s*([a-z]*)\s*$/i.exec(text) ?? [];
  const number = digits === '' ? Number.NaN : Number(digits);
  if (Number.isNaN(number)) return undefined;
  if (written === '') return number;
  const [, count = '', base = ''] = /^(\d*)([a-z]+)$/.exec(unit) ?? [];
  const units = time.has(base) ? time : memory;
  const own = units.get(base === 'kb' ? 'kB' : base === 'mb' ? 'MB' : base === 'b' ? 'B' : base);
  const factor = units.get(written);
  return own === undefined || factor === undefined ? undefined : (number * factor) / (own * Number(count || 1));
}

/** The refusal of set_config('name', 'value', …). */
export function configRefusal(name: string | undefined, value: string | undefined, pg: number): Draft {
  if (name === undefined) return nothing;
  return all(unknownSetting(name, pg), valueRefusal(name, value));
}
