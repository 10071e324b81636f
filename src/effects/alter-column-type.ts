import type { Column, Constraint, Table, TypeRef } from '../catalog/catalog.js';
import { policiesReading, rulesReading } from '../catalog/doomed.js';
import { placeIn } from '../catalog/expression-type.js';
import { columnOf, dependentsOf } from '../catalog/lookup.js';
import { columnsIn } from '../catalog/mentions.js';
import { namesColumn, othersOf } from '../catalog/others.js';
import { serialType, typeRef } from '../catalog/type-ref.js';
import type { AlterTableCmd, CollateClause, ColumnDef, Node, TypeName } from '../sql/tree.js';
import { inPartitionKey } from './alter-table-column.js';
import {
  type CommandContext,
  columnNamed,
  family,
  missing,
  type PredictCommand,
  type PrepareCommand,
  recurse,
  rewriteStored,
  scanStored,
} from './alter-table-command.js';
import { remadeForeignKeys } from './changed-foreign-key.js';
import { type Change, collationOf, indexRefusals, rebuiltIndexes } from './changed-index.js';
import { uncollatable } from './collation.js';
import { comparisonRefusal, notBoolean } from './comparison-refusal.js';
import { conversionOf, typeOfDefault } from './conversion.js';
import { all, type Draft, fail, nothing, unsure } from './draft.js';
import { expressionKinds } from './expression-refusal.js';
import { typeFact } from './facts.js';
import { mutability } from './mutable.js';
import { builtIndexes } from './relations.js';
import { rowTypeUser } from './row-type.js';
import { storedRefusal } from './stored-expression.js';
import { typeName } from './type-name.js';
import { baseType, convert, domainsOf, isKnownType, isRecorded, isSameType, type NoCast } from './types.js';
import { unknownTypeName } from './unknown-type.js';
import { domainViolated, notConvertible } from './violation.js';

/** What shows before any command of the statement is carried out (ATPrepAlterColumnType): the type, USING, the casts. */
export const prepareColumnType: PrepareCommand = (command, context) => {
  const read = readCommand(command, context);
  return read && refusedAtFirst(read, partsOf(read, context), context);
};

function refusedAtFirst(
  { column, type, typeName: written, using, collation }: Retyping,
  parts: readonly (Change | Draft)[],
  context: CommandContext,
): Draft | undefined {
  if (serialType(written) !== undefined && !isKnownType(context, type))
    return fail(`type "${type.name}" does not exist`, '42704');
  const wrong = usingRefusal(using, context) ?? uncollatable(collation, type, context);
  if (wrong !== undefined) return wrong;
  const prepared = preparedRefusal(column, context);
  if (prepared !== undefined) return (using && wrongUsing(column, type, using, context)) ?? prepared;
  // that there is no such cast shows before anything is looked at that uses the column
  return parts.flatMap((part) => ('effects' in part ? part : [])).find(({ failure }) => failure?.sure);
}

/**
 * ALTER COLUMN TYPE. The rows are written anew unless the planner proves that they stay as they are stored. Even then, checks of the column are
 * verified again, and indexes are built again unless their operator class and collation stay.
 */
export const alterColumnType: PredictCommand = (command, context) => {
  const { name, def } = command;
  if (columnNamed(context, name) === 'missing') return missing(context, name);
  if (def === undefined || !('ColumnDef' in def)) return nothing;
  const read = readCommand(command, context);
  if (read === undefined) return unknownType(name, context);
  const { start, table } = context;
  const [first, now] = [start, table].map((one) => columnOf(one, name)?.type);
  if (first !== undefined && now !== undefined && !isSameType(first, now))
    return fail(`cannot alter type of column "${name}" twice`, '0A000');
  const parts = partsOf(read, context);
  const refused = refusedAtFirst(read, parts, context) ?? refusalOf(read.column, read.type, context);
  const unknown = unknownTypeName(read.typeName, read.type, context);
  // a type that is not there is missed first
  if (refused?.failure?.sure)
    return unknown.failure === undefined ? refused : all(unknown, unsure(refused, 'if there is the type'));
  return all(
    refused,
    unknown,
    recurse(context),
    ...parts.map((part) => ('effects' in part ? part : all(changeOne(part, context), wrongLength(part, read.using)))),
  );
};

/** A column and what becomes of it. */
interface Retyping {
  readonly column: Column;
  readonly type: TypeRef;
  readonly typeName: TypeName | undefined;
  readonly using: Node | undefined;
  readonly collation: CollateClause | undefined;
  readonly definition: ColumnDef;
}

/** Undefined where there is no such column, or the type is that of a column which the history does not show. */
function readCommand({ name, def }: AlterTableCmd, context: CommandContext): Retyping | undefined {
  if (def === undefined || !('ColumnDef' in def)) return undefined;
  const { typeName, raw_default: using, collClause: collation } = def.ColumnDef;
  const found = columnNamed(context, name);
  const type = typeRef(context.catalog, typeName);
  if (found === 'missing' || type === undefined) return undefined;
  return { column: found ?? unknownColumn(name), type, typeName, using, collation, definition: def.ColumnDef };
}

/** The column in the table and in all below it: how its values are converted, or why they cannot be. */
function partsOf(read: Retyping, context: CommandContext): readonly (Change | Draft)[] {
  const { column, type, using, definition } = read;
  return family(context).flatMap((table): readonly (Change | Draft)[] => {
    const own = columnOf(table, column.name) ?? (table === context.table ? column : undefined);
    if (own === undefined) return [];
    const conversion = conversionOf(table, own, type, using, context);
    if ('noCast' in conversion) return [noCast(conversion.noCast, column.name, using !== undefined, context)];
    return [{ table, column: own, type, collation: collationOf(definition, type, context), conversion }];
  });
}

/** A cast that USING asks for and that there is not: it shows when the statement is read, before the table is looked at. */
function wrongUsing(column: Column, type: TypeRef, using: Node, context: CommandContext): Draft | undefined {
  const conversion = conversionOf(context.table, column, type, using, context);
  if (!('noCast' in conversion) || conversion.noCast.how !== 'explicit') return undefined;
  return noCast(conversion.noCast, column.name, true, context);
}

/** What the server refuses in USING before it looks at a row. */
function usingRefusal(using: Node | undefined, context: CommandContext): Draft | undefined {
  return storedRefusal(using, expressionKinds.transform, placeIn(context.start, context.catalog), context);
}

function noCast({ how, from, to }: NoCast['noCast'], column: string, using: boolean, context: CommandContext): Draft {
  const type = typeName(context.catalog, to);
  if (how === 'explicit') return fail(`cannot cast type ${typeName(context.catalog, from)} to ${type}`, '42846');
  const message = using
    ? `result of USING clause for column "${column}" cannot be cast automatically to type ${type}`
    : `column "${column}" cannot be cast automatically to type ${type}`;
  return fail(message, '42804');
}

/** A column of a table that the history does not show in full. */
function unknownColumn(name = ''): Column {
  return { name, type: undefined, notNull: false, inherited: false, born: -1 };
}

/** The type is that of a column (%TYPE) which the history does not show. */
function unknownType(name: string | undefined, context: CommandContext): Draft {
  const why = `every value of ${name} may have to be converted (the history does not show the new type)`;
  return all(recurse(context), ...family(context).map((table) => rewriteStored(table, context, why, false)));
}

/** What ATPrepAlterColumnType refuses. */
function preparedRefusal(column: Column, context: CommandContext): Draft | undefined {
  const { table, only } = context;
  if (table.ofType !== undefined) return fail('cannot alter column type of typed table', '42809');
  if (column.inherited) return fail(`cannot alter inherited column "${column.name}"`, '42P16');
  const keyed = family(context).find((one) => inPartitionKey(one, column.name));
  if (keyed !== undefined)
    return fail(
      `cannot alter column "${column.name}" because it is part of the partition key of relation "${keyed.name}"`,
      '42P16',
    );
  if (only && table.children.length > 0)
    return fail(`type of inherited column "${column.name}" must be changed in child tables too`, '42P16');
  return undefined;
}

/** What ATExecAlterColumnType refuses. */
function refusalOf(column: Column, type: TypeRef, context: CommandContext): Draft | undefined {
  const { catalog, table } = context;
  if (column.identity !== undefined && !['int2', 'int4', 'int8'].includes(type.name))
    return fail('identity column type must be smallint, integer, or bigint', '22023');
  const given = typeOfDefault(column, context);
  if (given !== undefined && 'noCast' in convert({ type: given, fate: 'kept' }, type, context, 'assignment'))
    return fail(
      `default for column "${column.name}" cannot be cast automatically to type ${typeName(catalog, type)}`,
      '42804',
    );
  const user = rowTypeUser(catalog, table);
  if (user !== undefined)
    return fail(`cannot alter table "${table.name}" because column "${user}" uses its row type`, '0A000');
  return family(context)
    .map((one) => usedBy(one, column.name, context))
    .find((draft) => draft !== undefined);
}

/** What PostgreSQL cannot adapt to another type (RememberAllDependentForRebuilding). */
function usedBy(table: Table, name: string, { catalog, pg }: CommandContext): Draft | undefined {
  if (policiesReading(catalog, table, name).length > 0)
    return fail('cannot alter type of a column used in a policy definition', '0A000');
  for (const oid of dependentsOf(catalog, table.oid)) {
    const reader = catalog.relations.get(oid) ?? catalog.routines.get(oid);
    if (reader === undefined || !('reads' in reader)) continue;
    const read = reader.reads.find(
      ({ relation, columns }) => relation === table.oid && (columns === '*' || columns.includes(name)),
    );
    if (read === undefined) continue;
    const by =
      reader.kind === 'view' || reader.kind === 'materialized view' ? 'a view or rule' : 'a function or procedure';
    return fail(`cannot alter type of a column used by ${by}`, '0A000', read.columns !== '*');
  }
  if (table.triggers.some(({ columns }) => columns.includes(name)))
    return fail('cannot alter type of a column used in a trigger definition', '0A000');
  if (table.policies.some(({ columns }) => columns.includes(name)))
    return fail('cannot alter type of a column used in a policy definition', '0A000');
  if (table.columns.some(({ generated }) => columnsIn(generated?.expression).has(name)))
    return usedByGenerated(table, pg);
  if (othersOf(catalog, table.oid).some((other) => namesColumn(other, table.oid, name)))
    return fail('cannot alter type of a column used by a publication WHERE clause', '0A000');
  if (table.rules.some(({ columns }) => columns.includes(name)) || rulesReading(catalog, table, name).length > 0)
    return fail('cannot alter type of a column used by a view or rule', '0A000');
  // what the actions of a rule read besides the rows is not followed
  return table.rules.length > 0
    ? fail('cannot alter type of a column used by a view or rule', '0A000', false)
    : undefined;
}

/** The same refusal under three codes; partitioned tables before 15 stumble over it elsewhere. */
function usedByGenerated({ kind }: Table, pg: number): Draft {
  const code = pg >= 15 ? '0A000' : kind === 'partitioned' ? 'XX000' : '42601';
  return fail('cannot alter type of a column used by a generated column', code);
}

function changeOne(change: Change, context: CommandContext): Draft {
  const { table, column, conversion } = change;
  // the values of a virtual column are stored nowhere
  const rewrites = conversion.rewrites && column.generated?.kind !== 'virtual';
  return all(
    rewrites ? rewriteStored(table, context, conversion.why, conversion.sure) : nothing,
    // where a rewrite is not certain, what would be done without one is told too
    ...(rewrites && conversion.sure ? indexRefusals(change, context) : rebuiltIndexes(change, context)),
    ...checksOf(change, context),
    incomparable(change, context),
    noCondition(change, context),
    unsettled(change, context),
    remadeForeignKeys(change, rewrites, context),
    ...(rewrites ? [unfitValues(change, context)] : []),
  );
}

/** The table with the column as it will be. */
function retyped({ table, column, type }: Change): Table {
  return { ...table, columns: table.columns.map((one) => (one.name === column.name ? { ...one, type } : one)) };
}

/** A comparison in an index or a CHECK of the table that the new type does not have. */
function incomparable(change: Change, context: CommandContext): Draft | undefined {
  const { table, column } = change;
  const now = retyped(change);
  const expressions = [
    ...builtIndexes(context.catalog, table).flatMap(({ predicate, keys }) => [
      ...keys.map(({ expression }) => expression),
      predicate,
    ]),
    ...table.constraints.map(({ expression }) => expression),
  ];
  return expressions
    .filter((expression) => columnsIn(expression).has(column.name))
    .map((expression) => comparisonRefusal(expression, now, context, table))
    .find((refusal) => refusal !== undefined);
}

/** The predicate of an index or a CHECK that is no condition any more: the column that it names alone was boolean. */
function noCondition(change: Change, context: CommandContext): Draft | undefined {
  const { table, column } = change;
  const place = placeIn(retyped(change), context.catalog);
  const predicates = builtIndexes(context.catalog, table).flatMap(({ predicate }) => predicate ?? []);
  const checks = table.constraints.flatMap(({ kind, expression }) => (kind === 'check' ? (expression ?? []) : []));
  const uses = (expression: Node) => columnsIn(expression).has(column.name);
  const wrong = (where: string) => (expression: Node) => notBoolean(expression, where, place, context);
  return [...predicates.filter(uses).map(wrong('WHERE')), ...checks.filter(uses).map(wrong('CHECK'))].find(Boolean);
}

/** A key or the predicate of an index which the new type makes depend on more than the row: dates cut off by the time zone. */
function unsettled(change: Change, context: CommandContext): Draft | undefined {
  const { table, column } = change;
  const now = retyped(change);
  const mutable = builtIndexes(context.catalog, table)
    .flatMap(({ predicate, keys }) => [...keys.map(({ expression }) => expression), predicate])
    .filter((expression) => columnsIn(expression).has(column.name))
    .some((expression) => mutability(expression, context, now) === 'mutable');
  return mutable ? fail('functions in index expression must be marked IMMUTABLE', '42P17') : undefined;
}

function unfitValues({ table, column, type }: Change, context: CommandContext): Draft {
  const { catalog, pg } = context;
  const isText = (one: TypeRef) => typeFact(one.name, pg)?.category === 'S' && isRecorded(context, one);
  return all(
    ...domainsOf(catalog, type).map((domain) => domainViolated(table, domain)),
    column.type && notConvertible(table, baseType(catalog, column.type), baseType(catalog, type), isText),
  );
}

/** Values of bit(n) have exactly n bits, so none of them fits another length; a cast in USING cuts or fills them. */
function wrongLength({ table, column, type }: Change, using: Node | undefined): Draft {
  if (using !== undefined && !('ColumnRef' in using)) return nothing;
  const [from] = column.type?.modifiers ?? [];
  const [to] = type.modifiers;
  if (column.type?.name !== 'bit' || type.name !== 'bit' || type.dimensions > 0 || from === to) return nothing;
  return fail(`bit string length ${from} does not match type bit(${to})`, '22026', table.inhabited && table.complete);
}

function checksOf({ table, column }: Change, context: CommandContext): readonly Draft[] {
  return table.constraints
    .filter(
      ({ kind, validated, enforced, expression }) =>
        kind === 'check' && validated && enforced && columnsIn(expression).has(column.name),
    )
    .filter((check) => !check.inherited || isValidAbove(check, context))
    .map(({ name }) => scanStored(table, context, `the CHECK ${name} is verified again`));
}

/** What a child has from the table is made again as the table has it, NOT VALID if that is how it is there. */
function isValidAbove({ name }: Constraint, { table }: CommandContext): boolean {
  return table.constraints.find((constraint) => constraint.name === name)?.validated !== false;
}
