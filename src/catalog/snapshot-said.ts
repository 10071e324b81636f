import { qualifiedName } from '../sql/names.js';
import type { Catalog, OtherObject, Relation, Routine, Schema, Type } from './catalog.js';
import { initialGrants } from './grants.js';
import { isTable } from './lookup.js';
import type { Commented, DefaultGrants, Granted, GrantKind, Grants } from './parts.js';
import { routineName } from './snapshot-objects.js';

/** What COMMENT and GRANT have said of objects, under the names of the objects. */
export interface Said {
  readonly object: string;
  readonly comment: string;
  /** Undefined for what nothing is granted on, or where it is not known what was before. */
  readonly grants: Grants | undefined;
  /** What is there to be recognized by, where ALTER DEFAULT PRIVILEGES may have had a hand in what a new one is born with. */
  readonly identity: number | string;
}

/** What is said of a relation and its parts; of one that was there before the history nothing is known. */
export function saidOfRelation(relation: Relation): readonly Said[] {
  const name = qualifiedName(relation.schema, relation.name);
  const { oid } = relation;
  if (relation.born === -1 || ('complete' in relation && isTable(relation) && !relation.complete)) return [];
  if (relation.kind === 'composite type') return [];
  const kind = relation.kind === 'sequence' ? 'sequence' : 'table';
  const isIndex = relation.kind === 'index' || relation.kind === 'partitioned index';
  const shown = isTable(relation) ? 'table' : isIndex ? 'index' : relation.kind;
  const own = said(`${shown} ${name}`, relation, oid, isIndex ? undefined : kind);
  if (!('columns' in relation)) return [own];
  const columns = relation.columns.map((column) => ({
    ...said(`column ${name}.${column.name}`, column, oid, undefined),
    grants: column.grants,
  }));
  if (!isTable(relation)) return [own, ...columns];
  const part = (word: string, parts: readonly (Commented & { readonly name: string })[]) =>
    parts.map((one) => said(`${word} ${name}.${one.name}`, one, oid, undefined));
  return [
    own,
    ...columns,
    ...part('constraint', relation.constraints),
    ...part('trigger', relation.triggers),
    ...part('policy', relation.policies),
    ...part('rule', relation.rules),
  ];
}

/** What is said of a type and the checks of a domain. */
export function saidOfType(type: Type): readonly Said[] {
  if (type.born === -1) return [];
  const name = qualifiedName(type.schema, type.name);
  const checks = type.kind === 'domain' ? type.checks : [];
  return [
    said(`type ${name}`, type, type.oid, 'type'),
    ...checks.map((check) => said(`constraint ${name}.${check.name}`, check, type.oid, undefined)),
  ];
}

/** What is said of a function or procedure. */
export function saidOfRoutine(catalog: Catalog, routine: Routine): Said {
  return said(routineName(catalog, routine), routine, routine.oid, 'routine');
}

/** What is said of a schema; the comment on one that was there before is not known. */
export function saidOfSchema(schema: Schema): Said {
  const own = said(`schema ${schema.name}`, schema, schema.name, 'schema');
  return schema.born === -1 ? { ...own, comment: '' } : own;
}

/** What is said of a publication, statistics object and the like. */
export function saidOfOther(other: OtherObject): Said {
  return said(`${other.kind} ${other.name}`, other, other.name, undefined);
}

function said(
  object: string,
  { comment = '', grants }: Commented & Granted,
  identity: Said['identity'],
  kind: GrantKind | undefined,
): Said {
  return { object, comment, identity, grants: kind && (grants ?? initialGrants(kind)) };
}

/** What new objects are born with, under the name that a snapshot has for it. */
export function defaultsEntry({ role, schema, kind, grants }: DefaultGrants): readonly [string, Grants] {
  const whose = role === '' ? '' : ` of ${role}`;
  const where = schema === '' ? '' : ` in schema ${schema}`;
  return [`default privileges${whose}${where} on ${kind === 'routine' ? 'function' : kind}s`, grants];
}
