import type { Column, Table, TypeRef } from './catalog/catalog.js';
import { columnOf, indexesOf, isTable, relationByName, settings } from './catalog/lookup.js';
import { columnsIn, columnsOfIndex } from './catalog/mentions.js';
import { typeRef } from './catalog/type-ref.js';
import { isUtc } from './effects/facts.js';
import { next, secondColumn } from './recipes.js';
import type { Step } from './rule.js';
import { quoteIdentifier } from './sql/names.js';
import { type Node, strings } from './sql/tree.js';
import { constantText } from './sql/values.js';
import { alteredTable } from './wording.js';

/** A type change that is to be reached without writing the table anew, with what decides which way there is. */
interface Change {
  readonly step: Step<'AT_AlterColumnType'>;
  readonly table: Table;
  readonly column: Column;
  readonly from: TypeRef;
  readonly to: TypeRef;
  readonly using: Node | undefined;
}

/** SQL that brings a column to another type, or as near as can be, while the application runs. */
export function typeRecipe(step: Step<'AT_AlterColumnType'>): string {
  const change = changeOf(step);
  return (change && (alreadyThere(change) ?? inUtc(change) ?? byCheck(change))) ?? byNewColumn(step);
}

function changeOf(step: Step<'AT_AlterColumnType'>): Change | undefined {
  const { node, before, relation = '' } = step;
  const table = relationByName(before, relation);
  const column = columnOf(table, node.name);
  const definition = node.def !== undefined && 'ColumnDef' in node.def ? node.def.ColumnDef : undefined;
  const to = typeRef(before, definition?.typeName);
  if (table === undefined || !isTable(table) || column?.type === undefined || to === undefined) return undefined;
  return { step, table, column, from: column.type, to, using: definition?.raw_default };
}

/** A timestamptz whose values USING takes to UTC and the assignment back: the rows are written anew with what they hold. */
function alreadyThere({ step, column, from, to, using }: Change): string | undefined {
  const { session, before } = step;
  const isInUtc = isUtc(settings(before).timezone ?? session.settings.timezone ?? '');
  const isSame = from.name === 'timestamptz' && to.name === from.name && from.modifiers.join() === to.modifiers.join();
  if (!isSame || from.dimensions + to.dimensions > 0 || !isInUtc || using === undefined || !isAtUtc(using, column.name))
    return undefined;
  return `Leave it out: ${column.name} is timestamptz already, and in UTC every value stays what it is.`;
}

/** Between timestamp and timestamptz nothing is converted where the session's TimeZone is UTC (ATColumnChangeRequiresRewrite). */
function inUtc({ step, table, column, from, to, using }: Change): string | undefined {
  const { name } = column;
  const isPair = new Set([from.name, to.name, 'timestamp', 'timestamptz']).size === 2 && from.name !== to.name;
  // a precision would be applied to every value
  const isPlain = from.dimensions + to.dimensions === 0 && to.modifiers.length === 0;
  if (!isPair || !isPlain || !(using === undefined || isAtUtc(using, name))) return undefined;
  const depends =
    indexesOf(step.before, table).some((index) => columnsOfIndex(index).has(name)) ||
    table.constraints.some(({ columns, expression }) => columns.includes(name) || columnsIn(expression).has(name));
  // an index on it would be built anew, a CHECK verified
  if (depends) return undefined;
  const [set, reset] = step.session.inTransaction ? ['set local', ''] : ['set', '\nreset timezone;'];
  const condition = using === undefined ? ` -- if the times without a zone are those of UTC` : '';
  return `${set} timezone = 'UTC';${condition}\nalter table ${alteredTable(step.statement)} alter column ${quoteIdentifier(name)} type ${to.name};${reset}`;
}

/** `column at time zone 'utc'`. */
function isAtUtc(using: Node, column: string): boolean {
  if (!('FuncCall' in using) || strings(using.FuncCall.funcname).at(-1) !== 'timezone') return false;
  const [zone, value] = using.FuncCall.args ?? [];
  const text = constantText(zone);
  if (text === undefined || !isUtc(text) || value === undefined || !('ColumnRef' in value)) return false;
  return strings(value.ColumnRef.fields).at(-1) === column;
}

/** Where only the length is to be limited, a CHECK limits it as well, and it can be validated without blocking. */
function byCheck({ step, column, from, to, using }: Change): string | undefined {
  const [length] = to.modifiers;
  const isText = (from.name === 'text' || from.name === 'varchar') && from.dimensions + to.dimensions === 0;
  if (!isText || to.name !== 'varchar' || length === undefined || using !== undefined) return undefined;
  const table = alteredTable(step.statement);
  const constraint = quoteIdentifier(`${column.name}_length`);
  return `-- the column keeps its type, and a CHECK limits the length as well
alter table ${table} add constraint ${constraint} check (length(${quoteIdentifier(column.name)}) <= ${length}) not valid;
${next}
alter table ${table} validate constraint ${constraint};`;
}

/** A column of the new type beside the old one. */
export function byNewColumn({ node, statement }: Step<'AT_AlterColumnType'>): string {
  const type = /\btype\s+(.+?)(?:\s+using\b.*)?$/is.exec(statement.text)?.[1] ?? '…';
  return secondColumn(alteredTable(statement), node.name ?? '', `${node.name}_new`, type);
}
