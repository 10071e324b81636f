import { quoteIdentifier } from '../sql/names.js';
import { type FuncCall, type Node, type SelectStmt, strings } from '../sql/tree.js';
import type { Applies } from './applies.js';
import type { Catalog, Settings } from './catalog.js';
import { literalOf } from './literal.js';
import { dropObject } from './removal.js';
import { startSession } from './transaction.js';

export const settingApplies: Applies = {
  VariableSetStmt: (node, _statement, catalog) => {
    const name = (node.name ?? '').toLowerCase();
    switch (node.kind) {
      case 'VAR_SET_VALUE':
        return withSetting(catalog, name, valueOfSet(name, node.args ?? []), node.is_local === true);
      case 'VAR_SET_MULTI':
        // SET TRANSACTION lasts as long as the transaction, SET SESSION CHARACTERISTICS as the session
        return (node.args ?? []).reduce(
          (now, option) => withOption(now, option, name === 'transaction' ? undefined : 'default_'),
          catalog,
        );
      case 'VAR_SET_DEFAULT':
      case 'VAR_RESET':
        return withoutSetting(catalog, name);
      case 'VAR_RESET_ALL':
        return { ...catalog, settings: { session: {}, local: {} } };
      default:
        return catalog;
    }
  },
  SelectStmt: (node, _statement, catalog) => setConfigs(node).reduce(withConfig, catalog),
  DiscardStmt: (node, _statement, catalog) => {
    if (node.target === 'DISCARD_ALL') return startSession({ ...catalog, settings: { session: {}, local: {} } });
    if (node.target !== 'DISCARD_TEMP') return catalog;
    const { temporary } = catalog.transient;
    const none = { ...catalog, transient: { ...catalog.transient, temporary: [] } };
    return temporary.reduce(dropObject, none);
  },
};

function withSetting(catalog: Catalog, name: string, value: string | undefined, local: boolean): Catalog {
  if (value === undefined) return catalog;
  const { settings } = catalog;
  const changed: Settings = local
    ? { ...settings, local: { ...settings.local, [name]: value } }
    : { session: { ...settings.session, [name]: value }, local: without(settings.local, name) };
  return { ...catalog, settings: changed };
}

function withoutSetting(catalog: Catalog, name: string): Catalog {
  const { session, local } = catalog.settings;
  return { ...catalog, settings: { session: without(session, name), local: without(local, name) } };
}

function without(values: Readonly<Record<string, string>>, name: string): Readonly<Record<string, string>> {
  if (!Object.hasOwn(values, name)) return values;
  const { [name]: _, ...rest } = values;
  return rest;
}

/** Settings whose value is a list of names, each of which SET quotes: GUC_LIST_QUOTE. */
const nameLists: ReadonlySet<string> = new Set([
  'search_path',
  'temp_tablespaces',
  'session_preload_libraries',
  'local_preload_libraries',
]);

/** The value as SHOW would give it, of several they are joined by commas: flatten_set_variable_args. */
function valueOfSet(name: string, args: readonly Node[]): string | undefined {
  const values: string[] = [];
  for (const arg of args) {
    const literal = literalOf(arg)?.text ?? textOfInterval(arg);
    if (literal === undefined) return undefined;
    values.push(nameLists.has(name) ? quoteName(literal) : literal);
  }
  return values.join(', ');
}

function quoteName(name: string): string {
  return name === '' ? '""' : quoteIdentifier(name);
}

/** SET TIME ZONE INTERVAL '…' HOUR TO MINUTE. */
function textOfInterval(arg: Node): string | undefined {
  return 'TypeCast' in arg ? literalOf(arg.TypeCast.arg)?.text : undefined;
}

function withOption(catalog: Catalog, option: Node, prefix: string | undefined): Catalog {
  if (!('DefElem' in option)) return catalog;
  const { defname = '', arg } = option.DefElem;
  const value = arg && (literalOf(arg)?.text ?? ('String' in arg ? arg.String.sval : undefined));
  return withSetting(catalog, `${prefix ?? ''}${defname}`, onOff[value ?? ''] ?? value, prefix === undefined);
}

const onOff: Readonly<Record<string, string>> = { '1': 'on', '0': 'off', true: 'on', false: 'off' };

/** The calls of set_config in the list of a SELECT, as pg_dump writes them. */
function setConfigs(select: SelectStmt): readonly FuncCall[] {
  return (select.targetList ?? []).flatMap((target) => {
    const value = 'ResTarget' in target ? target.ResTarget.val : undefined;
    if (value === undefined || !('FuncCall' in value)) return [];
    const name = strings(value.FuncCall.funcname);
    const own = name.length === 1 || name[0] === 'pg_catalog';
    return own && name.at(-1) === 'set_config' ? [value.FuncCall] : [];
  });
}

function withConfig(catalog: Catalog, { args = [] }: FuncCall): Catalog {
  const [name, value, local] = args.map((arg) => literalOf(arg)?.text);
  if (name === undefined || value === undefined || local === undefined) return catalog;
  return withSetting(catalog, name.toLowerCase(), value, /^(t|true|on|1|y|yes)$/i.test(local));
}
