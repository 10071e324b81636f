import { bareFields } from './fields.js';
import type { ColumnRef, FuncCall, Node, NodeMap, RangeVar } from './tree.js';
import { strings } from './tree.js';

/** A kind and a node of it, as a visitor gets them: `(kind, node) => { if (kind === 'RangeVar') node.relname }`. */
export type Visited = { [K in keyof NodeMap]: [kind: K, node: NodeMap[K]] }[keyof NodeMap];

/** Called for every node; `false` leaves out what is below it. */
export type Visitor = (...visited: Visited) => unknown;

interface Frame {
  readonly kind: string;
  readonly node: object;
}

/** The kinds of the fields below a node come from the grammar's own names, which begin with a capital. */
function isVisited(pair: [string, object]): pair is Visited {
  const code = pair[0].charCodeAt(0);
  return code >= 65 && code <= 90;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/**
 * Visits a tree from its root in the order of its fields. A bare root (`statement.node`) is not visited itself, for nothing says
 * its kind. Without recursion: the grammar accepts expressions that are deeper than the stack of JavaScript.
 */
export function visit(root: object | undefined, visitor: Visitor): void {
  if (root === undefined) return;
  const stack: Frame[] = [{ kind: '', node: root }];
  for (let frame = stack.pop(); frame !== undefined; frame = stack.pop()) {
    const pair: [string, object] = [frame.kind, frame.node];
    if (isVisited(pair) && visitor(...pair) === false) continue;
    const children = childrenOf(frame);
    for (let i = children.length - 1; i >= 0; i--) {
      const child = children[i];
      if (child !== undefined) stack.push(child);
    }
  }
}

function childrenOf({ kind, node }: Frame): Frame[] {
  const children: Frame[] = [];
  for (const [field, value] of Object.entries(node)) {
    if (!isObject(value)) continue;
    const code = field.charCodeAt(0);
    if (Array.isArray(value)) {
      for (const item of value) if (isObject(item)) children.push({ kind: '', node: item });
    } else if (code >= 65 && code <= 90) children.push({ kind: field, node: value });
    else
      children.push({
        kind: isWrapped(value) ? '' : (bareFields.get(`${kind}.${field}`) ?? bareFields.get(field) ?? ''),
        node: value,
      });
  }
  return children;
}

function isWrapped(value: object): boolean {
  for (const key in value) {
    const code = key.charCodeAt(0);
    return code >= 65 && code <= 90;
  }
  return false;
}

/** A call of a function: its name, qualified if it was written so, and how many arguments it is given. */
export interface Call {
  readonly name: readonly string[];
  readonly arguments: number;
  readonly node: FuncCall;
}

/** The calls of functions below a node, in textual order of the tree. */
export function functionCalls(root: object | undefined): Call[] {
  const calls: Call[] = [];
  visit(root, (kind, node) => {
    if (kind === 'FuncCall') calls.push({ name: strings(node.funcname), arguments: node.args?.length ?? 0, node });
  });
  return calls;
}

/** A reference to a column: its parts as written (`schema.table.column`); `*` is left out of them and told by `star`. */
export interface ColumnReference {
  readonly parts: readonly string[];
  readonly star: boolean;
  readonly node: ColumnRef;
}

/** The references to columns below a node. */
export function columnRefs(root: object | undefined): ColumnReference[] {
  const references: ColumnReference[] = [];
  visit(root, (kind, node) => {
    if (kind === 'ColumnRef') references.push(reference(node));
  });
  return references;
}

function reference(node: ColumnRef): ColumnReference {
  return { parts: strings(node.fields), star: (node.fields ?? []).some((field: Node) => 'A_Star' in field), node };
}

/** The relations that a statement names, the same one as often as it is named; names of its common table expressions are none. */
export function rangeVars(root: object | undefined): RangeVar[] {
  const found: RangeVar[] = [];
  visit(root, (kind, node) => {
    if (kind === 'RangeVar') found.push(node);
  });
  return found;
}

/** Whether two trees say the same, wherever they stand: locations are not compared. */
export function sameTree(left: unknown, right: unknown): boolean {
  const stack: [unknown, unknown][] = [[left, right]];
  for (let pair = stack.pop(); pair !== undefined; pair = stack.pop()) {
    const [a, b] = pair;
    if (a === b) continue;
    if (!isObject(a) || !isObject(b)) return false;
    const fields = new Map(Object.entries(b).filter(([field]) => !isPlace(field)));
    for (const [field, value] of Object.entries(a)) {
      if (isPlace(field)) continue;
      if (!fields.has(field)) return false;
      stack.push([value, fields.get(field)]);
      fields.delete(field);
    }
    if (fields.size > 0) return false;
  }
  return true;
}

/** Fields that say where a node stands (18's `list_start` and `list_end` are the parentheses of an IN list). */
function isPlace(field: string): boolean {
  return (
    field === 'location' ||
    field.endsWith('_location') ||
    field === 'stmt_len' ||
    field === 'list_start' ||
    field === 'list_end' ||
    field === 'rexpr_list_start' ||
    field === 'rexpr_list_end'
  );
}
