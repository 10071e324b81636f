import { type Node, strings, type TypeName } from '../sql/tree.js';
import type { Catalog, TypeRef } from './catalog.js';
import { columnOf, findRelationNamed, findType } from './lookup.js';

/**
 * The types of pg_catalog that columns and arguments have, by PostgreSQL's internal names. They come before all that
 * search_path names.
 */
const builtIn: ReadonlySet<string> = new Set(
  `bool bytea char name int8 int2 int4 text oid tid xid cid xid8 json jsonb jsonpath xml point lseg path box polygon line circle
  float4 float8 money macaddr macaddr8 inet cidr bpchar varchar date time timetz timestamp timestamptz interval bit varbit numeric
  uuid tsvector tsquery gtsvector regproc regprocedure regoper regoperator regclass regcollation regtype regrole regnamespace
  regconfig regdictionary int2vector oidvector pg_lsn pg_snapshot txid_snapshot refcursor aclitem pg_node_tree
  int4range int8range numrange tsrange tstzrange daterange int4multirange int8multirange nummultirange tsmultirange tstzmultirange
  datemultirange record cstring any anyarray anyelement anynonarray anyenum anyrange anymultirange anycompatible
  anycompatiblearray anycompatiblenonarray anycompatiblerange anycompatiblemultirange void trigger event_trigger
  language_handler internal fdw_handler table_am_handler index_am_handler tsm_handler unknown`.split(/\s+/),
);

/** serial and its kin are no types but words for an integer with a sequence: transformColumnDefinition of parse_utilcmd.c. */
const serials: Readonly<Record<string, string>> = {
  smallserial: 'int2',
  serial2: 'int2',
  serial: 'int4',
  serial4: 'int4',
  bigserial: 'int8',
  serial8: 'int8',
};

/** The integer type behind serial, bigserial, smallserial; undefined for every other type. */
export function serialType(type: TypeName | undefined): TypeRef | undefined {
  const [name, ...more] = strings(type?.names);
  const integer = serials[name ?? ''];
  return integer === undefined || more.length > 0 || type?.pct_type ? undefined : builtInType(integer);
}

/** A type of pg_catalog by its internal name. */
export function builtInType(name: string, modifiers: readonly number[] = []): TypeRef {
  return { schema: 'pg_catalog', name, modifiers, dimensions: 0 };
}

/** The type that a name in SQL means, with modifiers and dimensions; undefined for `t.a%TYPE` of an unknown column. */
export function typeRef(catalog: Catalog, type: TypeName | undefined): TypeRef | undefined {
  if (type === undefined) return undefined;
  const parts = strings(type.names);
  const dimensions = type.arrayBounds?.length ?? 0;
  if (type.pct_type) {
    const column = columnOf(findRelationNamed(catalog, parts.slice(0, -1)), parts.at(-1));
    return column?.type && { ...column.type, dimensions: Math.max(column.type.dimensions, dimensions) };
  }
  return named(catalog, parts, modifiersOf(type.typmods), dimensions);
}

function named(
  catalog: Catalog,
  parts: readonly string[],
  modifiers: readonly number[],
  dimensions: number,
): TypeRef | undefined {
  const name = parts.at(-1);
  const schema = parts.at(-2);
  if (name === undefined) return undefined;
  if (schema === 'pg_catalog' || (schema === undefined && builtIn.has(name))) {
    // numeric(5) is numeric(5,0): numerictypmodin of numeric.c
    const scaled = name === 'numeric' && modifiers.length === 1 ? [...modifiers, 0] : modifiers;
    return { schema: 'pg_catalog', name, modifiers: scaled, dimensions };
  }
  const found = findType(catalog, parts);
  if (found !== undefined) return { schema: found.schema, name: found.name, modifiers, dimensions, oid: found.oid };
  // the array type of a type is its name with an underscore in front
  if (name.startsWith('_')) {
    const element = named(catalog, [...parts.slice(0, -1), name.slice(1)], modifiers, Math.max(1, dimensions));
    if (element?.oid !== undefined || element?.schema === 'pg_catalog') return element;
  }
  return { schema: schema ?? '', name, modifiers, dimensions };
}

/** Modifiers that are numbers; those of extensions' types may be words (`geometry(Point, 4326)`). */
function modifiersOf(nodes: readonly Node[] | undefined): readonly number[] {
  if (nodes === undefined) return none;
  const modifiers: number[] = [];
  for (const node of nodes) if ('A_Const' in node && node.A_Const.ival) modifiers.push(node.A_Const.ival.ival ?? 0);
  return modifiers;
}

const none: readonly number[] = [];
