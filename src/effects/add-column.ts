import type { Table, TypeRef } from '../catalog/catalog.js';
import { foldAttributes, tableConstraints } from '../catalog/column-definition.js';
import { columnOf, isTable } from '../catalog/lookup.js';
import { serialType, typeRef } from '../catalog/type-ref.js';
import type { ColumnDef, Constraint as ConstraintNode, ConstrType, Node } from '../sql/tree.js';
import { isNullConstant } from '../sql/values.js';
import { functionCalls } from '../sql/walk.js';
import {
  type CommandContext,
  family,
  type PredictCommand,
  recurse,
  rewriteStored,
  scanStored,
} from './alter-table-command.js';
import { uncollatable, unknownCollation } from './collation.js';
import { columnRefusal } from './column-refusal.js';
import { addTableConstraint, buildEach } from './constraints.js';
import { domainValueRefusal } from './domain-value.js';
import { all, type Draft, fail, nothing } from './draft.js';
import { addForeignKey, type Verification } from './foreign-key.js';
import { sizeRefusal } from './literal-refusal.js';
import { newIndexes, shownName } from './relations.js';
import { rowTypeUser } from './row-type.js';
import { defaultOfDomain, domainOf, isConstrained, isSameType } from './types.js';
import { isUnknownType, unknownTypeName } from './unknown-type.js';
import { isUnknownFunction, unknownFunction, volatility } from './volatility.js';

/** A column as ADD COLUMN defines it. */
interface NewColumn {
  readonly name: string;
  readonly type: TypeRef | undefined;
  readonly definition: ColumnDef;
  readonly constraints: readonly ConstraintNode[];
  readonly has: (type: ConstrType) => boolean;
  /** The expression of DEFAULT. */
  readonly default: Node | undefined;
  /** The rows get something else than NULL. */
  readonly filled: boolean;
}

/**
 * ADD COLUMN. A value that is the same for every row is kept once, beside the rows; where each row gets one of its own the table is
 * written anew. Constraints that stand with the column are checked as if they were added by themselves.
 */
export const addColumn: PredictCommand = ({ def, missing_ok }, context) => {
  if (def === undefined || !('ColumnDef' in def)) return nothing;
  const column = newColumn(def.ColumnDef, context);
  const { table } = context;
  if (table.bound !== undefined) return fail('cannot add column to a partition', '42809');
  if (columnOf(table, column.name) !== undefined)
    return missing_ok ? nothing : fail(`column "${column.name}" of relation "${table.name}" already exists`, '42701');
  const refusal =
    columnRefusal({ node: column.definition, type: column.type, constraints: column.constraints }, table, context) ??
    refusalOf(column, context);
  if (refusal?.failure?.sure) return refusal;
  return all(
    refusal,
    // a child that has the column already keeps it, for its parent too, and what is below it is not asked
    recurse(context, undefined, (child) => columnOf(child, column.name) !== undefined),
    unknownNames(column, context),
    fill(column, context),
    ...constraintsOf(column, context),
    nulls(column, context),
    unknownCollation(def.ColumnDef.collClause, context.catalog),
    uncollatable(def.ColumnDef.collClause, column.type, context),
  );
};

function newColumn(definition: ColumnDef, { catalog }: CommandContext): NewColumn {
  const constraints = foldAttributes(definition.constraints ?? []);
  const has = (type: ConstrType) => constraints.some(({ contype }) => contype === type);
  const serial = serialType(definition.typeName);
  const type = serial ?? typeRef(catalog, definition.typeName);
  const given = constraints.find(({ contype }) => contype === 'CONSTR_DEFAULT')?.raw_expr;
  const byType = given === undefined && type !== undefined ? defaultOfDomain(catalog, type) : undefined;
  const own = serial !== undefined || has('CONSTR_IDENTITY') || has('CONSTR_GENERATED');
  const filled = own || (given !== undefined && !isNullConstant(given)) || byType !== undefined;
  return { name: definition.colname ?? '', type, definition, constraints, has, default: given ?? byType, filled };
}

function refusalOf(column: NewColumn, context: CommandContext): Draft | undefined {
  const { table, only, pg, catalog } = context;
  if (table.ofType !== undefined) return fail('cannot add column to typed table', '42809');
  const children = table.children.length > 0;
  if (only && children) return fail('column must be added to child tables too', '42P16');
  if (column.has('CONSTR_IDENTITY') && children && (pg < 17 || table.kind !== 'partitioned'))
    return fail('cannot recursively add identity column to table that has child tables', '42P16');
  for (const child of family(context)) {
    const known = columnOf(child, column.name)?.type;
    if (known !== undefined && column.type !== undefined && !isSameType(known, column.type))
      return fail(`child table "${child.name}" has different type for column "${column.name}"`, '42804');
  }
  const long = column.type && sizeRefusal(column.default, column.type, context);
  if (long !== undefined && family(context).some(({ kind }) => kind === 'table')) return long;
  if (column.type?.oid === table.oid)
    return fail(`composite type ${table.name} cannot be made a member of itself`, '42P16');
  const user = column.filled ? rowTypeUser(catalog, table) : undefined;
  return user === undefined
    ? undefined
    : fail(`cannot alter table "${table.name}" because column "${user}" uses its row type`, '0A000');
}

/** A type or function that nothing shows may come from elsewhere, or not exist. */
function unknownNames(column: NewColumn, context: CommandContext): Draft {
  const { type, definition } = column;
  const lacking = type === undefined ? nothing : unknownTypeName(definition.typeName, type, context);
  if (lacking.failure !== undefined) return lacking;
  const unknown = functionCalls({ default: column.default }).find((call) => isUnknownFunction(call.name, context));
  return unknown === undefined ? nothing : unknownFunction(unknown);
}

/** Whether every row gets a value of its own, so that the table is written anew. */
function fill(column: NewColumn, context: CommandContext): Draft {
  const { sure, why } = ownValues(column, context) ?? { sure: true, why: undefined };
  if (why === undefined) return nothing;
  const fresh = family(context).filter((one) => columnOf(one, column.name) === undefined);
  return all(...fresh.map((one) => rewriteStored(one, context, why, sure)));
}

function ownValues(column: NewColumn, context: CommandContext): { sure: boolean; why: string } | undefined {
  const { type, name } = column;
  const generated = column.constraints.find(({ contype }) => contype === 'CONSTR_GENERATED');
  if (serialType(column.definition.typeName) !== undefined || column.has('CONSTR_IDENTITY'))
    return { sure: true, why: `every row gets a number from the sequence of ${name}` };
  if (generated !== undefined && generated.generated_kind !== 'v')
    return { sure: true, why: `the generated column ${name} is computed for every row` };
  if (type !== undefined && isConstrained(context.catalog, type) && generated === undefined)
    return { sure: true, why: `every value of ${name} has to pass the constraints of the domain ${type.name}` };
  const result = volatility(column.default, context);
  if (result.volatile) return { sure: result.sure, why: `every row gets a default of its own: ${result.why}` };
  return mayBeDomain(column, context)
    ? { sure: false, why: `the history does not show whether ${type?.name ?? 'the type'} is a domain with constraints` }
    : undefined;
}

/** A type that is not known may be a domain; an array or a type with modifiers is none. */
function mayBeDomain({ type, definition }: NewColumn, context: CommandContext): boolean {
  if (definition.typeName?.pct_type) return type === undefined;
  if (type === undefined || type.dimensions > 0 || (definition.typeName?.typmods ?? []).length > 0) return false;
  return isUnknownType(type, context);
}

/** Whether the history shows a row that will have the column. */
function isInhabited({ table }: CommandContext): boolean {
  return table.inhabited && table.complete;
}

/** NOT NULL on a column that nothing fills fails on the first row. */
function nulls(column: NewColumn, context: CommandContext): Draft {
  const demanding = column.filled || column.type === undefined ? undefined : notNullDomain(column.type, context);
  if (demanding !== undefined) {
    return fail(`domain ${demanding} does not allow null values`, '23502', isInhabited(context));
  }
  const given = column.filled && column.default !== undefined ? column.default : undefined;
  const broken = given && column.type && domainValueRefusal(given, column.type, context, isInhabited(context));
  if (broken !== undefined) return broken;
  const virtual = column.constraints.some(({ generated_kind }) => generated_kind === 'v');
  const notNull = column.has('CONSTR_NOTNULL') || column.has('CONSTR_PRIMARY');
  if (!notNull || (column.filled && !virtual)) return nothing;
  const each = family(context).filter(({ kind }) => kind === 'table');
  const scans = each.map((one) => scanStored(one, context, `the rows are searched for nulls in ${column.name}`));
  if (virtual) return all(...scans);
  const inhabited = each.find((one) => one.inhabited) ?? (context.table.inhabited ? each[0] : undefined);
  const first = inhabited ?? each.find((one) => one.filled) ?? each[0];
  return all(
    ...scans,
    first === undefined
      ? nothing
      : fail(
          `column "${column.name}" of relation "${shownName(context.catalog, first)}" contains null values`,
          '23502',
          inhabited !== undefined && context.table.complete,
        ),
  );
}

/** The domain, of those that a type is made of, that is NOT NULL. */
function notNullDomain(type: TypeRef, context: CommandContext): string | undefined {
  const domain = domainOf(context.catalog, type);
  if (domain === undefined) return undefined;
  return domain.notNull ? domain.name : notNullDomain(domain.base, context);
}

const ownIndex: ReadonlySet<ConstrType | undefined> = new Set<ConstrType>(['CONSTR_PRIMARY', 'CONSTR_UNIQUE']);

function constraintsOf(column: NewColumn, context: CommandContext): readonly Draft[] {
  const added = tableConstraints(column.name, column.constraints);
  const now = context.after.relations.get(context.table.oid);
  // the constraints see the column, which is there by then; the catalog before the command has to name the new indexes
  const table: Table =
    now !== undefined && isTable(now) ? { ...now, constraints: context.table.constraints } : context.table;
  const inside: CommandContext = { ...context, table };
  const drafts = added.map((node): Draft => {
    if (node.contype === 'CONSTR_NOTNULL') return nothing;
    if (node.contype === 'CONSTR_FOREIGN') return addForeignKey(node, inside, verificationOf(column));
    if (!ownIndex.has(node.contype)) return addTableConstraint(node, inside);
    const { failure } = addTableConstraint(node, inside);
    return failure === undefined ? nothing : { effects: [], failure };
  });
  const built = buildEach(newIndexes(context.catalog, context.after), context);
  // nulls are not equal to each other
  return [...drafts, column.filled ? built : { effects: built.effects }];
}

/** A foreign key over nulls alone holds; DEFAULT NULL, the parser does not know for one, so the rows are looked through. */
function verificationOf(column: NewColumn): Verification {
  if (column.default !== undefined && isNullConstant(column.default)) return 'referencing side';
  const isGiven = column.constraints.some(({ contype }) => contype === 'CONSTR_DEFAULT');
  const own = column.has('CONSTR_IDENTITY') || column.has('CONSTR_GENERATED');
  return isGiven || own || serialType(column.definition.typeName) !== undefined ? 'both sides' : 'none';
}
