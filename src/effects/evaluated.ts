import { literalOf } from '../catalog/literal.js';
import { type A_Expr, type Node, strings } from '../sql/tree.js';
import { visit } from '../sql/walk.js';
import { type Draft, fail } from './draft.js';
import { unbalanced } from './regular-expression.js';

/**
 * The refusal of what comes out wrong once it is worked out: a division by zero, a pattern that is none. It is not sure, for whether the
 * server comes to it hangs on the rows and on what stands around it.
 */
export function evaluationRefusal(expression: Node): Draft | undefined {
  let refusal: Draft | undefined;
  visit({ List: { items: [expression] } }, (kind, node) => {
    if (kind === 'SelectStmt') return false;
    if (kind === 'A_Expr') refusal ??= byZero(node) ?? asPattern(patternOf(node));
    if (kind === 'FuncCall' && matching.has(strings(node.funcname).at(-1) ?? '')) refusal ??= asPattern(node.args?.[1]);
    return refusal === undefined;
  });
  return refusal;
}

function byZero({ name, rexpr }: A_Expr): Draft | undefined {
  const operator = strings(name).at(-1);
  const divisor = operator === '/' || operator === '%' ? literalOf(rexpr) : undefined;
  return divisor?.text !== undefined && Number(divisor.text) === 0 && divisor.type !== undefined
    ? fail('division by zero', '22012', false)
    : undefined;
}

const patterned: ReadonlySet<string> = new Set(['~', '~*', '!~', '!~*']);

function patternOf({ kind, name, rexpr }: A_Expr): Node | undefined {
  return kind === 'AEXPR_OP' && patterned.has(strings(name).at(-1) ?? '') ? rexpr : undefined;
}

/** Functions whose second argument is a regular expression. */
const matching: ReadonlySet<string> = new Set(
  'regexp_replace regexp_match regexp_matches regexp_split_to_table regexp_split_to_array regexp_count regexp_instr regexp_like regexp_substr'.split(
    ' ',
  ),
);

function asPattern(node: Node | undefined): Draft | undefined {
  const text = node !== undefined && 'A_Const' in node ? node.A_Const.sval?.sval : undefined;
  const wrong = text === undefined ? undefined : unbalanced(text);
  return wrong === undefined ? undefined : fail(`invalid regular expression: ${wrong}`, '2201B', false);
}
