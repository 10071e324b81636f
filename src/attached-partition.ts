import type { Catalog, Constraint, Index, PartitionBound, Table } from './catalog/catalog.js';
import { provesNotInPartition, provesPartition } from './catalog/implication.js';
import { constraintOf } from './catalog/index-definition.js';
import { findTable, indexesOf, isTable, relationByName, tables } from './catalog/lookup.js';
import { partitionBound } from './catalog/partition-key.js';
import { indexSql } from './rebuilt-index.js';
import { keyUsingIndex, next } from './recipes.js';
import type { Step } from './rule.js';
import { quoteIdentifier } from './sql/names.js';
import { isKind } from './sql/statement.js';
import type { Node } from './sql/tree.js';
import { isNullConstant } from './sql/values.js';
import { sqlOf } from './sql/write.js';
import { alteredTable, pasted } from './wording.js';

/** A table that a statement makes a partition, by ATTACH PARTITION or as it is made. */
export interface NewPartition {
  readonly parent: Table;
  readonly bound: PartitionBound;
  /** The table that is attached; undefined for one that the statement makes: it has no rows. */
  readonly attached?: Table;
  /** What the attached table lacks of the parent's indexes, and gets built: as it is called afterwards. */
  readonly built: readonly Index[];
}

/** The partition that a statement makes, where the history shows the tables. */
export function newPartition(step: Step): NewPartition | undefined {
  const { statement, before, after } = step;
  if (isKind(statement, 'CreateStmt')) {
    const [of] = statement.node.inhRelations ?? [];
    const parent = of !== undefined && 'RangeVar' in of ? findTable(before, of.RangeVar) : undefined;
    const bound = statement.node.partbound;
    return parent && bound && { parent, bound: partitionBound(bound), built: [] };
  }
  if (!isKind(statement, 'AT_AttachPartition')) return undefined;
  const { def } = statement.node;
  const command = def !== undefined && 'PartitionCmd' in def ? def.PartitionCmd : undefined;
  const parent = step.relation === undefined ? undefined : relationByName(before, step.relation);
  const attached = findTable(before, command?.name);
  if (parent === undefined || !isTable(parent) || attached === undefined || command?.bound === undefined)
    return undefined;
  const has = new Set(indexesOf(before, attached).map(({ oid }) => oid));
  const now = after.relations.get(attached.oid);
  const indexes = now !== undefined && isTable(now) ? indexesOf(after, now) : [];
  const built = indexes.filter(({ oid }) => !has.has(oid));
  return { parent, bound: partitionBound(command.bound), attached, built };
}

/** Whether the rows of the attached table are read to see that they are within the bounds. */
export function readsForBound({ before }: Step, { parent, attached, bound }: NewPartition): boolean {
  return attached !== undefined && !provesPartition(before, attached, parent, bound);
}

/**
 * SQL that makes the partition without reading or building anything under lock: first the indexes of the parent, built concurrently on the new
 * partition, and CHECKs that prove the bound, of the new partition and of the DEFAULT one, validated by themselves. Undefined where
 * no such CHECK can be written.
 */
export function partitionRecipe(step: Step, made: NewPartition): string | undefined {
  const { before, statement } = step;
  const { parent, attached, bound, built } = made;
  const condition = conditionOf(parent, bound);
  const other = tables(before, parent.children).find((one) => one.bound?.kind === 'default');
  const checks: (readonly [Table, string])[] = [];
  if (attached !== undefined && readsForBound(step, made)) checks.push([attached, condition ?? '']);
  if (other !== undefined && !provesNotInPartition(before, other, parent, bound))
    checks.push([other, `not (${condition ?? ''})`]);
  if (checks.length > 0 && condition === undefined) return undefined;
  if (built.length > 0 && attached?.kind !== 'table') return undefined;
  const whole =
    statement.parent === undefined ? statement.text : `alter table ${alteredTable(statement)} ${statement.text}`;
  return [
    ...built.flatMap((index) => [...buildApart(step.after, index), next]),
    ...checks.flatMap(([table, check]) => [
      `alter table ${nameOf(table)} add constraint partition_bounds check (${check}) not valid;`,
      next,
      `alter table ${nameOf(table)} validate constraint partition_bounds;`,
      next,
    ]),
    `${whole};`,
    ...checks.map(([table]) => `alter table ${nameOf(table)} drop constraint partition_bounds;`),
  ].join('\n');
}

function nameOf({ schema, name }: Table): string {
  return pasted(`${schema}.${name}`);
}

/** An index of the new partition by itself; that of a constraint becomes one of its own, which ATTACH takes for the parent's. */
function buildApart(after: Catalog, index: Index): readonly string[] {
  const table = after.relations.get(index.table);
  if (table === undefined || !isTable(table)) return [];
  const constraint = constraintOf(table, index.oid);
  const create = `${indexSql(index, nameOf(table))};`;
  return constraint === undefined ? [create] : [create, next, usingIndex(table, constraint, index)];
}

function usingIndex(table: Table, { name, kind, deferrable, deferred }: Constraint, index: Index): string {
  return keyUsingIndex({
    table: nameOf(table),
    name: quoteIdentifier(name),
    kind: kind === 'primary key' ? 'primary key' : 'unique',
    index: quoteIdentifier(index.name),
    attributes: deferrable ? ` deferrable${deferred ? ' initially deferred' : ''}` : '',
  });
}

/** What the server asks of the rows of a partition (get_qual_from_partbound), for a key of one column. */
function conditionOf({ partitionBy }: Table, bound: PartitionBound): string | undefined {
  const [key, ...more] = partitionBy?.keys ?? [];
  const expression = key?.expression && `(${sqlOf(key.expression)})`;
  const term = key?.column === undefined ? expression : quoteIdentifier(key.column);
  if (term === undefined || more.length > 0) return undefined;
  if (bound.kind === 'list') return ofList(term, bound.values);
  if (bound.kind !== 'range') return undefined;
  const [from, to] = [bound.from[0], bound.to[0]];
  if (from === undefined || to === undefined) return undefined;
  const sides = [
    isEndless(from) ? [] : `${term} >= ${datumSql(from)}`,
    isEndless(to) ? [] : `${term} < ${datumSql(to)}`,
  ];
  return [`${term} is not null`, ...sides.flat()].join(' and ');
}

function ofList(term: string, values: readonly Node[]): string {
  const given = values.filter((node) => !isNullConstant(node));
  const member = given.length === 0 ? [] : [`${term} in (${given.map(sqlOf).join(', ')})`];
  return given.length < values.length
    ? [`${term} is null`, ...member].join(' or ')
    : [`${term} is not null`, ...member].join(' and ');
}

function datumSql(node: Node): string {
  return sqlOf('PartitionRangeDatum' in node && node.PartitionRangeDatum.value ? node.PartitionRangeDatum.value : node);
}

function isEndless(node: Node): boolean {
  return /^"?(?:min|max)value"?$/i.test(datumSql(node));
}
