import { type Node, strings, type TypeName } from '../sql/tree.js';

/** What CREATE and ALTER SEQUENCE have said of a sequence, by option, as far as it is not what every sequence has. */
export type Parameters = Readonly<Record<string, string>>;

/** The usual value of each option that lasts: RESTART does not, and OWNED BY is kept by itself. */
const usual: Readonly<Record<string, string>> = {
  as: 'int8',
  increment: '1',
  minvalue: '1',
  maxvalue: '9223372036854775807',
  start: '1',
  cache: '1',
  cycle: 'false',
};

/** The parameters of the sequence that numbers a column of this type. */
export function withType(name: string | undefined): Parameters {
  return name === undefined || name === usual.as ? {} : { as: name };
}

/** The parameters after further options; NO MINVALUE and the like take back what was said. */
export function withParameters(before: Parameters, options: readonly Node[] | undefined): Parameters {
  const said = new Map(Object.entries(before));
  for (const option of options ?? []) {
    const { defname = '', arg } = 'DefElem' in option ? option.DefElem : {};
    if (usual[defname] === undefined) continue;
    const value = textOf(arg);
    if (value === undefined || value === usual[defname]) said.delete(defname);
    else said.set(defname, value);
  }
  return Object.fromEntries([...said].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The value of an option as text. */
export function textOf(node: Node | undefined): string | undefined {
  if (node === undefined) return undefined;
  if ('Integer' in node) return String(node.Integer.ival ?? 0);
  if ('Float' in node) return node.Float.fval;
  if ('Boolean' in node) return String(node.Boolean.boolval ?? false);
  const type: TypeName | undefined = 'TypeName' in node ? node.TypeName : undefined;
  return strings(type?.names).at(-1);
}
