import { mayBeReplaced, placeholdersAhead } from './placeholder.js';

/** Words that PostgreSQL takes as a name only between quotes (reserved, or reserved but for functions and types; 18). */
const reserved = new Set(
  `all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation column concurrently
  constraint create cross current_catalog current_date current_role current_schema current_time current_timestamp current_user default
  deferrable desc distinct do else end except false fetch for foreign freeze from full grant group having ilike in initially inner
  intersect into is isnull join lateral leading left like limit localtime localtimestamp natural not notnull null offset on only or
  order outer overlaps placing primary references returning right select session_user similar some symmetric system_user table
  tablesample then to trailing true union unique user using variadic verbose when where window with`.split(/\s+/),
);

/** A name as it is written in SQL: between quotes only if it must be. */
export function quoteIdentifier(name: string): string {
  if (/^[a-z_][a-z0-9_$]*$/.test(name) && !reserved.has(name)) return name;
  return `"${name.replaceAll('"', '""')}"`;
}

/** A relation's name for people and for the JSON contract: `schema.name`, never quoted. */
export function qualifiedName(schema: string, name: string): string {
  return `${schema}.${name}`;
}

/** The inverse of {@link qualifiedName}. */
export function unqualified(qualified: string): { readonly schema: string; readonly name: string } {
  // a placeholder may have dots of its own: {{.Schema}}
  const dot = qualified.indexOf('.', placeholdersAhead(qualified));
  return { schema: qualified.slice(0, Math.max(0, dot)), name: qualified.slice(dot + 1) };
}

/** A relation's name to paste into SQL; without a schema where none was written. What a runner replaces is left as it is. */
export function sqlName(schema: string | undefined, name: string): string {
  const parts = schema === undefined || schema === '' ? [name] : [schema, name];
  return parts.map((part) => (mayBeReplaced(part) ? part : quoteIdentifier(part))).join('.');
}

/**
 * The parts of a name in a text, as regclass and its like read it: `"A".b` is A and b; undefined of what is no name.
 * SplitIdentifierString of varlena.c, which takes any character but blanks and the dot outside quotes.
 */
export function partsOfName(text: string): readonly string[] | undefined {
  const parts: string[] = [];
  const part = /\s*(?:"((?:[^"]|"")+)"|([^\s."][^\s.]*))\s*(\.|$)/y;
  for (let more = true; more; ) {
    const [found, quoted, plain = '', dot] = part.exec(text) ?? [];
    if (found === undefined) return undefined;
    parts.push(quoted?.replaceAll('""', '"') ?? plain.toLowerCase());
    more = dot === '.';
  }
  return parts;
}

/** A text as it is written in SQL. */
export function quoteLiteral(value: string): string {
  const quoted = `'${value.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`;
  return value.includes('\\') ? `E${quoted}` : quoted;
}
