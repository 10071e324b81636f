import type { Catalog, Relation } from '../catalog/catalog.js';
import { columnOf, findRelationNamed, isTable, schemaFor } from '../catalog/lookup.js';
import { typeRef } from '../catalog/type-ref.js';
import { qualifiedName } from '../sql/names.js';
import { type Node, type ObjectType, strings } from '../sql/tree.js';
import type { Predict, PredictContext, PredictTable } from './context.js';
import { all, type Draft, fail, lock, nothing } from './draft.js';
import type { LockMode } from './effect.js';
import { unknownOther } from './named-other.js';
import { unknownExtension } from './outside.js';
import { isStored, notShown } from './relations.js';
import { namedRoutineRefusal } from './routines.js';
import { unknownTypeName } from './unknown-type.js';

/** COMMENT and SECURITY LABEL name their object by the parts of its name; those of a part of a table begin with the table's. */
function labelled(catalog: Catalog, kind: ObjectType | undefined, object: Node | undefined): Draft {
  const parts = object !== undefined && 'List' in object ? strings(object.List.items) : [];
  const why = 'it, or a part of it, gets a comment';
  const other = otherKinds[kind ?? ''];
  const named = other && findRelationNamed(catalog, parts);
  if (other !== undefined && named !== undefined && !other.includes(named.kind))
    return fail(`"${parts.join('.')}" is not ${other[0] === 'index' ? 'an' : 'a'} ${other[0]}`, '42809');
  if (kind === 'OBJECT_COLUMN') return labelColumn(catalog, parts, why);
  if (wholes.has(kind ?? '')) return labelTable(catalog, parts, kind === 'OBJECT_MATVIEW', why);
  const list = partsOfTables[kind ?? ''];
  return list === undefined ? unknownOther(catalog, kind, object) : labelPart(catalog, parts, list, why);
}

function unknownType(object: Node | undefined, { catalog, pg }: PredictContext): Draft {
  const written = object !== undefined && 'TypeName' in object ? object.TypeName : undefined;
  const type = typeRef(catalog, written);
  return type === undefined ? nothing : unknownTypeName(written, type, { catalog, pg });
}

/** Relations that nobody waits for. */
const otherKinds: Readonly<Record<string, readonly Relation['kind'][]>> = {
  OBJECT_VIEW: ['view'],
  OBJECT_SEQUENCE: ['sequence'],
  OBJECT_INDEX: ['index', 'partitioned index'],
};

const wholes: ReadonlySet<string> = new Set(['OBJECT_TABLE', 'OBJECT_MATVIEW', 'OBJECT_FOREIGN_TABLE']);

type Parts = readonly [word: string, list: 'constraints' | 'triggers' | 'policies' | 'rules'];

const partsOfTables: Readonly<Record<string, Parts>> = {
  OBJECT_TABCONSTRAINT: ['constraint', 'constraints'],
  OBJECT_TRIGGER: ['trigger', 'triggers'],
  OBJECT_POLICY: ['policy', 'policies'],
  OBJECT_RULE: ['rule', 'rules'],
};

function labelPart(catalog: Catalog, parts: readonly string[], [word, list]: Parts, why: string): Draft {
  const relation = findRelationNamed(catalog, parts.slice(0, -1));
  const name = parts.at(-1) ?? '';
  const table = relation !== undefined && isTable(relation) && relation.complete ? relation : undefined;
  const known: readonly (string | { readonly name: string })[] = table?.[list] ?? [];
  const has = known.some((one) => (typeof one === 'string' ? one : one.name) === name);
  if (table !== undefined && !has) return fail(`${word} "${name}" for table "${table.name}" does not exist`, '42704');
  return onRelation(catalog, parts.slice(0, -1), 'AccessShareLock', why);
}

function labelTable(catalog: Catalog, parts: readonly string[], view: boolean, why: string): Draft {
  const relation = findRelationNamed(catalog, parts);
  const fits = relation === undefined || (view ? relation.kind === 'materialized view' : isTable(relation));
  if (!fits) return fail(`"${parts.join('.')}" is not a ${view ? 'materialized view' : 'table'}`, '42809');
  return onRelation(catalog, parts, 'ShareUpdateExclusiveLock', why);
}

function labelColumn(catalog: Catalog, parts: readonly string[], why: string): Draft {
  const owner = parts.slice(0, -1);
  const name = parts.at(-1) ?? '';
  const relation = findRelationNamed(catalog, owner);
  if (relation === undefined) return onRelation(catalog, owner, 'ShareUpdateExclusiveLock', why);
  if (!('columns' in relation)) return fail(`cannot set comment on relation "${owner.join('.')}"`, '42809');
  const complete = 'complete' in relation ? relation.complete : true;
  if (complete && columnOf(relation, name) === undefined)
    return fail(`column "${name}" of relation "${relation.name}" does not exist`, '42703');
  return lock(relation, 'ShareUpdateExclusiveLock', why);
}

function onRelation(catalog: Catalog, parts: readonly string[], mode: LockMode, why: string): Draft {
  const relation = findRelationNamed(catalog, parts);
  if (relation !== undefined) return isStored(relation) ? lock(relation, mode, why) : nothing;
  const [relname = '', schemaname] = parts.toReversed();
  const name = qualifiedName(schemaFor(catalog, schemaname === undefined ? {} : { schemaname }), relname);
  const unknown = fail(`relation "${parts.join('.')}" does not exist`, '42P01', false);
  return all(lock(name, mode, `${why} (${notShown(name)})`, false), unknown);
}

const comment: Predict<'CommentStmt'> = ({ objtype, object }, context) =>
  objtype === 'OBJECT_EXTENSION' && object !== undefined && 'String' in object
    ? unknownExtension(context.catalog, object.String.sval)
    : objtype === 'OBJECT_TYPE' || objtype === 'OBJECT_DOMAIN'
      ? unknownType(object, context)
      : (namedRoutineRefusal(objtype, object, context) ?? labelled(context.catalog, objtype, object));

/** Without a label provider, which is a loaded library, the server refuses. */
const label: Predict<'SecLabelStmt'> = ({ objtype, object }, { catalog }) =>
  all(labelled(catalog, objtype, object), fail('no security label providers have been loaded', '22023', false));

/** A member of an extension is locked like a commented one. */
const contents: Predict<'AlterExtensionContentsStmt'> = ({ objtype, object }, { catalog }) =>
  wholes.has(objtype ?? '') ? labelled(catalog, objtype, object) : nothing;

export const labels: PredictTable = {
  CommentStmt: comment,
  SecLabelStmt: label,
  AlterExtensionContentsStmt: contents,
};
