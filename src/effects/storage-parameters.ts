import type { DefElem, Node } from '../sql/tree.js';
import { type Draft, fail } from './draft.js';
import { textOf } from './options.js';

/** The least and greatest value of a parameter, or that it is a boolean: reloptions.c. */
type Values = readonly [least: number, greatest: number] | readonly string[] | 'boolean' | 'any';

const maximum = 2_147_483_647;

/** Parameters of autovacuum, which a table and its TOAST table have. */
const autovacuum: { readonly [name: string]: Values } = {
  autovacuum_enabled: 'boolean',
  autovacuum_analyze_scale_factor: [0, 100],
  autovacuum_analyze_threshold: [0, maximum],
  autovacuum_freeze_max_age: [100_000, 2_000_000_000],
  autovacuum_freeze_min_age: [0, 1_000_000_000],
  autovacuum_freeze_table_age: [0, 2_000_000_000],
  autovacuum_multixact_freeze_max_age: [10_000, 2_000_000_000],
  autovacuum_multixact_freeze_min_age: [0, 1_000_000_000],
  autovacuum_multixact_freeze_table_age: [0, 2_000_000_000],
  autovacuum_vacuum_cost_delay: [-1, 100],
  autovacuum_vacuum_cost_limit: [1, 10_000],
  autovacuum_vacuum_insert_scale_factor: [-1, 100],
  autovacuum_vacuum_insert_threshold: [-1, maximum],
  autovacuum_vacuum_max_threshold: [-1, maximum],
  autovacuum_vacuum_scale_factor: [0, 100],
  autovacuum_vacuum_threshold: [0, maximum],
};

const ofTables: { readonly [name: string]: Values } = {
  ...autovacuum,
  fillfactor: [10, 100],
  log_autoanalyze_min_duration: [-1, maximum],
  log_autovacuum_min_duration: [-1, maximum],
  oids: 'any',
  parallel_workers: [0, 1024],
  toast_tuple_target: [128, 8160],
  user_catalog_table: 'boolean',
  vacuum_index_cleanup: 'any',
  vacuum_max_eager_freeze_failure_rate: [0, 1],
  vacuum_truncate: 'boolean',
};

const ofViews: { readonly [name: string]: Values } = {
  check_option: ['local', 'cascaded'],
  security_barrier: 'boolean',
  security_invoker: 'boolean',
};

const ofIndexes: { readonly [method: string]: { readonly [name: string]: Values } } = {
  btree: { fillfactor: [10, 100], deduplicate_items: 'boolean', vacuum_cleanup_index_scale_factor: [0, 1e10] },
  hash: { fillfactor: [10, 100] },
  gist: { fillfactor: [10, 100], buffering: 'any' },
  spgist: { fillfactor: [10, 100] },
  gin: { fastupdate: 'boolean', gin_pending_list_limit: [64, maximum] },
  brin: { pages_per_range: [1, 131_072], autosummarize: 'boolean' },
};

/** What the server refuses of the parameters that a table is given. */
export function tableParameterRefusal(options: readonly Node[] | undefined): Draft | undefined {
  return parameterRefusal(options, ofTables);
}

/** The same of ALTER TABLE, where nothing is left of the oids that CREATE TABLE still takes to be switched off. */
export function changedParameterRefusal(options: readonly Node[] | undefined): Draft | undefined {
  const { oids: _gone, ...known } = ofTables;
  return parameterRefusal(options, known);
}

/** The same of a view. */
export function viewParameterRefusal(options: readonly Node[] | undefined): Draft | undefined {
  return parameterRefusal(options, ofViews);
}

/** The same of an index; nothing is known of access methods that an extension brings. */
export function indexParameterRefusal(options: readonly Node[] | undefined, method: string): Draft | undefined {
  const known = ofIndexes[method];
  return known && parameterRefusal(options, known);
}

function parameterRefusal(
  options: readonly Node[] | undefined,
  known: { readonly [name: string]: Values },
): Draft | undefined {
  for (const option of options ?? []) {
    if (!('DefElem' in option)) continue;
    const { defname = '', defnamespace } = option.DefElem;
    if (defnamespace !== undefined && defnamespace !== 'toast')
      return fail(`unrecognized parameter namespace "${defnamespace}"`, '22023');
    const values = Object.hasOwn(known, defname) ? known[defname] : undefined;
    if (values === undefined) return fail(`unrecognized parameter "${defname}"`, '22023');
    const refusal = valueRefusal(option.DefElem, values);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

const booleans = /^(t(r(ue?)?)?|f(a(l(se?)?)?)?|y(es?)?|no?|on|off?|1|0)$/i;

function valueRefusal(option: DefElem, values: Values): Draft | undefined {
  const text = textOf(option) ?? 'true';
  const { defname } = option;
  if (values === 'any') return undefined;
  if (values === 'boolean')
    return booleans.test(text) ? undefined : fail(`invalid value for boolean option "${defname}": ${text}`, '22023');
  const [least, greatest] = values;
  if (typeof least !== 'number' || typeof greatest !== 'number')
    return values.some((one) => one === text.toLowerCase())
      ? undefined
      : fail(`invalid value for enum option "${defname}": ${text}`, '22023');
  const value = numberOf(option);
  if (value === undefined) return undefined;
  return value >= least && value <= greatest
    ? undefined
    : fail(`value ${text} out of bounds for option "${defname}"`, '22023');
}

function numberOf({ arg }: DefElem): number | undefined {
  if (arg === undefined) return undefined;
  if ('Integer' in arg) return arg.Integer.ival ?? 0;
  return 'Float' in arg ? Number(arg.Float.fval) : undefined;
}
