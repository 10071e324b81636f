import type { Render } from './changes.js';
import { literalOf, tableOf } from './column.js';
import { identifier } from './data-type.js';
import { attribute, childrenOf, type Element } from './element.js';

const columnsOf = (change: Element) => childrenOf(change, 'column');
const nameOf = (column: Element) => identifier(attribute(column, 'name') ?? '');
const value = (column: Element, change: Element) =>
  literalOf(column, 'value', attribute(change, 'schemaName')) ??
  (column.text.trim() === '' ? 'NULL' : `'${column.text.trim().replaceAll("'", "''")}'`);

function where(change: Element): string {
  const [inner] = childrenOf(change, 'where');
  const text = (inner?.text ?? attribute(change, 'where') ?? '').trim();
  return text === '' ? '' : ` WHERE ${withParams(text.replace(/^where\s+/i, ''), change)}`;
}

/** Each `:name` and each `:value` is that of the next `param`. */
function withParams(text: string, change: Element): string {
  const params = childrenOf(change, 'whereParams').flatMap((all) => childrenOf(all, 'param'));
  const names = params.map(nameOf);
  const values = params.map((param) => value(param, change));
  return text.replace(/:(name|value)\b/g, (word, which) => (which === 'name' ? names : values).shift() ?? word);
}

/** Rows from a CSV file: how many and which does not matter to locks, so one row of defaults stands for them. */
const load: Render = (change) => {
  const names = columnsOf(change)
    .filter((column) => attribute(column, 'type')?.toLowerCase() !== 'skip')
    .map(nameOf);
  const list = names.length === 0 ? '' : ` (${names.join(', ')})`;
  const values = names.length === 0 ? 'DEFAULT VALUES' : `VALUES (${names.map(() => 'DEFAULT').join(', ')})`;
  return { up: [`INSERT INTO ${tableOf(change)}${list} ${values}`] };
};

/** Changes of rows. */
export const dataChanges: Readonly<Record<string, Render>> = {
  insert: (change) => {
    const columns = columnsOf(change);
    const list = columns.map(nameOf).join(', ');
    return {
      up: [
        `INSERT INTO ${tableOf(change)} (${list}) VALUES (${columns.map((column) => value(column, change)).join(', ')})`,
      ],
    };
  },
  update: (change) => {
    const set = columnsOf(change).map((column) => `${nameOf(column)} = ${value(column, change)}`);
    return { up: [`UPDATE ${tableOf(change)} SET ${set.join(', ')}${where(change)}`] };
  },
  delete: (change) => ({ up: [`DELETE FROM ${tableOf(change)}${where(change)}`] }),
  loadData: load,
  loadUpdateData: load,
};
