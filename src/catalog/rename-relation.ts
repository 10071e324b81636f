import { qualifiedName } from '../sql/names.js';
import type { RangeVar } from '../sql/tree.js';
import { typedTables } from './alter-attribute.js';
import type { Move, Moves, Rename, Renames } from './apply-by-object.js';
import type { Catalog, Index, Oid, Relation, Table } from './catalog.js';
import { changeTable, putRelation } from './change.js';
import { inheritedConstraint } from './inherited.js';
import { columnOf, dependentsOf, findRelation, isIndex, isTable, tables } from './lookup.js';
import { dropObject } from './removal.js';
import { renameColumn } from './rename-column.js';
import { retype } from './retype.js';
import { tableOrStub } from './stub.js';

/** ALTER TABLE, VIEW, INDEX, SEQUENCE … RENAME TO. PostgreSQL takes ALTER TABLE for each of them. */
const relation: Rename = (catalog, { relation: range, newname = '', missing_ok, renameType }) => {
  const found = relationOrStub(catalog, range, missing_ok !== true && renameType === 'OBJECT_TABLE');
  if (found === undefined) return catalog;
  const [known, old] = found;
  const renamed = retype(putNamed(known, { ...old, name: newname }), old.oid);
  return isIndex(old) ? renameConstraintOf(renamed, old, newname) : renamed;
};

function relationOrStub(
  catalog: Catalog,
  range: RangeVar | undefined,
  proven: boolean,
): readonly [Catalog, Relation] | undefined {
  const known = findRelation(catalog, range);
  if (known !== undefined) return [catalog, known];
  if (range === undefined || !proven) return undefined;
  const [added, table] = tableOrStub(catalog, range);
  return table && [added, table];
}

/** Another relation of the name was dropped or renamed in a way that the history does not show. */
function putNamed(catalog: Catalog, relation: Relation): Catalog {
  const taken = catalog.relationNames.get(qualifiedName(relation.schema, relation.name));
  const room = taken === undefined || taken === relation.oid ? catalog : dropObject(catalog, taken);
  return room.relations.has(relation.oid) ? putRelation(room, relation) : room;
}

/** A constraint has the name of its index. */
function renameConstraintOf(catalog: Catalog, { oid, table, constraint }: Index, to: string): Catalog {
  if (constraint === undefined) return catalog;
  const index = catalog.relations.get(oid);
  const named = index !== undefined && isIndex(index) ? putRelation(catalog, { ...index, constraint: to }) : catalog;
  return changeTable(named, table, (one) => ({
    ...one,
    constraints: one.constraints.map((other) => (other.index === oid ? { ...other, name: to } : other)),
  }));
}

const column: Rename = (catalog, { relation: range, subname = '', newname = '', missing_ok }) => {
  const found = relationOrStub(catalog, range, missing_ok !== true);
  if (found === undefined || !('columns' in found[1])) return found?.[0] ?? catalog;
  const [known, old] = found;
  if (columnOf(old, newname) !== undefined) return known;
  if (columnOf(old, subname) !== undefined) {
    const typed = old.kind === 'composite type' ? typedTables(known, old.type) : [];
    return [old, ...typed].reduce((now, one) => renameColumn(now, one, subname, newname), known);
  }
  // of a table that is not fully known it is learned that it has the column
  return changeTable(known, old.oid, (table) =>
    table.complete
      ? table
      : {
          ...table,
          columns: [...table.columns, { name: newname, type: undefined, notNull: false, inherited: false, born: -1 }],
        },
  );
};

const constraint: Rename = (catalog, { relation: range, subname = '', newname = '', missing_ok }) => {
  const found = relationOrStub(catalog, range, missing_ok !== true);
  if (found === undefined || !isTable(found[1])) return found?.[0] ?? catalog;
  return renameConstraint(found[0], found[1], subname, newname);
};

function renameConstraint(catalog: Catalog, table: Table, from: string, to: string): Catalog {
  const old = table.constraints.find(({ name }) => name === from);
  if (old === undefined) return catalog;
  const renamed = changeTable(catalog, table.oid, (now) => ({
    ...now,
    constraints: now.constraints.map((one) => (one.name === from ? { ...one, name: to } : one)),
  }));
  const index = old.index === undefined ? undefined : renamed.relations.get(old.index);
  if (index !== undefined && isIndex(index)) return putNamed(renamed, { ...index, name: to, constraint: to });
  if (old.kind !== 'check' && old.kind !== 'not null') return renamed;
  return tables(renamed, table.children).reduce((now, child) => {
    const own = inheritedConstraint(child, old);
    return own === undefined || own.name !== from ? now : renameConstraint(now, child, from, to);
  }, renamed);
}

/** The parts of a family: RENAME of what pg_class holds, of columns and of constraints. */
export const relationRenames: Renames = {
  OBJECT_TABLE: relation,
  OBJECT_FOREIGN_TABLE: relation,
  OBJECT_VIEW: relation,
  OBJECT_MATVIEW: relation,
  OBJECT_INDEX: relation,
  OBJECT_SEQUENCE: relation,
  OBJECT_COLUMN: column,
  OBJECT_ATTRIBUTE: column,
  OBJECT_TABCONSTRAINT: constraint,
};

/** ALTER TABLE, VIEW, SEQUENCE … SET SCHEMA: indexes, constraints and owned sequences go along. */
const move: Move = (catalog, { relation: range, missing_ok, objectType }, schema) => {
  const found = relationOrStub(catalog, range, missing_ok !== true && objectType === 'OBJECT_TABLE');
  if (found === undefined) return catalog;
  const [known, old] = found;
  return [old.oid, ...companions(known, old)].reduce((now, oid) => {
    const relation = now.relations.get(oid);
    return relation === undefined ? now : retype(putNamed(now, { ...relation, schema }), oid);
  }, known);
};

function companions(catalog: Catalog, relation: Relation): readonly Oid[] {
  const indexes = 'indexes' in relation ? relation.indexes : [];
  if (!isTable(relation)) return indexes;
  const owned = dependentsOf(catalog, relation.oid).filter((oid) => {
    const sequence = catalog.relations.get(oid);
    return sequence?.kind === 'sequence' && sequence.ownedBy?.table === relation.oid;
  });
  return [...indexes, ...owned];
}

/** The parts of a family: SET SCHEMA of what pg_class holds. */
export const relationMoves: Moves = {
  OBJECT_TABLE: move,
  OBJECT_FOREIGN_TABLE: move,
  OBJECT_VIEW: move,
  OBJECT_MATVIEW: move,
  OBJECT_SEQUENCE: move,
};
