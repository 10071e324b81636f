import type { Row, Session } from '../session.js';

/** A type as far as a value of it has to be made. */
export interface SeedType {
  readonly oid: string;
  /** As SQL names it, with modifiers. */
  readonly sql: string;
  /** PostgreSQL's own name: int4, varchar … */
  readonly name: string;
  /** b base, e enum, d domain, c composite, r range, m multirange. */
  readonly kind: string;
  /** Of an array its element, of a domain its base, of a range its subtype; '0' for others. */
  readonly of: string;
  readonly isArray: boolean;
  readonly modifier: number;
  readonly composite: string;
}

/** A column that a synthetic row has to have a value in. */
export interface SeedColumn {
  readonly name: string;
  readonly quoted: string;
  readonly type: SeedType;
  readonly notNull: boolean;
  /** The server fills it: a default, an identity, a generated column. */
  readonly filled: 'always' | 'by default' | undefined;
  /** It belongs to a primary key, a unique constraint or index. */
  readonly unique: boolean;
}

/** A foreign key: columns of this table, columns of the other one, in the same order. */
export interface SeedKey {
  readonly columns: readonly string[];
  readonly target: string;
  /** The other table's oid. */
  readonly targetOid: string;
  readonly targetColumns: readonly string[];
}

/** A CHECK, or that of a column's domain: an expression over columns. */
export interface SeedCheck {
  readonly expression: string;
  readonly columns: readonly string[];
}

/** A table that rows can be put into: an ordinary one, or a partition. */
export interface SeedTable {
  readonly oid: string;
  /** schema.name for people. */
  readonly name: string;
  readonly quoted: string;
  readonly columns: readonly SeedColumn[];
  readonly keys: readonly SeedKey[];
  readonly checks: readonly SeedCheck[];
}

/** Reads the tables of the user, with all that decides which rows they take. */
export async function readTables(session: Session): Promise<readonly SeedTable[]> {
  const tables = await session.query(`
    select c.oid, n.nspname || '.' || c.relname as name, format('%I.%I', n.nspname, c.relname) as quoted
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'r' and c.relpersistence <> 't' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
       and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
     order by c.oid`);
  const [columns, keys, checks] = [await readColumns(session), await readKeys(session), await readChecks(session)];
  return tables.map((row) => ({
    oid: text(row, 'oid'),
    name: text(row, 'name'),
    quoted: text(row, 'quoted'),
    columns: columns.get(text(row, 'oid')) ?? [],
    keys: keys.get(text(row, 'oid')) ?? [],
    checks: checks.get(text(row, 'oid')) ?? [],
  }));
}

type ByTable<T> = ReadonlyMap<string, readonly T[]>;

async function readColumns(session: Session): Promise<ByTable<SeedColumn>> {
  const rows = await session.query(`
    select attrelid as table, attname as name, quote_ident(attname) as quoted, attnotnull as required, ${typeColumns('t', 'a.atttypid', 'a.atttypmod')},
           case when attgenerated <> '' or attidentity = 'a' then 'always' when attidentity = 'd' or atthasdef or t.typdefault is not null then 'by default' end as filled,
           pg_get_expr(adbin, adrelid) as expression,
           exists (select from pg_index where indrelid = attrelid and indisunique and attnum = any (indkey)) as in_key
      from pg_attribute a join pg_class c on c.oid = attrelid join pg_type t on t.oid = atttypid
           left join pg_attrdef on adrelid = attrelid and adnum = attnum
     where c.relkind = 'r' and c.oid >= 16384 and attnum > 0 and not attisdropped order by attrelid, attnum`);
  return grouped(rows, (row): SeedColumn => {
    const filled = row.filled === 'always' || row.filled === 'by default' ? row.filled : undefined;
    const unique = row.in_key === 't';
    // of a constant, a key takes only one
    const constant = filled === 'by default' && unique && !/\(/.test(row.expression ?? '()');
    return {
      name: text(row, 'name'),
      quoted: text(row, 'quoted'),
      type: typeOf(row),
      notNull: row.required === 't',
      filled: constant ? undefined : filled,
      unique,
    };
  });
}

/** The columns of a query that {@link typeOf} reads. */
export function typeColumns(type: string, oid: string, modifier: string): string {
  return `${oid} as type, format_type(${oid}, ${modifier}) as sql, ${type}.typname as type_name, ${type}.typtype as kind, ${modifier} as modifier, ${type}.typrelid as composite,
    ${type}.typcategory = 'A' and ${type}.typelem <> 0 as is_array,
    case when ${type}.typtype = 'd' then ${type}.typbasetype when ${type}.typtype = 'r' then (select rngsubtype from pg_range where rngtypid = ${type}.oid) else ${type}.typelem end as of`;
}

/** Reads a type from a row with {@link typeColumns}. */
export function typeOf(row: Row): SeedType {
  return {
    oid: text(row, 'type'),
    sql: text(row, 'sql'),
    name: text(row, 'type_name'),
    kind: text(row, 'kind'),
    of: text(row, 'of'),
    isArray: row.is_array === 't',
    modifier: Number(row.modifier),
    composite: text(row, 'composite'),
  };
}

async function readKeys(session: Session): Promise<ByTable<SeedKey>> {
  const names = (table: string, key: string) =>
    `(select json_agg(attname order by at) from unnest(${key}) with ordinality k (num, at) join pg_attribute on attrelid = ${table} and attnum = num)`;
  const rows = await session.query(`
    select conrelid as table, confrelid as target_oid, confrelid::regclass as target, ${names('conrelid', 'conkey')} as columns, ${names('confrelid', 'confkey')} as target_columns
      from pg_constraint where contype = 'f' order by cardinality(conkey) desc, conname`);
  return grouped(rows, (row) => ({
    columns: list(row, 'columns'),
    target: text(row, 'target'),
    targetOid: text(row, 'target_oid'),
    targetColumns: list(row, 'target_columns'),
  }));
}

async function readChecks(session: Session): Promise<ByTable<SeedCheck>> {
  const rows = await session.query(`
    select conrelid as table, pg_get_expr(conbin, conrelid) as expression,
           (select json_agg(attname) from pg_attribute where attrelid = conrelid and attnum = any (conkey)) as columns
      from pg_constraint where contype = 'c' and conrelid <> 0
    union all
    select attrelid, regexp_replace(pg_get_expr(conbin, 0), '\\mVALUE\\M', quote_ident(attname), 'g'), json_build_array(attname)
      from pg_constraint join pg_attribute on atttypid = contypid join pg_class c on c.oid = attrelid
     where contype = 'c' and contypid <> 0 and c.relkind = 'r' and attnum > 0 and not attisdropped
    union all
    select c.oid, pg_get_partition_constraintdef(c.oid),
           (select json_agg(attname) from pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped
               and pg_get_partition_constraintdef(c.oid) ~ ('\\m' || attname || '\\M'))
      from pg_class c where relispartition and relkind = 'r'`);
  return grouped(rows, (row) => ({ expression: text(row, 'expression'), columns: list(row, 'columns') }));
}

function grouped<T>(rows: readonly Row[], read: (row: Row) => T): ByTable<T> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const table = text(row, 'table');
    groups.set(table, [...(groups.get(table) ?? []), read(row)]);
  }
  return groups;
}

function text(row: Row, name: string): string {
  return row[name] ?? '';
}

function list(row: Row, name: string): readonly string[] {
  const value: unknown = JSON.parse(row[name] ?? '[]');
  return Array.isArray(value) ? value.map(String) : [];
}
