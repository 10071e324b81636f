import { type AlterEnumStmt, type Node, strings } from '../sql/tree.js';
import type { Applies } from './applies.js';
import type { Move, Moves, Rename, Renames } from './apply-by-object.js';
import type { DropKinds, DropOne } from './apply-drop.js';
import type { Catalog, Column, CompositeRelation, EnumType, Type } from './catalog.js';
import { addDependent, putRelation, putType } from './change.js';
import { creationSchema, findRelationNamed, findType, schemaFor } from './lookup.js';
import { dropObject } from './removal.js';
import { renameLabel } from './rename-label.js';
import { retype } from './retype.js';
import { typeRef } from './type-ref.js';

/** The schema and name that CREATE gives an object with these parts of a name. */
export function createdName(
  catalog: Catalog,
  parts: readonly string[],
): { readonly schema: string; readonly name: string } {
  return { schema: parts.at(-2) ?? creationSchema(catalog), name: parts.at(-1) ?? '' };
}

/** The parts of the name of a type, as DROP TYPE, ALTER TYPE and COMMENT give it. */
export function typeNameParts(node: Node | undefined): readonly string[] {
  if (node === undefined) return [];
  if ('TypeName' in node) return strings(node.TypeName.names);
  return 'List' in node ? strings(node.List.items) : [];
}

/** A type that the history created by CREATE TYPE or CREATE DOMAIN: the row types of tables are not among them. */
export function findDeclaredType(catalog: Catalog, parts: readonly string[]): Type | undefined {
  const type = findType(catalog, parts);
  return type !== undefined && catalog.types.has(type.oid) ? type : undefined;
}

/** The argument of an option such as `(subtype = float8)`, by its name. */
export function option(options: readonly Node[] | undefined, name: string): Node | undefined {
  for (const node of options ?? []) {
    if ('DefElem' in node && node.DefElem.defname?.toLowerCase() === name) return node.DefElem.arg;
  }
  return undefined;
}

/** The text of an option's argument: a word, a name or a string. */
export function optionText(arg: Node | undefined): string | undefined {
  if (arg === undefined) return undefined;
  if ('String' in arg) return arg.String.sval;
  if ('TypeName' in arg) return strings(arg.TypeName.names).at(-1);
  return 'List' in arg ? strings(arg.List.items).at(-1) : undefined;
}

export const typeApplies: Applies = {
  CreateEnumStmt: (node, _statement, catalog, { born }) => {
    const labels = strings(node.vals);
    const base = { ...createdName(catalog, strings(node.typeName)), oid: catalog.nextOid, born };
    return created(catalog, { ...base, kind: 'enum', complete: true, labels, uncommitted: [], fresh: true });
  },
  CompositeTypeStmt: (node, _statement, catalog, { born }) => {
    if (node.typevar === undefined) return catalog;
    const named = { schema: schemaFor(catalog, node.typevar), name: node.typevar.relname ?? '', born };
    const oid = catalog.nextOid;
    const columns = (node.coldeflist ?? []).flatMap((attribute) => attributeOf(catalog, attribute, born));
    if (findRelationNamed(catalog, [named.schema, named.name]) !== undefined) return catalog;
    const relation: CompositeRelation = { ...named, kind: 'composite type', oid, columns, type: oid + 1 };
    return created(putRelation(catalog, relation), { ...named, kind: 'composite', oid: oid + 1, relation: oid });
  },
  CreateRangeStmt: (node, _statement, catalog, { born }) => {
    const { schema, name } = createdName(catalog, strings(node.typeName));
    const given = option(node.params, 'subtype');
    const subtype = given !== undefined && 'TypeName' in given ? typeRef(catalog, given.TypeName) : undefined;
    if (subtype === undefined) return catalog;
    const range = created(catalog, { kind: 'range', oid: catalog.nextOid, schema, name, born, subtype });
    const multirange = optionText(option(node.params, 'multirange_type_name')) ?? multirangeName(name);
    const both = created(range, { kind: 'base', oid: range.nextOid, schema, name: multirange, born });
    return addDependent(both, catalog.nextOid, range.nextOid);
  },
  AlterEnumStmt: (node, _statement, catalog, { pg }) => {
    const type = findDeclaredType(catalog, strings(node.typeName));
    if (type !== undefined && type.kind !== 'enum') return catalog;
    if (type !== undefined) {
      const { oldVal: from, newVal: to } = node;
      const altered = putType(catalog, alteredEnum(type, node, pg));
      return from === undefined || to === undefined ? altered : renameLabel(altered, type, from, to);
    }
    if (node.newVal === undefined) return catalog;
    // a type that the history does not show: the statement proves that it is there and an enum
    const base = { ...createdName(catalog, strings(node.typeName)), oid: catalog.nextOid, born: -1 };
    const unknown: EnumType = { ...base, kind: 'enum', complete: false, labels: [], uncommitted: [] };
    return putType(catalog, alteredEnum(unknown, node, pg));
  },
};

/** Adds a type, unless one of its name is there: the statement has then failed. */
export function created(catalog: Catalog, type: Type): Catalog {
  return catalog.typeNames.has(`${type.schema}.${type.name}`) ? catalog : putType(catalog, type);
}

/** makeMultirangeTypeName of pg_type.c. */
function multirangeName(range: string): string {
  return range.includes('range') ? range.replace('range', 'multirange') : `${range}_multirange`;
}

/** An attribute of a composite type. */
export function attributeOf(catalog: Catalog, node: Node | undefined, born: number): readonly Column[] {
  if (node === undefined || !('ColumnDef' in node)) return [];
  const { colname = '', typeName, collClause } = node.ColumnDef;
  const collation = strings(collClause?.collname);
  return [
    {
      name: colname,
      type: typeRef(catalog, typeName),
      notNull: false,
      inherited: false,
      born,
      ...(collation.length > 0 && { collation: collation.join('.') }),
    },
  ];
}

function alteredEnum(type: EnumType, node: AlterEnumStmt, pg: number): EnumType {
  const { oldVal, newVal, newValNeighbor, newValIsAfter } = node;
  if (newVal === undefined) return type;
  if (oldVal !== undefined) {
    const renamed = (label: string) => (label === oldVal ? newVal : label);
    return { ...type, labels: type.labels.map(renamed), uncommitted: type.uncommitted.map(renamed) };
  }
  if (type.labels.includes(newVal)) return type;
  const at = newValNeighbor === undefined ? -1 : type.labels.indexOf(newValNeighbor);
  const position = at === -1 ? type.labels.length : at + (newValIsAfter ? 1 : 0);
  // since 17 the labels of a type that the same transaction made may be used at once: enum.c, check_safe_enum_use
  const usable = pg >= 17 && type.fresh === true;
  return {
    ...type,
    labels: type.labels.toSpliced(position, 0, newVal),
    uncommitted: usable ? type.uncommitted : [...type.uncommitted, newVal],
  };
}

const dropType: DropOne = (catalog, object) => {
  const type = findDeclaredType(catalog, typeNameParts(object));
  return type === undefined ? catalog : dropObject(catalog, type.oid);
};

export const typeDrops: DropKinds = { OBJECT_TYPE: dropType, OBJECT_DOMAIN: dropType };

/** A type with another name or schema; the relation of a composite one goes with it. */
function replaced(catalog: Catalog, type: Type, change: { readonly schema?: string; readonly name?: string }): Catalog {
  const relation = type.kind === 'composite' ? catalog.relations.get(type.relation) : undefined;
  const moved = relation === undefined ? catalog : putRelation(catalog, { ...relation, ...change });
  return retype(putType(moved, { ...type, ...change }), type.oid);
}

const renameType: Rename = (catalog, { object, newname }) => {
  const type = findDeclaredType(catalog, typeNameParts(object));
  return type === undefined || newname === undefined ? catalog : replaced(catalog, type, { name: newname });
};

export const typeRenames: Renames = {
  OBJECT_TYPE: renameType,
  OBJECT_DOMAIN: renameType,
};

const moveType: Move = (catalog, { object }, schema) => {
  const type = findDeclaredType(catalog, typeNameParts(object));
  return type === undefined ? catalog : replaced(catalog, type, { schema });
};

export const typeMoves: Moves = { OBJECT_TYPE: moveType, OBJECT_DOMAIN: moveType };
