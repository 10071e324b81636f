import { type DefElem, type Node, strings } from '../sql/tree.js';

/** The options of a statement in parentheses, by lower-case name. */
export function optionsOf(nodes: readonly Node[] | undefined): ReadonlyMap<string, DefElem> {
  const options = new Map<string, DefElem>();
  for (const node of nodes ?? [])
    if ('DefElem' in node) options.set((node.DefElem.defname ?? '').toLowerCase(), node.DefElem);
  return options;
}

/** The text of an option's value; undefined where it has none. */
export function textOf(option: DefElem | undefined): string | undefined {
  const value = option?.arg;
  if (value === undefined) return undefined;
  if ('Integer' in value) return `${value.Integer.ival ?? 0}`;
  if ('Boolean' in value) return `${value.Boolean.boolval ?? false}`;
  if ('TypeName' in value) return strings(value.TypeName.names).at(-1);
  return strings('List' in value ? value.List.items : [value]).at(-1);
}

const off: ReadonlySet<string> = new Set(['off', 'false', '0', 'no', 'none']);

/** Whether an option is there and not switched off: defGetBoolean. */
export function isOn(nodes: readonly Node[] | undefined, name: string): boolean {
  const option = optionsOf(nodes).get(name);
  return option !== undefined && !off.has((textOf(option) ?? 'true').toLowerCase());
}
