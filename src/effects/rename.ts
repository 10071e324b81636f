import { typedTables } from '../catalog/alter-attribute.js';
import type { Catalog, Constraint, Relation, Table } from '../catalog/catalog.js';
import { inheritedConstraint } from '../catalog/inherited.js';
import {
  columnOf,
  descendants,
  findRelation,
  findType,
  isIndex,
  isTable,
  relationByName,
  tables,
} from '../catalog/lookup.js';
import { qualifiedName } from '../sql/names.js';
import { type AlterOwnerStmt, type ObjectType, type RenameStmt, strings } from '../sql/tree.js';
import type { Predict, PredictContext, PredictTable } from './context.js';
import { all, type Draft, fail, lock, lockIndex, nothing } from './draft.js';
import { renamedOther, unknownOther } from './named-other.js';
import { unknownExtension, unknownRole } from './outside.js';
import { isTypeName, lockEach, lockUnknown, systemColumns, unknownRelation } from './relations.js';
import { namedRoutineRefusal, takenRoutine } from './routines.js';
import { rowTypeRefusal } from './row-type.js';
import { renameTrigger } from './trigger.js';

type Rename = (node: RenameStmt, relation: Relation, context: PredictContext) => Draft;

const another = 'its name changes';

/** ALTER TABLE and ALTER INDEX rename whatever bears the name. */
const kinds: { readonly [T in ObjectType]?: readonly [kind: Relation['kind'], words: string] } = {
  OBJECT_VIEW: ['view', 'a view'],
  OBJECT_MATVIEW: ['materialized view', 'a materialized view'],
  OBJECT_SEQUENCE: ['sequence', 'a sequence'],
  OBJECT_FOREIGN_TABLE: ['foreign', 'a foreign table'],
};

const renameRelation: Rename = (node, relation, { catalog }) => {
  const [kind, words] = kinds[node.renameType ?? 'OBJECT_TABLE'] ?? [relation.kind];
  if (relation.kind === 'composite type' && node.renameType === 'OBJECT_TABLE')
    return fail(`"${relation.name}" is a composite type`, '42809');
  if (relation.kind !== kind) return fail(`"${relation.name}" is not ${words}`, '42809');
  const taken = relationByName(catalog, qualifiedName(relation.schema, node.newname ?? ''));
  if (taken !== undefined) return fail(`relation "${node.newname}" already exists`, '42P07');
  return isIndex(relation)
    ? lockIndex(relation, 'ShareUpdateExclusiveLock', another)
    : lock(relation, 'AccessExclusiveLock', another);
};

const renameColumn: Rename = (node, relation, { catalog }) => {
  if (relation.kind === 'sequence') return fail(`cannot rename columns of relation "${relation.name}"`, '42809');
  const { subname = '', newname = '' } = node;
  if (isTable(relation) && relation.ofType !== undefined) return fail('cannot rename column of typed table', '42809');
  const only = node.relation?.inh !== true;
  const refused = refusedColumn(relation, subname, newname);
  if (refused.failure !== undefined || !isTable(relation))
    return all(refused, refused.failure ? nothing : lock(relation, 'AccessExclusiveLock', another));
  const below = descendants(catalog, relation).filter((child) => columnOf(child, subname) !== undefined);
  const above = tables(catalog, relation.parents).some((parent) => columnOf(parent, subname) !== undefined);
  if (above) return fail(`cannot rename inherited column "${subname}"`, '42P16');
  if (only && below.length > 0)
    return fail(`inherited column "${subname}" must be renamed in child tables too`, '42P16');
  return lockEach([relation, ...below], 'AccessExclusiveLock', `its column ${subname} gets another name`);
};

function refusedColumn(relation: Relation, from: string, to: string): Draft {
  if (!('columns' in relation)) return nothing;
  const complete = 'complete' in relation ? relation.complete : true;
  if (complete && columnOf(relation, from) === undefined) return fail(`column "${from}" does not exist`, '42703');
  // views and composite types have no system columns
  if (systemColumns.has(to) && relation.kind !== 'view' && relation.kind !== 'composite type')
    return fail(`column name "${to}" conflicts with a system column name`, '42701');
  if (columnOf(relation, to) === undefined) return nothing;
  return fail(`column "${to}" of relation "${relation.name}" already exists`, '42701');
}

/** A CHECK that children have from the table is renamed in them too; so is a NOT NULL, which has a name since 18. */
const renameConstraint: Rename = (node, relation, { catalog }) => {
  const { subname = '' } = node;
  if (relation.kind === 'sequence') return fail(`cannot rename constraints of relation "${relation.name}"`, '42809');
  if (!isTable(relation)) return fail(`constraint "${subname}" for table "${relation.name}" does not exist`, '42704');
  const why = `its constraint ${subname} gets another name`;
  const constraint = relation.constraints.find(({ name }) => name === subname);
  if (constraint === undefined) {
    if (!relation.complete) return lock(relation, 'AccessExclusiveLock', why);
    return fail(`constraint "${subname}" for table "${relation.name}" does not exist`, '42704');
  }
  if (constraint.inherited && (constraint.kind === 'check' || constraint.kind === 'not null'))
    return fail(`cannot rename inherited constraint "${subname}"`, '42P16');
  const children = isInherited(constraint) ? inheritors(catalog, relation, constraint) : [];
  if (children.length > 0 && node.relation?.inh !== true)
    return fail(`inherited constraint "${subname}" must be renamed in child tables too`, '42P16');
  const taken = takenConstraint(relation, constraint, node.newname ?? '', catalog);
  if (taken !== undefined) return taken;
  return lockEach([relation, ...children], 'AccessExclusiveLock', why);
};

/** A constraint with an index is renamed by way of that one. */
function takenConstraint(table: Table, { index }: Constraint, name: string, catalog: Catalog): Draft | undefined {
  if (index !== undefined && relationByName(catalog, qualifiedName(table.schema, name)) !== undefined)
    return fail(`relation "${name}" already exists`, '42P07');
  return table.constraints.some((one) => one.name === name)
    ? fail(`constraint "${name}" for relation "${table.name}" already exists`, '42710')
    : undefined;
}

function isInherited({ kind, noInherit }: Constraint): boolean {
  return (kind === 'check' || kind === 'not null') && !noInherit;
}

function inheritors(catalog: Catalog, table: Table, constraint: Constraint): readonly Table[] {
  return descendants(catalog, table).filter((child) => inheritedConstraint(child, constraint) !== undefined);
}

const renamePolicy: Rename = ({ subname = '', newname }, relation) => {
  if (isTable(relation) && relation.policies.some(({ name }) => name === newname))
    return fail(`policy "${newname}" for table "${relation.name}" already exists`, '42710');
  if (isTable(relation) && relation.complete && !relation.policies.some(({ name }) => name === subname))
    return fail(`policy "${subname}" for table "${relation.name}" does not exist`, '42704');
  return lock(relation, 'AccessExclusiveLock', `its policy ${subname} gets another name`);
};

const renameRule: Rename = ({ subname = '', newname }, relation) => {
  const ruled = isTable(relation) || relation.kind === 'view';
  if (relation.kind === 'view' && subname === '_RETURN')
    return fail('renaming an ON SELECT rule is not allowed', '42P17');
  if (ruled && relation.complete && !relation.rules.some(({ name }) => name === subname))
    return fail(`rule "${subname}" for relation "${relation.name}" does not exist`, '42704');
  if (ruled && relation.rules.some(({ name }) => name === newname))
    return fail(`rule "${newname}" for relation "${relation.name}" already exists`, '42710');
  return lock(relation, 'AccessExclusiveLock', `its rule ${subname} gets another name`);
};

/** Tables of a composite type (CREATE TABLE … OF) follow their type with CASCADE only. */
const renameAttribute: Rename = (node, relation, { catalog }) => {
  const type = relation.kind === 'composite type' ? relation.type : relation.oid;
  const typed = typedTables(catalog, type);
  if (typed.length > 0 && node.behavior !== 'DROP_CASCADE')
    return fail(`cannot alter type "${relation.name}" because it is the type of a typed table`, '2BP01');
  const refused = refusedColumn(relation, node.subname ?? '', node.newname ?? '');
  return refused.failure === undefined
    ? lockEach(typed, 'AccessExclusiveLock', 'an attribute of its type gets another name')
    : refused;
};

const renames: { readonly [T in ObjectType]?: Rename } = {
  OBJECT_TABLE: renameRelation,
  OBJECT_FOREIGN_TABLE: renameRelation,
  OBJECT_VIEW: renameRelation,
  OBJECT_MATVIEW: renameRelation,
  OBJECT_SEQUENCE: renameRelation,
  OBJECT_INDEX: renameRelation,
  OBJECT_COLUMN: renameColumn,
  OBJECT_TABCONSTRAINT: renameConstraint,
  OBJECT_TRIGGER: (node, relation, context) => renameTrigger(relation, node.subname ?? '', context),
  OBJECT_POLICY: renamePolicy,
  OBJECT_RULE: renameRule,
  OBJECT_ATTRIBUTE: renameAttribute,
};

const rename: Predict<'RenameStmt'> = (node, context) => {
  const { catalog } = context;
  const row = renames[node.renameType ?? 'OBJECT_TYPE'];
  if (row === undefined || node.relation === undefined) return renameOther(node, context);
  const relation = findRelation(catalog, node.relation);
  if (relation !== undefined) return row(node, relation, context);
  // views, sequences, indexes and types are no tables; what a name means that is not known, the statement says
  if (!tableLike.has(node.renameType ?? '') || offTable.has(node.relationType ?? ''))
    return node.missing_ok ? nothing : unknownRelation(catalog, node.relation);
  const { failure, ...draft } = lockUnknown(catalog, node.relation, 'AccessExclusiveLock', another);
  return node.missing_ok ? draft : { ...draft, ...(failure && { failure }) };
};

const tableLike: ReadonlySet<string> = new Set([
  'OBJECT_TABLE',
  'OBJECT_FOREIGN_TABLE',
  'OBJECT_MATVIEW',
  'OBJECT_COLUMN',
  'OBJECT_TABCONSTRAINT',
  'OBJECT_TRIGGER',
  'OBJECT_POLICY',
  'OBJECT_RULE',
]);

const offTable: ReadonlySet<string> = new Set(['OBJECT_VIEW', 'OBJECT_SEQUENCE', 'OBJECT_INDEX', 'OBJECT_TYPE']);

/** The names of schemas, functions, roles … lock no table. */
function renameOther(node: RenameStmt, context: PredictContext): Draft {
  const { catalog } = context;
  const routine =
    namedRoutineRefusal(node.renameType, node.object, context) ??
    takenRoutine(node.object, { name: node.newname ?? '' }, catalog);
  if (routine !== undefined) return routine;
  if (node.renameType === 'OBJECT_SCHEMA' && !catalog.schemas.has(node.subname ?? ''))
    return fail(`schema "${node.subname}" does not exist`, '3F000', false);
  if (node.renameType === 'OBJECT_SCHEMA' && catalog.schemas.has(node.newname ?? ''))
    return fail(`schema "${node.newname}" already exists`, '42P06');
  if (node.renameType !== 'OBJECT_TYPE' && node.renameType !== 'OBJECT_DOMAIN') return renamedOther(catalog, node);
  const parts = node.object !== undefined && 'List' in node.object ? strings(node.object.List.items) : [];
  const type = findType(catalog, parts);
  if (type === undefined) return nothing;
  const fixed = rowTypeRefusal(catalog, parts);
  if (fixed !== undefined) return fixed;
  const taken = isTypeName(catalog, qualifiedName(type.schema, node.newname ?? ''));
  return taken ? fail(`type "${node.newname}" already exists`, '42710') : nothing;
}

const setSchema: Predict<'AlterObjectSchemaStmt'> = (node, context) => {
  const { catalog } = context;
  const { relation: range, newschema = '' } = node;
  if (/^pg_(temp|toast)/.test(newschema))
    return fail(
      `cannot move objects into or out of ${newschema.startsWith('pg_temp') ? 'temporary' : 'TOAST'} schemas`,
      '0A000',
    );
  const absent = catalog.schemas.has(newschema)
    ? nothing
    : fail(`schema "${newschema}" does not exist`, '3F000', false);
  if (range === undefined)
    return (
      ofType(node, catalog) ??
      namedRoutineRefusal(node.objectType, node.object, context) ??
      takenRoutine(node.object, { schema: newschema }, catalog) ??
      all(absent, unknownOther(catalog, node.objectType, node.object))
    );
  const why = 'it moves to another schema';
  const relation = findRelation(catalog, range);
  if (relation === undefined) {
    if (node.objectType === 'OBJECT_VIEW' || node.objectType === 'OBJECT_SEQUENCE') return absent;
    const { failure, ...draft } = lockUnknown(catalog, range, 'AccessExclusiveLock', why);
    return all(absent, node.missing_ok ? draft : { ...draft, ...(failure && { failure }) });
  }
  if (isIndex(relation))
    return fail(`"${relation.name}" is not a table, view, materialized view, sequence, or foreign table`, '42809');
  if (relation.kind === 'composite type' && node.objectType === 'OBJECT_TABLE')
    return fail(`"${relation.name}" is a composite type`, '42809');
  if (relation.kind === 'sequence' && relation.ownedBy !== undefined)
    return fail('cannot move an owned sequence into another schema', '0A000');
  if (relation.schema !== newschema && relationByName(catalog, qualifiedName(newschema, relation.name)) !== undefined)
    return fail(`relation "${relation.name}" already exists in schema "${newschema}"`, '42P07');
  return all(absent, lock(relation, 'AccessExclusiveLock', why));
};

/** Owner and schema of a row type are those of its table. */
function ofType({ objectType, object }: Pick<AlterOwnerStmt, 'objectType' | 'object'>, catalog: Catalog) {
  const parts = object !== undefined && 'List' in object ? strings(object.List.items) : [];
  return objectType === 'OBJECT_TYPE' ? rowTypeRefusal(catalog, parts) : undefined;
}

const depends: Predict<'AlterObjectDependsStmt'> = (node, context) => {
  const name = node.extname?.sval;
  return all(tied(node, context), unknownExtension(context.catalog, name));
};

const tied: Predict<'AlterObjectDependsStmt'> = ({ objectType, relation: range }, { catalog }) => {
  const relation = findRelation(catalog, range);
  if (range === undefined || objectType === 'OBJECT_INDEX') return nothing;
  const why = 'it is tied to an extension';
  const mode = objectType === 'OBJECT_TRIGGER' ? 'AccessShareLock' : 'AccessExclusiveLock';
  return relation === undefined ? lockUnknown(catalog, range, mode, why) : lock(relation, mode, why);
};

/** Names, schemas and owners. ALTER TABLE … OWNER TO is one of ALTER TABLE's commands. */
export const naming: PredictTable = {
  RenameStmt: rename,
  AlterObjectSchemaStmt: setSchema,
  AlterObjectDependsStmt: depends,
  AlterOwnerStmt: (node, context) =>
    ofType(node, context.catalog) ??
    namedRoutineRefusal(node.objectType, node.object, context) ??
    all(unknownOther(context.catalog, node.objectType, node.object), unknownRole(node.newowner)),
};
