import type { A_Expr, Node } from '../sql/tree.js';
import { strings } from '../sql/tree.js';
import { subqueryKinds, visit } from '../sql/walk.js';
import {
  type Condition,
  type Qual,
  resolve,
  type Scope,
  type Source,
  type StoredSource,
  sourcesOf,
  type Term,
  type TermContext,
  termOf,
} from './query-terms.js';

/** The parts of a condition that must all hold. */
export function conjuncts(node: Node | undefined): readonly Node[] {
  if (node === undefined) return [];
  if ('BoolExpr' in node && node.BoolExpr.boolop === 'AND_EXPR') return (node.BoolExpr.args ?? []).flatMap(conjuncts);
  return [node];
}

/** A part of WHERE or ON as conditions; a comparison of rows is one for each column. */
export function conditionsOf(
  node: Node,
  scope: Scope,
  context: TermContext,
  restricts: ReadonlySet<Source> | undefined,
): readonly Condition[] {
  return qualsOf(node, scope, context).map((qual) => ({ qual, node, about: aboutOf(node, scope), restricts }));
}

/** The one relation that a condition is about, if all its columns go by their own names. */
function aboutOf(node: Node, scope: Scope): StoredSource | undefined {
  const found = new Set<StoredSource | undefined>();
  visit(node, (kind, inner) => {
    if (subqueryKinds.has(kind)) found.add(undefined);
    if (kind !== 'ColumnRef') return !subqueryKinds.has(kind);
    const parts = strings(inner.fields);
    const term = resolve(parts, scope);
    const own = term !== 'missing' && term.kind === 'column' && term.name === parts.at(-1) ? term.source : undefined;
    found.add(own?.kind === 'stored' ? own : undefined);
    return false;
  });
  const [only] = found;
  return found.size === 1 ? only : undefined;
}

function qualsOf(node: Node, scope: Scope, context: TermContext): readonly Qual[] {
  if ('A_Expr' in node) return ofExpression(node.A_Expr, scope, context);
  if ('NullTest' in node && node.NullTest.arg !== undefined) {
    const term = termOf(node.NullTest.arg, scope, context);
    return [{ kind: 'null', term, not: node.NullTest.nulltesttype === 'IS_NOT_NULL' }];
  }
  if ('BoolExpr' in node && node.BoolExpr.boolop === 'OR_EXPR') {
    const arms = (node.BoolExpr.args ?? []).map((arm) =>
      conjuncts(arm).flatMap((part) => qualsOf(part, scope, context)),
    );
    return [{ kind: 'or', arms }];
  }
  if ('A_Const' in node && (node.A_Const.isnull || node.A_Const.boolval !== undefined))
    return node.A_Const.boolval?.boolval ? [] : [{ kind: 'never' }];
  // for the names in it
  termOf(node, scope, context);
  return [{ kind: 'other' }];
}

function ofExpression(node: A_Expr, scope: Scope, context: TermContext): readonly Qual[] {
  const { kind = 'AEXPR_OP', lexpr, rexpr } = node;
  const name = strings(node.name).at(-1) ?? '';
  if (lexpr === undefined || rexpr === undefined) return [{ kind: 'other' }];
  if (kind === 'AEXPR_OP') {
    if (name === '=' && 'RowExpr' in lexpr && 'RowExpr' in rexpr)
      return ofRows(lexpr.RowExpr.args ?? [], rexpr.RowExpr.args ?? [], scope, context);
    return [ofOperator(name, termOf(lexpr, scope, context), termOf(rexpr, scope, context))];
  }
  const left = termOf(lexpr, scope, context);
  if (kind === 'AEXPR_BETWEEN' || kind === 'AEXPR_BETWEEN_SYM') {
    const [low, high] = ('List' in rexpr ? (rexpr.List.items ?? []) : []).map((end) => termOf(end, scope, context));
    if (low === undefined || high === undefined) return [{ kind: 'other' }];
    return [
      { kind: 'compare', term: left, bound: low, end: 'low' },
      { kind: 'compare', term: left, bound: high, end: 'high' },
    ];
  }
  if (kind === 'AEXPR_IN' && name === '=' && 'RowExpr' in lexpr && 'List' in rexpr) {
    const left = lexpr.RowExpr.args ?? [];
    const arms = (rexpr.List.items ?? []).map((row) =>
      'RowExpr' in row ? ofRows(left, row.RowExpr.args ?? [], scope, context) : [],
    );
    return [{ kind: 'or', arms }];
  }
  const right = termOf(rexpr, scope, context);
  const constant = sourcesOf(right).length === 0;
  if ((kind === 'AEXPR_IN' || kind === 'AEXPR_OP_ANY') && name === '=' && constant)
    return [{ kind: 'member', term: left }];
  if (kind === 'AEXPR_LIKE' || kind === 'AEXPR_ILIKE') return [{ kind: 'operator', term: left, operand: right, name }];
  return [{ kind: 'other' }];
}

function ofRows(left: readonly Node[], right: readonly Node[], scope: Scope, context: TermContext): readonly Qual[] {
  return left.flatMap((node, at) => {
    const other = right[at];
    if (other === undefined) return [];
    return [ofOperator('=', termOf(node, scope, context), termOf(other, scope, context))];
  });
}

const ends: Readonly<Record<string, 'low' | 'high'>> = { '<': 'high', '<=': 'high', '>': 'low', '>=': 'low' };

function ofOperator(name: string, left: Term, right: Term): Qual {
  if (name === '=') return { kind: 'equal', left, right };
  const end = ends[name];
  // the side that has columns is the one that an index could serve
  const swapped = sourcesOf(left).length === 0;
  const [term, operand] = swapped ? [right, left] : [left, right];
  if (end === undefined)
    return name === '<>' || name === '!=' ? { kind: 'other' } : { kind: 'operator', term, operand, name };
  return { kind: 'compare', term, bound: operand, end: swapped === (end === 'low') ? 'high' : 'low' };
}
