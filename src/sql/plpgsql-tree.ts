import type { PlpgsqlNode, PlpgsqlValue } from './parse.js';

/**
 * What stands in a field of a construct: `statement` ends at a semicolon; `query` is part of another construct; `execute` is an
 * expression that gives the text of one; `expression` may contain one; `cursor` names one that is declared; `body` is a list of statements.
 */
export type Role = 'statement' | 'query' | 'execute' | 'expression' | 'body' | 'cursor' | 'assignment';
export type Part = readonly [field: string, role: Role, mark?: Mark];

/** How often a part runs: perhaps not at all, again and again, or as often as there is something to go through, perhaps never. */
export type Mark = 'conditional' | 'repeated' | 'each';

/** Where the statements of each PL/pgSQL construct are, in textual order: libpg_query's own order has bodies before queries. */
export const parts: Readonly<Record<string, readonly Part[] | undefined>> = {
  PLpgSQL_stmt_block: [
    ['body', 'body'],
    ['exceptions', 'body', 'conditional'],
  ],
  PLpgSQL_exception_block: [['exc_list', 'body']],
  PLpgSQL_exception: [['action', 'body', 'conditional']],
  PLpgSQL_stmt_if: [
    ['cond', 'expression'],
    ['then_body', 'body', 'conditional'],
    ['elsif_list', 'body', 'conditional'],
    ['else_body', 'body', 'conditional'],
  ],
  PLpgSQL_if_elsif: [
    ['cond', 'expression'],
    ['stmts', 'body', 'conditional'],
  ],
  PLpgSQL_stmt_case: [
    ['t_expr', 'expression'],
    ['case_when_list', 'body', 'conditional'],
    ['else_stmts', 'body', 'conditional'],
  ],
  PLpgSQL_case_when: [['stmts', 'body', 'conditional']],
  PLpgSQL_stmt_loop: [['body', 'body', 'repeated']],
  PLpgSQL_stmt_while: [
    ['cond', 'expression', 'repeated'],
    ['body', 'body', 'each'],
  ],
  PLpgSQL_stmt_fori: [['body', 'body', 'repeated']],
  PLpgSQL_stmt_foreach_a: [['body', 'body', 'each']],
  PLpgSQL_stmt_fors: [
    ['query', 'query'],
    ['body', 'body', 'each'],
  ],
  PLpgSQL_stmt_dynfors: [
    ['query', 'execute'],
    ['body', 'body', 'each'],
  ],
  PLpgSQL_stmt_forc: [
    ['curvar', 'cursor'],
    ['body', 'body', 'each'],
  ],
  PLpgSQL_stmt_assign: [['expr', 'assignment']],
  PLpgSQL_stmt_return: [['expr', 'expression']],
  PLpgSQL_stmt_execsql: [['sqlstmt', 'statement']],
  PLpgSQL_stmt_dynexecute: [['query', 'execute']],
  PLpgSQL_stmt_perform: [['expr', 'statement']],
  PLpgSQL_stmt_call: [['expr', 'statement']],
  PLpgSQL_stmt_return_query: [
    ['query', 'query'],
    ['dynquery', 'execute'],
  ],
  PLpgSQL_stmt_open: [
    ['query', 'query'],
    ['dynquery', 'execute'],
    ['curvar', 'cursor'],
  ],
};

const loops: ReadonlySet<string> = new Set([
  'PLpgSQL_stmt_loop',
  'PLpgSQL_stmt_while',
  'PLpgSQL_stmt_fori',
  'PLpgSQL_stmt_foreach_a',
  'PLpgSQL_stmt_fors',
  'PLpgSQL_stmt_dynfors',
  'PLpgSQL_stmt_forc',
]);

/** What may be left before its end where a part of a routine runs: by RETURN all, by EXIT or CONTINUE the loop; behind a label more than that. */
export function leftBy(value: PlpgsqlValue | undefined): 'loop' | 'routine' | undefined {
  let left: 'loop' | 'routine' | undefined;
  for (const item of list(value)) {
    if (!isNode(item)) continue;
    for (const [kind, inner] of Object.entries(item)) {
      if (kind === 'PLpgSQL_stmt_return') return 'routine';
      const one = kind === 'PLpgSQL_stmt_exit' ? 'loop' : leftBy(inner);
      if (one === 'routine' || (kind === 'PLpgSQL_stmt_exit' && isNode(inner) && 'label' in inner)) return 'routine';
      if (!loops.has(kind)) left ??= one;
    }
  }
  return left;
}

/** What ends the transaction from within a procedure or a DO block, and begins the next. */
export const endings: Readonly<Record<string, string | undefined>> = {
  PLpgSQL_stmt_commit: 'COMMIT',
  PLpgSQL_stmt_rollback: 'ROLLBACK',
};

export function isNode(value: PlpgsqlValue | undefined): value is PlpgsqlNode {
  return typeof value === 'object' && !Array.isArray(value);
}

/** The node within its wrapper, if it is of a kind. */
export function child(value: PlpgsqlValue | undefined, kind: string): PlpgsqlNode | undefined {
  const node = isNode(value) ? value[kind] : undefined;
  return isNode(node) ? node : undefined;
}

export function list(value: PlpgsqlValue | undefined): readonly PlpgsqlValue[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

/** The text of a wrapped PLpgSQL_expr. */
export function textOf(value: PlpgsqlValue | undefined): string | undefined {
  const text = child(value, 'PLpgSQL_expr')?.query;
  return typeof text === 'string' ? text : undefined;
}

/** A field of a node that is left out where it is 0. */
export function numberOf(value: PlpgsqlValue | undefined): number {
  return typeof value === 'number' ? value : 0;
}

/** Every node of a tree, outer before inner, with its kind or the field that it stands in. */
export function* nodesIn(value: PlpgsqlValue | undefined): Generator<readonly [kind: string, node: PlpgsqlNode]> {
  if (Array.isArray(value)) for (const item of value) yield* nodesIn(item);
  if (!isNode(value)) return;
  for (const [kind, inner] of Object.entries(value)) {
    if (isNode(inner)) yield [kind, inner];
    yield* nodesIn(inner);
  }
}
