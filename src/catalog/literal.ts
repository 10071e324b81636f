import { type A_Const, type Node, strings, type TypeName } from '../sql/tree.js';

/** A constant as it is written: its text (absent for NULL) and its type, unless it is a bare string (PostgreSQL's `unknown`). */
export interface Literal {
  readonly text: string | undefined;
  /** PostgreSQL's internal name: int4, date …; undefined for a bare string. */
  readonly type: string | undefined;
}

/** The constant that an expression comes down to before it is run: literals, casts that need no setting, arithmetic on integers. */
export function literalOf(node: Node | undefined): Literal | undefined {
  if (node === undefined) return undefined;
  if ('A_Const' in node) return ofConstant(node.A_Const);
  if ('TypeCast' in node) {
    const { arg, typeName } = node.TypeCast;
    const inner = literalOf(arg);
    return inner === undefined || typeName?.arrayBounds !== undefined
      ? undefined
      : castLiteral(inner, typeOfName(typeName));
  }
  if ('A_Expr' in node && node.A_Expr.kind === 'AEXPR_OP') {
    const { lexpr, rexpr, name } = node.A_Expr;
    return arithmetic(strings(name).at(-1), lexpr === undefined ? zero : literalOf(lexpr), literalOf(rexpr));
  }
  return undefined;
}

/** The constants of ARRAY[…], of '{…}' and of a list in parentheses; undefined when one is not constant. */
export function literalsOf(node: Node | undefined): readonly Literal[] | undefined {
  if (node === undefined) return undefined;
  if ('List' in node) return all(node.List.items ?? []);
  if ('A_ArrayExpr' in node) return all(node.A_ArrayExpr.elements ?? []);
  if ('A_Const' in node) return arrayText(node.A_Const.sval?.sval);
  if (!('TypeCast' in node)) return undefined;
  const { arg, typeName } = node.TypeCast;
  if (typeName?.arrayBounds === undefined) return undefined;
  const type = typeOfName(typeName);
  const elements: Literal[] = [];
  for (const element of literalsOf(arg) ?? [undefined]) {
    const cast = element && castLiteral(element, type);
    if (cast === undefined) return undefined;
    elements.push(cast);
  }
  return elements;
}

function all(nodes: readonly Node[]): readonly Literal[] | undefined {
  const literals: Literal[] = [];
  for (const node of nodes) {
    const literal = literalOf(node);
    if (literal === undefined) return undefined;
    literals.push(literal);
  }
  return literals;
}

/** The last name of a type without its modifiers; the grammar gives the SQL spellings by their internal names. */
export function typeOfName(typeName: TypeName | undefined): string {
  return strings(typeName?.names).at(-1) ?? '';
}

function ofConstant(node: A_Const): Literal | undefined {
  if (node.isnull) return { text: undefined, type: undefined };
  if (node.ival !== undefined) return { text: String(node.ival.ival ?? 0), type: 'int4' };
  if (node.fval !== undefined) {
    const text = node.fval.fval ?? '0';
    const whole = /^-?\d+$/.test(text) && BigInt(text) < 1n << 63n && BigInt(text) >= -(1n << 63n);
    return { text, type: whole ? 'int8' : 'numeric' };
  }
  if (node.boolval !== undefined) return { text: node.boolval.boolval ? 'true' : 'false', type: 'bool' };
  if (node.sval !== undefined) return { text: node.sval.sval ?? '', type: undefined };
  return undefined;
}

const groups: readonly (readonly string[])[] = [
  ['int2', 'int4', 'int8', 'oid'],
  ['numeric', 'float4', 'float8'],
  ['text', 'varchar', 'bpchar', 'name'],
  ['date', 'timestamp'],
];

function groupOf(type: string): number {
  return groups.findIndex((group) => group.includes(type));
}

/** A cast that is done when the expression is read: of a bare string, or within a family; a cast that asks the session's settings is not. */
function castLiteral(inner: Literal, type: string): Literal | undefined {
  if (inner.text === undefined || inner.type === undefined || inner.type === type) return { text: inner.text, type };
  const from = groupOf(inner.type);
  const to = groupOf(type);
  const integerToNumber = from === 0 && to === 1;
  return from !== -1 && (from === to || integerToNumber) ? { text: inner.text, type } : undefined;
}

const zero: Literal = { text: '0', type: 'int4' };
const operations: { readonly [operator: string]: (a: bigint, b: bigint) => bigint } = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
};

function arithmetic(operator: string | undefined, a: Literal | undefined, b: Literal | undefined): Literal | undefined {
  const operation = operator === undefined ? undefined : operations[operator];
  if (operation === undefined || a?.type === undefined || b?.type === undefined) return undefined;
  if (groupOf(a.type) !== 0 || groupOf(b.type) !== 0) return undefined;
  const [left, right] = [a.text, b.text].map((text) => (/^-?\d+$/.test(text ?? '') ? BigInt(text ?? 0) : undefined));
  if (left === undefined || right === undefined) return undefined;
  return { text: String(operation(left, right)), type: a.type === 'int8' || b.type === 'int8' ? 'int8' : 'int4' };
}

/** The elements of a one-dimensional array's text form, as array_in reads it. */
function arrayText(text: string | undefined): readonly Literal[] | undefined {
  const inside = /^\s*\{(.*)\}\s*$/s.exec(text ?? '')?.[1];
  if (inside === undefined || inside.includes('{')) return undefined;
  if (inside.trim() === '') return [];
  const elements: Literal[] = [];
  const element = /\s*(?:"((?:[^"\\]|\\.)*)"|([^,"]*))\s*(,|$)/gsy;
  for (let more = true; more; ) {
    const match = element.exec(inside);
    if (match === null) return undefined;
    const [, quoted, bare = '', end] = match;
    const plain = bare.trim();
    if (quoted !== undefined) elements.push({ text: quoted.replace(/\\(.)/gs, '$1'), type: undefined });
    else elements.push({ text: plain.toUpperCase() === 'NULL' ? undefined : plain, type: undefined });
    more = end === ',';
  }
  return elements;
}
