import type { Catalog, Sequence } from '../catalog/catalog.js';
import { literalOf } from '../catalog/literal.js';
import { findRelationNamed, isGone } from '../catalog/lookup.js';
import { partsOfName } from '../sql/names.js';
import { mayBeReplaced } from '../sql/placeholder.js';
import { type FuncCall, type Node, strings } from '../sql/tree.js';
import { type Draft, fail } from './draft.js';
import { setvalRefusal } from './sequence-options.js';
import { configRefusal } from './setting-value.js';

const systemSchemas: ReadonlySet<string> = new Set(['pg_catalog', 'information_schema']);

/** A relation that a text names and nothing shows: it may be there, unless it was and is gone. */
export function unknownRegclass(text: string, catalog: Catalog): Draft | undefined {
  // a number is an OID, and a dash none
  if (/^\s*(?:\d+|-)\s*$/.test(text) || mayBeReplaced(text)) return undefined;
  const parts = partsOfName(text);
  if (parts === undefined || parts.length > 2 || findRelationNamed(catalog, parts) !== undefined) return undefined;
  const [first = ''] = parts;
  if (parts.length > 1 ? systemSchemas.has(first) : first.startsWith('pg_')) return undefined;
  return fail(`relation "${text}" does not exist`, '42P01', isGone(catalog, parts));
}

function bare(node: Node | undefined): string | undefined {
  const inner = node !== undefined && 'TypeCast' in node ? node.TypeCast.arg : node;
  return inner !== undefined && 'A_Const' in inner ? inner.A_Const.sval?.sval : undefined;
}

function sequenceNamed(node: Node | undefined, catalog: Catalog): Sequence | undefined {
  const parts = partsOfName(bare(node) ?? '');
  const found = parts && findRelationNamed(catalog, parts);
  return found?.kind === 'sequence' ? found : undefined;
}

type Refuse = (args: readonly Node[], context: { readonly catalog: Catalog; readonly pg: number }) => Draft | undefined;

/** Functions of PostgreSQL that are told by a text what they are about; whether the session has drawn a number is not followed. */
const refusals: { readonly [name: string]: Refuse } = {
  currval: ([name], { catalog }) => {
    const sequence = sequenceNamed(name, catalog);
    return (
      sequence && fail(`currval of sequence "${sequence.name}" is not yet defined in this session`, '55000', false)
    );
  },
  lastval: () => fail('lastval is not yet defined in this session', '55000', false),
  set_config: ([name, value], { pg }) => {
    const draft = configRefusal(bare(name), bare(value), pg);
    return draft.failure === undefined ? undefined : draft;
  },
  setval: ([name, value], { catalog }) => {
    const sequence = sequenceNamed(name, catalog);
    const text = literalOf(value)?.text;
    return sequence !== undefined && text !== undefined && /^-?\d+$/.test(text)
      ? setvalRefusal(sequence, BigInt(text))
      : undefined;
  },
};

/** The refusal of a call by what its constants name or mean. */
export function namedInCall(call: FuncCall, context: Parameters<Refuse>[1]): Draft | undefined {
  return refusals[strings(call.funcname).at(-1) ?? '']?.(call.args ?? [], context);
}
