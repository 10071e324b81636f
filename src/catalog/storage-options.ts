import type { Node } from '../sql/tree.js';

/** Storage parameters of WITH (…) or SET (…), by name: `toast.autovacuum_enabled` with its name space. */
export function storageOptions(nodes: readonly Node[] | undefined): Readonly<Record<string, string>> {
  const options: Record<string, string> = {};
  for (const node of nodes ?? []) {
    if (!('DefElem' in node)) continue;
    const { defnamespace, defname, arg } = node.DefElem;
    // WITH (oids = false) is still accepted, and means nothing
    if (defname !== undefined && defname !== 'oids')
      options[defnamespace === undefined ? defname : `${defnamespace}.${defname}`] = optionValue(arg);
  }
  return options;
}

/** The value of an option as text; a name alone stands for true. */
function optionValue(node: Node | undefined): string {
  if (node === undefined) return 'true';
  if ('Integer' in node) return `${node.Integer.ival ?? 0}`;
  if ('Float' in node) return node.Float.fval ?? '0';
  if ('String' in node) return node.String.sval ?? '';
  if ('Boolean' in node) return `${node.Boolean.boolval ?? false}`;
  if ('TypeName' in node)
    return node.TypeName.names?.map((name) => ('String' in name ? (name.String.sval ?? '') : '')).at(-1) ?? '';
  return '';
}

/** The value of a boolean option; undefined where it is not given. */
export function flagOf(nodes: readonly Node[] | undefined, name: string): boolean | undefined {
  const text = storageOptions(nodes)[name]?.toLowerCase();
  return text === undefined ? undefined : !['false', 'off', 'no', '0'].includes(text);
}

/** The tablespace of a relation; the default one is no mark. */
export function tablespaceOf(name: string | undefined): { readonly tablespace?: string } {
  return name === undefined || name === 'pg_default' ? {} : { tablespace: name };
}
