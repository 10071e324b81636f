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
    const keeps = keepsStrings.has(kind) || (kind === 'TypeCast' && /"regclass"/.test(JSON.stringify(node)));
    for (const [field, value] of Object.entries(node)) {
      if (typeof value !== 'object' || value === null) continue;
      if (isUnknownName(value) || (!keeps && isUnknownText(value))) Object.assign(node, { [field]: parameter });
      // a list belongs to the node that it is in
      else pending.push([Array.isArray(value) ? kind : field, value]);
    }
  }
}

const keepsStrings: ReadonlySet<string> = new Set(['FuncCall', 'VariableSetStmt']);

const parameter = { ParamRef: { number: 0 } };

/** Whether a reference to a column is one of some names, and no more. */
function isOneOf(reference: unknown, names: ReadonlySet<string>): boolean {
  const fields = fieldOf(reference, 'fields');
  if (!Array.isArray(fields) || fields.length !== 1) return false;
  const name = fieldOf(fieldOf(fields[0], 'String'), 'sval');
  return typeof name === 'string' && names.has(name);
}

/** The text of a string constant. */
function textIn(value: object): string | undefined {
  const text = fieldOf(fieldOf(fieldOf(value, 'A_Const'), 'sval'), 'sval');
  return typeof text === 'string' ? text : undefined;
}

function fieldOf(value: unknown, field: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).find(([key]) => key === field)?.[1]
    : undefined;
}
