import { quoteIdentifier } from '../../sql/names.js';

/** PostgreSQL's names of the types that Liquibase writes for every database; `@DataTypeInfo` and `toDatabaseDataType` of its classes. */
const types: Readonly<Record<string, string>> = {
  datetime: 'TIMESTAMP WITHOUT TIME ZONE',
  smalldatetime: 'TIMESTAMP WITHOUT TIME ZONE',
  datetime2: 'TIMESTAMP WITHOUT TIME ZONE',
  timestamp_with_timezone: 'TIMESTAMP WITH TIME ZONE',
  clob: 'TEXT',
  nclob: 'TEXT',
  longtext: 'TEXT',
  mediumtext: 'TEXT',
  tinytext: 'TEXT',
  ntext: 'TEXT',
  longvarchar: 'TEXT',
  longnvarchar: 'TEXT',
  blob: 'OID',
  longblob: 'BYTEA',
  tinyblob: 'BYTEA',
  mediumblob: 'BYTEA',
  longvarbinary: 'BYTEA',
  varbinary: 'BYTEA',
  binary: 'BYTEA',
  image: 'BYTEA',
  number: 'numeric',
  currency: 'DECIMAL',
  smallmoney: 'DECIMAL',
  money: 'DECIMAL',
  tinyint: 'SMALLINT',
  double: 'DOUBLE PRECISION',
  nvarchar: 'VARCHAR',
  nvarchar2: 'VARCHAR',
  varchar2: 'VARCHAR',
  nchar: 'CHAR',
  uniqueidentifier: 'UUID',
  guid: 'UUID',
  int2: 'SMALLINT',
  int4: 'INTEGER',
  int8: 'BIGINT',
  bool: 'BOOLEAN',
  smallserial: 'SMALLINT',
  serial2: 'SMALLINT',
  serial: 'INTEGER',
  serial4: 'INTEGER',
  bigserial: 'BIGINT',
  serial8: 'BIGINT',
};
const withoutArguments = /^(?:TEXT|OID|BYTEA|UUID|SMALLINT|INTEGER|BIGINT|DOUBLE PRECISION|BOOLEAN)$/i;

/** Whether a type numbers its rows: it becomes an integer that is an identity column. */
export function isSerial(written: string): boolean {
  return /^\s*(?:small|big)?serial[248]?\b/i.test(written);
}

/** A column type as PostgreSQL gets it. What is not in the table is passed on as it is, as Liquibase does. */
export function dataType(written: string): string {
  const text = withoutAttributes(
    written
      .trim()
      .replace(/^java\.sql\.types\./i, '')
      .replace(/\{autoIncrement:true\}/i, ''),
  );
  const [, name = text, given = '', rest = ''] = /^([\w ]*\w)\s*(\([^)]*\))?\s*(.*)$/s.exec(text) ?? [];
  const known = types[name.toLowerCase()];
  if (known?.startsWith('TIMESTAMP')) return known.replace('TIMESTAMP', `TIMESTAMP${given}`);
  if (known !== undefined)
    return `${known}${withoutArguments.test(known) ? '' : given}${rest === '' ? '' : ` ${rest}`}`;
  // integers take no length in PostgreSQL: INT(11) is MySQL's
  if (/^(?:int|integer|bigint|smallint|boolean)$/i.test(name))
    return `${name.toUpperCase()}${rest === '' ? '' : ` ${rest}`}`;
  return text;
}

const others = new Set(['int', 'integer', 'smallint', 'text', 'date', 'time', 'numeric', 'uuid', 'bit']);
const keeping = new Set(['int8', 'bool', 'nchar', 'varchar2']);

/** INT UNSIGNED, TEXT NULL: most types that Liquibase knows lose what MySQL writes behind them (measured with 4.28), others are passed on with it. */
function withoutAttributes(type: string): string {
  const name = /^\w+/.exec(type)?.[0].toLowerCase() ?? '';
  if (keeping.has(name) || (types[name] === undefined && !others.has(name))) return type;
  return type.replace(/\s+(?:unsigned|signed|zerofill|not\s+null|null)\b.*$/is, '');
}

/** An identifier as Liquibase passes it on: one in capitals alone is left to PostgreSQL's folding, a mixed one is quoted. */
export function identifier(name: string): string {
  return /^[A-Z_][A-Z0-9_$]*$/.test(name)
    ? quoteIdentifier(name.toLowerCase())
    : name.includes('${')
      ? name
      : quoteIdentifier(name);
}

/** A list of names with commas between them. */
export function identifiers(names: string | undefined): string {
  return (names ?? '')
    .split(',')
    .filter((name) => name.trim() !== '')
    .map((name) => identifier(name.trim()))
    .join(', ');
}

/** A text as an SQL string. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
