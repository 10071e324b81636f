import { withOwnColumns } from '../catalog/alter-column.js';
import type { Column, Table } from '../catalog/catalog.js';
import type { Doomed } from '../catalog/doomed.js';
import { columnOf, descendants, tables } from '../catalog/lookup.js';
import { columnsIn } from '../catalog/mentions.js';
import { notNullOf } from '../catalog/not-null.js';
import { namesColumn, othersOf } from '../catalog/others.js';
import { type AlterTableCmd, strings } from '../sql/tree.js';
import {
  aboutColumn,
  alone,
  type CommandContext,
  type CommandTable,
  columnNamed,
  family,
  lockBelow,
  missing,
  type PredictCommand,
  recurse,
  recursive,
  rewriteStored,
  scanStored,
} from './alter-table-command.js';
import { optionNames } from './alter-table-lock.js';
import { fallOf, locksOfFall } from './cascade.js';
import { remadeForeignKeys } from './changed-foreign-key.js';
import {
  attributeOptionRefusal,
  compressionRefusal,
  defaultRefusal,
  identityTypeRefusal,
  storageRefusal,
} from './column-refusal.js';
import { all, type Draft, fail, lock, nothing } from './draft.js';
import { setNotNull } from './not-null.js';
import { lockEach, shownName, systemColumns } from './relations.js';
import { sequenceRefusal } from './sequence-options.js';

/** SET DEFAULT and DROP DEFAULT; an identity or generated column has none of its own. */
const setDefault: PredictCommand = (command, context) => {
  const column = columnNamed(context, command.name);
  if (column === undefined || column === 'missing') return recursive(command, context);
  const of = `column "${column.name}" of relation "${context.table.name}"`;
  if (column.identity !== undefined) return fail(`${of} is an identity column`, '42601');
  if (column.generated !== undefined) return fail(`${of} is a generated column`, '42601');
  const wrong = command.def && column.type && defaultRefusal(command.def, column.type, column.name, context);
  return wrong?.failure?.sure ? wrong : all(wrong, recurse(context));
};

const dropNotNull: PredictCommand = (command, context) => {
  const { table, pg, only } = context;
  const column = columnNamed(context, command.name);
  if (column === 'missing') return missing(context, command.name);
  const below = descendants(context.catalog, table);
  if (column === undefined) return recurse(context);
  const inKey = table.constraints.some(({ kind, columns }) => kind === 'primary key' && columns.includes(column.name));
  if (inKey) return fail(`column "${column.name}" is in a primary key`, '42P16');
  if (column.identity !== undefined)
    return fail(`column "${column.name}" of relation "${table.name}" is an identity column`, '42601');
  const [parent] = table.bound === undefined ? [] : tables(context.catalog, table.parents);
  if (parent !== undefined && columnOf(parent, column.name)?.notNull)
    return fail(`column "${column.name}" is marked NOT NULL in parent table`, '42P16');
  // since 18 NOT NULL is a constraint, and dropping one goes to the children that have it, ONLY or not
  const constraint = notNullOf(table, column.name);
  if (pg >= 18 && constraint?.inherited)
    return fail(`cannot drop inherited constraint "${constraint.name}" of relation "${table.name}"`, '42P16');
  if (pg >= 18) {
    if ((constraint === undefined && !column.notNull) || constraint?.noInherit) return nothing;
    // with ONLY the children keep it as one of their own, and what is below them is not touched
    return only
      ? lockEach(tables(context.catalog, table.children), context.lock, 'NOT NULL becomes its own')
      : lockBelow(context, 'NOT NULL is dropped', (child) => notNullOf(child, column.name)?.local === true);
  }
  if (only && table.kind === 'partitioned' && below.length > 0)
    return fail('cannot remove constraint from only the partitioned table when partitions exist', '42P16');
  return recurse(context);
};

const dropColumn: PredictCommand = (command, context) => {
  const { catalog, table, pg, only } = context;
  const column = columnNamed(context, command.name);
  if (command.name !== undefined && systemColumns.has(command.name))
    return fail(`cannot drop system column "${command.name}"`, '0A000');
  if (table.ofType !== undefined) return fail('cannot drop column from typed table', '42809');
  if (column === 'missing' && command.missing_ok) return nothing;
  if (column === 'missing') return missing(context, command.name);
  if (column === undefined) return recurse(context);
  if (column.inherited) return fail(`cannot drop inherited column "${column.name}"`, '42P16');
  const keyed = family(context).find((one) => inPartitionKey(one, column.name));
  if (keyed !== undefined)
    return fail(
      `cannot drop column "${column.name}" because it is part of the partition key of relation "${keyed.name}"`,
      '42P16',
    );
  if (only && table.kind === 'partitioned' && table.children.length > 0)
    return fail('cannot drop column from only the partitioned table when partitions exist', '42P16');
  const before = only ? withOwnColumns(catalog, table, column.name) : catalog;
  const fall = fallOf(before, [{ kind: 'column', table: table.oid, name: column.name }]);
  const generated = table.columns.some((other) => columnsIn(other.generated?.expression).has(column.name));
  const published = family(context).some(({ oid }) =>
    othersOf(catalog, oid).some((other) => namesColumn(other, oid, column.name)),
  );
  // a generated column went along without CASCADE before 15
  const refuses = command.behavior !== 'DROP_CASCADE' && (fall.needsCascade || published || (generated && pg >= 15));
  return all(
    refuses
      ? fail(
          `cannot drop column ${column.name} of table ${shownName(catalog, table)} because other objects depend on it`,
          '2BP01',
        )
      : nothing,
    locksOfFall(catalog, only ? fall.doomed.filter(isOutside(descendants(catalog, table))) : fall.doomed, pg),
    // with ONLY too: the children are told that the column is theirs now
    ...tables(catalog, table.children).map((child) => lock(child, context.lock, 'its parent loses a column')),
  );
};

/** Is no part of these tables: with ONLY they keep what they have from their parent. */
function isOutside(below: readonly Table[]): (doomed: Doomed) => boolean {
  const oids = new Set(below.map(({ oid }) => oid));
  return (doomed) => !('table' in doomed && oids.has(doomed.table));
}

/** Whether the table is partitioned by the column. */
export function inPartitionKey({ partitionBy }: Table, name: string): boolean {
  return (partitionBy?.keys ?? []).some(({ column, expression }) => column === name || columnsIn(expression).has(name));
}

/** Since 17 the identity of a partitioned table is that of its partitions too, so it is not changed in one place alone. */
function identityRefusal(what: IdentityForm, { table, only, pg }: CommandContext): Draft | undefined {
  if (pg < 17) return undefined;
  if (table.bound !== undefined) return fail(what.partition, '42P16');
  return only && table.kind === 'partitioned' && table.children.length > 0 ? fail(what.only, '42P16') : undefined;
}

/** The server's words for a change of an identity column that a partition, or a partitioned table alone, cannot have. */
interface IdentityForm {
  readonly partition: string;
  readonly only: string;
}

const adding: IdentityForm = {
  partition: 'cannot add identity to a column of a partition',
  only: 'cannot add identity to a column of only the partitioned table',
};
const changing: IdentityForm = {
  partition: 'cannot change identity column of a partition',
  only: 'cannot change identity column of only the partitioned table',
};
const dropping: IdentityForm = {
  partition: 'cannot drop identity from a column of a partition',
  only: 'cannot drop identity from a column of only the partitioned table',
};

function identityBelow(context: CommandContext): Draft {
  return context.pg >= 17 && context.table.kind === 'partitioned' ? recurse(context) : nothing;
}

/** Whether the history shows more of a column than its name. */
function isShown({ type }: Column, { table }: CommandContext): boolean {
  return table.complete || type !== undefined;
}

const addIdentity: PredictCommand = (command, context) => {
  const refusal = identityRefusal(adding, context);
  if (refusal !== undefined) return refusal;
  const column = columnNamed(context, command.name);
  if (column === 'missing') return missing(context, command.name);
  if (column === undefined) return identityBelow(context);
  const of = `column "${column.name}" of relation "${context.table.name}"`;
  const wrong = identityTypeRefusal(column.type);
  if (wrong !== undefined) return wrong;
  if (!column.notNull)
    return fail(`${of} must be declared NOT NULL before identity can be added`, '55000', isShown(column, context));
  if (column.identity !== undefined) return fail(`${of} is already an identity column`, '55000');
  if (column.default !== undefined) return fail(`${of} already has a default value`, '55000');
  const { options } = command.def !== undefined && 'Constraint' in command.def ? command.def.Constraint : {};
  return sequenceRefusal(options, undefined) ?? identityBelow(context);
};

const changeIdentity: PredictCommand = (command, context) => {
  const drops = command.subtype === 'AT_DropIdentity';
  const refusal = identityRefusal(drops ? dropping : changing, context);
  if (refusal !== undefined) return refusal;
  const column = columnNamed(context, command.name);
  if (column === 'missing') return missing(context, command.name);
  // options of the sequence are the sequence's alone
  const below = drops || setsGenerated(command) ? identityBelow(context) : nothing;
  if (column === undefined) return below;
  if (column.identity !== undefined) return changedNumbers(command, column, context) ?? below;
  if (command.missing_ok) return nothing;
  const message = `column "${column.name}" of relation "${context.table.name}" is not an identity column`;
  return fail(message, '55000', isShown(column, context));
};

/** What the options make of the sequence of a column. */
function changedNumbers({ def }: AlterTableCmd, { sequence: oid }: Column, { catalog }: CommandContext) {
  const sequence = oid === undefined ? undefined : catalog.relations.get(oid);
  const options = def !== undefined && 'List' in def ? def.List.items : undefined;
  return sequence?.kind === 'sequence' ? sequenceRefusal(options, sequence) : undefined;
}

function setsGenerated({ def }: AlterTableCmd): boolean {
  const options = def !== undefined && 'List' in def ? (def.List.items ?? []) : [];
  return options.some((option) => 'DefElem' in option && option.DefElem.defname === 'generated');
}

const setExpression: PredictCommand = (command, context) => {
  const { table } = context;
  const column = columnNamed(context, command.name);
  if (column === 'missing') return missing(context, command.name);
  const why = 'the generated column is computed anew for every row';
  if (column === undefined) {
    const unknown = `${why} (the history does not show whether it is stored)`;
    return all(recurse(context), ...family(context).map((one) => rewriteStored(one, context, unknown, false)));
  }
  if (column.generated === undefined) {
    const message = `column "${column.name}" of relation "${table.name}" is not a generated column`;
    return fail(message, '55000', isShown(column, context));
  }
  if (column.generated.kind === 'stored')
    return all(recurse(context), ...family(context).map((one) => recomputed(one, column, why, context)));
  if (table.constraints.some(({ kind }) => kind === 'check'))
    return fail(
      'ALTER TABLE / SET EXPRESSION is not supported for virtual generated columns in tables with check constraints',
      '0A000',
    );
  const scans = column.notNull
    ? family(context).map((one) => scanStored(one, context, 'NOT NULL is verified for the new expression'))
    : [];
  return all(recurse(context), ...scans);
};

/** The rows are written anew, and what depends on the column is made again as on another type (RememberAllDependentForRebuilding). */
function recomputed(table: Table, { name }: Column, why: string, context: CommandContext): Draft {
  const column = columnOf(table, name);
  const conversion = { rewrites: true, why, sure: true };
  const keys =
    column?.type === undefined
      ? nothing
      : remadeForeignKeys({ table, column, type: column.type, collation: column.collation, conversion }, true, context);
  return all(rewriteStored(table, context, why), keys);
}

const dropExpression: PredictCommand = (command, context) => {
  const { table, pg, only } = context;
  const column = columnNamed(context, command.name);
  if (column === 'missing') return missing(context, command.name);
  if (only && table.children.length > 0)
    return fail('ALTER TABLE / DROP EXPRESSION must be applied to child tables too', '0A000');
  if (column === undefined) return recurse(context);
  if (column.inherited) return fail('cannot drop generation expression from inherited column', '42P16');
  if (column.generated?.kind === 'virtual')
    return fail('ALTER TABLE / DROP EXPRESSION is not supported for virtual generated columns', '0A000');
  if (column.generated === undefined && !command.missing_ok) {
    const what = pg < 18 ? 'a stored generated column' : 'a generated column';
    const message = `column "${column.name}" of relation "${table.name}" is not ${what}`;
    return fail(message, '55000', isShown(column, context));
  }
  return recurse(context);
};

/** A column of a table has a name; the keys of an index have numbers. */
const setStatistics: PredictCommand = (command, context) =>
  command.name === undefined
    ? fail('cannot refer to non-index column by number', '0A000')
    : recursive(command, context);

const setStorage: PredictCommand = (command, context) =>
  ofType(command, context, storageRefusal) ?? recursive(command, context);

const setCompression: PredictCommand = (command, context) =>
  all(ofType(command, context, compressionRefusal), aboutColumn(command, context));

/** What the column's type refuses of a setting that is one word. */
function ofType(
  { def, name }: AlterTableCmd,
  context: CommandContext,
  refusal: typeof storageRefusal,
): Draft | undefined {
  const [word] = def === undefined ? [] : strings([def]);
  const column = columnNamed(context, name);
  return word === undefined || column === 'missing' ? undefined : refusal(word, column?.type, context);
}

const setAttributes: PredictCommand = (command, context) =>
  attributeOptionRefusal(optionNames(command.def)) ?? aboutColumn(command, context);

/** What ALTER TABLE does to a column, but for adding it and changing its type. */
export const columnCommands: CommandTable = {
  AT_ColumnDefault: setDefault,
  AT_DropNotNull: dropNotNull,
  AT_SetNotNull: (command: AlterTableCmd, context) => setNotNull(command.name, context),
  AT_SetExpression: setExpression,
  AT_DropExpression: dropExpression,
  AT_SetStatistics: setStatistics,
  AT_SetOptions: setAttributes,
  AT_ResetOptions: aboutColumn,
  AT_SetStorage: setStorage,
  AT_SetCompression: setCompression,
  AT_DropColumn: dropColumn,
  AT_AddIdentity: addIdentity,
  AT_SetIdentity: changeIdentity,
  AT_DropIdentity: changeIdentity,
  AT_AlterColumnGenericOptions: alone,
};
