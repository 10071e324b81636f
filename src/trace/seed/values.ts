import type { Session } from '../session.js';
import { type SeedType, typeColumns, typeOf } from './tables.js';

/** SQL of a value that differs from row to row; `g` numbers the rows from 1. Undefined: no value of the type can be made. */
export type Value = (type: SeedType) => Promise<string | undefined>;

/** Above what migrations and sequences give out, so that their rows do not meet ours. */
const base = 1_000_000;

const words = (length: number) => (length > 0 ? `right('value ' || g, ${length})` : "'value ' || g");

/** The length of a string type, which its modifier holds with four bytes of a header. */
const lengthOf = ({ modifier }: SeedType) => (modifier > 4 ? modifier - 4 : 0);

const moment = "timestamp '2000-01-01' + g * interval '1 hour'";

/** Base types by PostgreSQL's name. */
const makers: Readonly<Record<string, (type: SeedType) => string>> = {
  int2: () => '(20000 + g % 12000)',
  int4: () => `(${base} + g)`,
  int8: () => `(${base} + g)`,
  oid: () => `(${base} + g)`,
  float4: () => 'g',
  float8: () => 'g',
  numeric: ({ modifier }) => {
    if (modifier < 4) return 'g';
    const [precision, scale] = [((modifier - 4) >> 16) & 0xffff, (modifier - 4) & 0x7ff];
    return `(g % (10::numeric ^ ${Math.max(0, precision - scale)})::numeric)`;
  },
  money: () => 'g::money',
  text: () => words(0),
  citext: () => words(0),
  name: () => words(0),
  varchar: (type) => words(lengthOf(type)),
  bpchar: (type) => words(lengthOf(type)),
  char: () => "'a'",
  bool: () => '(g % 2 = 0)',
  uuid: () => "md5('value ' || g)::uuid",
  date: () => "(date '2000-01-01' + g::int)",
  time: () => "(time '00:00' + g * interval '1 second')",
  timetz: () => "(time '00:00' + g * interval '1 second')::timetz",
  timestamp: () => `(${moment})`,
  timestamptz: () => `(${moment})`,
  interval: () => "(g * interval '1 second')",
  json: () => "json_build_object('value', g)",
  jsonb: () => "jsonb_build_object('value', g)",
  xml: () => "('<value>' || g || '</value>')::xml",
  bytea: () => "decode(md5(g::text), 'hex')",
  inet: () => "('10.0.0.0'::inet + g)",
  cidr: () => "('10.0.0.0'::inet + g)::cidr",
  macaddr: () => "('08002b' || lpad(to_hex(g), 6, '0'))::macaddr",
  macaddr8: () => "('08002b' || lpad(to_hex(g), 10, '0'))::macaddr8",
  bit: ({ modifier }) => `g::int::bit(${Math.max(1, modifier)})`,
  varbit: ({ modifier }) => `g::int::bit(${modifier > 0 ? Math.min(32, modifier) : 32})::varbit`,
  tsvector: () => "to_tsvector('simple', 'value ' || g)",
  tsquery: () => "to_tsquery('simple', 'value' || g)",
  point: () => 'point(g, g)',
  box: () => 'box(point(g, g), point(g + 0.5, g + 0.5))',
  lseg: () => 'lseg(point(g, g), point(g + 1, g))',
  line: () => 'line(point(g, g), point(g + 1, g))',
  path: () => "('[(' || g || ',0),(1,1)]')::path",
  polygon: () => 'polygon(box(point(g, g), point(g + 0.5, g + 0.5)))',
  circle: () => 'circle(point(g, g), 0.4)',
  pg_lsn: () => "('0/' || to_hex(g))::pg_lsn",
  hstore: () => "('value=>' || g)::hstore",
  ltree: () => "('value' || g)::ltree",
  geometry: () => "('POINT(' || g % 180 || ' 0)')::geometry",
  geography: () => "('POINT(' || g % 180 || ' 0)')::geography",
  vector: ({ modifier }) => `array_fill(g::real, array[${Math.max(1, modifier)}])::vector`,
};

/** Makes values of the types of a database; what it has read of a type it keeps. */
export function valuesOf(session: Session): Value {
  const read = async (oid: string): Promise<SeedType | undefined> => {
    const [row] = await session.query(
      `select ${typeColumns('t', 't.oid', 't.typtypmod')} from pg_type t where t.oid = ${oid}`,
    );
    return row && typeOf(row);
  };
  const inner = async (oid: string, modifier = -1): Promise<string | undefined> => {
    const type = await read(oid);
    return type && make(modifier >= 0 ? { ...type, modifier } : type);
  };

  async function make(type: SeedType): Promise<string | undefined> {
    const { kind, isArray, sql } = type;
    if (isArray) return wrapped(await inner(type.of, type.modifier), (element) => `array[${element}]::${sql}`);
    if (kind === 'd') return wrapped(await inner(type.of, type.modifier), (value) => `(${value})::${sql}`);
    if (kind === 'e') return label(type);
    if (kind === 'c') return row(type);
    if (kind === 'r') return range(type);
    if (kind === 'm') return `'{}'::${sql}`;
    return makers[type.name]?.(type);
  }

  async function label({ oid, sql }: SeedType): Promise<string | undefined> {
    const rows = await session.query(`select 1 as one from pg_enum where enumtypid = ${oid}`);
    return rows.length === 0 ? undefined : `(enum_range(null::${sql}))[1 + g % ${rows.length}]`;
  }

  async function row({ composite, sql }: SeedType): Promise<string | undefined> {
    const rows = await session.query(
      `select ${typeColumns('t', 'a.atttypid', 'a.atttypmod')} from pg_attribute a join pg_type t on t.oid = atttypid
        where attrelid = ${composite} and attnum > 0 and not attisdropped order by attnum`,
    );
    const fields: string[] = [];
    for (const each of rows) fields.push((await make(typeOf(each))) ?? 'null');
    return `row(${fields.join(', ')})::${sql}`;
  }

  /** Neighbours do not overlap: an exclusion constraint takes them all. */
  async function range(type: SeedType): Promise<string | undefined> {
    const low = await inner(type.of);
    if (low === undefined) return undefined;
    return `${type.sql}(${low}, ${low.replace(/\bg\b/g, '(g + 1)')})`;
  }

  return make;
}

function wrapped(value: string | undefined, wrap: (value: string) => string): string | undefined {
  return value === undefined ? undefined : wrap(value);
}
