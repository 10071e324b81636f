import type { Catalog, Column, Index, Relation, Table } from '../catalog/catalog.js';
import type { Doomed } from '../catalog/doomed.js';
import { extensionTypes } from '../catalog/extension-types.js';
import { columnOf, isIndex, isTable } from '../catalog/lookup.js';
import { qualifiedName } from '../sql/names.js';
import type { Node } from '../sql/tree.js';
import { functionCalls } from '../sql/walk.js';
import { membersOfExtension } from './extension.js';
import { isBorrowedClass } from './operator-class.js';

// What depends on objects that the catalog knows by their name only. Each looks through the whole catalog: such a DROP is rare.

function find(catalog: Catalog, of: (relation: Relation) => readonly Doomed[]): readonly Doomed[] {
  const relations = [...catalog.relations.values()].sort((a, b) => a.oid - b.oid);
  return relations.flatMap(of);
}

function whole(relation: { readonly oid: number }): Doomed {
  return { kind: 'object', oid: relation.oid };
}

function columns(table: Table, which: (column: Column) => boolean): readonly Doomed[] {
  return table.columns.filter(which).map(({ name }) => ({ kind: 'column', table: table.oid, name }));
}

/** All that is in a schema; of an extension in it, what uses the extension. */
export function usersOfSchema(catalog: Catalog, schema: string): readonly Doomed[] {
  const inside = [catalog.relations, catalog.types, catalog.routines].flatMap((objects) => [...objects.values()]);
  const extensions = [...catalog.extensions.values()].filter((extension) => extension.schema === schema);
  return [
    ...inside
      .filter((object) => object.schema === schema)
      .sort((a, b) => a.oid - b.oid)
      .map(whole),
    ...extensions.flatMap(({ name }) => [...typesOfExtension(catalog, name), ...usersOfExtension(catalog, name)]),
  ];
}

/** The types of an extension that is installed. */
export function typesOfExtension(catalog: Catalog, extension: string): readonly Doomed[] {
  const schema = catalog.extensions.get(extension)?.schema ?? '';
  return (extensionTypes[extension] ?? []).flatMap((type): Doomed[] => {
    const oid = catalog.typeNames.get(qualifiedName(schema, type));
    return oid === undefined ? [] : [{ kind: 'object', oid }];
  });
}

/** Defaults and constraints that call the extension's functions, indexes with its operator classes or functions. */
export function usersOfExtension(catalog: Catalog, extension: string): readonly Doomed[] {
  // the language of every function that is not said to be in another
  if (extension === 'plpgsql') return usersOfLanguage(catalog, extension);
  const members = membersOfExtension(extension);
  const calls = (expression: Node | undefined) =>
    functionCalls(expression).some(({ name }) => members.functions.has(name.at(-1) ?? ''));
  const method = methodOfClasses[extension];
  return find(catalog, (relation) => {
    if (isIndex(relation)) {
      const uses =
        indexUses(relation, members.classes, calls) || (relation.method === method && isForeign(catalog, relation));
      return uses ? [...constraintOf(relation), whole(relation)] : [];
    }
    if (!isTable(relation)) return [];
    return [
      ...columns(relation, ({ generated }) => calls(generated?.expression)),
      ...relation.columns
        .filter((column) => calls(column.default))
        .map(({ name }): Doomed => ({ kind: 'default', table: relation.oid, name })),
      ...relation.constraints
        .filter(({ expression }) => calls(expression))
        .map(({ name }): Doomed => ({ kind: 'constraint', table: relation.oid, name })),
    ];
  });
}

/** Extensions that give scalar types an operator class in an access method that has none for them. */
const methodOfClasses: Readonly<Record<string, string>> = { btree_gist: 'gist', btree_gin: 'gin' };

function constraintOf({ table, constraint }: Index): readonly Doomed[] {
  return constraint === undefined ? [] : [{ kind: 'constraint', table, name: constraint }];
}

/** A column of the index has a type that PostgreSQL itself has no default operator class for in the access method. */
function isForeign(catalog: Catalog, { table, keys, method }: Index): boolean {
  const owner = catalog.relations.get(table);
  return keys.some(({ column, operatorClass }) => {
    const type = operatorClass === undefined ? columnOf(owner, column)?.type : undefined;
    return type !== undefined && isBorrowedClass(type, method, { catalog, pg: 18 });
  });
}

function indexUses(
  index: Index,
  classes: ReadonlySet<string>,
  calls: (expression: Node | undefined) => boolean,
): boolean {
  return (
    calls(index.predicate) ||
    index.keys.some(({ operatorClass, expression }) => classes.has(operatorClass ?? '') || calls(expression))
  );
}

/** Columns and indexes that sort by a collation. */
export function usersOfCollation(catalog: Catalog, collation: string): readonly Doomed[] {
  const isIt = (name: string | undefined) => name?.split('.').at(-1) === collation;
  return find(catalog, (relation) => {
    if (isIndex(relation)) return relation.keys.some((key) => isIt(key.collation)) ? [whole(relation)] : [];
    return isTable(relation) ? columns(relation, (column) => isIt(column.collation)) : [];
  });
}

/** The functions that are written in a language. */
export function usersOfLanguage(catalog: Catalog, language: string): readonly Doomed[] {
  const routines = [...catalog.routines.values()].filter((routine) => routine.language === language);
  return routines.sort((a, b) => a.oid - b.oid).map(whole);
}

/** The tables that are stored by a table access method. */
export function tablesOfAccessMethod(catalog: Catalog, method: string): readonly Doomed[] {
  return find(catalog, (relation) => {
    if (isIndex(relation)) return relation.method === method ? [whole(relation)] : [];
    return 'accessMethod' in relation && relation.accessMethod === method ? [whole(relation)] : [];
  });
}

/** The indexes that use an operator class. */
export function indexesOfClass(catalog: Catalog, operatorClass: string): readonly Doomed[] {
  const isIt = (name: string | undefined) => name?.split('.').at(-1) === operatorClass;
  return find(catalog, (relation) =>
    isIndex(relation) && relation.keys.some((key) => isIt(key.operatorClass)) ? [whole(relation)] : [],
  );
}
