import type { Column, Index, IndexKey, Table, TypeRef } from '../catalog/catalog.js';
import { columnsOfIndex } from '../catalog/mentions.js';
import { type ColumnDef, strings } from '../sql/tree.js';
import { type CommandContext, scanStored } from './alter-table-command.js';
import type { Conversion } from './conversion.js';
import { all, build, type Draft, fail, nothing } from './draft.js';
import { typeFact } from './facts.js';
import { classRefusal, type KeyType, keepsKey, operatorClassOf, refusesType, writtenClass } from './operator-class.js';
import { builtIndexes } from './relations.js';
import { typeName } from './type-name.js';
import { baseType, domainOf, isKnownType } from './types.js';

/** A change of a column's type, for one table of the family. */
export interface Change {
  readonly table: Table;
  readonly column: Column;
  readonly type: TypeRef;
  readonly collation: string | undefined;
  readonly conversion: Conversion;
}

/** The collation of the new type: the one written, else the default of the type. */
export function collationOf({ collClause }: ColumnDef, type: TypeRef, context: CommandContext): string | undefined {
  const written = strings(collClause?.collname).at(-1);
  return written ?? defaultCollation(type, context);
}

function defaultCollation(type: TypeRef, context: CommandContext): string | undefined {
  const domain = domainOf(context.catalog, type);
  if (domain !== undefined) return domain.collation ?? defaultCollation(domain.base, context);
  if (type.name === 'name') return 'C';
  return typeFact(baseType(context.catalog, type).name, context.pg)?.collatable ? 'default' : undefined;
}

/** An index key that cannot be defined over the new type: a class or collation that it does not take, or no class at all. */
export function indexRefusals(change: Change, context: CommandContext): readonly Draft[] {
  const { table, column } = change;
  return builtIndexes(context.catalog, table).flatMap((index) =>
    index.keys
      .filter((key) => key.column === column.name)
      .flatMap((key) => keyRefusal(key, index.method, change, context) ?? []),
  );
}

function keyRefusal(
  { collation, operatorClass }: IndexKey,
  method: string,
  { column, type }: Change,
  context: CommandContext,
): Draft | undefined {
  const shown = typeName(context.catalog, type);
  const old = column.type && (column.collation ?? defaultCollation(column.type, context));
  if (collation !== undefined && collation !== old && isKnownType(context, baseType(context.catalog, type)))
    if (defaultCollation(type, context) === undefined)
      return fail(`collations are not supported by type ${shown}`, '42804');
  const written = column.type && writtenClass(column.type, method, operatorClass, context);
  if (written !== undefined && refusesType(written, method, type, context))
    return fail(`operator class "${written}" does not accept data type ${shown}`, '42804');
  if (written === undefined) return classRefusal(type, method, undefined, context);
  return operatorClassOf(type, method, written, context) === 'none'
    ? fail(`data type ${shown} has no default operator class for access method "${method}"`, '42704')
    : undefined;
}

/** The indexes that are built again though the table is not written anew, and what is refused of them. */
export function rebuiltIndexes(change: Change, context: CommandContext): readonly Draft[] {
  const { table, column } = change;
  return [
    ...indexRefusals(change, context),
    ...builtIndexes(context.catalog, table)
      .filter((index) => columnsOfIndex(index).has(column.name))
      .map((index) => {
        const kept = keeps(index, change, context);
        if (kept === true) return nothing;
        const why = `the index ${index.name} is built again for the new type of ${column.name}`;
        const sure = kept === false && change.conversion.sure;
        return all(
          scanStored(table, context, why, sure),
          build(index, `it is built again for the new type of ${column.name}`, sure),
        );
      }),
  ];
}

/** CheckIndexCompatible: plain keys alone can stay; the index of a partition is made anew with that of its parent. */
function keeps(index: Index, { column, type, collation }: Change, context: CommandContext): boolean | undefined {
  if (index.parent !== undefined) return false;
  if (index.predicate !== undefined || index.keys.some(({ expression }) => expression !== undefined)) return false;
  if (column.type === undefined) return undefined;
  const old = column.collation ?? defaultCollation(column.type, context);
  const before: KeyType = { type: column.type, collation: old };
  const after: KeyType = { type, collation };
  let result: boolean | undefined = true;
  for (const key of index.keys) {
    if (key.column !== column.name) continue;
    const own = key.collation !== undefined && key.collation !== old ? { collation: key.collation } : {};
    const kept = keepsKey({ ...before, ...own }, { ...after, ...own }, index.method, key.operatorClass, context);
    if (kept === false) return false;
    if (kept === undefined) result = undefined;
  }
  return result;
}
