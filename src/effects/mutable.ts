import type { Table } from '../catalog/catalog.js';
import { placeIn, typeInTable } from '../catalog/expression-type.js';
import { findRoutines } from '../catalog/lookup.js';
import { builtInType } from '../catalog/type-ref.js';
import { type FuncCall, type Node, strings } from '../sql/tree.js';
import { visit } from '../sql/walk.js';
import { isMutableCast, mutableCast } from './cast-mutability.js';
import type { PredictContext } from './context.js';
import { builtInVolatility, isStableWith, typeFact } from './facts.js';
import { resolveFunction, typeOfValue } from './typed-expression.js';
import { inlinedBody } from './volatility.js';

/** Whether an expression may give another value for the same row some other time, which an index does not allow. */
export function mutability(
  expression: Node | undefined,
  context: Pick<PredictContext, 'catalog' | 'pg'>,
  table?: Table,
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
    if (kind === 'TypeCast' && isMutableCast(node, table, context)) learn('mutable');
    if (kind === 'FuncCall') {
      const cast = castOf(node, table, context);
      if (cast !== undefined) return learn(cast);
      const resolved = table && ofOverload(node, table, context);
      if (resolved !== undefined) return learn(resolved);
      learn(ofCall(strings(node.funcname), node.args?.length ?? 0, context, depth));
    }
    return undefined;
  });
  return found;
}

/** date(x) is a cast where a type has the name: what it costs hangs on the type of x. */
function castOf(
  { funcname, args = [] }: FuncCall,
  table: Table | undefined,
  context: Pick<PredictContext, 'catalog' | 'pg'>,
): 'immutable' | 'mutable' | undefined {
  const name = strings(funcname);
  const [only] = args;
  const last = name.at(-1) ?? '';
  if (args.length !== 1 || only === undefined || findRoutines(context.catalog, name).length > 0) return undefined;
  if (typeFact(last, context.pg) === undefined) return undefined;
  const from = typeInTable(only, table, context.catalog);
  return from && (mutableCast(from, builtInType(last), context) ? 'mutable' : 'immutable');
}

/** By the overload that the types of the arguments choose, and the casts that it asks for. */
function ofOverload(
  call: FuncCall,
  table: Table,
  context: Pick<PredictContext, 'catalog' | 'pg'>,
): 'immutable' | 'mutable' | undefined {
  const place = placeIn(table, context.catalog);
  const resolved = resolveFunction(call, place, context);
  if (typeof resolved !== 'object') return undefined;
  const { arguments: wanted, immutable } = resolved.signature;
  const casts = (call.args ?? []).some((argument, at) => {
    const from = typeOfValue(argument, place, context);
    const to = wanted[at] ?? '';
    return typeof from === 'object' && !/^(_|any)/.test(to) && mutableCast(from, builtInType(to), context) === true;
  });
  return immutable && !casts ? 'immutable' : 'mutable';
}

function ofCall(
  name: readonly string[],
  given: number,
  context: Pick<PredictContext, 'catalog' | 'pg'>,
  depth: number,
): 'immutable' | 'perhaps mutable' | 'mutable' {
  const [own, ...overloads] = findRoutines(context.catalog, name).filter(
    ({ arguments: all }) => all.filter(({ output }) => !output).length === given,
  );
  if (own !== undefined) {
    if (own.volatility === 'immutable') return 'immutable';
    const body = inlinedBody(own);
    if (body !== undefined) return mutability(body, context, undefined, depth + 1);
    return overloads.length === 0 ? 'mutable' : 'perhaps mutable';
  }
  const stable = isStableWith(name.at(-1) ?? '', given);
  if (stable !== undefined) return stable ? 'mutable' : 'immutable';
  const volatility = builtInVolatility(name.at(-1) ?? '');
  if (volatility === undefined || volatility === 'immutable') return 'immutable';
  // of several overloads (date_trunc, extract) the least constant one is known
  return volatility === 'volatile' || given === 0 ? 'mutable' : 'perhaps mutable';
}
