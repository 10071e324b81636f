import type { Table, TypeRef } from '../catalog/catalog.js';
import { placeIn } from '../catalog/expression-type.js';
import { columnOf } from '../catalog/lookup.js';
import type { Place } from '../catalog/query-scope.js';
import type { ColumnDef, Constraint as ConstraintNode, ConstrType, Node } from '../sql/tree.js';
import { columnRefs, functionCalls } from '../sql/walk.js';
import { type Draft, fail } from './draft.js';
import { expressionKinds, systemColumnIn } from './expression-refusal.js';
import { builtInVolatility, typeFact } from './facts.js';
import { literalRefusal } from './literal-refusal.js';
import { mutability } from './mutable.js';
import { systemColumns } from './relations.js';
import { sequenceRefusal } from './sequence-options.js';
import { storedRefusal } from './stored-expression.js';
import { typeName } from './type-name.js';
import { typeOfValue } from './typed-expression.js';
import { baseType, convert, declaredType, domainOf, isRecorded, type TypeContext } from './types.js';

/** A column as CREATE TABLE or ADD COLUMN defines it. */
interface Definition {
  readonly node: ColumnDef;
  readonly type: TypeRef | undefined;
  readonly constraints: readonly ConstraintNode[];
}

/** What the server refuses in the definition of a column, whatever the rows; `table` is the one that it is of, as far as that exists. */
export function columnRefusal(
  { node, type, constraints }: Definition,
  table: Table | undefined,
  context: TypeContext,
): Draft | undefined {
  const name = node.colname ?? '';
  const given = (wanted: ConstraintNode['contype']) => constraints.find(({ contype }) => contype === wanted);
  const identity = given('CONSTR_IDENTITY');
  if (identity !== undefined && type !== undefined && !identityTypes.has(type.name))
    return fail('identity column type must be smallint, integer, or bigint', '22023');
  const numbers = identity && sequenceRefusal(identity.options, undefined);
  if (numbers?.failure?.sure) return numbers;
  const value = given('CONSTR_DEFAULT')?.raw_expr;
  const generated = given('CONSTR_GENERATED');
  const misplaced = misplacedAttribute(node.constraints);
  if (misplaced !== undefined) return misplaced;
  const of = `column "${name}" of table "${table?.name ?? ''}"`;
  if (identity !== undefined && value !== undefined)
    return fail(`both default and identity specified for ${of}`, '42601');
  if (generated !== undefined && value !== undefined)
    return fail(`both default and generation expression specified for ${of}`, '42601');
  if (generated !== undefined && identity !== undefined)
    return fail(`both identity and generation expression specified for ${of}`, '42601');
  if (given('CONSTR_NULL') !== undefined && given('CONSTR_NOTNULL') !== undefined)
    return fail(`conflicting NULL/NOT NULL declarations for ${of}`, '42601');
  if (systemColumns.has(name)) return fail(`column name "${name}" conflicts with a system column name`, '42701');
  return (
    (type && typeRefusal(name, type, node, generated?.generated_kind === 'v', context)) ??
    (value && type && defaultRefusal(value, type, name, context)) ??
    (generated?.raw_expr && generationRefusal(generated.raw_expr, generated.generated_kind === 'v', table, context)) ??
    (generated?.raw_expr &&
      type &&
      valueRefusal(generated.raw_expr, { name, type, what: 'generation' }, placeIn(table, context.catalog), context)) ??
    (node.storage_name === undefined ? undefined : storageRefusal(node.storage_name, type, context)) ??
    (node.compression === undefined ? undefined : compressionRefusal(node.compression, type, context))
  );
}

/** What may stand behind which constraint of a column (transformConstraintAttrs). */
const keyed: readonly ConstrType[] = ['CONSTR_PRIMARY', 'CONSTR_UNIQUE', 'CONSTR_EXCLUSION', 'CONSTR_FOREIGN'];
const enforceable: readonly ConstrType[] = ['CONSTR_CHECK', 'CONSTR_FOREIGN'];

const attributes: { readonly [T in ConstrType]?: readonly [clause: string, of: readonly ConstrType[]] } = {
  CONSTR_ATTR_DEFERRABLE: ['DEFERRABLE', keyed],
  CONSTR_ATTR_NOT_DEFERRABLE: ['NOT DEFERRABLE', keyed],
  CONSTR_ATTR_DEFERRED: ['INITIALLY DEFERRED', keyed],
  CONSTR_ATTR_IMMEDIATE: ['INITIALLY IMMEDIATE', keyed],
  CONSTR_ATTR_ENFORCED: ['ENFORCED', enforceable],
  CONSTR_ATTR_NOT_ENFORCED: ['NOT ENFORCED', enforceable],
};

function misplacedAttribute(nodes: readonly Node[] | undefined): Draft | undefined {
  let last: ConstrType | undefined;
  for (const node of nodes ?? []) {
    const { contype } = 'Constraint' in node ? node.Constraint : {};
    const [clause, of = []] = (contype && attributes[contype]) ?? [];
    if (clause === undefined) last = contype;
    else if (last === undefined || !of.includes(last)) return fail(`misplaced ${clause} clause`, '42601');
  }
  return undefined;
}

const identityTypes: ReadonlySet<string> = new Set(['int2', 'int4', 'int8']);

/** CheckAttributeType, and what the type says of collations. */
function typeRefusal(
  name: string,
  type: TypeRef,
  { collClause }: ColumnDef,
  virtual: boolean,
  context: TypeContext,
): Draft | undefined {
  const base = baseType(context.catalog, type);
  const fact = isRecorded(context, base) ? typeFact(base.name, context.pg) : undefined;
  const shown = typeName(context.catalog, type);
  if (fact?.pseudo) return fail(`column "${name}" has pseudo-type ${shown}`, '42P16');
  if (virtual && domainOf(context.catalog, type) !== undefined)
    return fail(`virtual generated column "${name}" cannot have a domain type`, '0A000');
  if (virtual && declaredType(context.catalog, type) !== undefined)
    return fail(`virtual generated column "${name}" cannot have a user-defined type`, '0A000');
  if (collClause !== undefined && fact?.collatable === false && base.dimensions === 0)
    return fail(`collations are not supported by type ${shown}`, '42804');
  return undefined;
}

/** A DEFAULT stands on its own, and becomes the type of its column by assignment. */
export function defaultRefusal(value: Node, type: TypeRef, name: string, context: TypeContext): Draft | undefined {
  if (columnRefs({ expression: value }).length > 0)
    return fail('cannot use column reference in DEFAULT expression', '0A000');
  const place = placeIn(undefined, context.catalog);
  return (
    storedRefusal(value, expressionKinds.default, place, context) ??
    valueRefusal(value, { name, type, what: 'default' }, place, context)
  );
}

/** A value that does not become the type of its column by assignment. */
function valueRefusal(
  value: Node,
  { name, type, what }: { readonly name: string; readonly type: TypeRef; readonly what: 'default' | 'generation' },
  place: Place,
  context: TypeContext,
): Draft | undefined {
  const from = typeOfValue(value, place, context);
  if (from === 'string') return literalRefusal(value, type, context);
  if (from === undefined || !('noCast' in convert({ type: from, fate: 'kept' }, type, context, 'assignment')))
    return undefined;
  const [wanted, given] = [type, from].map((one) => typeName(context.catalog, one));
  return fail(`column "${name}" is of type ${wanted} but ${what} expression is of type ${given}`, '42804');
}

/** A generation expression gives always the same for the same row, and looks at no other generated column. */
export function generationRefusal(
  expression: Node,
  virtual: boolean,
  table: Table | undefined,
  context: TypeContext,
): Draft | undefined {
  const refusal = storedRefusal(expression, expressionKinds.generated, placeIn(table, context.catalog), context);
  if (refusal?.failure?.sure) return refusal;
  const names = columnRefs({ expression }).flatMap(({ parts }) => parts.at(-1) ?? []);
  const other = names.find((name) => columnOf(table, name)?.generated !== undefined);
  if (other !== undefined)
    return fail(`cannot use generated column "${other}" in column generation expression`, '42P17');
  const system = table && systemColumnIn(expression, table);
  if (system !== undefined)
    return fail(`cannot use system column "${system}" in column generation expression`, '42P10');
  if (table !== undefined && names.some((name) => name === table.name && columnOf(table, name) === undefined))
    return fail('cannot use whole-row variable in column generation expression', '42P17');
  if (mutability(expression, context, table) === 'mutable')
    return fail('generation expression is not immutable', '42P17');
  const own = virtual ? functionCalls({ expression }).find(({ name }) => isUsers(name)) : undefined;
  return refusal ?? (own && fail('generation expression uses user-defined function', '0A000', false));
}

function isUsers(name: readonly string[]): boolean {
  return name[0] !== 'pg_catalog' && builtInVolatility(name.at(-1) ?? '') === undefined;
}

/** SET STORAGE and STORAGE of a column: only what is long may be stored apart. */
export function storageRefusal(storage: string, type: TypeRef | undefined, context: TypeContext): Draft | undefined {
  const wanted = storage.toLowerCase();
  if (!['plain', 'external', 'extended', 'main', 'default'].includes(wanted))
    return fail(`invalid storage type "${storage}"`, '22023');
  if (wanted === 'plain' || wanted === 'default' || type === undefined || isToastable(type, context) !== false)
    return undefined;
  return fail(`column data type ${typeName(context.catalog, type)} can only have storage PLAIN`, '0A000');
}

/** SET COMPRESSION and COMPRESSION of a column. Not every server is built with lz4. */
export function compressionRefusal(method: string, type: TypeRef | undefined, context: TypeContext): Draft | undefined {
  if (method === 'default') return undefined;
  if (type !== undefined && isToastable(type, context) === false)
    return fail(`column data type ${typeName(context.catalog, type)} does not support compression`, '0A000');
  if (method === 'lz4') return fail('compression method lz4 not supported', '0A000', false);
  return method === 'pglz' ? undefined : fail(`invalid compression method "${method}"`, '22023');
}

/** Whether the values of a type may be kept apart or compressed; undefined when the type is not known. */
function isToastable(type: TypeRef, context: TypeContext): boolean | undefined {
  const base = baseType(context.catalog, type);
  if (base.dimensions > 0) return true;
  const declared = declaredType(context.catalog, base);
  if (declared?.kind === 'enum') return false;
  if (declared?.kind === 'composite' || declared?.kind === 'range') return true;
  return isRecorded(context, base) ? typeFact(base.name, context.pg)?.toastable : undefined;
}

/** The options that a column of a table may have: reloptions.c. */
export function attributeOptionRefusal(names: readonly string[]): Draft | undefined {
  const unknown = names.find((name) => name !== 'n_distinct' && name !== 'n_distinct_inherited');
  return unknown === undefined ? undefined : fail(`unrecognized parameter "${unknown}"`, '22023');
}

/** An identity column is of one of three types. */
export function identityTypeRefusal(type: TypeRef | undefined): Draft | undefined {
  return type === undefined || identityTypes.has(type.name)
    ? undefined
    : fail('identity column type must be smallint, integer, or bigint', '22023');
}
