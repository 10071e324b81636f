import { quoteIdentifier } from '../../sql/names.js';
import { refusal } from '../keep.js';
import type { Session } from '../session.js';
import { fitted, queryOf, type Rows } from './fit.js';
import { readTables, type SeedColumn, type SeedTable } from './tables.js';
import { type Value, valuesOf } from './values.js';

/** A table that got no synthetic rows, and why; for people. */
export interface NotSeeded {
  readonly table: string;
  readonly why: string;
}

/** Tables that have synthetic rows, by oid: schema.name when they got them. */
export type Seeded = Map<string, string>;

/**
 * Puts `count` synthetic rows into every table that has none of them yet, referenced tables first. Values are made from the types of the columns;
 * columns with a default take it. What the table's own rows already hold is in nobody's way: a row that a key refuses is left out.
 */
export async function seed(session: Session, count: number, seeded: Seeded): Promise<readonly NotSeeded[]> {
  const all = await readTables(session);
  const value = valuesOf(session);
  // triggers would do what the application does; only a superuser may silence them
  const silent = await refusal(session, 'set session_replication_role = replica');
  const reasons = new Map<string, NotSeeded>();
  let waiting = all.filter(({ oid }) => !seeded.has(oid));
  for (let progress = true; progress && waiting.length > 0; ) {
    progress = false;
    const left: SeedTable[] = [];
    for (const table of waiting) {
      const why = await seedTable(session, table, count, value);
      if (why === undefined) {
        seeded.set(table.oid, table.name);
        reasons.delete(table.oid);
        progress = true;
      } else {
        left.push(table);
        reasons.set(table.oid, { table: table.name, why });
      }
    }
    waiting = left;
  }
  if (silent === undefined) await session.query('reset session_replication_role');
  return [...reasons.values()].sort((a, b) => (a.table < b.table ? -1 : 1));
}

/** Gives why there are no rows; undefined when there are. */
async function seedTable(session: Session, table: SeedTable, count: number, value: Value): Promise<string | undefined> {
  const made = await rowsOf(session, table, count, value);
  if ('why' in made) return made.why;
  const checks = table.checks.filter((check) => check.columns.every((name) => made.values.has(name)));
  const rows = await fitted(session, made, table.columns, checks);
  if (rows.values.size === 0) {
    const error = await refusal(session, `insert into ${table.quoted} default values`);
    return error?.message;
  }
  const names = [...rows.values.keys()].map(quoteIdentifier).join(', ');
  const insert = `insert into ${table.quoted} (${names}) ${queryOf(rows, checks)}`;
  // an exclusion or unique constraint that is checked later cannot be asked to step aside
  const error = (await refusal(session, `${insert} on conflict do nothing`)) && (await refusal(session, insert));
  if (error !== undefined) return error.message;
  const there = await session.query(`select 1 as one from ${table.quoted} limit 1`);
  return there.length > 0 ? undefined : 'no row that was made satisfies its checks';
}

async function rowsOf(
  session: Session,
  table: SeedTable,
  count: number,
  value: Value,
): Promise<Rows | { readonly why: string }> {
  const values = new Map<string, string>();
  const from = [`generate_series(1, ${count}) as g`];
  const checked = new Set(table.checks.flatMap(({ columns }) => columns));
  for (const [at, key] of table.keys.entries()) {
    const fresh = key.columns.filter((name) => !values.has(name));
    const needed = table.columns.find((column) => fresh.includes(column.name) && column.notNull);
    const joined = await reference(session, table, at, values);
    if (joined === undefined) {
      if (needed !== undefined) return { why: `${needed.name} refers to ${key.target}, which has no rows` };
      for (const name of fresh) values.set(name, 'null');
      continue;
    }
    from.push(joined);
    for (const [place, name] of key.columns.entries())
      if (!values.has(name)) values.set(name, `f${at}.${quoteIdentifier(key.targetColumns[place] ?? '')}`);
  }
  for (const column of table.columns) {
    if (column.filled !== undefined || values.has(column.name)) continue;
    const made = await value(column.type);
    if (made !== undefined) values.set(column.name, sometimesNull(column, made, checked));
    else if (column.notNull) return { why: `no value of type ${column.type.sql} can be made for ${column.name}` };
  }
  // of a null foreign key the type is not known where the values are selected from
  for (const column of table.columns)
    if (values.get(column.name) === 'null') values.set(column.name, `null::${column.type.sql}`);
  return { values, from: from.join(' ') };
}

/** What is joined so that a foreign key finds its rows in turn; undefined when there are none. */
async function reference(
  session: Session,
  table: SeedTable,
  at: number,
  values: ReadonlyMap<string, string>,
): Promise<string | undefined> {
  const key = table.keys[at];
  if (key === undefined || key.targetOid === table.oid) return undefined;
  const [row] = await session.query(`select count(*) as count from ${key.target}`);
  const count = Number(row?.count ?? 0);
  if (count === 0) return undefined;
  const columns = key.targetColumns.map(quoteIdentifier);
  // columns that an earlier key has filled decide which rows may be taken
  const fixed = key.columns.flatMap((name, place) => {
    const known = values.get(name);
    return known === undefined ? [] : [`${columns[place]} = ${known}`];
  });
  const where = fixed.length === 0 ? '' : ` where ${fixed.join(' and ')}`;
  const offset = fixed.length === 0 ? ` offset (g - 1) % ${count}` : '';
  return `left join lateral (select ${columns.join(', ')} from ${key.target}${where} order by ${columns.join(', ')}${offset} limit 1) as f${at} on true`;
}

/** Of ten rows one has nothing where nothing is needed, as in life. */
function sometimesNull(
  { notNull, unique, name, type }: SeedColumn,
  value: string,
  checked: ReadonlySet<string>,
): string {
  const cast = `(${value})::${type.sql}`;
  return notNull || unique || checked.has(name) ? cast : `case when g % 10 <> 0 then ${cast} end`;
}
