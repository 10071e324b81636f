import { type Node, strings } from '../sql/tree.js';
import type { Comment, Comments } from './apply-by-object.js';
import { changedOther } from './apply-other.js';
import { findRoutine } from './apply-routine.js';
import { nameOnRelation } from './apply-trigger.js';
import { findDeclaredType, typeNameParts } from './apply-type.js';
import type { Column, Table } from './catalog.js';
import { changeTable, putRelation, putRoutine, putType } from './change.js';
import { findRelationNamed, isTable } from './lookup.js';
import type { Commented } from './parts.js';

const onRelation: Comment = (catalog, { object }, comment) => {
  const relation = findRelationNamed(catalog, partsOf(object));
  return relation === undefined ? catalog : putRelation(catalog, commented(relation, comment));
};

const onColumn: Comment = (catalog, { object }, comment) => {
  const parts = partsOf(object);
  const relation = findRelationNamed(catalog, parts.slice(0, -1));
  if (relation === undefined || !('columns' in relation)) return catalog;
  const columns = relation.columns.map(
    (column): Column => (column.name === parts.at(-1) ? commented(column, comment) : column),
  );
  return putRelation(catalog, { ...relation, columns });
};

type Named = Commented & { readonly name: string };

/** The comment on one of the parts that a table has by name. */
const onPart =
  (change: (table: Table, of: <T extends Named>(parts: readonly T[]) => readonly T[]) => Table): Comment =>
  (catalog, { object }, comment) => {
    if (object === undefined) return catalog;
    const { relation, name } = nameOnRelation(object);
    const table = findRelationNamed(catalog, relation);
    if (table === undefined || !isTable(table)) return catalog;
    return changeTable(catalog, table.oid, (one) =>
      change(one, (parts) => parts.map((part) => (part.name === name ? commented(part, comment) : part))),
    );
  };

const onType: Comment = (catalog, { object }, comment) => {
  const type = findDeclaredType(catalog, typeNameParts(object));
  return type === undefined ? catalog : putType(catalog, commented(type, comment));
};

const onDomainConstraint: Comment = (catalog, { object }, comment) => {
  const [of, named] = object !== undefined && 'List' in object ? (object.List.items ?? []) : [];
  const domain = findDeclaredType(catalog, typeNameParts(of));
  if (domain?.kind !== 'domain' || named === undefined || !('String' in named)) return catalog;
  const { sval } = named.String;
  const checks = domain.checks.map((check) => (check.name === sval ? commented(check, comment) : check));
  return putType(catalog, { ...domain, checks });
};

const onRoutine: Comment = (catalog, { object }, comment) => {
  const routine =
    object !== undefined && 'ObjectWithArgs' in object ? findRoutine(catalog, object.ObjectWithArgs) : undefined;
  return routine === undefined ? catalog : putRoutine(catalog, commented(routine, comment));
};

const onSchema: Comment = (catalog, { object }, comment) => {
  const name = object !== undefined && 'String' in object ? object.String.sval : undefined;
  const schema = name === undefined ? undefined : catalog.schemas.get(name);
  if (schema === undefined) return catalog;
  return { ...catalog, schemas: catalog.schemas.set(schema.name, commented(schema, comment)) };
};

const onOther: Comment = (catalog, { objtype, object }, comment) =>
  changedOther(catalog, objtype, object, (other) => commented(other, comment));

function partsOf(object: Node | undefined): readonly string[] {
  return object !== undefined && 'List' in object ? strings(object.List.items) : [];
}

function commented<T extends Commented>(object: T, comment: string): T {
  return { ...object, comment };
}

/** COMMENT ON what the catalog has; on a view's triggers and rules, casts, operator classes and the like nothing is kept. */
export const objectComments: Comments = {
  OBJECT_TABLE: onRelation,
  OBJECT_FOREIGN_TABLE: onRelation,
  OBJECT_VIEW: onRelation,
  OBJECT_MATVIEW: onRelation,
  OBJECT_INDEX: onRelation,
  OBJECT_SEQUENCE: onRelation,
  OBJECT_COLUMN: onColumn,
  OBJECT_TABCONSTRAINT: onPart((table, of) => ({ ...table, constraints: of(table.constraints) })),
  OBJECT_TRIGGER: onPart((table, of) => ({ ...table, triggers: of(table.triggers) })),
  OBJECT_POLICY: onPart((table, of) => ({ ...table, policies: of(table.policies) })),
  OBJECT_RULE: onPart((table, of) => ({ ...table, rules: of(table.rules) })),
  OBJECT_TYPE: onType,
  OBJECT_DOMAIN: onType,
  OBJECT_DOMCONSTRAINT: onDomainConstraint,
  OBJECT_FUNCTION: onRoutine,
  OBJECT_PROCEDURE: onRoutine,
  OBJECT_ROUTINE: onRoutine,
  OBJECT_AGGREGATE: onRoutine,
  OBJECT_SCHEMA: onSchema,
  OBJECT_PUBLICATION: onOther,
  OBJECT_STATISTIC_EXT: onOther,
  OBJECT_EVENT_TRIGGER: onOther,
  OBJECT_COLLATION: onOther,
};
