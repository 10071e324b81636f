/** The names by which PostgreSQL shows types whose SQL name is not their internal one. */
const shown: Readonly<Record<string, string>> = {
  bool: 'boolean',
  bpchar: 'character',
  char: '"char"',
  float4: 'real',
  float8: 'double precision',
  int2: 'smallint',
  int4: 'integer',
  int8: 'bigint',
  time: 'time without time zone',
  timestamp: 'timestamp without time zone',
  timestamptz: 'timestamp with time zone',
  timetz: 'time with time zone',
  varbit: 'bit varying',
  varchar: 'character varying',
};

/** The name by which PostgreSQL shows a type of its own: `integer` for int4. */
export function builtInName(name: string): string {
  return (Object.hasOwn(shown, name) ? shown[name] : undefined) ?? name;
}
