import { constraintsOf } from './column.js';
import { attribute, childrenOf, type Element } from './element.js';

/** The names of primary keys by `schema.table`, as the changes so far have given them. */
export type PrimaryKeys = Map<string, string>;

const tableOf = (change: Element, name = 'tableName') =>
  `${attribute(change, 'schemaName') ?? ''}.${attribute(change, name) ?? ''}`.toLowerCase();

/** A dropPrimaryKey that names no constraint looks the name up when it runs: it gets the one that an earlier change gave. */
export function withKeyName(change: Element, keys: PrimaryKeys): Element {
  const name = change.name === 'dropPrimaryKey' ? keys.get(tableOf(change)) : undefined;
  if (name === undefined || attribute(change, 'constraintName') !== undefined) return change;
  return { ...change, attributes: new Map([...change.attributes, ['constraintName', name]]) };
}

/** Takes in what a change does to the names. */
export function rememberKeys(change: Element, keys: PrimaryKeys): void {
  const table = tableOf(change);
  if (change.name === 'renameTable') {
    const old = tableOf(change, 'oldTableName');
    const name = keys.get(old);
    keys.delete(old);
    if (name !== undefined) keys.set(tableOf(change, 'newTableName'), name);
  } else if (change.name === 'dropTable') keys.delete(table);
  else {
    const name = given(change);
    if (name !== undefined) keys.set(table, name);
  }
}

function given(change: Element): string | undefined {
  if (change.name === 'addPrimaryKey') return attribute(change, 'constraintName');
  if (change.name !== 'createTable') return undefined;
  const [name] = childrenOf(change, 'column').flatMap(
    (column) => attribute(constraintsOf(column), 'primaryKeyName') ?? [],
  );
  return name;
}
