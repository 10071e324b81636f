import { hasPlaceholder, type StandIns } from './placeholder.js';

/**
 * Puts a parameter of which nothing is known (its number is 0, which no real one has) in the place of each value of a tree that a
 * placeholder gives: of a name that stands by itself in an expression, and of a string with one in it. What a function is given, what is
 * set, and what regclass reads stay strings: there they are names, of which the rest counts.
 */
export function unknownValues(root: object, sql: string, { names, syntaxes }: StandIns): void {
  if (names.size === 0 && !hasPlaceholder(sql, syntaxes)) return;
  const shown = new Set(names.values());
  const isUnknownName = (value: object) => 'ColumnRef' in value && isOneOf(value.ColumnRef, shown);
  const isUnknownText = (value: object) => {
    const text = textIn(value);
    return text !== undefined && (shown.has(text) || hasPlaceholder(text, syntaxes));
  };
  const pending: [kind: string, node: object][] = [['', root]];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [kind, node] = next;
    const keeps = keepsStrings.has(kind) || (kind === 'TypeCast' && readsNames(node));
    for (const [field, value] of Object.entries(node)) {
      if (!hasFields(value)) continue;
      if (isUnknownName(value) || (!keeps && isUnknownText(value))) Object.assign(node, { [field]: parameter });
      // a list belongs to the node that it is in
      else pending.push([Array.isArray(value) ? kind : field, value]);
    }
  }
}

const keepsStrings: ReadonlySet<string> = new Set(['FuncCall', 'VariableSetStmt']);

const parameter = { ParamRef: { number: 0 } };

/** The same as it is written. */
export const unknownParameter = '$0';

/** Whether a reference to a column is one of some names, and no more. */
function isOneOf(reference: unknown, names: ReadonlySet<string>): boolean {
  const fields = fieldOf(reference, 'fields');
  if (!Array.isArray(fields) || fields.length !== 1) return false;
  const name = textOf(fields[0], 'String');
  return name !== undefined && names.has(name);
}

/** The text of a string constant. */
function textIn(value: object): string | undefined {
  return textOf(fieldOf(value, 'A_Const'), 'sval');
}

function readsNames(cast: object): boolean {
  const names = fieldOf(fieldOf(cast, 'typeName'), 'names');
  return Array.isArray(names) && textOf(names.at(-1), 'String') === 'regclass';
}

/** The text in a field that holds a node of one. */
function textOf(value: unknown, field: string): string | undefined {
  const text = fieldOf(fieldOf(value, field), 'sval');
  return typeof text === 'string' ? text : undefined;
}

function fieldOf(value: unknown, field: string): unknown {
  return hasFields(value) ? value[field] : undefined;
}

function hasFields(value: unknown): value is { readonly [field: string]: unknown } {
  return typeof value === 'object' && value !== null;
}
