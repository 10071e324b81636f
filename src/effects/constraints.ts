import type { Index, IndexKey, Table, TypeRef } from '../catalog/catalog.js';
import { foldAttributes } from '../catalog/column-definition.js';
import { sameExpression } from '../catalog/expression.js';
import { placeIn } from '../catalog/expression-type.js';
import { columnOf, descendants, findRelationNamed, isIndex, isTable, tables } from '../catalog/lookup.js';
import { notNullOf } from '../catalog/not-null.js';
import { type Constraint as ConstraintNode, type ConstrType, type IndexElem, strings } from '../sql/tree.js';
import { alterConstraint } from './alter-constraint.js';
import {
  type CommandContext,
  type CommandTable,
  family,
  lockBelow,
  type PredictCommand,
  recurse,
  scanStored,
} from './alter-table-command.js';
import { nameTaken } from './constraint-name.js';
import { all, build, type Draft, fail, lock, nothing, scan } from './draft.js';
import { dropConstraint } from './drop-constraint.js';
import { expressionKinds, systemColumnIn } from './expression-refusal.js';
import { typeFact } from './facts.js';
import { addForeignKey, newConstraint } from './foreign-key.js';
import { keyRefusal as elementRefusal } from './index-key.js';
import { mutability } from './mutable.js';
import { addNotNull, setNotNull } from './not-null.js';
import { unknownTablespace } from './outside.js';
import { newIndexes, systemColumns } from './relations.js';
import { keyExpressionRefusal, storedRefusal } from './stored-expression.js';
import { typeName } from './type-name.js';
import { typeOfValue } from './typed-expression.js';
import { baseType, declaredType, isRecorded, type TypeContext } from './types.js';
import { validateConstraint } from './validate-constraint.js';
import { checkViolated, notUnique } from './violation.js';

const addConstraint: PredictCommand = ({ def }, context) => {
  if (def === undefined || !('Constraint' in def)) return nothing;
  const [node = def.Constraint] = foldAttributes([def]);
  // since 18 the whole family is locked before anything else is looked at
  const below = context.pg >= 18 ? recurse(context) : nothing;
  return all(below, addTableConstraint(node, context));
};

/** What a constraint of ADD CONSTRAINT, or one that stands with the column of ADD COLUMN, does. */
export function addTableConstraint(node: ConstraintNode, context: CommandContext): Draft {
  const add = node.contype && kinds[node.contype];
  const foreign = context.table.kind === 'foreign' ? unlikeForeign(node) : undefined;
  if (foreign !== undefined) return foreign;
  return add === undefined ? nothing : add(node, context);
}

/** The refusal of a constraint that a foreign table cannot have. */
export function unlikeForeign({ contype = 'CONSTR_CHECK' }: ConstraintNode): Draft | undefined {
  const word = notForeign[contype];
  return word === undefined ? undefined : fail(`${word} constraints are not supported on foreign tables`, '0A000');
}

/** Constraints that a foreign table cannot have: transformColumnDefinition. */
const notForeign: Readonly<Record<string, string>> = {
  CONSTR_PRIMARY: 'primary key',
  CONSTR_UNIQUE: 'unique',
  CONSTR_EXCLUSION: 'exclusion',
  CONSTR_FOREIGN: 'foreign key',
};

type AddConstraint = (node: ConstraintNode, context: CommandContext) => Draft;

const kinds: { readonly [T in ConstrType]?: AddConstraint } = {
  CONSTR_CHECK: addCheck,
  CONSTR_FOREIGN: (node, context) => addForeignKey(node, context, node.skip_validation ? 'none' : 'both sides'),
  CONSTR_NOTNULL: (node, context) => {
    const how = { name: node.conname, notValid: node.skip_validation ?? false, noInherit: node.is_no_inherit ?? false };
    return addNotNull(strings(node.keys)[0], how, context);
  },
  CONSTR_PRIMARY: addKey,
  CONSTR_UNIQUE: addKey,
  CONSTR_EXCLUSION: addKey,
};

function addCheck(node: ConstraintNode, context: CommandContext): Draft {
  const { table, only } = context;
  const children = table.children.length > 0;
  const refusal = checkRefusal(node, table, context);
  if (refusal?.failure?.sure) return refusal;
  if (node.is_no_inherit && table.kind === 'partitioned')
    return fail(`cannot add NO INHERIT constraint to partitioned table "${table.name}"`, '42P16');
  if (only && children && !node.is_no_inherit) return fail('constraint must be added to child tables too', '42P16');
  const taken = nameTaken(node.conname, context);
  if (taken.failure !== undefined) return taken;
  const below = node.is_no_inherit ? nothing : recurse(context, 'the CHECK holds for its rows too');
  if (node.skip_validation || !node.is_enforced) return all(refusal, below);
  const each = node.is_no_inherit ? [table] : family(context);
  const conflict = each.find((one) => one !== table && hasUnvalidated(one, node.conname));
  const what = `constraint "${node.conname}"`;
  if (conflict !== undefined)
    return fail(`${what} conflicts with NOT VALID constraint on relation "${conflict.name}"`, '42P17');
  const other = each.find((one) => one !== table && hasAnother(one, node));
  if (other !== undefined) return fail(`${what} for relation "${other.name}" already exists`, '42710');
  // a child that has the same CHECK already keeps it
  const verified = each.filter((one) => one === table || !one.constraints.some(({ name }) => name === node.conname));
  const name = node.conname ?? newConstraint(context)?.name ?? '';
  return all(
    refusal,
    below,
    ...verified.map((one) =>
      all(scanStored(one, context, 'the CHECK is verified for every row'), checkViolated(one, name)),
    ),
  );
}

/** What the server refuses of the expression of a CHECK. */
export function checkRefusal(
  { raw_expr: expression }: ConstraintNode,
  table: Table,
  context: TypeContext,
): Draft | undefined {
  const system = systemColumnIn(expression, table);
  if (system !== undefined) return fail(`system column "${system}" reference in check constraint is invalid`, '42P10');
  const refusal = storedRefusal(expression, expressionKinds.check, placeIn(table, context.catalog), context);
  if (refusal?.failure?.sure || expression === undefined) return refusal;
  const type = typeOfValue(expression, placeIn(table, context.catalog), context);
  if (typeof type === 'object' && isRecorded(context, baseType(context.catalog, type)) && !isBoolean(type, context))
    return fail(
      `argument of CHECK must be type boolean, not type ${typeName(context.catalog, type)}`,
      '42804',
      !('A_Const' in expression),
    );
  return refusal;
}

function isBoolean(type: TypeRef, { catalog }: TypeContext): boolean {
  const base = baseType(catalog, type);
  return base.name === 'bool' && base.dimensions === 0;
}

/** A constraint of the name that is not the same CHECK (MergeWithExistingConstraint). */
function hasAnother({ constraints }: Table, { conname, raw_expr: expression }: ConstraintNode): boolean {
  const own = conname === undefined ? undefined : constraints.find(({ name }) => name === conname);
  if (own === undefined || own.inherited) return false;
  return own.kind !== 'check' || (expression !== undefined && !sameExpression(own.expression, expression));
}

function hasUnvalidated(table: Table, name: string | undefined): boolean {
  return table.constraints.some((constraint) => constraint.name === name && !constraint.validated);
}

function addKey(node: ConstraintNode, context: CommandContext): Draft {
  const refusal = keyRefusal(node, context);
  if (refusal?.failure?.sure) return refusal;
  const made = newIndexes(context.catalog, context.after);
  const names = node.contype === 'CONSTR_PRIMARY' && !isOnlyPartitioned(context) ? keyColumns(node, context) : [];
  const notNull = all(...names.map((name) => setNotNull(name, context)), askChildren(node, context));
  if (node.indexname !== undefined) return notNull;
  const elsewhere = unknownTablespace(node.indexspace);
  return all(refusal, elsewhere, notNull, buildEach(made, context), partitionsOfKey(node, context));
}

/** With ONLY: since 18 a column of a primary key that is not NOT NULL becomes so in all that is below too (ATPrepAddPrimaryKey). */
function askChildren(node: ConstraintNode, context: CommandContext): Draft {
  const { table, only, pg } = context;
  if (!only || pg < 18 || node.contype !== 'CONSTR_PRIMARY') return nothing;
  const has = keyColumns(node, context).every((name) => notNullOf(table, name) !== undefined);
  return has ? nothing : lockBelow(context, 'the columns of the key become NOT NULL there too');
}

/** Since 18 the children of a partitioned table alone are asked, not made, to be NOT NULL. */
function isOnlyPartitioned({ table, only, pg }: CommandContext): boolean {
  return pg >= 18 && only && table.kind === 'partitioned' && table.children.length > 0;
}

/** The indexes that a command builds: each reads its table once. */
export function buildEach(made: readonly Index[], context: CommandContext, sure = true): Draft {
  return all(
    ...made.flatMap((index) => {
      const table = context.after.relations.get(index.table);
      if (table === undefined || !isTable(table)) return [];
      const mode = table.oid === context.table.oid ? context.lock : 'ShareLock';
      const why = `the index ${index.name} is built from its rows`;
      return [scan(table, mode, why, sure), build(index, `it is built for ${table.name}`, sure), notUnique(index)];
    }),
  );
}

/** The partitions get an index of their own each; before 18 that alone locks them. */
function partitionsOfKey({ deferrable }: ConstraintNode, context: CommandContext): Draft {
  const { catalog, table, only, pg } = context;
  if (table.kind !== 'partitioned' || only || pg >= 18) return nothing;
  // a constraint that is checked later is checked by a trigger
  const mode = deferrable ? 'ShareRowExclusiveLock' : 'ShareLock';
  return all(...descendants(catalog, table).map((one) => lock(one, mode, 'it gets an index as its parent does')));
}

function keyColumns(node: ConstraintNode, { catalog, table }: CommandContext): readonly string[] {
  if (node.indexname === undefined) return strings(node.keys);
  const index = findRelationNamed(catalog, [table.schema, node.indexname]);
  return index !== undefined && isIndex(index) ? index.keys.flatMap(({ column }) => column ?? []) : [];
}

function keyRefusal(node: ConstraintNode, context: CommandContext): Draft | undefined {
  const { catalog, table } = context;
  const keys = strings(node.keys);
  const unknown = keys.find((name) => columnOf(table, name) === undefined && !systemColumns.has(name));
  if (unknown !== undefined && table.complete) return fail(`column "${unknown}" named in key does not exist`, '42703');
  const twice = keys.find((name, at) => keys.indexOf(name) !== at);
  const what = node.contype === 'CONSTR_PRIMARY' ? 'primary key' : 'unique';
  if (twice !== undefined) return fail(`column "${twice}" appears twice in ${what} constraint`, '42701');
  // the index is looked up when the statement is read, other keys when it is carried out
  const unfit = node.indexname === undefined ? undefined : usedIndexRefusal(node.indexname, context);
  if (unfit !== undefined) return unfit;
  if (node.contype === 'CONSTR_PRIMARY' && table.constraints.some(({ kind }) => kind === 'primary key'))
    return fail(`multiple primary keys for table "${table.name}" are not allowed`, '42P16');
  if (node.indexname !== undefined) return undefined;
  const name = node.conname;
  if (name !== undefined && findRelationNamed(catalog, [table.schema, name]) !== undefined)
    return fail(`relation "${name}" already exists`, '42P07');
  const taken = nameTaken(name, context);
  if (taken.failure !== undefined) return taken;
  const virtual = strings(node.keys).find((key) => columnOf(table, key)?.generated?.kind === 'virtual');
  if (virtual !== undefined) {
    const what = node.contype === 'CONSTR_PRIMARY' ? 'primary keys' : 'unique constraints';
    return fail(`${what} on virtual generated columns are not supported`, '0A000');
  }
  return (
    nullableInChild(node, context) ??
    family(context)
      .map((one) => lacksPartitionKey(node, one, context.pg))
      .find(Boolean) ??
    keyClassRefusal(node, table, context)
  );
}

/** Operators that PostgreSQL has the other way round under another name. */
const oneWay: ReadonlySet<string> = new Set(['<', '<=', '>', '>=', '<<', '>>', '@>', '<@', '&<', '&>', '<<=', '>>=']);

/** An exclusion constraint asks the same of either of two rows. */
function operatorRefusal(node: ConstraintNode): Draft | undefined {
  const operators = (node.exclusions ?? []).flatMap((one) => {
    const operator = 'List' in one ? one.List.items?.[1] : undefined;
    return operator !== undefined && 'List' in operator ? strings(operator.List.items) : [];
  });
  const wrong = operators.find((name) => oneWay.has(name));
  if (wrong !== undefined) return fail(`operator ${wrong} is not commutative`, '42809');
  const method = node.access_method ?? 'btree';
  const strange = method === 'btree' || method === 'hash' ? operators.find((name) => name !== '=') : undefined;
  return strange === undefined
    ? undefined
    : fail(`operator ${strange} is not a member of the operator family of the ${method} index`, '42809');
}

function exclusionElements(node: ConstraintNode): readonly IndexElem[] {
  return (node.exclusions ?? []).flatMap((one) => {
    const [element] = 'List' in one ? (one.List.items ?? []) : [];
    return element !== undefined && 'IndexElem' in element ? [element.IndexElem] : [];
  });
}

/** A column for whose type the index behind the constraint has no operator class. */
export function keyClassRefusal(node: ConstraintNode, table: Table, context: TypeContext): Draft | undefined {
  const method = node.access_method ?? (node.without_overlaps ? 'gist' : 'btree');
  if (node.contype === 'CONSTR_EXCLUSION' && (method === 'gin' || method === 'brin'))
    return fail(`access method "${method}" does not support exclusion constraints`, '0A000');
  const elements = exclusionElements(node);
  const columns = strings(node.keys);
  if (node.without_overlaps && columns.length === 1)
    return fail('constraint using WITHOUT OVERLAPS needs at least two columns', '42601');
  const period = node.without_overlaps ? columnOf(table, columns.at(-1)) : undefined;
  if (period?.type !== undefined && isRange(period.type, context) === false)
    return fail(`column "${period.name}" in WITHOUT OVERLAPS is not a range or multirange type`, '42804');
  const wrong =
    keyExpressionRefusal(elements, table, context) ??
    storedRefusal(node.where_clause, expressionKinds.indexPredicate, placeIn(table, context.catalog), context);
  if (wrong?.failure?.sure) return wrong;
  const parts = [...elements.map(({ expr }) => expr), node.where_clause];
  if (parts.some((part) => mutability(part, context, table) === 'mutable'))
    return fail('functions in index expression must be marked IMMUTABLE', '42P17');
  const place = placeIn(table, context.catalog);
  for (const key of [...columns.map((name): IndexElem => ({ name })), ...elements]) {
    const refusal = elementRefusal(key, method, place, context);
    if (refusal !== undefined) return refusal;
  }
  return operatorRefusal(node) ?? wrong;
}

/** Whether a type is one of ranges; undefined when it is not known. */
function isRange(type: TypeRef, context: TypeContext): boolean | undefined {
  const base = baseType(context.catalog, type);
  const declared = declaredType(context.catalog, base);
  if (declared !== undefined && declared.kind !== 'base') return declared.kind === 'range' && base.dimensions === 0;
  return isRecorded(context, base) ? typeFact(base.name, context.pg)?.category === 'R' : undefined;
}

/** PostgreSQL 18 wants the columns of a primary key to be NOT NULL in children that ONLY leaves out. */
function nullableInChild(node: ConstraintNode, { catalog, table, only, pg }: CommandContext): Draft | undefined {
  if (pg < 18 || !only || node.contype !== 'CONSTR_PRIMARY') return undefined;
  for (const name of strings(node.keys)) {
    const child = tables(catalog, table.children).find((one) => columnOf(one, name)?.notNull === false);
    if (child !== undefined) return fail(`column "${name}" of table "${child.name}" is not marked NOT NULL`, 'XX000');
  }
  return undefined;
}

/** The refusal of a key over a partitioned table that leaves a column of the partition key out. */
export function lacksPartitionKey(node: ConstraintNode, { kind, partitionBy }: Table, pg: number): Draft | undefined {
  if (kind !== 'partitioned' || partitionBy === undefined) return undefined;
  if (node.contype === 'CONSTR_EXCLUSION')
    return pg < 17
      ? fail('exclusion constraints are not supported on partitioned tables', '0A000')
      : lacksColumns(
          partitionBy.keys,
          exclusionElements(node).flatMap(({ name }) => name ?? []),
        );
  const what = node.contype === 'CONSTR_PRIMARY' ? 'PRIMARY KEY' : 'UNIQUE';
  if (partitionBy.keys.some(({ expression }) => expression !== undefined))
    return fail(`unsupported ${what} constraint with partition key definition`, '0A000');
  return lacksColumns(partitionBy.keys, strings(node.keys));
}

function lacksColumns(wanted: readonly IndexKey[], keys: readonly string[]): Draft | undefined {
  return wanted.some(({ column }) => column !== undefined && !keys.includes(column))
    ? fail('unique constraint on partitioned table must include all partitioning columns', '0A000')
    : undefined;
}

function usedIndexRefusal(name: string, { catalog, table }: CommandContext): Draft | undefined {
  const index = findRelationNamed(catalog, [table.schema, name]);
  if (index === undefined) return table.complete ? fail(`index "${name}" does not exist`, '42704') : undefined;
  if (!isIndex(index)) return fail(`"${name}" is not an index`, '42809');
  if (index.constraint !== undefined) return fail(`index "${name}" is already associated with a constraint`, '55000');
  if (index.table !== table.oid) return fail(`index "${name}" does not belong to table "${table.name}"`, '55000');
  if (!index.unique) return fail(`"${name}" is not a unique index`, '42809');
  if (index.keys.some(({ expression }) => expression !== undefined))
    return fail(`index "${name}" contains expressions`, '42809');
  if (index.predicate !== undefined) return fail(`"${name}" is a partial index`, '42809');
  const sorted = index.keys.findIndex(({ order }) => order !== undefined);
  if (sorted !== -1)
    return fail(`index "${name}" column number ${sorted + 1} does not have default sorting behavior`, '42809');
  return table.kind === 'partitioned'
    ? fail('ALTER TABLE / ADD CONSTRAINT USING INDEX is not supported on partitioned tables', '0A000')
    : undefined;
}

/** What ALTER TABLE does with constraints. */
export const constraintCommands: CommandTable = {
  AT_AddConstraint: addConstraint,
  AT_AlterConstraint: alterConstraint,
  AT_ValidateConstraint: validateConstraint,
  AT_DropConstraint: dropConstraint,
};
