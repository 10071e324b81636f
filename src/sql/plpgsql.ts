import { type PlpgsqlNode, type PlpgsqlValue, parsePlpgsql } from './parse.js';
import {
  child,
  endings,
  isNode,
  leftBy,
  list,
  type Mark,
  type Part,
  parts,
  type Role,
  textOf,
} from './plpgsql-tree.js';
import { noScope, type Scope } from './values.js';
import { assigned, type Parameters, type Turns, Variables } from './variables.js';

/** A query, an EXECUTE or an expression with a query in it in a procedural body. */
export interface Fragment {
  readonly role: 'statement' | 'query' | 'execute' | 'expression' | 'ending';
  readonly text: string;
  /** The 1-based line of the body on which its PL/pgSQL statement begins. */
  readonly line: number;
  /** It is written before the statement that uses it (the query of a declared cursor). */
  readonly declared: boolean;
}

/** How a statement of a body comes to run. */
export interface Circumstances {
  readonly conditional: boolean;
  readonly repeated: boolean;
  /** In a block with an exception handler: that it fails may be foreseen. */
  readonly caught: boolean;
}

/** A fragment as it runs. */
export interface Run extends Circumstances {
  readonly fragment: Fragment;
  /** What the variables are then. */
  readonly scope: Scope;
}

/** The statements of a procedural body. */
export interface Routine {
  /** In textual order, each once. */
  readonly runs: readonly Run[];
  /** With the values of the variables, if the parameters have these: in a loop over what is written out, once for each turn. */
  readonly follow: (parameters: Parameters) => readonly Run[];
}

/** The statements of the DO block or PL/pgSQL function that a text consists of, or the server's words on why it has none. */
export function readRoutine(sql: string): Routine | { readonly message: string } {
  const outcome = parsePlpgsql(sql);
  if ('message' in outcome) return outcome;
  const routine = child(outcome.functions[0], 'PLpgSQL_function');
  const [datums, action] = [list(routine?.datums), routine?.action];
  const fragments = new Map<PlpgsqlNode, Fragment>();
  return {
    runs: walk(action, { datums, fragments, runs: [], variables: undefined }),
    follow: (parameters) =>
      walk(action, { datums, fragments, runs: [], variables: new Variables(datums, parameters, action) }),
  };
}

type Context = Circumstances & Pick<Fragment, 'line'>;

interface Walk {
  readonly datums: readonly PlpgsqlValue[];
  /** By their nodes: the same object in every walk and every turn. */
  readonly fragments: Map<PlpgsqlNode, Fragment>;
  readonly runs: Run[];
  /** Undefined where nobody asks for values. */
  readonly variables: Variables | undefined;
}

function walk(action: PlpgsqlValue | undefined, at: Walk): readonly Run[] {
  collect(action, { line: 1, conditional: false, repeated: false, caught: false }, at);
  return at.runs;
}

function collect(value: PlpgsqlValue | undefined, context: Context, at: Walk): void {
  let here = context;
  for (const item of list(value)) {
    if (!isNode(item)) continue;
    for (const [kind, node] of Object.entries(item)) {
      if (!isNode(node)) continue;
      const line = typeof node.lineno === 'number' ? node.lineno : here.line;
      const ending = endings[kind];
      if (ending !== undefined) run(node, { role: 'ending', text: ending, line, declared: false }, here, at);
      const turns = at.variables?.enter(kind, node);
      for (const part of parts[kind] ?? []) collectPart(kind, node, part, { ...here, line }, turns, at);
      at.variables?.leave(kind, node, turns);
    }
    // what stands behind a RETURN, EXIT or CONTINUE that may have been reached may not run
    if (!here.conditional && leftBy(item) !== undefined) here = { ...here, conditional: true };
  }
}

const marks: Readonly<Record<Mark, Partial<Context>>> = {
  conditional: { conditional: true },
  repeated: { repeated: true },
  each: { conditional: true, repeated: true },
};

function collectPart(
  kind: string,
  node: PlpgsqlNode,
  [field, role, mark]: Part,
  context: Context,
  turns: Turns | undefined,
  at: Walk,
): void {
  const caught = context.caught || (field === 'body' && node.exceptions !== undefined);
  const inner = { ...context, caught, ...(mark === undefined ? {} : marks[mark]) };
  if (role === 'cursor') open(node, inner, at);
  else if (role !== 'body') push(node[field], role, inner, undefined, at);
  else if (turns !== undefined) {
    const conditional = context.conditional || !turns.sure;
    for (const turn of turns.each) {
      turn();
      collect(node[field], { ...context, caught, conditional }, at);
    }
  } else if (mark === undefined || at.variables === undefined) collect(node[field], inner, at);
  else at.variables.branch(kind, node, field, () => collect(node[field], inner, at));
}

function push(
  value: PlpgsqlValue | undefined,
  role: Exclude<Role, 'body' | 'cursor'>,
  context: Context,
  cursor: PlpgsqlNode | undefined,
  at: Walk,
): void {
  // a declared query belongs to every statement that opens it
  const node = cursor ?? child(value, 'PLpgSQL_expr');
  const whole = textOf(value);
  if (node === undefined || whole === undefined) return;
  const text = role === 'assignment' ? assigned(whole) : whole;
  const own = role === 'assignment' ? 'expression' : role;
  // an expression without a query reads no table
  if (own === 'expression' && !/\bselect\b/i.test(text)) return;
  run(node, { role: own, text, line: context.line, declared: cursor !== undefined }, context, at);
}

function run(
  node: PlpgsqlNode,
  fresh: Fragment,
  { conditional, repeated, caught }: Context,
  { fragments, runs, variables }: Walk,
): void {
  const fragment = fragments.get(node) ?? fresh;
  fragments.set(node, fragment);
  runs.push({ fragment, scope: variables?.scope() ?? noScope, conditional, repeated, caught });
}

/** A declared cursor runs its query where it is opened. */
function open(node: PlpgsqlNode, context: Context, at: Walk): void {
  const datum = typeof node.curvar === 'number' ? at.datums[node.curvar] : undefined;
  const variable = child(datum, 'PLpgSQL_var');
  if (variable === undefined) return;
  const line = typeof variable.lineno === 'number' ? variable.lineno : 1;
  push(variable.cursor_explicit_expr, 'query', { ...context, line }, node, at);
}
