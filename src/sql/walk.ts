import { bareFields } from './fields.js';
import type { ColumnRef, FuncCall, Node, NodeMap, RangeVar } from './tree.js';
import { strings } from './tree.js';

/** A kind and a node of it, as a visitor gets them: `(kind, node) => { if (kind === 'RangeVar') node.relname }`. */
export type Visited = { [K in keyof NodeMap]: [kind: K, node: NodeMap[K]] }[keyof NodeMap];

/** Called for every node; `false` leaves out what is below it. */
export type Visitor = (...visited: Visited) => unknown;

interface Frame {
  /** '' for a node whose kind nothing says. */
  readonly kind: string;
  readonly node: object;
  /** The field of the parent that it stands in. */
  readonly field: string;
}

function isCapital(word: string): boolean {
  const code = word.charCodeAt(0);
  return code >= 65 && code <= 90;
}

/** The names of kinds begin with a capital, those of fields do not; the parser makes no others. */
function isVisited(pair: [string, object]): pair is Visited {
  return isCapital(pair[0]);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/**
 * Visits a tree from its root in the order of its fields. A bare root (`statement.node`) is not visited itself, for nothing says
 * its kind. Without recursion: the grammar accepts expressions that are deeper than the stack of JavaScript. Every statement is
 * visited by many: a frame for each node took a tenth of the memory of a run.
 */
export function visit(root: object | undefined, visitor: Visitor): void {
  if (root === undefined) return;
  const nodes: object[] = [root];
  const kinds: string[] = [''];
  const push = (kind: string, node: object) => {
    nodes.push(node);
    kinds.push(kind);
  };
  for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
    const kind = kinds.pop() ?? '';
    if (kind !== '') {
      const pair: [string, object] = [kind, node];
      if (isVisited(pair) && visitor(...pair) === false) continue;
    }
    const first = nodes.length;
    eachChild(kind, node, push);
    for (let low = first, high = nodes.length - 1; low < high; low++, high--) {
      swap(nodes, low, high);
      swap(kinds, low, high);
    }
  }
}

/** Tells the children of a node in the order of its fields, each without what it is wrapped in. */
function eachChild(kind: string, node: object, tell: (kind: string, node: object) => void): void {
  if (!hasFields(node)) return;
  for (const field in node) {
    const value = node[field];
    if (!isObject(value)) continue;
    if (isCapital(field)) tell(field, value);
    else if (!Array.isArray(value)) unwrapped(value, bareKind(kind, field), tell);
    else for (const item of value) if (isObject(item)) unwrapped(item, '', tell);
  }
}

/** `{ RangeVar: node }` is a RangeVar; what is not wrapped is of the kind that its field says. */
function unwrapped(value: object, bare: string, tell: (kind: string, node: object) => void): void {
  if (!hasFields(value)) return;
  let [kind, node]: [string, object] = [bare, value];
  for (const key in value) {
    const inner = value[key];
    if (isCapital(key) && isObject(inner)) [kind, node] = [key, inner];
  }
  tell(kind, node);
}

function bareKind(parent: string, field: string): string {
  return bareFields.get(parent)?.get(field) ?? bareFields.get('')?.get(field) ?? '';
}

function swap<T>(list: T[], low: number, high: number): void {
  const [a, b] = [list[low], list[high]];
  if (a === undefined || b === undefined) return;
  list[low] = b;
  list[high] = a;
}

function childrenOf(frame: Frame): Frame[] {
  const children: Frame[] = [];
  pushChildren(children, frame);
  return children;
}

function pushChildren(children: Frame[], { kind, node }: Frame): void {
  if (!hasFields(node)) return;
  for (const field in node) {
    const value = node[field];
    if (!isObject(value)) continue;
    if (!Array.isArray(value)) children.push({ kind: kindOf(kind, field, value), node: value, field });
    else for (const item of value) if (isObject(item)) children.push({ kind: '', node: item, field });
  }
}

function hasFields(node: object): node is Readonly<Record<string, unknown>> {
  return typeof node === 'object';
}

function kindOf(parent: string, field: string, value: object): string {
  if (isCapital(field)) return field;
  for (const key in value) if (isCapital(key)) return '';
  return bareKind(parent, field);
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

interface ScopedFrame extends Frame {
  /** Names of common table expressions, which hide relations here. */
  readonly hidden: ReadonlySet<string>;
}

const none: ReadonlySet<string> = new Set();

/** The relations that a statement names, as often as it names them; names of its common table expressions are none. */
export function rangeVars(root: object | undefined): RangeVar[] {
  const found: RangeVar[] = [];
  let hides = false;
  visit(root, (...[kind, node]) => {
    if (kind === 'WithClause') hides = true;
    if (kind === 'RangeVar') found.push(node);
    return !hides;
  });
  return hides ? rangeVarsInScope(root) : found;
}

function rangeVarsInScope(root: object | undefined): RangeVar[] {
  const found: RangeVar[] = [];
  const stack: ScopedFrame[] = root === undefined ? [] : [{ kind: '', node: root, field: '', hidden: none }];
  for (let frame = stack.pop(); frame !== undefined; frame = stack.pop()) {
    const pair: [string, object] = [frame.kind, frame.node];
    if (isVisited(pair)) {
      const [kind, node] = pair;
      if (kind === 'RangeVar' && (node.schemaname !== undefined || !frame.hidden.has(node.relname ?? '')))
        found.push(node);
    }
    for (const child of scoped(frame).reverse()) stack.push(child);
  }
  return found;
}

/** The children of a node with the names that are hidden in each (SELECT, "WITH Clause"). */
function scoped(frame: ScopedFrame): ScopedFrame[] {
  const children = childrenOf(frame);
  const clause = children.find((child) => child.field === 'withClause');
  if (frame.kind === 'WithClause') return scopedExpressions(frame, children);
  if (clause === undefined) return children.map((child) => ({ ...child, hidden: frame.hidden }));
  const names = childrenOf(clause).flatMap((child) => expressionName(child) ?? []);
  const inside = new Set([...frame.hidden, ...names]);
  // INSERT, UPDATE, DELETE and MERGE change relations, whatever a common table expression is called
  const outside = (child: Frame) => child === clause || child.field === 'relation';
  return children.map((child) => ({ ...child, hidden: outside(child) ? frame.hidden : inside }));
}

/** A common table expression sees those before it, with RECURSIVE all of them. */
function scopedExpressions(frame: ScopedFrame, expressions: readonly Frame[]): ScopedFrame[] {
  const recursive = 'recursive' in frame.node && frame.node.recursive === true;
  const hidden = new Set(frame.hidden);
  if (recursive) for (const expression of expressions) hidden.add(expressionName(expression) ?? '');
  return expressions.map((expression) => {
    const child = { ...expression, hidden: new Set(hidden) };
    hidden.add(expressionName(expression) ?? '');
    return child;
  });
}

function expressionName({ node }: Frame): string | undefined {
  const inner = 'CommonTableExpr' in node ? node.CommonTableExpr : undefined;
  return isObject(inner) && 'ctename' in inner && typeof inner.ctename === 'string' ? inner.ctename : undefined;
}

/** What holds a query within an expression: a subquery, and JSON_ARRAY(query). */
export const subqueryKinds: ReadonlySet<string> = new Set(['SubLink', 'JsonArrayQueryConstructor']);

/** Whether two trees say the same, wherever they stand: locations are not compared. */
export function sameTree(left: unknown, right: unknown): boolean {
  const stack: [unknown, unknown][] = [[left, right]];
  for (let pair = stack.pop(); pair !== undefined; pair = stack.pop()) {
    const [a, b] = pair;
    if (a === b) continue;
    if (!isObject(a) || !isObject(b)) return false;
    const fields = new Map(Object.entries(b).filter(([field]) => !places.has(field)));
    for (const [field, value] of Object.entries(a)) {
      if (places.has(field)) continue;
      if (!fields.has(field)) return false;
      stack.push([value, fields.get(field)]);
      fields.delete(field);
    }
    if (fields.size > 0) return false;
  }
  return true;
}

/** Fields that say where a node stands; the lists of 18 are the parentheses round the values of an IN. */
const places = new Set([
  'location',
  'name_location',
  'stmt_location',
  'stmt_len',
  'list_start',
  'list_end',
  'rexpr_list_start',
  'rexpr_list_end',
]);
