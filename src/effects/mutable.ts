import { findRoutines } from '../catalog/lookup.js';
import { type Node, strings } from '../sql/tree.js';
import { visit } from '../sql/walk.js';
import type { PredictContext } from './context.js';
import { builtInVolatility, isStableWith } from './facts.js';
import { inlinedBody } from './volatility.js';

/** Whether an expression may give another value for the same row some other time, which an index does not allow. */
export function mutability(
  expression: Node | undefined,
  context: Pick<PredictContext, 'catalog'>,
  depth = 0,
): 'immutable' | 'perhaps mutable' | 'mutable' {
  let found: 'immutable' | 'perhaps mutable' | 'mutable' = 'immutable';
  if (expression === undefined || depth > 8) return found;
  const learn = (next: typeof found) => {
    if (next === 'mutable' || found === 'immutable') found = next;
  };
  visit({ List: { items: [expression] } }, (kind, node) => {
    // CURRENT_DATE, CURRENT_USER and their kin
    if (kind === 'SQLValueFunction') learn('mutable');
    if (kind === 'FuncCall') learn(ofCall(strings(node.funcname), node.args?.length ?? 0, context, depth));
  });
  return found;
}

function ofCall(
  name: readonly string[],
  given: number,
  context: Pick<PredictContext, 'catalog'>,
  depth: number,
): 'immutable' | 'perhaps mutable' | 'mutable' {
  const [own, ...overloads] = findRoutines(context.catalog, name).filter(
    ({ arguments: all }) => all.filter(({ output }) => !output).length === given,
  );
  if (own !== undefined) {
    if (own.volatility === 'immutable') return 'immutable';
    const body = inlinedBody(own);
    if (body !== undefined) return mutability(body, context, depth + 1);
    return overloads.length === 0 ? 'mutable' : 'perhaps mutable';
  }
  const stable = isStableWith(name.at(-1) ?? '', given);
  if (stable !== undefined) return stable ? 'mutable' : 'immutable';
  const volatility = builtInVolatility(name.at(-1) ?? '');
  if (volatility === undefined || volatility === 'immutable') return 'immutable';
  // of several overloads (date_trunc, extract) the least constant one is known
  return volatility === 'volatile' || given === 0 ? 'mutable' : 'perhaps mutable';
}
