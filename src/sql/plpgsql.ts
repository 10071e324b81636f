import { type PlpgsqlNode, type PlpgsqlValue, parsePlpgsql } from './parse.js';

/** A query, an EXECUTE or an expression with a query in it in a procedural body, in textual order. */
export interface Fragment {
  /**
   * `statement` ends at a semicolon; `query` is part of another construct; `execute` is an expression that gives the text of one;
   * `expression` contains one.
   */
  readonly role: FragmentRole;
  readonly text: string;
  /** The 1-based line of the body on which its PL/pgSQL statement begins. */
  readonly line: number;
  readonly conditional: boolean;
  readonly repeated: boolean;
  /** In a block with an exception handler: that it fails may be foreseen. */
  readonly caught: boolean;
  /** It is written before the statement that uses it (the query of a declared cursor). */
  readonly declared: boolean;
}

type FragmentRole = 'statement' | 'query' | 'execute' | 'expression';
type Role = FragmentRole | 'body' | 'cursor' | 'assignment';
type Part = readonly [field: string, role: Role, mark?: 'conditional' | 'repeated'];

/** Where the statements of each PL/pgSQL construct are, in textual order: libpg_query's own order has bodies before queries. */
const parts: Readonly<Record<string, readonly Part[] | undefined>> = {
  PLpgSQL_stmt_block: [
    ['body', 'body'],
    ['exceptions', 'body', 'conditional'],
  ],
  PLpgSQL_exception_block: [['exc_list', 'body']],
  PLpgSQL_exception: [['action', 'body']],
  PLpgSQL_stmt_if: [
    ['cond', 'expression'],
    ['then_body', 'body', 'conditional'],
    ['elsif_list', 'body', 'conditional'],
    ['else_body', 'body', 'conditional'],
  ],
  PLpgSQL_if_elsif: [
    ['cond', 'expression'],
    ['stmts', 'body'],
  ],
  PLpgSQL_stmt_case: [
    ['t_expr', 'expression'],
    ['case_when_list', 'body', 'conditional'],
    ['else_stmts', 'body', 'conditional'],
  ],
  PLpgSQL_case_when: [['stmts', 'body']],
  PLpgSQL_stmt_loop: [['body', 'body', 'repeated']],
  PLpgSQL_stmt_while: [
    ['cond', 'expression', 'repeated'],
    ['body', 'body', 'repeated'],
  ],
  PLpgSQL_stmt_fori: [['body', 'body', 'repeated']],
  PLpgSQL_stmt_foreach_a: [['body', 'body', 'repeated']],
  PLpgSQL_stmt_fors: [
    ['query', 'query'],
    ['body', 'body', 'repeated'],
  ],
  PLpgSQL_stmt_dynfors: [
    ['query', 'execute'],
    ['body', 'body', 'repeated'],
  ],
  PLpgSQL_stmt_forc: [
    ['curvar', 'cursor'],
    ['body', 'body', 'repeated'],
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

/** The statements of the DO block or PL/pgSQL function that a text consists of, or the server's words on why it has none. */
export function fragments(sql: string): readonly Fragment[] | { readonly message: string } {
  const outcome = parsePlpgsql(sql);
  if ('message' in outcome) return outcome;
  const found: Fragment[] = [];
  for (const wrapped of outcome.functions) {
    const routine = child(wrapped, 'PLpgSQL_function');
    const datums = list(routine?.datums);
    collect(routine?.action, { line: 1, conditional: false, repeated: false, caught: false }, datums, found);
  }
  return found;
}

/** The target of an assignment stands before its expression. */
const target = /^[\w.$"[\]]+\s*:?=\s*/;

type Context = Pick<Fragment, 'line' | 'conditional' | 'repeated' | 'caught'>;

function collect(
  value: PlpgsqlValue | undefined,
  context: Context,
  datums: readonly PlpgsqlValue[],
  found: Fragment[],
): void {
  for (const item of list(value)) {
    if (!isNode(item)) continue;
    for (const [kind, node] of Object.entries(item)) {
      if (!isNode(node)) continue;
      const line = typeof node.lineno === 'number' ? node.lineno : context.line;
      for (const [field, role, mark] of parts[kind] ?? []) {
        const caught = context.caught || (field === 'body' && node.exceptions !== undefined);
        const inner = { ...context, line, caught, ...(mark === undefined ? {} : { [mark]: true }) };
        if (role === 'body') collect(node[field], inner, datums, found);
        else if (role === 'cursor') cursor(node, inner, datums, found);
        else push(node[field], role, inner, false, found);
      }
    }
  }
}

function push(
  value: PlpgsqlValue | undefined,
  role: FragmentRole | 'assignment',
  context: Context,
  declared: boolean,
  found: Fragment[],
): void {
  const whole = child(value, 'PLpgSQL_expr')?.query;
  if (typeof whole !== 'string') return;
  const text = role === 'assignment' ? whole.replace(target, '') : whole;
  const own = role === 'assignment' ? 'expression' : role;
  // an expression without a query reads no table
  if (own === 'expression' && !/\bselect\b/i.test(text)) return;
  found.push({ role: own, text, ...context, declared });
}

/** A declared cursor runs its query where it is opened. */
function cursor(node: PlpgsqlNode, context: Context, datums: readonly PlpgsqlValue[], found: Fragment[]): void {
  const datum = typeof node.curvar === 'number' ? datums[node.curvar] : undefined;
  const variable = child(datum, 'PLpgSQL_var');
  if (variable === undefined) return;
  const line = typeof variable.lineno === 'number' ? variable.lineno : 1;
  push(variable.cursor_explicit_expr, 'query', { ...context, line }, true, found);
}

function isNode(value: PlpgsqlValue | undefined): value is PlpgsqlNode {
  return typeof value === 'object' && !Array.isArray(value);
}

function child(value: PlpgsqlValue | undefined, kind: string): PlpgsqlNode | undefined {
  const node = isNode(value) ? value[kind] : undefined;
  return isNode(node) ? node : undefined;
}

function list(value: PlpgsqlValue | undefined): readonly PlpgsqlValue[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}
