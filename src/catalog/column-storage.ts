import type { AlterTableCmd } from '../sql/tree.js';
import type { Column } from './catalog.js';
import { storageOptions } from './storage-options.js';
import { changeColumn, onTable } from './table-command.js';

/** The types whose values are kept in the row as long as they can be; of the others that may be long none is (pg_type.typstorage). */
const keptInRow: ReadonlySet<string> = new Set(['numeric', 'inet', 'cidr']);

/** The storage that a column says, where that is not the one of its type. */
export function ownStorage({ storage, type }: Column): string | undefined {
  const usual = type?.dimensions === 0 && keptInRow.has(type.name) ? 'main' : 'extended';
  return storage === 'default' || storage === usual || storage === 'plain' ? undefined : storage;
}

/** SET STATISTICS; -1, or nothing since 17, is what goes without saying. */
function withTarget({ tuning: { statistics: _, ...others } = {}, ...column }: Column, { def }: AlterTableCmd): Column {
  const target = def !== undefined && 'Integer' in def ? (def.Integer.ival ?? 0) : -1;
  return { ...column, tuning: target > 0 ? { ...others, statistics: `${target}` } : others };
}

function optionsOf({ def }: AlterTableCmd): Readonly<Record<string, string>> {
  return storageOptions(def !== undefined && 'List' in def ? def.List.items : []);
}

function withOptions({ tuning, ...column }: Column, node: AlterTableCmd): Column {
  return { ...column, tuning: { ...tuning, ...optionsOf(node) } };
}

function withoutOptions({ tuning = {}, ...column }: Column, node: AlterTableCmd): Column {
  const gone = optionsOf(node);
  return { ...column, tuning: Object.fromEntries(Object.entries(tuning).filter(([name]) => gone[name] === undefined)) };
}

function withStorage(column: Column, { def }: AlterTableCmd): Column {
  return def !== undefined && 'String' in def ? { ...column, storage: (def.String.sval ?? '').toLowerCase() } : column;
}

function onColumn(change: (column: Column, node: AlterTableCmd) => Column) {
  return onTable((catalog, table, node, { only }) =>
    changeColumn(catalog, table, node.name, (column) => change(column, node), only),
  );
}

/** How the values of a column are kept and estimated. */
export const storageCommands = {
  AT_SetStatistics: onColumn(withTarget),
  AT_SetOptions: onColumn(withOptions),
  AT_ResetOptions: onColumn(withoutOptions),
  AT_SetStorage: onColumn(withStorage),
} as const;
