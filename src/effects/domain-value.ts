import type { Table, TypeRef } from '../catalog/catalog.js';
import { literalOf } from '../catalog/literal.js';
import { brokenValue } from '../catalog/pruning.js';
import type { Node } from '../sql/tree.js';
import { asConditions } from './change.js';
import { type Draft, fail } from './draft.js';
import type { Row } from './selected-rows.js';
import { baseType, defaultOfDomain, domainsOf, type TypeContext } from './types.js';

/** The refusal of a constant, or of NULL where there is none, that a domain, or one below it, does not take. */
export function domainValueRefusal(
  node: Node | undefined,
  type: TypeRef,
  { catalog }: TypeContext,
  sure: boolean,
): Draft | undefined {
  const domains = type.oid === undefined ? [] : domainsOf(catalog, type);
  if (domains.length === 0) return undefined;
  const value: Node = node ?? { A_Const: { isnull: true } };
  const literal = literalOf(value);
  if (literal === undefined) return undefined;
  const demanding = literal.text === undefined ? domains.find(({ notNull }) => notNull) : undefined;
  if (demanding !== undefined) return fail(`domain ${demanding.name} does not allow null values`, '23502', sure);
  const conditions = asConditions(new Map([['value', value]]));
  for (const { name, checks } of domains.toReversed()) {
    const broken = checks.find(({ expression }) =>
      brokenValue(catalog, baseType(catalog, type), conditions, expression),
    );
    if (broken !== undefined)
      return fail(`value for domain ${name} violates check constraint "${broken.name}"`, '23514', sure);
  }
  return undefined;
}

/** The same of the values of a row; `whole`: a column that it does not have is NULL, unless its domain has a default. */
export function rowDomainRefusal(
  table: Table,
  row: Row,
  context: TypeContext,
  { whole, sure }: { readonly whole: boolean; readonly sure: boolean },
): Draft | undefined {
  for (const { name, type, generated } of table.columns) {
    if (type === undefined || generated !== undefined) continue;
    const value = row.get(name);
    const isNull = whole && !row.has(name) && defaultOfDomain(context.catalog, type) === undefined;
    const refusal = value === undefined && !isNull ? undefined : domainValueRefusal(value, type, context, sure);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}
